/**
 * The stamps of an input from which its years are told, in their order, as the survey sees them: years are counted from that of the first
 * one, until an anchor tells which year that is (design, "Years, one rule").
 */
import type { Kernel } from "./kernel.js";
import { UNKNOWN, useWalk, type Walk, walkOf } from "./walk.js";

/** What is known of the years besides what stands in the input. */
export interface YearSources {
	/** Of the first record. */
	readonly year: number | undefined;
	/** When the input was changed last. */
	readonly modified: Date | undefined;
}

/** A place in the walk, whose years are counted from `BASE` until a stamp told its year. */
interface Place {
	readonly walk: Walk;
	readonly isAbsolute: boolean;
}

/** Stands for the year of the first stamp as long as that is not known. */
const BASE = 4000;

const DAY_MS = 86_400_000;
/** Leap years lie so many years apart at most, around 1900 and 2100. */
const FURTHEST_LEAP = 8;
/** 29 February, in days from 1 January. */
const LEAP_DAY = 59;
/** Leap years come again after so many years. */
const CALENDAR = 400;
/** Years of the first stamp that ids may tell before the others are not counted: a log without any order tells ever more. */
const MOST_YEARS = 1000;

export class Dates {
	#isAbsolute = false;
	#isBegun = false;
	/** Year of the first stamp, as stamps with a year of their own tell it. */
	#firstByStamp: number | undefined;
	/** The same as ids tell it: year of the first stamp → records that say so. */
	readonly #firstById = new Map<number, number>();
	/** Years since the first stamp in which a 29 February stands. */
	readonly #leaps = new Set<number>();
	readonly #marks: Place[] = [];

	/** Uses the walk of a kernel that has nothing else to date. */
	constructor(readonly kernel: Kernel) {
		useWalk(kernel, { known: "anchor", isSettled: true, firstYear: BASE, year: BASE, place: -1 });
	}

	/** Years since the first stamp, and the day of the last one. */
	get #years(): number {
		return this.kernel.run.year.value - BASE;
	}

	get #day(): number {
		return this.kernel.run.place.value;
	}

	/** The next stamp: its place, its year or -1, and the date that an id of the record tells, as `dateOf` of the kernel has it, or 0. */
	add(place: number, year: number, date: number): void {
		const { run } = this.kernel;
		run.walk(place, 0);
		this.#isBegun = true;
		if (year >= 0) {
			if (!this.#isAbsolute) this.#firstByStamp = year - this.#years;
			this.#isAbsolute = true;
			run.anchor(year, place);
		} else if (!this.#isAbsolute) {
			if (place === LEAP_DAY) this.#leaps.add(this.#years % CALENDAR);
			if (date !== 0) this.#tell(run.yearBehind(date, place));
		}
	}

	/** An id tells the year of the record that was dated last. */
	#tell(year: number): void {
		// A year that has no such day is not believed.
		if (this.#day === LEAP_DAY && this.kernel.run.isLeap(year) === 0) return;
		const first = year - this.#years;
		const count = this.#firstById.get(first) ?? 0;
		if (count > 0 || this.#firstById.size < MOST_YEARS) this.#firstById.set(first, count + 1);
	}

	/** Remembers where the walk is; gives a number for `walkAt`. */
	mark(): number {
		this.#marks.push({ walk: walkOf(this.kernel), isAbsolute: this.#isAbsolute });
		return this.#marks.length - 1;
	}

	/** Where the walk begins. */
	begin({ year, modified }: YearSources): Walk {
		const from = (known: Walk["known"], first: number): Walk => ({
			known,
			isSettled: this.#isBegun,
			firstYear: first,
			year: first,
			place: -1,
		});
		const told = this.#told;
		if (told !== undefined && told !== year) return from("anchor", told);
		if (year !== undefined) return from("option", year);
		if (modified === undefined || Number.isNaN(modified.getTime())) return UNKNOWN;
		// Records that come into an empty file come after its last change.
		if (!this.#isBegun) return this.#behind(modified);
		return from("file", this.#latestFirst(modified.getTime() + DAY_MS));
	}

	/** What stands in the input: stamps count more than ids, and of those what most of them say. */
	get #told(): number | undefined {
		if (this.#firstByStamp !== undefined) return this.#firstByStamp;
		return [...this.#firstById].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0];
	}

	/** The walk at a place that was marked, when it began in this way. */
	walkAt(mark: number, begun: Walk): Walk {
		const { walk, isAbsolute } = this.#marks[mark] ?? { walk: begun, isAbsolute: true };
		if (walk.place < 0 || begun.known === "unknown") return begun;
		const shift = isAbsolute ? 0 : begun.firstYear - BASE;
		const { year, place, before } = walk;
		return {
			...begun,
			year: year + shift,
			place,
			...(before === undefined ? {} : { before: { year: before.year + shift, place: before.place } }),
		};
	}

	/** The latest year of the first stamp with which the last one is not after the change of the input, give or take a day for its zone. */
	#latestFirst(latest: number): number {
		const { run } = this.kernel;
		const [month, day] = monthAndDay(this.#day);
		let last = new Date(latest).getUTCFullYear();
		if (Date.UTC(last, month - 1, day) > latest) last--;
		for (let first = last - this.#years; first > last - this.#years - FURTHEST_LEAP - 1; first--)
			if ([...this.#leaps].every((years) => run.isLeap(first + years) !== 0)) return first;
		return last - this.#years;
	}

	#behind(modified: Date): Walk {
		const year = modified.getUTCFullYear();
		const place = this.kernel.run.inYear(modified.getUTCMonth() + 1, modified.getUTCDate());
		return { known: "file", isSettled: false, firstYear: year, year, place };
	}
}

/** Of days since 1 January of a year that has them all. */
function monthAndDay(days: number): readonly [month: number, day: number] {
	const date = new Date(Date.UTC(2000, 0, 1 + days));
	return [date.getUTCMonth() + 1, date.getUTCDate()];
}
