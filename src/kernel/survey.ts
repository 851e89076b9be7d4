/**
 * A first look at an input, for what depends on all of it: only the dates of its frames are read, and most lines begin like one
 * that was looked at before. `src/convert/survey.ts` is asked about each line with another date than the line before it.
 */
import { areSame, copied } from "./bytes";
import { findLine, isLineCut, lineEnd, passLine, position } from "./lines";
import { PREFIXES } from "./memory";
import { beginText, lastOf, takeLine, textStart } from "./record";
import { frame, framing, hasUnfinished, isUnloaded, read, route, rules, unloaded } from "./route";
import { monthOf, numberOf } from "./time";
import { dateOf, daysOf } from "./years";

/** Why `survey` gave way to JavaScript. */
export enum Sight {
	/** More bytes, or there are no more. */
	input = 0,
	/** The line has another date than the line before: `seen` tells it. */
	date = 1,
	/** The line is to be read whole. */
	line = 2,
	/** The record has no room in TEXT. */
	text = 3,
	/** The matchers of the format `unloaded`. */
	parser = 4,
	/** A frame begins behind the place that was asked for. */
	boundary = 5,
}

/** Beginnings of lines that are remembered, and the bytes of each. */
const PREFIX_COUNT: usize = 8;
const PREFIX_SIZE: usize = 64;
/** In front of the bytes: how many there are, and the date. */
const PREFIX_HEAD: usize = 8;

/** The date of the last frame, as `dateOf` has it, with a year of 0 when it has none; -1 for none so far. */
export let seen: i32 = -1;
/** The next line that is framed is asked for from this address on; 0 for none. */
let wanted: usize = 0;
/** Lines that are still to be read whole. */
let whole: i32 = 0;
let next: usize = 0;
let yearSlot: i32 = 0;
let monthSlot: i32 = 0;
let daySlot: i32 = 0;

export function beginSurvey(year: i32, month: i32, day: i32): void {
	yearSlot = year;
	monthSlot = month;
	daySlot = day;
	seen = -1;
	wanted = 0;
	whole = 0;
	mayJoin = false;
	memory.fill(PREFIXES, 0, PREFIX_COUNT * (PREFIX_HEAD + PREFIX_SIZE));
}

/** So many lines are to be read whole. */
export function readWhole(lines: i32): void {
	whole = lines;
}

/** Asks for the first framed line behind an address. */
export function wantBoundary(address: usize): void {
	wanted = address;
}

/** Addresses in the input were moved. */
export function moveSurvey(shift: i32): void {
	if (wanted !== 0) wanted += shift;
}

function prefixAt(index: usize): usize {
	return PREFIXES + index * (PREFIX_HEAD + PREFIX_SIZE);
}

/** The line begins like one of the same date. */
function isLikeBefore(start: usize): bool {
	for (let i: usize = 0; i < PREFIX_COUNT; i++) {
		const prefix = prefixAt(i);
		const size = <usize>load<u32>(prefix);
		if (size === 0) return false;
		if (load<i32>(prefix, 4) !== seen || start + size > lineEnd) continue;
		if (areSame(start, start + size, prefix + PREFIX_HEAD)) return true;
	}
	return false;
}

function remember(start: usize, end: usize): void {
	if (end - start > PREFIX_SIZE - 16 || end < start) return;
	const prefix = prefixAt(next);
	next = (next + 1) % PREFIX_COUNT;
	store<u32>(prefix, <u32>(end - start));
	store<i32>(prefix, seen, 4);
	copied(start, end, prefix + PREFIX_HEAD);
}

/** Goes on until JavaScript has to look. The line is passed then, but for a boundary, and where something is needed. */
export function survey(): i32 {
	while (findLine(position)) {
		const isWhole = whole > 0;
		const isBoundary = wanted !== 0 && position >= wanted;
		if (isLineCut || (!isWhole && !isBoundary && isLikeBefore(position))) {
			passLine();
			continue;
		}
		const before = seen;
		const need = look();
		if (need >= 0) return need;
		if (isBoundary && isBeginning()) {
			wanted = 0;
			seen = before;
			return Sight.boundary;
		}
		passLine();
		if (isWhole) {
			whole--;
			return Sight.line;
		}
		if (seen !== before) return Sight.date;
	}
	return Sight.input;
}

/** Records that were seen may go on in lines without a frame. */
let mayJoin: bool = false;

/** The line that was looked at begins a record, whatever stands in front of it. */
function isBeginning(): bool {
	return framing >= 0 || (rules >= 0 && !mayJoin);
}

/** Frames the line that was found, and reads its date; gives what is needed for that, -1 for nothing. */
function look(): i32 {
	takeLine(false);
	if (!beginText()) return Sight.text;
	frame();
	if (unloaded >= 0) return Sight.parser;
	// Of a line without a frame, the record itself may have a stamp.
	mayJoin = mayJoin || hasUnfinished();
	if (framing < 0) {
		route();
		if (unloaded >= 0 || isUnloaded()) return Sight.parser;
		read();
	}
	readDate();
	return -1;
}

function readDate(): void {
	const month = lastOf(monthSlot);
	const day = lastOf(daySlot);
	if (month === 0 || day === 0) return;
	const ofMonth = monthOf(load<u32>(month, 4), load<u32>(month, 8));
	const ofDay = numberOf(load<u32>(day, 4), load<u32>(day, 8));
	if (ofMonth === 0 || ofDay < 1 || ofDay > daysOf(2000, ofMonth)) return;
	const year = lastOf(yearSlot);
	const ofYear = year === 0 ? 0 : numberOf(load<u32>(year, 4), load<u32>(year, 8));
	if (ofYear < 0) return;
	seen = dateOf(ofYear, ofMonth, ofDay);
	let end = <usize>max(load<u32>(month, 8), load<u32>(day, 8));
	if (year !== 0) end = max(end, <usize>load<u32>(year, 8));
	remember(textStart, end);
}
