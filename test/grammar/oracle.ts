/** Ohm itself as the judge of the compiled parser. */
import type * as ohm from "ohm-js";
import { readGrammars } from "../../src/grammar/ohm.js";
import { ohmJs } from "../../src/grammar/ohm-js.js";
import { type CompileOptions, compile, loadParser, newCaptureLog, type Parser } from "../../src/grammar/parser.js";
import { bytesMatcher } from "./bytes.js";

/** A captured span: `name [start, end)`. */
export type Span = readonly [name: string, start: number, end: number];

/** What ohm-js captures: undefined when it refuses the input. */
export type Oracle = (input: string) => readonly Span[] | undefined;

interface Loose extends ohm.PExpr {
	readonly expr: Loose;
	readonly factors?: readonly Loose[];
	readonly terms?: readonly Loose[];
}

/** For each child of a rule's node: it comes from a lookahead. Ohm keeps those captures, ours are dropped (differences.test.ts). */
function aheadColumns(expression: Loose): readonly boolean[] {
	if (expression instanceof ohmJs().pexprs.Lookahead) return aheadColumns((expression as Loose).expr).map(() => true);
	if (expression instanceof ohmJs().pexprs.Not) return [];
	if (expression.factors !== undefined) return expression.factors.flatMap(aheadColumns);
	if (expression.terms !== undefined) {
		const each = expression.terms.map(aheadColumns);
		if (each.some((columns) => columns.join() !== each[0]?.join()))
			throw new Error(`alternatives differ in their lookaheads: ${expression}`);
		return each[0] ?? [];
	}
	return expression.expr === undefined ? [false] : aheadColumns(expression.expr);
}

export function oracle(grammar: ohm.Grammar, start: string, captures: readonly string[]): Oracle {
	const known = new Set(captures);
	const nameOf = (rule: string): string | undefined => {
		const base = rule.split("__", 1)[0] ?? rule;
		return known.has(rule) ? rule : known.has(base) ? base : undefined;
	};
	const columns = new Map<string, readonly boolean[]>();
	const columnsOf = (rule: string): readonly boolean[] => {
		const found = columns.get(rule) ?? aheadColumns(grammar.rules[rule]?.body as Loose);
		columns.set(rule, found);
		return found;
	};
	const semantics = grammar.createSemantics().addOperation<Span[]>("captures", {
		_terminal: () => [],
		_iter: (...nodes) => nodes.flatMap((node) => node.captures() as Span[]),
		_nonterminal(...nodes) {
			const ahead = nodes.length === 0 ? [] : columnsOf(this.ctorName);
			const inner = nodes.flatMap((node, i) => (ahead[i] === true ? [] : (node.captures() as Span[])));
			const name = nameOf(this.ctorName);
			return name === undefined ? inner : [...inner, [name, this.source.startIdx, this.source.endIdx]];
		},
	});
	return (input) => {
		const match = grammar.match(input, start);
		return match.succeeded() ? sorted(semantics(match).captures() as Span[]) : undefined;
	};
}

/** Ohm groups the captures of a repetition by column, so both sides are put in one order. */
const sorted = (spans: readonly Span[]): readonly Span[] =>
	spans.toSorted((a, b) => (a[0] < b[0] ? -1 : a[0] > b[0] ? 1 : a[2] - b[2] || b[1] - a[1]));

/** In the order of the log, which is that in which the rules ended. */
export function spansOf(
	parser: Parser,
	start: string,
	input: string,
	variant: "bytes" | "text",
	[before, behind]: readonly [string, string] = ["", ""],
): readonly Span[] | undefined {
	const log = newCaptureLog();
	const whole = before + input + behind;
	const [from, to] = [before.length, before.length + input.length];
	const found =
		variant === "bytes"
			? bytesMatcher(parser, start)(Buffer.from(whole, "latin1"), from, to, log)
			: parser.text(start)(whole, from, to, log);
	if (!found) {
		if (log.length > 0) throw new Error("a failed match left captures behind");
		return undefined;
	}
	const spans: Span[] = [];
	for (let i = 0; i < log.length; i += 3)
		spans.push([parser.captures[log.data[i] ?? -1] ?? "?", (log.data[i + 1] ?? -1) - from, (log.data[i + 2] ?? -1) - from]);
	if (spans.some((span, i) => span[2] < (spans[i - 1]?.[2] ?? 0)))
		throw new Error("captures are not in the order in which their rules ended");
	return spans;
}

/** What stands around a record must not matter: its neighbours in a block of bytes, halves of surrogate pairs. */
const AROUND = { bytes: ["ab 1\u00e9", "aab \u00e9"], text: ["ab\ud83d", "\ude00b"] } as const;

/** The same, in the order of `Oracle`, for the input alone and inside a longer text. */
export function runCompiled(parser: Parser, start: string, input: string, variant: "bytes" | "text"): readonly Span[] | undefined {
	const spans = spansOf(parser, start, input, variant);
	const inside = spansOf(parser, start, input, variant, AROUND[variant]);
	if (JSON.stringify(inside) !== JSON.stringify(spans)) throw new Error(`what stands around "${input}" changes how it is read`);
	return spans === undefined ? undefined : sorted(spans);
}

/** Variants that may read this input: bytes are for ASCII. */
export const variantsFor = (input: string): readonly ("bytes" | "text")[] =>
	/^[\u0000-\u007f]*$/.test(input) ? ["bytes", "text"] : ["text"];

export interface Pair {
	/** By the first start rule. */
	readonly ohm: Oracle;
	readonly parser: Parser;
	readonly grammar: ohm.Grammar;
}

/** The same grammar in ohm-js and compiled. */
export function bothWays(source: string, name: string, options: CompileOptions): Pair {
	const start = options.starts[0] ?? "";
	const grammars = readGrammars([{ file: "test.ohm", text: source }]);
	const grammar = grammars.namespace[name];
	if (grammar === undefined) throw new Error(`no grammar ${name}`);
	return { ohm: oracle(grammar, start, options.captures), parser: loadParser(compile(grammars, grammar, options)), grammar };
}
