/** A transaction of smtpf: one MAIL command and what follows, up to the reply to the content. Plain data, and what is asked of it. */
import {
	type DraftState,
	type Endpoint,
	type EventView,
	type Hop,
	HopDraft,
	type HopRecipient,
	type RecipientOutcome,
	reply,
} from "../../src/format/api.js";

/** References of replies that repeat those of the forward host: to RCPT (299 its text, 300 its codes), to the content. */
const RELAYED = new Set(["299", "300", "306", "307"]);

const RESULTS = { "2": "accepted", "4": "deferred", "5": "rejected" } as const;
const resultOf = ({ smtp }: Word): "accepted" | "deferred" | "rejected" | "unknown" =>
	RESULTS[(smtp?.code ?? "").charAt(0) as keyof typeof RESULTS] ?? "unknown";

/** What a record says of all recipients. */
export interface Word {
	readonly id: string;
	readonly time: number;
	readonly action?: EventView["action"];
	readonly smtp?: HopRecipient["smtp"];
	/** The reply repeats that of the forward host. */
	readonly isRelayed: boolean;
}

/** A reply to RCPT. */
interface Recipient {
	readonly word: Word;
	readonly address: string;
}

/** What a forward host said to the content. */
interface Answer {
	readonly word: Word;
	/** `route:example.net`, before 2.3 `domain=example.net`: it serves the domain, and those below that have no route of their own. */
	readonly route: string;
}

export function wordOf(event: EventView, time: number): Word {
	const { id, action } = event;
	if (!event.has("smtp")) return { id, time, action, isRelayed: false };
	return { id, time, action, smtp: reply(event), isRelayed: RELAYED.has(event.text("smtp.reference") ?? "") };
}

const routeOf = (event: EventView): string =>
	(event.text("fields.route") ?? event.text("fields.domain") ?? "").replace(/^route:/, "").toLowerCase();

/** What a reply to RCPT, to DATA or to the content means for a recipient. */
function outcomeOf(word: Word): RecipientOutcome {
	if (word.action === "recipient.discard" || word.action === "message.discard") return "discarded";
	const result = resultOf(word);
	return result === "accepted" ? "handed_on" : result;
}

const isAccepted = ({ word }: Recipient): boolean => word.action === "recipient.accept";

/** The part of an address that routes go by. */
const domainOf = ({ address }: Recipient): string => address.slice(address.lastIndexOf("@") + 1).toLowerCase();

/** Whether the forward host of an answer serves a domain by name. */
const serves = ({ route }: Answer, domain: string): boolean => domain === route || domain.endsWith(`.${route}`);

export interface Transaction {
	readonly draft: HopDraft;
	id?: string | undefined;
	readonly begun: number;
	/** Replies to RCPT, in order. */
	readonly recipients: Recipient[];
	/** What forward hosts said to the content. */
	readonly answers: Answer[];
	/** The reply to DATA or to the content: the client was told what becomes of it. */
	end?: Word | undefined;
	/** How many recipients it counts as accepted. */
	accepted: number;
	/** The log has its MAIL command. */
	isBegun: boolean;
}

export function newTransaction(sessionId: string, begun: number): Transaction {
	const draft = new HopDraft();
	draft.identify("session_id", [sessionId]);
	return { draft, begun, recipients: [], answers: [], accepted: 0, isBegun: false };
}

export type SavedTransaction = Omit<Transaction, "draft"> & { readonly draft: DraftState };

export const saveTransaction = (one: Transaction): SavedTransaction => ({
	...one,
	draft: one.draft.save(),
	recipients: [...one.recipients],
	answers: [...one.answers],
});

export const loadTransaction = (saved: SavedTransaction): Transaction => ({ ...saved, draft: new HopDraft(saved.draft) });

/** What is read of a record before its transaction is known. */
export const READ: readonly string[] = [
	...["message.message_ids", "message.transaction_id", "message.size_bytes", "envelope.from", "envelope.to.0.address"],
	...["smtp.code", "smtp.enhanced", "smtp.text", "smtp.reference"],
	...["route", "domain", "recipients_accepted", "previous_session"].map((name) => `fields.${name}`),
];

/** `word`: what the record says. */
export function add(transaction: Transaction, event: EventView, word: Word): void {
	const { draft } = transaction;
	draft.note(event, word.time);
	draft.identify("message_id", event.texts("message.message_ids"));
	transaction.id ||= event.text("message.transaction_id");
	draft.size_bytes ??= event.number("message.size_bytes");
	switch (event.code?.replace("_unnumbered", "")) {
		case "717":
		case "sender":
			draft.from = event.text("envelope.from");
			transaction.isBegun = true;
			break;
		case "718":
		case "recipient":
			transaction.recipients.push({ word, address: event.text("envelope.to.0.address") ?? "" });
			break;
		case "304":
			transaction.answers.push({ word, route: routeOf(event) });
			break;
		case "719":
		case "data":
		case "720":
		case "message":
			transaction.end = word;
			transaction.accepted = event.number("fields.recipients_accepted") ?? 0;
			break;
		case "337": {
			const id = event.text("fields.previous_session") ?? "";
			draft.relations.push({ kind: "resubmission", role: "source", id, event: event.id });
			break;
		}
	}
}

/** The forward hosts have it, and the client was told so. */
export const isForwarded = ({ end }: Transaction): boolean => end?.action === "message.accept";

/**
 * `last`: the record with which the session ended, or the last that the log has of it. `hasLostAnswers`: more mails of the session were
 * forwarded than the log has answers.
 */
export function finish(transaction: Transaction, last: Word, client: Endpoint, isEnded: boolean, hasLostAnswers: boolean): Hop {
	const { draft, id, begun, recipients, answers } = transaction;
	const end = transaction.end ?? last;
	const isOpen = transaction.end === undefined && isEnded && recipients.some(isAccepted);
	// A client that went away leaves no answer.
	const isAborted = isOpen && answers.length === 0 && !hasLostAnswers;
	if (!transaction.isBegun) draft.missing.push("its beginning");
	if (hasLost(transaction)) draft.missing.push("some of its recipients");
	if (isOpen && !isAborted) draft.missing.push("the answer to its content");
	draft.identify("transaction_id", [id]);
	const open = isAborted ? "aborted" : unansweredOf(transaction);
	for (const recipient of recipients) draft.settle(recipientOf(recipient, end, transaction.end === undefined ? open : undefined));
	handOver(transaction, end.time);
	const isTaken = transaction.end !== undefined && resultOf(end) === "accepted";
	const told = isTaken && id !== undefined ? [id] : [];
	draft.arrival = { time: end.time, begun, client, server: {}, isAccepted: isTaken, told };
	return draft.hop();
}

/** The answer to the content counts more accepted recipients than the log has. */
const hasLost = ({ accepted, recipients }: Transaction): boolean =>
	recipients.filter(({ word }) => resultOf(word) === "accepted").length < accepted;

/** `unanswered`: what becomes of an accepted recipient, when nothing was said to the content. */
function recipientOf(recipient: Recipient, end: Word, unanswered: RecipientOutcome | undefined): HopRecipient {
	// The last word on it: the reply to RCPT when it was refused or thrown away there, else what ended the transaction.
	const word = isAccepted(recipient) ? end : recipient.word;
	const outcome = isAccepted(recipient) && unanswered !== undefined ? unanswered : outcomeOf(word);
	const repeats = (outcome === "rejected" || outcome === "deferred") && word.isRelayed ? "server" : undefined;
	return { address: recipient.address, became: [], outcome, repeats, smtp: word.smtp, time: word.time, event: word.id };
}

/** What the forward hosts show of a recipient when the answer to the content is not in the log. */
const unansweredOf = ({ answers }: Transaction): RecipientOutcome =>
	answers.length > 0 && answers.every(({ word }) => resultOf(word) === "accepted") ? "handed_on" : "unknown";

/**
 * A forward host is told of a recipient when the client names it: those that were refused by its reply belong to the same connection.
 * Recipients that no route serves by name went to one that serves no other by name either. Without the
 * answers to the content (#304) nobody knows how many forward hosts there were.
 */
function handOver(transaction: Transaction, ended: number): void {
	const { draft, recipients, answers } = transaction;
	const routes = new Map<Answer | undefined, Recipient[]>();
	const domains = recipients.map(domainOf);
	const unnamed = answers.find((answer) => !domains.some((domain) => serves(answer, domain)));
	for (const recipient of recipients) {
		if (!isAccepted(recipient) && !recipient.word.isRelayed) continue;
		const answer = answerFor(domainOf(recipient), answers) ?? unnamed;
		const served = routes.get(answer) ?? [];
		routes.set(answer, served);
		served.push(recipient);
	}
	// What was handed over stays known when the log lost the records of its recipients.
	for (const answer of answers) if (!routes.has(answer)) routes.set(answer, []);
	if (routes.size === 0 && hasLost(transaction)) routes.set(undefined, []);
	for (const [answer, served] of routes) {
		const word = answer?.word ?? lastWord(transaction, served);
		const to = served.map(({ address }) => address);
		const result = word !== undefined ? resultOf(word) : isForwarded(transaction) ? "accepted" : "unknown";
		const events = [...new Set([...served.map((recipient) => recipient.word.id), ...(word === undefined ? [] : [word.id])])];
		draft.handOver(events.join(), { time: word?.time ?? ended, server: {}, client: {}, to, reply: word?.smtp ?? {}, result, events });
	}
}

/** The answer of the route with the longest name that serves the domain. */
function answerFor(domain: string, answers: readonly Answer[]): Answer | undefined {
	const serving = answers.filter((answer) => serves(answer, domain));
	return serving.sort((left, right) => right.route.length - left.route.length)[0];
}

/** What the forward host said, as far as the replies to the client show it: without, it has the mail when the client was told that it is taken. */
function lastWord({ end }: Transaction, served: readonly Recipient[]): Word | undefined {
	const [refusal] = served;
	if (refusal !== undefined && !served.some(isAccepted)) return refusal.word;
	return end?.isRelayed === true ? end : undefined;
}
