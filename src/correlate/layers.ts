/** Events to hops: one tracker for each format and host. */
import type { Event } from "../format/event.js";
import type { Hop, Tracker } from "../format/trail.js";
import type { CorrelateSettings, CorrelateSummary, EventSource } from "./index.js";

/** A hop and the layer that it is of. */
export interface LayerHop {
	readonly format: string;
	readonly host: string;
	readonly hop: Hop;
}

export async function* hopsOf(
	sources: readonly EventSource[],
	settings: CorrelateSettings,
	summary: CorrelateSummary,
): AsyncGenerator<LayerHop> {
	const makers = new Map(settings.formats.map(({ id, definition }) => [id, definition.trail]));
	const trackers = new Map<string, { format: string; host: string; tracker: Tracker }>();
	const done: LayerHop[] = [];
	const trackerOf = (event: Event, source: EventSource) => {
		const format = event.format ?? "";
		const host = event.host ?? source.host ?? source.name;
		const key = JSON.stringify([format, host]);
		const known = trackers.get(key);
		if (known !== undefined) return known;
		const tracker = makers.get(format)?.();
		if (tracker === undefined) return undefined;
		const made = { format, host, tracker };
		trackers.set(key, made);
		return made;
	};
	for (const source of sources)
		for await (const event of source.events()) {
			summary.events++;
			const layer = event.time === undefined ? undefined : trackerOf(event, source);
			if (layer === undefined || event.time === undefined) summary.unused++;
			else layer.tracker.add(event, Date.parse(event.time), (hop) => done.push({ format: layer.format, host: layer.host, hop }));
			yield* done.splice(0);
		}
	for (const { format, host, tracker } of trackers.values()) tracker.end((hop) => done.push({ format, host, hop }));
	yield* done;
}
