import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MailtrailError } from "../../src/errors.js";
import { type Pair, pairOf, runCompiled, type Span } from "./oracle.js";
import { longTexts, type RandomGrammar, randomGrammar, shortTexts } from "./random-grammars.js";

/** More runs and other grammars, when somebody looks for trouble. */
const RUNS = Number(process.env.FUZZ_RUNS ?? 1);
const SEED = Number(process.env.FUZZ_SEED ?? 17);

/** Undefined for grammars that ohm-js or the compiler refuses: left recursion, empty loops, captures in loops that are tried again. */
function compiled(random: RandomGrammar): Pair | undefined {
	try {
		const grammar = random.read();
		return grammar === undefined ? undefined : pairOf(grammar, { starts: [random.start], captures: ["x", "z", "until"] });
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
		if (error instanceof Error && /Nullable expression|alternatives differ/.test(error.message)) return "refused";
		throw error;
	}
}

interface Tally {
	grammars: number;
	compared: number;
	accepted: number;
}

function compare(random: RandomGrammar, inputs: readonly string[], tally: Tally): void {
	const pair = compiled(random);
	if (pair === undefined) return;
	tally.grammars++;
	for (const input of inputs) {
		const expected = judged(pair, input);
		if (expected === "refused") continue;
		const read = runCompiled(pair.parser, random.start, input);
		// Most are equal: a message is made for those only that are not.
		if (JSON.stringify(read) !== JSON.stringify(expected)) expect({ grammar: `${random}`, input, read }).toEqual({ read: expected });
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
		const tally = fuzzed(shortTexts, 200);
		expect(tally.compared).toBeGreaterThan(800);
		expect(tally.accepted).toBeGreaterThan(150);
	});

	it("on random grammars and inputs longer than loops are patient", () => {
		const tally = fuzzed(longTexts, 150);
		expect(tally.compared).toBeGreaterThan(150);
		expect(tally.accepted).toBeGreaterThan(20);
	});
});
