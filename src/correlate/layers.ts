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
	/** The source was sorted by the text of its records. */
	readonly isSorted: boolean;
}

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

/** Records of the same moment that are looked at before a log is taken for sorted, and how many of them may be out of that order. */
const ENOUGH_SORTED = 200;
const UNSORTED = 0.005;

/** Tells logs whose records were sorted by their text, as `sort` does: programs write those of one moment in another order. */
class SortCheck {
	/** A stamp as it was written: with parts of a second that are the same, too. */
	#last: { readonly time: string | undefined; readonly raw: string } | undefined;
	#pairs = 0;
	#ascending = 0;

	see({ time, raw }: Event): boolean {
		if (time !== undefined && this.#last?.time === time && this.#last.raw !== raw) {
			this.#pairs++;
			if (this.#last.raw < raw) this.#ascending++;
		}
		this.#last = { time, raw };
		return this.#pairs >= ENOUGH_SORTED && this.#ascending >= this.#pairs * (1 - UNSORTED);
	}
}

/** One source: events that were read ahead, and the rest. */
class Feed {
	readonly #events: AsyncIterator<Event>;
	readonly #ahead: Stamped[] = [];
	#next = 0;
	#time = Number.NEGATIVE_INFINITY;
	readonly #sortCheck = new SortCheck();
	isOver = false;
	isSorted = false;

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
				this.isSorted = this.#sortCheck.see(event);
				return { event, host: named ?? this.source.name, isNamed: named !== undefined, time, isSorted: this.isSorted };
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
		const ahead = this.#ahead[this.#next++];
		if (ahead !== undefined) return this.isSorted ? { ...ahead, isSorted: true } : ahead;
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

	/** Names of sources that were sorted by the text of their records. */
	get sorted(): string[] {
		return this.#feeds.filter(({ isSorted }) => isSorted).map(({ source }) => source.name);
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
