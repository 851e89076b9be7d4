/** Ohm itself as the judge of the compiled parser. */
import type * as ohm from "ohm-js";
import { type CompileOptions, compile } from "../../src/grammar/compile.js";
import { matcherFor } from "../../src/grammar/ground.js";
import { type Grammars, readGrammars } from "../../src/grammar/ohm.js";
import { type Grammar, ohmJs } from "../../src/grammar/ohm-js.js";
import { loadParser, type Parser } from "../../src/grammar/parser.js";

/** A captured span: `name [start, end)`, in UTF-16 units. */
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

export function oracle(grammar: Grammar, start: string, captures: readonly string[]): Oracle {
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

/** In the order of the log, which is that in which the rules ended. What stands around the input is not read. */
export function spansOf(
	parser: Parser,
	start: string,
	input: string,
	[before, behind]: readonly [string, string] = ["", ""],
): readonly Span[] | undefined {
	const bytes = Buffer.from(before + input + behind);
	const [from, to] = [Buffer.byteLength(before), bytes.length - Buffer.byteLength(behind)];
	const found = matcherFor(parser, start)(bytes, from, to);
	if (found === undefined) return undefined;
	const unit = unitsAt(input);
	const spans: Span[] = [];
	for (let i = 0; i < found.length; i += 3) {
		const [slot = -1, first = 0, end = 0] = found.subarray(i, i + 3);
		spans.push([parser.captures[slot] ?? "?", unit(first - from), unit(end - from)]);
	}
	if (spans.some((span, i) => span[2] < (spans[i - 1]?.[2] ?? 0)))
		throw new Error("captures are not in the order in which their rules ended");
	return spans;
}

/** Bytes of UTF-8 → UTF-16 units: -1 inside a character. */
function unitsAt(text: string): (byte: number) => number {
	const bytes = Buffer.from(text);
	if (bytes.length === text.length) return (byte) => byte;
	const units = new Int32Array(bytes.length + 1).fill(-1);
	let [byte, unit] = [0, 0];
	for (const character of text) {
		units[byte] = unit;
		byte += Buffer.byteLength(character);
		unit += character.length;
	}
	units[byte] = unit;
	return (at) => units[at] ?? -1;
}

/** What stands around a record must not matter: its neighbours in a block of bytes, also bytes of characters that begin like its last one. */
const AROUND = ["ab 1\u00e9", "\u00e9aab \u0301"] as const;

/** The same, in the order of `Oracle`, for the input alone and inside a longer text. */
export function runCompiled(parser: Parser, start: string, input: string): readonly Span[] | undefined {
	const spans = spansOf(parser, start, input);
	const inside = spansOf(parser, start, input, AROUND);
	if (JSON.stringify(inside) !== JSON.stringify(spans)) throw new Error(`what stands around "${input}" changes how it is read`);
	return spans === undefined ? undefined : sorted(spans);
}

/** UTF-8 holds no halves of surrogate pairs. */
export const wellFormed = (text: string): string => text.replace(/\p{Cs}/gu, "\ufffd");

export interface Pair {
	/** By the first start rule. */
	readonly ohm: Oracle;
	readonly parser: Parser;
	readonly grammar: Grammar;
}

/** The same grammar in ohm-js and compiled. */
export function bothWays(source: string, name: string, options: CompileOptions): Pair {
	const grammars = readGrammars([{ file: "test.ohm", text: source }]);
	const grammar = grammars.namespace[name];
	if (grammar === undefined) throw new Error(`no grammar ${name}`);
	return pairOf(grammar, options, grammars);
}

export function pairOf(grammar: Grammar, options: CompileOptions, grammars: Grammars = { namespace: {}, files: new Map() }): Pair {
	const judge = oracle(grammar, options.starts[0] ?? "", options.captures);
	return { ohm: judge, parser: loadParser(compile(grammars, grammar, options)), grammar };
}
