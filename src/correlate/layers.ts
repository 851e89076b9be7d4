/** Events to hops: sources merged by corrected time, one tracker for each format and host. */
import type { Event } from "../format/event.js";
import type { Format } from "../format/format.js";
import type { Hop, Tracker } from "../format/trail.js";
import type { Clocks } from "./clocks.js";
import type { CorrelateSummary, EventSource } from "./index.js";
import type { Layer } from "./nodes.js";

/** An event with a time, and the host whose clock stamped it. */
export interface Stamped {
	readonly event: Event;
	readonly host: string;
	/** The log or the case tells the host. */
	readonly isNamed: boolean;
	/** Milliseconds by that clock. */
	readonly time: number;
}

type Emit = (layer: Layer, hop: Hop) => void;

/** The trackers of all layers. */
export class Layers {
	readonly #makers: ReadonlyMap<string, (() => Tracker) | undefined>;
	readonly #layers = new Map<string, { readonly layer: Layer; readonly tracker: Tracker; latest: number }>();
	readonly #emit: Emit;

	constructor(formats: readonly Format[], emit: Emit) {
		this.#makers = new Map(formats.map(({ id, definition }) => [id, definition.trail]));
		this.#emit = emit;
	}

	/** False when its format does not say what its events mean for a mail. */
	add({ event, host, isNamed, time }: Stamped): boolean {
		const { format } = event;
		if (format === undefined) return false;
		const key = `${format}\n${host}`;
		let known = this.#layers.get(key);
		if (known === undefined) {
			const tracker = this.#makers.get(format)?.();
			if (tracker === undefined) return false;
			known = { layer: { key, format, host, isNamed }, tracker, latest: time };
			this.#layers.set(key, known);
		}
		const { layer, tracker } = known;
		known.latest = Math.max(known.latest, time);
		tracker.add(event, time, (hop) => this.#emit(layer, hop));
		return true;
	}

	/** Gives up mails of which nothing was heard for so many milliseconds. */
	expire(after: number): void {
		for (const { layer, tracker, latest } of this.#layers.values()) tracker.expire(latest - after, (hop) => this.#emit(layer, hop));
	}

	end(): void {
		const layers = [...this.#layers.values()].sort((a, b) => (a.layer.key < b.layer.key ? -1 : 1));
		for (const { layer, tracker } of layers) tracker.end((hop) => this.#emit(layer, hop));
	}
}

/** One source: events that were read ahead, and the rest. */
class Feed {
	readonly #events: AsyncIterator<Event>;
	readonly #ahead: Stamped[] = [];
	#next = 0;
	#time = Number.NEGATIVE_INFINITY;
	isOver = false;

	constructor(
		readonly source: EventSource,
		readonly order: number,
		readonly summary: CorrelateSummary,
	) {
		this.#events = source.events()[Symbol.asyncIterator]();
	}

	async #read(): Promise<Stamped | undefined> {
		for (let read = await this.#events.next(); read.done !== true; read = await this.#events.next()) {
			const event = read.value;
			this.summary.events++;
			const time = event.time === undefined ? this.#time : Date.parse(event.time);
			if (event.format !== undefined && Number.isFinite(time)) {
				this.#time = time;
				const named = event.host ?? this.source.host;
				return { event, host: named ?? this.source.name, isNamed: named !== undefined, time };
			}
			this.summary.unused++;
		}
		this.isOver = true;
		return undefined;
	}

	/** Reads ahead, without taking anything. */
	async look(most: number): Promise<readonly Stamped[]> {
		while (this.#ahead.length < most) {
			const next = await this.#read();
			if (next === undefined) break;
			this.#ahead.push(next);
		}
		return this.#ahead;
	}

	async next(): Promise<Stamped | undefined> {
		if (this.#next < this.#ahead.length) return this.#ahead[this.#next++];
		if (this.#ahead.length > 0) this.#ahead.splice(0);
		this.#next = 0;
		return this.isOver ? undefined : this.#read();
	}

	async close(): Promise<void> {
		await this.#events.return?.();
	}
}

/** Events that are looked at before the first one is used, to know the clocks: of each source, and in all. */
const LOOK_EACH = 5000;
const LOOK_ALL = 50_000;

export class Merge {
	readonly #feeds: readonly Feed[];
	readonly #clocks: Clocks;

	constructor(sources: readonly EventSource[], clocks: Clocks, summary: CorrelateSummary) {
		const sorted = [...sources].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
		this.#feeds = sorted.map((source, order) => new Feed(source, order, summary));
		this.#clocks = clocks;
	}

	/** The first events of all sources, by source; they come again in `events`. */
	async look(): Promise<Stamped[]> {
		const most = Math.min(LOOK_EACH, Math.ceil(LOOK_ALL / Math.max(1, this.#feeds.length)));
		const found: Stamped[] = [];
		for (const feed of this.#feeds) {
			for (const stamped of await feed.look(most)) {
				found.push(stamped);
				this.#clocks.addHost(stamped.host, feed.source.offsetSeconds);
			}
		}
		return found;
	}

	/** All events in the order of the corrected clock, which comes with them. */
	async *events(): AsyncGenerator<{ readonly stamped: Stamped; readonly at: number }> {
		const heads: { readonly feed: Feed; readonly stamped: Stamped; readonly at: number }[] = [];
		const put = async (feed: Feed): Promise<void> => {
			const stamped = await feed.next();
			if (stamped === undefined) return;
			this.#clocks.addHost(stamped.host, feed.source.offsetSeconds);
			const at = this.#clocks.corrected(stamped.host, stamped.time);
			// The latest first, so that the next one is at the end.
			let [low, high] = [0, heads.length];
			while (low < high) {
				const middle = (low + high) >> 1;
				const head = heads[middle];
				if (head !== undefined && (head.at > at || (head.at === at && head.feed.order > feed.order))) low = middle + 1;
				else high = middle;
			}
			heads.splice(low, 0, { feed, stamped, at });
		};
		try {
			for (const feed of this.#feeds) await put(feed);
			for (let head = heads.pop(); head !== undefined; head = heads.pop()) {
				yield head;
				await put(head.feed);
			}
		} finally {
			for (const feed of this.#feeds) await feed.close();
		}
	}
}
