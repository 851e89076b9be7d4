/**
 * Bytes → physical lines. JavaScript puts bytes behind `limit` and moves what is not read yet; here the next line is found.
 * Only a carriage return directly before the line feed belongs to the line end.
 */
import { findLineFeed, isWide } from "./bytes";

/** Where the next line begins, and where the bytes end. */
export let position: usize = 0;
export let limit: usize = 0;
/** No more bytes will come. */
export let isEnded: bool = false;
/** Longest line in bytes, without its end. */
export let maxLine: u32 = 1048576;
/** The bytes were something else before they were UTF-8. */
export let isTranscoded: bool = false;

export function setTranscoded(value: bool): void {
	isTranscoded = value;
}

/** Number of the next line, from 1. */
export let lineNumber: f64 = 1;
/** The next bytes belong to a line of which a piece was given already. */
export let isWithinCutLine: bool = false;

/** Up to where there is no line feed behind `position`. */
let searched: usize = 0;

/** What ends a line: nothing where it was cut, or the input ended. */
export enum End {
	feed = 0,
	none = 1,
	carriage_return = 2,
}

/** The line that was found: its end, what ends it, and where the next one begins. */
export let lineEnd: usize = 0;
export let lineEol: i32 = 0;
export let lineNext: usize = 0;
/** It is a piece of one that is longer than `maxLine`. */
export let isLineCut: bool = false;
/** It may hold bytes beyond ASCII. */
export let isLineWide: bool = false;

/** Bytes were moved within the memory. */
export function moveLines(shift: i32): void {
	// What stood in front of the next line may be gone, and where it would stand now may be no address.
	searched = (searched > position ? searched : position) + shift;
	position += shift;
	limit += shift;
}

/** Finds the line that begins at an address; false when more bytes are needed, or there are none. */
export function findLine(start: usize): bool {
	const from = searched > start ? searched : start;
	const found = findLineFeed(from, limit);
	// Bytes that were searched before may be beyond ASCII, too.
	isLineWide = isWide || from > start;
	if (found === limit) return findUnterminated(start);
	const isCrLf = found > start && load<u8>(found - 1) === 13;
	const end = isCrLf ? found - 1 : found;
	if (end - start > maxLine) {
		searched = found;
		return showPiece(start);
	}
	lineEnd = end;
	lineEol = isCrLf ? End.carriage_return : End.feed;
	lineNext = found + 1;
	isLineCut = isWithinCutLine;
	return true;
}

function findUnterminated(start: usize): bool {
	const length = limit - start;
	searched = limit;
	if (!isEnded) {
		// Two bytes more than the limit: the last may be the carriage return of a line end, which does not count. So the pieces are
		// the same however the input was cut into blocks.
		return length >= maxLine + 2 ? showPiece(start) : false;
	}
	if (length === 0) return false;
	if (length > maxLine) return showPiece(start);
	lineEnd = limit;
	lineEol = End.none;
	lineNext = limit;
	isLineCut = isWithinCutLine;
	return true;
}

function showPiece(start: usize): bool {
	lineEnd = start + maxLine;
	// Characters of UTF-16 are not cut: half of one has no place in the original.
	if (isTranscoded) while (lineEnd > start + 1 && (load<u8>(lineEnd) & 0xc0) === 0x80) lineEnd--;
	lineEol = End.none;
	lineNext = lineEnd;
	isLineCut = true;
	isLineWide = true;
	return true;
}

/** The line that was found is done with. */
export function passLine(): void {
	position = lineNext;
	if (lineEol !== End.none) lineNumber += 1;
	isWithinCutLine = isLineCut && lineEol === End.none;
}

/** Lines begin at an address, with this number. */
export function beginLines(address: usize, number: f64, isWithin: bool): void {
	position = address;
	limit = address;
	searched = address;
	lineNumber = number;
	isWithinCutLine = isWithin;
}
