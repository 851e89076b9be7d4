import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
	type CharSet,
	difference,
	everything,
	hasAllWide,
	hasNoWide,
	haveCommon,
	isEverything,
	isWithin,
	nothing,
	oneOf,
	onlyMember,
	range,
	rangesOf,
	union,
} from "../../src/grammar/charset.js";
import { inAnyCase, matching } from "../../src/grammar/unicode.js";

const has = (set: CharSet, code: number): boolean =>
	code < 128 ? set.ascii[code] === 1 : [...rangesOf(set)].some(([first, last]) => code >= first && code <= last);

/** Around these, sets begin and end. */
const EDGES = [0, 65, 127, 128, 0x7ff, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x10ffff];
const CODES = [...new Set(EDGES.flatMap((edge) => [edge - 1, edge, edge + 1]))].filter(
	(code) => code >= 0 && code <= 0x10ffff && !(code >= 0xd800 && code < 0xe000),
);

/** A set, and a test of its members that knows nothing of boundaries. */
interface Tested {
	readonly set: CharSet;
	readonly isIn: (code: number) => boolean;
}

const sets: fc.Arbitrary<Tested> = fc.letrec<{ tested: Tested }>((tie) => ({
	tested: fc.oneof(
		{ maxDepth: 4 },
		fc
			.tuple(fc.constantFrom(...CODES), fc.constantFrom(...CODES))
			.map(([first, last]): Tested => ({ set: range(first, last), isIn: (code) => code >= first && code <= last })),
		fc.constant<Tested>({ set: everything, isIn: () => true }),
		fc
			.tuple(tie("tested"), tie("tested"))
			.map(([a, b]): Tested => ({ set: union(a.set, b.set), isIn: (code) => a.isIn(code) || b.isIn(code) })),
		fc
			.tuple(tie("tested"), tie("tested"))
			.map(([a, b]): Tested => ({ set: difference(a.set, b.set), isIn: (code) => a.isIn(code) && !b.isIn(code) })),
	),
})).tested;

describe("sets of characters", () => {
	it("are what they were made of", () => {
		fc.assert(
			fc.property(sets, sets, (a, b) => {
				const members = (tested: Tested): readonly number[] => CODES.filter(tested.isIn);
				expect(CODES.filter((code) => has(a.set, code))).toEqual(members(a));
				expect(isWithin(a.set, b.set)).toBe(members(a).every(b.isIn));
				expect(haveCommon(a.set, b.set)).toBe(members(a).some(b.isIn));
				expect(isEverything(a.set)).toBe(members(a).length === CODES.length);
				expect(hasNoWide(a.set)).toBe(members(a).every((code) => code < 128));
				expect(hasAllWide(a.set)).toBe(CODES.every((code) => code < 128 || a.isIn(code)));
			}),
			{ seed: 20261201, numRuns: 300 },
		);
	});

	it("of the same members have the same boundaries, also around the surrogates", () => {
		const [below, above] = [range(0x80, 0xd7ff), range(0xe000, 0x10ffff)];
		expect(hasAllWide(union(below, above))).toBe(true);
		expect(difference(everything, above).wide).toEqual(below.wide);
		expect(hasNoWide(range(0xd800, 0xdfff))).toBe(true);
		expect(union(range(0xa0, 0xaf), range(0xb0, 0xbf)).wide).toEqual([0xa0, 0xc0]);
	});

	it("know their only member", () => {
		expect([oneOf(65), oneOf(0xe9), range(0xe8, 0xe9), union(oneOf(65), oneOf(0xe9)), nothing].map(onlyMember)).toEqual([
			65,
			0xe9,
			undefined,
			undefined,
			undefined,
		]);
		expect(onlyMember(union(oneOf(0xc9), oneOf(0xe9)))).toBe(undefined);
	});
});

describe("what Unicode says", () => {
	const all = Array.from({ length: 0x110000 }, (_, code) => code).filter((code) => code < 0xd800 || code >= 0xe000);
	const characters = all.map((code) => String.fromCodePoint(code));
	const text = characters.join("");

	// Those that ohm-js has, and some that differ where planes are not looked through.
	it.each(["\\p{Ll}", "\\p{Lt}|\\p{Lm}|\\p{Lo}", "\\p{Mn}", "\\p{Cn}", "\\p{Co}"])("of %s is known of every character", (source) => {
		const set = matching(new RegExp(source, "u"));
		const isIn = new Uint8Array(0x110000);
		isIn.set(set.ascii);
		for (const [first, last] of rangesOf(set)) isIn.fill(1, first, last + 1);
		const others = characters.filter((_, i) => isIn[all[i] ?? 0] === 0).join("");
		// Compared at once: a difference would be shown in megabytes.
		expect(text.replace(new RegExp(source, "gu"), "") === others).toBe(true);
	});

	it("of upper case is known of every unit", () => {
		const units = (unit: string): string => {
			const set = inAnyCase(unit);
			return characters.filter((character, i) => character.length === 1 && has(set, all[i] ?? 0)).join("");
		};
		expect(["s", "i", "ß", "µ", "İ", "é", "-"].map(units)).toEqual(["Ssſ", "Iiı", "ß", "µΜμ", "İ", "Éé", "-"]);
	});
});
