/**
 * How far time has come. Logs may go back in time, by a set clock or because they were joined in the wrong order: then what waits for a
 * time would wait for ever. So the time that went by in either direction counts, too, once there is more than enough of it.
 */
import { Heap } from "./heap.js";

/** Of one step in time so much counts, in milliseconds: a single wrong stamp is no long wait. */
const MOST_OF_A_STEP = 60_000;
/** So much more must have gone by than what waits has to wait for: logs are nearly sorted. */
const SLACK = 3_600_000;

/** Late lines and late hops come within this time, in milliseconds. */
export const GRACE = 120_000;

export class Course {
	/** Corrected time. */
	now: number = Number.NEGATIVE_INFINITY;
	/** Milliseconds that went by, in either direction. */
	passed = 0;

	go(now: number): void {
		if (Number.isFinite(this.now)) this.passed += Math.min(MOST_OF_A_STEP, Math.abs(now - this.now));
		this.now = now;
	}

	/** Whether a time has come, for what came when so much had passed, and waits for so many milliseconds. */
	isOver(time: number, since: number, wait: number): boolean {
		return time <= this.now || this.passed > since + wait + SLACK;
	}

	/** How much must have passed by when something has waited long enough from now on, in whatever direction time goes. */
	end(wait: number): number {
		return this.passed + wait + SLACK;
	}
}

interface Entry<Thing> {
	readonly number: number;
	readonly time: number;
	readonly end: number;
	/** Undefined when it was taken out: entries stand in both queues. */
	thing: Thing | undefined;
}

/** Things that wait for a corrected time each. */
export class Ripening<Thing> {
	readonly #byTime = new Heap<Entry<Thing>>();
	readonly #byEnd = new Heap<Entry<Thing>>();
	#added = 0;
	#size = 0;

	constructor(readonly course: Course) {}

	get size(): number {
		return this.#size;
	}

	/** It is ripe at a time, or when it has waited for so many milliseconds. */
	add(thing: Thing, time: number, wait: number): void {
		this.#put({ number: this.#added++, time, end: this.course.end(wait), thing });
	}

	#put(entry: Entry<Thing>): void {
		this.#byTime.add(entry.time, entry);
		this.#byEnd.add(entry.end, entry);
		this.#size++;
	}

	/** What is ripe, in the order in which it was added. */
	take(): Thing[] {
		const found: Entry<Thing>[] = [];
		for (let entry = this.#byTime.take(this.course.now); entry !== undefined; entry = this.#byTime.take(this.course.now)) found.push(entry);
		for (let entry = this.#byEnd.take(this.course.passed); entry !== undefined; entry = this.#byEnd.take(this.course.passed))
			found.push(entry);
		found.sort((a, b) => a.number - b.number);
		const things = found.flatMap((entry) => {
			const { thing } = entry;
			if (thing === undefined) return [];
			entry.thing = undefined;
			this.#size--;
			return [thing];
		});
		for (const queue of [this.#byTime, this.#byEnd])
			if (queue.size > 2 * this.#size + 1000) queue.keep((entry) => entry.thing !== undefined);
		return things;
	}

	/** What is not ripe, in the order in which it was added. */
	*[Symbol.iterator](): Generator<Thing> {
		for (const { thing } of this.#entries()) if (thing !== undefined) yield thing;
	}

	#entries(): Entry<Thing>[] {
		return [...this.#byTime].filter(({ thing }) => thing !== undefined).sort((a, b) => a.number - b.number);
	}

	/** Gives each another time: the clocks are known better. */
	retime(timeOf: (thing: Thing) => number): void {
		const entries = this.#entries();
		for (const queue of [this.#byTime, this.#byEnd]) queue.keep(() => false);
		this.#size = 0;
		for (const { number, end, thing } of entries) if (thing !== undefined) this.#put({ number, time: timeOf(thing), end, thing });
	}
}
