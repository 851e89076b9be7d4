/** Assembled records as NDJSON bytes or as event objects; both hold the same. */
import type { Json } from "../format/define.js";
import type { Event } from "../format/event.js";
import type { Assembled } from "./assemble.js";
import { NOTHING } from "./derive.js";
import { integerJson, integerOf, jsonOf, numberOf, quote } from "./json.js";
import type { Output } from "./output.js";
import type { Reading } from "./reading.js";
import { type Branch, STEP, type Value, WRITE } from "./shape.js";

/** Appends one line of NDJSON. */
export function writeEvent(reading: Reading, assembled: Assembled, input: string, out: Output): void {
	const { shape, derived, timeBytes } = assembled;
	const { steps, room } = shape;
	const constants = shape.constants.view;
	const { data } = reading.log;
	const { isPlain } = reading;
	out.reserve(room);
	let written = 0;
	// The typed arrays are read within their bounds: `?? 0` would cost as much as the reading.
	for (let i = 0; i < steps.length; i += STEP) {
		const to = steps[i] as number;
		out.copy(constants, written, to);
		written = to;
		const at = steps[i + 2] as number;
		switch (steps[i + 1]) {
			case WRITE.text:
				if (isPlain) out.string(reading, data[at * 3 + 1] as number, data[at * 3 + 2] as number, room);
				else out.text(quote(reading.textAt(at)).slice(1, -1), room);
				break;
			case WRITE.integer:
				if (isPlain) out.integer(reading, data[at * 3 + 1] as number, data[at * 3 + 2] as number, room);
				else out.text(integerJson(reading.textAt(at)), room);
				break;
			case WRITE.derived: {
				const { json } = derived[at] ?? NOTHING;
				out.reserve(json.end - json.start + room);
				out.copy(json.view, json.start, json.end);
				break;
			}
			case WRITE.raw:
				if (reading.isAscii) out.string(reading, reading.start, reading.end, room);
				else out.text(quote(reading.raw()).slice(1, -1), room);
				break;
			case WRITE.time:
				out.reserve(timeBytes.length + room);
				out.copy(timeBytes.view, 0, timeBytes.length);
				break;
			case WRITE.line:
				out.count(reading.line);
				break;
			case WRITE.offset:
				out.count(reading.offset);
				break;
			case WRITE.length:
				out.count(reading.end - reading.start);
				break;
			default:
				writeOther(shape.others[at], reading, assembled, input, out);
		}
	}
	out.copy(constants, written, shape.constants.length);
}

function writeOther(value: Value | undefined, reading: Reading, assembled: Assembled, input: string, out: Output): void {
	if (value !== undefined) out.text(jsonOf(jsonValue(value, reading, assembled, input)), assembled.shape.room);
}

export const idOf = (input: string, reading: Reading): string => `${input}:${reading.offset}`;

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
