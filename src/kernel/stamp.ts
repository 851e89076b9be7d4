/** The parts of a stamp, at places as told in time.ts, and the stamp of a frame. */
import { carriers } from "./carriers";
import { isMarker } from "./layers";
import { CAPTURE, LOG } from "./memory";
import { captureAt, frameEnd, isExpanded } from "./record";
import { daysOf, inYear } from "./years";

/** Where the places tell whether the stamp is followed, or that of its frame. */
export const IS_FOLLOWED: usize = 44;
export const IS_FRAME_FOLLOWED: usize = 48;

export function startOfPart(places: usize, part: i32): usize {
	return load<u32>(captureAt(load<i32>(places + ((<usize>part) << 2))), 4);
}

export function endOfPart(places: usize, part: i32): usize {
	return load<u32>(captureAt(load<i32>(places + ((<usize>part) << 2))), 8);
}

/** A number of ASCII digits; -1 for other texts and for long ones. */
export function numberOf(from: usize, to: usize): i32 {
	if (from === to || to - from > 4) return -1;
	let value: i32 = 0;
	for (; from < to; from++) {
		const digit = <i32>load<u8>(from) - 48;
		if (digit < 0 || digit > 9) return -1;
		value = value * 10 + digit;
	}
	return value;
}

function partOf(places: usize, part: i32): i32 {
	return load<i32>(places + ((<usize>part) << 2)) < 0 ? -1 : numberOf(startOfPart(places, part), endOfPart(places, part));
}

/** The first letters of the months, in lower case. */
const MONTHS: usize = memory.data<u32>([
	0x6e616a, 0x626566, 0x72616d, 0x727061, 0x79616d, 0x6e756a, 0x6c756a, 0x677561, 0x706573, 0x74636f, 0x766f6e, 0x636564,
]);

/** Month from 1, of `Nov`, `NOV` or `11`; 0 when it is none. */
export function monthOf(from: usize, to: usize): i32 {
	if (to - from !== 3) {
		const month = numberOf(from, to);
		return month >= 1 && month <= 12 ? month : 0;
	}
	const letters = (load<u32>(from) & 0xffffff) | 0x202020;
	for (let month = 0; month < 12; month++) if (load<u32>(MONTHS + ((<usize>month) << 2)) === letters) return month + 1;
	return 0;
}

/** The stamp that was read: its parts, its place in the year, and the year that it tells; -1 for none. */
export let month: i32 = 0;
export let day: i32 = 0;
export let hour: i32 = 0;
export let minute: i32 = 0;
export let second: i32 = 0;
export let stampPlace: i32 = 0;
export let stampYear: i32 = 0;

/** Reads the parts at places; false when they are no real date and clock. */
export function readParts(places: usize): bool {
	month = load<i32>(places + 4) < 0 ? 0 : monthOf(startOfPart(places, 1), endOfPart(places, 1));
	day = partOf(places, 2);
	hour = partOf(places, 3);
	minute = partOf(places, 4);
	second = partOf(places, 5);
	stampYear = partOf(places, 0);
	if (month === 0 || day < 1 || day > daysOf(2000, month) || hour < 0 || hour > 23) return false;
	if (minute < 0 || minute > 59 || second < 0 || second > 60 || (load<i32>(places) >= 0 && stampYear < 0)) return false;
	stampPlace = inYear(month, day);
	return true;
}

/** The slot of a year, which those of the other parts follow. */
let yearSlot: i32 = 0;

export function setStampSlots(ofYear: i32): void {
	yearSlot = ofYear;
}

const PARTS: i32 = 8;
/** Positions of the parts in the frame. */
export const FRAME_PLACES: usize = memory.data(32, 4);

/** Finds the parts of a stamp among the captures of a layer; false when there is none. */
function findParts(first: usize, behind: usize): bool {
	memory.fill(FRAME_PLACES, 0xff, 32);
	let position = <i32>((first - LOG) / CAPTURE);
	for (let at = first; at < behind; at += CAPTURE, position++) {
		const part = load<i32>(at) - yearSlot;
		if (part >= 0 && part < PARTS) store<i32>(FRAME_PLACES + ((<usize>part) << 2), position);
	}
	return load<i32>(FRAME_PLACES + 8) >= 0;
}

/** Where the captures of the layer begin that ends at an address. */
function beginOfLayer(behind: usize): usize {
	for (let at = behind; at > LOG; at -= CAPTURE) if (at < behind && isMarker(load<i32>(at - CAPTURE))) return at;
	return LOG;
}

/**
 * Finds the stamp of the frame that is followed; false when it has none. That is the innermost one, unless it leaves the year out and a carrier
 * around it does not: then that of the carrier.
 */
export function findFrame(): bool {
	if (carriers === 0) return findParts(LOG, frameEnd);
	let innermost: usize = 0;
	let endOfInnermost: usize = 0;
	for (let behind = frameEnd; ; ) {
		const first = beginOfLayer(behind);
		if (findParts(first, behind)) {
			if (load<i32>(FRAME_PLACES) >= 0) return true;
			if (innermost === 0) {
				innermost = first;
				endOfInnermost = behind;
			}
		}
		if (first === LOG) break;
		behind = first;
	}
	return innermost !== 0 && findParts(innermost, endOfInnermost);
}

/** The stamp of the frame, of a record whose captures are replaced: whether it is real, and what it tells. */
let isKept: bool = false;
let keptPlace: i32 = 0;
let keptYear: i32 = 0;

/** Keeps the stamp of the frame: the captures will be replaced. */
export function keepFrame(): void {
	isKept = findFrame() && readParts(FRAME_PLACES);
	keptPlace = stampPlace;
	keptYear = stampYear;
}

/** Reads the stamp of the frame; false when there is no real one. */
export function readFrame(): bool {
	if (!isExpanded) return findFrame() && readParts(FRAME_PLACES);
	stampPlace = keptPlace;
	stampYear = keptYear;
	return isKept;
}

/** Reads the stamp of the record that is followed; false when there is none. */
export function readFollowed(places: usize): bool {
	return load<u32>(places + IS_FRAME_FOLLOWED) !== 0 ? readFrame() : load<u32>(places + IS_FOLLOWED) !== 0 && readParts(places);
}
