/**
 * Parts of a time → RFC 3339 with a numeric offset, at the precision written. The clock and the zone of this machine
 * never take part: what a line leaves out comes from options and neighbours, or is assumed and said to be.
 */

import { createRequire } from "node:module";
import type { IANAZone } from "luxon";
import { MailtrailError } from "../errors.js";
import { daysOfMonth, wallSeconds, type YearBasis, type YearlessStamp, Years } from "./years.js";

const require = createRequire(import.meta.url);

export interface TimeParts extends YearlessStamp {
	readonly year?: number | undefined;
	/** Digits behind the point, kept as they are. */
	readonly fraction?: string | undefined;
	/** As written: `Z`, `+09:00`, `+0900`. */
	readonly zone?: string | undefined;
}

export interface ClockOptions {
	/** Zone of stamps that have none: a name of the IANA database or an offset like `+09:00`. UTC is assumed otherwise. */
	readonly zone?: string | undefined;
	/** Year of the first record of the input. */
	readonly year?: number | undefined;
	/** Time of modification of the input. Standard input has none: without `year` its yearless stamps stay unknown. */
	readonly modified?: Date | undefined;
}

export type ZoneBasis = "line" | "option" | "assumed";

export interface RenderedTime {
	readonly time: string;
	readonly year: YearBasis;
	readonly zone: ZoneBasis;
}

const TWO_DIGITS: readonly string[] = Array.from({ length: 100 }, (_, i) => String(i).padStart(2, "0"));
const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

/** Month from 1, of `Nov`, `NOV` or `11`; undefined when it is none. */
export function monthNumber(text: string): number | undefined {
	const month = text.length === 3 ? MONTHS.indexOf(text.toLowerCase()) + 1 : Number(text);
	return month >= 1 && month <= 12 ? month : undefined;
}

/** One per input: it remembers the neighbours. */
export class Clock {
	readonly #years: Years;
	readonly #option: FixedZone | NamedZone | undefined;
	// The last stamp: most lines share their second with the one before.
	#key = -1;
	#hint: number | undefined;
	#zone: string | undefined;
	#fraction: string | undefined;
	/** The last date and time up to the minute: as a number, and as it is written. */
	#minutes = -1;
	#minuteText = "";
	/** Date and time up to the second, and the offset; undefined when the last stamp was no real time. */
	#head: string | undefined;
	#offset = "";
	#last: RenderedTime = { time: "", year: "line", zone: "line" };

	/** @throws MailtrailError `option.zone`, `option.year` */
	constructor(options: ClockOptions = {}) {
		const { year, zone } = options;
		if (year !== undefined && !(Number.isInteger(year) && year >= 1970 && year <= 9999))
			throw new MailtrailError(
				"option.year",
				2,
				`${year} is no year a log can have`,
				"Give the year of the first record with four digits: --year 2026.",
			);
		this.#years = new Years(options);
		this.#option = zone === undefined ? undefined : zoneOf(zone);
	}

	/** From here on the records were added after the time of modification. */
	grow(): void {
		this.#years.grow();
	}

	/** A 29 February without a year stands further on. */
	expectLeapDay(): void {
		this.#years.expectLeapDay();
	}

	/**
	 * @param yearHint year in the session id of the record, used when the stamp has none
	 * @returns undefined for what is no real time (31 February, hour 25), and when no year can be known
	 *
	 * A leap second (`:60`) is kept as written, where it can be one: at 23:59:60 UTC, or at the last second before a full
	 * quarter of an hour when the zone is assumed. A time that the clocks skipped has the offset from before the change.
	 * A time that happened twice is the first, unless the stamps stepped back within the hour that is repeated.
	 */
	render(parts: TimeParts, yearHint?: number): RenderedTime | undefined {
		if (!isClockTime(parts)) return undefined;
		const { month, day, hour, minute, second, fraction, zone } = parts;
		const key = (((((parts.year ?? 0) * 13 + month) * 32 + day) * 24 + hour) * 60 + minute) * 61 + second;
		if (key === this.#key && zone === this.#zone && yearHint === this.#hint) {
			if (this.#head === undefined) return undefined;
			if (fraction !== this.#fraction) this.#finish(fraction, this.#last.year, this.#last.zone);
			return this.#last;
		}
		this.#head = undefined;
		this.#key = key;
		this.#zone = zone;
		this.#hint = yearHint;
		const year = this.#years.place(parts, parts.year, yearHint);
		const wall = year === undefined ? undefined : wallSeconds(year, parts);
		if (year === undefined || wall === undefined) return undefined;
		const zoneBasis = zone !== undefined ? "line" : this.#option === undefined ? "assumed" : "option";
		const offset = zone === undefined ? (this.#option?.at(wall) ?? "+00:00") : writtenOffset(zone);
		if (offset === undefined) return undefined;
		if (second === 60 && !isLeapSecond(wall, zoneBasis === "assumed" ? undefined : offset)) return undefined;
		const minutes = (((year * 13 + month) * 32 + day) * 24 + hour) * 60 + minute;
		if (minutes !== this.#minutes)
			this.#minuteText = `${String(year).padStart(4, "0")}-${TWO_DIGITS[month]}-${TWO_DIGITS[day]}T${TWO_DIGITS[hour]}:${TWO_DIGITS[minute]}:`;
		this.#minutes = minutes;
		this.#head = this.#minuteText + TWO_DIGITS[second];
		this.#offset = offset;
		this.#finish(fraction, this.#years.basis, zoneBasis);
		return this.#last;
	}

	/**
	 * A stamp like the last one, without a zone, that many seconds behind it in the same minute: all but its second is as it
	 * was rendered. False when that is not sure; then `render` has to tell.
	 */
	move(seconds: number): boolean {
		if (!this.#years.move(seconds)) return false;
		this.#option?.move(seconds);
		// What was rendered last is not of the last stamp any more.
		this.#key = -1;
		return true;
	}

	#finish(fraction: string | undefined, year: YearBasis, zone: ZoneBasis): void {
		this.#fraction = fraction;
		const point = fraction === undefined || fraction === "" ? "" : `.${fraction}`;
		this.#last = { time: `${this.#head}${point}${this.#offset}`, year, zone };
	}
}

function isClockTime(parts: TimeParts): boolean {
	const { year, month, day, hour, minute, second } = parts;
	const isDay = month >= 1 && month <= 12 && day >= 1 && day <= (year === undefined ? daysOfMonth(2000, month) : daysOfMonth(year, month));
	const isYear = year === undefined || (year >= 0 && year <= 9999);
	return isDay && isYear && hour >= 0 && hour < 24 && minute >= 0 && minute < 60 && second >= 0 && second <= 60;
}

function isLeapSecond(wall: number, offset: string | undefined): boolean {
	if (offset === undefined) return wall % 900 === 0;
	return (wall - offsetMinutes(offset) * 60) % 86_400 === 0;
}

/** `Z`, `+hhmm`, `+hh:mm` → `+hh:mm`; undefined when there is no such offset. */
function writtenOffset(zone: string): string | undefined {
	if (zone === "Z" || zone === "z") return "+00:00";
	const minutes = zone.length === 6 && zone[3] === ":" ? zone.slice(4) : zone.slice(3);
	const hours = zone.slice(1, 3);
	const isOffset = (zone[0] === "+" || zone[0] === "-") && Number(hours) <= 23 && minutes.length === 2 && Number(minutes) <= 59;
	return isOffset ? `${zone[0]}${hours}:${minutes}` : undefined;
}

function offsetMinutes(offset: string): number {
	const minutes = Number(offset.slice(1, 3)) * 60 + Number(offset.slice(4));
	return offset[0] === "-" ? -minutes : minutes;
}

function offsetText(minutes: number): string {
	const size = Math.abs(Math.round(minutes));
	return `${minutes < 0 ? "-" : "+"}${TWO_DIGITS[Math.floor(size / 60)]}:${TWO_DIGITS[size % 60]}`;
}

function zoneOf(name: string): FixedZone | NamedZone {
	const offset = /^[+-]\d\d(:?\d\d)?$/.test(name) ? writtenOffset(name.length === 3 ? `${name}:00` : name) : undefined;
	if (offset !== undefined) return new FixedZone(offset);
	// Loaded for names only: most zones are offsets, and loading takes 10 ms.
	const { IANAZone } = require("luxon") as typeof import("luxon");
	const zone = IANAZone.create(name);
	if (/^[+-]/.test(name) || !zone.isValid)
		throw new MailtrailError(
			"option.zone",
			2,
			`"${name}" is no time zone`,
			"Give a name of the IANA database or an offset: Europe/Berlin, Asia/Tokyo, UTC, +09:00, -03:30.",
		);
	return new NamedZone(zone);
}

class FixedZone {
	constructor(readonly offset: string) {}

	at(_wall: number): string {
		return this.offset;
	}

	move(): void {}
}

interface Offsets {
	readonly offset: string;
	/** Of the second occurrence, when the local time happened twice. */
	readonly second: string | undefined;
}

/** Zones change their offset on quarters of an hour of local time; asking luxon for every line would cost 10 µs each. */
const QUARTER = 900;
const MOST_QUARTERS = 10_000;

class NamedZone {
	readonly #zone: IANAZone;
	readonly #offsets = new Map<number, Offsets>();
	/** The last stamp, if it lay in a repeated hour, and whether that was the second time. */
	#repeatedWall: number | undefined;
	#isSecond = false;

	constructor(zone: IANAZone) {
		this.#zone = zone;
	}

	/** @param wall seconds of local time */
	at(wall: number): string {
		const quarter = Math.floor(wall / QUARTER);
		let found = this.#offsets.get(quarter);
		if (found === undefined) {
			found = this.#find(quarter * QUARTER);
			if (this.#offsets.size >= MOST_QUARTERS) this.#offsets.clear();
			this.#offsets.set(quarter, found);
		}
		if (found.second === undefined) {
			this.#repeatedWall = undefined;
			this.#isSecond = false;
			return found.offset;
		}
		// More than disorder between processes: the clocks were put back between the two lines.
		if (this.#repeatedWall !== undefined && wall < this.#repeatedWall - 2 * QUARTER) this.#isSecond = true;
		this.#repeatedWall = wall;
		return this.#isSecond ? found.second : found.offset;
	}

	/** The last stamp was followed by one of the same minute. */
	move(seconds: number): void {
		if (this.#repeatedWall !== undefined) this.#repeatedWall += seconds;
	}

	#find(wall: number): Offsets {
		const offsetAt = (seconds: number): number => this.#zone.offset(seconds * 1000);
		// A day before and after is beyond any offset, so a change near this local time lies between them.
		const before = offsetAt(wall - 86_400);
		const after = offsetAt(wall + 86_400);
		const fitsBefore = offsetAt(wall - before * 60) === before;
		const fitsAfter = offsetAt(wall - after * 60) === after;
		const isTwice = fitsBefore && fitsAfter && before !== after;
		return { offset: offsetText(fitsBefore || !fitsAfter ? before : after), second: isTwice ? offsetText(after) : undefined };
	}
}
