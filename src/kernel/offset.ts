/** The offset of a stamp: how it is written, and how a time is written with it. */
import { copied } from "./bytes";
import { behindDigits } from "./json";
import { day, endOfPart, hour, minute, month, numberOf, second, startOfPart } from "./stamp";

/** Minutes east of UTC; `isNegative` tells `-00:00` from `+00:00`. */
export let writtenOffset: i32 = 0;
export let isNegative: bool = false;

export function setOffset(minutes: i32): void {
	writtenOffset = minutes;
	isNegative = minutes < 0;
}

const UTC: u32 = 0x435455;
const GMT: u32 = 0x544d47;

/** `Z`, `UTC`, `GMT`, `+hhmm`, `+hh:mm`, `+hh`. */
export function readOffset(from: usize, to: usize): bool {
	const sign = load<u8>(from);
	writtenOffset = 0;
	isNegative = false;
	if (to - from === 1 && (sign | 32) === 122) return true;
	const letters = load<u32>(from) & 0xffffff;
	if (to - from === 3 && (letters === UTC || letters === GMT)) return true;
	if (to - from === 3 && (sign === 43 || sign === 45)) {
		const hours = numberOf(from + 1, to);
		isNegative = sign === 45;
		writtenOffset = isNegative ? -hours * 60 : hours * 60;
		return hours >= 0 && hours <= 23;
	}
	if ((sign !== 43 && sign !== 45) || to - from < 5) return false;
	const minutesAt = to - from === 6 && load<u8>(from, 3) === 58 ? from + 4 : from + 3;
	const hours = numberOf(from + 1, from + 3);
	const minutes = numberOf(minutesAt, to);
	if (to - minutesAt !== 2 || hours < 0 || hours > 23 || minutes < 0 || minutes > 59) return false;
	isNegative = sign === 45;
	writtenOffset = isNegative ? -(hours * 60 + minutes) : hours * 60 + minutes;
	return true;
}

/** Where the seconds stand in a time: behind `2026-11-21T02:08:`. */
export const SECONDS: usize = 17;

function putTwo(value: i32, to: usize): void {
	store<u8>(to, <u8>(48 + value / 10));
	store<u8>(to, <u8>(48 + (value % 10)), 1);
}

/** Writes the stamp that was read as `2026-11-21T02:08:09.857+01:00`; gives where it ends, 0 when there is no room for all digits, or they are none. */
export function putTime(ofYear: i32, places: usize, at: usize, limit: usize): usize {
	putTwo(ofYear / 100, at);
	putTwo(ofYear % 100, at + 2);
	store<u8>(at, 45, 4);
	putTwo(month, at + 5);
	store<u8>(at, 45, 7);
	putTwo(day, at + 8);
	store<u8>(at, 84, 10);
	putTwo(hour, at + 11);
	store<u8>(at, 58, 13);
	putTwo(minute, at + 14);
	store<u8>(at, 58, 16);
	putTwo(second, at + SECONDS);
	let to = at + SECONDS + 2;
	if (load<i32>(places + 24) >= 0) {
		const from = startOfPart(places, 6);
		const behind = endOfPart(places, 6);
		if (to + (behind - from) + 24 > limit || behindDigits(from, behind) !== behind) return 0;
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
