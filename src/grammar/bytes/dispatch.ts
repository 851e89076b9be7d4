/**
 * A decision tree over the literals that the options of a choice begin with, so that finding the right one
 * of a thousand templates costs no more than finding one of ten.
 */
import { matchesAtEnd } from "../first.js";
import { literalText } from "../fold.js";
import type { Node } from "../ir.js";
import { tellingBytes } from "./guards.js";
import { bytesOf } from "./wide.js";

export interface Dispatch {
	/**
	 * The tree as numbers. A node is: distance of the deciding byte, what to do by default, the first byte of a range, its
	 * length, then what to do for each byte of it. What to do is another node's index, or `~leaf`.
	 */
	readonly nodes: readonly number[];
	/** Options to try, in their order. */
	readonly leaves: readonly (readonly number[])[];
}

/** Text that stands wherever the node matches. */
function prefixOf(node: Node, depth = 0): string {
	const text = literalText(node);
	if (text !== undefined) return text;
	if (depth > 20) return "";
	if (node.kind === "call") return prefixOf(node.rule.body, depth + 1);
	if (node.kind === "and" || (node.kind === "repeat" && node.min === 1)) return prefixOf(node.body, depth + 1);
	if (node.kind !== "sequence") return "";
	let prefix = "";
	for (const part of node.parts) {
		prefix += prefixOf(part, depth + 1);
		if (literalText(part) === undefined && !(part.kind === "call" && isLiteral(part.rule.body))) break;
	}
	return prefix;
}

const isLiteral = (node: Node): boolean => literalText(node) !== undefined;

/** Bytes that may stand where an option matches, and whether it may match at the end. */
interface First {
	readonly bytes: readonly number[];
	readonly atEnd: boolean;
}

/** Undefined for an option that any byte may stand at. */
function firstOf(option: Node): First | undefined {
	const bytes = tellingBytes(option);
	if (bytes === undefined) return undefined;
	return { bytes: [...bytes.keys()].filter((byte) => bytes[byte] === 1), atEnd: matchesAtEnd(option) };
}

/** Undefined when the options do not begin with enough literals to be worth a tree. */
export function dispatch(options: readonly Node[]): Dispatch | undefined {
	const prefixes = options.map((option) => bytesOf(prefixOf(option)));
	if (prefixes.filter((prefix) => prefix.length > 0).length < 3) return undefined;
	return new Tree(options, prefixes).dispatch();
}

class Tree {
	readonly #nodes: number[] = [];
	readonly #leaves: (readonly number[])[] = [];
	readonly #leafIndex = new Map<string, number>();
	/** Of options without a prefix. */
	readonly #first: readonly (First | undefined)[];

	constructor(
		readonly options: readonly Node[],
		readonly prefixes: readonly Buffer[],
	) {
		this.#first = options.map((option, i) => (prefixes[i]?.length === 0 ? firstOf(option) : undefined));
	}

	dispatch(): Dispatch {
		this.#grow([...this.options.keys()], 0);
		return { nodes: this.#nodes, leaves: this.#leaves };
	}

	/** Index of a new node, or `~leaf`. Only bytes that tell candidates apart are looked at; each option checks all of its own. */
	#grow(candidates: readonly number[], from: number): number {
		if (candidates.length < 2) return this.#leaf(candidates);
		for (let depth = from; ; depth++) {
			const allowed = candidates.map((option) => this.#allowed(option, depth));
			// Options whose prefix ends here stay candidates whatever follows.
			if (allowed.every((bytes) => bytes === undefined)) return this.#leaf(candidates);
			const byDefault: number[] = [];
			const chosen = new Map<number, number[]>(allowed.flatMap((bytes) => (bytes ?? []).map((byte) => [byte, []])));
			for (const [i, option] of candidates.entries()) {
				const bytes = allowed[i];
				for (const byte of bytes ?? chosen.keys()) chosen.get(byte)?.push(option);
				if (bytes === undefined || (depth === 0 && this.#first[option]?.atEnd === true)) byDefault.push(option);
			}
			const isTold = new Set([byDefault, ...chosen.values()].map(String)).size > 1;
			if (isTold && (chosen.size > 1 || depth === 0)) return this.#node(depth, byDefault, chosen);
		}
	}

	/** Bytes that may stand at a distance where an option matches; undefined for all. */
	#allowed(option: number, depth: number): readonly number[] | undefined {
		const byte = this.prefixes[option]?.[depth];
		if (byte !== undefined) return [byte];
		return depth === 0 ? this.#first[option]?.bytes : undefined;
	}

	#node(depth: number, byDefault: readonly number[], chosen: ReadonlyMap<number, readonly number[]>): number {
		const at = this.#nodes.length;
		const first = Math.min(...chosen.keys());
		const span = Math.max(...chosen.keys()) - first + 1;
		const otherwise = this.#leaf(byDefault);
		this.#nodes.push(depth, otherwise, first, span, ...Array<number>(span).fill(otherwise));
		const grown = new Map<string, number>();
		for (const [byte, candidates] of chosen) {
			const key = candidates.join();
			const below = grown.get(key) ?? this.#grow(candidates, depth + 1);
			grown.set(key, below);
			this.#nodes[at + 4 + byte - first] = below;
		}
		return at;
	}

	#leaf(list: readonly number[]): number {
		const key = list.join();
		const index = this.#leafIndex.get(key) ?? this.#leaves.push(list) - 1;
		this.#leafIndex.set(key, index);
		return ~index;
	}
}
