import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { MailtrailError } from "../../src/errors.js";
import { matcherFor } from "../../src/grammar/ground.js";
import type { Parser } from "../../src/grammar/parser.js";
import { type BuiltIn, builtIn, contentHeads, IDS, payloadHeads } from "./built-in.js";
import { bothWays, pairOf } from "./oracle.js";
import { randomGrammar } from "./random-grammars.js";

/** Work that a byte may cost at most: iterations of loops, calls, attempts of searches, entries of memos. */
const STEPS_PER_BYTE = 200;
/** Twice the text, twice the work; the rest is for what a short text does not reach. */
const TWICE = 2.5;

/** What the formats delimit with, what their fields look like, and what senders could type. */
const UNITS = [
	'"',
	'" x="',
	"]: ",
	">=<",
	": ",
	" (1)",
	"[tag]",
	"<",
	"7",
	" ",
	"N:",
	"dns;",
	"|",
	"a",
	"a ",
	"] [",
	")",
	"' ",
	"é",
	"語 ",
	'" f="',
	"=",
];
const TAILS = ["", "\u0001", " end"];

const KB = 1024;
const LENGTHS = [64 * KB, 128 * KB, 256 * KB, 512 * KB, 1024 * KB] as const;

const hostile = (head: string, unit: string, tail: string, length: number): string =>
	head + unit.repeat(Math.max(0, Math.floor((length - head.length - tail.length) / unit.length))) + tail;

/** Steps for a text, with these switches on. */
function steps(parser: Parser, rule: string, text: string, on: readonly string[] = []): number {
	parser.steps();
	matcherFor(parser, rule, on)(text);
	return parser.steps();
}

interface Case {
	readonly rule: string;
	readonly head: string;
	readonly unit: string;
	readonly tail: string;
	/** Switches. */
	readonly on: readonly string[];
	readonly perByte: number;
}

const stepsOf = (parser: Parser, { rule, head, unit, tail, on }: Omit<Case, "perByte">, length: number): number =>
	steps(parser, rule, hostile(head, unit, tail, length), on);

/** Short hostile lines behind each head: all must be linear; returns them with the most expensive ones first. */
function shortOnes(parser: Parser, rule: string, on: readonly string[], heads: readonly string[]): readonly Case[] {
	const cases: Case[] = [];
	for (const head of heads)
		for (const unit of UNITS)
			for (const tail of TAILS) {
				const one = { rule, head, unit, tail, on };
				const [short, long] = [stepsOf(parser, one, KB), stepsOf(parser, one, 2 * KB)];
				const perByte = long / (2 * KB);
				if (perByte > STEPS_PER_BYTE) expect({ ...one, short, long }).toBe("linear");
				// A short text may not reach what a longer one does: then the long ones decide.
				if (long > TWICE * short + 2 * KB) growing(parser, { ...one, perByte });
				cases.push({ ...one, perByte });
			}
	return cases.sort((a, b) => b.perByte - a.perByte);
}

/** The same line from 64 KB to 1 MB. What is remembered of a match grows by steps, so between two lengths the work may double once more. */
function growing(parser: Parser, one: Case): void {
	const counted = LENGTHS.map((length) => stepsOf(parser, one, length));
	const tooMany = counted.filter((count, i) => {
		const times = (LENGTHS[i] ?? 0) / LENGTHS[0];
		return count > STEPS_PER_BYTE * (LENGTHS[i] ?? 0) || count > TWICE * times * (counted[0] ?? 0) + KB;
	});
	expect({ ...one, counted, tooMany }).toEqual({ ...one, counted, tooMany: [] });
}

/** Sets of switches that a format may be read with. */
function switchSets({ definition }: BuiltIn): readonly (readonly string[])[] {
	const profile = definition?.profile;
	if (profile === undefined) return [[]];
	const presets = Object.values(profile.presets).map((preset) =>
		Object.entries(preset).flatMap(([option, value]) => profile.options[option]?.switches(value) ?? []),
	);
	return [[], profile.switches, ...presets];
}

describe("hostile lines of growing length take work in proportion", () => {
	const loaded = new Map<string, BuiltIn>();
	beforeAll(async () => {
		for (const id of IDS) loaded.set(id, await builtIn(id, true));
	});

	const formatOf = (id: string): BuiltIn => {
		const format = loaded.get(id);
		if (format === undefined) throw new Error(`${id} is not loaded`);
		return format;
	};
	/** The most expensive cases of each format. */
	const worst = new Map<string, readonly Case[]>();

	it.each(IDS)("%s, from 1 KB to 2 KB behind many beginnings", (id) => {
		const format = formatOf(id);
		const { parser, frames, payloads, contents } = format;
		const sets = switchSets(format);
		const heads = payloadHeads(id, Math.ceil(8 / sets.length));
		const found = sets.flatMap((on) => [
			...[...frames, ...payloads].flatMap((rule) => shortOnes(parser, rule, on, heads).slice(0, 1)),
			...contents.flatMap((rule) => shortOnes(parser, rule, on, contentHeads(format, 120)).slice(0, 2)),
		]);
		worst.set(id, found.sort((a, b) => b.perByte - a.perByte).slice(0, 4));
	});

	it.each(IDS)("%s, from 64 KB to 1 MB for what costs most", (id) => {
		const { parser } = formatOf(id);
		for (const one of worst.get(id) ?? []) growing(parser, one);
	});
});

/** Grammars that ohm-js, without its memory, would read in the square of the time, or worse. */
const SQUARE: Readonly<Record<string, { readonly rules: string; readonly unit: string }>> = {
	"a search in a lookahead inside a loop": { rules: 'start = (~(letter* ";") any)*', unit: "a" },
	"a word tried at each of its letters": { rules: 'start = (word_end | any)*\nword_end = letter+ ";"', unit: "a" },
	"an optional loop inside a loop": { rules: 'start = ((letter* ";")? any)*', unit: "a" },
	"a loop of several characters inside a loop": { rules: 'start = (~(("a" letter)* ";") any)*', unit: "ab" },
	"three loops inside one another": { rules: 'start = (~((letter* digit)* ";") any)*', unit: "aaaa1" },
	"lookaheads inside one another": { rules: 'start = (~(~(letter+ ".") letter* ";") any)*', unit: "a" },
	"the next stop looked for from everywhere": { rules: 'start = (&(any (~";" any)* ";") letter)*', unit: "a" },
	"the last stop looked for from everywhere": {
		rules: 'start = (mark | any)*\nmark = last<";"> "!"\nlast<stop> = (&(any (~stop any)* stop) any)*',
		unit: "a;",
	},
	"a last stop that is nowhere, looked for from everywhere": {
		rules: 'start = (mark | any)*\nmark = last<";"> "!"\nlast<stop> = (&(any (~stop any)* stop) any)*',
		unit: "a",
	},
	"a loop at the beginning of a loop inside a loop": { rules: 'start = ((dotless ".")* ";")*\ndotless = (~"." any)*', unit: ";" },
	"a search for each part of a repeated search": { rules: 'start = (~(plain+ "!") any)*\nplain = letter ~(letter* "?")', unit: "a" },
	"a last stop that is a search itself": {
		rules: 'start = last<stop> any*\nstop = letter* ";"\nlast<end> = (&(any (~end any)* end) any)*',
		unit: "a",
	},
	"the same loop in alternatives inside a loop": { rules: 'start = (one | two | any)*\none = letter+ "1"\ntwo = letter+ "2"', unit: "a" },
};

/** Grammars that would need that memory for captures too, which it does not hold. */
const REFUSED: Readonly<Record<string, string>> = {
	"captures in a loop inside an alternative of a loop": 'start = (list | any)*\nlist = (word ",")* ";"\nword = letter+',
	"captures in an optional loop inside a loop": 'start = (((word " ")* ";")? any)*\nword = letter+',
	"captures in a rule that calls itself": 'start = "(" start ")" -- inner\n | word -- word\nword = letter+',
};

describe("the analysis at compile time", () => {
	it.each(Object.entries(SQUARE))("remembers %s", (_, { rules, unit }) => {
		const { parser, ohm } = bothWays(`G { ${rules} }`, "G", { starts: ["start"], captures: [], count: true });
		// Letters of one, two and four bytes.
		for (const letters of [unit, unit.replaceAll("a", "é"), unit.replaceAll("a", "𐐨")]) {
			const counted = [4 * KB, 8 * KB, 16 * KB].map((length) => steps(parser, "start", hostile("", letters, "", length)));
			const [short = 0, middle = 0, long = 0] = counted;
			expect(long).toBeLessThan(TWICE * middle);
			expect(middle).toBeLessThan(TWICE * short);
			expect(long / (16 * KB)).toBeLessThan(1000);
			const small = hostile("", letters, "", 150);
			expect(matcherFor(parser, "start")(small) !== undefined).toBe(ohm(small) !== undefined);
		}
	});

	it.each(Object.entries(REFUSED))("refuses %s", (_, rules) => {
		expect(() => bothWays(`G { ${rules} }`, "G", { starts: ["start"], captures: ["word"] })).toThrow(
			/the time stays linear|captures inside/,
		);
		// Without the captures it can be remembered.
		expect(() => bothWays(`G { ${rules} }`, "G", { starts: ["start"], captures: [] })).not.toThrow();
	});

	it("counts the work of rules that call themselves: each place is read once", () => {
		const rules = 'start = nest any*\nnest = "(" nest ")" | "(" nest "]" | "(" nest "" | "" "" ""';
		const { parser } = bothWays(`G { ${rules} }`, "G", { starts: ["start"], captures: [], count: true });
		const counted = [100, 200, 400].map((length) => steps(parser, "start", "(".repeat(length)));
		expect(counted[2]).toBeLessThan(TWICE * (counted[1] ?? 0));
		expect(counted[1]).toBeLessThan(TWICE * (counted[0] ?? 0));
	});

	it("leaves no random grammar that takes the square of the time", () => {
		const pieces = fc.constantFrom("a", "b", "ab", "ba", "aab", "a b", " ", "abA1", "é", "aé", "語", "é😀", "sſ");
		fc.assert(
			fc.property(randomGrammar, fc.array(pieces, { minLength: 3, maxLength: 3 }), (random, units) => {
				const { start } = random;
				let parser: Parser;
				try {
					const grammar = random.read();
					if (grammar === undefined) return;
					({ parser } = pairOf(grammar, { starts: [start], captures: [], count: true }));
				} catch (error) {
					if (error instanceof MailtrailError) return;
					throw error;
				}
				for (const unit of units) {
					// A loop may end by the parity of a length, so not each doubling, but all three of them count.
					const [first = 0, , , last = 0] = [KB, 2 * KB, 4 * KB, 8 * KB].map((length) =>
						steps(parser, start, unit.repeat(length / unit.length)),
					);
					if (last > 20 * first && last > 1000 * 8) expect({ grammar: `${random}`, unit, first, last }).toBe("linear");
				}
			}),
			{ numRuns: 100 * Number(process.env.FUZZ_RUNS ?? 1), seed: Number(process.env.FUZZ_SEED ?? 5) },
		);
	});
});
