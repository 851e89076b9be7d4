/** A file that is still written: what it holds, what is added, and what a rotation moves away. */
import { appendFileSync, mkdtempSync, renameSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { events, followInput, type WholeEvent } from "../../src/index.js";
import { type Formats, loadTestFormats } from "../corpus/formats.js";

let known: Formats;
let folder = "";
beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "mailtrail-follow-"));
	known = await loadTestFormats();
});
afterAll(() => rmSync(folder, { recursive: true }));

const line = (text: string, stamp = "Nov 21 02:08:27"): string => `${stamp} mx1 smtpf[27461]: #599 ${text}\n`;

/** Follows a file; each step is taken when the number of events that it names have come, and the last number ends it. */
async function follow(path: string, steps: readonly (readonly [after: number, step: () => void])[], until: number): Promise<WholeEvent[]> {
	const stop = new AbortController();
	const found: WholeEvent[] = [];
	const left = [...steps];
	for await (const event of events(await followInput(path, stop.signal), { ...known, isLive: true, inputId: "log" })) {
		found.push(event);
		while (left[0] !== undefined && left[0][0] === found.length) left.shift()?.[1]();
		if (found.length === until) stop.abort();
	}
	return found;
}

const file = (name: string, text: string, modified = "2026-11-21T03:00:00Z"): string => {
	const path = join(folder, name);
	writeFileSync(path, text);
	utimesSync(path, new Date(modified), new Date(modified));
	return path;
};

test("what is added comes as soon as its line is whole", async () => {
	const path = file("growing.log", line("one"));
	const found = await follow(
		path,
		[
			[1, () => appendFileSync(path, line("two") + line("three").slice(0, 20))],
			[2, () => appendFileSync(path, line("three").slice(20))],
		],
		3,
	);
	expect(found.map(({ text, source }) => [text, source.line])).toEqual([
		["one", 1],
		["two", 2],
		["three", 3],
	]);
});

test("a compressed file is not followed", async () => {
	const path = join(folder, "old.log.gz");
	writeFileSync(path, gzipSync(line("one")));
	await expect(followInput(path)).rejects.toThrow(
		`${path}: it is compressed (gzip), and nothing is added to a compressed log\n  Convert it without --follow, and follow the log that is still written.`,
	);
});

test("after a rotation the new file is read from its beginning, and nothing of the old one is lost", async () => {
	const path = file("rotated.log", line("one"));
	const rotate = (): void => {
		appendFileSync(path, line("last"));
		renameSync(path, `${path}.1`);
		writeFileSync(path, line("first"));
	};
	const found = await follow(
		path,
		[
			[1, rotate],
			[3, () => appendFileSync(path, line("second"))],
		],
		4,
	);
	expect(found.map(({ text }) => text)).toEqual(["one", "last", "first", "second"]);
	// Ids go on counting, so that none stands twice.
	expect(new Set(found.map(({ id }) => id)).size).toBe(4);
	expect(found.map(({ source }) => source.line)).toEqual([1, 2, 3, 4]);
});

test("a file that was emptied in place is read from its beginning", async () => {
	const path = file("emptied.log", line("one") + line("two"));
	const found = await follow(
		path,
		[
			[
				2,
				() => {
					truncateSync(path);
					appendFileSync(path, line("new"));
				},
			],
		],
		3,
	);
	expect(found.map(({ text }) => text)).toEqual(["one", "two", "new"]);
});

test("years go on beyond the modification of the file as it was found", async () => {
	const path = file("years.log", line("a", "Dec 30 10:00:00"), "2025-12-30T10:00:00Z");
	const found = await follow(
		path,
		[[1, () => appendFileSync(path, line("b", "Dec 31 10:00:00") + line("c", "Jan  5 10:00:00") + line("d", "Mar  1 10:00:00"))]],
		4,
	);
	expect(found.map(({ time, time_basis }) => [time, time_basis?.year])).toEqual([
		["2025-12-30T10:00:00+00:00", "file"],
		["2025-12-31T10:00:00+00:00", "file"],
		["2026-01-05T10:00:00+00:00", "file"],
		["2026-03-01T10:00:00+00:00", "file"],
	]);
});

test("the first record of a file that was empty when it was opened is not before its modification", async () => {
	const path = file("empty.log", "", "2025-11-05T10:00:00Z");
	const stop = new AbortController();
	const found: WholeEvent[] = [];
	const input = await followInput(path, stop.signal);
	appendFileSync(path, line("a", "Feb  1 10:00:00"));
	for await (const event of events(input, { ...known, isLive: true })) {
		found.push(event);
		stop.abort();
	}
	expect(found.map(({ time }) => time)).toEqual(["2026-02-01T10:00:00+00:00"]);
});

test("a file that is not there cannot be followed", async () => {
	await expect(followInput(join(folder, "nowhere.log"))).rejects.toMatchObject({ code: "input.missing", exit: 3 });
});
