/** What the summary says of years and zones that no line tells. */
import { describe, expect, test } from "vitest";
import { assumedLines, yearlessLines } from "../../src/cli/assumed.js";
import { timelessLines } from "../../src/cli/lacking-text.js";
import { summaryLines } from "../../src/cli/reading.js";
import { emptySummary, type Source, type Summary } from "../../src/index.js";

type Known = Pick<Summary, "years" | "zone">;

const summaries = (...all: readonly (readonly [name: string, known: Known])[]): Map<Source, Summary> =>
	new Map(
		all.map(([name, known]) => [
			{ name, path: name },
			{ ...emptySummary(), ...known },
		]),
	);

const numbered = (count: number, known: Known): Map<Source, Summary> =>
	summaries(...Array.from({ length: count }, (_, i) => [`mail.log.${i + 1}`, known] as const));

describe("years", () => {
	test.each<[string, NonNullable<Known["years"]>, string]>([
		["one", { basis: "file", first: 2019, last: 2019 }, "year from the date of the file: mail.log 2019"],
		["several", { basis: "file", first: 2018, last: 2020 }, "year from the date of the file: mail.log 2018 to 2020"],
		["told by some records for others", { basis: "anchor", first: 2026 }, "year from other records: mail.log 2026"],
		["given", { basis: "option", first: 2025, last: 2025 }, "year given: mail.log 2025"],
		["of no record", { basis: "file" }, "year from the date of the file: mail.log"],
	])("%s", (_, years, line) => {
		expect(assumedLines(summaries(["mail.log", { years, zone: "line" }]))).toEqual([line]);
	});

	test("that each line tells are not told again", () => {
		expect(assumedLines(summaries(["mail.log", { zone: "line" }]))).toEqual([]);
		expect(assumedLines(summaries(["mail.log", {}]))).toEqual([]);
	});

	test("of many sources: a handful, and how many more", () => {
		expect(assumedLines(numbered(6, { years: { basis: "file", first: 2019, last: 2019 }, zone: "option" }))).toEqual([
			"year from the date of the file: mail.log.1 2019",
			"year from the date of the file: mail.log.2 2019",
			"year from the date of the file: mail.log.3 2019",
			"year from the date of the file: mail.log.4 2019",
			"year from the date of the file: mail.log.5 2019",
			"year from the date of the file: 1 more",
		]);
		expect(assumedLines(numbered(5, { years: { basis: "file" } })).at(-1)).toBe("year from the date of the file: mail.log.5");
	});

	test("known in several ways: those that are least certain first", () => {
		const all = summaries(
			["given.log", { years: { basis: "option", first: 2025 } }],
			["anchored.log", { years: { basis: "anchor", first: 2026 } }],
			["dated.log", { years: { basis: "file", first: 2024 } }],
		);
		expect(assumedLines(all)).toEqual([
			"year from the date of the file: dated.log 2024",
			"year from other records: anchored.log 2026",
			"year given: given.log 2025",
		]);
	});
});

describe("zones", () => {
	test.each<[string, readonly (readonly [string, Known])[], readonly string[]]>([
		[
			"of all sources",
			[
				["a.log", { zone: "assumed" }],
				["empty.log", {}],
			],
			["no zone in the lines: UTC assumed (--tz)"],
		],
		[
			"of some",
			[
				["a.log", { zone: "assumed" }],
				["b.log", { zone: "line" }],
				["-", { zone: "assumed" }],
			],
			["no zone in the lines of a.log, standard input: UTC assumed (--tz)"],
		],
		[
			"of none",
			[
				["a.log", { zone: "option" }],
				["b.log", { zone: "line" }],
			],
			[],
		],
	])("%s", (_, all, lines) => {
		expect(assumedLines(summaries(...all))).toEqual(lines);
	});

	test("of many: a handful, and how many more", () => {
		const all = new Map([...numbered(8, { zone: "assumed" }), ...summaries(["told.log", { zone: "line" }])]);
		expect(assumedLines(all)).toEqual([
			"no zone in the lines of mail.log.1, mail.log.2, mail.log.3, mail.log.4, mail.log.5, 3 more: UTC assumed (--tz)",
		]);
	});
});

test("the summary tells them behind the counts", () => {
	const all = summaries(["mail.log", { years: { basis: "file", first: 2019, last: 2019 }, zone: "assumed" }]);
	expect(summaryLines(all)).toEqual([
		"0 records, 0 unparsed",
		"year from the date of the file: mail.log 2019",
		"no zone in the lines: UTC assumed (--tz)",
	]);
});

describe("no year at all", () => {
	const yearless = summaries(["-", { years: { basis: "none" }, zone: "assumed" }], ["mail.log", { years: { basis: "file", first: 2019 } }]);
	const TOLD = "standard input: nothing tells the year, so its records have no time; give it with --year";

	test("is told with the option that tells it", () => {
		expect(yearlessLines(yearless)).toEqual([TOLD]);
		expect(yearlessLines(numbered(7, { years: { basis: "none" } })).slice(4)).toEqual([
			"mail.log.5: nothing tells the year, so its records have no time; give it with --year",
			"2 more without a year",
		]);
	});

	test("is told once when mails are to be followed", () => {
		const lacking = [
			{ name: "-", keys: ["time"] },
			{ name: "events.ndjson", keys: ["time", "raw"] },
		] as const;
		expect(timelessLines(lacking, yearless)).toEqual([
			TOLD,
			"events.ndjson: no record has a time, so its mails cannot be followed; --year tells the year of a log, and events need the key time",
		]);
	});
});
