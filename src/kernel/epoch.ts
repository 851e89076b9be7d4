/**
 * A time since 1970, as the text of a stamp: `1795223315.123456`, or without a point in thousandths, millionths or billionths of a second.
 * Which of these they are follows from the number of digits, for all times from 2001 to 2286.
 */
import { behindDigits, putDigits } from "./json";

/** Bytes that a stamp may need besides its fraction. */
export const SIZE_OF_STAMP: usize = 64;

/** Where the parts stand in the stamp that was written: `2026-11-21T02:08:35.123456Z`. */
export const STAMP_PARTS: usize = memory.data<u8>([0, 4, 5, 7, 8, 10, 11, 13, 14, 16, 17, 19]);

const DAY: u64 = 86_400;
/** Digits of seconds, behind which those of a fraction stand when there is no point. */
const DIGITS_OF_SECONDS: usize = 10;
/** Seconds of the first day that has a year of five digits. */
const TOO_LATE: u64 = 253_402_300_800;

function putTwo(value: u32, to: usize): void {
	store<u8>(to, <u8>(48 + value / 10));
	store<u8>(to, <u8>(48 + (value % 10)), 1);
}

/** Days since 1970-01-01 as a date: the months begin in March, so that the day that not every year has is the last one. */
function putDate(days: u32, to: usize): void {
	const shifted = days + 719_468;
	const era = shifted / 146_097;
	const ofEra = shifted - era * 146_097;
	const yearOfEra = (ofEra - ofEra / 1460 + ofEra / 36_524 - ofEra / 146_096) / 365;
	const ofYear = ofEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
	const shiftedMonth = (5 * ofYear + 2) / 153;
	const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
	putDigits(yearOfEra + era * 400 + (month <= 2 ? 1 : 0), to);
	store<u8>(to, 45, 4);
	putTwo(month, to + 5);
	store<u8>(to, 45, 7);
	putTwo(ofYear - (153 * shiftedMonth + 2) / 5 + 1, to + 8);
	store<u8>(to, 84, 10);
}

/** Writes the stamp of a time; gives where its fraction ends, with `Z` behind it, or 0 when it is no such time. */
export function putStamp(from: usize, end: usize, to: usize): usize {
	const point = behindDigits(from, end);
	const isWhole = point === end && end - from > DIGITS_OF_SECONDS + 1;
	const behind = isWhole ? from + DIGITS_OF_SECONDS : point;
	const fraction = isWhole ? behind : point < end ? point + 1 : end;
	if (behind === from || behind - from > 12 || behindDigits(fraction, end) !== end) return 0;
	let seconds: u64 = 0;
	for (let at = from; at < behind; at++) seconds = seconds * 10 + (load<u8>(at) - 48);
	if (seconds >= TOO_LATE) return 0;
	putDate(<u32>(seconds / DAY), to);
	const ofDay = <u32>(seconds % DAY);
	putTwo(ofDay / 3600, to + 11);
	store<u8>(to, 58, 13);
	putTwo((ofDay / 60) % 60, to + 14);
	store<u8>(to, 58, 16);
	putTwo(ofDay % 60, to + 17);
	let last = to + 19;
	if (fraction < end) {
		store<u8>(last++, 46);
		for (let at = fraction; at < end; at++) store<u8>(last++, load<u8>(at));
	}
	store<u8>(last, 90);
	return last;
}
