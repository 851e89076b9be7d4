/** What the kernel writes for single values. */
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { Kernel } from "../../src/convert/kernel.js";
import { safeJson } from "../../src/escapes.js";

const kernel = Kernel.take();
afterAll(() => kernel.giveBack());
const { run } = kernel;

/** What a function of the kernel puts for a text. */
function put(write: (from: number, end: number, to: number) => number, text: string): string {
	const from = kernel.start("INPUT");
	const to = kernel.start("OUTPUT");
	const end = from + kernel.bytes.write(text, from);
	return kernel.bytes.toString("utf8", to, write(from, end, to));
}

const check = <T>(values: fc.Arbitrary<T>, law: (value: T) => void): void => fc.assert(fc.property(values, law), { seed: 4, numRuns: 500 });

describe("numbers", () => {
	const digits = (most: number): fc.Arbitrary<string> =>
		fc.string({ unit: fc.constantFrom(..."0123456789", "0"), minLength: 1, maxLength: most });

	test("integers have all their digits, and no zeros in front", () => {
		check(fc.tuple(fc.constantFrom("", "-"), digits(60)), ([sign, text]) => {
			expect(put(run.putInteger, sign + text)).toBe(sign + text.replace(/^0+(?=\d)/, ""));
		});
	});

	test("numbers have no zeros that change nothing", () => {
		const shown: readonly (readonly [written: string, shown: string])[] = [
			["1.50", "1.5"],
			["0.000", "0"],
			["00.10", "0.1"],
			["-007.0", "-7"],
			["0", "0"],
			["10", "10"],
			["1e9", "1e9"],
			["1.20E-05", "1.2E-05"],
			["12345678.123456789012345678", "12345678.123456789012345678"],
		];
		for (const [text, expected] of shown) expect(put(run.putNumber, text)).toBe(expected);
		check(fc.tuple(digits(9), fc.option(digits(20))), ([whole, fraction]) => {
			const text = fraction === null ? whole : `${whole}.${fraction}`;
			const json = put(run.putNumber, text);
			expect(JSON.parse(json)).toBe(Number(text));
			expect(json).not.toMatch(/^0\d|\.\d*0$|\.$/);
		});
	});

	test("what is no number, or one that readers would take for infinity, stays text", () => {
		for (const text of ["", "-", "1.5", "1e3", "x", "1 ", "/", ":", "9".repeat(309)])
			expect(put(run.putInteger, text)).toBe(safeJson(text));
		for (const text of ["", "-", ".", "1.", ".5", "1.2.3", "0x10", "1e", "1e+", "1e400", "9".repeat(309)])
			expect(put(run.putNumber, text)).toBe(safeJson(text));
	});
});

describe("texts", () => {
	test("each character of Unicode is escaped as in JSON that JavaScript makes", () => {
		for (let first = 0; first < 0x110000; first += 0x100) {
			const points = Array.from({ length: 0x100 }, (_, i) => first + i).filter((point) => point < 0xd800 || point > 0xdfff);
			const text = String.fromCodePoint(...points);
			const json = put(run.putQuoted, text);
			if (json !== safeJson(text)) expect(json).toBe(safeJson(text));
		}
	});

	test("wherever they stand among sixteen", () => {
		for (const character of ['"', "\\", "\n", "\u007f", "\u0085", "\u2028", "\u202e", "\u061c", "é", "か", "😀", " ", "!", "#"])
			for (let place = 0; place < 34; place++) {
				const text = "a".repeat(place) + character + "b".repeat(place % 5);
				expect(put(run.putQuoted, text)).toBe(safeJson(text));
			}
	});

	test("of any length", () => {
		const unit = fc.constantFrom("a", '"', "\\", "\u0000", "é", "\u202a", "か", "😀", "x".repeat(15));
		check(fc.string({ unit, maxLength: 60 }), (text) => {
			expect(put(run.putQuoted, text)).toBe(safeJson(text));
		});
	});
});

describe("counts", () => {
	const count = (value: number): string => {
		const to = kernel.start("OUTPUT");
		return kernel.bytes.toString("latin1", to, run.putCount(value, to));
	};

	test("at powers of ten and of two", () => {
		const powers = [...Array(16).keys()].map((power) => 10 ** power).concat([...Array(54).keys()].map((power) => 2 ** power));
		for (const power of powers)
			for (const value of [power - 1, power, power + 1]) if (value <= Number.MAX_SAFE_INTEGER) expect(count(value)).toBe(String(value));
	});

	test("any", () => {
		check(fc.maxSafeNat(), (value) => {
			expect(count(value)).toBe(String(value));
		});
	});
});

test("UTF-8 is told from other bytes as Node.js does", () => {
	const bytes = fc.uint8Array({ maxLength: 40 }).map((drawn) => Buffer.from(drawn));
	const text = fc.string({ unit: "grapheme", maxLength: 20 }).map((drawn) => Buffer.from(drawn));
	const edges = fc
		.array(fc.constantFrom(0x41, 0x7f, 0x80, 0xbf, 0xc0, 0xc2, 0xe0, 0xed, 0xa0, 0x9f, 0xef, 0xf0, 0x90, 0xf4, 0x8f, 0xf5), {
			maxLength: 24,
		})
		.map((drawn) => Buffer.from(drawn));
	check(fc.oneof(bytes, text, edges), (drawn) => {
		const from = kernel.start("INPUT");
		kernel.bytes.set(drawn, from);
		// What stands behind is none of its business.
		kernel.bytes.fill(0xbf, from + drawn.length, from + drawn.length + 16);
		expect(run.isUtf8(from, from + drawn.length) !== 0).toBe(!drawn.toString("utf8").includes("\ufffd") || drawn.includes("\ufffd"));
	});
});
