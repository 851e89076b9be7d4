/** Labels that compiled parsers can count: of logs of any length, where `exercised.ts` would take hours. */
import { type Label, labelsOf } from "./exercised.js";
import { children, type Node } from "./ir.js";
import { type LowerOptions, lower } from "./lower.js";
import { type Grammars, grammarNamed } from "./ohm.js";

/**
 * The labels of the grammar called `name` that a record can capture: what is only looked at (& and ~) is no part of what was read.
 * @param start grammar of the start rules: the same, or one that inherits from it
 */
export function capturedLabels(grammars: Grammars, name: string, start: string, options: Omit<LowerOptions, "captures">): Label[] {
	const labels = labelsOf(grammars, name);
	// Rules that capture are not folded into others.
	const program = lower(grammars, grammarNamed(grammars, start, start), { ...options, captures: labels.map(({ rule }) => rule) });
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
	for (const node of program.starts.values()) visit(node);
	return labels.filter(({ rule }) => names.has(rule));
}
