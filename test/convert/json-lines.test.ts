import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Line, LineSplitter } from "../../src/convert/json-lines.js";

type Shown = readonly [text: string, eol: string];

const textOf = (line: Line): string => line.buffer.toString("latin1", line.start, line.end);

/** Everything the splitter gives for these chunks, each line turned into `see(line)` while it is good. */
function split<T>(chunks: readonly Buffer[], see: (line: Line) => T, maxLine = 1024 * 1024): T[] {
	const splitter = new LineSplitter(maxLine);
	const seen: T[] = [];
	const drain = (): void => {
		for (let line = splitter.next(); line !== undefined; line = splitter.next()) seen.push(see(line));
	};
	for (const chunk of chunks) {
		splitter.push(chunk);
		drain();
	}
	splitter.end();
	drain();
	return seen;
}

const lines = (...chunks: string[]): Shown[] =>
	split(
		chunks.map((chunk) => Buffer.from(chunk, "latin1")),
		(line): Shown => [textOf(line), line.eol],
	);

/** Bytes in which line ends are frequent, and places to cut them. */
const bytesAndChunks = fc
	.array(fc.oneof(fc.constantFrom(0x0a, 0x0d, 0x00, 0x61), fc.nat(255)), { maxLength: 200 })
	.chain((values) => fc.tuple(fc.constant(Buffer.from(values)), fc.array(fc.nat(values.length), { maxLength: 12 })));

function cutAt(bytes: Buffer, places: readonly number[]): Buffer[] {
	const sorted = [0, ...[...places].sort((a, b) => a - b), bytes.length];
	return sorted.slice(1).map((end, i) => Buffer.from(bytes.subarray(sorted[i], end)));
}

describe("line ends", () => {
	it("are LF and CR LF, and kept apart", () => {
		expect(lines("one\ntwo\r\nthree\n")).toEqual([
			["one", "\n"],
			["two", "\r\n"],
			["three", "\n"],
		]);
	});

	it("may be missing from the last line", () => {
		expect(lines("one\ntwo")).toEqual([
			["one", "\n"],
			["two", ""],
		]);
	});

	it("are not a CR inside, a CR before CR LF, or a CR at the very end", () => {
		expect(lines("a\rb\r\r\n\r\nlast\r")).toEqual([
			["a\rb\r", "\r\n"],
			["", "\r\n"],
			["last\r", ""],
		]);
	});

	it("may be torn apart by the chunks", () => {
		expect(lines("one\r", "\ntwo\r", "x\r\n")).toEqual([
			["one", "\r\n"],
			["two\rx", "\r\n"],
		]);
	});

	it("of empty lines count, and an empty input has no line", () => {
		expect(lines("\n\n")).toEqual([
			["", "\n"],
			["", "\n"],
		]);
		expect(lines()).toEqual([]);
		expect(lines("", "")).toEqual([]);
	});

	it("NUL and bytes that are no UTF-8 are text like any other", () => {
		expect(lines("a\0b\xff\xfe\n")).toEqual([["a\0b\xff\xfe", "\n"]]);
	});
});

describe("lines longer than the limit", () => {
	const cut = (text: string, maxLine: number): string[] =>
		split(
			[Buffer.from(text)],
			(line) => `${textOf(line)}${JSON.stringify(line.eol)}${line.cut ? " cut" : ""} #${line.number} @${line.offset}`,
			maxLine,
		);

	it("are cut into pieces, of which only the last has the line end", () => {
		expect(cut("abcdefgh\r\nxy\n", 3)).toEqual(['abc"" cut #1 @0', 'def"" cut #1 @3', 'gh"\\r\\n" cut #1 @6', 'xy"\\n" #2 @10']);
	});

	it("are those whose text is longer, the line end not counted", () => {
		expect(cut("abc\r\nabc\nabc", 3)).toEqual(['abc"\\r\\n" #1 @0', 'abc"\\n" #2 @5', 'abc"" #3 @9']);
		expect(cut("abcdef\r\n", 3)).toEqual(['abc"" cut #1 @0', 'def"\\r\\n" cut #1 @3']);
		expect(cut("abc\r", 3)).toEqual(['abc"" cut #1 @0', '\r"" cut #1 @3']);
	});

	it("do not make memory grow", () => {
		const chunk = Buffer.alloc(64 * 1024, "x");
		const splitter = new LineSplitter(1024 * 1024);
		let pieces = 0;
		let largest = 0;
		for (let i = 0; i < 1600; i++) {
			splitter.push(chunk);
			for (let line = splitter.next(); line !== undefined; line = splitter.next()) {
				pieces++;
				largest = Math.max(largest, line.buffer.buffer.byteLength);
			}
		}
		expect(pieces).toBe(99);
		expect(largest).toBeLessThan(4 * 1024 * 1024);
	});

	it("arrive in tiny chunks without being read again and again", () => {
		const splitter = new LineSplitter(1024 * 1024);
		const chunk = Buffer.from("x");
		for (let i = 0; i < 300_000; i++) {
			splitter.push(chunk);
			if (splitter.next() !== undefined) expect.unreachable("a line before its end");
		}
		splitter.end();
		expect(splitter.next()?.end).toBe(300_000);
	});
});

describe("for all bytes and all chunks", () => {
	it("pieces and line ends put together are the input, at the offsets told", () => {
		fc.assert(
			fc.property(bytesAndChunks, fc.integer({ min: 1, max: 40 }), ([bytes, places], maxLine) => {
				let offset = 0;
				const parts = split(
					cutAt(bytes, places),
					(line) => {
						expect(line.offset).toBe(offset);
						expect(line.end - line.start).toBeLessThanOrEqual(maxLine);
						offset += line.end - line.start + line.eol.length;
						return Buffer.concat([line.buffer.subarray(line.start, line.end), Buffer.from(line.eol)]);
					},
					maxLine,
				);
				expect(Buffer.concat(parts).equals(bytes)).toBe(true);
			}),
			{ seed: 1, numRuns: 400 },
		);
	});

	it("the lines do not depend on how the input was chunked, nor on a chunk's buffer being used again", () => {
		const see = (line: Line): string => JSON.stringify([textOf(line), line.eol, line.cut, line.number, line.offset]);
		fc.assert(
			fc.property(bytesAndChunks, fc.integer({ min: 1, max: 40 }), ([bytes, places], maxLine) => {
				const shared = Buffer.alloc(bytes.length + 1);
				const splitter = new LineSplitter(maxLine);
				const seen: string[] = [];
				for (const chunk of cutAt(bytes, places)) {
					chunk.copy(shared);
					splitter.push(shared.subarray(0, chunk.length));
					for (let line = splitter.next(); line !== undefined; line = splitter.next()) seen.push(see(line));
				}
				splitter.end();
				for (let line = splitter.next(); line !== undefined; line = splitter.next()) seen.push(see(line));
				expect(seen).toEqual(split([bytes], see, maxLine));
			}),
			{ seed: 2, numRuns: 400 },
		);
	});
});
