/** Assembled records as lines of NDJSON: by the kernel, or as text where it cannot. */
import type { Json } from "../format/define.js";
import type { Assembled } from "./assemble.js";
import { integerJson, jsonOf, numberJson, quote } from "./json.js";
import type { Output } from "./output.js";
import type { Reading } from "./reading.js";
import type { Branch, Value } from "./shape.js";

/** Bytes that a character takes at most, as an escape. */
const WIDEST = 6;
/** Records of which it costs little to reserve their length for every value. */
const SHORT_RECORD = 512;

/** Appends an event as a line of NDJSON. */
export function writeEvent(reading: Reading, assembled: Assembled, input: string, out: Output): void {
	const { shape } = assembled;
	if (
		assembled.isForKernel &&
		shape.address !== 0 &&
		out.reserve(shape.room + assembled.computedSize + textRoom(reading, assembled) * WIDEST)
	) {
		const { start, end, line, lines, offset } = reading;
		const written = out.kernel.run.write(shape.address, start, end, line, lines, offset, assembled.timeEnd, out.end);
		if (written !== 0) {
			out.end = written;
			return;
		}
	}
	out.put(`${treeJson(shape.tree, false, reading, assembled, assembled.computed(), input)}\n`);
}

/** Characters of the record that its event may hold: all of it, and the captures. */
function textRoom(reading: Reading, { shape }: Assembled): number {
	const size = reading.end - reading.start;
	if (size <= SHORT_RECORD) return size * (1 + shape.captures.length);
	const { data } = reading.log;
	return shape.captures.reduce((sum, at) => sum + (data[at * 3 + 2] as number) - (data[at * 3 + 1] as number), size);
}

function treeJson(
	tree: readonly Branch[],
	isArray: boolean,
	reading: Reading,
	assembled: Assembled,
	computed: readonly (Json | undefined)[],
	input: string,
): string {
	const parts = tree.map(({ key, value, children, isArray: holdsArray }) => {
		const json =
			value === undefined
				? treeJson(children, holdsArray, reading, assembled, computed, input)
				: valueJson(value, reading, assembled, computed, input);
		return isArray ? json : `${JSON.stringify(key)}:${json}`;
	});
	return isArray ? `[${parts.join()}]` : `{${parts.join()}}`;
}

function valueJson(value: Value, reading: Reading, assembled: Assembled, computed: readonly (Json | undefined)[], input: string): string {
	switch (value.kind) {
		case "constant":
			return jsonOf(value.json);
		case "text":
			return quote(reading.textAt(value.at));
		case "integer":
			return integerJson(reading.textAt(value.at));
		case "number":
			return numberJson(reading.textAt(value.at));
		case "list":
			return jsonOf(
				value.at.flatMap((at) => (value.separator === undefined ? [reading.textAt(at)] : parts(reading.textAt(at), value.separator))),
			);
		case "derived":
			return jsonOf(computed[value.index] ?? null);
		case "id":
			return quote(`${input}:${reading.offset}`);
		case "time":
			return quote(assembled.time());
		case "raw":
			return quote(reading.raw());
		case "line":
			return String(reading.line);
		case "offset":
			return String(reading.offset);
		case "length":
			return String(reading.end - reading.start);
		case "lines":
			return String(reading.lines);
	}
}

/** Nothing between separators is no element at the end of an empty text: `""` has no parts. */
const parts = (text: string, separator: string): readonly string[] => (text === "" ? [] : text.split(separator));
