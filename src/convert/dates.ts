/**
 * The dates of an input's frames, in their order, as the survey sees them: years are counted from that of the first stamp, until an
 * anchor tells which year that is (design, "Years, one rule").
 */
import type { Moment } from "../format/define.js";
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
		useWalk(kernel, { known: "anchor", firstYear: BASE, year: BASE, place: -1 });
	}

	/** Years since the first stamp, and the day of the last one. */
	get #years(): number {
		return this.kernel.run.year.value - BASE;
	}

	get #day(): number {
		return this.kernel.run.place.value;
	}

	/** The next date, as `dateOf` of the kernel has it. */
	add(date: number): void {
		const { run } = this.kernel;
		const [year, month, day] = [date >> 9, (date >> 5) & 15, date & 31];
		const at = run.inYear(month, day);
		run.walk(at, 0);
		if (year !== 0) {
			if (!this.#isAbsolute) this.#firstByStamp = year - this.#years;
			this.#isAbsolute = true;
			run.anchor(year, at);
		}
		this.#isBegun = true;
		if (month === 2 && day === 29 && !this.#isAbsolute) this.#leaps.add(this.#years);
	}

	/** An id of the record that was dated last was made on this day. */
	tell(moment: Moment): void {
		if (!this.#isBegun || this.#isAbsolute) return;
		const { run } = this.kernel;
		const year = typeof moment === "number" ? moment : run.yearBehind(run.dateOf(moment.year, moment.month, moment.day), this.#day);
		const first = year - this.#years;
		this.#firstById.set(first, (this.#firstById.get(first) ?? 0) + 1);
	}

	/** Remembers where the walk is; gives a number for `walkAt`. */
	mark(): number {
		this.#marks.push({ walk: walkOf(this.kernel), isAbsolute: this.#isAbsolute });
		return this.#marks.length - 1;
	}

	/** Where the walk begins. */
	begin({ year, modified }: YearSources): Walk {
		const told = this.#told;
		if (told !== undefined && told !== year) return { known: "anchor", firstYear: told, year: told, place: -1 };
		if (year !== undefined) return { known: "option", firstYear: year, year, place: -1 };
		if (modified === undefined || Number.isNaN(modified.getTime())) return UNKNOWN;
		// Records that come into an empty file come after its last change.
		if (!this.#isBegun) return this.#behind(modified);
		const first = this.#latestFirst(modified.getTime() + DAY_MS);
		return { known: "file", firstYear: first, year: first, place: -1 };
	}

	/** What stands in the input: stamps count more than ids, and of those what most of them say. */
	get #told(): number | undefined {
		if (this.#firstByStamp !== undefined) return this.#firstByStamp;
		return [...this.#firstById].sort((a, b) => b[1] - a[1] || b[0] - a[0])[0]?.[0];
	}

	/** The walk at a place that was marked, when it began in this way. */
	walkAt(mark: number, begun: Walk): Walk {
		const { walk, isAbsolute } = this.#marks[mark] ?? { walk: begun, isAbsolute: true };
		if (walk.place < 0 || (begun.known === "unknown" && !isAbsolute)) return begun;
		const known = isAbsolute && begun.known !== "option" ? "anchor" : begun.known;
		const shift = isAbsolute ? 0 : begun.firstYear - BASE;
		const { year, place, before } = walk;
		return {
			known,
			firstYear: begun.firstYear,
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
		return { known: "file", firstYear: year, year, place: this.kernel.run.inYear(modified.getUTCMonth() + 1, modified.getUTCDate()) };
	}
}

/** Of days since 1 January of a year that has them all. */
function monthAndDay(days: number): readonly [month: number, day: number] {
	const date = new Date(Date.UTC(2000, 0, 1 + days));
	return [date.getUTCMonth() + 1, date.getUTCDate()];
}
