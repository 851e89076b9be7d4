/** One source of events, in its own order. */
import type { Event } from "../format/event.js";
import { fileOf } from "../format/event-place.js";
import { type EventView, viewOf } from "../format/event-view.js";
import type { Assumed } from "./assumed.js";
import { Lacking } from "./lacking.js";
import type { CorrelateSummary } from "./summary.js";

/** A log, or events that were converted before. Within a source, events are nearly sorted by time. */
export interface EventSource {
	/** Names the source. */
	readonly name: string;
	/** Host of events that tell none; else each log that they come from is taken for a host. */
	readonly host?: string | undefined;
	/** Seconds that the clock of this source is ahead, when that is known. */
	readonly offsetSeconds?: number | undefined;
	events(): AsyncIterable<Event>;
}

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
const UNSORTED = 0.005;

/** Milliseconds. */
const FAR_AHEAD = 3_600_000;

/** Tells logs whose records were sorted by their text, as `sort` does: programs write those of one moment in another order. */
class SortCheck {
	/** Its stamp counts as it was written: with parts of a second that are the same, too. */
	#last: Event | undefined;
	#pairs = 0;
	#ascending = 0;

	see(event: Event): boolean {
		const last = this.#last;
		// One program alone may well write what it does in the order of the alphabet.
		const isPair = event.time !== undefined && last?.time === event.time && last.program !== event.program;
		// Events that were written without `raw` show nothing of it.
		if (isPair && event.raw !== undefined && last.raw !== undefined) {
			this.#pairs++;
			if (last.raw < event.raw) this.#ascending++;
		}
		this.#last = event;
		return this.#pairs >= ENOUGH_SORTED && this.#ascending >= this.#pairs * (1 - UNSORTED);
	}
}

/** One source: events that were read ahead, and the rest. */
export class Feed {
	readonly #events: AsyncIterator<Event>;
	readonly #ahead: Stamped[] = [];
	#next = 0;
	/** Was read to judge the stamp before it. */
	#held: Event | undefined;
	#time = Number.NEGATIVE_INFINITY;
	readonly #sortCheck = new SortCheck();
	/** Host → time of its last event. */
	readonly #times = new Map<string, number>();
	/** Logs whose events name no host, and neither does the case. */
	readonly unnamed: Set<string> = new Set();
	readonly lacking: Lacking = new Lacking();
	isOver = false;
	isSorted = false;
	/** The most by which the time of a host went back from one event to the next, in milliseconds. */
	wentBack = 0;

	constructor(
		readonly source: EventSource,
		readonly order: number,
		readonly summary: CorrelateSummary,
		readonly assumed: Assumed,
	) {
		this.#events = source.events()[Symbol.asyncIterator]();
	}

	async #take(): Promise<Event | undefined> {
		const held = this.#held;
		this.#held = undefined;
		if (held !== undefined) return held;
		const read = await this.#events.next();
		if (read.done === true) return undefined;
		this.summary.events++;
		this.lacking.see(read.value);
		this.assumed.see(read.value);
		return read.value;
	}

	/** A stamp far ahead that the next one takes back is wrong: it would hold back all that follows. */
	async #judged(time: number): Promise<number> {
		this.#held = await this.#take();
		const next = Date.parse(this.#held?.time ?? "");
		return next < time - FAR_AHEAD ? Math.max(this.#time, next) : time;
	}

	async #read(): Promise<Stamped | undefined> {
		for (let event = await this.#take(); event !== undefined; event = await this.#take()) {
			const stamp = event.time === undefined ? this.#time : Date.parse(event.time);
			const time = stamp <= this.#time + FAR_AHEAD ? stamp : await this.#judged(stamp);
			if (event.format !== undefined && Number.isFinite(time)) {
				this.#time = time;
				const named = event.host ?? this.source.host;
				const host = named ?? fileOf(event) ?? this.source.name;
				if (named === undefined) this.unnamed.add(host);
				this.isSorted = this.#sortCheck.see(event);
				this.wentBack = Math.max(this.wentBack, (this.#times.get(host) ?? time) - time);
				this.#times.set(host, time);
				return { event: viewOf(event), host, isNamed: named !== undefined, time, isSorted: this.isSorted };
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
