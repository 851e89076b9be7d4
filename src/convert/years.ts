/**
 * The year of a stamp that has none. Trusted in this order: the line, the session id, `--year`, the neighbours in the
 * file, the file's time of modification. No clock of this machine is asked: without any of them there is no year.
 *
 *     --year 2025    Dec 31 23:59:58 → 2025 (option)
 *                    Jan  1 00:00:03 → 2026 (rollover)
 *                    Dec 31 23:59:59 → 2025 (option; written late by another process)
 */

export type YearBasis = "line" | "session_id" | "option" | "file" | "rollover";

export interface YearlessStamp {
	/** From 1. */
	readonly month: number;
	readonly day: number;
	readonly hour: number;
	readonly minute: number;
	readonly second: number;
}

export interface YearSources {
	/** Year of the first record of the input; later records roll over from it. */
	readonly year?: number | undefined;
	/** The last record is not after this, give or take the day that covers an unknown zone. */
	readonly modified?: Date | undefined;
}

const DAY = 86_400;
/** More than this between neighbours is less likely than a new year between them. */
const HALF_YEAR = 183 * DAY;
/** How far records of one file are out of order: a relay that was offline over the holidays, a long session. */
const DISORDER = 7 * DAY;

const DAYS_BEFORE_MONTH = [0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334];
const DAYS_OF_MONTH = [0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

export function daysOfMonth(year: number, month: number): number {
	return month === 2 && isLeap(year) ? 29 : (DAYS_OF_MONTH[month] ?? 0);
}

/** Seconds of local time since 1970-01-01 00:00:00 local time; undefined when the year has no such day. */
export function wallSeconds(year: number, stamp: YearlessStamp): number | undefined {
	const { month, day } = stamp;
	if (!(day >= 1 && day <= daysOfMonth(year, month))) return undefined;
	const past = year - 1;
	const leapDays = Math.floor(past / 4) - Math.floor(past / 100) + Math.floor(past / 400) - 477;
	const leapDay = month > 2 && isLeap(year) ? 1 : 0;
	const days = (year - 1970) * 365 + leapDays + (DAYS_BEFORE_MONTH[month] ?? 0) + leapDay + day - 1;
	return days * DAY + stamp.hour * 3600 + stamp.minute * 60 + stamp.second;
}

export class Years {
	readonly #option: number | undefined;
	/** Latest time a stamp can have, in wall seconds. */
	readonly #latest: number | undefined;
	/** The last stamp placed: its year, and its wall seconds. */
	#year: number | undefined;
	#wall = 0;
	/** The neighbour's year was not guessed from the file's time of modification. */
	#isFirm = false;
	/** The last stamp is of the minute in which the latest time lies, if not of its year. */
	#isLatestMinute = false;
	/** The stamps come from after the time of modification. */
	#isGrown = false;
	/** A 29 February comes, so the records before it are of its year, or of the one before. */
	#isLeapDayAhead = false;
	/** Where the records stood before the year last went forward. */
	#beforeStep: number | undefined;
	/** How the year that `place` gave last is known. */
	basis: YearBasis = "line";

	constructor(sources: YearSources) {
		this.#option = sources.year;
		const modified = sources.modified?.getTime();
		this.#latest = modified === undefined || Number.isNaN(modified) ? undefined : modified / 1000 + DAY;
	}

	/** From here on the records were added after the time of modification: a file that is followed. */
	grow(): void {
		this.#isGrown = true;
	}

	/** A 29 February stands further on in the input. */
	expectLeapDay(): void {
		this.#isLeapDayAhead = true;
	}

	/**
	 * @param written the year in the stamp
	 * @param hint the year in the session id, which is that of the session's start
	 * @returns undefined when no source tells a year, or none in which this day exists
	 */
	place(stamp: YearlessStamp, written: number | undefined, hint: number | undefined): number | undefined {
		if (written !== undefined) return this.#settle(written, stamp, "line", true);
		if (hint !== undefined && wallSeconds(hint, stamp) !== undefined)
			return this.#settle(this.#nearSessionStart(hint, stamp), stamp, "session_id", true);
		if (this.#year === undefined) {
			if (this.#option !== undefined) return this.#settle(this.#option, stamp, "option", true);
			const ahead = this.#isLeapDayAhead ? this.#beforeLeapDay(stamp) : undefined;
			if (ahead !== undefined) return this.#settle(ahead, stamp, "file", true);
			return this.#settle(this.#isGrown ? this.#notBeforeModification(stamp) : this.#notAfterModification(stamp), stamp, "file", false);
		}
		const near = this.#nearNeighbour(this.#year, stamp);
		if (this.#isFirm || this.#isGrown) return this.#settle(near, stamp, near === this.#option ? "option" : "rollover", true);
		// A guess from the time of modification never leads beyond it.
		const latest = this.#notAfterModification(stamp);
		const isPossible = near !== undefined && latest !== undefined && near <= latest;
		return isPossible && near !== latest ? this.#settle(near, stamp, "rollover", false) : this.#settle(latest, stamp, "file", false);
	}

	/**
	 * A stamp of the same minute, that many seconds behind the last one placed: of the same year, known in the same way.
	 * False when that is not sure; then `place` has to tell.
	 */
	move(seconds: number): boolean {
		// The first record is placed by what is known of the file, the next one by this neighbour.
		if (this.#isFirm ? this.basis === "file" : this.#isGrown || this.#isLatestMinute) return false;
		this.#wall += seconds;
		return true;
	}

	/** In the minute of the latest time, in whatever year, the seconds decide whether a stamp can be of that year. */
	#isInLatestMinute(stamp: YearlessStamp): boolean {
		if (this.#latest === undefined) return false;
		const wall = wallSeconds(new Date(this.#latest * 1000).getUTCFullYear(), stamp);
		return wall !== undefined && Math.floor(wall / 60) === Math.floor(this.#latest / 60);
	}

	#settle(year: number | undefined, stamp: YearlessStamp, basis: YearBasis, isFirm: boolean): number | undefined {
		const wall = year === undefined ? undefined : wallSeconds(year, stamp);
		if (year === undefined || wall === undefined) return undefined;
		if (this.#year !== undefined && year > this.#year) this.#beforeStep = this.#wall;
		this.#year = year;
		this.#wall = wall;
		this.#isFirm = isFirm;
		this.#isLatestMinute = !isFirm && this.#isInLatestMinute(stamp);
		this.basis = basis;
		return year;
	}

	/** A session of New Year's Eve logs in January with the id of the old year: then the neighbours are nearer. */
	#nearSessionStart(hint: number, stamp: YearlessStamp): number {
		if (!this.#isFirm || (stamp.month !== 1 && stamp.month !== 12)) return hint;
		if (this.#isNear(hint, stamp, this.#wall)) return hint;
		const other = stamp.month === 1 ? hint + 1 : hint - 1;
		return this.#isNear(other, stamp, this.#wall) ? other : hint;
	}

	#nearNeighbour(year: number, stamp: YearlessStamp): number | undefined {
		const wall = wallSeconds(year, stamp);
		// 29 February in a common year: the next year, if that is a leap year, or the sources contradict the line.
		if (wall === undefined) return isLeap(year + 1) ? year + 1 : undefined;
		const gap = wall - this.#wall;
		if (gap < -HALF_YEAR) return wallSeconds(year + 1, stamp) === undefined ? year : year + 1;
		if (gap <= HALF_YEAR) return year;
		// Late in the year after an early neighbour. Either the log was quiet, or the neighbour is the exception: out of
		// order around New Year, or the stamp of a machine that booted with its clock at 1 January.
		const isOutOfOrder = this.#isNear(year - 1, stamp, this.#wall);
		const goesOnWhereItWas = this.#beforeStep !== undefined && this.#isNear(year - 1, stamp, this.#beforeStep);
		return isOutOfOrder || goesOnWhereItWas ? year - 1 : year;
	}

	#isNear(year: number, stamp: YearlessStamp, wall: number): boolean {
		const candidate = wallSeconds(year, stamp);
		return candidate !== undefined && Math.abs(candidate - wall) <= DISORDER;
	}

	/** The latest year in which the next 29 February exists and is not after the modification of the file. */
	#beforeLeapDay(stamp: YearlessStamp): number | undefined {
		const leap = this.#notAfterModification({ month: 2, day: 29, hour: 0, minute: 0, second: 0 });
		return leap === undefined ? undefined : stamp.month <= 2 ? leap : leap - 1;
	}

	/** The earliest year that does not put the stamp before the modification of its file. */
	#notBeforeModification(stamp: YearlessStamp): number | undefined {
		if (this.#latest === undefined) return undefined;
		const earliest = this.#latest - 2 * DAY;
		const first = new Date(earliest * 1000).getUTCFullYear();
		for (let year = first; year <= first + 8; year++) if ((wallSeconds(year, stamp) ?? earliest - 1) >= earliest) return year;
		return undefined;
	}

	/** The latest year that does not put the stamp after the modification of its file. */
	#notAfterModification(stamp: YearlessStamp): number | undefined {
		if (this.#latest === undefined) return undefined;
		const last = new Date(this.#latest * 1000).getUTCFullYear();
		// Eight years lie between two leap years around 1900 and 2100.
		for (let year = last; year >= last - 8; year--) {
			const wall = wallSeconds(year, stamp);
			if (wall !== undefined && wall <= this.#latest) return year;
		}
		return undefined;
	}
}
