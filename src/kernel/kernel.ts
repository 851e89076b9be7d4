/**
 * The innermost loops of `convert`, in AssemblyScript, because JavaScript takes five times as long to move bytes: looks up
 * what was computed from the same texts before, and writes a record as a line of NDJSON.
 *
 * All numbers are addresses in one memory, which src/pipeline/kernel.ts lays out and fills. Copies move sixteen bytes at a
 * time, so up to fifteen bytes behind each piece are read, and written behind what is written last.
 */

/** Captures of the record: triples of slot, start, end. */
export const LOG: usize = 0x10000;
export const LOG_END: usize = 0x30000;
/** Computed values of the record: pairs of start and end of their JSON. */
const VALUES: usize = 0x30000;
/** Years that the computed results of the record tell, in their order; 0 for none. */
export const YEARS: usize = 0x38000;
/** Which computed values are there (a bit for each, the last one lowest), and how many bytes they have together. */
export const PRESENT: usize = 0x39000;
export const SIZE: usize = 0x39004;
/** The time as it is written. */
export const TIME: usize = 0x39010;
export const TIME_END: usize = 0x39080;
/** The stamp that the time was read from. */
export const STAMP: usize = 0x39080;
export const STAMP_END: usize = 0x39100;
/** The bytes that are read. */
export const INPUT: usize = 0x40000;
export const INPUT_END: usize = 0x1c0000;
/** The NDJSON that is written. */
export const OUTPUT: usize = 0x1c0000;
export const OUTPUT_END: usize = 0x300000;
/** Plans, shapes, results. */
export const HEAP: usize = 0x300000;
export const HEAP_END: usize = 0x800000;
/** What parsers have for themselves, and what they remember of a record. */
export const PARSERS: usize = 0x800000;
export const PARSERS_END: usize = 0xa00000;
export const ARENA: usize = 0xa00000;
export const ARENA_END: usize = 0xbff000;

/** Places in the table of results of one memory: a power of two. */
export const TABLE_SIZE: u32 = 512;

function mixed(hash: u32, four: u32): u32 {
	return ((hash ^ four) * 0x5bd1e995) ^ (hash >>> 15);
}

function hashed(begun: u32, start: usize, end: usize): u32 {
	let hash = begun;
	let r = start;
	for (; r + 4 <= end; r += 4) hash = mixed(hash, load<u32>(r));
	for (; r < end; r++) hash = mixed(hash, load<u8>(r));
	return hash;
}

function areSame(a: usize, end: usize, b: usize): bool {
	const shift = b - a;
	for (; a + 8 <= end; a += 8) if (load<u64>(a) !== load<u64>(a + shift)) return false;
	for (; a < end; a++) if (load<u8>(a) !== load<u8>(a + shift)) return false;
	return true;
}

/** Address of the first line feed in a piece, or its end. */
export function findLineFeed(from: usize, end: usize): usize {
	for (; from < end; from += 16) {
		const feeds = i8x16.bitmask(i8x16.eq(v128.load(from), i8x16.splat(10)));
		if (feeds === 0) continue;
		const found = from + <usize>ctz(feeds);
		return found < end ? found : end;
	}
	return end;
}

/** Two pieces of the same length hold the same bytes. */
export function isSame(a: usize, end: usize, b: usize): bool {
	return areSame(a, end, b);
}

/** Start of the capture at a position of the log; an empty piece for -1. */
function startOf(position: i32): usize {
	return position < 0 ? 0 : load<u32>(LOG + <usize>position * 12, 4);
}

function endOf(position: i32): usize {
	return position < 0 ? 0 : load<u32>(LOG + <usize>position * 12, 8);
}

/** Where the result for a computation stands in its table. */
function placeOf(computation: usize): usize {
	const spans = load<u32>(computation, 4);
	let hash: u32 = 0;
	for (let s: u32 = 0; s < spans; s++) {
		const position = load<i32>(computation + 8 + ((<usize>s) << 2));
		hash = hashed(hash, startOf(position), endOf(position));
	}
	return <usize>load<u32>(computation) + ((<usize>((hash ^ (hash >>> 15)) & (TABLE_SIZE - 1))) << 2);
}

/** The result was computed from the same texts. */
function isFor(result: usize, computation: usize): bool {
	const spans = load<u32>(computation, 4);
	let kept = <usize>load<u32>(result, 4);
	for (let s: u32 = 0; s < spans; s++) {
		const position = load<i32>(computation + 8 + ((<usize>s) << 2));
		const start = startOf(position);
		const end = endOf(position);
		if (load<u32>(kept) !== <u32>(end - start) || !areSame(start, end, kept + 4)) return false;
		kept += 4 + end - start;
	}
	return true;
}

/**
 * Finds the results of a plan's computations, and fills VALUES, YEARS, PRESENT and SIZE. Gives -1, or the index of the first
 * computation that has no result yet.
 *
 * A plan begins with the number of its computations. A computation is: table, number of spans, a position in the log for
 * each of them. A result is: its room, where the texts stand that it was computed from (each behind its length), year, number
 * of values, then start and end of each value, with a start of 0 for one that is not there.
 */
export function findResults(plan: usize): i32 {
	const count = load<i32>(plan);
	let computation = plan + 4;
	let value = VALUES;
	let present: u32 = 0;
	let size: u32 = 0;
	for (let i = 0; i < count; i++) {
		const result = <usize>load<u32>(placeOf(computation));
		if (result === 0 || !isFor(result, computation)) return i;
		store<u32>(YEARS + ((<usize>i) << 2), load<u32>(result, 8));
		const values = load<u32>(result, 12);
		for (let v: usize = 0; v < values; v++) {
			const start = load<u32>(result + (v << 3), 16);
			const end = load<u32>(result + (v << 3), 20);
			store<u32>(value, start);
			store<u32>(value, end, 4);
			value += 8;
			size += end - start;
			present = present * 2 + (start === 0 ? 0 : 1);
		}
		computation += 8 + ((<usize>load<u32>(computation, 4)) << 2);
	}
	store<u32>(PRESENT, present);
	store<u32>(SIZE, size);
	return -1;
}

/** The result that a computation would find, or that stands in its way; 0 for none. */
export function resultOf(computation: usize): usize {
	return <usize>load<u32>(placeOf(computation));
}

/** Remembers a result for a computation. */
export function putResult(computation: usize, result: usize): void {
	store<u32>(placeOf(computation), <u32>result);
}

function copied(from: usize, end: usize, to: usize): usize {
	const shift = to - from;
	for (; from < end; from += 16) v128.store(from + shift, v128.load(from));
	return end + shift;
}

/** Bits for those of sixteen ASCII characters that JSON strings escape; DEL too, for terminals. */
function escapesIn(sixteen: v128): i32 {
	return i8x16.bitmask(
		v128.or(
			v128.or(i8x16.lt_u(sixteen, i8x16.splat(32)), i8x16.eq(sixteen, i8x16.splat(34))),
			v128.or(i8x16.eq(sixteen, i8x16.splat(92)), i8x16.eq(sixteen, i8x16.splat(127))),
		),
	);
}

/** A piece of ASCII as the inside of a JSON string. */
function putText(from: usize, end: usize, to: usize): usize {
	while (from < end) {
		const sixteen = v128.load(from);
		v128.store(to, sixteen);
		const left = end - from;
		let escapes = escapesIn(sixteen);
		if (left < 16) escapes &= (1 << (<i32>left)) - 1;
		if (escapes === 0) {
			const moved = left < 16 ? left : 16;
			from += moved;
			to += moved;
			continue;
		}
		const plain = <usize>ctz(escapes);
		to = putEscape(load<u8>(from + plain), to + plain);
		from += plain + 1;
	}
	return to;
}

/** Letters of the short escapes, from backspace on; 0 for those that have none. */
const SHORT: usize = memory.data<u8>([98, 116, 110, 0, 102, 114]);
const HEX: usize = memory.data<u8>([48, 49, 50, 51, 52, 53, 54, 55, 56, 57, 97, 98, 99, 100, 101, 102]);

function putEscape(code: u8, to: usize): usize {
	store<u8>(to, 92);
	const short: u8 = code === 34 || code === 92 ? code : code >= 8 && code <= 13 ? load<u8>(SHORT + (code - 8)) : 0;
	if (short !== 0) {
		store<u8>(to, short, 1);
		return to + 2;
	}
	store<u8>(to, 117, 1);
	store<u16>(to, 0x3030, 2);
	store<u8>(to, load<u8>(HEX + (code >> 4)), 4);
	store<u8>(to, load<u8>(HEX + (code & 15)), 5);
	return to + 6;
}

function putDigits(value: u32, to: usize): usize {
	let digits: usize = 1;
	for (let limit: u32 = 10; digits < 10 && limit <= value; limit *= 10) digits++;
	const end = to + digits;
	for (let w = end; w > to; value /= 10) store<u8>(--w, <u8>(48 + (value % 10)));
	return end;
}

/** A non-negative integer. */
function putCount(value: f64, to: usize): usize {
	if (value < 1e9) return putDigits(<u32>value, to);
	const high = Math.floor(value / 1e9);
	const end = putCount(high, to);
	// The 1 in front keeps the zeros behind it.
	let low = <u32>(value - high * 1e9);
	for (let w = end + 9; w > end; low /= 10) store<u8>(--w, <u8>(48 + (low % 10)));
	return end + 9;
}

function isDigit(code: u8): bool {
	return code - 48 < 10;
}

/**
 * Digits as a JSON number, with `fraction` also behind one decimal point: without the zeros that change nothing. Gives 0 for
 * other texts, and for those with more digits than a number of JavaScript holds.
 */
function putNumber(from: usize, end: usize, fraction: bool, to: usize): usize {
	let point = end;
	for (let r = from; r < end; r++) {
		if (isDigit(load<u8>(r))) continue;
		if (!fraction || point !== end || load<u8>(r) !== 46) return 0;
		point = r;
	}
	if (from === point || point + 1 === end || (fraction && end - from > 16)) return 0;
	while (from + 1 < point && load<u8>(from) === 48) from++;
	if (point < end) {
		while (load<u8>(end - 1) === 48) end--;
		if (end === point + 1) end = point;
	}
	return copied(from, end, to);
}

/** What to write for a step of a shape. */
export enum Write {
	text = 0,
	integer = 1,
	number = 2,
	computed = 3,
	raw = 4,
	time = 5,
	line = 6,
	offset = 7,
	length = 8,
	lines = 9,
}

/**
 * Writes an event at `to`, where there must be room. Gives where it ends, or 0 for one that must be written otherwise.
 *
 * A shape is: start and end of its constant pieces, end of its steps; a step is: distance from the first constant piece to the
 * end of the one before the value, what to write, of which capture or computed value.
 */
export function write(shape: usize, start: usize, end: usize, line: f64, lines: i32, offset: f64, timeEnd: usize, to: usize): usize {
	const constants = <usize>load<u32>(shape);
	const constantsEnd = <usize>load<u32>(shape, 4);
	const steps = <usize>load<u32>(shape, 8);
	let constant = constants;
	for (let step = shape + 12; step < steps; step += 12) {
		const constantEnd = constants + load<u32>(step);
		to = copied(constant, constantEnd, to);
		constant = constantEnd;
		const at = <usize>load<u32>(step, 8);
		switch (load<u32>(step, 4)) {
			case Write.text:
				to = putText(load<u32>(LOG + at * 12, 4), load<u32>(LOG + at * 12, 8), to);
				break;
			case Write.integer:
				to = putNumber(load<u32>(LOG + at * 12, 4), load<u32>(LOG + at * 12, 8), false, to);
				break;
			case Write.number:
				to = putNumber(load<u32>(LOG + at * 12, 4), load<u32>(LOG + at * 12, 8), true, to);
				break;
			case Write.computed:
				to = copied(load<u32>(VALUES + at * 8), load<u32>(VALUES + at * 8, 4), to);
				break;
			case Write.raw:
				to = putText(start, end, to);
				break;
			case Write.time:
				to = copied(TIME, timeEnd, to);
				break;
			case Write.line:
				to = putCount(line, to);
				break;
			case Write.offset:
				to = putCount(offset, to);
				break;
			case Write.length:
				to = putDigits(<u32>(end - start), to);
				break;
			case Write.lines:
				to = putDigits(<u32>lines, to);
				break;
		}
		if (to === 0) return 0;
	}
	return copied(constant, constantsEnd, to);
}
