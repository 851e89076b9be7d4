/** Which rules are written where they are called, and which become functions: a call costs as much as some comparisons. */
import { calledBy } from "./check.js";
import { children, type Node, type Program, type Rule } from "./ir.js";

/** Rules of at most this many nodes, with all that is written in place in them, are so wherever they are called. */
const SMALL = 16;
/** Those that are called once may be larger, as nothing is written twice; but the engine takes long to compile large functions. */
const LARGE = 100;

export interface Calls {
	readonly isInPlace: (rule: Rule) => boolean;
	/** Several places call it: often they are alternatives to each other, and ask from the same position. */
	readonly isShared: (rule: Rule) => boolean;
}

export function callsOf({ rules, starts }: Program): Calls {
	const places = new Map<Rule, number>();
	for (const node of [...rules.map(({ body }) => body), ...starts.values()])
		for (const called of calledBy(node)) places.set(called, (places.get(called) ?? 0) + 1);
	const isShared = (rule: Rule): boolean => (places.get(rule) ?? 0) > 1;

	const sizes = new Map<Rule, number>();
	const sizeOf = (node: Node): number => {
		if (node.kind === "call") return isInPlace(node.rule) ? (sizes.get(node.rule) ?? 0) : 2;
		const own = node.kind === "literal" ? 1 + node.text.length / 4 : 1;
		return children(node).reduce((sum, child) => sum + sizeOf(child), own);
	};
	const isInPlace = (rule: Rule): boolean => {
		if (rule.recursive) return false;
		const size = sizes.get(rule) ?? sizeOf(rule.body);
		sizes.set(rule, size);
		return size <= (isShared(rule) ? SMALL : LARGE);
	};
	return { isInPlace, isShared };
}
