/**
 * The year of stamps that have none. Stamps follow each other, so each is dated from the one before: of two neighbours, one that
 * is more than 31 days earlier in the calendar lies in the next year; less is disorder. Where the walk begins is told by
 * src/convert (years that stand in the input, `--year`, the time of modification); or, in an input that nobody could look at
 * before, by the first record that tells its year.
 *
 *     Dec 31 23:59:58   2025
 *     Jan  1 00:00:03   2026
 *     Dec 31 23:59:59   2025, written late by another process
 *
 * A stamp far away that the next ones take back was wrong, as those of a machine that booted without its clock: after a leap of more than
 * 31 days, a day at which the walk stood before is where it was.
 *
 *     Nov 21   2025
 *     Jan  1   2026
 *     Nov 21   2025
 */

import { offset } from "./record";

const SECONDS_OF_DAY: i64 = 86_400;
/** Neighbours may be so many days out of order. */
const DISORDER: i32 = 31;
/** Days of a year that has them all. */
const LONG_YEAR: i32 = 366;

/** Days before a month, counted from 1, in a year with a 29 February. */
const DAYS_BEFORE: usize = memory.data<u16>([0, 0, 31, 60, 91, 121, 152, 182, 213, 244, 274, 305, 335, 366]);

export function isLeap(year: i32): bool {
	return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

export function daysOf(year: i32, month: i32): i32 {
	if (month === 2 && !isLeap(year)) return 28;
	return <i32>load<u16>(DAYS_BEFORE + ((<usize>(month + 1)) << 1)) - <i32>load<u16>(DAYS_BEFORE + ((<usize>month) << 1));
}

/** Days from 1 January of a year that has them all. */
export function inYear(month: i32, day: i32): i32 {
	return <i32>load<u16>(DAYS_BEFORE + ((<usize>month) << 1)) + day - 1;
}

/** Seconds of local time since 1970-01-01 00:00:00 local time, of the beginning of a day. */
export function wallOf(year: i32, place: i32): i64 {
	const past = year - 1;
	const leapDays = past / 4 - past / 100 + past / 400 - 477;
	const lost = !isLeap(year) && place >= 60 ? 1 : 0;
	return <i64>((year - 1970) * 365 + leapDays + place - lost) * SECONDS_OF_DAY;
}

/** How many years later the second of two neighbours lies: -1, 0 or 1. */
export function step(from: i32, to: i32): i32 {
	const ahead = to - from;
	return ahead < -DISORDER ? 1 : ahead >= LONG_YEAR - DISORDER ? -1 : 0;
}

/** How the first year of a walk is known. */
export enum Known {
	/** Not at all. */
	unknown = 0,
	/** Given by the user: of the first record. */
	option = 1,
	/** The time of modification of the input. */
	file = 2,
	/** A year that stands in the input. */
	anchor = 3,
}

export let known: i32 = Known.unknown;
/** The whole input was looked at, so what an id tells was weighed already. */
export let isSettled: bool = false;
/** The year in which the walk began. */
export let firstYear: i32 = 0;
/** The last stamp: its year, and its place in it; a place of -1 when none was dated yet. */
export let year: i32 = 0;
export let place: i32 = 0;
/** Where the walk stood before its last stamp leaped away; a place of -1 when it did not. */
export let yearBefore: i32 = 0;
export let placeBefore: i32 = -1;
/** Records that tell another year than the walk, and the offset of the last one. */
export let contradictions: u32 = 0;
let contradicted: f64 = -1;
/** Stamps without a year that nobody could date. */
export let undated: u32 = 0;
/** The first and the last year of stamps without one; 0 for none. */
export let earliest: i32 = 0;
export let latest: i32 = 0;

/** Begins, or goes on with, a walk: the last stamp stood at a place of a year. */
export function setWalk(how: i32, isSure: bool, first: i32, last: i32, at: i32): void {
	known = how;
	isSettled = isSure;
	firstYear = first;
	year = last;
	place = at;
	placeBefore = -1;
	contradictions = 0;
	contradicted = -1;
	undated = 0;
	earliest = 0;
	latest = 0;
}

/** A date in one number: its parts, month and day 0 when only the year is known. */
export function dateOf(ofYear: i32, month: i32, day: i32): i32 {
	return (ofYear << 9) | (month << 5) | day;
}

/** Days of January, and those before December. */
const JANUARY: i32 = 31;
const DECEMBER: i32 = 335;
const LEAP_DAY: i32 = 59;

/** The year of a stamp that comes soon after a date. Of a date without a day, sessions around New Year may have the neighbouring year. */
export function yearBehind(date: i32, at: i32): i32 {
	const month = (date >> 5) & 15;
	const told = date >> 9;
	if (month !== 0) return told + step(inYear(month, date & 31), at);
	const expected = yearOf(at);
	const isNewYear = (at < JANUARY && expected === told + 1) || (at >= DECEMBER && expected === told - 1);
	return known !== Known.unknown && isNewYear ? expected : told;
}

/** The walk leaped away, and the next stamp is back where it was. */
function isBack(at: i32): bool {
	return placeBefore >= 0 && at - placeBefore <= 1 && placeBefore - at <= 1;
}

/** The year of the next stamp. */
export function yearOf(at: i32): i32 {
	if (place < 0) return year;
	return isBack(at) ? yearBefore : year + step(place, at);
}

/** The walk goes on to the next stamp. */
function moveTo(at: i32): void {
	if (at === place) return;
	const next = yearOf(at);
	const days = (next - year) * LONG_YEAR + at - place;
	const isLeap = place >= 0 && !isBack(at) && (days > DISORDER || days < -DISORDER);
	placeBefore = isLeap ? place : -1;
	yearBefore = year;
	year = next;
	place = at;
}

/** Goes back to where the walk stood before, for state that was saved. */
export function setBefore(ofYear: i32, at: i32): void {
	yearBefore = ofYear;
	placeBefore = at;
}

/** The stamp that was dated last contradicts the id of its record. */
export let isContradicted: bool = false;

/** Counts a record whose id tells another year; it may be read more than once. */
export function contradict(): void {
	if (contradicted === offset()) return;
	contradicted = offset();
	contradictions++;
}

/** Counts a stamp without any year. */
export function passUndated(): void {
	undated++;
}

/** Dates the next stamp. False when no year is known. */
export function walk(at: i32, date: i32): bool {
	const told = date === 0 ? 0 : yearBehind(date, at);
	isContradicted = false;
	// A year that has no such day is not believed.
	if (date !== 0 && (at !== LEAP_DAY || isLeap(told))) {
		const isOther = told !== yearOf(at);
		// What the input says of itself counts more than the time of a file, and than an option that its first record contradicts.
		if (known === Known.unknown || (isOther && !isSettled && (known === Known.file || place < 0))) {
			known = Known.anchor;
			firstYear = told;
			year = told;
			place = at;
		} else isContradicted = isOther;
	}
	if (isContradicted) contradict();
	if (known === Known.unknown) {
		passUndated();
		return false;
	}
	moveTo(at);
	if (earliest === 0 || year < earliest) earliest = year;
	if (year > latest) latest = year;
	return true;
}

/** A stamp has a year of its own: what follows is dated from it. */
export function anchor(ofYear: i32, at: i32): void {
	isContradicted = false;
	if (known === Known.unknown || known === Known.file) firstYear = ofYear;
	if (known !== Known.option) known = Known.anchor;
	year = ofYear;
	place = at;
	placeBefore = -1;
}

/** Words for how a year is known: those of `time_basis.year`. */
export enum YearBasis {
	line = 0,
	session_id = 1,
	option = 2,
	file = 3,
	rollover = 4,
}

/** How the year of the stamp that was dated last is known. */
export function basis(date: i32): i32 {
	if (date !== 0 && yearBehind(date, place) === year) return YearBasis.session_id;
	if (known === Known.file) return YearBasis.file;
	return known === Known.option && year === firstYear ? YearBasis.option : YearBasis.rollover;
}
