/** What the kernel writes for single values: the same as src/pipeline/json.ts, or nothing. */
import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { integerJson, numberJson, quote } from "../../src/convert/json.js";
import { Kernel } from "../../src/convert/kernel.js";
import { makeShape, type Value } from "../../src/convert/shape.js";

const kernel = Kernel.take();
afterAll(() => kernel.giveBack());
const { at, bytes, words } = kernel;

interface Counts {
	readonly line?: number;
	readonly lines?: number;
	readonly offset?: number;
	readonly length?: number;
}

/** An object with one value, the first capture where it needs one; undefined when the kernel cannot write it. */
function written(value: Value, text: string, { line = 1, lines = 1, offset = 0, length = text.length }: Counts = {}): string | undefined {
	kernel.clear();
	const { address } = makeShape([{ path: "value", value }], "log", [], kernel);
	bytes.write(text, at.INPUT, "latin1");
	words.set([0, at.INPUT, at.INPUT + text.length], at.LOG / 4);
	const end = kernel.run.write(address, at.INPUT, at.INPUT + length, line, lines, offset, at.TIME, at.OUTPUT);
	return end === 0 ? undefined : bytes.toString("utf8", at.OUTPUT, end);
}

const captured = (kind: "text" | "integer" | "number", text: string): string | undefined => written({ kind, at: 0 }, text);
const check = <T>(values: fc.Arbitrary<T>, test: (value: T) => void): void =>
	fc.assert(fc.property(values, test), { seed: 4, numRuns: 500 });
const object = (json: string): string => `{"value":${json}}\n`;

describe("numbers", () => {
	const digits = (most: number): fc.Arbitrary<string> =>
		fc.string({ unit: fc.constantFrom(..."0123456789", "0"), minLength: 1, maxLength: most });
	const loose = fc.string({ unit: fc.constantFrom(..."0019.-+e /:x"), maxLength: 18 });

	test("integers have all their digits and no zeros in front", () => {
		check(digits(60), (text) => {
			expect(captured("integer", text)).toBe(object(integerJson(text)));
		});
	});

	test("numbers of up to 16 characters have no zeros that change nothing", () => {
		const number = fc
			.tuple(digits(9), fc.option(digits(6)))
			.map(([whole, fraction]) => (fraction === null ? whole : `${whole}.${fraction}`));
		check(number, (text) => {
			expect(captured("number", text)).toBe(object(numberJson(text)));
		});
	});

	test("what is no such number is left to the text path", () => {
		check(loose, (text) => {
			expect([undefined, object(integerJson(text))]).toContain(captured("integer", text));
			expect([undefined, object(numberJson(text))]).toContain(captured("number", text));
		});
		for (const text of ["", "-1", "1.5", "1e3", "x", "1 ", "/", ":"]) expect(captured("integer", text), text).toBe(undefined);
		for (const text of ["", "-1", ".", "1.", ".5", "1.2.3", "1e3", "12345678.12345678"])
			expect(captured("number", text), text).toBe(undefined);
	});
});

describe("texts", () => {
	const ascii = fc.string({ unit: fc.integer({ min: 0, max: 127 }).map((code) => String.fromCharCode(code)), maxLength: 70 });

	test("any ASCII is escaped as by the text path", () => {
		check(ascii, (text) => {
			expect(captured("text", text)).toBe(object(quote(text)));
		});
	});

	test("each character at each place of sixteen", () => {
		for (let code = 0; code < 128; code++)
			for (let place = 0; place < 17; place++) {
				const text = "a".repeat(place) + String.fromCharCode(code) + "b".repeat(16 - place);
				expect(captured("text", text)).toBe(object(quote(text)));
			}
	});

	test("of any length", () => {
		for (let length = 0; length < 70; length++) expect(captured("text", '"'.repeat(length))).toBe(object(quote('"'.repeat(length))));
	});
});

describe("counts", () => {
	const count = (kind: "line" | "lines" | "offset" | "length", value: number): string | undefined =>
		written({ kind }, "", { [kind]: value });

	const largest: readonly (readonly ["line" | "lines" | "offset" | "length", number])[] = [
		["line", Number.MAX_SAFE_INTEGER],
		["offset", Number.MAX_SAFE_INTEGER],
		["lines", 1000],
		["length", 2 ** 31 - 1],
	];

	test.each(largest)("%s at powers of ten and of two, up to %i", (kind, most) => {
		const powers = [...Array(16).keys()].map((power) => 10 ** power).concat([...Array(54).keys()].map((power) => 2 ** power));
		const values = powers.flatMap((power) => [power - 1, power, power + 1]).filter((value) => value <= most);
		for (const value of values) expect(count(kind, value)).toBe(object(String(value)));
	});

	test("any line and any offset", () => {
		check(fc.maxSafeNat(), (value) => {
			expect(count("offset", value)).toBe(object(String(value)));
			expect(count("line", value)).toBe(object(String(value)));
		});
	});

	test("the id of an event ends with its offset", () => {
		expect(written({ kind: "id" }, "", { offset: 2 ** 53 - 1 })).toBe('{"value":"log:9007199254740991"}\n');
	});
});
