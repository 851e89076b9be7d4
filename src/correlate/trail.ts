// Generated from schemas/trail.schema.json by `npm run types`; do not edit. A test fails when it is stale.
/** All that is known of one mail, its parts by name, and the version of the schema they follow. */

/**
 * Id of the format.
 */
export type FormatId = string;
/**
 * Host that wrote the log: as the log tells it, else the case, else the name of the input.
 */
export type HostName = string;
/**
 * `quoted_id`: an id of one side stands in the log of the other; `connection`: address and port of both ends; `peer`: address or name; `time`: by one clock; `result`: what one side says of the end of the other; `sequence`: position among others; `verdict`: of a filter; `relation`: the layer itself joins them; `rivals`: how many other hops could stand there.
 */
export type EvidenceKind =
	| "quoted_id"
	| "message_id"
	| "connection"
	| "peer"
	| "sender"
	| "recipient"
	| "size"
	| "time"
	| "result"
	| "sequence"
	| "verdict"
	| "relation"
	| "rivals";
/**
 * The worst, when those in `expanded` fared differently. `aborted`: the client went away.
 */
export type TrailOutcome =
	"delivered" | "relayed" | "rejected" | "deferred" | "bounced" | "discarded" | "quarantined" | "expired" | "aborted" | "unknown";

/**
 * All that is known of one mail, in every layer that logged it. Keys that are unknown are absent.
 */
export interface Trail {
	/**
	 * Version of this schema.
	 */
	schema_version: "1.1.0";
	/**
	 * Made of the event ids of its first hop: the same in each run, and whatever the order of the inputs.
	 */
	trail_id: string;
	/**
	 * Message-IDs of the mail, without angle brackets.
	 */
	message_ids: string[];
	/**
	 * What each layer did with the mail, by corrected time.
	 *
	 * @minItems 1
	 *
	 * Items: All that one layer did with it.
	 */
	hops: {
		format: FormatId;
		host: HostName;
		ids: TrailIds;
		/**
		 * RFC 3339 with numeric offset, by the clock of the log, not corrected.
		 */
		start: string;
		/**
		 * The same for its end.
		 */
		end: string;
		/**
		 * Ids of its events, in the order of the log.
		 *
		 * @minItems 1
		 */
		events: string[];
		/**
		 * What the log should say and does not, in words.
		 */
		missing: string[];
	}[];
	/**
	 * Which hops belong together, and why.
	 *
	 * Items: One hop after another.
	 */
	links: {
		/**
		 * Index of the earlier hop in `hops`.
		 */
		from: number;
		/**
		 * Index of the later hop.
		 */
		to: number;
		/**
		 * `handover`: to the next server; `filter`: server and mail filter; `retry`: the client tried again; the others as the layer itself says.
		 */
		kind: "handover" | "filter" | "retry" | "notification" | "forward" | "reinjection" | "resubmission";
		/**
		 * What speaks for it, and what against it.
		 *
		 * @minItems 1
		 */
		evidence: Evidence[];
		/**
		 * How sure the link is.
		 */
		confidence: number;
		/**
		 * Ids of the events that the evidence rests on.
		 *
		 * @minItems 1
		 */
		events: string[];
	}[];
	/**
	 * Hops of other trails that may belong to this mail; the logs cannot prove it.
	 *
	 * Items: A hop that may be the one before or after.
	 */
	candidates: {
		/**
		 * Index of the hop of this trail.
		 */
		hop: number;
		/**
		 * Whether the candidate would come before that hop or after it.
		 */
		direction: "previous" | "next";
		format: FormatId;
		host: HostName;
		ids: TrailIds;
		/**
		 * Id of the first event of the candidate.
		 */
		event: string;
		/**
		 * What speaks for it, and what against it.
		 *
		 * @minItems 1
		 */
		evidence: Evidence[];
		/**
		 * How sure a link would be.
		 */
		confidence: number;
	}[];
	/**
	 * What became of the mail for each recipient.
	 */
	recipients: TrailRecipient[];
	/**
	 * How far the clocks of the hosts of this trail are apart.
	 *
	 * Items: The clock of one host beside that of another.
	 */
	clock_offsets: {
		/**
		 * Host.
		 */
		from: string;
		/**
		 * The other host.
		 */
		to: string;
		/**
		 * Seconds that the clock of `to` is ahead of that of `from`, `zone_seconds` included.
		 */
		seconds: number;
		/**
		 * The true value is within so many seconds.
		 */
		uncertainty_seconds: number;
		/**
		 * Pairs of hops it was estimated from; 0 when it was given.
		 */
		witnesses: number;
		/**
		 * The part that is a mistaken zone: whole or half hours.
		 */
		zone_seconds?: number;
		/**
		 * Change in a day, when the clocks drift.
		 */
		drift_seconds_per_day?: number;
		/**
		 * It was given, not estimated.
		 */
		is_pinned?: boolean;
	}[];
	/**
	 * How the times in its logs are known, where their lines do not tell it all. A log whose lines tell year and zone is not among them.
	 *
	 * Items: One log.
	 */
	assumed?: {
		/**
		 * The log, as its events name it.
		 */
		source: string;
		/**
		 * How the year is known, as in `time_basis` of events: the least certain of the ways.
		 */
		year?: "line" | "session_id" | "option" | "file" | "rollover";
		/**
		 * How the zone is known, in the same way.
		 */
		zone?: "line" | "option" | "assumed";
	}[];
}
/**
 * Ids of the mail in this layer.
 */
export interface TrailIds {
	/**
	 * Sessions.
	 */
	session_id: string[];
	/**
	 * Transactions.
	 */
	transaction_id: string[];
	/**
	 * Queue ids.
	 */
	queue_id: string[];
	/**
	 * Queue files.
	 */
	file: string[];
	/**
	 * Message-IDs without angle brackets.
	 */
	message_id: string[];
}
/**
 * One kind of evidence, with what was compared.
 */
export interface Evidence {
	kind: EvidenceKind;
	/**
	 * Natural logarithm of how much likelier this is for hops of one mail than for others; negative when it speaks against.
	 */
	weight: number;
	/**
	 * What was compared.
	 */
	values: {
		/**
		 * What both sides say.
		 */
		value?: string | number | string[];
		/**
		 * What the earlier hop says, when they do not say the same.
		 */
		from?: string | number | string[];
		/**
		 * What the later hop says.
		 */
		to?: string | number | string[];
		/**
		 * Seconds from the earlier to the later, by one clock.
		 */
		seconds?: number;
		/**
		 * The same for the beginnings of two sessions.
		 */
		begin?: number;
		/**
		 * The same for their ends.
		 */
		end?: number;
		/**
		 * Lines from the end of the earlier to that of the later, in one log.
		 */
		lines?: number;
		/**
		 * Bytes by which the mail grew on the way.
		 */
		growth?: number;
		/**
		 * Address of the client that the later hop tells.
		 */
		client?: string;
		/**
		 * Host of the earlier hop.
		 */
		client_host?: string;
		/**
		 * What that client calls itself.
		 */
		helo?: string;
		/**
		 * Address of the server that the earlier hop tells.
		 */
		server?: string;
		/**
		 * Host of the later hop.
		 */
		server_host?: string;
	};
}
/**
 * One recipient.
 */
export interface TrailRecipient {
	/**
	 * As the first layer saw it; in `expanded` as the last one named it.
	 */
	address: string;
	outcome: TrailOutcome;
	/**
	 * Where a store put the mail, where its log says so.
	 */
	mailbox?: string;
	/**
	 * Format of the layer that decided, which need not be the one whose reply the client saw. None decides that a client goes away.
	 */
	decided_by?: string;
	/**
	 * Host of that layer; without `decided_by`, the server without a log that decided.
	 */
	host?: string;
	/**
	 * The reply that says so.
	 */
	smtp?: {
		/**
		 * Three digits.
		 */
		code?: string;
		/**
		 * Enhanced status code.
		 */
		enhanced?: string;
		/**
		 * Text behind the codes.
		 */
		text?: string;
	};
	/**
	 * Id of the event that says so.
	 */
	event?: string;
	/**
	 * What an alias, a list or a group made of it, when that is several or ends differently.
	 */
	expanded?: TrailRecipient[];
}

export type TrailHop = Trail["hops"][number];
export type TrailLink = Trail["links"][number];
export type LinkKind = TrailLink["kind"];
export type TrailCandidate = Trail["candidates"][number];
export type ClockOffset = Trail["clock_offsets"][number];
export type TrailAssumption = NonNullable<Trail["assumed"]>[number];

/** Version of the schema that these types follow. */
export const TRAIL_SCHEMA_VERSION = "1.1.0";
