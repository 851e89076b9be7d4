/** Alternatives that can never match: found where it is certain, and only there. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { MailtrailError } from "../../src/errors.js";
import { check } from "../../src/grammar/check.js";
import { covers } from "../../src/grammar/covers.js";
import type { Program } from "../../src/grammar/ir.js";
import { lower } from "../../src/grammar/lower.js";
import { grammarNamed, readGrammars } from "../../src/grammar/ohm.js";
import { unreachable } from "../../src/grammar/unreachable.js";
import { randomGrammar, shortTexts } from "./random-grammars.js";

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
		["the end, before anything", ["end", '"a"']],
		["a first one that may fail later", ['"a" "b"', '"a" "c"']],
		["case", ['caseInsensitive<"a">', '"ab"']],
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

test("in random grammars, a rule that covers another matches wherever that does", () => {
	const tally = { pairs: 0, matches: 0 };
	const names = ["x", "y", "z", "tail"];
	fc.assert(
		fc.property(randomGrammar, shortTexts, ({ source }, texts) => {
			// Each rule with anything behind it: matches at the beginning of a text are what counts.
			const more = names.map((name) => `then_${name} = ${name} any*`).join("\n");
			const text = source.replace(/\n\}$/, `\ntail = any y?\n${more}\n}`);
			let program: Program;
			try {
				const grammars = readGrammars([{ file: "g.ohm", text }]);
				program = lower(grammars, grammarNamed(grammars, "G", ""), { starts: names, captures: [] });
				check(program);
				const { namespace } = grammars;
				const bodies = names.map((name) => program.rules.find((rule) => rule.key === name)?.body);
				for (const [i, earlier] of bodies.entries())
					for (const [k, later] of bodies.entries()) {
						if (i === k || earlier === undefined || later === undefined || !covers(earlier, later)) continue;
						tally.pairs++;
						for (const input of texts) {
							if (namespace.G?.match(input, `then_${names[k]}`).failed() !== false) continue;
							tally.matches++;
							expect(
								namespace.G.match(input, `then_${names[i]}`).succeeded(),
								`${names[i]} ${names[k]} ${JSON.stringify(input)}\n${text}`,
							).toBe(true);
						}
					}
			} catch (error) {
				// Grammars that nobody can read.
				if (error instanceof MailtrailError || /Nullable expression/.test(String(error))) return;
				throw error;
			}
		}),
		{ seed: 20261121, numRuns: Number(process.env.FUZZ_RUNS ?? 1) * 150 },
	);
	expect(tally.pairs).toBeGreaterThan(50);
	expect(tally.matches).toBeGreaterThan(50);
});
