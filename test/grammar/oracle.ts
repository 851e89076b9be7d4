/** Ohm itself as the judge of the compiled parser. */
import * as ohm from "ohm-js";
import { readGrammars } from "../../src/grammar/ohm.js";
import { type CompileOptions, compile, loadParser, newCaptureLog, type Parser } from "../../src/grammar/parser.js";

export type Captures = readonly (readonly [name: string, text: string])[];

/** What ohm-js captures: undefined when it refuses the input. */
export type Oracle = (input: string) => Captures | undefined;

/** For each child of a rule's node: it comes from a lookahead. Ohm keeps those captures, ours are dropped (differences.test.ts). */
function aheadColumns(expression: Loose): readonly boolean[] {
	if (expression instanceof ohm.pexprs.Lookahead) return aheadColumns((expression as Loose).expr).map(() => true);
	if (expression instanceof ohm.pexprs.Not) return [];
	if (expression.factors !== undefined) return expression.factors.flatMap(aheadColumns);
	if (expression.terms !== undefined) {
		const each = expression.terms.map(aheadColumns);
		if (each.some((columns) => columns.join() !== each[0]?.join())) throw new Error("alternatives differ in their lookaheads");
		return each[0] ?? [];
	}
	return expression.expr === undefined ? [false] : aheadColumns(expression.expr);
}

interface Loose extends ohm.PExpr {
	readonly expr: Loose;
	readonly factors?: readonly Loose[];
	readonly terms?: readonly Loose[];
}

export function oracle(grammar: ohm.Grammar, start: string, captures: readonly string[]): Oracle {
	const base = (name: string): string | undefined => (captures.includes(name) ? name : captures.find((c) => c === name.split("__", 1)[0]));
	const columns = new Map<string, readonly boolean[]>();
	const columnsOf = (rule: string): readonly boolean[] => {
		const known = columns.get(rule) ?? aheadColumns(grammar.rules[rule]?.body as Loose);
		columns.set(rule, known);
		return known;
	};
	const semantics = grammar.createSemantics().addOperation<[string, string][]>("captures", {
		_terminal: () => [],
		_iter: (...nodes) => nodes.flatMap((node) => node["captures"]() as [string, string][]),
		_nonterminal(...nodes) {
			const ahead = columnsOf(this.ctorName);
			const inner = nodes.flatMap((node, i) => (ahead[i] === true ? [] : (node["captures"]() as [string, string][])));
			const name = base(this.ctorName);
			return name === undefined ? inner : [...inner, [name, this.sourceString]];
		},
	});
	return (input) => {
		const match = grammar.match(input, start);
		return match.succeeded() ? bySourceOrder(semantics(match)["captures"]() as [string, string][]) : undefined;
	};
}

/** Ohm groups the captures of a repetition by column; sorted by name, with the order inside a name kept, both compare equal. */
export const bySourceOrder = (captures: Captures): Captures =>
	captures
		.map((pair, i) => ({ pair, i }))
		.sort((a, b) => (a.pair[0] < b.pair[0] ? -1 : a.pair[0] > b.pair[0] ? 1 : a.i - b.i))
		.map(({ pair }) => pair);

export function runCompiled(parser: Parser, start: string, input: string, variant: "bytes" | "text"): Captures | undefined {
	const log = newCaptureLog();
	const bytes = Buffer.from(input, "latin1");
	const found = variant === "bytes" ? parser.bytes(start)(bytes, 0, bytes.length, log) : parser.text(start)(input, 0, input.length, log);
	if (!found) return undefined;
	const captures: [string, string][] = [];
	for (let i = 0; i < log.length; i += 3)
		captures.push([parser.captures[log.data[i] ?? -1] ?? "?", input.slice(log.data[i + 1], log.data[i + 2])]);
	return bySourceOrder(captures);
}

export interface Pair {
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
