/** The labelled cases of a grammar: what a log or a corpus can exercise. */
import type * as ohm from "ohm-js";
import { children, type Node, type Origin } from "./ir.js";
import { type LowerOptions, lower } from "./lower.js";
import { type Grammars, grammarNamed, originOf } from "./ohm.js";

export interface CaseLabel {
	/** Rule and label: `record_entry`. */
	readonly name: string;
	readonly origin: Origin | undefined;
}

/** What ohm's types leave out: an alternation has terms, an application the name of its rule. */
interface Body extends ohm.PExpr {
	readonly terms?: readonly Body[];
	readonly ruleName?: string;
}

/**
 * Labels that the grammar called `name` defines itself, in their order, as far as a record can capture them: what is only looked
 * at (& and ~) is no part of what was read.
 * @param start grammar of the start rules: the same, or one that inherits from it
 */
export function caseLabels(grammars: Grammars, name: string, start: string, options: Omit<LowerOptions, "captures">): CaseLabel[] {
	const { rules } = grammarNamed(grammars, name, name);
	const labels = Object.keys(rules)
		.filter((rule) => Object.hasOwn(rules, rule))
		.flatMap((rule) => {
			const body = rules[rule]?.body as Body | undefined;
			return (body?.terms ?? [body]).flatMap((term) => (term?.ruleName?.startsWith(`${rule}_`) ? [term.ruleName] : []));
		});
	const own = [...new Set(labels)].filter((label) => Object.hasOwn(rules, label));
	const read = readRules(grammars, start, { ...options, captures: own });
	return own
		.filter((label) => read.has(label))
		.map((label) => ({ name: label, origin: originOf(rules[label]?.body as ohm.PExpr, grammars) }));
}

/** Names of the rules that can be part of what a start rule reads. */
function readRules(grammars: Grammars, name: string, options: LowerOptions): ReadonlySet<string> {
	const seen = new Set<string>();
	const names = new Set<string>();
	const visit = (node: Node): void => {
		if (node.kind === "not" || node.kind === "and" || node.kind === "until_last") return;
		if (node.kind === "call" && !seen.has(node.rule.key)) {
			seen.add(node.rule.key);
			names.add(node.rule.name);
			visit(node.rule.body);
		}
		for (const child of children(node)) visit(child);
	};
	for (const node of lower(grammars, grammarNamed(grammars, name, name), options).starts.values()) visit(node);
	return names;
}
