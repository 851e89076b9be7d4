/** The rule of years, held against a simple reference; and that the first look at an input expects what the conversion then finds. */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Kernel } from "../../src/convert/kernel.js";
import { Records } from "../../src/convert/records.js";
import { survey } from "../../src/convert/survey.js";
import { list } from "../../src/format/define.js";
import { emptySummary, events, type Input, openInput } from "../../src/index.js";
import { inputOf } from "../corpus/conversion.js";
import { type Formats, loadTestFormats } from "../corpus/formats.js";
import { smallFormat } from "../kernel/small-format.js";
import { chunkSizes } from "./arbitrary-logs.js";
import { bytesOf, type Dated, datedLog, datesOf, type Given, type Lines, MAX_LINE } from "./dated-logs.js";
import { dependentLog } from "./dependent-logs.js";

let known: Formats;
/** Those without ids: no line is read for one then. */
let withoutIds: Formats;
const folder = mkdtempSync(join(tmpdir(), "mailtrail-years-"));
beforeAll(async () => {
	known = await loadTestFormats();
	withoutIds = { ...known, formats: known.formats.filter(({ yearSlots }) => yearSlots.length === 0) };
});
afterAll(() => rmSync(folder, { recursive: true }));

async function shown(input: Input, formats: Formats, year: number | undefined): Promise<(string | undefined)[]> {
	const found: (string | undefined)[] = [];
	for await (const { time } of events(input, { ...formats, year, maxLine: MAX_LINE })) found.push(time?.slice(0, 10));
	return found;
}

const given: fc.Arbitrary<Given> = fc.record({
	year: fc.constantFrom(undefined, undefined, 2024, 2025),
	modified: fc.constantFrom("2026-11-21T00:00:00Z", "2025-01-01T12:00:00Z", "2024-03-01T00:00:00Z").map((time) => new Date(time)),
});

const recordsOf = (lines: Lines): Dated[] => lines.flat();
const idless = (lines: Lines): Lines => lines.map((records) => records.map((record) => ({ ...record, id: undefined })));

describe("the dates are those of the rule", () => {
	test("in any order of stamps, with and without years, ids, and records that hold other stamps", async () => {
		await fc.assert(
			fc.asyncProperty(datedLog, given, chunkSizes, async (lines, { year, modified }, sizes) => {
				const input = inputOf(bytesOf(lines), sizes, "mail.log", modified);
				expect(await shown(input, known, year)).toEqual(datesOf(recordsOf(lines), { year, modified }));
			}),
			{ seed: 20261121, numRuns: 400 },
		);
	});

	test("where lines are passed that begin like others", async () => {
		await fc.assert(
			fc.asyncProperty(datedLog, given, chunkSizes, async (lines, { year, modified }, sizes) => {
				const input = inputOf(bytesOf(lines), sizes, "mail.log", modified);
				expect(await shown(input, withoutIds, year)).toEqual(datesOf(recordsOf(idless(lines)), { year, modified }));
			}),
			{ seed: 1, numRuns: 400 },
		);
	});

	test("in a file, packed or not", async () => {
		await fc.assert(
			fc.asyncProperty(datedLog, given, fc.boolean(), async (lines, { year, modified }, isPacked) => {
				const path = join(folder, "mail.log");
				writeFileSync(path, isPacked ? gzipSync(bytesOf(lines)) : bytesOf(lines));
				if (modified !== undefined) utimesSync(path, modified, modified);
				expect(await shown(await openInput(path), known, year)).toEqual(datesOf(recordsOf(lines), { year, modified }));
			}),
			{ seed: 2, numRuns: 50 },
		);
	});
});

describe("what users met", () => {
	const sent = (stamp: string): string => `${stamp} mx1 postfix/qmgr[640]: 4F1B2245E2: removed`;
	const session = (stamp: string, id: string): string => `${stamp} mx1 smtpf[7]: ${id}28W27461${"00001"}00 #599 ready`;
	const dated = async (lines: readonly string[], modified: string, year?: number): Promise<(string | undefined)[]> => {
		const input = inputOf(`${lines.join("\n")}\n`, [65_536], "mail.log", new Date(modified));
		const found: (string | undefined)[] = [];
		for await (const { time } of events(input, { ...known, year })) found.push(time?.slice(0, 10));
		return found;
	};

	test("a log of more than a year", async () => {
		const stamps = ["Jun 10", "Jun 30", "Jul 15", "Aug 25", "Dec 31", "Jan  1", "Jun 11", "Aug 19"].map((day) => sent(`${day} 02:00:00`));
		expect((await dated(stamps, "2026-08-20T00:00:00Z")).map((date) => date?.slice(0, 4))).toEqual(
			"2025 2025 2025 2025 2025 2026 2026 2026".split(" "),
		);
	});

	test("a gap of more than half a year over New Year", async () => {
		const stamps = ["Dec 16", "Jun 20", "Nov 14"].map((day) => sent(`${day} 02:00:00`));
		expect(await dated(stamps, "2026-12-01T00:00:00Z")).toEqual(["2025-12-16", "2026-06-20", "2026-11-14"]);
	});

	test("an id that contradicts the many, as the first or anywhere, dates nothing", async () => {
		const many = Array.from({ length: 5 }, () => session("Nov 21 02:00:00", "2AK"));
		const other = session("Nov 21 02:00:00", "0AK");
		for (const lines of [
			[other, ...many],
			[...many, other, sent("Nov 21 02:00:01")],
		])
			expect(new Set(await dated(lines, "2029-01-01T00:00:00Z"))).toEqual(new Set(["2026-11-21"]));
	});

	test("ids that contradict the many are counted, by record", async () => {
		const many = Array.from({ length: 5 }, () => session("Nov 21 02:00:00", "2AK"));
		const other = session("Nov 21 02:00:00", "0AK");
		// What has no time, and what has another year of its own, contradicts nothing.
		const more = [sent("Nov 21 25:00:00"), sent("Nov 21 25:00:00"), sent("2026-11-21T02:00:00Z"), sent("2026-11-21T02:00:00Z")];
		const summary = emptySummary();
		const input = inputOf([...many, other, other, ...more].join("\n"), [65_536], "mail.log", new Date("2029-01-01T00:00:00Z"));
		for await (const _ of events(input, known, summary));
		expect(summary.contradictions).toBe(2);
	});

	test("an id that no look has found dates nothing anew", async () => {
		const many = Array.from({ length: 2000 }, (_, i) => sent(`Nov 21 02:${String(i % 60).padStart(2, "0")}:00`));
		const lines = [...many, session("Nov 21 02:00:00", "0AK"), ...many];
		const found = new Set(await dated(lines, "2026-12-01T00:00:00Z"));
		expect(found).toEqual(new Set(["2026-11-21"]));
	});

	test("stamps out of any order, which count more years than there are", async () => {
		const lines = Array.from({ length: 12_000 }, () => ["Jan  1", "May  1", "Sep  1"].map((day) => sent(`${day} 02:00:00`))).flat();
		const found = await dated(lines, "2026-12-01T00:00:00Z");
		// None lies in front of the year 0; the last ones are those of the file.
		expect(found.filter((date) => date !== undefined && !/^\d{4}-0[159]-01$/.test(date))).toEqual([]);
		expect(found.slice(-3)).toEqual(["2026-01-01", "2026-05-01", "2026-09-01"]);
		expect(found.filter((date) => date === undefined)).toHaveLength(3 * (12_000 - 2027));
	});

	test("a line of a megabyte without a frame, of which more is captured than there is room for", async () => {
		const format = smallFormat(`record = a+\n a = any`, { a: list("fields.a") });
		const bytes = Buffer.from(`${"a".repeat(1_000_000)}\n${sent("Nov 21 02:00:00")}\n`);
		const input = inputOf(bytes, [65_536], "mail.log", new Date("2026-12-01T00:00:00Z"));
		const settings = { formats: [format], framing: known.framing, forced: format };
		const { walk, boundaries } = await survey(input, { ...settings, part: 1 });
		expect(walk).toMatchObject({ known: "file", year: 2026 });
		expect(boundaries.map(({ place }) => place.line)).toEqual([2]);
	});
});

describe("the first look expects at each record what the conversion finds there", () => {
	const expectSame = async (bytes: Buffer, formats: Formats, maxLine: number | undefined): Promise<void> => {
		const settings = { ...formats, maxLine };
		const input = inputOf(bytes, [bytes.length], "mail.log", new Date("2026-11-21T00:00:00Z"));
		const { walk, boundaries } = await survey(input, { ...settings, part: 1 });
		for (const boundary of boundaries) {
			const kernel = Kernel.take();
			const records = new Records(kernel, { ...settings, input: "" }, { walk });
			records.push(bytes.subarray(0, boundary.place.offset));
			for (const _ of records.convertRest());
			const { place, walk: found } = records.state;
			kernel.giveBack();
			expect({ ...boundary, place, walk: found }).toEqual(boundary);
		}
	};

	test("of dated logs", async () => {
		await fc.assert(
			fc.asyncProperty(datedLog, fc.boolean(), (lines, hasIds) =>
				expectSame(Buffer.from(bytesOf(lines)), hasIds ? known : withoutIds, MAX_LINE),
			),
			{ seed: 3, numRuns: 150 },
		);
	});

	test("of logs that are damaged, in other encodings, with lines that are too long", async () => {
		await fc.assert(
			fc.asyncProperty(dependentLog(20), fc.boolean(), fc.constantFrom(undefined, 7, 60, 150), (bytes, hasIds, maxLine) =>
				expectSame(bytes, hasIds ? known : withoutIds, maxLine),
			),
			{ seed: 4, numRuns: 100 },
		);
	});
});
