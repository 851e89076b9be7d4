/** The offset of stamps that tell none: a fixed one, or that of a zone, whose offsets JavaScript looks up by quarters of an hour. */
import { ZONES } from "./memory";

/** How the offset of a stamp is known: words of `time_basis.zone`. */
export enum ZoneBasis {
	line = 0,
	option = 1,
	assumed = 2,
}

/** Nothing was given, an offset was, a zone with daylight saving was. */
export enum Zone {
	none = 0,
	fixed = 1,
	named = 2,
}

/** Zones change their offset on quarters of an hour of local time. */
export const QUARTER: i32 = 900;
/** No second offset. */
export const ONCE: i32 = 0x7fff;

let zone: i32 = Zone.none;
let fixed: i32 = 0;
/** The last stamp lay in an hour that happens twice: its local time, and whether that was the second time. */
export let isRepeated: bool = false;
export let repeatedWall: i64 = 0;
export let isSecond: bool = false;
/** The quarter that is asked for. */
export let quarter: i32 = 0;
/** The offset that was found, in minutes. */
export let offset: i32 = 0;
/** Stamps had no zone of their own. */
export let isZoneless: bool = false;

export function setZone(kind: i32, minutes: i32): void {
	zone = kind;
	fixed = minutes;
	isRepeated = false;
	isSecond = false;
	isZoneless = false;
	// No quarter: the number of such bytes lies beyond all years.
	memory.fill(ZONES, 0x80, 12 * 1024);
}

/** The last stamp lay in an hour that happens twice, for state that was saved. */
export function setRepeated(wall: f64, isLater: bool): void {
	isRepeated = true;
	repeatedWall = <i64>wall;
	isSecond = isLater;
}

/** `repeatedWall` as a number of JavaScript. */
export function repeatedAt(): f64 {
	return <f64>repeatedWall;
}

export function isAssumed(): bool {
	return zone === Zone.none;
}

function placeOf(wanted: i32): usize {
	return ZONES + <usize>(wanted & 1023) * 12;
}

/** Remembers the offsets of the quarter that was asked for: in minutes, the second one for a local time that happens twice, or `ONCE`. */
export function putOffsets(first: i32, second: i32): void {
	const at = placeOf(quarter);
	store<i32>(at, quarter);
	store<i32>(at, first, 4);
	store<i32>(at, second, 8);
}

/** Finds the offset of a local time; false when JavaScript has to tell those of its quarter first. */
export function findOffset(wall: i64): bool {
	if (zone !== Zone.named) {
		isZoneless = true;
		offset = zone === Zone.fixed ? fixed : 0;
		return true;
	}
	quarter = <i32>((wall - (((wall % QUARTER) + QUARTER) % QUARTER)) / QUARTER);
	const at = placeOf(quarter);
	if (load<i32>(at) !== quarter) return false;
	const second = load<i32>(at, 8);
	isZoneless = true;
	if (second === ONCE) {
		isRepeated = false;
		isSecond = false;
		offset = load<i32>(at, 4);
		return true;
	}
	// More than disorder between processes: the clocks were put back between the two lines.
	if (isRepeated && wall < repeatedWall - 2 * QUARTER) isSecond = true;
	isRepeated = true;
	repeatedWall = wall;
	offset = isSecond ? second : load<i32>(at, 4);
	return true;
}
