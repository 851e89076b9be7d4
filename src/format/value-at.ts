import type { Json } from "./define.js";
import type { Event } from "./event.js";

/** The value at a dotted path of the event. */
export function valueAt(event: Event, path: string): Json | undefined {
	let value: unknown = event;
	for (const key of path.split(".")) {
		if (typeof value !== "object" || value === null) return undefined;
		value = (value as Readonly<Record<string, unknown>>)[key];
	}
	// All that stands in an event is JSON.
	return value as Json | undefined;
}
