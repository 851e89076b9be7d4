/** Events to hops: one tracker for each format and host. */
import type { TrailModule } from "../format/define.js";
import { readTrail } from "../format/definition.js";
import type { Format } from "../format/format.js";
import type { Hop, Tracker } from "../format/trail.js";
import type { Layer } from "./nodes.js";
import type { Stamped } from "./source.js";

type Emit = (layer: Layer, hop: Hop) => void;

/** A layer, and what follows its mails. */
interface Followed {
	readonly layer: Layer;
	readonly tracker: Tracker;
	readonly emit: (hop: Hop) => void;
	/** Of its last event. */
	time: number;
}

/** What makes trackers, by format. */
export type Makers = ReadonlyMap<string, TrailModule["trail"]>;

export async function makersOf(formats: readonly Format[]): Promise<Makers> {
	const makers = new Map<string, TrailModule["trail"]>();
	for (const { id, definition, folder } of formats) {
		const maker = await readTrail(definition, folder);
		if (maker !== undefined) makers.set(id, maker);
	}
	return makers;
}

/** The trackers of all layers. */
export class Layers {
	readonly #makers: Makers;
	/** In the order in which they came. */
	readonly #layers: Followed[] = [];
	/** By format and host. */
	readonly #byName = new Map<string, Map<string, Followed>>();
	readonly #emit: Emit;

	constructor(makers: Makers, emit: Emit) {
		this.#makers = makers;
		this.#emit = emit;
	}

	/** False when its format does not say what its events mean for a mail. */
	add({ event, host, isNamed, time, isSorted }: Stamped): boolean {
		const { format } = event;
		if (format === undefined) return false;
		const followed = this.#byName.get(format)?.get(host) ?? this.#begin(format, host, isNamed, time);
		if (followed === undefined) return false;
		followed.time = time;
		if (isSorted) followed.layer.isSorted = true;
		followed.tracker.add(event, time, followed.emit);
		return true;
	}

	#begin(format: string, host: string, isNamed: boolean, time: number): Followed | undefined {
		const tracker = this.#makers.get(format)?.();
		if (tracker === undefined) return undefined;
		const layer = { key: `${format}\n${host}`, format, host, isNamed };
		const followed = { layer, tracker, emit: (hop: Hop) => this.#emit(layer, hop), time };
		const hosts = this.#byName.get(format) ?? new Map<string, Followed>();
		this.#byName.set(format, hosts.set(host, followed));
		this.#layers.push(followed);
		return followed;
	}

	/** Gives up mails of which nothing was heard for so many milliseconds. */
	expire(after: number): void {
		for (const { tracker, emit, time } of this.#layers) tracker.expire(time - after, emit);
	}

	end(): void {
		const layers = [...this.#layers].sort((a, b) => (a.layer.key < b.layer.key ? -1 : 1));
		for (const { tracker, emit } of layers) tracker.end(emit);
	}
}
