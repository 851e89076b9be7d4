/**
 * One record: its bytes in the input, and the text that is read. The text is the bytes themselves when they are UTF-8. Else it
 * stands in TEXT: bytes of Latin-1 there, and whatever carriers wrap, unescaped.
 */
import { hasByteOrderMark, hasLatin1ByteOrderMark, isUtf8, putLatin1, unitsIn } from "./bytes";
import { End, isLineCut, isLineWide, lineEnd, lineEol, lineNumber, moveLines, passLine, position, setTranscoded } from "./lines";
import { CAPTURE, LOG, TEXT, TEXT_END } from "./memory";

/** The bytes of the record, without its line end. */
export let start: usize = 0;
export let end: usize = 0;
/** What ends it; `End` of lines.ts. */
export let eol: i32 = 0;
/** Its first line, and how many there are. */
export let line: f64 = 1;
export let lines: i32 = 0;
/** It is a piece of a line that is too long. */
export let isCut: bool = false;
/** How much of it is not tried again, as that went wrong. */
export let givenUp: i32 = 0;
/** Why: `Reason`; 0 when nothing is given up. */
export let reason: i32 = 0;
/** The whole record as UTF-8, which is what the event tells as `raw`. */
export let rawStart: usize = 0;
export let rawEnd: usize = 0;
/** The part of it that is read, or what became of that part. */
export let textStart: usize = 0;
export let textEnd: usize = 0;
/** The bytes were no UTF-8, so each of them is a character of Latin-1. */
export let isLatin1: bool = false;
/** Behind what is used of TEXT. */
export let scratch: usize = 0;
/** Behind the captures of the record, and behind those of its frame. */
export let logEnd: usize = 0;
export let frameEnd: usize = 0;
/** Its captures were replaced by those of decoded text. */
export let isExpanded: bool = false;

/** What has to be added to an address in the input for its offset in the stream. */
let base: f64 = 0;
let isWide: bool = false;

/** What the stream was before its bytes were put into the input as UTF-8. */
export enum Encoding {
	/** Bytes as they are. */
	bytes = 0,
	utf16le = 1,
	utf16be = 2,
}
export let encoding: i32 = Encoding.bytes;
/** Of UTF-16: offsets in the original, of the record and of the line behind it. */
let unitsStart: f64 = 0;
let unitsNext: f64 = 0;

/** From the next line on, the bytes are those of such a stream. */
export function setEncoding(kind: i32): void {
	if (encoding === Encoding.bytes) unitsNext = base + <f64>position;
	else base = unitsNext - <f64>position;
	encoding = kind;
	setTranscoded(kind !== Encoding.bytes);
}

/** Bytes of the record in the original. */
export function originalLength(): u32 {
	return encoding === Encoding.bytes ? <u32>(end - start) : 2 * unitsIn(start, end);
}

/** The first byte of the input stands at this address now, and has this offset. */
export function beginAt(address: usize, offset: f64): void {
	base = offset - <f64>address;
	encoding = Encoding.bytes;
	setTranscoded(false);
}

/** Offset of the record in the original. */
export function offset(): f64 {
	return encoding === Encoding.bytes ? base + <f64>start : unitsStart;
}

/** The same in the stream of UTF-8. */
export function startOffset(): f64 {
	return base + <f64>start;
}

/** Offset of the next line. */
export function nextOffset(): f64 {
	return base + <f64>position;
}

/** Bytes of the input were moved. */
export function moved(shift: i32): void {
	moveLines(shift);
	start += shift;
	end += shift;
	base -= <f64>shift;
}

/** The line that was found is a record; it is passed, unless somebody only looks at it. */
export function takeLine(isPassed: bool = true): void {
	start = position;
	end = lineEnd;
	eol = lineEol;
	line = lineNumber;
	lines = 1;
	isCut = isLineCut;
	givenUp = GivenUp.nothing;
	reason = 0;
	isWide = isLineWide;
	unitsStart = unitsNext;
	if (isPassed) pass();
}

function pass(): void {
	const from = position;
	passLine();
	if (encoding !== Encoding.bytes) unitsNext += 2 * <f64>unitsIn(from, position);
}

/** A piece of the input is a record, in one line or more. */
export function takePiece(from: usize, to: usize): void {
	start = from;
	end = to;
	eol = End.none;
	lines = 1;
	isCut = false;
	givenUp = GivenUp.nothing;
	reason = 0;
	isWide = true;
}

/** What is not read of a record at which something went wrong. */
export enum GivenUp {
	nothing = 0,
	/** What its frame carries. */
	payload = 1,
	frame = 2,
}

/** Why a record is given up. */
export enum Reason {
	/** There is not enough memory for it. */
	too_large = 1,
	/** A program failed at it. */
	failed = 2,
}

/** Reads less of the record from now on. */
export function giveUp(why: i32): void {
	givenUp++;
	reason = why;
}

/** The line that was found, and the line end in front of it, belong to the record. */
export function joinLine(): void {
	end = lineEnd;
	eol = lineEol;
	isWide = isWide || isLineWide;
	lines++;
	pass();
}

export function setLogEnd(address: usize): void {
	logEnd = address;
}

export function endFrame(): void {
	frameEnd = logEnd;
}

/** Makes text of the record; false when TEXT has no room for it. */
export function beginText(): bool {
	logEnd = LOG;
	frameEnd = LOG;
	isExpanded = false;
	isLatin1 = false;
	scratch = TEXT;
	rawStart = start;
	rawEnd = end;
	// Of UTF-16, what is no UTF-8 is half a pair, which JSON can tell.
	if (isWide && encoding === Encoding.bytes && !isUtf8(start, end)) {
		if (TEXT + 2 * (end - start) > TEXT_END) return false;
		isLatin1 = true;
		rawStart = TEXT;
		rawEnd = putLatin1(start, end, TEXT);
		scratch = rawEnd;
	}
	textEnd = rawEnd;
	// Windows programs begin a file with a byte order mark; it belongs to the record, but to no frame.
	if (isLatin1) textStart = hasLatin1ByteOrderMark(rawStart, rawEnd) ? rawStart + 6 : rawStart;
	else textStart = isWide && hasByteOrderMark(rawStart, rawEnd) ? rawStart + 3 : rawStart;
	return true;
}

/** Makes text of the line that was found behind the record, beside that of the record; 0 when there is no room for it. */
export function nextText(): usize {
	if (!isLineWide || encoding !== Encoding.bytes || isUtf8(position, lineEnd)) return position;
	if (scratch + 2 * (lineEnd - position) > TEXT_END) return 0;
	nextTextEnd = putLatin1(position, lineEnd, scratch);
	return scratch;
}

/** Where that text ends. */
export let nextTextEnd: usize = 0;

/** No record stands in memory: captures and texts begin anew. */
export function beginEmpty(): void {
	logEnd = LOG;
	frameEnd = LOG;
	scratch = TEXT;
}

/** The captures in the log are others from now on. */
export function replaceCaptures(behind: usize, usedText: usize): void {
	logEnd = behind;
	scratch = usedText;
	isExpanded = true;
}

/** Address of the capture at a position in the log. */
export function captureAt(position: i32): usize {
	return LOG + <usize>position * CAPTURE;
}

/** Address of the last capture of a slot, 0 for none. */
export function lastOf(slot: i32): usize {
	for (let at = logEnd; at > LOG; ) {
		at -= CAPTURE;
		if (load<i32>(at) === slot) return at;
	}
	return 0;
}

/** Takes all captures of a slot out of the log. */
export function dropCaptures(slot: i32): void {
	let to = LOG;
	let behindFrame = frameEnd;
	for (let at = LOG; at < logEnd; at += CAPTURE) {
		if (load<i32>(at) === slot) {
			if (at < frameEnd) behindFrame -= CAPTURE;
			continue;
		}
		memory.copy(to, at, CAPTURE);
		to += CAPTURE;
	}
	logEnd = to;
	frameEnd = behindFrame;
}
