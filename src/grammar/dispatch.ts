/**
 * A decision tree over the literals that the options of a choice begin with, so that finding the right one
 * of a thousand templates costs no more than finding one of ten.
 */
import { literalText } from "./lower.js";
import type { Node } from "./ir.js";

export interface Branch {
	/** Character code → what follows. */
	readonly next: Map<number, Branch>;
	/** Index into `Dispatch.leaves` for any other character. */
	readonly leaf: number;
}

export interface Dispatch {
	readonly root: Branch;
	/** Options to try, in their order. */
	readonly leaves: readonly (readonly number[])[];
}

/** Text that every match of the node begins with; ASCII only. */
function prefixOf(node: Node, depth = 0): string {
	const text = literalText(node);
	if (text !== undefined) return /^[\u0000-\u007f]*/.exec(text)?.[0] ?? "";
	if (depth > 20) return "";
	if (node.kind === "call") return prefixOf(node.rule.body, depth + 1);
	if (node.kind === "repeat" && node.min === 1) return prefixOf(node.body, depth + 1);
	if (node.kind !== "sequence") return "";
	let prefix = "";
	for (const part of node.parts) {
		prefix += prefixOf(part, depth + 1);
		if (literalText(part) === undefined && !(part.kind === "call" && isLiteral(part.rule.body))) break;
	}
	return prefix;
}

const isLiteral = (node: Node): boolean => literalText(node) !== undefined;

/** Undefined when the options do not begin with enough literals to be worth a tree. */
export function dispatch(options: readonly Node[]): Dispatch | undefined {
	const prefixes = options.map((option) => prefixOf(option));
	if (prefixes.filter((prefix) => prefix !== "").length < 3) return undefined;
	const leaves: (readonly number[])[] = [];
	const leafIndex = new Map<string, number>();
	const leafFor = (list: readonly number[]): number => {
		const key = list.join();
		const known = leafIndex.get(key);
		if (known !== undefined) return known;
		leafIndex.set(key, leaves.length);
		leaves.push(list);
		return leaves.length - 1;
	};
	const grow = (candidates: readonly number[], depth: number): Branch => {
		// Options whose prefix ends here stay candidates whatever follows.
		const open = candidates.filter((i) => (prefixes[i]?.length ?? 0) <= depth);
		const codes = new Set(candidates.filter((i) => !open.includes(i)).map((i) => prefixes[i]?.charCodeAt(depth) ?? 0));
		const next = new Map<number, Branch>();
		// Two options are told apart faster by trying them than by looking further ahead.
		if (codes.size > 0 && candidates.length > 1)
			for (const code of codes) next.set(code, grow(candidates.filter((i) => open.includes(i) || prefixes[i]?.charCodeAt(depth) === code), depth + 1));
		return next.size === 0 ? { next, leaf: leafFor(candidates) } : { next, leaf: leafFor(open) };
	};
	return { root: grow([...options.keys()], 0), leaves };
}
