/** Who reads a record: its frame, then the format of the program that the frame names, else the format that knows the text. */
import { CAPTURE, COUNTS, FRAMINGS, LOG, RULES } from "./memory";
import { forgetPrograms, programOf, rulesOf } from "./programs";
import { endFrame, frameEnd, lastOf, logEnd, setLogEnd, textEnd, textStart } from "./record";

/** A way in which records are framed. Matchers are numbers of the table of functions, 0 for none. */
@unmanaged
class Framing {
	matcher: u32;
	/** The format whose own framing it is, -1 for those that all share. */
	rules: i32;
	/** Matches a record that goes on in the next line. */
	unfinished: u32;
	/** Frames more records, but only behind one of this framing: alone it would take those of others. */
	weak: u32;
}

/** How a format is read. */
@unmanaged
class Rules {
	record: u32;
	message: u32;
	/** Knows the format by its text alone. */
	bare: u32;
	/** A byte for each slot, 1 for those that are read again by `expand`; 0 for none. */
	expands: u32;
	/** The options of the logging program are not known yet, so nothing is read. */
	isUndecided: u32;
}

/** The format whose matchers are needed first, -1 for none. */
export let unloaded: i32 = -1;

/** Number of the matchers of a format that was not needed so far. */
export const UNLOADED: u32 = 0xffffffff;

/** No format by name: the text decides. */
export const BY_CONTENT: i32 = -2;
export const NOBODY: i32 = -1;

let framings: i32 = 0;
let formats: i32 = 0;
/** Tried first: streams seldom change their framing. Framings are anchored by their stamps, so the order decides nothing else. */
export let recentFraming: i32 = 0;
/** Reads lines without a frame that nobody knows, -1 for none. */
let forced: i32 = -1;

/** Slots of captures that the engine reads. */
let payloadSlot: i32 = 0;
let contentSlot: i32 = 0;
let programSlot: i32 = 0;

/** The framing of the record, -1 for none. */
export let framing: i32 = -1;
/** The format of the record, -1 for none. */
export let rules: i32 = -1;
/** What the frame carries. */
let payloadStart: usize = 0;
let payloadEnd: usize = 0;
/** Its program as the frame names it, 0 for none. */
export let program: usize = 0;

export function setSlots(payload: i32, content: i32, programs: i32): void {
	payloadSlot = payload;
	contentSlot = content;
	programSlot = programs;
}

export function forgetRoutes(): void {
	framings = 0;
	formats = 0;
	recentFraming = 0;
	forced = -1;
	forgetPrograms();
}

export function setForced(index: i32): void {
	forced = index;
}

export function setRecentFraming(index: i32): void {
	recentFraming = index;
}

export function addFraming(matcher: u32, own: i32, unfinished: u32): void {
	const added = framingAt(framings++);
	added.matcher = matcher;
	added.rules = own;
	added.unfinished = unfinished;
	added.weak = 0;
}

export function addRules(hasBare: bool): void {
	const added = rulesAt(formats++);
	added.record = UNLOADED;
	added.message = UNLOADED;
	added.bare = hasBare ? UNLOADED : 0;
	added.expands = 0;
	added.isUndecided = 0;
}

/** The matchers of a format, and its flags of slots that are expanded. */
export function loadRules(index: i32, record: u32, message: u32, bare: u32, expands: u32): void {
	const rules = rulesAt(index);
	rules.record = record;
	rules.message = message;
	rules.bare = bare;
	rules.expands = expands;
}

export function loadFraming(index: i32, matcher: u32, unfinished: u32, weak: u32): void {
	const loaded = framingAt(index);
	loaded.matcher = matcher;
	loaded.unfinished = unfinished;
	loaded.weak = weak;
}

export function setUndecided(index: i32, isUndecided: bool): void {
	rulesAt(index).isUndecided = isUndecided ? 1 : 0;
}

function framingAt(index: i32): Framing {
	return changetype<Framing>(FRAMINGS + <usize>index * offsetof<Framing>());
}

function rulesAt(index: i32): Rules {
	return changetype<Rules>(RULES + <usize>index * offsetof<Rules>());
}

function match(matcher: u32, start: usize, end: usize): bool {
	if (matcher === 0) return false;
	const behind = call_indirect<usize>(matcher, start, end, logEnd);
	if (behind === 0) return false;
	setLogEnd(behind);
	return true;
}

/** Matches without capturing. */
function test(matcher: u32, start: usize, end: usize): bool {
	return call_indirect<usize>(matcher, start, end, logEnd) !== 0;
}

/** Index of the framing of a text, -1 for none; its captures are appended to the log. */
function frameOf(start: usize, end: usize): i32 {
	if (framings === 0) return -1;
	unloaded = -1;
	for (let i = -1; i < framings; i++) {
		if (i === recentFraming) continue;
		const one = framingAt(i < 0 ? recentFraming : i);
		if (one.matcher === UNLOADED) {
			unloaded = one.rules;
			return -1;
		}
		if (!match(one.matcher, start, end)) continue;
		if (i < 0) return recentFraming;
		recentFraming = i;
		return i;
	}
	return match(framingAt(recentFraming).weak, start, end) ? recentFraming : -1;
}

/** Frames the record. */
export function frame(): void {
	framing = frameOf(textStart, textEnd);
	endFrame();
}

/** Nothing is captured of the record. */
export function skipFrame(): void {
	framing = -1;
	endFrame();
}

/** The text of a line begins with a frame. */
export function isFramed(start: usize, end: usize): bool {
	const before = logEnd;
	const found = frameOf(start, end);
	setLogEnd(before);
	return found >= 0;
}

/** Records in the frame of this one may go on in lines without a frame. */
export function mayGoOn(): bool {
	return framing >= 0 && framingAt(framing).unfinished !== 0;
}

/** Where the text that the frame carries begins; 0 when it carries none. */
export function carriedFrom(): usize {
	const capture = lastOf(payloadSlot);
	return capture === 0 ? 0 : <usize>load<u32>(capture, 4);
}

/** The record goes on in the next line, if that line has no frame of its own. */
export function isUnfinished(): bool {
	if (framing < 0) return false;
	const unfinished = framingAt(framing).unfinished;
	return unfinished !== 0 && test(unfinished, textStart, textEnd);
}

/** The frame as it was captured; false when it carries no text (`last message repeated`), so that the record is nobody's. */
function findPayload(): bool {
	if (framing < 0) {
		payloadStart = textStart;
		payloadEnd = textEnd;
		return true;
	}
	const capture = lastOf(payloadSlot);
	if (capture === 0) return false;
	payloadStart = load<u32>(capture, 4);
	payloadEnd = load<u32>(capture, 8);
	return true;
}

/** Finds out who reads the record; false when nobody knows yet who reads what `program` writes. */
export function route(): bool {
	rules = -1;
	program = 0;
	if (!findPayload()) return true;
	if (framing < 0) {
		rules = byContent();
		if (rules < 0 && unloaded < 0) rules = forced;
		return true;
	}
	rules = framingAt(framing).rules;
	if (rules >= 0) return true;
	program = lastOf(programSlot);
	if (program === 0) {
		rules = byContent();
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

/** The first format that knows the text, -1 for none. */
function byContent(): i32 {
	unloaded = -1;
	for (let i = 0; i < formats; i++) {
		const bare = rulesAt(i).bare;
		if (bare === UNLOADED) {
			unloaded = i;
			return -1;
		}
		if (bare !== 0 && test(bare, payloadStart, payloadEnd)) return i;
	}
	return -1;
}

/** The matchers of the record's format were not needed so far. */
export function isUnloaded(): bool {
	if (rules >= 0 && rulesAt(rules).record === UNLOADED) unloaded = rules;
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
	for (let at = logEnd; at > LOG; ) {
		at -= CAPTURE;
		if (load<u8>(expands + <usize>load<u32>(at)) !== 0) return at;
	}
	return 0;
}

export function count(): void {
	const at = COUNTS + ((<usize>(rules + 1)) << 2);
	store<u32>(at, load<u32>(at) + 1);
}
