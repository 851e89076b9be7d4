/**
 * The time of a record: the parts of its stamp → RFC 3339 with a numeric offset, at the precision written. The clock and the zone
 * of the machine never take part. What is no real time (31 February, hour 25) gives none.
 *
 * Places of a stamp are: positions in the log of year, month, day, hour, minute, second, fraction and zone (-1 for those that are
 * not there), the first and the last of them, a number that tells stamps of different parts apart, and 1 when it is that of the frame,
 * or of a record without a frame: then it is *followed*, as years are told by the order of such stamps (years.ts). Behind them stands 1
 * when the record has a stamp of its own and its frame has one, too, which is followed.
 */
import { areSame, copied } from "./bytes";
import { behindDigits } from "./json";
import { STAMP, STAMP_END, TIME, TIME_END } from "./memory";
import { putTime, readOffset, SECONDS, setOffset, writtenOffset } from "./offset";
import { date } from "./results";
import {
	day,
	endOfPart,
	hour,
	IS_FOLLOWED,
	IS_FRAME_FOLLOWED,
	minute,
	month,
	readFrame,
	readParts,
	second,
	stampPlace,
	stampYear,
	startOfPart,
} from "./stamp";
import {
	anchor,
	basis,
	contradict,
	daysOf,
	isContradicted,
	Known,
	known,
	passUndated,
	walk,
	wallOf,
	YearBasis,
	year,
	yearOf,
} from "./years";
import { findOffset, isAssumed, isRepeated, offset, ZoneBasis } from "./zone";

/** Where the time ends, and which words its basis is told in, from 1; 0 for no time. */
export let timeEnd: usize = TIME;
export let timeKey: i32 = 0;

/** The last stamp stands in STAMP up to here; 0 when it does not. */
let stampEnd: usize = 0;
let stampKey: i32 = 0;
/** The date that it was read with, and what `timeKey` was. */
let stampDate: i32 = 0;
let stampTime: i32 = 0;
/** Its record tells another year. */
let stampContradicts: bool = false;
/** How the zone is known; -1 for one that is none. */
let zoneBasis: i32 = 0;

/** The offset of the time, in minutes, and how it is known. */
export let timeOffset: i32 = 0;
export let timeZone: i32 = 0;

/** The record has no time. */
export function noTime(): void {
	timeKey = 0;
	isDated = false;
}

/** Nothing is remembered of the last stamp. */
export function forgetStamp(): void {
	stampEnd = 0;
	stampContradicts = false;
	isDated = false;
}

/** Where the places tell which parts are the first and the last, and what tells stamps apart. */
const FIRST: i32 = 8;
const LAST: i32 = 9;
const KEY: usize = 40;

/** What stands around the stamp tells its year. */
let isYearTold: bool = false;

/** Reads the time at a stamp's places; false when offsets of the zone must be told first. */
export function readTime(places: usize): bool {
	const from = startOfPart(places, FIRST);
	const to = endOfPart(places, LAST);
	const key = load<i32>(places + KEY);
	const kept = STAMP + (to - from);
	const isFrameFollowed = load<u32>(places + IS_FRAME_FOLLOWED) !== 0;
	isYearTold = false;
	if (isFrameFollowed && readFrame()) {
		follow();
		isYearTold = stampYear >= 0;
	}
	if (kept === stampEnd && key === stampKey && date === stampDate && isLikeLast(places, from, to)) {
		timeKey = stampTime;
		if (stampContradicts) contradict();
		return true;
	}
	stampEnd = 0;
	if (!render(places)) return false;
	// Where it lies depends on the stamp of the frame as well.
	if (to < from || kept > STAMP_END || isFrameFollowed) return true;
	copied(from, to, STAMP);
	stampEnd = kept;
	stampKey = key;
	stampDate = date;
	stampTime = timeKey;
	return true;
}

/** The stamp, as long as the last one and with the same parts, is that one, or differs only behind its minutes, which is put right. */
function isLikeLast(places: usize, from: usize, to: usize): bool {
	if (areSame(from, to, STAMP)) return true;
	return stampTime !== 0 && !isRepeated && load<i32>(places + SECOND) >= 0 && isOfSameMinute(places, from, to);
}

/** Places of the second and of its fraction. */
const SECOND: usize = 20;
const FRACTION: usize = 24;

/** Only the second and its fraction differ from the last stamp, so only they have to be put right in the last time. */
function isOfSameMinute(places: usize, from: usize, to: usize): bool {
	const at = startOfPart(places, 5);
	if (endOfPart(places, 5) !== at + 2) return false;
	const hasFraction = load<i32>(places + FRACTION) >= 0;
	const digits = hasFraction ? startOfPart(places, 6) : at + 2;
	const behind = hasFraction ? endOfPart(places, 6) : at + 2;
	// A sign stands between them.
	if (digits - at > 3 || behindDigits(digits, behind) !== behind) return false;
	const tens = <i32>load<u8>(at) - 48;
	const ones = <i32>load<u8>(at, 1) - 48;
	if (tens < 0 || tens > 5 || ones < 0 || ones > 9) return false;
	const last = STAMP + (at - from);
	// A leap second is looked at more closely. The sign behind a second tells that the last one ended there, too.
	if (load<u8>(last) === 54 || !areSame(from, at, STAMP) || !areSame(behind, to, STAMP + (behind - from))) return false;
	if (behindDigits(last + (digits - at), last + (behind - at)) !== last + (behind - at)) return false;
	if (hasFraction && load<u8>(last, 2) !== load<u8>(at, 2)) return false;
	store<u16>(last, load<u16>(at));
	store<u16>(TIME + SECONDS, load<u16>(at));
	for (let i: usize = 0; i < behind - digits; i++) {
		const digit = load<u8>(digits + i);
		store<u8>(last + (digits - at) + i, digit);
		store<u8>(TIME + SECONDS + 3 + i, digit);
	}
	return true;
}

const HOUR: i32 = 3600;
const MINUTE: i32 = 60;

/** Dates the stamp that was read from those before it; false when no year is known. */
function follow(): bool {
	if (stampYear < 0) return walk(stampPlace, date);
	anchor(stampYear, stampPlace);
	return true;
}

/** False when offsets of the zone must be told first. */
function render(places: usize): bool {
	timeKey = 0;
	if (!isDated) stampContradicts = false;
	if (!readParts(places)) return true;
	const isFollowed = load<u32>(places + IS_FOLLOWED) !== 0;
	if (isFollowed && !isDated) {
		if (!follow()) return true;
		stampContradicts = isContradicted;
	}
	isDated = true;
	let ofYear = stampYear;
	let yearBasis: i32 = YearBasis.line;
	if (ofYear < 0) {
		// A stamp of the record lies near that of its frame.
		if (known === Known.unknown) {
			passUndated();
			return done();
		}
		ofYear = isFollowed ? year : yearOf(stampPlace);
		yearBasis = isYearTold ? YearBasis.line : basis(date);
	}
	// In a log without any order, the walk may count more years than there are.
	if (ofYear < 0 || ofYear > 9999 || day > daysOf(ofYear, month)) return done();
	const wall = wallOfStamp(ofYear);
	if (!findOffsetOf(places, wall)) return false;
	if (zoneBasis < 0) return done();
	if (second === 60 && !isLeapSecond(wall)) return done();
	const behind = putTime(ofYear, places, TIME, TIME_END);
	if (behind === 0) return done();
	timeOffset = writtenOffset;
	timeZone = zoneBasis;
	timeEnd = behind;
	timeKey = 1 + yearBasis * 3 + zoneBasis;
	return done();
}

/** The stamp was dated before its offset was asked for. */
let isDated: bool = false;

function done(): bool {
	isDated = false;
	return true;
}

function findOffsetOf(places: usize, wall: i64): bool {
	if (load<i32>(places + 28) < 0) {
		zoneBasis = isAssumed() ? ZoneBasis.assumed : ZoneBasis.option;
		if (!findOffset(wall)) return false;
		setOffset(offset);
		return true;
	}
	zoneBasis = readOffset(startOfPart(places, 7), endOfPart(places, 7)) ? ZoneBasis.line : -1;
	return true;
}

/** Seconds of local time of the stamp that was read. */
export function wallOfStamp(ofYear: i32): i64 {
	return wallOf(ofYear, stampPlace) + hour * HOUR + minute * MINUTE + second;
}

export function isLeapSecond(wall: i64): bool {
	// Where the zone is assumed, it may be the last second before any quarter of an hour.
	if (zoneBasis === ZoneBasis.assumed) return wall % 900 === 0;
	return (wall - <i64>writtenOffset * 60) % 86_400 === 0;
}
