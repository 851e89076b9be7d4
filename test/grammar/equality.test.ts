import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MailtrailError } from "../../src/errors.js";
import { bothWays, type Pair, runCompiled, type Span, variantsFor } from "./oracle.js";
import { longTexts, type RandomGrammar, randomGrammar, shortTexts } from "./random-grammars.js";

/** More runs and other grammars, when somebody looks for trouble. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 1);
const SEED = Number(process.env.FUZZ_SEED ?? 17);

/** Undefined for grammars that ohm-js or the compiler refuses: left recursion, empty loops, captures in loops that are tried again. */
function compiled({ source, start }: RandomGrammar): Pair | undefined {
	try {
		return bothWays(source, "G", { starts: [start], captures: ["x", "z", "until"] });
	} catch (error) {
		if (error instanceof MailtrailError) return undefined;
		throw error;
	}
}

/** "refused" when ohm-js gives up over an optional part that matched nothing. */
function judged(pair: Pair, input: string): readonly Span[] | undefined | "refused" {
	try {
		return pair.ohm(input);
	} catch (error) {
		if (error instanceof Error && /^(?:.*\n)*.*Nullable expression|alternatives differ/.test(error.message)) return "refused";
		throw error;
	}
}

interface Tally {
	grammars: number;
	compared: number;
	accepted: number;
}

function compare(grammar: RandomGrammar, inputs: readonly string[], tally: Tally): void {
	const pair = compiled(grammar);
	if (pair === undefined) return;
	tally.grammars++;
	for (const input of inputs) {
		const expected = judged(pair, input);
		if (expected === "refused") continue;
		for (const variant of variantsFor(input))
			expect(runCompiled(pair.parser, grammar.start, input, variant), grammar.source).toEqual(expected);
		tally.compared++;
		if (expected !== undefined) tally.accepted++;
	}
}

const fuzzed = (texts: fc.Arbitrary<string[]>, numRuns: number): Tally => {
	const tally = { grammars: 0, compared: 0, accepted: 0 };
	fc.assert(
		fc.property(randomGrammar, texts, (grammar, inputs) => compare(grammar, inputs, tally)),
		{ numRuns: numRuns * RUNS, seed: SEED },
	);
	return tally;
};

describe("compiled = ohm-js, captures included", () => {
	it("on random grammars and short random inputs", () => {
		const tally = fuzzed(shortTexts, 160);
		expect(tally.compared).toBeGreaterThan(800);
		expect(tally.accepted).toBeGreaterThan(150);
	});

	it("on random grammars and inputs longer than loops are patient", () => {
		const tally = fuzzed(longTexts, 100);
		expect(tally.compared).toBeGreaterThan(150);
		expect(tally.accepted).toBeGreaterThan(20);
	});
});
