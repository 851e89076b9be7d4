/** A mail of sendmail: a queue id, which the session has from its first command on, so most of its records may come before there is a mail. */
import {
	completed,
	type DraftState,
	type Endpoint,
	type EventView,
	endpoint,
	type Hop,
	HopDraft,
	type HopRecipient,
	type RecipientOutcome,
	reply,
} from "../../src/format/api.js";

/** A word on all recipients: a refusal after the content, a discard, a quarantine. */
type Decision = Pick<HopRecipient, "outcome" | "repeats" | "smtp" | "time" | "event">;

export interface Mail {
	readonly queueId: string;
	readonly draft: HopDraft;
	readonly begun: number;
	client?: Endpoint | undefined;
	/** When it was taken: its record `from=`. */
	taken?: number | undefined;
	/** Recipients it had then. */
	expected: number;
	/** It began here: a notification, a clone, what a local program handed in. */
	isLocal: boolean;
	/** A recipient or the sender was judged, so there was a mail, or nearly. */
	isMail: boolean;
	decision?: Decision | undefined;
	/** Recipients that the client named, where the log shows its commands. */
	readonly asked: string[];
	/** All recipients are done. */
	isDone: boolean;
}

export const newMail = (queueId: string, begun: number): Mail => {
	const mail: Mail = { queueId, draft: new HopDraft(), begun, expected: 0, isLocal: false, isMail: false, asked: [], isDone: false };
	mail.draft.identify("queue_id", [queueId]);
	return mail;
};

export type SavedMail = Omit<Mail, "draft"> & { readonly draft: DraftState };

export const saveMail = (mail: Mail): SavedMail => ({ ...mail, asked: [...mail.asked], draft: mail.draft.save() });

export const loadMail = (saved: SavedMail): Mail => ({ ...saved, asked: [...saved.asked], draft: new HopDraft(saved.draft) });

export function note(mail: Mail, event: EventView, time: number): void {
	const { draft } = mail;
	draft.note(event, time);
	draft.identify("message_id", event.texts("message.message_ids"));
	draft.from ??= event.text("envelope.from");
	draft.size_bytes ??= event.number("message.size_bytes");
	if (event.has("client")) mail.client = completed(mail.client, endpoint(event, "client"));
}

/** Adds what a record says about a mail. */
type Say = (mail: Mail, event: EventView, time: number) => void;

/** Of what a client asks for, no more is remembered. */
const MOST_ASKED = 1000;

const FIRST_RECIPIENT = "envelope.to.0.address";

function take(mail: Mail, event: EventView, time: number): void {
	mail.taken = time;
	mail.isMail = true;
	mail.expected = event.number("fields.recipients_count") ?? 0;
	if (!event.has("client")) mail.isLocal = true;
}

/** A transaction that ended without a recipient was no mail, unless somebody was refused. */
const giveUpTaking: Say = (mail, event) => {
	if (!event.has("client")) mail.isLocal = true;
};

const refuseRecipient: Say = (mail, event, time) => {
	const address = event.text(FIRST_RECIPIENT);
	if (address === undefined || event.outcome === undefined || event.outcome === "unknown") return;
	mail.isMail = true;
	const outcome = event.action === "recipient.discard" ? "discarded" : event.outcome === "temporary_failure" ? "deferred" : "rejected";
	mail.draft.settle({ address, became: [], outcome, repeats: byFilter(event), smtp: wordOf(event), time, event: event.id });
};

const DECISIONS: Readonly<Partial<Record<string, RecipientOutcome>>> = {
	"sender.reject": "rejected",
	"sender.defer": "deferred",
	"message.reject": "rejected",
	"message.defer": "deferred",
	"message.discard": "discarded",
	"message.quarantine": "quarantined",
	"message.bounce": "bounced",
	"message.abort": "aborted",
};

const decide: Say = (mail, event, time) => {
	const outcome = DECISIONS[event.action ?? ""];
	if (outcome === undefined) return;
	mail.isMail = true;
	// A filter's own record stands beside that of the mail; the words of the first one are more.
	if (mail.decision?.outcome === outcome) return;
	mail.decision = { outcome, repeats: byFilter(event), smtp: wordOf(event), time, event: event.id };
};

const ask: Say = ({ asked }, event) => {
	const address = event.text(FIRST_RECIPIENT);
	if (address !== undefined && !asked.includes(address) && asked.length < MOST_ASKED) asked.push(address);
};

/** The log names the recipient in the error itself. */
const bounce: Say = (mail, event, time) => {
	decide(mail, event, time);
	const address = event.text(FIRST_RECIPIENT);
	if (address !== undefined) mail.draft.settle({ address, became: [], outcome: "bounced", smtp: wordOf(event), time, event: event.id });
};

/** Recipients whose mail was refused behind them: with the words of that refusal. */
const refuseAccepted: Say = (mail, event, time) => {
	mail.isMail = true;
	const { outcome = "rejected", repeats, smtp = wordOf(event) } = mail.decision ?? {};
	for (const { address } of recipientsOf(event)) mail.draft.settle({ address, became: [], outcome, repeats, smtp, time, event: event.id });
};

const OUTCOMES: Readonly<Record<string, RecipientOutcome>> = {
	"message.deliver": "delivered",
	"message.relay": "handed_on",
	"message.delay": "deferred",
	"message.bounce": "bounced",
	"message.quarantine": "quarantined",
	"message.discard": "discarded",
};
const RESULTS = { handed_on: "accepted", delivered: "accepted", bounced: "rejected", deferred: "deferred" } as const;

const deliver: Say = (mail, event, time) => {
	const outcome = OUTCOMES[event.action ?? ""];
	if (outcome === undefined) return;
	mail.isMail = true;
	const said = reply(event);
	const isAnswer = said.code !== undefined && event.has("server");
	const repeats = isAnswer && (outcome === "bounced" || outcome === "deferred") ? "server" : undefined;
	const owner = aliasOf(mail, event);
	const all = recipientsOf(event);
	for (const { address: current, original } of all) {
		const address = original ?? owner ?? current;
		const became = address === current ? [] : [current];
		mail.draft.settle({ address, became, outcome, repeats, smtp: wordOf(event), time, event: event.id });
	}
	if (!event.has("server.ip") || !(outcome in RESULTS)) return;
	// Sent means that the server took it; else its words count when it said any.
	const result = outcome === "handed_on" || outcome === "delivered" || isAnswer ? RESULTS[outcome as keyof typeof RESULTS] : "unknown";
	mail.draft.handOver([event.pid, event.text("server.ip"), result, said.code, said.text].join(" "), {
		time,
		server: endpoint(event, "server"),
		client: {},
		to: all.map(({ address }) => address),
		reply: said,
		result,
		events: [event.id],
	});
};

interface Named {
	readonly address: string;
	readonly original?: string | undefined;
}

function recipientsOf(event: EventView): readonly Named[] {
	const found: Named[] = [];
	for (let i = 0; ; i++) {
		const address = event.text(`envelope.to.${i}.address`);
		if (address === undefined) return found;
		found.push({ address, original: event.text(`envelope.to.${i}.original`) });
	}
}

/** The controlling user is the alias or list that a recipient comes of, unless it is the sender. */
function aliasOf({ draft }: Mail, event: EventView): string | undefined {
	const owner = event.text("fields.owner");
	return owner === draft.from || owner?.includes("@") !== true ? undefined : owner;
}

/** Those who waited until now wait no longer. */
const expire: Say = ({ draft }, event, time) => {
	for (const recipient of draft.recipients)
		if (recipient.outcome === "deferred") draft.settle({ ...recipient, outcome: "expired", repeats: undefined, time, event: event.id });
};

const finishNow: Say = (mail) => {
	mail.isDone = true;
};

const byFilter = (event: EventView): HopRecipient["repeats"] => (event.code?.startsWith("milter/") === true ? "filter" : undefined);

/** The reply, or the status where there is none. */
function wordOf(event: EventView): HopRecipient["smtp"] {
	const { code, enhanced = event.text("dsn"), text = event.text("fields.status") ?? event.text("fields.reason") } = reply(event);
	return code === undefined && enhanced === undefined && text === undefined ? undefined : { code, enhanced, text };
}

/** By code of the event. */
export const WORDS: Readonly<Record<string, Say>> = {
	"message/received": take,
	"message/without-recipients": giveUpTaking,
	"message/discarded": decide,
	"message/quarantined": decide,
	"message/too-big": decide,
	"message/too-many-hops": bounce,
	"message/collect": decide,
	"message/expired": expire,
	"message/done": finishNow,
	"session/user-unknown": refuseRecipient,
	"session/relaying-denied": refuseRecipient,
	"session/sender-domain": decide,
	"ruleset/check_rcpt": refuseRecipient,
	"ruleset/check_compat": refuseRecipient,
	"ruleset/check_mail": decide,
	"ruleset/message": decide,
	"ruleset/header": decide,
	"milter/mail": decide,
	"milter/rcpt": refuseRecipient,
	"milter/data": decide,
	"milter/action-quarantine": decide,
	"delivery/sent": deliver,
	"delivery/deferred": deliver,
	"delivery/failed": deliver,
	"delivery/queued": deliver,
	"delivery/quarantined": deliver,
	"delivery/discarded": deliver,
	"delivery/refused": refuseAccepted,
	"milter/recipient": ask,
	"dialogue/recipient": ask,
};

const OPEN: ReadonlySet<RecipientOutcome> = new Set(["deferred", "quarantined", "unknown"]);

/** Every recipient is through, as far as the log has counted them. */
export const isThrough = ({ draft, expected, taken, isDone }: Mail): boolean =>
	isDone || (taken !== undefined && draft.recipients.length >= expected && draft.recipients.every(({ outcome }) => !OPEN.has(outcome)));

/** What became of the mail became of all its recipients. */
function settleAsked({ draft, asked }: Mail, decision: Decision): void {
	const known = new Set(draft.recipients.map(({ address }) => address));
	for (const address of asked) if (!known.has(address)) draft.settle({ address, became: [], ...decision });
}

export function finish(mail: Mail): Hop {
	const { draft, decision, taken, isLocal } = mail;
	const isKept = decision?.outcome === "discarded" || decision?.outcome === "quarantined";
	if (decision !== undefined && isKept) settleAsked(mail, decision);
	const isRefused = decision !== undefined && !isKept;
	if (decision !== undefined && draft.recipients.length === 0 && taken === undefined) draft.missing.push("its recipients");
	const isAccepted = (taken !== undefined || isKept) && !isRefused;
	const hasBeginning = taken !== undefined || decision !== undefined || draft.recipients.some(({ outcome }) => outcome === "rejected");
	if (!hasBeginning && !isLocal) draft.missing.push("its beginning");
	if (!isLocal)
		draft.arrival = {
			time: taken ?? decision?.time ?? draft.recipients.at(-1)?.time ?? draft.end,
			begun: mail.begun,
			client: mail.client ?? {},
			server: {},
			isAccepted: isAccepted || !hasBeginning,
			told: isAccepted || !hasBeginning ? draft.ids("queue_id") : [],
		};
	if (isAccepted && !isThrough(mail)) draft.missing.push("its end");
	return draft.hop();
}
