/** A mail of Postfix: a queue id from its first record to "removed", or a refusal that came before there was a queue id. */
import {
	completed,
	type DraftState,
	type Endpoint,
	type EventView,
	endpoint,
	type Filtering,
	type Hop,
	HopDraft,
	type HopRecipient,
	type RecipientOutcome,
	type Reply,
	reply,
} from "../../src/format/api.js";
import { type Connection, type FrameRecord, filteringOf, takenMails } from "./connection.js";

/** A word on all recipients: hold, discard, a refusal after the content. */
interface Decision extends Pick<HopRecipient, "outcome" | "repeats" | "smtp" | "time" | "event"> {
	readonly to: readonly string[];
}

/** The recipient that a record names. */
const ADDRESS = "envelope.to.0.address";

/** What the next server did, by what became of the recipient here. */
const RESULTS = { handed_on: "accepted", delivered: "accepted", bounced: "rejected", deferred: "deferred" } as const;
const isAnswered = (outcome: RecipientOutcome): outcome is keyof typeof RESULTS => outcome in RESULTS;

export interface Mail {
	/** Tells it from all others. */
	readonly number: number;
	readonly queueId?: string | undefined;
	connection?: Connection | undefined;
	readonly draft: HopDraft;
	/** Numbers of refusals of the same connection from before it had a queue id, by sender. */
	earlier: ReadonlyMap<string, number>;
	/** It began here: a notification, what a local alias forwards, a mail of the command sendmail. */
	isLocal: boolean;
	/** The record `client=` is there. */
	hasClient: boolean;
	/** When the queue manager had it first. */
	taken?: number | undefined;
	/** How many recipients it had then. */
	expected: number;
	/** When it left the queue: all that became of it was told before. */
	removed?: { readonly event: string; readonly time: number } | undefined;
	begun: number;
	client?: Endpoint | undefined;
	/** Said of all its recipients, until it is out of the hold queue again. */
	decision?: Decision | undefined;
}

export function newMail(number: number, queueId: string | undefined, connection: Connection | undefined, begun: number): Mail {
	const mail: Mail = {
		number,
		queueId,
		connection,
		draft: new HopDraft(),
		earlier: new Map(),
		isLocal: false,
		hasClient: false,
		expected: 0,
		begun,
		client: connection?.client,
	};
	mail.draft.identify("queue_id", [queueId]);
	for (const record of connection?.frame ?? []) noteFrame(mail, record);
	return mail;
}

/** With the place of its connection in a list. */
export type SavedMail = Omit<Mail, "connection" | "draft" | "earlier"> & {
	readonly connection: number;
	readonly draft: DraftState;
	readonly earlier: readonly (readonly [sender: string, mail: number])[];
};

export const saveMail = (mail: Mail, connection: number): SavedMail => ({
	...mail,
	connection,
	draft: mail.draft.save(),
	earlier: [...mail.earlier],
});

export const loadMail = (saved: SavedMail, connection: Connection | undefined): Mail => ({
	...saved,
	connection,
	draft: new HopDraft(saved.draft),
	earlier: new Map(saved.earlier),
});

export function note(mail: Mail, event: EventView, time: number): void {
	const { draft } = mail;
	draft.note(event, time);
	// An empty one names no mail.
	draft.identify(
		"message_id",
		event.texts("message.message_ids").filter((id) => id !== ""),
	);
	draft.from ??= event.text("envelope.from");
	draft.size_bytes ??= event.number("message.size_bytes");
	if (event.has("client")) mail.client = completed(mail.client, endpoint(event, "client"));
}

export function noteFrame(mail: Mail, record: FrameRecord): void {
	mail.draft.note(record, record.time);
	mail.client = completed(mail.client, record.client);
}

/** Takes in refusals from before it had a queue id. */
export function absorb(mail: Mail, { draft, client }: Mail): void {
	mail.draft.absorb(draft);
	if (client !== undefined) mail.client = completed(mail.client, client);
}

/** Gives it the only connection that it can have come by. */
export function join(mail: Mail, connection: Connection): void {
	mail.connection = connection;
	// With others before it, it began later.
	if (connection.begunMails === 0) mail.begun = connection.begin;
	const before = new HopDraft();
	for (const record of connection.frame) (record.code === "smtpd/connect" ? before : mail.draft).note(record, record.time);
	mail.draft.absorb(before);
	mail.client = completed(mail.client, connection.client);
}

/** Refuses one recipient at RCPT, else the mail. */
export function refuse(mail: Mail, event: EventView, time: number): void {
	const outcome = event.outcome === "temporary_failure" ? "deferred" : "rejected";
	const address = event.text(ADDRESS);
	if (stageOf(event) !== "rcpt" || address === undefined) return decide(mail, event, time, outcome);
	mail.draft.settle({ address, became: [], outcome, repeats: byFilter(event), smtp: wordOf(event), time, event: event.id });
}

export function decide(mail: Mail, event: EventView, time: number, outcome: RecipientOutcome): void {
	const to = [event.text(ADDRESS) ?? []].flat();
	mail.decision = { to, outcome, repeats: byFilter(event), smtp: wordOf(event), time, event: event.id };
}

export function deliver({ draft }: Mail, event: EventView, time: number, outcome: RecipientOutcome): void {
	const current = event.text(ADDRESS);
	if (current === undefined) return;
	const address = event.text("envelope.to.0.original") ?? current;
	const relay = event.text("fields.relay");
	// Without a reply nobody knows what the other server has.
	const said = reply(event);
	const isAnswer = said.code !== undefined && relay !== "none";
	const repeats = isAnswer && (outcome === "bounced" || outcome === "deferred") ? "server" : undefined;
	const became = current === address ? [] : [current];
	draft.settle({ address, became, outcome, repeats, smtp: wordOf(event, said), time, event: event.id });
	// A connection that never came about hands nothing over.
	if (said.code === undefined && relay === "none") return;
	if (!isAnswer && !event.has("server")) return;
	const queuedAs = event.text("fields.queued_as");
	const { code, enhanced, text } = said;
	const answer: Reply = { code, enhanced, text, quoted: queuedAs === undefined ? [] : [queuedAs] };
	const result = isAnswer && isAnswered(outcome) ? RESULTS[outcome] : "unknown";
	draft.handOver([event.pid, relay, result, answer.code, answer.text].join(" "), {
		time,
		server: endpoint(event, "server"),
		client: {},
		to: [current],
		reply: answer,
		result,
		events: [event.id],
	});
}

/** Those who waited until now wait no longer. */
export function giveUp({ draft }: Mail, event: EventView, time: number, outcome: RecipientOutcome): void {
	for (const recipient of draft.recipients)
		if (recipient.outcome === "deferred") draft.settle({ ...recipient, outcome, repeats: undefined, time, event: event.id });
}

/** No client brought it. Notices to the postmaster and probes of addresses have none, and nothing else says so. */
export const isOwn = ({ isLocal, hasClient, draft }: Mail): boolean =>
	isLocal || (!hasClient && draft.from?.startsWith("double-bounce@") === true);

export function finish(mail: Mail): Hop {
	const { draft, connection, decision, taken, removed } = mail;
	const isKept = decision?.outcome === "quarantined" || decision?.outcome === "discarded";
	const isAccepted = taken !== undefined || (isKept && (connection === undefined || takenMails(connection) !== 0));
	if (decision !== undefined) decideOpen(draft, isKept && !isAccepted ? { ...decision, outcome: "aborted", repeats: undefined } : decision);
	const isBrought = !isOwn(mail);
	if (isBrought && !mail.hasClient && mail.queueId !== undefined) draft.missing.push("its beginning");
	if (isBrought) {
		draft.arrival = {
			time: taken ?? decision?.time ?? draft.recipients.at(-1)?.time ?? draft.end,
			begun: mail.begun,
			client: mail.client ?? {},
			server: {},
			isAccepted,
			told: isAccepted ? draft.ids("queue_id") : [],
		};
	}
	draft.filterings.push(...(connection === undefined ? [] : filteringOf(connection)));
	if (removed === undefined && taken !== undefined) draft.missing.push("its end");
	if (removed !== undefined && mail.expected > 0 && draft.recipients.length === 0) handOverUnheard(draft, removed);
	return draft.hop();
}

/** The log lost what became of its recipients: some server may have it. */
function handOverUnheard(draft: HopDraft, { event, time }: NonNullable<Mail["removed"]>): void {
	draft.missing.push("its deliveries");
	draft.handOver(event, { time, server: {}, client: {}, to: [], reply: { quoted: [] }, result: "unknown", events: [event] });
}

/** Settles the recipients of whom nothing but the decision on the mail is known. */
function decideOpen(draft: HopDraft, { to, ...word }: Decision): void {
	const known = new Set(draft.recipients.map(({ address }) => address));
	for (const address of to) if (!known.has(address)) draft.settle({ address, became: [], ...word });
}

const STAGES: Readonly<Record<string, string>> = {
	CONNECT: "connect",
	HELO: "helo",
	EHLO: "helo",
	MAIL: "mail",
	RCPT: "rcpt",
	DATA: "data",
	"END-OF-MESSAGE": "eom",
};

/** The stage of the dialogue in which something was said, in the words of hops. */
export function stageOf(event: EventView): string | undefined {
	return STAGES[event.text("fields.stage") ?? ""];
}

/** Postfix's own header checks after a filter (`milter/header-…`) are its own words. */
const byFilter = (event: EventView): HopRecipient["repeats"] => (FILTER_CODES.has(event.code ?? "") ? "filter" : undefined);
const FILTER_CODES: ReadonlySet<string> = new Set(["milter/reject", "milter/hold", "milter/discard"]);

/** What the filter of the connection decided, when the record says so. */
export function verdictOf(event: EventView): Filtering["verdict"] {
	switch (event.code) {
		case "milter/reject":
			return event.outcome === "temporary_failure" ? "temporary_failure" : "reject";
		case "milter/hold":
			return "quarantine";
		case "milter/discard":
			return "discard";
		default:
			return undefined;
	}
}

/** The reply, or the reason where there is none. */
function wordOf(event: EventView, said: Reply = reply(event)): HopRecipient["smtp"] {
	if (said.code !== undefined || said.enhanced !== undefined || said.text !== undefined) return said;
	const text = event.text("fields.reason");
	return text === undefined ? undefined : { enhanced: event.text("dsn"), text };
}
