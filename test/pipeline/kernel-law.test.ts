/** What the kernel writes is what the text path writes, byte for byte. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { ClockOptions } from "../../src/convert/clock.js";
import { corpusLines } from "../convert/arbitrary-logs.js";
import { type Formats, loadTestFormats } from "../corpus/formats.js";
import { mutated, random } from "../grammar/mutations.js";
import { eventsOf, way } from "./two-ways.js";

let known: Formats;
beforeAll(async () => {
	known = await loadTestFormats();
}, 60_000);

/** Both ways for the same records; gives the events. */
function bothWays(records: readonly string[], options?: ClockOptions): readonly string[] {
	const asBytes = eventsOf(known, records, false, options);
	const asText = eventsOf(known, records, true, options);
	// One by one, so that a difference shows its record; thousands of them, so that only a difference is told to vitest.
	for (const [i, event] of asBytes.entries()) if (event !== asText[i]) expect(event, records[i]).toBe(asText[i]);
	return asBytes;
}

const isAscii = (line: string): boolean => /^[\u0000-\u007f]*$/.test(line);

describe("the same record as bytes and as text is the same event", () => {
	test("lines of all captures, of which the kernel writes nearly all", () => {
		bothWays(corpusLines);
		const stream = way(known);
		const lines = corpusLines.filter((line, i) => i % 4 === 0 && isAscii(line));
		for (const line of lines) stream.write(line, false);
		expect(stream.byKernel / lines.length).toBeGreaterThan(0.95);
		stream.end();
	});

	test("lines with what must be escaped at any place, and long ones", () => {
		const hostile = ["\u0000", "\b", "\t", "\n", "\v", "\f", "\r", "\u001b[31m", '"', "\\", "\\\\", '\\"', "\u007f", "/", "'", " "];
		const below = random(1);
		const lines = corpusLines.filter(isAscii).map((line, i) => {
			const at = below(line.length + 1);
			const piece = (hostile[i % hostile.length] ?? "").repeat(i % 11 === 0 ? 1 + below(300) : 1);
			return line.slice(0, at) + piece + line.slice(at);
		});
		bothWays(lines);
	});

	test("damaged lines", () => {
		const below = random(2);
		bothWays(corpusLines.filter(isAscii).map((line) => mutated(line, below)));
	});

	test("wherever it stands in its stream", () => {
		const [bytes, text] = [way(known), way(known)];
		const record = corpusLines.find((line) => line.includes(" smtpf[")) ?? "";
		for (const count of [0, 9, 10, 999_999_999, 1e9, 2 ** 31, 2 ** 32, 1e15, Number.MAX_SAFE_INTEGER])
			for (const eol of ["\n", "\r\n", ""] as const) {
				const place = { offset: count, line: count + 1, lines: Math.min(count + 1, 1000), eol };
				expect(bytes.write(record, false, place)).toBe(text.write(record, true, place));
			}
		bytes.end();
		text.end();
	});

	test("with numbers of any size in the place of each number", () => {
		const numbers = [
			"0",
			"00",
			"007",
			"9007199254740993",
			"9".repeat(40),
			"-1",
			"-007",
			"1.50",
			"0.000",
			"00.10",
			"1e9",
			"0x10",
			"1.",
			".5",
		];
		const below = random(3);
		const lines = corpusLines.filter(isAscii).map((line) => {
			const found = [...line.matchAll(/\d+(?:\.\d+)?/g)];
			const one = found[below(found.length)];
			if (one === undefined) return line;
			return line.slice(0, one.index) + (numbers[below(numbers.length)] ?? "") + line.slice(one.index + one[0].length);
		});
		bothWays(lines);
	});
});

describe("times are the same, whatever stands before them", () => {
	const at = (stamp: string, text = "[debug] x"): string => `${stamp} mail milter-manager[1]: ${text}`;
	const timesOf = (events: readonly string[]): readonly unknown[] =>
		events.map((event) => (JSON.parse(event) as { readonly time?: string }).time?.slice(11));

	test("seconds of a minute, back and forth, with records between that the kernel cannot write", () => {
		const records = [
			at("Nov 21 02:08:15"),
			at("Nov 21 02:08:15"),
			at("Nov 21 02:08:17"),
			// Beyond ASCII; the number is no number that the kernel writes.
			at("Nov 21 02:08:17", "[debug] é"),
			at("Nov 21 02:08:16", "[statistics] [milter][end][start][pass][-1e-06](2): x"),
			at("Nov 21 02:08:59"),
			at("Nov 21 02:08:00"),
			at("Nov 21 02:09:00"),
			at("Nov 21 02:08:60"),
			at("Nov 21 02:08:01"),
			at("Nov 31 02:08:02"),
			at("Nov 31 02:08:03"),
			at("Nov 21 02:08:04"),
		];
		const seconds = ["15", "15", "17", "17", "16", "59", "00"];
		expect(timesOf(bothWays(records))).toEqual([
			...seconds.map((second) => `02:08:${second}+00:00`),
			"02:09:00+00:00",
			undefined,
			"02:08:01+00:00",
			undefined,
			undefined,
			"02:08:04+00:00",
		]);
	});

	test("seconds decide which of two hours it was when clocks were put back", () => {
		const stamps = ["02:30:00", "02:30:59", "02:00:10", "02:30:59", "02:00:30", "02:00:58", "02:00:59"];
		const events = bothWays(
			stamps.map((time) => at(`Oct 25 ${time}`)),
			{ year: 2026, zone: "Europe/Berlin" },
		);
		// 30 minutes and 49 seconds back are no disorder; from there on it is the second time.
		expect(timesOf(events)).toEqual(stamps.map((time, i) => `${time}${i < 2 ? "+02:00" : "+01:00"}`));
	});

	test("a year is told anew when the seconds pass the last time that a file can have", () => {
		const stamps = ["Nov 22 10:00:20", "Nov 22 10:00:29", "Nov 22 10:00:31", "Nov 22 10:00:30"];
		const events = bothWays(
			stamps.map((stamp) => at(stamp)),
			{ modified: new Date("2026-11-21T10:00:30Z") },
		);
		expect(events.map((event) => (JSON.parse(event) as { readonly time?: string }).time?.slice(0, 4))).toEqual([
			"2026",
			"2026",
			"2025",
			"2025",
		]);
	});

	const stamp = fc
		.tuple(
			fc.constantFrom("Feb 29", "Mar 29", "Oct 25", "Nov 21", "Dec 31", "Jan  1"),
			fc.nat(2),
			fc.constantFrom(0, 1, 29, 30, 31),
			fc.nat(60),
		)
		.map(([day, ...parts]) => `${day} ${parts.map((part) => String(part).padStart(2, "0")).join(":")}`);
	const options = fc.record({
		zone: fc.constantFrom(undefined, "+09:00", "Europe/Berlin"),
		year: fc.constantFrom(undefined, 2024),
		modified: fc.constantFrom(undefined, new Date("2026-11-20T02:30:30Z"), new Date("2026-03-28T01:29:01Z")),
	});

	test("any stamps in any order", () => {
		fc.assert(
			fc.property(fc.array(fc.tuple(stamp, fc.nat(3)), { minLength: 2, maxLength: 12 }), options, (drawn, chosen) => {
				// Runs of the same minute, now and then with a record beyond ASCII.
				const records = drawn.flatMap(([first, more]) => [
					at(first),
					...Array.from({ length: more }, (_, i) => at(`${first.slice(0, -2)}${17 * (3 - i)}`, i === 1 ? "é" : undefined)),
				]);
				bothWays(records, chosen);
			}),
			{ seed: 8, numRuns: 300 },
		);
	});
});
