/** Trails, hops and events with all that the schema asks for, and what a test changes. */
import type { Event, Trail, TrailHop } from "../../src/index.js";

export const sampleHop = (changes: Partial<TrailHop> & Pick<TrailHop, "format" | "host" | "events">): TrailHop => ({
	start: "2026-11-21T03:00:12.000+00:00",
	end: "2026-11-21T03:00:13.000+00:00",
	missing: [],
	...changes,
	ids: { session_id: [], transaction_id: [], queue_id: [], file: [], message_id: [], ...changes.ids },
});

export const sampleTrail = (changes: Partial<Trail> & Pick<Trail, "hops">): Trail => ({
	schema_version: "1.1.0",
	trail_id: changes.hops[0]?.events[0] ?? "",
	message_ids: [],
	links: [],
	candidates: [],
	recipients: [],
	clock_offsets: [],
	...changes,
});

export const sampleLink = (from: number, to: number, confidence: number): Trail["links"][number] => ({
	from,
	to,
	kind: "handover",
	evidence: [{ kind: "quoted_id", weight: 9, values: { value: "A1" } }],
	confidence,
	events: ["mx1.log:0"],
});

/** An event of line `line`; its id counts lines in place of bytes. */
export const sampleEvent = (file: string, line: number, format: string, changes: Partial<Event> = {}): Event => ({
	schema_version: "1.1.0",
	id: `${file}:${line}`,
	record: "event",
	format,
	time: "2026-11-21T03:00:12+00:00",
	raw: "",
	...changes,
	source: { file, line, offset: line, length: 0 },
});
