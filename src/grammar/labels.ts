/** Labels of alternatives: what authors know the parts of a grammar by. */
import { children, type Node, type Origin } from "./ir.js";
import { type LowerOptions, lower } from "./lower.js";
import { type Grammars, grammarNamed, originOf } from "./ohm.js";
import { type Expression, viewOf } from "./ohm-js.js";

/** An alternative with a label: `record_cut` for `-- cut` in `record`. */
export interface Label {
	readonly rule: string;
	readonly origin: Origin | undefined;
}

/** The labels that a grammar itself writes, not those it inherits, in their order. */
export function labelsOf(grammars: Grammars, name: string): Label[] {
	const { rules } = grammarNamed(grammars, name, name);
	const own = Object.entries(rules).filter(([rule]) => Object.hasOwn(rules, rule));
	return own.flatMap(([rule, { body }]) => {
		return alternativesOf(body).flatMap((alternative) => {
			// Ohm puts a call in the place of an alternative with a label.
			const view = viewOf(alternative);
			const called = view.kind === "application" ? view.rule : "";
			const info = rules[called];
			if (!called.startsWith(`${rule}_`) || info === undefined || !Object.hasOwn(rules, called)) return [];
			return [{ rule: called, origin: originOf(info.body, grammars) }];
		});
	});
}

function alternativesOf(body: Expression): readonly Expression[] {
	const view = viewOf(body);
	return view.kind === "alternatives" ? view.parts : [body];
}

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
