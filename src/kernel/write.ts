/** Writes the event of a record into OUTPUT, step by step of its shape. */
import { copied } from "./bytes";
import { putCount, putDigits, putInteger, putNumber, putParts, putText } from "./json";
import { OUTPUT_END, TIME } from "./memory";
import { planned } from "./plan";
import { captureAt, dropCaptures, isExpanded, line, lines, offset, originalLength, rawEnd, rawStart } from "./record";
import { valueAt } from "./results";
import { SIZE_OF_STEP, shaped } from "./shape";
import { othersThanDigits, suspectsIn } from "./sixteen";
import { timeEnd } from "./time";

/** Bytes that a character takes at most, as an escape. */
const WIDEST: usize = 6;
const SHORT_RECORD: usize = 512;
const QUOTE: u8 = 34;
const MINUS: u8 = 45;
const ZERO: u8 = 48;

/** What to write for a step of a shape. */
export enum Write {
	text = 0,
	integer = 1,
	number = 2,
	/** Parts of a text between separators. */
	parts = 3,
	computed = 4,
	raw = 5,
	time = 6,
	line = 7,
	offset = 8,
	length = 9,
	lines = 10,
}

/** What a number must be, as the schema wants it; what is not is left out of the event. */
export enum Demand {
	/** It may be another text. */
	nothing = 0,
	number = 1,
	unsigned = 2,
	positive = 3,
}

/** Slot of the capture whose number was not as it must be; -1 for none. */
let refused: i32 = -1;

/** Behind the events that were written. */
export let outputEnd: usize = 0;

export function setOutputEnd(address: usize): void {
	outputEnd = address;
}

/** Bytes that the event of the record may need. */
export function neededRoom(): usize {
	const one = shaped();
	let size = <usize>one.room + (timeEnd - TIME);
	const values = planned().values;
	for (let v: u32 = 0; v < values; v++) {
		const value = valueAt(v);
		if (load<u32>(value) !== 0) size += load<u32>(value, 4) - load<u32>(value);
	}
	const raw = rawEnd - rawStart;
	// Of short records it costs little to reserve their length for every value; but what was read again may be longer.
	if (raw <= SHORT_RECORD && !isExpanded) return size + raw * (1 + one.texts) * WIDEST;
	for (let step = <usize>one.steps; step < <usize>one.stepsEnd; step += SIZE_OF_STEP) {
		if (load<u32>(step, 4) > <u32>Write.parts) continue;
		const capture = captureAt(load<i32>(step, 8));
		size += (load<u32>(capture, 8) - load<u32>(capture, 4)) * <u32>WIDEST;
	}
	return size + raw * WIDEST;
}

/** There is room for the event in what is left of the output; records are short, so mostly there is. */
export function hasRoom(): bool {
	return outputEnd + neededRoom() <= OUTPUT_END;
}

/** The longest text of the record that was written, and where: the record as a whole holds it, too. */
let longest: usize = 0;
let longestEnd: usize = 0;
let written: usize = 0;
let writtenEnd: usize = 0;
/** Where the offset of the record was written last, and how it ends. */
let offsetAt: usize = 0;
let offsetEnd: usize = 0;

/**
 * Writes the event of the record. When a number is not as it must be, nothing is written, and all captures of its rule are taken out of
 * the log: false then, and the record needs another plan.
 */
export function write(): bool {
	const one = shaped();
	const constants = <usize>one.constants;
	const steps = <usize>one.stepsEnd;
	let constant = constants;
	let to = outputEnd;
	longest = 0;
	longestEnd = 0;
	offsetAt = 0;
	for (let step = <usize>one.steps; step < steps; step += SIZE_OF_STEP) {
		const constantEnd = constants + load<u32>(step);
		to = copied(constant, constantEnd, to);
		constant = constantEnd;
		const kind = load<u32>(step, 4);
		const at = load<i32>(step, 8);
		if (kind === Write.text) to = putCapture(step, captureAt(at), to);
		else if (kind === Write.computed) to = copied(load<u32>(valueAt(at)), load<u32>(valueAt(at), 4), to);
		else if (kind === Write.integer) to = putIntegerOf(step, captureAt(at), to);
		else to = putOther(kind, step, captureAt(at), to);
	}
	if (isRefused()) return false;
	outputEnd = copied(constant, one.constantsEnd, to);
	return true;
}

/** A number of the record was not as it must be: all captures of its rule are taken out of the log. */
export function isRefused(): bool {
	if (refused < 0) return false;
	dropCaptures(refused);
	refused = -1;
	return true;
}

/** Texts from this size on are kept in mind for the whole record. */
const LONG: usize = 32;

/** A captured text, without the signs around it. */
function putCapture(step: usize, capture: usize, to: usize): usize {
	let from = <usize>load<u32>(capture, 4);
	let end = <usize>load<u32>(capture, 8);
	if (load<u32>(step, 20) !== 0 && isAround(step, capture)) {
		from++;
		end--;
	}
	const size = end - from;
	// Most are short and plain.
	if (size <= 16) {
		const sixteen = v128.load(from);
		v128.store(to, sixteen);
		if ((suspectsIn(sixteen) & ((1 << (<i32>size)) - 1)) === 0) return to + size;
	}
	const behind = putText(from, end, to);
	if (size >= LONG && size > longestEnd - longest) {
		longest = from;
		longestEnd = end;
		written = to;
		writtenEnd = behind;
	}
	return behind;
}

/** Digits of a number, which are copied when they are few, with no zero in front. */
function putIntegerOf(step: usize, capture: usize, to: usize): usize {
	const from = <usize>load<u32>(capture, 4);
	const size = <usize>load<u32>(capture, 8) - from;
	if (size - 1 < 16 && load<u8>(from) !== ZERO) {
		const sixteen = v128.load(from);
		v128.store(to, sixteen);
		if ((othersThanDigits(sixteen) & ((1 << (<i32>size)) - 1)) === 0) return to + size;
	}
	return demanded(step, capture, to, putInteger(from, from + size, to));
}

/** The number of a step, whole or with a fraction. */
export function putNumberOf(step: usize, capture: usize, to: usize): usize {
	if (load<u32>(step, 4) === Write.integer) return putIntegerOf(step, capture, to);
	return demanded(step, capture, to, putNumber(load<u32>(capture, 4), load<u32>(capture, 8), to));
}

/** The signs of a step stand around a capture. */
export function isAround(step: usize, capture: usize): bool {
	const signs = load<u32>(step, 20);
	if (signs === 0) return false;
	const from = <usize>load<u32>(capture, 4);
	const to = <usize>load<u32>(capture, 8);
	return to - from >= 2 && load<u8>(from) === <u8>signs && load<u8>(to - 1) === <u8>(signs >> 8);
}

function putOther(kind: u32, step: usize, capture: usize, to: usize): usize {
	const from = <usize>load<u32>(capture, 4);
	const end = <usize>load<u32>(capture, 8);
	switch (kind) {
		case Write.number:
			return putNumberOf(step, capture, to);
		case Write.parts: {
			const bare = isAround(step, capture) ? 1 : 0;
			return putParts(from + bare, end - bare, load<u32>(step, 12), load<u32>(step, 16), to);
		}
		case Write.raw:
			return putRaw(to);
		case Write.time:
			return copied(TIME, timeEnd, to);
		case Write.line:
			return putCount(line, to);
		case Write.offset:
			return putOffset(to);
		case Write.length:
			return putDigits(originalLength(), to);
		default:
			return putDigits(<u32>lines, to);
	}
}

/** Looks whether a number that was written is as it must be. */
function demanded(step: usize, capture: usize, number: usize, behind: usize): usize {
	const demand = load<u32>(step, 20);
	if (demand === Demand.nothing) return behind;
	const first = load<u8>(number);
	const isText = first === QUOTE;
	const isLow = (demand >= <u32>Demand.unsigned && first === MINUS) || (demand === Demand.positive && first === ZERO);
	if (isText || isLow) refused = load<i32>(capture);
	return behind;
}

/** The whole record; the part of it that was written before as a text of its own is not looked at again. */
function putRaw(to: usize): usize {
	if (longest < rawStart || longestEnd > rawEnd) return putText(rawStart, rawEnd, to);
	to = putText(rawStart, longest, to);
	to = copied(written, writtenEnd, to);
	return putText(longestEnd, rawEnd, to);
}

/** The offset stands in the event twice. */
function putOffset(to: usize): usize {
	if (offsetAt !== 0) return copied(offsetAt, offsetEnd, to);
	offsetAt = to;
	offsetEnd = putCount(offset(), to);
	return offsetEnd;
}
