/**
 * What the tracker of a format makes of the records of a case, as case files state it: a hop as `src/format/trail.ts` has it, with the numbers of
 * lines in place of event ids, times as RFC 3339, and without what is empty.
 *
 *     { "ids": { "queue_id": ["4A1"] }, "events": [1, 2], "recipients": [{ "address": "bob@example.net", "outcome": "delivered", "event": 2 }] }
 */
import { quotesOf } from "../correlate/quotes.js";
import { MailtrailError, type Place } from "../errors.js";
import type { TrailModule } from "../format/define.js";
import { readTrail } from "../format/definition.js";
import type { WholeEvent } from "../format/event.js";
import { viewOf } from "../format/event-view.js";
import type { Format } from "../format/format.js";
import type { Json } from "../format/json.js";
import type { Hop } from "../format/trail.js";
import type { Specimen } from "./workbench.js";

export interface Followed {
	/** In the order in which they begin. */
	readonly hops: readonly Json[];
	/** What is wrong whatever the case expects. */
	readonly differences: readonly string[];
}

/** Follows the mails of each host to the end of the log. Throws MailtrailError with this place for a format without a tracker. */
export async function follow(
	events: readonly WholeEvent[],
	{ format, formats }: Pick<Specimen, "format" | "formats">,
	place: Place,
): Promise<Followed> {
	const make = await trackerOf(format, place);
	const own = events.filter((event) => event.format === format.id);
	const timeless = own.filter(({ time }) => time === undefined);
	const quotes = quotesOf(formats.map(({ definition }) => definition));
	const told = (hops: readonly Hop[]): Json[] =>
		[...hops]
			.sort((one, other) => Number(one.events[0]) - Number(other.events[0]))
			.map(({ handovers, ...hop }) => {
				const quoting = handovers.map(({ reply, ...one }) => ({ ...one, reply: { ...reply, quoted: reply.quoted ?? quotes(reply.text) } }));
				return shown("", { ...hop, handovers: quoting }) ?? {};
			});
	const [hops, resumed] = [told(hopsOf(own, make, false)), told(hopsOf(own, make, true))];
	return {
		hops,
		differences: [
			...timeless
				.slice(0, 1)
				.map(({ source }) => `line ${source.line} has no time, so nothing follows it: options: { "year": 2026 } dates it`),
			...(JSON.stringify(hops) === JSON.stringify(resumed)
				? []
				: ["a tracker that is saved and loaded after every record gives other hops"]),
		],
	};
}

async function trackerOf({ id, definition, folder }: Format, place: Place): Promise<TrailModule["trail"]> {
	const make = await readTrail(definition, folder);
	if (make !== undefined) return make;
	throw new MailtrailError(
		"case.trail",
		2,
		`a case expects hops, and ${id} follows no mails`,
		'Name a tracker in the format file: trail: () => import("./trail.js").',
		place,
	);
}

/** @param isStopping whether the tracker is saved as JSON and loaded after every record */
function hopsOf(events: readonly WholeEvent[], make: TrailModule["trail"], isStopping: boolean): Hop[] {
	const hops: Hop[] = [];
	const emit = (hop: Hop): void => void hops.push(hop);
	for (const host of new Set(events.map((event) => event.host))) {
		let tracker = make();
		for (const event of events.filter((one) => one.host === host)) {
			if (event.time === undefined) continue;
			tracker.add(viewOf({ ...event, id: String(event.source.line) }), Date.parse(event.time), emit);
			if (isStopping) tracker = make(JSON.parse(JSON.stringify(tracker.save())));
		}
		tracker.end(emit);
	}
	return hops;
}

const TIMES = new Set(["start", "end", "time", "begun", "begin"]);

/** What stands under a key, for a case; undefined for what is empty. */
function shown(key: string, value: unknown): Json | undefined {
	if (TIMES.has(key) && typeof value === "number") return `${new Date(value).toISOString().replace(/\.000Z|Z/, "")}+00:00`;
	if (key === "event") return Number(value);
	if (Array.isArray(value)) {
		if (value.length === 0) return undefined;
		return key === "events" ? value.map(Number) : value.map((one) => shown("", one) ?? {});
	}
	if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") return value;
	if (typeof value !== "object" || value === null) return undefined;
	// The file of a case is its own.
	if (key === "end_line") return shown("", Object.fromEntries(Object.entries(value).filter(([name]) => name === "line")));
	const entries = Object.entries(value).flatMap(([name, inner]) => {
		const one = shown(name, inner);
		return one === undefined ? [] : [[name, one] as const];
	});
	return entries.length === 0 ? undefined : Object.fromEntries(entries);
}
