/** `formats coverage`: messages and labelled cases that a log exercises, and what of it nobody knows. */
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Coverage } from "../../src/author/coverage.js";
import { coverageWith } from "../../src/cli/formats-coverage.js";
import { mailtrail, type Outcome } from "../cli/fake-terminal.js";
import { loadTestFormats } from "../corpus/formats.js";
import { FORMAT, GRAMMAR, loadReaders, parcel } from "./parcel.js";

beforeAll(loadTestFormats);

const LOG = `Nov 21 02:08:35 hub parceld[7]: 10 came, 500 g, to shelf B
Nov 21 02:08:36 hub parceld[7]: 10 came, 20 g, to van
Nov 21 02:08:37 hub parceld[7]: 11 stolen from shelf 7
Nov 21 02:08:38 hub parceld[7]: 11 stolen from shelf 8
Nov 21 02:08:39 hub parceld[7]: 99
Nov 21 02:08:40 hub doord[8]: opened by 12
Nov 21 02:08:41 mx1 smtpf[27461]: 2AK28R274610000200 #599 ready
hello \u001b[31m
`;

/** The format, a log beside it, and what coverage says. */
async function covered(options: readonly string[] = [], files: Readonly<Record<string, string>> = {}): Promise<Outcome> {
	const folder = parcel(files);
	const log = join(folder, "hub.log");
	writeFileSync(log, LOG);
	return mailtrail(["coverage", "parcel", log, "--formats-dir", folder, ...options], { verbs: [coverageWith(loadReaders)] });
}

const data = async (files: Readonly<Record<string, string>> = {}): Promise<Coverage> =>
	JSON.parse((await covered(["--json"], files)).stdout);

test("is told as text, free of terminal escapes", async () => {
	const { exit, stdout, stderr } = await covered();
	expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
	expect(stdout.replace(/\/\S+\/hub\.log/g, "hub.log")).toBe(`parcel: 5 of 8 records

Messages of the catalog: 2 of 3
  2  10  came, {weight} g, to {place}
  2  11  Parcel lost

Cases of the grammar: 4 of 4
  4  record_numbered
  1  record_cut
  1  place_shelf
  1  place_van

Read, but no message of the catalog: 3 records (60%), 2 shapes
  2  parceld: stolen from shelf {number}
      hub.log:3: Nov 21 02:08:37 hub parceld[7]: 11 stolen from shelf 7
  1  parceld: {number}
      hub.log:5: Nov 21 02:08:39 hub parceld[7]: 99

Read by no format: 2 records (25%), 2 shapes
  1  doord: opened by {number}
      hub.log:6: Nov 21 02:08:40 hub doord[8]: opened by 12
  1  hello \\x1b[31m
      hub.log:8: hello \\x1b[31m
`);
});

test("--json has all messages and cases, also those without a record, with their places", async () => {
	const { messages, cases, records, read } = await data({ "catalog.json": CATALOG_OF_THREE });
	expect({ records, read }).toEqual({ records: 8, read: 5 });
	expect(messages.map(({ code, template, count }) => [code, template, count])).toEqual([
		["10", "came, {weight} g, to {place}", 2],
		["11", "lost in {place}", 0],
		["11", "stolen from {spot}", 2],
		["12", undefined, 0],
	]);
	expect(cases.map(({ label, file, line, count }) => [label, file?.endsWith("/parcel/parcel.ohm"), line, count])).toEqual([
		["record_numbered", true, 2, 4],
		["record_cut", true, 3, 1],
		["place_shelf", true, 8, 1],
		["place_van", true, 9, 1],
	]);
});

test("what is not exercised is named", async () => {
	const grammar = GRAMMAR.replace("            -- van\n", '            -- van\n        | "cellar"         -- cellar\n');
	expect((await covered([], { "parcel.ohm": grammar })).stdout).toContain("\n  not exercised: place_cellar\n");
});

test("--shapes limits what is shown of each kind", async () => {
	const { stdout } = await covered(["--shapes", "1"]);
	expect(stdout).toContain("\n  and 1 more shape; --shapes shows more\n");
	expect(stdout).not.toContain("hub.log:5");
});

describe("labels", () => {
	test("that stand in lookaheads only are no cases", async () => {
		const seen = '  seen = "a" -- a\n       | "b" -- b\n  place =';
		const ahead = GRAMMAR.replace("  place =", seen).replace("record = number", "record = ~seen number");
		const { cases } = await data({ "parcel.ohm": ahead });
		expect(cases.map(({ label }) => label)).toEqual(["record_numbered", "record_cut", "place_shelf", "place_van"]);
	});

	test("in loops where captures are refused are left out, the others counted", async () => {
		const grammar = GRAMMAR.replace("remainder = any*", 'remainder = (odd* "!" | any "")*\n  odd = "x" -- x\n      | "y" -- y');
		const { cases } = await data({ "parcel.ohm": grammar });
		expect(cases.map(({ label, count }) => [label, count])).toEqual([
			["record_numbered", 4],
			["record_cut", 1],
			["place_shelf", 1],
			["place_van", 1],
		]);
	});

	test("of what a format rereads are counted too", async () => {
		const format = FORMAT.replace(
			"  captures:",
			`  reread: ["place"],
  expand: { record_cut: (captured, match) => ({ ...captured, ...match("place", "van") }) },
  captures:`,
		);
		const { cases } = await data({ "format.js": format });
		expect(cases.map(({ label, count }) => [label, count])).toEqual([
			["record_numbered", 4],
			["record_cut", 1],
			["place_shelf", 1],
			["place_van", 2],
		]);
	});
});

const CATALOG_OF_THREE = JSON.stringify({
	format: "parcel",
	fields: { place: { type: "text", title: "Where" }, weight: { type: "integer", title: "Grams" }, spot: { type: "text", title: "Where" } },
	entries: [
		{ code: "10", title: "Came", template: "came, {weight} g, to {place}" },
		{ code: "11", title: "Lost", template: "lost in {place}", variants: [{ template: "stolen from {spot}" }] },
		{ code: "12", title: "Only a code" },
	],
});
