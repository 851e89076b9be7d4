/** Who reads a record: the format of the program that its frame names, else the format that knows the text. */
import { carriers, framing } from "./carriers";
import { Flag, flagsOf, ownerOf, unfinishedOf } from "./frames";
import { CAPTURE, COUNTS } from "./memory";
import { programOf, rulesOf } from "./programs";
import { formatKnowing, match, rulesAt, setUnloaded, test, UNLOADED, unloaded } from "./readers";
import { frameEnd, isBlank, lastOf, logEnd, textEnd, textStart } from "./record";

/** No format by name: the text decides. */
export const BY_CONTENT: i32 = -2;
export const NOBODY: i32 = -1;

/** Reads lines without a frame that nobody knows, -1 for none. */
let forced: i32 = -1;

/** Slots of captures that the engine reads. */
let payloadSlot: i32 = 0;
let contentSlot: i32 = 0;
let programSlot: i32 = 0;

/** The format of the record, -1 for none. */
export let rules: i32 = -1;
/** What the frame carries. */
let payloadStart: usize = 0;
let payloadEnd: usize = 0;
/** Its program as the frame names it, 0 for none. */
export let program: usize = 0;
/** Records that no format has to read: blank ones, and those whose frame says all. */
export let blanks: u32 = 0;

export function setSlots(payload: i32, content: i32, programs: i32): void {
	payloadSlot = payload;
	contentSlot = content;
	programSlot = programs;
}

export function setForced(index: i32): void {
	forced = index;
}

/** Records in the frame of this one may go on in lines without a frame. */
export function mayGoOn(): bool {
	return framing >= 0 && carriers === 0 && unfinishedOf(framing) !== 0;
}

/** Where the text that the frame carries begins; 0 when it carries none. */
export function carriedFrom(): usize {
	const capture = lastOf(payloadSlot);
	return capture === 0 ? 0 : <usize>load<u32>(capture, 4);
}

/** The record goes on in the next line, if that line has no frame of its own. */
export function isUnfinished(): bool {
	return mayGoOn() && test(unfinishedOf(framing), textStart, textEnd);
}

const SPACE: u8 = 32;

/**
 * The text that the frame carries; false when it carries none, so that the record is nobody's. Blanks at its end are no part of it: many
 * a program on the way of a log takes them away, or adds some.
 */
function findPayload(): bool {
	payloadStart = textStart;
	payloadEnd = textEnd;
	const capture = lastOf(payloadSlot);
	if (capture !== 0) {
		payloadStart = load<u32>(capture, 4);
		payloadEnd = load<u32>(capture, 8);
	} else if (framing >= 0) return false;
	while (payloadEnd > payloadStart && load<u8>(payloadEnd - 1) === SPACE) payloadEnd--;
	return true;
}

/** Finds out who reads the record; false when nobody knows yet who reads what `program` writes. */
export function route(): bool {
	rules = -1;
	program = 0;
	setUnloaded(-1);
	if (!findPayload()) return true;
	if (framing >= 0) {
		rules = ownerOf(framing);
		if (rules >= 0) return true;
	}
	if (framing >= 0 || carriers > 0) program = lastOf(programSlot);
	if (program === 0) {
		rules = byContent();
		if (framing < 0 && rules < 0 && unloaded < 0) rules = forced;
		return true;
	}
	const known = programOf(load<u32>(program, 4), load<u32>(program, 8));
	if (known === 0) return false;
	rules = rulesOf(known);
	if (rules !== BY_CONTENT) return true;
	rules = byContent();
	// A program that writes records of a format once writes all its records so: JavaScript keeps that.
	return rules < 0;
}

/** The record is read by this format, or by the one that knows its text. */
export function routeTo(index: i32): void {
	rules = index === BY_CONTENT ? byContent() : index;
}

function byContent(): i32 {
	return formatKnowing(payloadStart, payloadEnd);
}

/** The matchers of the record's format were not needed so far. */
export function isUnloaded(): bool {
	if (rules >= 0 && rulesAt(rules).record === UNLOADED) setUnloaded(rules);
	return unloaded >= 0;
}

/** Options of the format are not known yet. */
export function isUndecided(): bool {
	return rules >= 0 && rulesAt(rules).isUndecided !== 0;
}

/** Lets the format read what the frame carries; what it refuses is nobody's. */
export function read(): void {
	if (rules < 0) return;
	const format = rulesAt(rules);
	if (!match(format.record, payloadStart, payloadEnd)) {
		rules = -1;
		return;
	}
	if (format.message === 0) return;
	const content = lastOf(contentSlot);
	if (content >= frameEnd) match(format.message, load<u32>(content, 4), load<u32>(content, 8));
}

/** The case label whose captures `expand` reads again: its address in the log, 0 for none. */
export function expanding(): usize {
	if (rules < 0) return 0;
	const expands = <usize>rulesAt(rules).expands;
	if (expands === 0) return 0;
	for (let at = logEnd; at > frameEnd; ) {
		at -= CAPTURE;
		if (load<u8>(expands + <usize>load<u32>(at)) !== 0) return at;
	}
	return 0;
}

/** The record is an event though no format reads it: its frame says all. */
export function isOwnEvent(): bool {
	return rules < 0 && framing >= 0 && (flagsOf(framing) & Flag.event) !== 0;
}

export function count(): void {
	if (isBlank || isOwnEvent()) {
		blanks++;
		return;
	}
	const at = COUNTS + ((<usize>(rules + 1)) << 2);
	store<u32>(at, load<u32>(at) + 1);
}

export function forgetBlanks(): void {
	blanks = 0;
}
