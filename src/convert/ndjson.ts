/** One JSON value per line, as `convert` writes them: for the verbs that read events. */

import { isUtf8 } from "node:buffer";
import { type Mismatch, quoted } from "./expectation.js";
import { type Line, LineSplitter } from "./json-lines.js";

/** The longest line that is read by default: an event of a 1 MiB record with each byte escaped, several times over. */
export const MAX_JSON_LINE_BYTES: number = 64 * 1024 * 1024;

/** A line with a value, or with what keeps it from being one. */
export type JsonLine = { readonly number: number } & ({ readonly value: unknown } | { readonly mismatch: Mismatch });

/**
 * The lines of a stream that are not blank, one iterable for each chunk: a step per line of an async generator
 * would cost more than checking the line. Each iterable must be read to its end before the next one is asked for.
 */
export async function* jsonLines(chunks: AsyncIterable<Uint8Array>, maxLine: number): AsyncGenerator<Iterable<JsonLine>> {
	const splitter = new LineSplitter(maxLine);
	let lastCut = 0;
	function* lines(): Generator<JsonLine> {
		for (let line = splitter.next(); line !== undefined; line = splitter.next()) {
			// A cut line comes in pieces of the same number; the first one tells, the others have nothing to add.
			if (line.cut && line.number === lastCut) continue;
			if (line.cut) lastCut = line.number;
			const read = line.cut ? cutLine(line, maxLine) : readLine(line);
			if (read !== undefined) yield read;
		}
	}
	for await (const chunk of chunks) {
		splitter.push(Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength));
		yield lines();
	}
	splitter.end();
	yield lines();
}

function readLine({ buffer, start, end, number }: Line): JsonLine | undefined {
	const bytes = buffer.subarray(start, end);
	if (!isUtf8(bytes)) return { number, mismatch: { pointer: "", expected: "JSON in UTF-8", found: quoted(bytes.toString("latin1")) } };
	const text = bytes.toString();
	try {
		return { number, value: JSON.parse(text) };
	} catch {
		if (text.trim() === "") return undefined;
		return { number, mismatch: { pointer: "", expected: "one whole JSON object on the line", found: quoted(text) } };
	}
}

function cutLine({ buffer, start, end, number }: Line, maxLine: number): JsonLine {
	const beginning = buffer.toString("latin1", start, Math.min(end, start + 200));
	return { number, mismatch: { pointer: "", expected: `a line of at most ${maxLine} bytes`, found: quoted(beginning) } };
}
