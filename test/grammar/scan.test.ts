/** Sets of any characters, read one by one and in runs: the code for them differs by how many ranges they have, and which are wide. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type CharSet, everything, nothing, oneOf, range, rangesOf, union } from "../../src/grammar/charset.js";
import { generateBytes } from "../../src/grammar/generate-bytes.js";
import { matcherFor } from "../../src/grammar/ground.js";
import type { Node } from "../../src/grammar/ir.js";
import { loadParser } from "../../src/grammar/parser.js";

/** Whether a node reads all of a text. */
function reader(node: Node): (text: string) => boolean {
	const program = { rules: [], choices: [], starts: new Map([["start", node]]), captures: [], switches: [] };
	const matches = matcherFor(loadParser(generateBytes(program, false)), "start");
	return (text) => matches(text) !== undefined;
}

const isIn = (set: CharSet, character: string): boolean => {
	const code = character.codePointAt(0) ?? 0;
	return code < 128 ? set.ascii[code] === 1 : [...rangesOf(set)].some(([first, last]) => code >= first && code <= last);
};

const ascii = fc.oneof(
	fc.array(fc.integer({ min: 0, max: 127 }), { maxLength: 40 }).map((codes) => codes.map(oneOf).reduce(union, nothing)),
	fc
		.array(fc.tuple(fc.integer({ min: 0, max: 127 }), fc.integer({ min: 0, max: 30 })), { maxLength: 4 })
		.map((ranges) => ranges.map(([first, length]) => range(first, Math.min(127, first + length))).reduce(union, nothing)),
);
const WIDE = ["é", "ÿ", "語", "\ud7ff", "\ue000", "\uffff", "😀", "\u{10ffff}"] as const;
const wide = fc.oneof(
	fc.constant(nothing),
	fc.constant(range(0x80, 0x10ffff)),
	fc.subarray([...WIDE], { minLength: 1 }).map((characters) => characters.map((one) => oneOf(one.codePointAt(0) ?? 0)).reduce(union)),
);
const sets: fc.Arbitrary<CharSet> = fc.oneof(
	fc.tuple(ascii, wide).map(([a, b]) => union(a, b)),
	fc.constant(everything),
);

/** A text that is mostly of the set, so that runs are long. */
const textsOf = (set: CharSet): fc.Arbitrary<string[]> => {
	const characters = [...Array.from({ length: 128 }, (_, code) => String.fromCharCode(code)), ...WIDE];
	const inside = characters.filter((character) => isIn(set, character));
	const some = fc.constantFrom(...(inside.length > 0 ? inside : characters));
	const one = fc.oneof({ weight: 30, arbitrary: some }, { weight: 1, arbitrary: fc.constantFrom(...characters) });
	return fc.array(fc.string({ unit: one, maxLength: 40 }), { minLength: 8, maxLength: 8 });
};

const cases = sets.chain((set) => fc.tuple(fc.constant(set), textsOf(set)));
const RUNS = { seed: 20261201, numRuns: 120 * Number(process.env.FUZZ_RUNS ?? 1) };

describe("a set of characters", () => {
	it("is read in runs, with none or one at least, also of those whose ends are remembered", () => {
		fc.assert(
			fc.property(cases, fc.integer({ min: 1, max: 20 }), ([set, texts], patience) => {
				const repeat = (min: 0 | 1, remembered: boolean): Node => ({
					kind: "repeat",
					body: { kind: "set", set },
					min,
					origin: undefined,
					remembered,
					patience,
				});
				const [any, some, far] = [reader(repeat(0, false)), reader(repeat(1, false)), reader(repeat(0, true))];
				for (const text of texts) {
					const areIn = [...text].every((character) => isIn(set, character));
					expect({ text, any: any(text), some: some(text), far: far(text) }).toEqual({
						text,
						any: areIn,
						some: areIn && text !== "",
						far: areIn,
					});
				}
			}),
			RUNS,
		);
	});

	it("is found from the end", () => {
		fc.assert(
			fc.property(cases, ([set, texts]) => {
				const one: Node = { kind: "set", set };
				const reads = reader({ kind: "sequence", parts: [{ kind: "until_last", stop: one }, one, { kind: "end" }] });
				for (const text of texts) {
					const last = [...text].at(-1);
					expect({ text, reads: reads(text) }).toEqual({ text, reads: last !== undefined && isIn(set, last) });
				}
			}),
			RUNS,
		);
	});

	it("is read one by one, among others of known length", () => {
		fc.assert(
			fc.property(cases, fc.integer({ min: 1, max: 20 }), ([set, texts], count) => {
				const parts = Array.from({ length: count }, (): Node => ({ kind: "set", set }));
				const reads = reader({ kind: "sequence", parts: [...parts, { kind: "literal", text: "é!" }, { kind: "set", set: range(48, 57) }] });
				for (const text of texts) {
					const whole = [...text.padEnd(count, text)].slice(0, count);
					const areIn = whole.length === count && whole.every((character) => isIn(set, character));
					expect({ whole, reads: reads(`${whole.join("")}é!7`) }).toEqual({ whole, reads: areIn });
					expect(reads(`${whole.join("")}é!`)).toBe(false);
				}
			}),
			RUNS,
		);
	});
});
