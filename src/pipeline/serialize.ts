/** Assembled records as NDJSON bytes or as event objects; both hold the same. */
import type { Json } from "../format/define.js";
import type { Event } from "../format/event.js";
import type { Assembled } from "./assemble.js";
import { copyBytes } from "./bytes.js";
import type { Derived } from "./derive.js";
import { integerJson, integerOf, jsonOf, numberOf, quote } from "./json.js";
import { isPlainInteger, type Output } from "./output.js";
import type { Reading } from "./reading.js";
import { type Branch, STEP, type Value, WRITE } from "./shape.js";

/** Appends one line of NDJSON. */
export function writeEvent(reading: Reading, assembled: Assembled, input: string, out: Output): void {
	const { shape, derived } = assembled;
	const { steps } = shape;
	const { data } = reading.log;
	const { isPlain } = reading;
	out.reserve(roomFor(reading, assembled));
	if (reading.isAscii) reading.findEscapes();
	const into = out.view;
	const constants = shape.constants.view;
	let w = out.length;
	let constant = 0;
	// What is written is found first and copied in one place, so that the copying is compiled into this loop. The typed arrays
	// are read within their bounds: `?? 0` would cost as much as the reading.
	for (let i = 0; i < steps.length; i += STEP) {
		const constantEnd = steps[i] as number;
		w = copyBytes(constants, constant, constantEnd, into, w);
		constant = constantEnd;
		const at = steps[i + 2] as number;
		let from = reading.view;
		let start = 0;
		let end = 0;
		switch (steps[i + 1]) {
			case WRITE.text:
				if (!isPlain) {
					w = out.putText(quote(reading.textAt(at)).slice(1, -1), w);
					continue;
				}
				start = data[at * 3 + 1] as number;
				end = data[at * 3 + 2] as number;
				if (reading.hasEscape(start, end)) {
					w = out.putEscaped(reading, start, end, w);
					continue;
				}
				break;
			case WRITE.integer:
				start = data[at * 3 + 1] as number;
				end = data[at * 3 + 2] as number;
				if (!isPlain || !isPlainInteger(reading.bytes, start, end)) {
					w = out.putText(integerJson(reading.textAt(at)), w);
					continue;
				}
				break;
			case WRITE.derived: {
				const { json } = derived[at] as Derived;
				from = json.view;
				start = json.start;
				end = json.end;
				break;
			}
			case WRITE.raw:
				w = reading.isAscii ? out.putEscaped(reading, reading.start, reading.end, w) : out.putText(quote(reading.raw()).slice(1, -1), w);
				continue;
			case WRITE.time:
				from = assembled.timeBytes.view;
				end = assembled.timeBytes.length;
				break;
			case WRITE.line:
				w = out.putCount(reading.line, w);
				continue;
			case WRITE.offset:
				w = out.putCount(reading.offset, w);
				continue;
			case WRITE.length:
				w = out.putCount(reading.end - reading.start, w);
				continue;
			default:
				w = out.putText(otherJson(shape.others[at], reading, assembled, input), w);
				continue;
		}
		w = copyBytes(from, start, end, into, w);
	}
	out.length = copyBytes(constants, constant, shape.constants.length, into, w);
}

function otherJson(value: Value | undefined, reading: Reading, assembled: Assembled, input: string): string {
	return value === undefined ? "" : jsonOf(jsonValue(value, reading, assembled, input));
}

/** Records of which it costs little to reserve their length, with six bytes for each character, for every value. */
const SHORT_RECORD = 1024;

/** Bytes that a record can take: each character may need six for its escape, or three for itself. */
function roomFor(reading: Reading, assembled: Assembled): number {
	const { room, steps } = assembled.shape;
	const size = reading.end - reading.start;
	const known = room + assembled.derivedSize;
	return reading.isPlain && size <= SHORT_RECORD ? known + size * 2 * steps.length : known + unitsOf(reading) * 6;
}

/** Characters of the record and of all its captures. */
function unitsOf(reading: Reading): number {
	let units = reading.end - reading.start;
	if (reading.expanded !== undefined) for (const text of reading.expanded) units += text.length + 2;
	else {
		const { data, length } = reading.log;
		for (let i = 0; i < length; i += 3) units += (data[i + 2] as number) - (data[i + 1] as number) + 2;
	}
	return units;
}

const idOf = (input: string, reading: Reading): string => `${input}:${reading.offset}`;

/** The event as an object. */
export function toEvent(reading: Reading, assembled: Assembled, input: string): Event {
	// The shape follows the schema; every event of every test is validated against it.
	return build(assembled.shape.tree, false, reading, assembled, input) as unknown as Event;
}

function build(tree: readonly Branch[], isArray: boolean, reading: Reading, assembled: Assembled, input: string): Json {
	const entries = tree.map((branch): [string, Json] => [
		branch.key,
		branch.value === undefined
			? build(branch.children, branch.isArray, reading, assembled, input)
			: jsonValue(branch.value, reading, assembled, input),
	]);
	return isArray ? entries.map(([, value]) => value) : Object.fromEntries(entries);
}

function jsonValue(value: Value, reading: Reading, assembled: Assembled, input: string): Json {
	switch (value.kind) {
		case "constant":
			return value.json;
		case "text":
			return reading.textAt(value.at);
		case "integer":
			return integerOf(reading.textAt(value.at));
		case "number":
			return numberOf(reading.textAt(value.at));
		case "list":
			return value.at.flatMap((at) => (value.separator === undefined ? [reading.textAt(at)] : parts(reading.textAt(at), value.separator)));
		case "derived":
			return assembled.derived[value.index]?.value ?? null;
		case "id":
			return idOf(input, reading);
		case "time":
			return assembled.time;
		case "raw":
			return reading.raw();
		case "line":
			return reading.line;
		case "offset":
			return reading.offset;
		case "length":
			return reading.end - reading.start;
		case "lines":
			return reading.lines;
	}
}

/** Nothing between separators is no element at the end of an empty text: `""` has no parts. */
const parts = (text: string, separator: string): readonly string[] => (text === "" ? [] : text.split(separator));
