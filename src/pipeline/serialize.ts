/** Assembled records as NDJSON bytes or as event objects; both hold the same. */
import type { Json } from "../format/define.js";
import type { Event } from "../format/event.js";
import type { Assembled } from "./assemble.js";
import type { Derived } from "./derive.js";
import { integerJson, integerOf, jsonOf, numberOf, quote } from "./json.js";
import type { Output } from "./output.js";
import type { Reading } from "./reading.js";
import type { Branch, Value } from "./shape.js";

/** Bytes for a count, a time, a number and the like. */
const SMALL = 48;

/** Appends one line of NDJSON. */
export function writeEvent(reading: Reading, assembled: Assembled, input: string, out: Output): void {
	const { shape, derived } = assembled;
	const { bytes } = reading;
	const { data } = reading.log;
	const { isPlain } = reading;
	out.reserve(shape.constantSize + roomFor(reading, derived) + shape.parts.length * SMALL);
	for (const { before, value } of shape.parts) {
		out.piece(before);
		switch (value.kind) {
			case "text":
				if (isPlain) out.string(bytes, data[value.at * 3 + 1] ?? 0, data[value.at * 3 + 2] ?? 0);
				else out.text(quote(reading.textAt(value.at)));
				break;
			case "integer":
				if (isPlain) out.integer(bytes, data[value.at * 3 + 1] ?? 0, data[value.at * 3 + 2] ?? 0);
				else out.text(integerJson(reading.textAt(value.at)));
				break;
			case "derived":
				out.text(derived[value.index]?.json ?? "null");
				break;
			case "raw":
				if (reading.isAscii) out.string(bytes, reading.start, reading.end);
				else out.text(quote(reading.raw()));
				break;
			case "time":
				out.text(`"${assembled.time}"`);
				break;
			case "line":
				out.count(reading.line);
				break;
			case "offset":
				out.count(reading.offset);
				break;
			case "length":
				out.count(reading.end - reading.start);
				break;
			default:
				out.text(jsonOf(jsonValue(value, reading, assembled, input)));
		}
	}
	out.piece(shape.after);
}

/** Bytes that the values of a record can take: each character may need six for its escape, or three for itself. */
function roomFor(reading: Reading, derived: readonly (Derived | undefined)[]): number {
	let units = reading.end - reading.start;
	if (reading.expanded !== undefined) for (const text of reading.expanded) units += text.length + 2;
	else {
		const { data, length } = reading.log;
		for (let i = 0; i < length; i += 3) units += (data[i + 2] ?? 0) - (data[i + 1] ?? 0) + 2;
	}
	let room = units * 6;
	for (let i = 0; i < derived.length; i++) room += (derived[i]?.json.length ?? 0) * 3;
	return room;
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
