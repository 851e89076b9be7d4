/** Makes up texts that an expression could have been written for: what a catalog template looks like in a log. */
import { members, rangesOf } from "./charset.js";
import type { Node, Program } from "./ir.js";

/** What stands in most logs; it is mostly taken where it may. */
const LIKED = "xaboe07AX-._ :";

/** Gives one of `count` ways to go on. */
type Pick = (count: number) => number;

/** The same numbers for the same seed, without any chance. */
export function picker(seed: number): Pick {
	let state = seed;
	return (count) => {
		state = (state * 1103515245 + 12345) % 2147483648;
		return Math.floor((state / 2147483648) * count);
	};
}

/** A text for an expression. Lookaheads are not obeyed, so it need not match. */
export function sampleOf(node: Node, pick: Pick, depth = 0): string {
	const inner = (part: Node): string => sampleOf(part, pick, depth + 1);
	if (depth > 60) return "";
	switch (node.kind) {
		case "set": {
			const codes = members(node.set);
			const liked = codes.filter((code) => LIKED.includes(String.fromCharCode(code)));
			const from = liked.length > 0 && pick(4) > 0 ? liked : codes.length > 0 ? codes : [...rangesOf(node.set)].map(([first]) => first);
			const code = from[pick(from.length)];
			return code === undefined ? "" : String.fromCodePoint(code);
		}
		case "literal":
			return node.text;
		case "sequence":
			return node.parts.map(inner).join("");
		case "choice": {
			const option = node.options[pick(node.options.length)];
			return option === undefined ? "" : inner(option);
		}
		case "repeat":
			return Array.from({ length: node.min + pick(3) }, () => inner(node.body)).join("");
		case "optional":
			return pick(2) === 0 ? "" : inner(node.body);
		case "until_last":
			return ["", "x", "some words"][pick(3)] ?? "";
		case "call":
			return inner(node.rule.body);
		default:
			return "";
	}
}

/** The expression of a rule; undefined when the parser has no such rule. */
export const bodyOf = ({ rules }: Program, name: string): Node | undefined => rules.find((rule) => rule.key === name)?.body;
