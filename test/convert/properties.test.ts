/** What holds for any bytes whatever. `converted` checks restore, validity, places, and that both paths give the same. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Settings } from "../../src/index.js";
import { packageRoot } from "../../src/root.js";
import { converted } from "../corpus/conversion.js";
import { type Formats, loadTestFormats } from "../corpus/formats.js";
import { chunkSizes, corpusLines, damagedLine, logBytes } from "./arbitrary-logs.js";

let known: Formats;
beforeAll(async () => {
	known = await loadTestFormats();
});

/** Settings that a user may combine with any log. */
const settings = (): fc.Arbitrary<Settings> =>
	fc
		.record({
			forced: fc.option(fc.constantFrom(...known.formats), { nil: undefined }),
			zone: fc.constantFrom(undefined, "+09:00", "Europe/Berlin"),
			year: fc.constantFrom(undefined, 2024, 2026),
			maxLine: fc.constantFrom(undefined, 1, 7, 64, 200),
			isLive: fc.boolean(),
			options: fc.constantFrom(undefined, { LOG_FILENAME: "1", LOG_MESSAGE_ID: "1" }, { preset: "plain" }, { LOG_FORMAT: "3" }),
		})
		.map((chosen) => ({ ...known, ...chosen }));

const modified = fc.constantFrom(undefined, new Date("2026-11-22T00:00:00Z"), new Date("2024-02-29T12:00:00Z"));

describe("any bytes, any settings, any chunks", () => {
	test("one record in, one valid event out, and all events give back the input", async () => {
		await fc.assert(
			fc.asyncProperty(logBytes, settings(), chunkSizes, modified, async (bytes, chosen, sizes, time) => {
				await converted(bytes, chosen, time === undefined ? { sizes } : { sizes, modified: time });
			}),
			{ seed: 20261121, numRuns: 150 },
		);
	});

	test("the events do not depend on how the input was cut into chunks", async () => {
		await fc.assert(
			fc.asyncProperty(logBytes, settings(), chunkSizes, async (bytes, chosen, sizes) => {
				const whole = await converted(bytes, chosen, { sizes: [1_000_000] });
				const cut = await converted(bytes, chosen, { sizes });
				expect(cut.events).toEqual(whole.events);
			}),
			{ seed: 7, numRuns: 80 },
		);
	});

	test("options inferred from a sample do not depend on it either, nor does what stands before the sample", async () => {
		const entries = readFileSync(new URL("corpus/sun-mta/captures/example-21-9.log", packageRoot), "latin1");
		const others = corpusLines.filter((line) => line.includes(" smtpf[")).slice(0, 40);
		const whole = await converted(entries, known);
		const profile = whole.summary.profiles.get("sun-mta");
		expect(profile?.basis).toBe("inferred");
		await fc.assert(
			fc.asyncProperty(fc.subarray(others), chunkSizes, fc.boolean(), async (before, sizes, hasEnd) => {
				const bytes = `${before.map((line) => `${line}\n`).join("")}${hasEnd ? entries : entries.trimEnd()}`;
				const { events, summary } = await converted(bytes, known, { sizes });
				expect(summary.profiles.get("sun-mta")).toEqual(profile);
				expect(events.slice(before.length).map(({ fields }) => fields)).toEqual(whole.events.map(({ fields }) => fields));
			}),
			{ seed: 3, numRuns: 20 },
		);
	});

	test("lines longer than the limit are cut into unparsed records", async () => {
		await fc.assert(
			fc.asyncProperty(logBytes, fc.integer({ min: 1, max: 40 }), chunkSizes, async (bytes, maxLine, sizes) => {
				const { events } = await converted(bytes, { ...known, maxLine }, { sizes });
				for (const { source, record } of events) {
					if (source.lines === undefined) expect(source.length).toBeLessThanOrEqual(maxLine);
					if (source.eol === "" && source.offset + source.length < bytes.length) expect(record).toBe("unparsed");
				}
			}),
			{ seed: 11, numRuns: 80 },
		);
	});
});

describe("lines of the corpus", () => {
	test("damaged anywhere: still one valid event each", async () => {
		await fc.assert(
			fc.asyncProperty(fc.array(damagedLine, { minLength: 30, maxLength: 30 }), async (lines) => {
				await converted(Buffer.from(lines.join("\n"), "latin1"), known);
			}),
			{ seed: 5, numRuns: 30 },
		);
	});

	test("with characters beyond ASCII, every capture is that of the plain line", async () => {
		// The string variant of the parsers must see the same as the one over bytes; the last character makes the difference.
		const framed = corpusLines.filter((line, i) => i % 3 === 0 && /^[A-Z][a-z]{2} [ \d]\d [ -~]*$/.test(line));
		const plain = await converted(framed.map((line) => `${line} z\n`).join(""), known);
		const wide = await converted(framed.map((line) => `${line} \u{1f4e7}\n`).join(""), known);
		const comparable = (events: readonly object[]): unknown =>
			JSON.parse(JSON.stringify(events, (key, value) => (["id", "source"].includes(key) ? undefined : value)).replaceAll("\u{1f4e7}", "z"));
		expect(comparable(wide.events)).toEqual(comparable(plain.events));
	});
});
