/**
 * What JavaScript computed from texts, so that it need not be asked again when the same texts come: values of the event, the
 * entry of a code, the level that words tell, the date that an id holds.
 *
 * A computation is: its table, what it gives (`Gives`), its last result (0 for none), number of spans, a position in the log for each of them (-1 for none).
 * A table has 1024 places, in sets of four, each for one result. A result is: its room, where the texts stand that it was computed from (each behind
 * its length, ABSENT for one that is not there), its number (an entry, a level, a date; 0 for none), number of values, then start and end of the JSON of each value,
 * with a start of 0 for one that is not there.
 */
import { areSame, copied, hashed } from "./bytes";
import { KEY, VALUES } from "./memory";
import { planned } from "./plan";
import { captureAt } from "./record";

/** Places in a table: a power of two. */
export const TABLE_SIZE: u32 = 1024;
/** Places in which a result may stand. */
const WAYS: u32 = 4;

/** Length of a text that is not there: an empty one may give something else. */
export const ABSENT: u32 = 0xffffffff;

/** What the number of a result means. */
export enum Gives {
	values = 0,
	entry = 1,
	level = 2,
	/** Higher ones are dates, the best is the lowest. */
	date = 3,
}

/** Of the record: its entry from 1, its level, and the date that it tells (`dateOf` of time.ts); 0 for none. */
export let entry: i32 = 0;
export let level: i32 = 0;
export let date: i32 = 0;
/** What told the date; the lowest is the best. */
let best: u32 = 0;

/** Words of the key in front of those that tell which values there are. */
export const PRESENT: usize = 16;

function startOf(position: i32): usize {
	return position < 0 ? 0 : load<u32>(captureAt(position), 4);
}

function endOf(position: i32): usize {
	return position < 0 ? 0 : load<u32>(captureAt(position), 8);
}

/** The first of the places in which the result for a computation may stand. */
function setOf(computation: usize): usize {
	const end = behindSpans(computation);
	let hash: u32 = 0;
	for (let span = computation + 16; span < end; span += 4) {
		const position = load<i32>(span);
		hash = hashed(hash, startOf(position), endOf(position));
	}
	return <usize>load<u32>(computation) + ((<usize>((hash ^ (hash >>> 15)) & (TABLE_SIZE - WAYS))) << 2);
}

/** The result was computed from the same texts. */
function isFor(result: usize, computation: usize): bool {
	let kept = <usize>load<u32>(result, 4);
	const end = behindSpans(computation);
	for (let span = computation + 16; span < end; span += 4) {
		const position = load<i32>(span);
		const length = load<u32>(kept);
		kept += 4;
		if (position < 0) {
			if (length !== ABSENT) return false;
			continue;
		}
		const capture = captureAt(position);
		const start = <usize>load<u32>(capture, 4);
		if (load<u32>(capture, 8) - <u32>start !== length || !areSame(start, start + length, kept)) return false;
		kept += length;
	}
	return true;
}

function behindSpans(computation: usize): usize {
	return computation + 16 + ((<usize>load<u32>(computation, 12)) << 2);
}

/** The computation that has no result yet. */
let missed: usize = 0;

/** Bytes of its texts, as they stand in a result. */
export function sizeOfTexts(): usize {
	let size: usize = 0;
	for (let span = missed + 16; span < behindSpans(missed); span += 4) {
		const position = load<i32>(span);
		size += 4 + endOf(position) - startOf(position);
	}
	return size;
}

/** Puts those texts at an address, with slack behind them; gives where they end. */
export function putTexts(to: usize): usize {
	for (let span = missed + 16; span < behindSpans(missed); span += 4) {
		const position = load<i32>(span);
		const start = startOf(position);
		const end = endOf(position);
		store<u32>(to, position < 0 ? ABSENT : <u32>(end - start));
		to = copied(start, end, to + 4);
	}
	return to;
}

/** Where the result that is missing should be put: a place that is empty, or the one that was filled longest ago. */
export let vacant: usize = 0;
let turn: u32 = 0;

/** The result for a computation, 0 when it is not known. */
function resultOf(computation: usize): usize {
	const last = <usize>load<u32>(computation, 8);
	if (last !== 0 && isFor(last, computation)) return last;
	const set = setOf(computation);
	for (let way: u32 = 0; way < WAYS; way++) {
		const result = <usize>load<u32>(set + ((<usize>way) << 2));
		if (result === 0) {
			vacant = set + ((<usize>way) << 2);
			return 0;
		}
		if (!isFor(result, computation)) continue;
		store<u32>(computation, <u32>result, 8);
		return result;
	}
	vacant = set + ((<usize>(turn++ % WAYS)) << 2);
	return 0;
}

/** Forgets the results of the record before. */
export function beginResults(): void {
	entry = planned().entry;
	level = 0;
	date = 0;
	best = 0xffffffff;
	const words = (planned().values + 31) >>> 5;
	for (let w: u32 = 0; w < words; w++) store<u32>(KEY + PRESENT + ((<usize>w) << 2), 0);
}

/** Uses a number that was computed. */
export function setNumber(gives: u32, number: i32): void {
	if (number === 0) return;
	if (gives === Gives.entry) entry = number;
	else if (gives === Gives.level) level = number;
	else if (gives >= <u32>Gives.date && gives < best) {
		best = gives;
		date = number;
	}
}

/** Finds the results of the plan's computations. Gives -1, or the index of the first computation that has none yet. */
export function findResults(): i32 {
	beginResults();
	const computations = <usize>planned().computations;
	if (computations === 0) return -1;
	const count = load<i32>(computations);
	let computation = computations + 4;
	let value: u32 = 0;
	for (let i = 0; i < count; i++) {
		const result = resultOf(computation);
		if (result === 0) {
			missed = computation;
			return i;
		}
		setNumber(load<u32>(computation, 4), load<i32>(result, 8));
		const values = result + 16 + ((<usize>load<u32>(result, 12)) << 3);
		for (let at = result + 16; at < values; at += 8, value++) setValue(value, load<u32>(at), load<u32>(at, 4));
		computation = behindSpans(computation);
	}
	return -1;
}

/** Address of a computed value of the record. */
export function valueAt(index: u32): usize {
	return VALUES + ((<usize>index) << 3);
}

/** A computed value of the record: the piece with its JSON, a start of 0 for none. */
export function setValue(index: u32, start: u32, end: u32): void {
	const at = valueAt(index);
	store<u32>(at, start);
	store<u32>(at, end, 4);
	if (start === 0) return;
	const word = KEY + PRESENT + ((<usize>(index >>> 5)) << 2);
	store<u32>(word, load<u32>(word) | (1 << (index & 31)));
}
