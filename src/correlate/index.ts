/** Events of several hosts in, trails out. */
import type { Event } from "../format/event.js";
import type { Format } from "../format/format.js";
import { hopsOf, type LayerHop } from "./layers.js";
import { TRAIL_SCHEMA_VERSION, type Trail, type TrailOutcome } from "./trail.js";

/** A log, or events that were converted before. Within a source, events are nearly sorted by time. */
export interface EventSource {
	/** Names the source; the host of events that tell none, when `host` is not given. */
	readonly name: string;
	/** Host of events that tell none. */
	readonly host?: string | undefined;
	/** Seconds that the clock of this source is ahead, when that is known. */
	readonly offsetSeconds?: number | undefined;
	events(): AsyncIterable<Event>;
}

export interface CorrelateSettings {
	readonly formats: readonly Format[];
	/** Days, by event time, after which nothing more is awaited for a mail; 5 by default. */
	readonly expiryDays?: number | undefined;
}

export interface CorrelateSummary {
	events: number;
	/** Events of formats that do not say what their events mean for a mail, or without a time. */
	unused: number;
	hops: number;
	links: number;
	trails: number;
}

export const emptyCorrelateSummary = (): CorrelateSummary => ({ events: 0, unused: 0, hops: 0, links: 0, trails: 0 });

const iso = (time: number): string => new Date(time).toISOString().replace("Z", "+00:00");

export async function* correlate(
	sources: readonly EventSource[],
	settings: CorrelateSettings,
	summary: CorrelateSummary = emptyCorrelateSummary(),
): AsyncGenerator<Trail> {
	for await (const hop of hopsOf(sources, settings, summary)) {
		summary.hops++;
		summary.trails++;
		yield lone(hop);
	}
}

function lone({ format, host, hop }: LayerHop): Trail {
	const ids = {
		session_id: [...hop.ids.session_id],
		transaction_id: [...hop.ids.transaction_id],
		queue_id: [...hop.ids.queue_id],
		file: [...hop.ids.file],
		message_id: [...hop.ids.message_id],
	};
	return {
		schema_version: TRAIL_SCHEMA_VERSION,
		trail_id: hop.events[0] ?? "",
		message_ids: [...ids.message_id],
		hops: [{ format, host, ids, start: iso(hop.start), end: iso(hop.end), events: [...hop.events], missing: [...hop.missing] }],
		links: [],
		candidates: [],
		recipients: hop.recipients.map(({ address, outcome, event }) => ({
			address,
			outcome: (outcome === "handed_on" ? "relayed" : outcome) as TrailOutcome,
			decided_by: { format, host },
			event,
		})),
		clock_offsets: [],
	};
}
