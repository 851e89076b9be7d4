/**
 * The case of an entry of the catalog. The cases of an entry, for a plan, are: the next entry's, the entry, number of cases, then
 * each case: its length in bytes, number of tests, then each test: its length in bytes, position in the log (-1 for none), what it
 * asks (`Asks`), number of texts, start and end of each text. A test for one of several texts holds when one of them fits.
 */
import { areSame } from "./bytes";
import { planned } from "./plan";
import { captureAt } from "./record";
import { entry } from "./results";

export enum Asks {
	present = 0,
	absent = 1,
	is = 2,
	starts_with = 3,
	/** A part between commas. */
	has = 4,
}

const COMMA: u8 = 44;

/** The case of the record's entry, from 1; 0 for none. */
export let chosen: i32 = 0;

/** Chooses the case; false when the plan does not know the cases of its entry yet. */
export function choose(): bool {
	chosen = 0;
	if (entry === 0) return true;
	let cases = <usize>planned().cases;
	for (; cases !== 0; cases = load<u32>(cases)) if (load<i32>(cases, 4) === entry) break;
	if (cases === 0) return false;
	const count = load<i32>(cases, 8);
	let at = cases + 12;
	for (let i = 1; i <= count; i++) {
		if (holds(at)) {
			chosen = i;
			return true;
		}
		at += load<u32>(at);
	}
	return true;
}

/** Adds the cases of the record's entry, which JavaScript has put into memory. */
export function addCases(at: usize): void {
	store<u32>(at, planned().cases);
	planned().cases = <u32>at;
}

/** All tests of a case hold. */
function holds(at: usize): bool {
	const tests = load<i32>(at, 4);
	let test = at + 8;
	for (let i = 0; i < tests; i++) {
		if (!passes(test)) return false;
		test += load<u32>(test);
	}
	return true;
}

function passes(test: usize): bool {
	const position = load<i32>(test, 4);
	const asks = load<i32>(test, 8);
	if (asks === Asks.absent) return position < 0;
	if (position < 0) return false;
	if (asks === Asks.present) return true;
	const start = <usize>load<u32>(captureAt(position), 4);
	const end = <usize>load<u32>(captureAt(position), 8);
	const texts = load<i32>(test, 12);
	let text = test + 16;
	for (let i = 0; i < texts; i++, text += 8) {
		const wanted = <usize>load<u32>(text);
		const size = <usize>load<u32>(text, 4) - wanted;
		if (asks === Asks.has ? has(start, end, wanted, size) : fits(asks, start, end, wanted, size)) return true;
	}
	return false;
}

function fits(asks: i32, start: usize, end: usize, wanted: usize, size: usize): bool {
	if (asks === Asks.is ? end - start !== size : end - start < size) return false;
	return areSame(start, start + size, wanted);
}

function has(start: usize, end: usize, wanted: usize, size: usize): bool {
	while (start <= end) {
		let comma = start;
		while (comma < end && load<u8>(comma) !== COMMA) comma++;
		if (comma - start === size && areSame(start, comma, wanted)) return true;
		start = comma + 1;
	}
	return false;
}
