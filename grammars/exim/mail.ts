/** A message of Exim: an id from its first record to "Completed", or what a client was refused before there was an id. Plain data, and what is said of it. */
import {
	type DraftState,
	type EventView,
	endpoint,
	type Hop,
	HopDraft,
	type HopRecipient,
	type RecipientOutcome,
	reply,
} from "../../src/format/api.js";

const ADDRESS = "envelope.to.0.address";

/** Where a local delivery went: the mailbox, the command, or who gets the automatic reply. */
const PLACES = ["mailbox", "fields.command", "fields.reply_to"] as const;

/** A record that counts for all recipients. */
interface Word {
	readonly event: string;
	readonly time: number;
}

export interface Mail {
	/** Undefined when it was refused before it had one. */
	readonly id: string | undefined;
	readonly draft: HopDraft;
	/** The record of its arrival. */
	arrived?: Word | undefined;
	/** It began here: a bounce, an automatic reply, a mail of a local program. */
	isLocal: boolean;
	/** The word that froze it, until it is thawed. */
	frozen?: Word | undefined;
	/** Recipients as the client gave them, where the log lists them: not all of them may be heard of again. */
	to: readonly string[];
	/** All recipients are done. */
	isCompleted: boolean;
}

export const newMail = (id: string | undefined): Mail => {
	const draft = new HopDraft();
	draft.identify("queue_id", [id]);
	return { id, draft, isLocal: false, to: [], isCompleted: false };
};

export type SavedMail = Omit<Mail, "draft"> & { readonly draft: DraftState };

export const saveMail = (mail: Mail): SavedMail => ({ ...mail, draft: mail.draft.save() });

export const loadMail = (saved: SavedMail): Mail => ({ ...saved, draft: new HopDraft(saved.draft) });

export function arrive(mail: Mail, event: EventView, time: number): void {
	const { draft, id } = mail;
	mail.arrived = { event: event.id, time };
	draft.from = event.text("envelope.from");
	draft.size_bytes = event.number("message.size_bytes");
	draft.identify("message_id", event.texts("message.message_ids"));
	mail.to = recipientsOf(event);
	mail.isLocal = !event.has("client");
	if (mail.isLocal) return;
	const told = id === undefined ? [] : [id];
	draft.arrival = { time, client: endpoint(event, "client"), server: endpoint(event, "server"), isAccepted: true, told };
}

/** A client is refused a recipient, or all that it wants to send; refusals of the content name the recipients in rejectlog only. */
export function refuse({ draft }: Mail, event: EventView, time: number, outcome: RecipientOutcome): void {
	draft.from ??= event.text("envelope.from");
	draft.identify("message_id", event.texts("message.message_ids"));
	draft.arrival ??= { time, client: endpoint(event, "client"), server: endpoint(event, "server"), isAccepted: false, told: [] };
	const text = event.text("fields.reason");
	for (const address of recipientsOf(event))
		draft.settle({ address, became: [], outcome, smtp: text === undefined ? undefined : { text }, time, event: event.id });
}

/** All recipients that a record names. */
function recipientsOf(event: EventView): readonly string[] {
	const all = event.value("envelope.to");
	if (!Array.isArray(all)) return [];
	return all.flatMap((one) => (typeof one === "object" && one !== null && "address" in one ? [String(one.address)] : []));
}

/** A recipient is delivered, deferred or given up. */
export function deliver({ draft }: Mail, event: EventView, time: number, outcome: RecipientOutcome): void {
	const current = event.text(ADDRESS);
	if (current === undefined) return;
	const said = reply(event);
	const text = said.text ?? event.text("fields.reason");
	const smtp: HopRecipient["smtp"] = text === undefined ? undefined : { ...said, text };
	const isAnswer = said.code !== undefined;
	const repeats = isAnswer && (outcome === "bounced" || outcome === "deferred") ? "server" : undefined;
	draft.settle({ ...recipientOf(draft, event, current), outcome, repeats, smtp, time, event: event.id });
	if (!isAnswer && !event.has("server.ip")) return;
	draft.handOver([event.text("server.ip"), outcome, said.code, said.text].join(" "), {
		time,
		server: endpoint(event, "server"),
		client: endpoint(event, "client"),
		to: [current],
		reply: said,
		result: isAnswer ? (RESULTS[outcome] ?? "unknown") : "unknown",
		events: [event.id],
	});
}

/** What the next server did, by what became of the recipient here. */
const RESULTS: Readonly<Partial<Record<RecipientOutcome, "accepted" | "rejected" | "deferred">>> = {
	handed_on: "accepted",
	delivered: "accepted",
	bounced: "rejected",
	deferred: "deferred",
};

/**
 * Who the recipient was when the message came, and what became of that. The local parts of remote addresses are in lower case while they are tried, and
 * as they were when the retry rules give them up; then only the parent next to it is named, too.
 */
function recipientOf(draft: HopDraft, event: EventView, current: string): Pick<HopRecipient, "address" | "became"> {
	const original = event.text("envelope.to.0.original");
	const place = PLACES.map((path) => event.text(path)).find((one) => one !== undefined);
	if (place !== undefined) return { address: current, became: [place] };
	const isWaiting = ({ address, became, outcome }: HopRecipient): boolean =>
		outcome === "deferred" && isSame(became.at(-1) ?? address, current);
	const waiting = draft.recipients.find(isWaiting);
	if (waiting !== undefined) return { address: waiting.address, became: waiting.became };
	const address = original ?? current;
	return { address, became: isSame(address, current) ? [] : [current] };
}

const isSame = (one: string, other: string): boolean => one.toLowerCase() === other.toLowerCase();

/** A word on the whole message: those who wait, and those of whom nothing is known. */
export function decide(mail: Mail, { event, time }: Word, outcome: RecipientOutcome): void {
	const { draft } = mail;
	for (const recipient of draft.recipients)
		if (recipient.outcome === "deferred") draft.settle({ ...recipient, outcome, repeats: undefined, time, event });
	settleOpen(mail, { event, time }, outcome);
}

/** Those whom the arrival names, and nothing else. */
function settleOpen({ draft, to }: Mail, { event, time }: Word, outcome: RecipientOutcome): void {
	const known = new Set(draft.recipients.map(({ address }) => address.toLowerCase()));
	for (const address of to) if (!known.has(address.toLowerCase())) draft.settle({ address, became: [], outcome, time, event });
}

export function finish(mail: Mail): Hop {
	const { draft, isLocal, isCompleted, frozen, arrived } = mail;
	const hasArrived = arrived !== undefined;
	if (frozen !== undefined && !isCompleted) decide(mail, frozen, "quarantined");
	if (hasArrived && isCompleted && draft.recipients.length === 0) draft.missing.push("its deliveries");
	if (hasArrived) settleOpen(mail, arrived, "unknown");
	const isRefused = draft.arrival?.isAccepted === false;
	if (!hasArrived && !isRefused) draft.missing.push("its beginning");
	if (!isCompleted && (hasArrived || isLocal)) draft.missing.push("its end");
	return draft.hop();
}
