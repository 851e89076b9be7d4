/**
 * Writes the excerpt of a record into OUTPUT, for readers that want a few values of it and no JSON: where its values stand, and their bytes.
 *
 * An excerpt is: the words of `Excerpt`, start and end of each value in the order of the steps of its shape, then the record, then the values that do
 * not stand in it as they are. Places are counted from the beginning of the output. Excerpts begin at multiples of eight bytes.
 */
import { areSame, copied } from "./bytes";
import { endOfCarrierTime } from "./carrier-times";
import { CARRIER_TIME, CARRIER_TIMES, OUTPUT, TIME } from "./memory";
import { captureAt, line, lines, offset, rawEnd, rawStart, end as recordEnd, start as recordStart } from "./record";
import { valueAt } from "./results";
import { SIZE_OF_STEP, shaped } from "./shape";
import { timeEnd, timeKey } from "./time";
import { isAround, isRefused, outputEnd, putNumberOf, setOutputEnd, Write } from "./write";

/** Words of an excerpt; its offset and its line take two each, as they are f64. */
export enum Excerpt {
	/** Bytes of all of it. */
	size = 0,
	shape = 1,
	offset = 2,
	line = 4,
	/** Its time as text; both are 0 for none. Excerpts of the same time share it. */
	time = 6,
	timeEnd = 7,
	raw = 8,
	rawEnd = 9,
	length = 10,
	lines = 11,
	values = 12,
}

/** Where the last time stands in the output; 0 for none. */
let timeAt: usize = 0;
let timeBehind: usize = 0;

function put(excerpt: usize, word: i32, value: usize): void {
	store<u32>(excerpt + ((<usize>word) << 2), <u32>value);
}

/** Writes the excerpt of the record; false as `write` does. */
export function writeExcerpt(): bool {
	const excerpt = outputEnd;
	const one = shaped();
	const steps = <usize>one.stepsEnd;
	let place = excerpt + (Excerpt.values << 2);
	let to = place + ((<usize>one.stepsEnd - <usize>one.steps) / SIZE_OF_STEP) * 8;
	if (excerpt === OUTPUT) timeAt = 0;
	to = putTime(excerpt, to);
	const raw = to;
	const shift = raw - rawStart;
	to = copied(rawStart, rawEnd, to);
	for (let step = <usize>one.steps; step < steps; step += SIZE_OF_STEP, place += 8) {
		const kind = load<u32>(step, 4);
		const at = load<i32>(step, 8);
		let from: usize;
		let end: usize;
		if (kind === Write.computed) {
			from = load<u32>(valueAt(at));
			end = load<u32>(valueAt(at), 4);
		} else if (kind === Write.carrier_time) {
			from = CARRIER_TIMES + <usize>at * CARRIER_TIME;
			end = endOfCarrierTime(at);
		} else {
			from = load<u32>(captureAt(at), 4);
			end = load<u32>(captureAt(at), 8);
			if (kind === Write.integer || kind === Write.number) {
				const number = to;
				to = putNumberOf(step, captureAt(at), to);
				putPlace(place, number, to);
				continue;
			}
			const bare: usize = isAround(step, captureAt(at)) ? 1 : 0;
			from += bare;
			end -= bare;
		}
		if (from >= rawStart && end <= rawEnd) putPlace(place, from + shift, end + shift);
		else {
			const value = to;
			to = copied(from, end, to);
			putPlace(place, value, to);
		}
	}
	if (isRefused()) {
		// What was written is written over.
		timeAt = 0;
		return false;
	}
	put(excerpt, Excerpt.raw, raw - OUTPUT);
	put(excerpt, Excerpt.rawEnd, raw - OUTPUT + (rawEnd - rawStart));
	putHead(excerpt, one.number, to);
	return true;
}

function putPlace(place: usize, from: usize, end: usize): void {
	store<u32>(place, <u32>(from - OUTPUT));
	store<u32>(place, <u32>(end - OUTPUT), 4);
}

function putHead(excerpt: usize, shape: u32, to: usize): void {
	const behind = (to + 7) & ~7;
	put(excerpt, Excerpt.size, behind - excerpt);
	put(excerpt, Excerpt.shape, shape);
	store<f64>(excerpt + (Excerpt.offset << 2), offset());
	store<f64>(excerpt + (Excerpt.line << 2), line);
	put(excerpt, Excerpt.length, recordEnd - recordStart);
	put(excerpt, Excerpt.lines, <usize>lines);
	setOutputEnd(behind);
}

/** Tells the time, which is written once for all that follow each other; gives where the next text goes. */
function putTime(excerpt: usize, to: usize): usize {
	if (timeKey === 0) {
		put(excerpt, Excerpt.time, 0);
		put(excerpt, Excerpt.timeEnd, 0);
		return to;
	}
	if (timeAt === 0 || timeBehind - timeAt !== timeEnd - TIME || !areSame(TIME, timeEnd, timeAt)) {
		timeAt = to;
		timeBehind = copied(TIME, timeEnd, to);
		to = timeBehind;
	}
	put(excerpt, Excerpt.time, timeAt - OUTPUT);
	put(excerpt, Excerpt.timeEnd, timeBehind - OUTPUT);
	return to;
}
