/** Keys that trails rest on, and that the events of a source do not have: they were converted without them, or their log does not tell. */
import type { Event } from "../format/event.js";

/** In the order in which they are told. */
const NEEDED = ["format", "time", "code", "action", "source", "raw"] as const;
export type Needed = (typeof NEEDED)[number];

/** Of fewer events it would be no wonder that none has a code. */
const ENOUGH = 100;

/** What one source lacks. */
export class Lacking {
	#events = 0;
	#formatless = 0;
	readonly #seen: Record<Exclude<Needed, "format">, boolean> = { time: false, code: false, action: false, source: false, raw: false };

	see({ record, format, time, code, action, source, raw }: Event): void {
		if (format === undefined) {
			if (record === "event") this.#formatless++;
			return;
		}
		this.#events++;
		const seen = this.#seen;
		if (time !== undefined) seen.time = true;
		if (code !== undefined) seen.code = true;
		if (action !== undefined) seen.action = true;
		if (source !== undefined) seen.source = true;
		if (raw !== undefined) seen.raw = true;
	}

	get keys(): Needed[] {
		return NEEDED.filter((key) => {
			if (key === "format") return this.#formatless > 0;
			return this.#events >= (key === "code" || key === "action" ? ENOUGH : 1) && !this.#seen[key];
		});
	}
}
