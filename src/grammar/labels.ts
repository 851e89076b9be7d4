/** Labels that the parsers of formats can count, in logs of any length. */
import { type Label, labelsOf, readRules } from "./exercised.js";
import { type LowerOptions, lower } from "./lower.js";
import { type Grammars, grammarNamed } from "./ohm.js";

/**
 * The labels of the grammar called `name` that a record can capture: what is only looked at (& and ~) is no part of what was read.
 * @param start grammar of the start rules: the same, or one that inherits from it
 */
export function capturedLabels(grammars: Grammars, name: string, start: string, options: Omit<LowerOptions, "captures">): Label[] {
	const labels = labelsOf(grammars, name);
	// Rules that capture are not folded into others.
	const captures = labels.map(({ rule }) => rule);
	const read = readRules(lower(grammars, grammarNamed(grammars, start, start), { ...options, captures }));
	return labels.filter(({ rule }) => read.has(rule));
}
