/** Events to hops: one tracker for each format and host. */
import type { Format } from "../format/format.js";
import type { Hop, Tracker } from "../format/trail.js";
import type { Layer } from "./nodes.js";
import type { Stamped } from "./source.js";

type Emit = (layer: Layer, hop: Hop) => void;

/** The trackers of all layers. */
export class Layers {
	readonly #makers: ReadonlyMap<string, (() => Tracker) | undefined>;
	readonly #layers = new Map<string, { readonly layer: Layer; readonly tracker: Tracker; time: number }>();
	readonly #emit: Emit;

	constructor(formats: readonly Format[], emit: Emit) {
		this.#makers = new Map(formats.map(({ id, definition }) => [id, definition.trail]));
		this.#emit = emit;
	}

	/** False when its format does not say what its events mean for a mail. */
	add({ event, host, isNamed, time, isSorted }: Stamped): boolean {
		const { format } = event;
		if (format === undefined) return false;
		const key = `${format}\n${host}`;
		let known = this.#layers.get(key);
		if (known === undefined) {
			const tracker = this.#makers.get(format)?.();
			if (tracker === undefined) return false;
			known = { layer: { key, format, host, isNamed }, tracker, time };
			this.#layers.set(key, known);
		}
		const { layer, tracker } = known;
		known.time = time;
		if (isSorted) layer.isSorted = true;
		tracker.add(event, time, (hop) => this.#emit(layer, hop));
		return true;
	}

	/** Gives up mails of which nothing was heard for so many milliseconds. */
	expire(after: number): void {
		for (const { layer, tracker, time } of this.#layers.values()) tracker.expire(time - after, (hop) => this.#emit(layer, hop));
	}

	end(): void {
		const layers = [...this.#layers.values()].sort((a, b) => (a.layer.key < b.layer.key ? -1 : 1));
		for (const { layer, tracker } of layers) tracker.end((hop) => this.#emit(layer, hop));
	}
}
