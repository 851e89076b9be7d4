/**
 * What a format says about mails: a `grammars/<id>/trail.ts` turns the events of one host into hops, in words that all
 * layers share. The correlator joins hops of different layers by these words alone; it knows no format.
 *
 * A hop is all that one layer did with one mail: a queue id of Postfix, a transaction of smtpf, a session of a filter manager, the
 * entries of a message in the queues of a store. Times are milliseconds since 1970 by the clock of the log, not corrected.
 */
import type { Source } from "./event.js";
import type { EventView } from "./event-view.js";
import type { TrackerState } from "./tracker-state.js";

export interface HopIds {
	readonly session_id: readonly string[];
	readonly transaction_id: readonly string[];
	readonly queue_id: readonly string[];
	readonly file: readonly string[];
	/** Message-IDs without brackets. */
	readonly message_id: readonly string[];
}

/** One end of a connection, as far as the log tells. */
export interface Endpoint {
	readonly ip?: string | undefined;
	readonly port?: number | undefined;
	readonly host?: string | undefined;
	readonly helo?: string | undefined;
}

/** An SMTP reply. */
export interface Reply {
	readonly code?: string | undefined;
	readonly enhanced?: string | undefined;
	readonly text?: string | undefined;
	/** Ids of the next layer that it quotes, when the tracker knows them; else they are looked for in the text. */
	readonly quoted?: readonly string[] | undefined;
}

/** How the mail came in. */
export interface Arrival {
	/** When it was taken, or refused. */
	readonly time: number;
	/** When its connection or transaction began, where the log tells. */
	readonly begun?: number | undefined;
	readonly client: Endpoint;
	readonly server: Endpoint;
	/** Envelope sender; empty for the null sender, undefined when it is not known. */
	readonly from?: string | undefined;
	/** Recipients as the client named them. */
	readonly to: readonly string[];
	readonly message_ids: readonly string[];
	readonly size_bytes?: number | undefined;
	/** The size is known in blocks of this many bytes, rounded up; in bytes when absent. */
	readonly size_block_bytes?: number | undefined;
	/** It was taken; else refused, or the client went away. */
	readonly isAccepted: boolean;
	/** Ids of this layer that its reply tells the client: queue id, envelope id. */
	readonly told: readonly string[];
}

/** A try to hand the mail to a next server, of one or more recipients at the same time with the same reply. */
export interface Handover {
	readonly time: number;
	readonly server: Endpoint;
	/** Own side of the connection. */
	readonly client: Endpoint;
	readonly from?: string | undefined;
	/** Recipients as the next server was told. */
	readonly to: readonly string[];
	readonly message_ids: readonly string[];
	readonly size_bytes?: number | undefined;
	readonly size_block_bytes?: number | undefined;
	readonly reply: Reply;
	/** What the next server did with them. */
	readonly result: "accepted" | "rejected" | "deferred" | "unknown";
	readonly events: readonly string[];
}

/** What became of a recipient in this layer. `handed_on` is final only when no next layer is known. */
export type RecipientOutcome =
	| "delivered"
	| "relayed"
	| "handed_on"
	| "rejected"
	| "deferred"
	| "bounced"
	| "discarded"
	| "quarantined"
	| "expired"
	| "aborted"
	| "unknown";

export interface HopRecipient {
	/** As the client of this layer named it. */
	readonly address: string;
	/** What this layer made of it: aliases, lists, mailbox names. */
	readonly became: readonly string[];
	readonly outcome: RecipientOutcome;
	/** The decision was that of another layer, and this one repeats its reply: a filter of the MTA, the next server. */
	readonly repeats?: "filter" | "server" | undefined;
	readonly smtp?: Pick<Reply, "code" | "enhanced" | "text"> | undefined;
	readonly time: number;
	/** Id of the event that says so. */
	readonly event: string;
}

/** A connection that a mail filter sees: the MTA's side and the filter's side have one each. */
export interface Filtering {
	/** Which side this is. */
	readonly side: "mta" | "filter";
	readonly begin?: number | undefined;
	readonly end?: number | undefined;
	/** Filter managers number their sessions, MTAs log their connections in order: `k` counts within `series` (a process, a log). */
	readonly series: string;
	readonly k: number;
	/** The line that tells its end. */
	readonly end_line?: Pick<Source, "file" | "line"> | undefined;
	/** How it ended, in one word of both sides. */
	readonly verdict?: "accept" | "reject" | "temporary_failure" | "discard" | "quarantine" | "abort" | undefined;
	/** Stage of the SMTP dialogue in which it ended: connect, helo, mail, rcpt, data, eom. */
	readonly stage?: string | undefined;
	/** Words of headers and reasons that may be ids of the other side. */
	readonly words: readonly string[];
}

/** Another hop of the same layer on the same host. */
export interface Relation {
	readonly kind: "notification" | "forward" | "reinjection" | "resubmission";
	/** The other hop came of this one, or this one of it. */
	readonly role: "result" | "source";
	/** Its queue id, file, or another id of `HopIds`; when it has none, the id of its first event. */
	readonly id: string;
	readonly event: string;
}

export interface Hop {
	readonly ids: HopIds;
	readonly start: number;
	readonly end: number;
	/** Ids of its events, in the order of the log. */
	readonly events: readonly string[];
	/** None when the mail began in this layer (notifications, local submission), or the log tells nothing of its coming. */
	readonly arrival?: Arrival | undefined;
	readonly handovers: readonly Handover[];
	readonly recipients: readonly HopRecipient[];
	readonly filterings: readonly Filtering[];
	readonly relations: readonly Relation[];
	/** What the log should say of it and does not: "its beginning", "its end", … */
	readonly missing: readonly string[];
}

/** Takes a hop that is complete. */
export type Emit = (hop: Hop) => void;

/** Follows the mails of one host. Its memory holds open mails only. */
export interface Tracker {
	/** The next event of the format; nearly sorted by time. */
	add(event: EventView, time: number): void;
	/** Gives up waiting for mails of which nothing was heard since a time. */
	expire(before: number): void;
	/** There are no more events. */
	end(): void;
	/** What it knows: a tracker made from it goes on as this one would. */
	save(): TrackerState;
}
