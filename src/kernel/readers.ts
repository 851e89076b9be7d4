/** The formats: how each is read. Their matchers are loaded when they are first needed. */
import { RULES } from "./memory";
import { logEnd, setLogEnd } from "./record";

/** How a format is read. Matchers are numbers of the table of functions, 0 for none. */
@unmanaged
export class Rules {
	record: u32;
	message: u32;
	/** Knows the format by its text alone. */
	bare: u32;
	/** A byte for each slot, 1 for those that are read again by `expand`; 0 for none. */
	expands: u32;
	/** The options of the logging program are not known yet, so nothing is read. */
	isUndecided: u32;
}

/** Number of the matchers of a format that was not needed so far. */
export const UNLOADED: u32 = 0xffffffff;

/** The format whose matchers are needed first, -1 for none. */
export let unloaded: i32 = -1;

let formats: i32 = 0;

export function setUnloaded(index: i32): void {
	unloaded = index;
}

export function forgetReaders(): void {
	formats = 0;
	unloaded = -1;
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

export function setUndecided(index: i32, isUndecided: bool): void {
	rulesAt(index).isUndecided = isUndecided ? 1 : 0;
}

export function rulesAt(index: i32): Rules {
	return changetype<Rules>(RULES + <usize>index * offsetof<Rules>());
}

export function match(matcher: u32, start: usize, end: usize): bool {
	if (matcher === 0) return false;
	const behind = call_indirect<usize>(matcher, start, end, logEnd);
	if (behind === 0) return false;
	setLogEnd(behind);
	return true;
}

/** Matches without capturing. */
export function test(matcher: u32, start: usize, end: usize): bool {
	return call_indirect<usize>(matcher, start, end, logEnd) !== 0;
}

/** The first format that knows the text, -1 for none; `unloaded` tells whether that is certain. */
export function formatKnowing(start: usize, end: usize): i32 {
	unloaded = -1;
	for (let i = 0; i < formats; i++) {
		const bare = rulesAt(i).bare;
		if (bare === UNLOADED) {
			unloaded = i;
			return -1;
		}
		if (bare !== 0 && test(bare, start, end)) return i;
	}
	return -1;
}
