/**
 * A first look at an input, for what depends on all of it: its dates. Records are read as they are when they are converted, by the same
 * code, up to their stamps. But most lines begin like one that was read before: a stamp of the same date. Whatever else they hold,
 * the dates that follow do not depend on them, so they are passed.
 *
 *     Nov 21 02:08:09 mail milter-manager[27540]: [statistics] [sessions][finished] 2(+1) 0
 *     ^^^^^^^^^^--^--^^ the signs that count; the digits of minute and second may be others
 */
import { carriers, framing } from "./carriers";
import { setRecentFraming } from "./frames";
import { findLine, isEnded, isLineCut, isWithinCutLine, limit, lineEnd, lineNext, passLine, position } from "./lines";
import { PREFIXES } from "./memory";
import { captureAt, isExpanded, nextOffset, start, textEnd, textStart } from "./record";
import { date } from "./results";
import { carriedFrom, mayGoOn } from "./route";
import { FRAME_PLACES, findFrame, readFollowed, stampPlace, stampYear } from "./stamp";

/** What is done with the next line. */
export enum Look {
	/** It is read; or there is none. */
	read = 0,
	/** More bytes are needed to tell. */
	wait = 1,
	/** A record begins with it, behind the place that was asked for. */
	boundary = 2,
}

/** The beginning of a line that is remembered. */
@unmanaged
class Prefix {
	/** Bytes that count; 0 for none. */
	size: u32;
	/** The date of its stamp. */
	place: i32;
	year: i32;
	framing: i32;
	/** A digit follows. */
	isDigitBehind: u32;
	/** It holds all that stands in front of a payload, so what begins so is framed. */
	isSure: u32;
	/** Records in this frame may go on in the next line. */
	mayGoOn: u32;
	unused: u32;
}

const PREFIX_COUNT: usize = 16;
const HEAD: usize = offsetof<Prefix>();
const LONGEST: usize = 48;
/** Behind the head: the bytes, a mask of those that must be the same, and one of those that must be digits. */
const SIZE: usize = HEAD + 3 * LONGEST;

/** Records at the beginning that are read whatever they begin with, and then one in so many bytes: ids may stand there. */
const FIRST: i32 = 500;
const SAMPLE_BYTES: f64 = 32_768;

export let isSurveying: bool = false;
/** Of the next record only the lines are of interest: it may go on, but tells no other date. */
export let isAlike: bool = false;
/** Some format has ids that tell a date. */
let hasIds: bool = false;
let left: i32 = 0;
let sampleAt: f64 = 0;
/** The next record from this offset on is asked for. */
let wanted: f64 = Infinity;
/** The date of the last stamp; a place of -1 for none. */
export let seenPlace: i32 = -1;
export let seenYear: i32 = -1;
let next: usize = 0;
let recent: usize = PREFIXES;

/** From now on records are looked at; a year of -1 stands for none. */
export function beginSurvey(samples: bool): void {
	isSurveying = true;
	hasIds = samples;
	left = FIRST;
	sampleAt = 0;
	wanted = Infinity;
	seenPlace = -1;
	seenYear = -1;
	memory.fill(PREFIXES, 0, PREFIX_COUNT * SIZE);
}

export function endSurvey(): void {
	isSurveying = false;
}

/** Asks for the first record from an offset on. */
export function wantBoundary(offset: f64): void {
	wanted = offset;
}

/** The bytes begin with a remembered one, of the date of the last stamp. */
function isLike(prefix: usize, at: usize): bool {
	const one = changetype<Prefix>(prefix);
	if (one.size === 0 || one.place !== seenPlace || one.year !== seenYear) return false;
	const end = prefix + HEAD + one.size;
	for (let from = prefix + HEAD, to = at; from < end; from += 16, to += 16) {
		const bytes = v128.load(to);
		const other = v128.and(v128.xor(bytes, v128.load(from)), v128.load(from, LONGEST));
		const isOpen = v128.load(from, 2 * LONGEST);
		const noDigit = v128.and(i8x16.ge_u(i8x16.sub(bytes, i8x16.splat(48)), i8x16.splat(10)), isOpen);
		if (v128.any_true(v128.or(other, noDigit))) return false;
	}
	return (one.isDigitBehind !== 0) === isDigit(at + one.size);
}

function isDigit(at: usize): bool {
	return load<u8>(at) - 48 < 10;
}

/** The remembered beginning of these bytes, 0 for none. */
function prefixOf(at: usize): usize {
	if (isLike(recent, at)) return recent;
	for (let i: usize = 0; i < PREFIX_COUNT; i++)
		if (isLike(PREFIXES + i * SIZE, at)) {
			recent = PREFIXES + i * SIZE;
			return recent;
		}
	return 0;
}

/** The remembered beginning of the line that was found, which is longer than that; 0 for none. */
function prefixOfLine(): usize {
	if (isLineCut) return 0;
	const prefix = prefixOf(position);
	return prefix !== 0 && position + changetype<Prefix>(prefix).size < lineEnd ? prefix : 0;
}

/** Passes lines that tell no other date, as many as there are. */
export function passAlike(): i32 {
	isAlike = false;
	let stop = nextStop();
	while (findLine(position)) {
		if (position >= stop && nextOffset() >= wanted && !isWithinCutLine) {
			wanted = Infinity;
			return Look.boundary;
		}
		const prefix = prefixOfLine();
		if (prefix === 0) {
			if (left > 0) left--;
			return Look.read;
		}
		const one = changetype<Prefix>(prefix);
		const mayGoOn = one.mayGoOn !== 0;
		if (mayGoOn && lineNext + LONGEST >= limit && !isEnded) return Look.wait;
		if (position >= stop && isSampled()) return Look.read;
		if (mayGoOn && !isFramedAt(lineNext)) {
			isAlike = true;
			return Look.read;
		}
		if (one.framing >= 0) setRecentFraming(one.framing);
		passLine();
	}
	return Look.wait;
}

/** Up to this address, no line has to be looked at for where it stands. */
function nextStop(): usize {
	const offset = min(wanted, !hasIds ? Infinity : left > 0 ? 0 : sampleAt);
	const ahead = offset - nextOffset();
	return ahead <= 0 ? 0 : ahead > <f64>(limit - position) ? limit : position + <usize>ahead;
}

/** Another record begins there for sure. */
function isFramedAt(at: usize): bool {
	const prefix: usize = at < limit ? prefixOf(at) : 0;
	return prefix !== 0 && changetype<Prefix>(prefix).isSure !== 0 && at + changetype<Prefix>(prefix).size < limit;
}

/** The line is read for its ids. */
function isSampled(): bool {
	if (!hasIds || (left === 0 && nextOffset() < sampleAt)) return false;
	if (left > 0) left--;
	sampleAt = nextOffset() + SAMPLE_BYTES;
	return true;
}

/** Notes the stamp of the record that was read; true when its date is another one than that before it, or an id tells one. */
export function note(stamp: usize): bool {
	if (stamp === 0 || !readFollowed(stamp)) return false;
	const isOther = stampPlace !== seenPlace || stampYear !== seenYear;
	seenPlace = stampPlace;
	seenYear = stampYear;
	if (!isExpanded && carriers === 0 && start === textStart) remember(framing >= 0 && findFrame() ? FRAME_PLACES : stamp);
	return isOther || date !== 0;
}

const MINUTE: i32 = 4;
const FRACTION: i32 = 6;
const PARTS: i32 = 8;

/** Remembers how the record begins: up to the sign behind its stamp; where it may go on, up to what its frame carries. */
function remember(places: usize): void {
	let end: usize = 0;
	for (let part = 0; part < PARTS; part++) {
		const at = load<i32>(places + ((<usize>part) << 2));
		if (at >= 0) end = max(end, <usize>load<u32>(captureAt(at), 8));
	}
	const isSure = mayGoOn();
	end = isSure ? carriedFrom() : end + 1;
	const size = end - textStart;
	// What has no such place cannot be told by its beginning.
	if (end <= textStart || size >= LONGEST || end >= textEnd) return;
	const prefix = PREFIXES + next * SIZE;
	next = (next + 1) % PREFIX_COUNT;
	const one = changetype<Prefix>(prefix);
	memory.fill(prefix, 0, SIZE);
	for (let i: usize = 0; i < size; i++) {
		const byte = load<u8>(textStart + i);
		// The beginning of one line, which is the same in all encodings.
		if (byte > 127 || byte === 10) return;
		store<u8>(prefix + HEAD + i, byte);
		store<u8>(prefix + HEAD + LONGEST + i, 0xff);
	}
	for (let part = MINUTE; part <= FRACTION; part++) leaveOpen(prefix, load<i32>(places + ((<usize>part) << 2)));
	one.size = <u32>size;
	one.place = seenPlace;
	one.year = seenYear;
	one.framing = framing;
	one.isDigitBehind = isDigit(end) ? 1 : 0;
	one.isSure = isSure ? 1 : 0;
	one.mayGoOn = isSure ? 1 : 0;
}

/** Any digits may stand where this capture stands. */
function leaveOpen(prefix: usize, position: i32): void {
	if (position < 0) return;
	const end = <usize>load<u32>(captureAt(position), 8) - textStart;
	for (let at = <usize>load<u32>(captureAt(position), 4) - textStart; at < end; at++) {
		if (!isDigit(textStart + at)) return;
		store<u8>(prefix + HEAD + LONGEST + at, 0);
		store<u8>(prefix + HEAD + 2 * LONGEST + at, 0xff);
	}
}
