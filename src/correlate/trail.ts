/** A trail: everything known about one mail, across every layer that logged it. JSON, one object a line. */
import type { HopIds, RecipientOutcome } from "../format/trail.js";

/** What a link rests on. The sender of a mail chooses Message-ID, HELO, sender, recipient and size; the rest is the layers' own. */
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

export interface Evidence {
	kind: EvidenceKind;
	/** Natural logarithm of how much likelier this is when the link is right; negative speaks against it. */
	weight: number;
	/** What was compared: `value` when both sides say the same, else `from` and `to`; times in seconds. */
	values: Record<string, string | number | boolean | string[]>;
}

export type LinkKind = "handover" | "filter" | "retry" | "notification" | "forward" | "reinjection" | "resubmission";

export interface TrailLink {
	/** Indexes in `hops`. */
	from: number;
	to: number;
	kind: LinkKind;
	evidence: Evidence[];
	/** 0 to 1; a link has 0.5 at least. */
	confidence: number;
	/** Ids of the events that it rests on. */
	events: string[];
}

/** A hop that may belong here, and cannot be told from others. */
export interface TrailCandidate {
	/** Index in `hops` of the hop that lacks a neighbour. */
	hop: number;
	/** The other hop would stand before or after it. */
	direction: "previous" | "next";
	format: string;
	host: string;
	ids: TrailIds;
	/** First event of the other hop. */
	event: string;
	evidence: Evidence[];
	/** Below 0.5. */
	confidence: number;
}

export type TrailIds = { [Name in keyof HopIds]: string[] };

export interface TrailHop {
	format: string;
	host: string;
	ids: TrailIds;
	/** RFC 3339 in UTC by the clock of the host, not corrected. */
	start: string;
	end: string;
	/** Event ids, in the order of the log. */
	events: string[];
	/** What the logs should say of it and do not. */
	missing: string[];
}

export type TrailOutcome = Exclude<RecipientOutcome, "handed_on">;

export interface TrailRecipient {
	/** As the first layer saw it; in `expanded` as a later layer named it. */
	address: string;
	outcome: TrailOutcome;
	/** Format and host of the layer that took the decision. */
	decided_by?: string;
	host?: string;
	/** The reply of that layer, or its reason. */
	smtp?: { code?: string; enhanced?: string; text?: string };
	/** Id of the event that says so. */
	event?: string;
	/** What an alias, a list or a group made of it, when that is more than one or ends differently. */
	expanded?: TrailRecipient[];
}

/** The clock of `to` less the clock of `from`. */
export interface ClockOffset {
	from: string;
	to: string;
	/** The whole difference, a mistaken zone included. */
	seconds: number;
	/** Half the width of the range that holds the offset of most pairs. */
	uncertainty_seconds: number;
	/** Pairs of hops that show it; 0 when it was given. */
	witnesses: number;
	/** The part of it that is a mistaken zone: whole or half hours. */
	zone_seconds?: number;
	/** Change in a day, when the clocks drift. */
	drift_seconds_per_day?: number;
	/** It was given, not estimated. */
	is_pinned?: boolean;
}

export interface Trail {
	/** 16 hexadecimal digits, made of the event ids of its first hop: the same in each run. */
	trail_id: string;
	message_ids: string[];
	/** In the order of the corrected clock. */
	hops: TrailHop[];
	links: TrailLink[];
	candidates: TrailCandidate[];
	recipients: TrailRecipient[];
	/** Between the hosts of its hops. */
	clock_offsets: ClockOffset[];
}
