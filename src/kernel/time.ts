/**
 * The time of a record: the parts of its stamp → RFC 3339 with a numeric offset, at the precision written. The clock and the zone
 * of the machine never take part. What is no real time (31 February, hour 25) gives none.
 *
 * Places of a stamp are: positions in the log of year, month, day, hour, minute, second, fraction and zone (-1 for those that are
 * not there), the first and the last of them, 1 when it has no zone and ends in its seconds, a number that tells stamps of different
 * parts apart, and 1 when it is that of the frame, or of a record without a frame: then it is *followed*, as years are told by the order
 * of such stamps (years.ts). Behind them stands 1 when the record has a stamp of its own and its frame has one, too, which is followed.
 */
import { areSame, copied } from "./bytes";
import { behindDigits } from "./json";
import { CAPTURE, LOG, STAMP, STAMP_END, TIME, TIME_END } from "./memory";
import { captureAt, frameEnd, isExpanded } from "./record";
import { date } from "./results";
import {
	anchor,
	basis,
	contradict,
	daysOf,
	inYear,
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

/** Where the seconds stand in a time: behind `2026-11-21T02:08:`. */
const SECONDS: usize = 17;

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

function start(places: usize, part: i32): usize {
	return load<u32>(captureAt(load<i32>(places + ((<usize>part) << 2))), 4);
}

function end(places: usize, part: i32): usize {
	return load<u32>(captureAt(load<i32>(places + ((<usize>part) << 2))), 8);
}

/** Reads the time at a stamp's places; false when offsets of the zone must be told first. */
export function readTime(places: usize): bool {
	const from = start(places, 8);
	const to = end(places, 9);
	const key = load<i32>(places + 44);
	const kept = STAMP + (to - from);
	if (load<u32>(places + 52) !== 0 && readFrame()) follow();
	if (kept === stampEnd && key === stampKey && date === stampDate) {
		const isMinute = load<u32>(places + 40) !== 0 && stampTime !== 0 && !isRepeated;
		if (areSame(from, to, STAMP) || (isMinute && isOfSameMinute(from, to))) {
			timeKey = stampTime;
			if (stampContradicts) contradict();
			return true;
		}
	}
	stampEnd = 0;
	if (!render(places)) return false;
	// Where it lies depends on the stamp of the frame as well.
	if (to < from || kept > STAMP_END || load<u32>(places + 52) !== 0) return true;
	copied(from, to, STAMP);
	stampEnd = kept;
	stampKey = key;
	stampDate = date;
	stampTime = timeKey;
	return true;
}

/** Only the second differs from the last stamp, so only the second of the last time has to be put right. */
function isOfSameMinute(from: usize, to: usize): bool {
	const tens = <i32>load<u8>(to - 2) - 48;
	const ones = <i32>load<u8>(to - 1) - 48;
	if (tens < 0 || tens > 5 || ones < 0 || ones > 9 || !areSame(from, to - 2, STAMP)) return false;
	const last = STAMP + (to - from);
	// A leap second is looked at more closely.
	if (load<u8>(last - 2) === 54) return false;
	store<u16>(last - 2, load<u16>(to - 2));
	store<u16>(TIME + SECONDS, load<u16>(to - 2));
	return true;
}

/** A number of ASCII digits; -1 for other texts and for long ones. */
export function numberOf(from: usize, to: usize): i32 {
	if (from === to || to - from > 4) return -1;
	let value: i32 = 0;
	for (; from < to; from++) {
		const digit = <i32>load<u8>(from) - 48;
		if (digit < 0 || digit > 9) return -1;
		value = value * 10 + digit;
	}
	return value;
}

function partOf(places: usize, part: i32): i32 {
	return load<i32>(places + ((<usize>part) << 2)) < 0 ? -1 : numberOf(start(places, part), end(places, part));
}

/** The first letters of the months, in lower case. */
const MONTHS: usize = memory.data<u32>([
	0x6e616a, 0x626566, 0x72616d, 0x727061, 0x79616d, 0x6e756a, 0x6c756a, 0x677561, 0x706573, 0x74636f, 0x766f6e, 0x636564,
]);

/** Month from 1, of `Nov`, `NOV` or `11`; 0 when it is none. */
export function monthOf(from: usize, to: usize): i32 {
	if (to - from !== 3) {
		const month = numberOf(from, to);
		return month >= 1 && month <= 12 ? month : 0;
	}
	const letters = (load<u32>(from) & 0xffffff) | 0x202020;
	for (let month = 0; month < 12; month++) if (load<u32>(MONTHS + ((<usize>month) << 2)) === letters) return month + 1;
	return 0;
}

const HOUR: i32 = 3600;
const MINUTE: i32 = 60;

/** The stamp that was read: its parts, its place in the year, and the year that it tells; -1 for none. */
let month: i32 = 0;
let day: i32 = 0;
let hour: i32 = 0;
let minute: i32 = 0;
let second: i32 = 0;
export let stampPlace: i32 = 0;
export let stampYear: i32 = 0;

/** Reads the parts at places; false when they are no real date and clock. */
export function readParts(places: usize): bool {
	month = load<i32>(places + 4) < 0 ? 0 : monthOf(start(places, 1), end(places, 1));
	day = partOf(places, 2);
	hour = partOf(places, 3);
	minute = partOf(places, 4);
	second = partOf(places, 5);
	stampYear = partOf(places, 0);
	if (month === 0 || day < 1 || day > daysOf(2000, month) || hour < 0 || hour > 23) return false;
	if (minute < 0 || minute > 59 || second < 0 || second > 60 || (load<i32>(places) >= 0 && stampYear < 0)) return false;
	stampPlace = inYear(month, day);
	return true;
}

/** The slot of a year, which those of the other parts follow. */
let yearSlot: i32 = 0;

export function setStampSlots(ofYear: i32): void {
	yearSlot = ofYear;
}

const PARTS: i32 = 8;
/** Positions of the parts in the frame. */
export const FRAME_PLACES: usize = memory.data(32, 4);

/** Finds the stamp of the frame; false when it has none. */
export function findFrame(): bool {
	memory.fill(FRAME_PLACES, 0xff, 32);
	let position = 0;
	for (let at = LOG; at < frameEnd; at += CAPTURE, position++) {
		const part = load<i32>(at) - yearSlot;
		if (part >= 0 && part < PARTS) store<i32>(FRAME_PLACES + ((<usize>part) << 2), position);
	}
	return load<i32>(FRAME_PLACES + 8) >= 0;
}

/** The stamp of the frame, of a record whose captures are replaced: whether it is real, and what it tells. */
let isKept: bool = false;
let keptPlace: i32 = 0;
let keptYear: i32 = 0;

/** Keeps the stamp of the frame: the captures will be replaced. */
export function keepFrame(): void {
	isKept = findFrame() && readParts(FRAME_PLACES);
	keptPlace = stampPlace;
	keptYear = stampYear;
}

/** Reads the stamp of the frame; false when there is no real one. */
function readFrame(): bool {
	if (!isExpanded) return findFrame() && readParts(FRAME_PLACES);
	stampPlace = keptPlace;
	stampYear = keptYear;
	return isKept;
}

/** Reads the stamp of the record that is followed; false when there is none. */
export function readFollowed(places: usize): bool {
	return load<u32>(places + 52) !== 0 ? readFrame() : load<u32>(places + 48) !== 0 && readParts(places);
}

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
	const isFollowed = load<u32>(places + 48) !== 0;
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
		yearBasis = basis(date);
	}
	// In a log without any order, the walk may count more years than there are.
	if (ofYear < 0 || ofYear > 9999 || day > daysOf(ofYear, month)) return done();
	const wall = wallOf(ofYear, stampPlace) + hour * HOUR + minute * MINUTE + second;
	if (!findOffsetOf(places, wall)) return false;
	if (zoneBasis < 0) return done();
	if (second === 60 && !isLeapSecond(wall)) return done();
	const behind = putTime(ofYear, month, day, hour, minute, second, places);
	if (behind === 0) return done();
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

function isLeapSecond(wall: i64): bool {
	// Where the zone is assumed, it may be the last second before any quarter of an hour.
	if (zoneBasis === ZoneBasis.assumed) return wall % 900 === 0;
	return (wall - <i64>writtenOffset * 60) % 86_400 === 0;
}

/** A written offset, in minutes; `zoneBasis` is -1 when there is no such offset. */
let writtenOffset: i32 = 0;
let isNegative: bool = false;

function findOffsetOf(places: usize, wall: i64): bool {
	if (load<i32>(places + 28) < 0) {
		zoneBasis = isAssumed() ? ZoneBasis.assumed : ZoneBasis.option;
		if (!findOffset(wall)) return false;
		writtenOffset = offset;
		isNegative = offset < 0;
		return true;
	}
	zoneBasis = readOffset(start(places, 7), end(places, 7)) ? ZoneBasis.line : -1;
	return true;
}

/** `Z`, `+hhmm`, `+hh:mm`. */
function readOffset(from: usize, to: usize): bool {
	const sign = load<u8>(from);
	writtenOffset = 0;
	isNegative = false;
	if (to - from === 1 && (sign | 32) === 122) return true;
	if ((sign !== 43 && sign !== 45) || to - from < 5) return false;
	const minutesAt = to - from === 6 && load<u8>(from, 3) === 58 ? from + 4 : from + 3;
	const hours = numberOf(from + 1, from + 3);
	const minutes = numberOf(minutesAt, to);
	if (to - minutesAt !== 2 || hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return false;
	isNegative = sign === 45;
	writtenOffset = isNegative ? -(hours * 60 + minutes) : hours * 60 + minutes;
	return true;
}

function putTwo(value: i32, to: usize): void {
	store<u8>(to, <u8>(48 + value / 10));
	store<u8>(to, <u8>(48 + (value % 10)), 1);
}

/** `2026-11-21T02:08:09.857+01:00`; gives where it ends, 0 when there is no room for all digits, or they are none. */
function putTime(ofYear: i32, month: i32, day: i32, hour: i32, minute: i32, second: i32, places: usize): usize {
	putTwo(ofYear / 100, TIME);
	putTwo(ofYear % 100, TIME + 2);
	store<u8>(TIME, 45, 4);
	putTwo(month, TIME + 5);
	store<u8>(TIME, 45, 7);
	putTwo(day, TIME + 8);
	store<u8>(TIME, 84, 10);
	putTwo(hour, TIME + 11);
	store<u8>(TIME, 58, 13);
	putTwo(minute, TIME + 14);
	store<u8>(TIME, 58, 16);
	putTwo(second, TIME + SECONDS);
	let to = TIME + SECONDS + 2;
	if (load<i32>(places + 24) >= 0) {
		const from = start(places, 6);
		const behind = end(places, 6);
		if (to + (behind - from) + 24 > TIME_END || behindDigits(from, behind) !== behind) return 0;
		if (from < behind) {
			store<u8>(to++, 46);
			to = copied(from, behind, to);
		}
	}
	const size = writtenOffset < 0 ? -writtenOffset : writtenOffset;
	store<u8>(to, isNegative ? 45 : 43);
	putTwo(size / 60, to + 1);
	store<u8>(to, 58, 3);
	putTwo(size % 60, to + 4);
	return to + 6;
}
