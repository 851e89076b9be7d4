/**
 * A decision tree over the literals that the options of a choice begin with, so that finding the right one
 * of a thousand templates costs no more than finding one of ten.
 */

import { literalText } from "./fold.js";
import type { Node } from "./ir.js";

export interface Dispatch {
	/**
	 * The tree as numbers. A node is: distance of the deciding unit, what to do by default, the first unit of a range, its
	 * length, then what to do for each unit of it. What to do is another node's index, or `~leaf`.
	 */
	readonly nodes: readonly number[];
	/** Options to try, in their order. */
	readonly leaves: readonly (readonly number[])[];
}

/** Text that every match of the node begins with. */
function prefixOf(node: Node, depth = 0): string {
	const text = literalText(node);
	if (text !== undefined) return text;
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

/**
 * Undefined when the options do not begin with enough literals to be worth a tree.
 * @param units gives the units that a text is compared by, as the codes of a string
 */
export function dispatch(options: readonly Node[], units: (text: string) => string): Dispatch | undefined {
	const prefixes = options.map((option) => units(prefixOf(option)));
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
	const nodes: number[] = [];
	/** Index of a new node, or `~leaf`. Only characters that tell candidates apart are looked at; each option checks all of its own. */
	const grow = (candidates: readonly number[], from: number): number => {
		if (candidates.length < 2) return ~leafFor(candidates);
		for (let depth = from; ; depth++) {
			// Options whose prefix ends here stay candidates whatever follows.
			const open = candidates.filter((i) => (prefixes[i]?.length ?? 0) <= depth);
			if (open.length === candidates.length) return ~leafFor(candidates);
			const codes = new Set(candidates.filter((i) => !open.includes(i)).map((i) => prefixes[i]?.charCodeAt(depth) ?? 0));
			if (codes.size < 2) continue;
			const first = Math.min(...codes);
			const span = Math.max(...codes) - first + 1;
			const at = nodes.length;
			const byDefault = ~leafFor(open);
			nodes.push(depth, byDefault, first, span, ...Array<number>(span).fill(byDefault));
			for (const code of codes)
				nodes[at + 4 + code - first] = grow(
					candidates.filter((i) => open.includes(i) || prefixes[i]?.charCodeAt(depth) === code),
					depth + 1,
				);
			return at;
		}
	};
	grow([...options.keys()], 0);
	return { nodes, leaves };
}
