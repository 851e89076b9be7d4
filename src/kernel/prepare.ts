/** The captures of a frame in the form that all frames have: texts unescaped, months as numbers, a time since 1970 as the parts of a stamp. */
import { isUtf8, putLatin1 } from "./bytes";
import { putStamp, SIZE_OF_STAMP, STAMP_PARTS } from "./epoch";
import { ESCAPES, Flag, flagsOf, Lack, lack } from "./frames";
import { bytesSlot, epochSlot, firstMonthSlot, hasRoomFor, monthSlot, payloadSlot, pointTo, putCapture, yearSlot } from "./layers";
import { CAPTURE } from "./memory";
import { logEnd, scratch, setScratch } from "./record";
import { hasBackslash, putBytes, putCsvText, putJsonText, putPlainText } from "./unescape";

const DIGITS: usize = memory.data<u8>([48, 49, 48, 50, 48, 51, 48, 52, 48, 53, 48, 54, 48, 55, 48, 56, 48, 57, 49, 48, 49, 49, 49, 50]);

/** Puts the captures of a frame into the form that all have: texts unescaped, a time as the parts of a stamp. False when room lacks. */
export function prepare(framing: i32, first: usize): bool {
	const escapes = flagsOf(framing) & ESCAPES;
	const behind = logEnd;
	for (let at = first; at < behind; at += CAPTURE) {
		const slot = load<i32>(at);
		if (slot >= firstMonthSlot && slot < firstMonthSlot + 12) {
			const digits = DIGITS + ((<usize>(slot - firstMonthSlot)) << 1);
			store<i32>(at, monthSlot);
			store<u32>(at, <u32>digits, 4);
			store<u32>(at, <u32>(digits + 2), 8);
		} else if (slot === epochSlot) putParts(at);
		else if (slot === bytesSlot) decodeBytes(at);
		else if (escapes !== 0) unescapeText(at, escapes);
		if (lack !== Lack.nothing) return false;
	}
	return true;
}

function unescapeText(capture: usize, escapes: u32): void {
	const start = <usize>load<u32>(capture, 4);
	const end = <usize>load<u32>(capture, 8);
	if (escapes === <u32>Flag.json && !hasBackslash(start, end)) return;
	if (!hasRoomFor(end - start)) return;
	const to = scratch;
	if (escapes === <u32>Flag.json) pointTo(capture, to, putJsonText(start, end, to));
	else if (escapes === <u32>Flag.csv) pointTo(capture, to, putCsvText(start, end, to));
	else pointTo(capture, to, putPlainText(start, end, to));
}

/** Bytes that are no UTF-8 are characters of Latin-1, as they are in a record. */
function decodeBytes(capture: usize): void {
	const start = <usize>load<u32>(capture, 4);
	const end = <usize>load<u32>(capture, 8);
	if (!hasRoomFor(2 * (end - start))) return;
	const to = scratch;
	const behind = putBytes(start, end, to);
	store<i32>(capture, payloadSlot);
	if (isUtf8(to, behind)) pointTo(capture, to, behind);
	else pointTo(capture, behind, putLatin1(to, behind, behind));
}

/** The parts of a time that stands there as a number. */
function putParts(capture: usize): void {
	const start = <usize>load<u32>(capture, 4);
	const end = <usize>load<u32>(capture, 8);
	if (!hasRoomFor(end - start + SIZE_OF_STAMP)) return;
	const to = scratch;
	const last = putStamp(start, end, to);
	if (last === 0) return;
	for (let part: i32 = 0; part < 6; part++) {
		const places = STAMP_PARTS + ((<usize>part) << 1);
		putCapture(yearSlot + part, to + load<u8>(places), to + load<u8>(places, 1));
	}
	if (last > to + 20) putCapture(yearSlot + 6, to + 20, last);
	putCapture(yearSlot + 7, last, last + 1);
	setScratch(last + 1);
}
