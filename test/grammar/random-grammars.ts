/**
 * Random Ohm grammars, and inputs that have a chance to match them. The grammars are made of trees, not of text: reading their text
 * takes ohm-js fifty times as long as all else that is done with them.
 */
import fc from "fast-check";
import type { Grammar } from "../../src/grammar/ohm-js.js";
import { cooked } from "./recipes.js";

/** An expression, in the words of Ohm's recipes; `one` marks what must be a single part, so that it becomes a rule. */
export interface Tree {
	readonly kind: "terminal" | "range" | "app" | "seq" | "alt" | "star" | "plus" | "opt" | "not" | "lookahead" | "lex" | "one";
	/** Text, ends of a range, name of a rule. */
	readonly words: readonly string[];
	/** Arguments of a rule, parts. */
	readonly parts: readonly Tree[];
}

const text = (literal: string): Tree => ({ kind: "terminal", words: [literal], parts: [] });
const range = (first: string, last: string): Tree => ({ kind: "range", words: [first, last], parts: [] });
export const app = (rule: string, ...args: readonly Tree[]): Tree => ({ kind: "app", words: [rule], parts: args });
type Join = (...parts: readonly Tree[]) => Tree;
const made =
	(kind: Tree["kind"]): Join =>
	(...parts) => ({ kind, words: [], parts });
export const seq: Join = made("seq");
export const star: Join = made("star");
export const opt: Join = made("opt");
const [alt, plus, not, lookahead, lex, one] = [made("alt"), made("plus"), made("not"), made("lookahead"), made("lex"), made("one")];

/** Letters of one to four bytes, and what is seldom thought of: controls, combining, invisible, of the same upper case as others. */
const WIDE = ["é", "ß", "語", "😀", "\u0301", "\u0085", "\u2028", "\ufeff", "ı", "ſ", "𐐨"] as const;
const LITERALS = ["a", "b", "ab", "ba", "aab", " ", "s", "aé", "éa", "語é", "e\u0301", ...WIDE].map(text);
const any = app("any");
const letter = app("letter");
const CLASSES: readonly Tree[] = [
	...["any", "letter", "digit", "lower", "upper", "alnum", "hexDigit", "space", "end", "unicodeLtmo"].map((rule) => app(rule)),
	...["aB", "is", "É😀"].map((literal) => app("caseInsensitive", text(literal))),
	range("a", "b"),
	range("b", "z"),
	range("\u0080", "\u009f"),
	range("à", "ÿ"),
	range("😀", "🙏"),
	range("a", "😀"),
	range("é", "\ud7ff"),
	range("\ue000", "\uffff"),
];
const LOOPS: readonly Tree[] = [
	star(seq(not(text("a")), any)),
	star(seq(not(seq(text("b"), text("a"))), any)),
	plus(letter),
	star(app("x")),
	star(seq(not(app("z")), any)),
	star(seq(letter, opt(app("digit")))),
	star(seq(not(text("é")), any)),
	plus(seq(not(letter), any)),
	star(seq(not(text("語")), not(text("a")), app("alnum"))),
	plus(range("é", "ÿ")),
	star(seq(not(seq(text("é"), text("a"))), any)),
];

/** Of a known length, so that all their bytes are looked at together. */
const FIXED: readonly Tree[] = [
	seq(range("a", "b"), range("a", "b")),
	seq(...Array.from({ length: 5 }, () => app("hexDigit"))),
	seq(text("a"), app("hexDigit"), text("é"), range("a", "b")),
	seq(...Array.from({ length: 19 }, () => range(" ", "b")), text("aab")),
];

const literal = fc.constantFrom(...LITERALS);

/** An expression that may call these rules. */
function expression(rules: readonly string[]): fc.Arbitrary<Tree> {
	const calls = [...rules, "any"].map((rule) => app(rule));
	const atom = fc.oneof(
		{ weight: 6, arbitrary: literal },
		{ weight: 3, arbitrary: fc.constantFrom(...CLASSES) },
		{ weight: 1, arbitrary: fc.constantFrom(...FIXED) },
		{ weight: rules.length === 0 ? 0 : 5, arbitrary: fc.constantFrom(...calls) },
	);
	const choice = (options: readonly Tree[]): Tree => app("same", alt(...options.map((option) => one(option))));
	return fc.letrec<{ node: Tree }>((tie) => ({
		node: fc.oneof(
			{ maxDepth: 4, depthSize: "small" },
			atom,
			fc.array(tie("node"), { minLength: 2, maxLength: 3 }).map((parts) => seq(...parts)),
			fc.array(tie("node"), { minLength: 2, maxLength: 5 }).map(choice),
			// Enough literals for a decision tree.
			fc
				.uniqueArray(fc.tuple(literal, tie("node")), { minLength: 4, maxLength: 6 })
				.map((parts) => choice(parts.map(([first, body]) => seq(first, body)))),
			// A repeated part must not be empty: it begins or ends with something, or is an atom.
			fc.tuple(literal, tie("node")).map(([first, body]) => star(seq(first, body))),
			fc.tuple(tie("node"), literal).map(([body, last]) => plus(seq(body, last))),
			literal.map((body) => plus(body)),
			fc.constantFrom(...LOOPS),
			tie("node").map((body) => opt(body)),
			tie("node").map((body) => not(body)),
			tie("node").map((body) => lookahead(body)),
			tie("node").map((body) => app("until", one(body))),
			tie("node").map((body) => lex(one(body))),
			tie("node").map((body) => app("twice", one(body))),
		),
	})).node;
}

/** Name → formal parameters and body. */
export type Rules = Readonly<Record<string, readonly [formals: readonly string[], body: Tree]>>;

/** Makes rules of what is marked as one. */
function lifted(rules: Rules): Rules {
	const found: Record<string, readonly [readonly string[], Tree]> = {};
	let count = 0;
	const lift = (tree: Tree): Tree => {
		const parts = tree.parts.map(lift);
		const [body] = parts;
		if (tree.kind !== "one" || body === undefined) return { ...tree, parts };
		const name = `lifted_${count++}`;
		found[name] = [[], body];
		return app(name);
	};
	for (const [name, [formals, body]] of Object.entries(rules)) found[name] = [formals, lift(body)];
	return found;
}

const recipeOf = ({ kind, words, parts }: Tree): unknown => {
	const inner = parts.map(recipeOf);
	return kind === "app" ? [kind, {}, ...words, inner] : [kind, {}, ...words, ...inner];
};

const OPERATORS: Readonly<Partial<Record<Tree["kind"], readonly [before: string, between: string, behind: string]>>> = {
	seq: ["(", " ", ")"],
	alt: ["(", " | ", ")"],
	star: ["(", "", ")*"],
	plus: ["(", "", ")+"],
	opt: ["(", "", ")?"],
	not: ["~(", "", ")"],
	lookahead: ["&(", "", ")"],
	lex: ["#(", "", ")"],
};

/** Written in Ohm's language, for whoever has to find out what is wrong with it. */
function written({ kind, words, parts }: Tree): string {
	const inner = parts.map(written);
	const [before = "", between, behind = ""] = OPERATORS[kind] ?? [];
	if (between !== undefined) return `${before}${inner.join(between)}${behind}`;
	if (kind !== "app") return words.map((word) => JSON.stringify(word)).join("..");
	return inner.length === 0 ? words.join() : `${words}<${inner.join(", ")}>`;
}

export class RandomGrammar {
	readonly #rules: Rules;

	constructor(
		rules: Rules,
		readonly start: string,
	) {
		this.#rules = lifted(rules);
	}

	/** The same with more rules. */
	with(rules: Rules): RandomGrammar {
		return new RandomGrammar({ ...this.#rules, ...rules }, this.start);
	}

	/** What ohm-js makes of it; undefined when it refuses the grammar. */
	read(): Grammar | undefined {
		const rules = Object.entries(this.#rules).map(([name, [formals, body]]) => [name, ["define", {}, null, formals, recipeOf(body)]]);
		try {
			return cooked(["grammar", {}, "G", null, this.start, Object.fromEntries(rules)]);
		} catch {
			return undefined;
		}
	}

	toString(): string {
		const lines = Object.entries(this.#rules).map(([name, [formals, body]]) => {
			const parameters = formals.length === 0 ? "" : `<${formals.join(", ")}>`;
			return `\t${name}${parameters} = ${written(body)}`;
		});
		return `G {\n${lines.join("\n")}\n}`;
	}
}

/** Rules x and z, and until, which they share, are what tests capture. */
export const randomGrammar: fc.Arbitrary<RandomGrammar> = fc
	.tuple(
		expression(["x", "y", "z"]),
		expression(["y", "z"]),
		expression(["z"]),
		expression([]),
		fc.constantFrom("start", "Start"),
		fc.boolean(),
	)
	.map(([body, x, y, z, start, hasTail]) => {
		const stop = app("stop");
		const rules: Rules = {
			[start]: [[], hasTail ? seq(body, star(any)) : body],
			x: [[], x],
			y: [[], y],
			z: [[], z],
			same: [["e"], app("e")],
			twice: [["e"], seq(app("e"), app("e"))],
			until: [["stop"], star(seq(lookahead(seq(any, star(seq(not(stop), any)), stop)), any))],
		};
		return new RandomGrammar(rules, start);
	});

const shortText = fc.oneof(
	fc.string({ unit: fc.constantFrom("a", "b", " ", "A", "1"), maxLength: 12 }),
	fc.string({ unit: fc.constantFrom("a", "b", "é", " ", "😀", "ß"), maxLength: 8 }),
	fc.string({ unit: fc.constantFrom("a", "i", "S", "I", "É", ...WIDE), maxLength: 8 }),
);

/** Beyond the patience of loops that remember their ends. */
const longText = fc
	.array(fc.tuple(shortText, fc.integer({ min: 1, max: 90 })), { minLength: 1, maxLength: 3 })
	.map((pieces) => pieces.map(([piece, times]) => piece.repeat(times)).join(""))
	.map((long) => [...long].slice(0, 400).join(""));

export const shortTexts: fc.Arbitrary<string[]> = fc.array(shortText, { minLength: 12, maxLength: 12 });
export const longTexts: fc.Arbitrary<string[]> = fc.array(longText, { minLength: 4, maxLength: 4 });
