/** Console records of milter manager whose text goes on in the next physical line, because a header value was folded. */
import { beforeAll, describe, expect, test } from "vitest";
import { emptySummary, events, openInput, type WholeEvent } from "../../src/index.js";
import { converted, inputOf } from "../corpus/conversion.js";
import { type Formats, loadTestFormats } from "../corpus/formats.js";

let known: Formats;
beforeAll(async () => {
	known = await loadTestFormats();
});

const STAMP = "[2026-11-21T02:10:43.602436Z]: ";
const FOLDED = `${STAMP}[statistics] [milter][header][add](2): <X-Report>=<first\n\tsecond\n third>: spam`;
const NEXT = `${STAMP}[client][listen][start] <inet:10025@[127.0.0.1]>`;

const read = async (text: string, sizes?: readonly number[]): Promise<readonly WholeEvent[]> =>
	(await converted(text, known, sizes === undefined ? {} : { sizes })).events;
const shapeOf = (found: readonly WholeEvent[]): unknown[] =>
	found.map(({ record, source }) => [record, source.line, source.lines, source.eol]);

describe("a folded header value", () => {
	test("is one record with its next lines", async () => {
		const [folded, next] = await read(`${FOLDED}\n${NEXT}\n`);
		expect(folded).toMatchObject({
			record: "event",
			milter: { name: "spam", child_id: "2", header: { name: "X-Report", value: "first\n\tsecond\n third" } },
			raw: FOLDED,
			source: { line: 1, lines: 3, offset: 0, length: FOLDED.length },
		});
		expect(next?.source).toEqual({ file: "case.log", line: 4, offset: FOLDED.length + 1, length: NEXT.length });
	});

	test("is the same wherever the input is cut into chunks", async () => {
		const text = `${NEXT}\n${FOLDED}\n${NEXT}\n`;
		const whole = await read(text, [text.length]);
		for (let size = 1; size < text.length; size += size < 20 ? 1 : 13) expect(await read(text, [size])).toEqual(whole);
		expect(shapeOf(whole)).toEqual([
			["event", 1, undefined, undefined],
			["event", 2, 3, undefined],
			["event", 5, undefined, undefined],
		]);
	});

	test("keeps CR LF inside and at its end", async () => {
		const text = `${FOLDED}\n${NEXT}\n`.replaceAll("\n", "\r\n");
		const found = await read(text);
		expect(shapeOf(found)).toEqual([
			["event", 1, 3, "\r\n"],
			["event", 4, undefined, "\r\n"],
		]);
		expect(found[0]?.raw).toBe(FOLDED.replaceAll("\n", "\r\n"));
	});

	test("ends with the input, whether it is finished or not", async () => {
		expect(shapeOf(await read(FOLDED))).toEqual([["event", 1, 3, ""]]);
		const unfinished = FOLDED.slice(0, FOLDED.indexOf("third"));
		expect(shapeOf(await read(unfinished))).toEqual([["event", 1, 3, ""]]);
		expect(shapeOf(await read(`${unfinished}\n`))).toEqual([["event", 1, 3, undefined]]);
		expect(shapeOf(await read(`${FOLDED.split("\n")[0]}\n`))).toEqual([["event", 1, undefined, undefined]]);
	});

	test("ends before a line with a frame of its own, of whatever format", async () => {
		const open = FOLDED.split("\n").slice(0, 2).join("\n");
		for (const framed of [NEXT, "Nov 21 02:08:27 mx1 smtpf[27461]: #599 ready", "Nov 21 02:15:20 mail postfix/smtpd[1]: connect"]) {
			const found = await read(`${open}\n${framed}\n`);
			expect(found.map(({ source }) => source.lines)).toEqual([2, undefined]);
			expect(found[1]?.raw).toBe(framed);
		}
	});

	test("does not swallow the file when its end never comes: a record has at most 1,000 lines", async () => {
		const found = await read(`${FOLDED.split("\n")[0]}\n${"more\n".repeat(2500)}${NEXT}\n`);
		expect(found[0]?.source.lines).toBe(1000);
		expect(found.slice(1).every(({ source }) => source.lines === undefined)).toBe(true);
		expect(found).toHaveLength(1 + 1501 + 1);
	});

	test("does not grow beyond the longest line", async () => {
		const { events: found } = await converted(`${FOLDED.split("\n")[0]}\n${"more more more\n".repeat(40)}${NEXT}\n`, {
			...known,
			maxLine: 200,
		});
		expect(found[0]?.source.length).toBeLessThanOrEqual(200);
		expect(found[0]?.source.lines).toBeGreaterThan(3);
		expect(found.at(-1)?.raw).toBe(NEXT);
	});
});

describe("not joined are", () => {
	test("lines of a Ruby exception: each has a frame of its own", async () => {
		const path = new URL("../../corpus/milter-manager/captures/ruby-child-exceptions.mail.log", import.meta.url).pathname;
		const summary = emptySummary();
		let lines = 0;
		for await (const event of events(await openInput(path), known, summary)) lines += event.source.lines ?? 1;
		expect([summary.records, lines]).toEqual([40, 40]);
	});

	test("lines behind a finished record", async () => {
		const found = await read(`${NEXT}\n\tsecond\n third\n`);
		expect(shapeOf(found)).toEqual([
			["event", 1, undefined, undefined],
			["unparsed", 2, undefined, undefined],
			["unparsed", 3, undefined, undefined],
		]);
	});

	test("lines of a syslog file: a daemon writes each record in one line", async () => {
		const framed = `Nov 21 02:13:07 mail milter-manager[1]: ${FOLDED.slice(STAMP.length)}`;
		expect((await read(`${framed}\n`)).map(({ source }) => source.lines)).toEqual([undefined, undefined, undefined]);
	});

	test("pieces of a line that was longer than the limit", async () => {
		const { events: found } = await converted(`${NEXT}\n${STAMP}[statistics] ${"x".repeat(300)}\n${NEXT}\n`, { ...known, maxLine: 100 });
		expect(found.map(({ record, source }) => [record, source.line, source.length, source.eol])).toEqual([
			["event", 1, NEXT.length, undefined],
			["unparsed", 2, 100, ""],
			["unparsed", 2, 100, ""],
			["unparsed", 2, 100, ""],
			["unparsed", 2, STAMP.length + 13, undefined],
			["event", 3, NEXT.length, undefined],
		]);
	});
});

test("what was held back is not lost when the input fails", async () => {
	const text = FOLDED.slice(0, -10);
	const input = {
		...inputOf(text),
		async *chunks() {
			yield Buffer.from(text);
			throw new Error("the disk is gone");
		},
	};
	const found: WholeEvent[] = [];
	const reading = (async () => {
		for await (const event of events(input, known)) found.push(event);
	})();
	await expect(reading).rejects.toThrow("the disk is gone");
	expect(found.map(({ raw }) => raw)).toEqual([text]);
});
