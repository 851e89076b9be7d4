/**
 * All that is known of ohm-js 17: what its type declarations tell, and the private parts behind them. Other files of `src` see
 * ohm-js only through this one, so that another version of it changes nothing else.
 *
 * It is loaded when a grammar is read: those that ship are compiled already, and loading takes 30 ms of every start.
 */
import { createRequire } from "node:module";
import type * as ohm from "ohm-js";

export type Grammar = ohm.Grammar;
export type Namespace = ohm.Namespace;
/** What the body of a rule is made of. */
export type Expression = ohm.PExpr;

const require = createRequire(import.meta.url);

export const ohmJs = (): typeof import("ohm-js") => require("ohm-js") as typeof import("ohm-js");

/** An expression, told by its kind. Parameters are not among them: `bodyOf` puts arguments in their places. */
export type View =
	| { readonly kind: "any" | "end" }
	| { readonly kind: "text"; readonly text: string }
	/** Compared by the upper case of single UTF-16 units; `written` is the argument of `caseInsensitive`. */
	| { readonly kind: "text_in_any_case"; readonly text: string; readonly written: Expression }
	/** Both ends belong to it. One of units consumes a single UTF-16 unit, also half of a surrogate pair. */
	| { readonly kind: "range"; readonly first: number; readonly last: number; readonly isOfUnits: boolean }
	| { readonly kind: "class"; readonly pattern: RegExp }
	/** Applications with the same key are the same. */
	| { readonly kind: "application"; readonly rule: string; readonly key: string }
	| { readonly kind: "alternatives" | "sequence"; readonly parts: readonly Expression[] }
	| { readonly kind: "any_number" | "one_or_more" | "optional" | "not" | "ahead" | "lexical"; readonly body: Expression }
	/** Made by a plug-in. */
	| { readonly kind: "unknown" };

/** Fields that the type declarations leave out, of the classes that have them. */
interface Fields {
	/** Of a terminal, its text; of one in any case, the terminal. */
	readonly obj: string & Expression & Fields;
	readonly from: string;
	readonly to: string;
	/** An end of the range is an astral character. */
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

const fieldsOf = (expression: Expression): Fields => expression as unknown as Fields;

const WITH_BODY = [
	["Star", "any_number"],
	["Plus", "one_or_more"],
	["Opt", "optional"],
	["Not", "not"],
	["Lookahead", "ahead"],
	["Lex", "lexical"],
] as const;

export function viewOf(expression: Expression): View {
	const P = ohmJs().pexprs;
	const fields = fieldsOf(expression);
	if (expression === P.any) return { kind: "any" };
	if (expression === P.end) return { kind: "end" };
	if (expression instanceof P.Terminal) return { kind: "text", text: fields.obj };
	if (expression instanceof P.CaseInsensitiveTerminal) return { kind: "text_in_any_case", text: fields.obj.obj, written: fields.obj };
	if (expression instanceof P.Range) {
		const [first = 0, last = 0] = [fields.from.codePointAt(0), fields.to.codePointAt(0)];
		return { kind: "range", first, last, isOfUnits: !fields.matchCodePoint };
	}
	if (expression instanceof P.UnicodeChar) return { kind: "class", pattern: fields.pattern };
	if (expression instanceof P.Apply) return { kind: "application", rule: fields.ruleName, key: fields.toMemoKey() };
	if (expression instanceof P.Alt) return { kind: "alternatives", parts: fields.terms };
	if (expression instanceof P.Seq) return { kind: "sequence", parts: fields.factors };
	for (const [name, kind] of WITH_BODY) if (expression instanceof P[name]) return { kind, body: fields.expr };
	return { kind: "unknown" };
}

/** Applies a rule without parameters. */
export const application = (rule: string): Expression =>
	// The types give no constructor; the class has one.
	new (ohmJs().pexprs.Apply as unknown as new (rule: string) => Expression)(rule);

/** The body of the rule that is applied, with the arguments in the places of its parameters. */
export function bodyOf(applied: Expression, declared: Expression): Expression {
	const { args } = fieldsOf(applied);
	return args.length > 0 ? fieldsOf(declared).substituteParams(args) : declared;
}

/** Ohm's own test: a rule whose name begins with an upper-case letter skips spaces. */
export const isSyntactic = (rule: string): boolean => rule[0] === rule[0]?.toUpperCase();

/** The rule is Ohm's own `applySyntactic`, which ohm-js knows by its body. */
export function isApplySyntactic(grammar: Grammar, rule: string): boolean {
	if (rule !== "applySyntactic") return false;
	return grammar.rules[rule]?.body === ohmJs().grammar("Empty {}").rules[rule]?.body;
}

/** A piece of a source of grammars. */
export interface Stretch {
	/** All of the source. */
	readonly text: string;
	readonly offset: number;
}

/** Where something was read from; undefined for what was made. */
export function stretchOf(construct: Expression | Grammar): Stretch | undefined {
	const { source } = construct as { readonly source?: ohm.Interval & { readonly sourceString: string } };
	return source === undefined ? undefined : { text: source.sourceString, offset: source.startIdx };
}

/** What an error of ohm-js says about a source, without the excerpt, and where; not all have a place. */
export function complaintOf(error: Error): { readonly message: string; readonly offset: number | undefined } {
	const { interval, shortMessage } = error as { interval?: ohm.Interval; shortMessage?: string };
	return { message: shortMessage ?? error.message, offset: interval?.startIdx };
}

/** Something that could have stood where reading got furthest. */
export interface Failure {
	/** The grammar could also have gone on without it: one more character of a word. */
	isFluffy(): boolean;
	toString(): string;
}

/** The last attempt first. */
export const failuresOf = (match: ohm.FailedMatchResult): readonly Failure[] =>
	(match as ohm.FailedMatchResult & { getRightmostFailures(): readonly Failure[] }).getRightmostFailures();

/** Matches a text; undefined where ohm-js gives up: it throws when an optional part matches nothing at all. */
export function attempt(grammar: Grammar, rule: string, text: string): ohm.MatchResult | undefined {
	try {
		return grammar.match(text, rule);
	} catch (error) {
		if (error instanceof Error && error.message.includes("Nullable expression")) return undefined;
		throw error;
	}
}
