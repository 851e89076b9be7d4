/** All that a reading depends on is plain data: stopped anywhere, and gone on with from there in another kernel, it gives the same. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { Kernel } from "../../src/convert/kernel.js";
import { type RecordSettings, type RecordState, Records } from "../../src/convert/records.js";
import { inferring } from "../../src/convert/sample.js";
import { givenWalk, type Walk } from "../../src/convert/walk.js";
import { readZone } from "../../src/convert/zone.js";
import type { Settings } from "../../src/index.js";
import { chunkSizes } from "../convert/arbitrary-logs.js";
import { dependentLog, dependentSettings, ENTRIES, folded, learned, postfix, untold } from "../convert/dependent-logs.js";
import { type Formats, loadTestFormats } from "../corpus/formats.js";

let known: Formats;
beforeAll(async () => {
	known = await loadTestFormats();
});

type Given = Pick<Settings, "zone" | "maxLine" | "options" | "year">;
type Begun = Partial<RecordState> & { readonly walk: Walk };

const settingsOf = ({ zone, maxLine, options }: Given): RecordSettings => {
	const own = { ...known, maxLine };
	return { ...own, options, input: "mail.log", zone: zone === undefined ? undefined : readZone(zone), infer: inferring(own) };
};

/** Reads bytes from the place of a state up to another place; the input ends there, or somebody else goes on. */
function read(
	bytes: Buffer,
	given: Given,
	begun: Begun,
	{ to, sizes, isEnd }: { readonly to: number; readonly sizes: readonly number[]; readonly isEnd: boolean },
): { readonly text: string; readonly state: RecordState } {
	const kernel = Kernel.take();
	try {
		const records = new Records(kernel, settingsOf(given), begun);
		let text = "";
		const take = (): void => {
			for (const _ of records.read()) text += records.takeOutput().toString();
			text += records.takeOutput().toString();
		};
		for (let at = begun.place?.offset ?? 0, i = 0; at < to; i++) {
			const size = Math.min(sizes[Math.min(i, sizes.length - 1)] ?? 1, to - at);
			records.push(bytes.subarray(at, at + size));
			take();
			at += size;
		}
		if (isEnd) {
			records.end();
			take();
		}
		return { text, state: JSON.parse(JSON.stringify(records.state)) as RecordState };
	} finally {
		kernel.giveBack();
	}
}

/** The events of all bytes, by readings that end at these places, each from the state of the one before. */
function readInParts(bytes: Buffer, given: Given, places: readonly number[], sizes: readonly number[]): string {
	let begun: Begun = { walk: givenWalk(given.year) };
	let all = "";
	for (const to of [...places, bytes.length]) {
		const { text, state } = read(bytes, given, begun, { to, sizes, isEnd: to === bytes.length });
		all += text;
		begun = state;
	}
	return all;
}

const linesOf = (text: string): string[] => text.split("\n");

/** Stops behind each line, and in the middle of each. */
function expectSameWherever(log: readonly string[], given: Given): void {
	const bytes = Buffer.from(log.map((line) => `${line}\n`).join(""), "latin1");
	const whole = linesOf(readInParts(bytes, given, [], [bytes.length]));
	let at = 0;
	for (const line of log) {
		for (const place of [at + (line.length >> 1), at + line.length + 1])
			expect(linesOf(readInParts(bytes, given, [place], [bytes.length]))).toEqual(whole);
		at += line.length + 1;
	}
}

describe("stopped and gone on with, the events are the same", () => {
	test("in the hour that happens twice, whether it is the first time or the second", () => {
		const clocks = ["01:59:00", "02:30:00", "02:10:00", "02:50:00", "02:05:00", "02:40:00", "02:04:00", "03:00:00", "02:50:00"];
		expectSameWherever(
			clocks.map((clock) => postfix(`Oct 25 ${clock}`)),
			{ zone: "Europe/Berlin", year: 2026 },
		);
	});

	test("around New Year, and behind a stamp that was wrong", () => {
		const stamps = ["Nov 21 02:00:00", "Jan  1 00:00:05", "Nov 21 02:00:07", "Dec 31 23:59:59", "Jan  1 00:00:01", "Dec 31 23:59:58"];
		for (const year of [undefined, 2025])
			expectSameWherever([...stamps.map(postfix), learned("smtpf", "Jan  1 00:00:02", 1), postfix("Jan  2 00:00:00")], { year });
	});

	test("behind a record that told the format of its program", () => {
		const at = "Nov 21 02:00:00";
		expectSameWherever([untold("otherd", at), learned("otherd", at, 1), untold("otherd", at), untold("relay", at)], {});
	});

	test("in records of several lines, and in pieces of lines that are too long", () => {
		expectSameWherever([folded(2), folded(0), postfix("Nov 21 02:00:00"), "x".repeat(200), folded(1)], { maxLine: 60 });
	});

	test("anywhere in any log", () => {
		fc.assert(
			fc.property(
				dependentLog(25),
				dependentSettings,
				fc.array(fc.nat(), { minLength: 1, maxLength: 4 }),
				chunkSizes,
				(bytes, given, at, sizes) => {
					const places = at.map((one) => one % (bytes.length + 1)).sort((a, b) => a - b);
					expect(readInParts(bytes, given, places, sizes)).toBe(readInParts(bytes, given, [], [bytes.length]));
				},
			),
			{ seed: 20261121, numRuns: 200 },
		);
	});

	test("while options wait for their sample, and behind it", () => {
		const others = `${postfix("Nov 21 02:00:00")}\n`.repeat(500);
		const entries = ENTRIES.map((line) => `${line}\n`).join("");
		const bytes = Buffer.from(others + entries.repeat(150) + others, "latin1");
		// The sample is 256 KiB.
		expect(bytes.length).toBeGreaterThan(350 * 1024);
		const whole = readInParts(bytes, { year: 2026 }, [], [65_536]);
		expect(whole).toContain('"basis":"inferred"');
		fc.assert(
			fc.property(fc.array(fc.nat(bytes.length), { minLength: 1, maxLength: 3 }), fc.integer({ min: 10_000, max: 200_000 }), (at, size) => {
				expect(
					readInParts(
						bytes,
						{ year: 2026 },
						at.sort((a, b) => a - b),
						[size],
					) === whole,
				).toBe(true);
			}),
			{ seed: 4, numRuns: 8 },
		);
	});
});
