/** Views over excerpts answer as the parsed event would: of any log, at any path. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { corpusOf } from "../../src/author/cases.js";
import { Kernel } from "../../src/convert/kernel.js";
import { EXCERPT } from "../../src/convert/kernel-exports.js";
import { schemaOrder } from "../../src/convert/schema-order.js";
import { derived, integer, list, number, text } from "../../src/format/define.js";
import { eventsIn, type ReadView, viewOf } from "../../src/format/event-view.js";
import { BUILT_IN, formatFolders } from "../../src/format/folders.js";
import { type Event, emptySummary, events, type Input, readBatches, type Settings } from "../../src/index.js";
import { inputOf } from "../corpus/conversion.js";
import { type Formats, loadTestFormats } from "../corpus/formats.js";
import { smallFormat } from "../kernel/small-format.js";
import { chunkSizes, logBytes } from "./arbitrary-logs.js";

let known: Formats;
beforeAll(async () => {
	known = await loadTestFormats();
});

/** All paths of the schema, with the first elements of lists, and those of values that formats compute. */
const PATHS: readonly string[] = [
	...[...schemaOrder()].flatMap(([parent, keys]) => keys.map((key) => (parent === "" ? key : `${parent}.${key}`))),
	...["address", "original", "outcome"].flatMap((key) => [0, 1, 2].map((at) => `envelope.to.${at}.${key}`)),
	...["message.message_ids.0", "message.message_ids.1", "flags.0", "tags.0.x", "raw.x", "id.0", "source.line.x", "constructor", "no.where"],
	...["fields.command_counts.rcpt.accepted", "fields.delays.queue", "fields.daemon", "fields.queued_as", "time_basis.year"],
];

/** Paths of all that is in a value. */
const pathsIn = (value: unknown, path: string): readonly string[] =>
	typeof value !== "object" || value === null
		? [path]
		: [path, ...Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, path === "" ? key : `${path}.${key}`))];

const answersAt = (view: ReadView, path: string): unknown => ({
	path,
	has: view.has(path),
	text: view.text(path),
	number: view.number(path),
	texts: view.texts(path),
	value: view.value(path),
});

function answersOf(view: ReadView): unknown {
	const { id, format, time, host, program, pid, code, action, outcome, file, line } = view;
	return { id, format, time, host, program, pid, code, action, outcome, file, line, raw: view.raw() };
}

/** Of long lists the first elements are enough. */
const MOST_PATHS = 100;
/** Events with the same paths have nothing elsewhere: that is looked at once. */
const kinds = new Set<string>();

function expectSame(view: ReadView, event: Event): void {
	const parsed = viewOf(event);
	// Compared as text: keys stand in the same order, too.
	if (JSON.stringify(view.whole()) !== JSON.stringify(event)) expect(view.whole()).toStrictEqual(event);
	if (!isDeepStrictEqual(answersOf(view), answersOf(parsed))) expect(answersOf(view)).toEqual(answersOf(parsed));
	const own = pathsIn(event, "").slice(1);
	const kind = own.join();
	const isKnown = kinds.has(kind);
	kinds.add(kind);
	for (const path of isKnown ? own.slice(0, MOST_PATHS) : [...PATHS, ...own.slice(0, MOST_PATHS)]) {
		const [answer, wanted] = [answersAt(view, path), answersAt(parsed, path)];
		if (!isDeepStrictEqual(answer, wanted)) expect(answer).toEqual(wanted);
	}
}

async function expectSameEvents(input: Input, settings: Settings): Promise<number> {
	const [counted, summary] = [emptySummary(), emptySummary()];
	const parsed = events(input, settings, counted);
	let count = 0;
	for await (const batch of readBatches(input, settings, summary))
		for (const view of eventsIn(batch)) {
			const next = await parsed.next();
			if (next.done === true) throw new Error(`${view.id} is in no event`);
			expectSame(view, next.value);
			count++;
		}
	expect((await parsed.next()).done).toBe(true);
	expect(summary).toEqual(counted);
	return count;
}

describe("the events of a log", () => {
	const captures = formatFolders(BUILT_IN).flatMap((folder) => corpusOf({ id: basename(folder), folder }).captures);

	test.each(captures)("%s", async (file) => {
		const lines = readFileSync(file, "latin1").split(/(?<=\n)/);
		const some = lines.filter((_, at) => at % Math.ceil(lines.length / 200) === 0).join("");
		const input = inputOf(Buffer.from(some, "latin1"), [5000], 'a "log".é', new Date("2026-11-22T00:00:00Z"));
		expect(await expectSameEvents(input, { ...known, zone: "Europe/Berlin" })).toBeGreaterThan(0);
	});

	test("whatever its bytes, its settings and its chunks", async () => {
		const settings = fc.record({
			forced: fc.option(fc.constantFrom(...known.formats), { nil: undefined }),
			zone: fc.constantFrom(undefined, "+09:00", "Europe/Berlin"),
			year: fc.constantFrom(undefined, 2024),
			maxLine: fc.constantFrom(undefined, 7, 200),
		});
		await fc.assert(
			fc.asyncProperty(logBytes, settings, chunkSizes, async (bytes, chosen, sizes) => {
				await expectSameEvents(inputOf(bytes, sizes), { ...known, ...chosen });
			}),
			{ seed: 20261201, numRuns: 100 },
		);
	});
});

describe("values of every kind", () => {
	const settingsOf = (format: ReturnType<typeof smallFormat>): Settings => ({ formats: [format], framing: known.framing, forced: format });

	test("numbers that are none, or have more digits than one can hold; lists in pieces; what is computed of other captures", async () => {
		const format = smallFormat(
			`record = (part " "?)*
			part = "i" int | "n" num | "s" size | "l" words | "w" word | "c" computed | "a" address
			int = rest
			num = rest
			size = rest
			words = rest
			word = rest
			computed = rest
			address = rest
			rest = (~" " any)*`,
			{
				int: integer("fields.int"),
				num: number("fields.num"),
				size: integer("message.size_bytes"),
				words: list("tags", ",", "[]"),
				word: list("flags", undefined, "<>"),
				computed: derived("fields.computed", (value) => (value === "" ? undefined : { value, length: value.length, list: [value, null] })),
				address: text("envelope.to.3.address", "<>"),
			},
		);
		const numbers = ["0", "007", "-12", "1.50", "1e5", "x", "", "9".repeat(15), "9".repeat(40), "1".repeat(309), '"', "\\", "é\u2028"];
		const lines = numbers.flatMap((value) => [
			`i${value} n${value}`,
			`s${value} n${value}`,
			`c${value} a<${value}> l[${value},,b] lx w<${value}> wx`,
		]);
		expect(await expectSameEvents(inputOf(lines.map((line) => `${line}\n`).join("")), settingsOf(format))).toBe(lines.length);
	});

	test("times that formats compute", async () => {
		const format = smallFormat('record = "@" stamp  stamp = any*', {
			stamp: [derived("time", (stamp) => stamp), derived("time_basis", () => ({ year: "line", zone: "line" }))],
		});
		const stamps = [
			"2026-11-21T02:08:09.123456Z",
			"2026-11-21T02:08:09.123457Z",
			"2026-11-21T02:08:60Z",
			"2026-11-21T02:08:10+01:00",
			"no time",
		];
		expect(await expectSameEvents(inputOf(stamps.map((stamp) => `@${stamp}\n`).join("")), settingsOf(format))).toBe(stamps.length);
	});

	test("more shapes than the kernel remembers", async () => {
		const format = smallFormat('record = (word " "?)*  word = "x"', { word: list("flags") });
		const lines = Array.from({ length: 900 }, (_, i) => `${"x ".repeat(i % 700)}\n`);
		expect(await expectSameEvents(inputOf(lines.join("")), settingsOf(format))).toBe(lines.length);
	});
});

test("its words are where the kernel puts them", () => {
	const kernel = Kernel.take();
	const words = EXCERPT.map((word) => [word, kernel.run[`Excerpt.${word}`].value]);
	kernel.giveBack();
	expect(Object.fromEntries(words)).toEqual({
		...{ size: 0, shape: 1, offset: 2, line: 4, time: 6, timeEnd: 7, raw: 8, rawEnd: 9, length: 10, lines: 11, values: 12 },
	});
});
