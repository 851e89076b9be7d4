import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mailtrail } from "./fake-terminal.js";
import { eventsOf, ndjson, sampleEvent } from "./sample-events.js";

const text = (value: string): Uint8Array => Buffer.from(value);

describe("restore gives back the bytes", () => {
	test.each([
		["line feeds", text("one\ntwo\n")],
		["no last line end", text("one\ntwo")],
		["CR LF beside LF, a lone CR, NUL, blank lines", text("one\r\ntwo\n\n\rx\u0000\r\n")],
		["text that is not ASCII", text("受信者 é\n")],
		["bytes that are not UTF-8", Buffer.from([0x61, 0xff, 0xfe, 0x0a, 0xc3, 0x28, 0x0a])],
		["an empty file", text("")],
	])("%s", async (_, bytes) => {
		const { exit, bytes: restored, stderr } = await mailtrail(["restore"], { stdin: [ndjson(eventsOf("mail.log", bytes))] });
		expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
		expect(restored.equals(bytes)).toBe(true);
	});

	test("of any file, in whatever chunks its events arrive", async () => {
		const bytes = fc
			.uint8Array({ max: 255, maxLength: 200 })
			.map((array) => array.map((byte) => (byte % 7 === 0 ? 10 : byte % 11 === 0 ? 13 : byte)));
		await fc.assert(
			fc.asyncProperty(bytes, fc.integer({ min: 1, max: 50 }), async (array, size) => {
				const events = Buffer.from(ndjson(eventsOf("mail.log", array)));
				const chunks = Array.from({ length: Math.ceil(events.length / size) }, (_, i) => events.subarray(i * size, (i + 1) * size));
				const { exit, bytes: restored } = await mailtrail(["restore", "-"], { stdin: chunks });
				expect(exit).toBe(0);
				expect(restored.equals(Buffer.from(array))).toBe(true);
			}),
			{ numRuns: 50 },
		);
	});

	test.each(["utf-16le", "utf-16be"] as const)("of text in %s, line ends included", async (raw_encoding) => {
		const text = "\ufeffone\r\n受信者 😀\nhalf \ud800";
		const bytes = Buffer.from(text, "utf-16le");
		const source = { file: "a", line: 1, offset: 0 };
		const events = [
			sampleEvent({ raw: "\ufeffone", raw_encoding, source: { ...source, length: 8, eol: "\r\n" } }),
			sampleEvent({ raw: "受信者 😀", raw_encoding, source: { ...source, offset: 12, length: 12 } }),
			sampleEvent({ raw: "half \ud800", raw_encoding, source: { ...source, offset: 26, length: 12, eol: "" } }),
		];
		const { exit, stderr, bytes: restored } = await mailtrail(["restore"], { stdin: [ndjson(events)] });
		expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
		expect(restored.equals(raw_encoding === "utf-16be" ? bytes.swap16() : bytes)).toBe(true);
	});

	test("of more than a block of memory", async () => {
		const bytes = text("0123456789abcdef".repeat(10).concat("\n").repeat(5000));
		const { bytes: restored } = await mailtrail(["restore"], { stdin: [ndjson(eventsOf("mail.log", bytes))] });
		const hash = (value: Uint8Array): string => createHash("sha256").update(value).digest("hex");
		expect(hash(restored)).toBe(hash(bytes));
	});

	test("with records of several lines and cut ones", async () => {
		const events = [
			sampleEvent({ raw: "one\n  two", source: { file: "a", line: 1, offset: 0, length: 9, lines: 2 } }),
			sampleEvent({ raw: "cut", source: { file: "a", line: 3, offset: 10, length: 3, eol: "" } }),
			sampleEvent({ raw: " here", source: { file: "a", line: 3, offset: 13, length: 5 } }),
		];
		expect((await mailtrail(["restore"], { stdin: [ndjson(events)] })).stdout).toBe("one\n  two\ncut here\n");
	});
});

describe("restore refuses, and names both records", () => {
	const [one, two, three] = eventsOf("mail.log", text("one\ntwo\nthree\n"));

	test.each([
		[
			"a record is missing in the middle",
			[one, three],
			"mailtrail: -:2: 4 bytes are missing between record mail.log:0, which ends at 4, and record mail.log:8 at 8\n" +
				"  Convert with --unparsed keep and keep every event, or write what is there with --force.\n",
		],
		[
			"the first record is missing",
			[two, three],
			"mailtrail: -:1: 4 bytes are missing between the beginning of the file and record mail.log:4 at 4\n" +
				"  Convert with --unparsed keep and keep every event, or write what is there with --force.\n",
		],
		[
			"a record is there twice",
			[one, two, two],
			"mailtrail: -:3: record mail.log:4 at 4 lies before the end of record mail.log:4, which ends at 8\n" +
				"  Keep the events in the order and number in which convert wrote them, or write what is there with --force.\n",
		],
		[
			"a record was changed",
			[one, { ...two, raw: "TWO!" }],
			"mailtrail: -:2: record mail.log:4 had 3 bytes, but its raw text has 4: it was changed after it was converted\n" +
				"  Use the events as convert wrote them, or write what is there with --force.\n",
		],
		[
			"something that is no event",
			[one, { raw: 5 }],
			"mailtrail: -:2: this is no event: raw, raw_encoding or source is missing or of the wrong type\n" +
				"  See all that is wrong with: mailtrail validate\n",
		],
	])("%s", async (_, events, stderr) => {
		expect(await mailtrail(["restore"], { stdin: [ndjson(events)] })).toMatchObject({ exit: 1, stderr });
	});

	test.each([
		["raw", { raw: undefined }, "raw"],
		["source", { source: undefined }, "source"],
		["both", { raw: undefined, source: undefined }, "raw and source"],
		["parts of source", { source: { file: "mail.log", line: 2 } }, "source.offset and source.length"],
		["raw_encoding", { raw: "\u00e9\u00e8\u00ea" }, "raw_encoding"],
	])("an event that was written without %s", async (_, changes, keys) => {
		expect(await mailtrail(["restore"], { stdin: [ndjson([one, { ...two, ...changes }])] })).toMatchObject({
			exit: 1,
			stderr:
				`mailtrail: -:2: event mail.log:4 was written without ${keys}, so its record cannot be restored\n` +
				"  Convert the log again with raw, raw_encoding and source: leave them out of --omit, or name them in --keys.\n",
		});
	});

	test("a line that is no JSON", async () => {
		const { exit, stderr } = await mailtrail(["restore"], { stdin: ["nonsense\n"] });
		expect({ exit, stderr }).toEqual({
			exit: 1,
			stderr: "mailtrail: -:1: expected one whole JSON object on the line\n  See all that is wrong with: mailtrail validate\n",
		});
	});

	test("with --force it goes on and tells, and still exits with 1", async () => {
		const { exit, stdout, stderr } = await mailtrail(["restore", "--force"], { stdin: [ndjson([one, three])] });
		expect({ exit, stdout }).toEqual({ exit: 1, stdout: "one\nthree\n" });
		expect(stderr).toContain("4 bytes are missing between record mail.log:0, which ends at 4, and record mail.log:8 at 8");
	});
});

describe("events of several files", () => {
	const events = ndjson([...eventsOf("a.log", text("a1\na2\n")), ...eventsOf("b.log", text("b1\n"))]);

	test("need a choice", async () => {
		expect(await mailtrail(["restore"], { stdin: [events] })).toMatchObject({
			exit: 2,
			stderr:
				"mailtrail: -:3: the events come from several files: a.log, b.log\n  Choose the one to restore with --file, for example: --file 'a.log'\n",
		});
	});

	test.each([
		["a.log", "a1\na2\n"],
		["b.log", "b1\n"],
	])("--file %s", async (name, stdout) => {
		expect(await mailtrail(["restore", "--file", name], { stdin: [events] })).toMatchObject({ exit: 0, stdout, stderr: "" });
	});

	test("names ten of many sources", async () => {
		const names = Array.from({ length: 12 }, (_, index) => `log${index}`);
		const events = names.map((file) => sampleEvent({ raw: "x", source: { file, line: 1, offset: 0, length: 1 } }));
		const { stderr } = await mailtrail(["restore", "--file", "c.log"], { stdin: [ndjson(events)] });
		expect(stderr).toBe(`mailtrail: -: no event comes from c.log\n  Files in it: ${names.slice(0, 10).join(", ")}\n`);
	});

	test("a choice that is not among them", async () => {
		expect(await mailtrail(["restore", "--file", "c.log"], { stdin: [events] })).toMatchObject({
			exit: 2,
			stderr: "mailtrail: -: no event comes from c.log\n  Files in it: a.log, b.log\n",
		});
	});
});

describe("where it reads and writes", () => {
	let folder = "";
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), "mailtrail-"));
	});
	afterAll(() => rmSync(folder, { recursive: true }));

	test("-o", async () => {
		const path = join(folder, "mail.log");
		const { exit, stdout } = await mailtrail(["restore", "-o", path], { stdin: [ndjson(eventsOf("mail.log", text("one\r\ntwo")))] });
		expect({ exit, stdout, file: readFileSync(path, "utf8") }).toEqual({ exit: 0, stdout: "", file: "one\r\ntwo" });
	});

	test("a missing file: exit code 3", async () => {
		const { exit, stderr } = await mailtrail(["restore", join(folder, "nothing.ndjson")]);
		expect(exit).toBe(3);
		expect(stderr).toMatch(/^mailtrail: .*nothing\.ndjson: there is no such file\n/);
	});
});
