import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MailtrailError } from "../../src/errors.js";
import { bothWays, runCompiled } from "./oracle.js";

/** Random expressions over a small alphabet; names of rules that may be called, by arity. */
const literal = fc.constantFrom("a", "b", "ab", "ba", "aab", " ", "é", "aé").map((text) => JSON.stringify(text));
const atom = (rules: readonly string[]): fc.Arbitrary<string> =>
	fc.oneof(
		{ weight: 6, arbitrary: literal },
		{
			weight: 3,
			arbitrary: fc.constantFrom(
				'"a".."b"',
				'"b".."z"',
				"any",
				"letter",
				"digit",
				"lower",
				"alnum",
				"space",
				"end",
				'caseInsensitive<"aB">',
				'"\\u{e0}".."\\u{ff}"',
			),
		},
		{ weight: rules.length === 0 ? 0 : 5, arbitrary: fc.constantFrom(...rules, "any") },
	);

const expression = (rules: readonly string[]): fc.Arbitrary<string> =>
	fc.letrec<{ node: string }>((tie) => ({
		node: fc.oneof(
			{ maxDepth: 4, depthSize: "small" },
			atom(rules),
			fc.array(tie("node"), { minLength: 2, maxLength: 3 }).map((parts) => `(${parts.join(" ")})`),
			fc.array(tie("node"), { minLength: 2, maxLength: 5 }).map((parts) => `same<(${parts.map((p) => `one<${p}>`).join(" | ")})>`),
			// A repeated part must not be empty: it begins with something, or is an atom.
			fc.tuple(literal, tie("node")).map(([first, body]) => `(${first} ${body})*`),
			fc.tuple(tie("node"), literal).map(([body, last]) => `(${body} ${last})+`),
			literal.map((body) => `(${body})+`),
			fc.constantFrom('(~"a" any)*', '(~("b" "a") any)*', "letter+", "(x)*", "(~z any)*"),
			tie("node").map((body) => `(${body})?`),
			tie("node").map((body) => `~(${body})`),
			tie("node").map((body) => `&(${body})`),
			tie("node").map((body) => `until<(one<${body}>)>`),
			tie("node").map((body) => `#(one<${body}>)`),
			tie("node").map((body) => `twice<(one<${body}>)>`),
		),
	})).node;

/** `one<x>` makes any expression one part long, which alternatives and parameters must be. */
const lift = (source: string): { source: string; rules: string[] } => {
	const rules: string[] = [];
	let text = source;
	for (let depth = 0; depth < 60; depth++) {
		const found = /one<((?:[^<>]|<[^<>]*>)*)>/.exec(text);
		if (found === null) break;
		rules.push(`lifted_${rules.length} = ${found[1]}`);
		text = text.replace(found[0], `lifted_${rules.length - 1}`);
	}
	return { source: text, rules };
};

const grammarSource = fc
	.tuple(expression(["x", "y", "z", "Sep"]), expression(["y", "z"]), expression(["z"]), expression([]), expression(["z"]), fc.boolean())
	.map(([start, x, y, z, sep, syntactic]) => {
		const bodies = [start, x, y, z, sep].map((body) => body);
		const joined = lift(bodies.join("\u0001"));
		const [s = "", rx = "", ry = "", rz = "", rs = ""] = joined.source.split("\u0001").map((t) => t.replace(/lifted_(\d+)/g, "lifted_$1"));
		return `G {
			${syntactic ? "Start" : "start"} = ${s}
			x = ${rx}
			y = ${ry}
			z = ${rz}
			Sep = ${rs}
			same<e> = e
			twice<e> = e e
			until<stop> = (&(any (~stop any)* stop) any)*
			${joined.rules.join("\n\t\t\t")}
		}`;
	});

const inputs = fc.array(
	fc.oneof(
		fc.string({ unit: fc.constantFrom("a", "b", " ", "A", "1"), maxLength: 12 }),
		fc.string({ unit: fc.constantFrom("a", "b", "é", " ", "😀", "ß", "\ud800"), maxLength: 8 }),
	),
	{
		minLength: 12,
		maxLength: 12,
	},
);

describe("compiled = Ohm", () => {
	it("on random grammars and random inputs", () => {
		let compared = 0;
		let accepted = 0;
		fc.assert(
			fc.property(grammarSource, inputs, (source, samples) => {
				const start = source.includes("Start =") ? "Start" : "start";
				let pair: ReturnType<typeof bothWays>;
				try {
					pair = bothWays(source, "G", { starts: [start], captures: ["x", "z", "Sep", "until"] });
				} catch (error) {
					// Left recursion, empty loops and captures in loops that are tried again are refused by design.
					if (error instanceof MailtrailError || (error instanceof Error && /Nullable|arity|nullable/.test(error.message))) return;
					throw error;
				}
				for (const input of samples) {
					let expected: ReturnType<typeof pair.ohm>;
					try {
						expected = pair.ohm(input);
					} catch (error) {
						if (error instanceof Error && /[Nn]ullable/.test(error.message)) return;
						throw error;
					}
					expect(runCompiled(pair.parser, start, input, "text"), source).toEqual(expected);
					if (/^[\u0000-\u007f]*$/.test(input)) expect(runCompiled(pair.parser, start, input, "bytes"), source).toEqual(expected);
					compared++;
					if (expected !== undefined) accepted++;
				}
			}),
			{ numRuns: Number(process.env["FUZZ_RUNS"] ?? 300), seed: Number(process.env["FUZZ_SEED"] ?? 17) },
		);
		expect(compared).toBeGreaterThan(1000);
		expect(accepted).toBeGreaterThan(200);
	});
});
