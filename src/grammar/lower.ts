/** Ohm's grammar object → our own form (`ir.ts`), specialised for its parameters. */
import type * as ohm from "ohm-js";
import type { CharSet } from "./charset.js";
import { difference, everything, matching, oneOf, range, union } from "./charset.js";
import { type Alternative, type Node, type Program, type Rule, refuse } from "./ir.js";
import { type Grammars, originOf } from "./ohm.js";
import { ohmJs } from "./ohm-js.js";

/** The parts of Ohm's expressions that its type declarations leave out. */
interface Expression extends ohm.PExpr {
	readonly obj: string & { readonly obj: string };
	readonly from: string;
	readonly to: string;
	readonly matchCodePoint: boolean;
	readonly pattern: RegExp;
	readonly terms: readonly Expression[];
	readonly factors: readonly Expression[];
	readonly expr: Expression;
	readonly ruleName: string;
	readonly args: readonly Expression[];
	substituteParams(actuals: readonly Expression[]): Expression;
	toMemoKey(): string;
}

export interface LowerOptions {
	/** Rules that the parser can be started with. */
	readonly starts: readonly string[];
	/** Names whose spans are logged; a rule `name__x` counts as `name`. */
	readonly captures: readonly string[];
	/** Rules that are switched on and off at run time. */
	readonly switches?: readonly string[];
}

/** ohm's types give no constructor for applications; the class has one. */
const apply = (name: string): Expression => new (ohmJs().pexprs.Apply as unknown as new (rule: string) => Expression)(name);

/** Ohm's own test: a rule whose name begins with an upper-case letter skips spaces. */
const isSyntactic = (name: string): boolean => name[0] === name[0]?.toUpperCase();

/** Body of Ohm's own `applySyntactic`, by which ohm-js knows it too. */
const appliedSyntactically = (): ohm.PExpr | undefined => ohmJs().grammar("Empty {}").rules.applySyntactic?.body;

/** An application that is longer when written out means that rules pass growing arguments to themselves. */
const LONGEST_KEY = 1000;

export function lower(grammars: Grammars, grammar: ohm.Grammar, options: LowerOptions): Program {
	const P = ohmJs().pexprs;
	const slots = new Map(options.captures.map((name, slot) => [name, slot]));
	const switches = options.switches ?? [];
	const rules = new Map<string, Rule>();
	const pending: { rule: Rule; body: Expression }[] = [];
	const unicode: string[] = [];
	const choices: (readonly Alternative[])[] = [];

	const application = (expression: Expression): Rule => {
		const key = expression.toMemoKey();
		const known = rules.get(key);
		if (known !== undefined) return known;
		const name = expression.ruleName;
		const info = grammar.rules[name];
		if (info === undefined)
			refuse(
				"grammar.rule",
				`grammar "${grammar.name}" has no rule "${name}"`,
				"Define the rule, or correct the name.",
				originOf(grammar, grammars),
			);
		if (key.length > LONGEST_KEY)
			refuse(
				"grammar.parameters",
				`rule "${name}" passes ever longer arguments to itself`,
				"Recurse without parameters, or with the same ones.",
				originOf(info.body, grammars),
			);
		const declared = info.body as Expression;
		const body = expression.args.length > 0 ? declared.substituteParams(expression.args) : declared;
		const slot = slots.get(name) ?? slots.get(name.split("__", 1)[0] ?? name) ?? -1;
		const rule: Rule = { key, name, body: { kind: "end" }, origin: originOf(declared, grammars), slot, recursive: false };
		rules.set(key, rule);
		pending.push({ rule, body });
		return rule;
	};

	const leaf = (expression: Expression): Node | undefined => {
		if (expression === P.any) return { kind: "set", set: everything };
		if (expression === P.end) return { kind: "end" };
		if (expression instanceof P.Terminal) {
			const text = expression.obj as string;
			const code = text.codePointAt(0);
			// Half of a surrogate pair is compared as a unit, also when its other half follows.
			const isHalf = code !== undefined && code >= 0xd800 && code <= 0xdfff;
			return [...text].length === 1 && code !== undefined && !isHalf ? { kind: "set", set: oneOf(code) } : { kind: "literal", text };
		}
		if (expression instanceof P.CaseInsensitiveTerminal) return { kind: "literal_any_case", text: expression.obj.obj };
		if (expression instanceof P.Range)
			return { kind: "set", set: range(expression.from.codePointAt(0) ?? 0, expression.to.codePointAt(0) ?? 0, expression.matchCodePoint) };
		if (expression instanceof P.UnicodeChar) {
			const source = expression.pattern.source;
			if (!unicode.includes(source)) unicode.push(source);
			return { kind: "set", set: matching(expression.pattern, `U${unicode.indexOf(source)}`) };
		}
		if (expression instanceof P.Apply) {
			const index = switches.indexOf(expression.ruleName);
			return index < 0 ? { kind: "call", rule: application(expression) } : { kind: "switch", index };
		}
		return undefined;
	};

	const translate = (expression: Expression, skipping: boolean): Node => {
		const found = leaf(expression);
		if (found !== undefined) {
			if (!skipping) return found;
			return sequence([{ kind: "call", rule: application(apply("spaces")) }, found]);
		}
		if (expression instanceof P.Lex) return translate(expression.expr, false);
		if (expression instanceof P.Seq) return sequence(expression.factors.map((factor) => translate(factor, skipping)));
		if (expression instanceof P.Alt) {
			const nodes = expression.terms.map((term) => translate(term, skipping));
			choices.push(
				expression.terms.map(
					(term, i): Alternative => ({
						node: nodes[i] ?? { kind: "end" },
						origin: () => originOf(term, grammars),
						text: () => term.toString(),
					}),
				),
			);
			return choice(nodes);
		}
		if (expression instanceof P.Opt) return { kind: "optional", body: translate(expression.expr, skipping) };
		if (expression instanceof P.Iter) {
			const body = translate(expression.expr, skipping);
			const min = expression instanceof P.Plus ? 1 : 0;
			const loop: Node = { kind: "repeat", body, min, origin: originOf(expression, grammars), remembered: false, patience: 0 };
			return min === 0 ? (untilLast(loop) ?? loop) : loop;
		}
		if (expression instanceof P.Not) return { kind: "not", body: translate(expression.expr, skipping) };
		if (expression instanceof P.Lookahead) return { kind: "and", body: translate(expression.expr, skipping) };
		return refuse(
			"grammar.expression",
			`the grammar uses an expression that cannot be compiled: ${expression.toString()}`,
			"Write it with the expressions of Ohm's syntax reference.",
			originOf(expression, grammars),
		);
	};

	const starts = new Map(
		options.starts.map((name): [string, Node] => {
			const rule: Node = { kind: "call", rule: application(apply(name)) };
			if (!isSyntactic(name)) return [name, rule];
			// A syntactic start rule skips spaces before it and before the end.
			const spaces: Node = { kind: "call", rule: application(apply("spaces")) };
			return [name, sequence([spaces, rule, spaces])];
		}),
	);
	for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
		const body = translate(next.body, isSyntactic(next.rule.name));
		// Like a syntactic start rule, what is applied from a lexical rule skips spaces at its end.
		const isApplied = next.rule.name === "applySyntactic" && grammar.rules.applySyntactic?.body === appliedSyntactically();
		next.rule.body = isApplied ? sequence([body, { kind: "call", rule: application(apply("spaces")) }]) : body;
	}
	const all = [...rules.values()];
	fold(all);
	return { rules: all, choices, starts, captures: options.captures, switches, unicode };
}

function sequence(parts: readonly Node[]): Node {
	const flat: Node[] = [];
	for (const part of parts.flatMap((p) => (p.kind === "sequence" ? p.parts : [p]))) {
		const last = flat.at(-1);
		const joined = last === undefined ? undefined : join(last, part);
		if (joined === undefined) flat.push(part);
		else flat[flat.length - 1] = joined;
	}
	// ~a ~b c: one character, when all of them are.
	const final = flat.at(-1);
	if (flat.length > 1 && final?.kind === "set" && !final.set.unit) {
		const removed = flat
			.slice(0, -1)
			.map((part) => (part.kind === "not" && part.body.kind === "set" && !part.body.set.unit ? part.body.set : undefined));
		if (removed.every((set) => set !== undefined)) return { kind: "set", set: removed.reduce(difference, final.set) };
	}
	return flat.length === 1 && flat[0] !== undefined ? flat[0] : { kind: "sequence", parts: flat };
}

/** Neighbouring literals are one literal. */
function join(a: Node, b: Node): Node | undefined {
	const left = literalText(a);
	const right = literalText(b);
	return left === undefined || right === undefined ? undefined : { kind: "literal", text: left + right };
}

export function literalText(node: Node): string | undefined {
	if (node.kind === "literal") return node.text;
	if (node.kind !== "set" || node.set.unit) return undefined;
	const only = node.set.wide === "false" ? node.set.ascii.indexOf(1) : -1;
	return only >= 0 && node.set.ascii.indexOf(1, only + 1) < 0 ? String.fromCharCode(only) : undefined;
}

function choice(options: readonly Node[]): Node {
	const flat = options.flatMap((option) => (option.kind === "choice" ? option.options : [option]));
	const sets: CharSet[] = [];
	for (const option of flat) if (option.kind === "set" && !option.set.unit) sets.push(option.set);
	if (sets.length === flat.length && sets.length > 0) return { kind: "set", set: sets.reduce(union) };
	return flat.length === 1 && flat[0] !== undefined ? flat[0] : { kind: "choice", options: flat };
}

/**
 * `(&(any (~stop any)* stop) any)*`: advances as long as `stop` matches somewhere further on, so it ends at
 * the last place where `stop` matches. Found here by its shape, searched from the end.
 */
function untilLast(loop: Node): Node | undefined {
	if (loop.kind !== "repeat" || loop.body.kind !== "sequence") return undefined;
	const [ahead, step, ...more] = loop.body.parts;
	if (more.length > 0 || ahead?.kind !== "and" || ahead.body.kind !== "sequence" || !isAny(step)) return undefined;
	const [first, search, ...stop] = ahead.body.parts;
	if (!isAny(first) || search?.kind !== "repeat" || search.body.kind !== "sequence" || search.min !== 0) return undefined;
	const [not, advance, ...rest] = search.body.parts;
	if (rest.length > 0 || not?.kind !== "not" || !isAny(advance) || stop.length === 0) return undefined;
	const end = sequence(stop);
	return JSON.stringify(not.body, ruleKeys) === JSON.stringify(end, ruleKeys) ? { kind: "until_last", stop: end } : undefined;
}

const isAny = (node: Node | undefined): boolean =>
	(node?.kind === "set" && node.set === everything) || (node?.kind === "call" && node.rule.key === "any");

const ruleKeys = (key: string, value: unknown): unknown =>
	key === "rule" ? (value as Rule).key : key === "origin" ? undefined : value instanceof Uint8Array ? value.join("") : value;

/** Calls of uncaptured rules that are one character or one literal are replaced by it, until nothing changes. */
function fold(rules: readonly Rule[]): void {
	const inline = (node: Node): Node => {
		switch (node.kind) {
			case "call": {
				const body = node.rule.body;
				return node.rule.slot < 0 && (body.kind === "set" || body.kind === "literal") ? body : node;
			}
			case "sequence":
				return sequence(node.parts.map(inline));
			case "choice":
				return choice(node.options.map(inline));
			case "repeat":
			case "optional":
			case "not":
			case "and":
				return { ...node, body: inline(node.body) };
			case "until_last":
				return { ...node, stop: inline(node.stop) };
			default:
				return node;
		}
	};
	for (let round = 0; round < 6; round++) for (const rule of rules) rule.body = inline(rule.body);
}
