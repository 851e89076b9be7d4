/** The log of captures while frames are read: slots that are known here, and captures that are looked for, put there and changed. */
import { Lack, setLack } from "./frames";
import { CAPTURE, LOG_END, TEXT_END } from "./memory";
import { logEnd, scratch, setLogEnd, setScratch } from "./record";

/** From here on slots are markers. */
export const MARKERS: i32 = 0x10000;
/** Slots of captures; `carrier` is the first of those that carriers have of their own. */
export let payloadSlot: i32 = 0;
export let programSlot: i32 = 0;
export let monthSlot: i32 = 0;
export let yearSlot: i32 = 0;
export let epochSlot: i32 = 0;
export let originalSlot: i32 = 0;
export let bytesSlot: i32 = 0;
export let partialSlot: i32 = 0;
export let containerSlot: i32 = 0;
export let streamSlot: i32 = 0;
export let relayedSlot: i32 = 0;
export let containedSlot: i32 = 0;
export let firstMonthSlot: i32 = 0;

export function setCarrierSlots(payload: i32, program: i32, year: i32, month: i32, epoch: i32, original: i32, bytes: i32): void {
	payloadSlot = payload;
	programSlot = program;
	yearSlot = year;
	monthSlot = month;
	epochSlot = epoch;
	originalSlot = original;
	bytesSlot = bytes;
}

export function setStreamSlots(partial: i32, container: i32, stream: i32, relayed: i32, contained: i32, firstMonth: i32): void {
	partialSlot = partial;
	containerSlot = container;
	streamSlot = stream;
	relayedSlot = relayed;
	containedSlot = contained;
	firstMonthSlot = firstMonth;
}

export function isMarker(slot: i32): bool {
	return slot >= MARKERS || slot === relayedSlot || slot === containedSlot;
}

/** Address of the last capture of a slot from an address on, 0 for none. */
export function lastFrom(first: usize, slot: i32): usize {
	for (let at = logEnd; at > first; ) {
		at -= CAPTURE;
		if (load<i32>(at) === slot) return at;
	}
	return 0;
}

export function putCapture(slot: i32, start: usize, end: usize): void {
	if (logEnd + 2 * CAPTURE > LOG_END) {
		setLack(Lack.log);
		return;
	}
	store<i32>(logEnd, slot);
	store<u32>(logEnd, <u32>start, 4);
	store<u32>(logEnd, <u32>end, 8);
	setLogEnd(logEnd + CAPTURE);
}

/** There is room for so many bytes behind what is used of TEXT. */
export function hasRoomFor(size: usize): bool {
	if (scratch + size + 64 <= TEXT_END) return true;
	setLack(Lack.text);
	return false;
}

/** The capture is a piece of TEXT, which is used up to its end. */
export function pointTo(capture: usize, start: usize, end: usize): void {
	store<u32>(capture, <u32>start, 4);
	store<u32>(capture, <u32>end, 8);
	setScratch(end);
}
