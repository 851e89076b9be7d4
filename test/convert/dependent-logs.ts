/** Logs in which the reading of a line depends on lines before it: what has to be known of them wherever somebody goes on. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import type { Settings } from "../../src/index.js";
import { packageRoot } from "../../src/root.js";
import { corpusLines, damagedLine } from "./arbitrary-logs.js";

const two = (value: number): string => String(value).padStart(2, "0");
const digits = (value: number): string => String(value).padStart(5, "0");

/** Of a log with options, which are found in a sample. */
export const ENTRIES: readonly string[] = readFileSync(new URL("corpus/sun-mta/captures/example-21-9.log", packageRoot), "latin1")
	.split("\n")
	.slice(0, -1);

export const postfix = (stamp: string): string => `${stamp} mx1 postfix/qmgr[640]: 4F1B2245E2: removed`;
/** An id that tells its year, in the frame of a program that nobody knows by name: its text tells the format. */
export const learned = (program: string, stamp: string, counter: number): string =>
	`${stamp} mx1 ${program}[7]: 2AK28W274610${digits(counter)}00 #599 ready`;
/** The same program, whose format nobody could tell by this line. */
export const untold = (program: string, stamp: string): string => `${stamp} mx1 ${program}[7]: nothing that tells`;
/** A record of a console in several lines. */
export const folded = (count: number): string =>
	`[2026-11-21T02:10:43.602436Z]: [statistics] [milter][header][add](2): <X-Report>=<first${"\n\tand more".repeat(count)}\n last>: spam`;

const program = fc.constantFrom("otherd", "relay", "in");
/** Around New Year, a leap day, an hour that happens twice in Berlin, and days on which a machine had lost its clock. */
const stamp = fc
	.tuple(
		fc.constantFrom("Dec 31 23", "Jan  1 00", "Feb 29 12", "Oct 25 01", "Oct 25 02", "Oct 25 02", "Oct 25 03", "Nov 21 02"),
		fc.nat(59),
	)
	.map(([hour, minute]) => `${hour}:${two(minute)}:07`);

const line: fc.Arbitrary<string> = fc.oneof(
	{ weight: 3, arbitrary: fc.constantFrom(...corpusLines) },
	damagedLine,
	{ weight: 4, arbitrary: stamp.map(postfix) },
	fc.tuple(program, stamp, fc.nat(99_999)).map(([name, at, counter]) => learned(name, at, counter)),
	{ weight: 2, arbitrary: fc.tuple(program, stamp).map(([name, at]) => untold(name, at)) },
	fc.nat(3).map(folded),
	// Unfinished.
	fc.nat(3).map((count) => folded(count).replace(" last>: spam", "")),
	fc.constantFrom(...ENTRIES),
	stamp.map((at) => `${postfix(at)} \xe9\xff`),
	fc.tuple(stamp, fc.integer({ min: 50, max: 500 })).map(([at, length]) => `${postfix(at)} ${"long ".repeat(length / 5)}`),
);

const lineEnd = fc.constantFrom("\n", "\n", "\n", "\n", "\r\n");

/** Bytes of such logs. */
export const dependentLog = (lines: number): fc.Arbitrary<Buffer> =>
	fc
		.array(fc.tuple(line, lineEnd), { minLength: 1, maxLength: lines })
		.map((all) => Buffer.from(all.map(([text, eol]) => text + eol).join(""), "latin1"));

/** What such a log may be read with. */
export const dependentSettings: fc.Arbitrary<Pick<Settings, "zone" | "year" | "maxLine" | "options">> = fc.record({
	zone: fc.constantFrom(undefined, "Europe/Berlin", "Europe/Berlin", "America/St_Johns"),
	year: fc.constantFrom(undefined, 2026, 2023),
	maxLine: fc.constantFrom(undefined, undefined, 7, 150),
	options: fc.constantFrom(undefined, undefined, { LOG_FILENAME: "1", LOG_MESSAGE_ID: "1" }),
});
