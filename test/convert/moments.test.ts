/** What excerpts read quickly is what Node reads. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { Moments } from "../../src/convert/moments.js";
import { textIn } from "../../src/convert/texts.js";

const two = (most: number): fc.Arbitrary<string> => fc.integer({ min: 0, max: most }).map((value) => String(value).padStart(2, "0"));
const fraction = fc.option(
	fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 9 }).map((digits) => `.${digits.join("")}`),
	{ nil: "" },
);
const time = fc
	.tuple(
		fc.constantFrom("2026-11-21T02:08:", "2026-11-21T02:09:", "2024-02-29T23:59:"),
		two(60),
		fraction,
		fc.constantFrom("+01:00", "-09:30", "Z"),
	)
	.map((parts) => parts.join(""));

test("times, one after the other", () => {
	fc.assert(
		fc.property(fc.array(time, { minLength: 2, maxLength: 12 }), (times) => {
			const moments = new Moments();
			const found = times.map((one) => moments.of(Buffer.from(one), 0, one.length));
			expect(found).toEqual(times.map((one) => Date.parse(one)));
		}),
		{ seed: 20261201, numRuns: 500 },
	);
});

test("texts, whatever came before", () => {
	const words = fc.array(fc.oneof(fc.constantFrom("", "a", "b", "ab"), fc.string({ unit: "binary", maxLength: 60 })), { maxLength: 20 });
	fc.assert(
		fc.property(words, (texts) => {
			const bytes = texts.map((text) => Buffer.from(`<${text}>`));
			expect(bytes.map((one) => textIn(one, new DataView(one.buffer, one.byteOffset, one.length), 1, one.length - 1))).toEqual(
				bytes.map((one) => one.toString("utf8", 1, one.length - 1)),
			);
		}),
		{ seed: 20261201, numRuns: 500 },
	);
});
