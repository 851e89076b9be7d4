/** Random Ohm grammars, and inputs that have a chance to match them. */
import fc from "fast-check";

const LITERALS = ["a", "b", "ab", "ba", "aab", " ", "é", "aé", "😀"].map((text) => JSON.stringify(text));
const CLASSES = [
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
	'"\\u{1f600}".."\\u{1f64f}"',
	'"é".."\\uffff"',
	"unicodeLtmo",
] as const;
const LOOPS = ['(~"a" any)*', '(~("b" "a") any)*', "letter+", "(x)*", "(~z any)*", "(letter digit?)*"] as const;

const literal = fc.constantFrom(...LITERALS);

/** An expression that may call these rules. `one<x>` marks what must be a single part: alternatives and parameters. */
function expression(rules: readonly string[]): fc.Arbitrary<string> {
	const atom = fc.oneof(
		{ weight: 6, arbitrary: literal },
		{ weight: 3, arbitrary: fc.constantFrom(...CLASSES) },
		{ weight: rules.length === 0 ? 0 : 5, arbitrary: fc.constantFrom(...rules, "any") },
	);
	return fc.letrec<{ node: string }>((tie) => ({
		node: fc.oneof(
			{ maxDepth: 4, depthSize: "small" },
			atom,
			fc.array(tie("node"), { minLength: 2, maxLength: 3 }).map((parts) => `(${parts.join(" ")})`),
			fc.array(tie("node"), { minLength: 2, maxLength: 5 }).map((parts) => `same<(${parts.map((part) => `one<${part}>`).join(" | ")})>`),
			// Enough literals for a decision tree.
			fc
				.uniqueArray(fc.tuple(literal, tie("node")), { minLength: 4, maxLength: 6 })
				.map((parts) => `same<(${parts.map(([first, body]) => `one<${first} ${body}>`).join(" | ")})>`),
			// A repeated part must not be empty: it begins or ends with something, or is an atom.
			fc.tuple(literal, tie("node")).map(([first, body]) => `(${first} ${body})*`),
			fc.tuple(tie("node"), literal).map(([body, last]) => `(${body} ${last})+`),
			literal.map((body) => `(${body})+`),
			fc.constantFrom(...LOOPS),
			tie("node").map((body) => `(${body})?`),
			tie("node").map((body) => `~(${body})`),
			tie("node").map((body) => `&(${body})`),
			tie("node").map((body) => `until<(one<${body}>)>`),
			tie("node").map((body) => `#(one<${body}>)`),
			tie("node").map((body) => `twice<(one<${body}>)>`),
		),
	})).node;
}

/** Makes rules of what is marked with `one<…>`. */
function lift(source: string): { readonly source: string; readonly rules: readonly string[] } {
	const rules: string[] = [];
	let text = source;
	for (let found = innermost(text); found !== null; found = innermost(text)) {
		rules.push(`lifted_${rules.length} = ${found[1]}`);
		text = text.replace(found[0], () => `lifted_${rules.length - 1}`);
	}
	return { source: text, rules };
}

const innermost = (text: string): RegExpExecArray | null => /one<((?:[^<>]|<[^<>]*>)*)>/.exec(text);

export interface RandomGrammar {
	readonly source: string;
	readonly start: string;
}

/** Rules x and z, and until, which they share, are what tests capture. */
export const randomGrammar: fc.Arbitrary<RandomGrammar> = fc
	.tuple(
		expression(["x", "y", "z"]),
		expression(["y", "z"]),
		expression(["z"]),
		expression([]),
		fc.constantFrom("start", "Start"),
		fc.constantFrom("", " any*"),
	)
	.map(([body, x, y, z, start, tail]) => {
		const { source, rules } = lift([body, x, y, z].join("\u0001"));
		const [s, rx, ry, rz] = source.split("\u0001");
		const lines = [
			`${start} = ${s}${tail}`,
			`x = ${rx}`,
			`y = ${ry}`,
			`z = ${rz}`,
			"same<e> = e",
			"twice<e> = e e",
			"until<stop> = (&(any (~stop any)* stop) any)*",
			...rules,
		];
		return { source: `G {\n\t${lines.join("\n\t")}\n}`, start };
	});

const shortText = fc.oneof(
	fc.string({ unit: fc.constantFrom("a", "b", " ", "A", "1"), maxLength: 12 }),
	fc.string({ unit: fc.constantFrom("a", "b", "é", " ", "😀", "ß", "\ud800"), maxLength: 8 }),
);

/** Beyond the patience of loops that remember their ends. */
const longText = fc
	.array(fc.tuple(shortText, fc.integer({ min: 1, max: 90 })), { minLength: 1, maxLength: 3 })
	.map((pieces) => pieces.map(([piece, times]) => piece.repeat(times)).join(""))
	.map((text) => text.slice(0, 400));

export const shortTexts: fc.Arbitrary<string[]> = fc.array(shortText, { minLength: 12, maxLength: 12 });
export const longTexts: fc.Arbitrary<string[]> = fc.array(longText, { minLength: 4, maxLength: 4 });
