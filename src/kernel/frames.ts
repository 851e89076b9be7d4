/** The frames that a text may have: which may begin with its first byte, in their order, and what is asked of each. */
import { BEGINNINGS, CAPTURE, FRAMINGS } from "./memory";
import { programOf, rulesOf } from "./programs";
import { match, setUnloaded, UNLOADED, unloaded } from "./readers";
import { logEnd, setLogEnd } from "./record";

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
	/** `Flag`, and how texts stand in it: `Escapes`. */
	flags: u32;
	/** Slots that must be captured, a bit for each. */
	requires: u64;
	/** A text of so many bytes goes on in the next record; 0 for none. */
	partBytes: u32;
}

export enum Flag {
	/** It has texts to be prepared: parts of a time in other words, and what carriers escape. */
	prepared = 1,
	carrier = 2,
	/** It counts only around a frame, or a text that a format knows. */
	loose = 4,
	/** It counts only when a format knows its program by name. */
	named = 8,
	/** It stands in what a relay passes on. */
	relayed = 16,
	/** Its text may go on in the next record. */
	parts = 32,
	/** It is a record by itself, also when it holds no text. */
	event = 64,
	/** How texts are escaped: three values, 0 for not at all. */
	json = 256,
	csv = 512,
	terminal = 768,
}

export const ESCAPES: u32 = 768;

/** What is missing to tell the frame of a record. */
export enum Lack {
	nothing = 0,
	/** Matchers: of the format `unloaded`, else of the framing `unloadedFraming`. */
	parser = 1,
	/** Who reads what the program at `unnamed` writes. */
	name = 2,
	/** TEXT has no room. */
	text = 3,
	/** LOG has no room. */
	log = 4,
}

export let lack: i32 = Lack.nothing;
export let unloadedFraming: i32 = -1;
/** Address of the capture of a program that nobody knows yet. */
export let unnamed: usize = 0;

let framings: i32 = 0;
/** Tried first: streams seldom change their framing. */
export let recentFraming: i32 = 0;
/** The same for what carriers hold. */
let recentInner: i32 = -1;

/** Slots of captures. */
let payloadSlot: i32 = 0;
let programSlot: i32 = 0;

/** Slots of what a carrier holds, a bit for each. */
let textSlots: u64 = 0;

export function setFrameSlots(payload: i32, program: i32, texts: u64): void {
	payloadSlot = payload;
	programSlot = program;
	textSlots = texts;
}

export function forgetFramings(): void {
	framings = 0;
	recentFraming = 0;
	recentInner = -1;
}

export function setRecentFraming(index: i32): void {
	recentFraming = index;
}

export function setLack(what: i32): void {
	lack = what;
}

export function addFraming(matcher: u32, own: i32, flags: u32, requires: u64, partBytes: u32): void {
	const added = framingAt(framings++);
	added.matcher = matcher;
	added.rules = own;
	added.unfinished = 0;
	added.weak = 0;
	added.flags = flags;
	added.requires = requires;
	added.partBytes = partBytes;
}

export function loadFraming(index: i32, matcher: u32, unfinished: u32, weak: u32): void {
	const loaded = framingAt(index);
	loaded.matcher = matcher;
	loaded.unfinished = unfinished;
	loaded.weak = weak;
}

function framingAt(index: i32): Framing {
	return changetype<Framing>(FRAMINGS + <usize>index * offsetof<Framing>());
}

export function flagsOf(index: i32): u32 {
	return framingAt(index).flags;
}

export function ownerOf(index: i32): i32 {
	return framingAt(index).rules;
}

export function unfinishedOf(index: i32): u32 {
	return framingAt(index).unfinished;
}

export function partBytesOf(index: i32): u32 {
	return framingAt(index).partBytes;
}

/** Reads a text as framed in one way; its captures are appended to the log. False also when something lacks. */
export function matchFraming(index: i32, start: usize, end: usize): bool {
	const one = framingAt(index);
	if (one.matcher === UNLOADED) {
		lack = Lack.parser;
		if (one.rules >= 0) setUnloaded(one.rules);
		else unloadedFraming = index;
		return false;
	}
	const before = logEnd;
	if (!match(one.matcher, start, end)) return false;
	if (one.flags === 0 || holds(one, before)) return true;
	setLogEnd(before);
	return false;
}

/** The captures from an address on are all that is asked of a frame. */
function holds(one: Framing, first: usize): bool {
	let seen: u64 = 0;
	let program: usize = 0;
	for (let at = first; at < logEnd; at += CAPTURE) {
		const slot = load<i32>(at);
		// Two texts in one object: nobody can say which of them counts.
		if (slot === payloadSlot && (seen & ((<u64>1) << payloadSlot)) !== 0) return false;
		if (slot < 64) seen |= (<u64>1) << slot;
		if (slot === programSlot) program = at;
	}
	if ((seen & one.requires) !== one.requires) return false;
	if ((one.flags & Flag.carrier) !== 0 && (seen & textSlots) === 0) return false;
	if ((one.flags & Flag.named) === 0) return true;
	if (program === 0) return false;
	const known = programOf(load<u32>(program, 4), load<u32>(program, 8));
	if (known !== 0) return rulesOf(known) >= 0;
	unnamed = program;
	lack = Lack.name;
	return false;
}

/** Flags of framings that are no sign of a new record by themselves. */
const UNSURE: u32 = Flag.loose | Flag.named | Flag.relayed;

/**
 * Index of the framing of a text, -1 for none; its captures are appended to the log. The first that fits counts, but the one that was seen
 * last is tried before: what it reads, no other reads, unless it is none of the sure ones.
 */
function find(start: usize, end: usize, lists: usize, recent: i32, without: u32): i32 {
	if (framings === 0) return -1;
	if (recent >= 0) {
		if (matchFraming(recent, start, end)) return recent;
		if (lack !== Lack.nothing) return -1;
	}
	// What a frame reads only behind its like goes before frames that say little of themselves.
	let weak: u32 = recent >= 0 ? framingAt(recent).weak : 0;
	const first = start < end ? <usize>load<u8>(start) : 256;
	for (let at = <usize>load<u32>(lists + (first << 2)); load<i32>(at) >= 0; at += 4) {
		const index = load<i32>(at);
		if (index === recent || (flagsOf(index) & without) !== 0) continue;
		if (weak !== 0 && (flagsOf(index) & UNSURE) !== 0) {
			if (match(weak, start, end)) return recent;
			weak = 0;
		}
		if (matchFraming(index, start, end)) return index;
		if (lack !== Lack.nothing) return -1;
	}
	return match(weak, start, end) ? recent : -1;
}

/** The framing of a whole record. */
export function outerFraming(start: usize, end: usize): i32 {
	const found = find(start, end, BEGINNINGS, recentFraming, Flag.relayed);
	if (found >= 0 && found !== recentFraming && (flagsOf(found) & UNSURE) === 0) recentFraming = found;
	return found;
}

/** The framing of what a carrier holds. */
export function innerFraming(start: usize, end: usize, isRelayed: bool): i32 {
	const found = find(start, end, BEGINNINGS, recentInner, isRelayed ? 0 : Flag.relayed);
	if (found >= 0 && (flagsOf(found) & UNSURE) === 0) recentInner = found;
	return found;
}

/** The framing of what stands behind the name of a program. */
export function framingBehindProgram(start: usize, end: usize, lists: usize): i32 {
	return find(start, end, lists, -1, 0);
}

/** The text of a line begins with a frame. */
export function isFramed(start: usize, end: usize): bool {
	const before = logEnd;
	const found = find(start, end, BEGINNINGS, recentFraming, UNSURE);
	setLogEnd(before);
	if (found >= 0) recentFraming = found;
	return found >= 0;
}

/** Something was missing before; what it was is asked for anew. */
export function forgetLack(): void {
	lack = Lack.nothing;
	unloadedFraming = -1;
	if (unloaded >= 0) setUnloaded(-1);
}
