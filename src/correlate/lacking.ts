/** Keys that trails rest on, and that the events of a source do not have: they were converted without them, or their log does not tell. */
import type { EventView } from "../format/event-view.js";

/** In the order in which they are told. */
const NEEDED = ["format", "time", "code", "action", "source", "raw"] as const;
export type Needed = (typeof NEEDED)[number];

/** Of fewer events it would be no wonder that none has a code. */
const ENOUGH = 100;

/** What one source lacks. */
export class Lacking {
	#events = 0;
	#formatless = 0;
	readonly #unseen: Set<Needed> = new Set(NEEDED);

	see(event: EventView): void {
		if (event.format === undefined) {
			if (event.text("record") === "event") this.#formatless++;
			return;
		}
		this.#events++;
		// All are there soon, so that nothing is asked any more.
		for (const key of this.#unseen) if (event.has(key)) this.#unseen.delete(key);
	}

	get keys(): Needed[] {
		return NEEDED.filter((key) => {
			if (key === "format") return this.#formatless > 0;
			return this.#events >= (key === "code" || key === "action" ? ENOUGH : 1) && this.#unseen.has(key);
		});
	}
}
