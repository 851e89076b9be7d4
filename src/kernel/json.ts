/** Pieces of UTF-8 as JSON: strings that no terminal obeys, numbers that lose no digits. */
import { copied } from "./bytes";
import { othersThanDigits, suspectsIn } from "./sixteen";

/** A piece of text as the inside of a JSON string. */
export function putText(from: usize, end: usize, to: usize): usize {
	while (from < end) {
		const sixteen = v128.load(from);
		v128.store(to, sixteen);
		const plain = <usize>ctz(suspectsIn(sixteen) | 0x10000);
		from += plain;
		to += plain;
		if (plain === 16) continue;
		if (from >= end) break;
		const byte = load<u8>(from);
		if (byte < 0x80) {
			to = putEscape(byte, to);
			from++;
			continue;
		}
		const begin = from;
		from = behindHarmless(from, end);
		for (let r = begin; r < from; r++) store<u8>(to++, load<u8>(r));
		if (from >= end || load<u8>(from) < 0x80) continue;
		to = putUnit(escapedPoint(from), to);
		from += load<u8>(from) >= 0xe0 ? 3 : 2;
	}
	// The last sixteen may have gone beyond the end.
	return to - (from - end);
}

/** Behind characters beyond ASCII that may stand in a string. */
function behindHarmless(from: usize, end: usize): usize {
	while (from < end && load<u8>(from) >= 0x80) {
		const first = load<u8>(from);
		if ((first === 0xc2 || first === 0xd8 || first === 0xe2 || first === 0xed) && escapedPoint(from) !== 0) break;
		from++;
	}
	return from;
}

/**
 * The character at a byte beyond ASCII, when it is one that must not stand in any output: controls (U+0080 to U+009F), what ends a
 * line for some programs (U+2028, U+2029), and what turns the direction of text (U+061C, U+200E, U+200F, U+202A to U+202E, U+2066 to
 * U+2069), and halves of surrogate pairs; 0 for all others. src/escapes.ts has the same list.
 */
function escapedPoint(at: usize): u32 {
	const first = load<u8>(at);
	const second = <u32>load<u8>(at, 1);
	if (first === 0xc2) return second < 0xa0 ? second : 0;
	if (first === 0xd8) return second === 0x9c ? 0x61c : 0;
	if (first === 0xed) return second < 0xa0 ? 0 : 0xd000 | ((second & 0x3f) << 6) | (<u32>load<u8>(at, 2) & 0x3f);
	if (first !== 0xe2) return 0;
	const point = 0x2000 | ((second & 0x3f) << 6) | (<u32>load<u8>(at, 2) & 0x3f);
	if (point === 0x200e || point === 0x200f || (point >= 0x2028 && point <= 0x202e)) return point;
	return point >= 0x2066 && point <= 0x2069 ? point : 0;
}

/** Letters of the short escapes, from backspace on; 0 for those that have none. */
const SHORT: usize = memory.data<u8>([98, 116, 110, 0, 102, 114]);
const HEX: usize = memory.data<u8>([48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 97, 98, 99, 100, 101, 102]);

function putEscape(code: u8, to: usize): usize {
	const short: u8 = code === 34 || code === 92 ? code : code >= 8 && code <= 13 ? load<u8>(SHORT + (code - 8)) : 0;
	if (short === 0) return putUnit(code, to);
	store<u8>(to, 92);
	store<u8>(to, short, 1);
	return to + 2;
}

/** `\u001b` */
function putUnit(unit: u32, to: usize): usize {
	store<u16>(to, 0x755c);
	for (let i: u32 = 0; i < 4; i++) store<u8>(to + i, load<u8>(HEX + ((unit >> (12 - 4 * i)) & 15)), 2);
	return to + 6;
}

function digitsOf(value: u32): usize {
	if (value < 10000) return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : 4;
	if (value < 100000000) return value < 1000000 ? (value < 100000 ? 5 : 6) : value < 10000000 ? 7 : 8;
	return value < 1000000000 ? 9 : 10;
}

/** The numbers from 00 to 99, as two characters each. */
const PAIRS: usize = memory.data(200);
for (let i: usize = 0; i < 100; i++) store<u16>(PAIRS + 2 * i, <u16>(0x3030 + i / 10 + ((i % 10) << 8)));

export function putDigits(value: u32, to: usize): usize {
	const end = to + digitsOf(value);
	let w = end;
	for (; value >= 100; value /= 100) {
		w -= 2;
		store<u16>(w, load<u16>(PAIRS + ((<usize>(value % 100)) << 1)));
	}
	if (value >= 10) store<u16>(w - 2, load<u16>(PAIRS + ((<usize>value) << 1)));
	else store<u8>(w - 1, <u8>(48 + value));
	return end;
}

/** A non-negative integer. */
export function putCount(value: f64, to: usize): usize {
	if (value <= 4294967295) return putDigits(<u32>value, to);
	const high = Math.floor(value / 1e9);
	const end = putCount(high, to);
	let low = <u32>(value - high * 1e9);
	for (let w = end + 9; w > end; low /= 10) store<u8>(--w, <u8>(48 + (low % 10)));
	return end + 9;
}

/** Behind the decimal digits that a piece begins with. */
export function behindDigits(from: usize, end: usize): usize {
	while (from < end) {
		const others = othersThanDigits(v128.load(from));
		from += <usize>ctz(others | 0x10000);
		if ((others & 0xffff) !== 0) break;
	}
	return from < end ? from : end;
}

/** A text in quotes. */
export function putQuoted(from: usize, end: usize, to: usize): usize {
	store<u8>(to, 34);
	to = putText(from, end, to + 1);
	store<u8>(to, 34);
	return to + 1;
}

/** More digits would be infinity to readers that have 64 bits; so many less in front of an exponent, which has two. */
const MOST_DIGITS: usize = 308;
const HIGHEST_EXPONENT: usize = 99;

/** Decimal digits as a number with all of them, without zeros in front; other texts in quotes. */
export function putInteger(from: usize, end: usize, to: usize): usize {
	let first = from;
	const isNegative = from < end && load<u8>(from) === 45;
	if (isNegative) first++;
	if (first === end || behindDigits(first, end) !== end) return putQuoted(from, end, to);
	while (first + 1 < end && load<u8>(first) === 48) first++;
	if (end - first > MOST_DIGITS) return putQuoted(from, end, to);
	if (isNegative) store<u8>(to++, 45);
	return copied(first, end, to);
}

/** A decimal number, without zeros that change nothing; other texts in quotes. */
export function putNumber(from: usize, end: usize, to: usize): usize {
	let first = from;
	const isNegative = from < end && load<u8>(from) === 45;
	if (isNegative) first++;
	const point = behindDigits(first, end);
	let last = point;
	if (point < end && load<u8>(point) === 46) last = behindDigits(point + 1, end);
	const hasExponent = last < end && (load<u8>(last) | 32) === 101;
	if (first === point || last === point + 1 || (last < end && !hasExponent)) return putQuoted(from, end, to);
	while (first + 1 < point && load<u8>(first) === 48) first++;
	const most = hasExponent ? MOST_DIGITS - HIGHEST_EXPONENT : MOST_DIGITS;
	if (point - first > most || (hasExponent && !isSmallExponent(last + 1, end))) return putQuoted(from, end, to);
	const exponent = last;
	while (last > point && load<u8>(last - 1) === 48) last--;
	if (last === point + 1) last = point;
	if (isNegative) store<u8>(to++, 45);
	to = copied(first, last, to);
	return hasExponent ? copied(exponent, end, to) : to;
}

/** Behind an `e`: at most two digits, so that no reader takes the number for infinity. */
function isSmallExponent(from: usize, end: usize): bool {
	if (from < end && (load<u8>(from) === 43 || load<u8>(from) === 45)) from++;
	return from < end && end - from <= 2 && behindDigits(from, end) === end;
}

/** The parts of a text between separators, each a string with a comma in front, but for the first in an array; none for an empty text. */
export function putParts(from: usize, end: usize, separator: usize, separatorEnd: usize, to: usize): usize {
	if (from === end) return to;
	const size = separatorEnd - separator;
	let part = from;
	while (true) {
		let stop = part;
		while (stop + size <= end && !isAt(stop, separator, separatorEnd)) stop++;
		const isLast = stop + size > end;
		if (isLast) stop = end;
		if (load<u8>(to - 1) !== 91) store<u8>(to++, 44);
		to = putQuoted(part, stop, to);
		if (isLast) return to;
		part = stop + size;
	}
}

function isAt(at: usize, text: usize, textEnd: usize): bool {
	for (let i: usize = 0; i < textEnd - text; i++) if (load<u8>(at + i) !== load<u8>(text + i)) return false;
	return true;
}
