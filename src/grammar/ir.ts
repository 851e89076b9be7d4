/**
 * The form between Ohm's grammar object and compiled code: rule parameters applied, inheritance flattened,
 * space skipping written out, single characters folded into sets.
 */
import { MailtrailError } from "../errors.js";
import type { CharSet } from "./charset.js";

/** Where a construct stands in a grammar source. */
export interface Origin {
	readonly file: string;
	readonly line: number;
	readonly column: number;
	readonly text: string;
}

/** Stops the compilation at a place in the grammar. */
export function refuse(code: string, what: string, mend: string, origin: Origin | undefined): never {
	if (origin === undefined) throw new MailtrailError(code, 2, what, mend);
	throw new MailtrailError(code, 2, what, mend, { file: origin.file, line: origin.line, column: origin.column }, origin.text);
}

export type Node =
	| { readonly kind: "set"; readonly set: CharSet }
	| { readonly kind: "literal"; readonly text: string }
	| { readonly kind: "end" }
	| { readonly kind: "sequence"; readonly parts: readonly Node[] }
	| { readonly kind: "choice"; readonly options: readonly Node[] }
	| Repeat
	| { readonly kind: "optional"; readonly body: Node }
	| { readonly kind: "not"; readonly body: Node }
	| { readonly kind: "and"; readonly body: Node }
	| { readonly kind: "until_last"; readonly stop: Node }
	| { readonly kind: "call"; readonly rule: Rule }
	| { readonly kind: "switch"; readonly index: number };

export interface Repeat {
	readonly kind: "repeat";
	readonly body: Node;
	readonly min: 0 | 1;
	readonly origin: Origin | undefined;
	/** Set by the linearity analysis: the loop may be entered again over the same text, so its ends are remembered. */
	remembered: boolean;
	/** Iterations of a remembered loop that may be tried again before its ends are written down. */
	patience: number;
}

export interface Rule {
	readonly key: string;
	readonly name: string;
	/** Set after construction, because rules may refer to each other. */
	body: Node;
	readonly origin: Origin | undefined;
	/** Slot its span is logged under, -1 for none. */
	readonly slot: number;
	/** Set by the analysis: the rule can reach itself. */
	recursive: boolean;
}

/** An alternative of a choice, as it stands in the grammar. */
export interface Alternative {
	readonly node: Node;
	/** Undefined for what was not written by anybody: arguments put into a rule with parameters, what templates became. */
	readonly origin: () => Origin | undefined;
	/** As it is written. */
	readonly text: () => string;
}

export interface Program {
	readonly rules: readonly Rule[];
	/** The choices of all rules, before equal or neighbouring alternatives are made one. */
	readonly choices: readonly (readonly Alternative[])[];
	readonly starts: ReadonlyMap<string, Node>;
	/** Slot → capture name. */
	readonly captures: readonly string[];
	readonly switches: readonly string[];
}

export function children(node: Node): readonly Node[] {
	switch (node.kind) {
		case "sequence":
			return node.parts;
		case "choice":
			return node.options;
		case "repeat":
		case "optional":
		case "not":
		case "and":
			return [node.body];
		case "until_last":
			return [node.stop];
		default:
			return [];
	}
}

/** The same node with other children. */
export function withChildren(node: Node, change: (child: Node) => Node): Node {
	switch (node.kind) {
		case "sequence":
			return { ...node, parts: node.parts.map(change) };
		case "choice":
			return { ...node, options: node.options.map(change) };
		case "repeat":
		case "optional":
		case "not":
		case "and":
			return { ...node, body: change(node.body) };
		case "until_last":
			return { ...node, stop: change(node.stop) };
		default:
			return node;
	}
}

/** Smallest relation over rules: `test` of a node may ask for the rules it calls; starts from `false` and grows. */
export function growing(rules: readonly Rule[], test: (node: Node, of: (rule: Rule) => boolean) => boolean): (node: Node) => boolean {
	const holds = new Set<Rule>();
	const of = (rule: Rule): boolean => holds.has(rule);
	for (let changed = true; changed; ) {
		changed = false;
		for (const rule of rules)
			if (!holds.has(rule) && test(rule.body, of)) {
				holds.add(rule);
				changed = true;
			}
	}
	return (node) => test(node, of);
}

/** Nodes that may match the empty text. */
export function nullability(rules: readonly Rule[]): (node: Node) => boolean {
	const test = (node: Node, of: (rule: Rule) => boolean): boolean => {
		switch (node.kind) {
			case "set":
				return false;
			case "literal":
				return node.text === "";
			case "sequence":
				return node.parts.every((part) => test(part, of));
			case "choice":
				return node.options.some((option) => test(option, of));
			case "repeat":
				return node.min === 0 || test(node.body, of);
			case "call":
				return of(node.rule);
			default:
				return true;
		}
	};
	return growing(rules, test);
}

/** Nodes that may log a capture. */
export function capturing(rules: readonly Rule[]): (node: Node) => boolean {
	const test = (node: Node, of: (rule: Rule) => boolean): boolean => {
		if (node.kind === "not" || node.kind === "and" || node.kind === "until_last") return false;
		if (node.kind === "call") return node.rule.slot >= 0 || of(node.rule);
		return children(node).some((child) => test(child, of));
	};
	return growing(rules, test);
}

/** Nested calls of recursive rules before a record counts as too deeply nested. */
export const DEEPEST = 500;
