/** Alternatives that can never match: found where it is certain, and only there. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MailtrailError } from "../../src/errors.js";
import { check } from "../../src/grammar/check.js";
import { covers } from "../../src/grammar/covers.js";
import type { Node } from "../../src/grammar/ir.js";
import { lower } from "../../src/grammar/lower.js";
import { grammarNamed, readGrammars } from "../../src/grammar/ohm.js";
import { attempt, type Grammar } from "../../src/grammar/ohm-js.js";
import { unreachable } from "../../src/grammar/unreachable.js";
import { app, opt, type RandomGrammar, type Rules, randomGrammar, seq, shortTexts, star } from "./random-grammars.js";

const RULES = `
	word = letter+
	until_last<stop> = (&(any (~stop any)* stop) any)*
	blank_end = " end" end
	rest = any*
	list = "a" list? "b"
	x = digit+
`;

/** Which of the alternatives is dead, and because of which: `["1 by 0"]`. */
function dead(...alternatives: readonly string[]): string[] {
	const body = alternatives.map((one, i) => `${one} -- l${i}`).join("\n\t\t| ");
	const grammars = readGrammars([{ file: "g.ohm", text: `G {\n\tstart = ${body}\n${RULES}}` }]);
	const { shadowed } = unreachable(grammars, grammarNamed(grammars, "G", ""), { starts: ["start"], captures: ["x"] });
	return shadowed.map(({ alternative, by }) => `${alternative.rule} by ${by.rule}`.replaceAll("start_l", ""));
}

describe("an alternative that can never match", () => {
	test.each([
		["a word behind its beginning", ['"err"', '"error"']],
		["the same behind another name", ["letter+", "word"]],
		["anything behind what reads anything", ["rest", '"a"']],
		["a text behind the rest up to the end", ["rest end", '"a" end']],
		["a part behind an optional one", ['"a"?', '"a"']],
		["a letter behind all letters", ['letter "-"', '"x-"']],
		["one letter behind many", ["word", '"x" digit']],
		["more conditions behind fewer", ['"a" any', '"a" ~"b" any']],
		["every branch behind one", ['"ab"', '("abc" | "abd")']],
		["any branch in front", ['("x" | "ab")', '"abc"']],
		["a free text with this end", ["until_last<blank_end> blank_end", 'word " end" end']],
		["an optional part that is always there", ['"a"? "b"', '"ab"']],
		["one case behind any", ['caseInsensitive<"ab">', '"aBc"']],
		["a letter beyond ASCII behind all letters", ["letter", '"é"']],
		["a range behind one that is wider", ['"à".."ÿ"', '"é".."ê"']],
		["a longer sequence", ["digit digit", "digit digit digit"]],
	])("%s", (_, alternatives) => {
		expect(dead(...alternatives)).toEqual(["1 by 0"]);
	});

	test("the same twice, with another between", () => {
		expect(dead('"a" x', '"b"', '"a" x')).toEqual(["2 by 0"]);
	});

	test.each([
		["the longer one first", ['"error"', '"err"']],
		["a condition in front", ['"err" ~letter', '"error"']],
		["a loop that takes too much", ['digit+ "1"', '"11"']],
		["a branch that is kept, though what follows fails", ['("ab" | "a") "bc"', '"abc"']],
		["an optional part that is kept", ['"a"? "ab"', '"ab"']],
		["another end", ["until_last<blank_end> blank_end", "word"]],
		["a rule that calls itself", ["list", '"ab" digit']],
		["a range behind one that is narrower", ['"é".."ê"', '"à".."ÿ"']],
		["the end, before anything", ["end", '"a"']],
		["a first one that may fail later", ['"a" "b"', '"a" "c"']],
		["any case behind one", ['"a"', 'caseInsensitive<"a">']],
	])("not: %s", (_, alternatives) => {
		expect(dead(...alternatives)).toEqual([]);
	});

	test("has a place", () => {
		const grammars = readGrammars([{ file: "g.ohm", text: 'G {\n  start = "a"  -- short\n        | "ab" -- long\n}' }]);
		const { shadowed } = unreachable(grammars, grammarNamed(grammars, "G", ""), { starts: ["start"], captures: [] });
		expect(shadowed).toMatchObject([
			{
				alternative: { rule: "start_long", origin: { file: "g.ohm", line: 3, column: 11 } },
				by: { rule: "start_short", origin: { line: 2 } },
			},
		]);
	});
});

describe("in random grammars, a rule that covers another", () => {
	const names = ["x", "y", "z", "tail"];
	const tail: Rules = {
		tail: [[], seq(app("any"), opt(app("y")))],
		// Each rule with anything behind it: matches at the beginning of a text are what counts.
		...Object.fromEntries(names.map((name) => [`then_${name}`, [[], seq(app(name), star(app("any")))]])),
	};

	/** Bodies of the rules; undefined for grammars that nobody can read. */
	function bodiesOf(grammar: Grammar): readonly (Node | undefined)[] | undefined {
		try {
			const program = lower({ namespace: {}, files: new Map() }, grammar, { starts: names, captures: [] });
			check(program);
			return names.map((name) => program.rules.find((rule) => rule.key === name)?.body);
		} catch (error) {
			if (error instanceof MailtrailError) return undefined;
			throw error;
		}
	}

	/** ohm-js gives up over an optional part that matches nothing. */
	const reads = (grammar: Grammar, rule: string, input: string): boolean | undefined =>
		attempt(grammar, `then_${rule}`, input)?.succeeded();

	/** Those of which the first covers the second. */
	function* covered(grammar: Grammar): Generator<readonly [earlier: string, later: string]> {
		const bodies = bodiesOf(grammar) ?? [];
		for (const [i, earlier] of bodies.entries())
			for (const [k, later] of bodies.entries())
				if (i !== k && earlier !== undefined && later !== undefined && covers(earlier, later)) yield [names[i] ?? "", names[k] ?? ""];
	}

	test("matches wherever that does", () => {
		const tally = { pairs: 0, matches: 0 };
		const compare = (random: RandomGrammar, texts: readonly string[]): void => {
			const grammar = random.with(tail).read();
			if (grammar === undefined) return;
			for (const [earlier, later] of covered(grammar)) {
				tally.pairs++;
				for (const input of texts.filter((text) => reads(grammar, later, text) === true)) {
					tally.matches++;
					if (reads(grammar, earlier, input) === false) expect({ earlier, later, input, grammar: `${random}` }).toBe("covered");
				}
			}
		};
		fc.assert(fc.property(randomGrammar, shortTexts, compare), {
			seed: 20261121,
			numRuns: Number(process.env.FUZZ_RUNS ?? 1) * 150,
		});
		expect(tally.pairs).toBeGreaterThan(50);
		expect(tally.matches).toBeGreaterThan(50);
	});
});
