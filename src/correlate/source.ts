/** One source of events, in its own order. */
import type { Event } from "../format/event.js";
import { inputOfId } from "../format/event-place.js";
import { type EventBatch, type EventView, viewOf } from "../format/event-view.js";
import type { Assumed } from "./assumed.js";
import { Lacking } from "./lacking.js";
import type { CorrelateSummary } from "./summary.js";

interface NamedSource {
	/** Names the source. */
	readonly name: string;
	/** Host of events that tell none; else each log that they come from is taken for a host. */
	readonly host?: string | undefined;
	/** Seconds that the clock of this source is ahead, when that is known. */
	readonly offsetSeconds?: number | undefined;
}

/**
 * A log, or events that were converted before. Within a source, events are nearly sorted by time. Views, many at a time, are what `readBatches` gives:
 * no object is made of an event then.
 */
export type EventSource = NamedSource & ({ events(): AsyncIterable<Event> } | { batches(): AsyncIterable<EventBatch> });

/** An event with a time, and the host whose clock stamped it. */
export interface Stamped {
	/** It is good as long as somebody holds it. */
	readonly event: EventView;
	readonly host: string;
	/** The log or the case tells the host. */
	readonly isNamed: boolean;
	/** Milliseconds by that clock. */
	readonly time: number;
	/** The source was sorted by the text of its records. */
	readonly isSorted: boolean;
}

/** Records of the same moment that are looked at before a log is taken for sorted, and how many of them may be out of that order. */
const ENOUGH_SORTED = 100;
/** After so many it is settled. */
const MOST_PAIRS = 10_000;
const UNSORTED = 0.005;

/** Milliseconds. */
const FAR_AHEAD = 3_600_000;

/** Tells logs whose records were sorted by their text, as `sort` does: programs write those of one moment in another order. */
class SortCheck {
	#last: EventView | undefined;
	#time: number | undefined;
	/** Of the last event, when it was needed. */
	#raw: string | undefined;
	#pairs = 0;
	#ascending = 0;

	see(event: EventView): boolean {
		const [last, lastTime, lastRaw] = [this.#last, this.#time, this.#raw];
		if (this.#pairs >= MOST_PAIRS) return this.#isSorted;
		this.#last = event;
		this.#time = event.time;
		this.#raw = undefined;
		// One program alone may well write what it does in the order of the alphabet.
		if (last === undefined || lastTime !== this.#time || last.program === event.program || !isSameStamp(last, event)) return this.#isSorted;
		const [before, raw] = [lastRaw ?? last.raw(), event.raw()];
		this.#raw = raw;
		// Events that were written without `raw` show nothing of it.
		if (before !== undefined && raw !== undefined) {
			this.#pairs++;
			if (before < raw) this.#ascending++;
		}
		return this.#isSorted;
	}

	get #isSorted(): boolean {
		return this.#pairs >= ENOUGH_SORTED && this.#ascending >= this.#pairs * (1 - UNSORTED);
	}
}

/** The stamp counts as it was written: with parts of a second that are the same, too. */
const isSameStamp = (one: EventView, other: EventView): boolean => one.text("time") === other.text("time");

async function* single(events: AsyncIterable<Event>): AsyncGenerator<EventBatch> {
	for await (const event of events) yield [viewOf(event)];
}

/** One source: events that were read ahead, and the rest. */
export class Feed {
	readonly #batches: AsyncIterator<EventBatch>;
	/** Events that are there, and which of them comes next. */
	#batch: EventBatch = [];
	#at = 0;
	/** No more batches come. */
	#isDry = false;
	readonly #ahead: Stamped[] = [];
	#next = 0;
	/** Waits for the event behind it, which judges its stamp. */
	#waiting: EventView | undefined;
	#time = Number.NEGATIVE_INFINITY;
	readonly #sortCheck = new SortCheck();
	/** Host → time of its last event. */
	readonly #times = new Map<string, number>();
	/** Logs whose events name no host, and neither does the case. */
	readonly unnamed: Set<string> = new Set();
	readonly lacking: Lacking = new Lacking();
	isSorted = false;
	/** The most by which the time of a host went back from one event to the next, in milliseconds. */
	wentBack = 0;

	constructor(
		readonly source: EventSource,
		readonly order: number,
		readonly summary: CorrelateSummary,
		readonly assumed: Assumed,
	) {
		const batches = "batches" in source ? source.batches() : single(source.events());
		this.#batches = batches[Symbol.asyncIterator]();
	}

	/** All events were given. */
	get isOver(): boolean {
		return this.#isDry && this.#at >= this.#batch.length && this.#waiting === undefined && this.#next >= this.#ahead.length;
	}

	/** Waits for more events: `next` gave none, though the source is not over. */
	async fill(): Promise<void> {
		const read = await this.#batches.next();
		this.#isDry = read.done === true;
		this.#batch = read.done === true ? [] : read.value;
		this.#at = 0;
	}

	#take(): EventView | undefined {
		const waiting = this.#waiting;
		this.#waiting = undefined;
		if (waiting !== undefined) return waiting;
		const event = this.#batch.at(this.#at);
		if (event === undefined) return undefined;
		this.#at++;
		this.summary.events++;
		this.lacking.see(event);
		this.assumed.see(event);
		return event;
	}

	/**
	 * The time of an event. A stamp far ahead that the next one takes back is wrong: it would hold back all that follows. Undefined when the next one is
	 * not there yet.
	 */
	#timeOf({ time: stamp = this.#time }: EventView): number | undefined {
		if (stamp <= this.#time + FAR_AHEAD) return stamp;
		const following = this.#batch.at(this.#at);
		if (following === undefined && !this.#isDry) return undefined;
		const next = following?.time ?? Number.NaN;
		return next < stamp - FAR_AHEAD ? Math.max(this.#time, next) : stamp;
	}

	/** Undefined when more events are needed, or there are none. */
	#read(): Stamped | undefined {
		for (let event = this.#take(); event !== undefined; event = this.#take()) {
			const time = this.#timeOf(event);
			if (time === undefined) {
				this.#waiting = event;
				return undefined;
			}
			if (event.format !== undefined && Number.isFinite(time)) return this.#stamped(event, time);
			this.summary.unused++;
		}
		return undefined;
	}

	#stamped(event: EventView, time: number): Stamped {
		this.#time = time;
		const named = event.host ?? this.source.host;
		const host = named ?? event.file ?? inputOfId(event.id) ?? this.source.name;
		if (named === undefined) this.unnamed.add(host);
		this.isSorted = this.#sortCheck.see(event);
		const gone = (this.#times.get(host) ?? time) - time;
		if (gone > this.wentBack) this.wentBack = gone;
		this.#times.set(host, time);
		return { event, host, isNamed: named !== undefined, time, isSorted: this.isSorted };
	}

	/** Reads ahead, without taking anything. */
	async look(most: number): Promise<readonly Stamped[]> {
		while (this.#ahead.length < most) {
			const next = this.#read();
			if (next !== undefined) this.#ahead.push(next);
			else if (this.#isDry) break;
			else await this.fill();
		}
		return this.#ahead;
	}

	/** Undefined when the source is over, or has to be filled. */
	next(): Stamped | undefined {
		const ahead = this.#ahead[this.#next];
		if (ahead !== undefined) {
			this.#next++;
			return this.isSorted ? { ...ahead, isSorted: true } : ahead;
		}
		if (this.#ahead.length > 0) this.#ahead.splice(0);
		this.#next = 0;
		return this.#read();
	}

	async close(): Promise<void> {
		await this.#batches.return?.();
	}
}
