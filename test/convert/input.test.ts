/** Inputs as they come: compressed, cut, empty, binary, long. */
import { mkdtempSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { convert, emptySummary, events, type Input, openInput, type WholeEvent } from "../../src/index.js";
import { packageRoot } from "../../src/root.js";
import { converted } from "../corpus/conversion.js";
import { type Formats, loadTestFormats } from "../corpus/formats.js";

let known: Formats;
let folder = "";
beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "mailtrail-convert-"));
	known = await loadTestFormats();
});
afterAll(() => rmSync(folder, { recursive: true }));

const LOG = readFileSync(new URL("corpus/smtpf/captures/several-recipients.log", packageRoot));
const MODIFIED = new Date("2026-11-22T00:00:00Z");

const file = (name: string, bytes: Buffer): string => {
	const path = join(folder, name);
	writeFileSync(path, bytes);
	utimesSync(path, MODIFIED, MODIFIED);
	return path;
};

async function readFile(path: string): Promise<{ readonly events: WholeEvent[]; readonly error: unknown }> {
	const found: WholeEvent[] = [];
	try {
		for await (const event of events(await openInput(path), { ...known, inputId: "log" })) found.push(event);
	} catch (error) {
		return { events: found, error };
	}
	return { events: found, error: undefined };
}

test.each(["plain", "compressed"])("of a %s file it is known how much was read, each time it is read", async (kind) => {
	const bytes = Buffer.from(Array.from({ length: 60_000 }, (_, i) => `${(i * 7919) % 1_000_003}\n`).join(""));
	const path = file(`read-${kind}.log`, kind === "plain" ? bytes : gzipSync(bytes));
	const { size } = statSync(path);
	for (const input of [await openInput(path), await openInput(path)])
		for (let time = 0; time < 2; time++) {
			const steps: number[] = [];
			for await (const _ of input.chunks()) steps.push(input.file?.read() ?? 0);
			expect([input.file?.size, steps.at(-1)]).toEqual([size, size]);
			expect(steps).toEqual([...steps].sort((a, b) => a - b));
			if (kind === "plain") expect(steps[0]).toBeLessThan(size);
		}
});

describe("a compressed log", () => {
	test("gives the same events, with offsets in what it decompresses to", async () => {
		const plain = await readFile(file("plain.log", LOG));
		expect(plain.events.map(({ source }) => source.offset).at(-1)).toBeGreaterThan(1000);
		expect(await readFile(file("packed.log.gz", gzipSync(LOG)))).toEqual(plain);
	});

	test("that was cut gives all records that can be had, the last one as far as it goes, then the error", async () => {
		const lines = Array.from({ length: 20_000 }, (_, i) => `Nov 21 02:08:27 mx1 smtpf[27461]: #599 ready ${i}\n`).join("");
		const packed = gzipSync(lines);
		const { events: found, error } = await readFile(file("cut.log.gz", packed.subarray(0, packed.length - 200)));
		expect(error).toMatchObject({ code: "input.truncated", exit: 3 });
		expect(found.length).toBeGreaterThan(10_000);
		const raws = found.map(({ raw }) => raw);
		expect(lines.startsWith(raws.join("\n"))).toBe(true);
	});

	test("that was cut before anything could be had gives the error only", async () => {
		const { events: found, error } = await readFile(file("stub.gz", gzipSync(LOG).subarray(0, 12)));
		expect([found, error]).toMatchObject([[], { code: "input.truncated" }]);
	});
});

describe("odd bytes", () => {
	test("an empty input has no events", async () => {
		expect(await converted("", known)).toMatchObject({ events: [], summary: { records: 0, unparsed: 0 } });
	});

	test("a line feed alone is an empty record", async () => {
		const { events: found } = await converted("\n\r\n", known);
		expect(found).toMatchObject([
			{ raw: "", source: { line: 1, offset: 0, length: 0 } },
			{ raw: "", source: { line: 2, offset: 1, length: 0, eol: "\r\n" } },
		]);
	});

	test("a carriage return inside a line, NUL and escapes stay where they are", async () => {
		const line = "Nov 21 02:08:27 mx1 smtpf[27461]: #599 re\rady \0\u001b[2J\u007f";
		const { events: found } = await converted(`${line}\r\n`, { ...known, year: 2026 });
		expect(found).toMatchObject([{ format: "smtpf", raw: line, text: line.slice(line.indexOf("re\r")), source: { eol: "\r\n" } }]);
	});

	test("what is no UTF-8 is one character for each byte, and says so; what is UTF-8 is not", async () => {
		const bytes = Buffer.concat([
			Buffer.from("Nov 21 02:08:27 mx1 smtpf[1]: #599 caf"),
			Buffer.from([0xe9, 0xff, 0x0a]),
			Buffer.from("café \u{1f4e7}\n"),
		]);
		const { events: found } = await converted(bytes, known);
		expect(found).toMatchObject([
			{
				raw: "Nov 21 02:08:27 mx1 smtpf[1]: #599 caf\u00e9\u00ff",
				raw_encoding: "latin1",
				text: "caf\u00e9\u00ff",
				source: { length: 40 },
			},
			{ raw: "café \u{1f4e7}", source: { length: 10, offset: 41 } },
		]);
		expect(found[1]).not.toHaveProperty("raw_encoding");
	});

	test("a byte order mark hides no record", async () => {
		const { events: found } = await converted("\uFEFF2AK28R274610000200 #599 ready\n", known);
		expect(found).toMatchObject([{ raw: "\uFEFF2AK28R274610000200 #599 ready", source: { length: 32 } }]);
	});

	test("numbers larger than any field expects lose no digits in the output, and stay valid", async () => {
		const line =
			'Nov 21 02:08:27 mx1 smtpf[99999999999999999999]: 2AK28R274610000200 #637 start [192.0.2.40]:99999 f="" th=007 cn=1 cs=1\n';
		await converted(line, known);
		const out: Buffer[] = [];
		for await (const block of convert(await openInput(file("numbers.log", Buffer.from(line))), known, emptySummary())) out.push(block);
		expect(Buffer.concat(out).toString()).toMatch(/"pid":99999999999999999999,.*"port":99999\b.*"threads":7,/);
	});

	test("a line of a megabyte is a record, a longer one is cut into pieces that restore", async () => {
		const start = "Nov 21 02:08:27 mx1 smtpf[27461]: ";
		const limit = 1024 * 1024;
		const fits = start + "x".repeat(limit - start.length);
		const { events: found } = await converted(`${fits}\n${fits}yz\n${start}#599 ready\n`, known, { sizes: [100_000] });
		expect(found.map(({ record, source }) => [record, source.line, source.length, source.eol])).toEqual([
			["event", 1, limit, undefined],
			["unparsed", 2, limit, ""],
			["unparsed", 2, 2, undefined],
			["event", 3, start.length + 10, undefined],
		]);
	});
});

test("memory does not grow with the input", async () => {
	const block = Buffer.from(
		Array.from({ length: 1500 }, (_, i) => `Nov 21 02:08:27 mx1 smtpf[27461]: 2AK28R274610000200 #599 ready ${i}\n`).join(""),
	);
	const input: Input = {
		name: "endless",
		modified: undefined,
		async *chunks() {
			for (let i = 0; i < 150; i++) yield block;
		},
	};
	setFlagsFromString("--expose-gc");
	const collectGarbage: () => void = runInNewContext("gc");
	const kept: number[] = [];
	let blocks = 0;
	const summary = emptySummary();
	for await (const out of convert(input, known, summary)) {
		blocks += out.length > 0 ? 1 : 0;
		if (blocks % 50 !== 0) continue;
		collectGarbage();
		kept.push(process.memoryUsage().heapUsed);
	}
	expect(summary.records).toBe(225_000);
	// 15 MB went in and 100 MB came out; a byte kept of each record would show as 200 kB.
	const [first = 0, , last = 0] = kept;
	expect(last - first).toBeLessThan(2 * 1024 * 1024);
});
