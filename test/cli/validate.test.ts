import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mailtrail, type Outcome } from "./fake-terminal.js";
import { ndjson, sampleEvent } from "./sample-events.js";

const validate = (lines: readonly unknown[], ...options: string[]): Promise<Outcome> =>
	mailtrail(["validate", ...options], { stdin: [ndjson(lines)] });

const unparsed = sampleEvent({ record: "unparsed" });

test("valid events: exit code 0, a summary, nothing on standard output", async () => {
	expect(await validate([sampleEvent(), unparsed, sampleEvent()])).toMatchObject({
		exit: 0,
		stdout: "",
		stderr: "mailtrail: 3 events checked, no findings, 1 unparsed record (33.33%)\n",
	});
});

test("no events at all are no findings", async () => {
	expect(await validate([])).toMatchObject({ exit: 0, stderr: "mailtrail: 0 events checked, no findings, 0 unparsed records (0%)\n" });
});

describe("each finding tells line, pointer, what was expected and what stands there", () => {
	const valid = sampleEvent();

	test.each<[string, unknown, string]>([
		["a required key is missing", { ...valid, record: undefined }, "-:1: /record: expected this key to be present"],
		[
			"an unknown key",
			{ ...valid, client: { ipp: "192.0.2.1" } },
			'-:1: /client/ipp: expected no key of this name; known here are ip, port, host, helo, banner, found "192.0.2.1"',
		],
		[
			"a key that needs escapes in a pointer",
			{ ...valid, "a/b~c": 1 },
			"-:1: /a~1b~0c: expected no key of this name; known here are schema_version, id, record,",
		],
		["a wrong type", { ...valid, pid: "1234" }, '-:1: /pid: expected an integer, found "1234"'],
		["a wrong type in a list", { ...valid, tags: ["a", 5] }, "-:1: /tags/1: expected a string, found 5"],
		["a number that is too small", { ...valid, pid: -1 }, "-:1: /pid: expected a number of at least 0, found -1"],
		["an attempt before the first", { ...valid, queue: { attempt: 0 } }, "-:1: /queue/attempt: expected a number of at least 1, found 0"],
		[
			"a word outside the vocabulary",
			{ ...valid, outcome: "good" },
			'-:1: /outcome: expected one of "success", "failure", "temporary_failure", "unknown", found "good"',
		],
		["a word outside a long vocabulary", { ...valid, action: "x" }, '… (46 in all), found "x"'],
		[
			"a time without offset",
			{ ...valid, time: "2026-01-09T10:00:00" },
			'(RFC 3339 with numeric offset, at the precision written. Absent when the record has no time.), found "2026-01-09T10:00:00"',
		],
		["an empty id", { ...valid, id: "" }, '-:1: /id: expected at least 1 character(s), found ""'],
		["null where a value is unknown", { ...valid, host: null }, "-:1: /host: expected a string, found null"],
		["a list instead of an event", [valid], "-:1: expected an object, found [{"],
		["a number instead of an event", 5, "-:1: expected an object, found 5"],
		["a long value, shortened", { ...valid, pid: "x".repeat(5000) }, `found "${"x".repeat(118)}…`],
		["terminal escapes, harmless", { ...valid, outcome: "\u001b[31m\u009b1m\u202e" }, 'found "\\u001b[31m\\x9b1m\\u{202e}"'],
	])("%s", async (_, event, expected) => {
		const { exit, stdout } = await validate([event]);
		expect(exit).toBe(1);
		expect(stdout).toContain(expected);
		expect(stdout.split("\n")).toHaveLength(2);
	});

	test.each([
		["no JSON", "nonsense", '-:1: expected one whole JSON object on the line, found "nonsense"'],
		[
			"a value that is nested without end",
			`{"record":${"[".repeat(20_000)}${"]".repeat(20_000)}}`,
			"found a value that is nested too deep to be shown\n",
		],
		["half an event", JSON.stringify(sampleEvent()).slice(0, -5), "-:1: expected one whole JSON object on the line, found "],
		["bytes that are not UTF-8", Buffer.from([0x22, 0xff, 0x22]), "-:1: expected JSON in UTF-8, found "],
	])("%s", async (_, line, expected) => {
		const { exit, stdout } = await mailtrail(["validate"], { stdin: [line, "\n"] });
		expect({ exit, stdout }).toEqual({ exit: 1, stdout: expect.stringContaining(expected) });
	});

	test("all that is wrong in an event is told, at the number of its line; blank lines count as lines only", async () => {
		const { stdout, stderr } = await mailtrail(["validate"], {
			stdin: [ndjson([valid]), "\n  \n", ndjson([{ ...valid, pid: "x", level: "bad" }, valid])],
		});
		expect(stdout.split("\n").map((line) => line.split(": ", 2).join(" "))).toEqual(["-:4 /pid", "-:4 /level", ""]);
		expect(stderr).toBe("mailtrail: 3 events checked, 2 findings, 1 invalid event, 0 unparsed records (0%)\n");
	});

	test("a thousand errors in one event are twenty findings and a count", async () => {
		const { stdout } = await validate([{ ...valid, tags: Array.from({ length: 1000 }, () => 5) }]);
		expect(stdout.split("\n")).toHaveLength(22);
		expect(stdout).toContain("-:1: expected a valid event, but 980 more value(s) are wrong");
	});

	test("a line over the limit is one finding, and the lines behind it are read", async () => {
		const long = sampleEvent({ text: "x".repeat(5000) });
		const { stdout, stderr } = await validate([valid, long, { ...valid, pid: "x" }], "--max-line", "1k");
		expect(stdout).toMatch(/^-:2: expected a line of at most 1024 bytes, found .*\n-:3: \/pid: /);
		expect(stderr).toContain("3 events checked, 2 findings, 2 invalid events");
	});

	test("the same in any chunks", async () => {
		const whole = Buffer.from(ndjson([valid, { ...valid, pid: "x" }, valid]));
		const bytes = Array.from(whole, (byte) => Uint8Array.of(byte));
		expect(await mailtrail(["validate"], { stdin: bytes })).toEqual(await mailtrail(["validate"], { stdin: [whole] }));
	});
});

describe("--max-unparsed", () => {
	const share = (bad: number, all: number): unknown[] => Array.from({ length: all }, (_, i) => (i < all - bad ? sampleEvent() : unparsed));

	test.each([
		["0.5%", 1, 200, 0],
		["0.5%", 2, 200, 1],
		["100%", 3, 3, 0],
		["0%", 1, 1000, 1],
		["0", 0, 10, 0],
		["0", 1, 10, 1],
		["3", 3, 3, 0],
		["3", 4, 1000, 1],
		["0", 0, 0, 0],
	])("%s with %i of %i: exit code %i", async (limit, bad, all, exit) => {
		expect((await validate(share(bad, all), "--max-unparsed", limit)).exit).toBe(exit);
	});

	test("tells the share and the first record of them", async () => {
		const { stdout } = await validate(share(2, 8), "--max-unparsed", "12.5%");
		expect(stdout).toBe("-:7: /record: expected at most 12.5% unparsed records in all; this is the first of them, found 2 of 8 (25%)\n");
	});

	test.each(["some", "-1", "101%", "1.5", "%", "1e3"])("%s is no limit", async (limit) => {
		expect(await validate([], "--max-unparsed", limit)).toMatchObject({
			exit: 2,
			stderr: `mailtrail: '${limit}' is no value for --max-unparsed\n  Write a share like 0.5% or a number like 12.\n`,
		});
	});
});

test("--unique-ids finds an id that stands twice", async () => {
	const events = [sampleEvent(), sampleEvent({ id: "b" }), sampleEvent()];
	expect(await validate(events)).toMatchObject({ exit: 0 });
	expect(await validate(events, "--unique-ids")).toMatchObject({
		exit: 1,
		stdout: '-:3: /id: expected an id that no other event has, found "mail.log:0"\n',
	});
});

describe("--report", () => {
	const broken = [
		{ ...sampleEvent(), pid: "x" },
		{ ...sampleEvent(), outcome: "50%\n::warning::x" },
	];

	test("json is one document with findings and summary", async () => {
		const { exit, stdout } = await validate(broken, "--report", "json");
		expect(exit).toBe(1);
		expect(JSON.parse(stdout)).toEqual({
			findings: [
				{ file: "-", line: 1, pointer: "/pid", expected: "an integer", found: '"x"' },
				{
					file: "-",
					line: 2,
					pointer: "/outcome",
					expected: 'one of "success", "failure", "temporary_failure", "unknown"',
					found: '"50%\\n::warning::x"',
				},
			],
			summary: { events: 2, invalid: 2, findings: 2, unparsed: 0, foreign: 0, complete: true },
		});
	});

	test("json without findings is a document too", async () => {
		expect(JSON.parse((await validate([], "--report", "json")).stdout)).toMatchObject({ findings: [], summary: { events: 0 } });
	});

	test.each(["text", "json", "github"])("%s: nothing in it turns the direction of text, ends a line, or moves a cursor", async (report) => {
		const { stdout } = await validate(
			[sampleEvent({ host: 1 } as object), sampleEvent({ level: "\u202e\u2028\u009b" } as object)],
			"--report",
			report,
		);
		expect(stdout).toContain("level");
		expect(/[\u0080-\u009f\u2028-\u202e]/.exec(stdout)).toBeNull();
	});

	test("github gives annotations that values cannot break out of", async () => {
		expect((await validate(broken, "--report", "github")).stdout).toBe(
			'::error file=-,line=1,title=invalid event::/pid: expected an integer, found "x"\n' +
				'::error file=-,line=2,title=invalid event::/outcome: expected one of "success", "failure", "temporary_failure", "unknown", found "50%25\\n::warning::x"\n',
		);
	});

	test("an unknown kind is wrong usage", async () => {
		expect(await validate([], "--report", "xml")).toMatchObject({ exit: 2, stderr: expect.stringContaining("text, json, github") });
	});
});

describe("files", () => {
	let folder = "";
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), "mailtrail-"));
		writeFileSync(join(folder, "good.ndjson"), ndjson([sampleEvent()]));
		writeFileSync(join(folder, "bad,1:2.ndjson"), ndjson([sampleEvent(), { ...sampleEvent(), pid: "x" }]));
		writeFileSync(join(folder, "packed.ndjson.gz"), gzipSync(ndjson([sampleEvent(), sampleEvent()])));
	});
	afterAll(() => rmSync(folder, { recursive: true }));
	const path = (name: string): string => join(folder, name);

	test("several, compressed or not, each line with its own file", async () => {
		const { exit, stdout, stderr } = await mailtrail(["validate", path("good.ndjson"), path("bad,1:2.ndjson"), path("packed.ndjson.gz")]);
		expect({ exit, stdout }).toEqual({ exit: 1, stdout: `${path("bad,1:2.ndjson")}:2: /pid: expected an integer, found "x"\n` });
		expect(stderr).toContain("5 events checked");
	});

	test("names with commas and colons are escaped for github", async () => {
		const { stdout } = await mailtrail(["validate", "--report", "github", path("bad,1:2.ndjson")]);
		expect(stdout).toContain(`file=${folder}/bad%2C1%3A2.ndjson,line=2,`);
	});

	test("a missing one: exit code 3, one message, and a report that is whole but not complete", async () => {
		const { exit, stdout, stderr } = await mailtrail(["validate", "--report", "json", path("bad,1:2.ndjson"), path("none.ndjson")]);
		expect(exit).toBe(3);
		expect(JSON.parse(stdout)).toMatchObject({ findings: [{ line: 2 }], summary: { events: 2, complete: false } });
		expect(stderr).toMatch(/^mailtrail: 2 events checked, .*\nmailtrail: .*none\.ndjson: there is no such file\n/);
	});

	test("a folder: the files in it", async () => {
		const { stdout } = await mailtrail(["validate", folder]);
		expect(stdout).toContain(`${path("bad,1:2.ndjson")}:`);
	});

	test("a reader that goes away is not an error", async () => {
		expect(await mailtrail(["validate", path("bad,1:2.ndjson")], { writesUntilClosed: 1 })).toMatchObject({ exit: 0 });
	});
});
