/** Characters that a match can begin with: what lets a search skip ahead without trying. */
import { type CharSet, nothing, oneOf, union } from "./charset.js";
import type { Node } from "./ir.js";

/** `set` holds the first characters of matches that are not empty. */
interface First {
	readonly set: CharSet;
	readonly mayBeEmpty: boolean;
}

const empty: First = { set: nothing, mayBeEmpty: true };

/** For places before the end of the record: undefined when a match there may be empty, or nothing is known. */
export function firstOf(node: Node): CharSet | undefined {
	const first = find(node, 0);
	return first === undefined || first.mayBeEmpty ? undefined : first.set;
}

function find(node: Node, depth: number): First | undefined {
	// Recursive rules end here.
	if (depth > 30) return undefined;
	switch (node.kind) {
		case "set":
			return { set: node.set, mayBeEmpty: false };
		case "literal": {
			const code = node.text.codePointAt(0);
			return code === undefined ? empty : { set: oneOf(code), mayBeEmpty: false };
		}
		case "not":
		case "and":
		case "switch":
			return empty;
		case "end":
			// Does not match before the end.
			return { set: nothing, mayBeEmpty: false };
		case "optional":
		case "repeat": {
			const body = find(node.body, depth + 1);
			return body === undefined ? undefined : { set: body.set, mayBeEmpty: body.mayBeEmpty || node.kind === "optional" || node.min === 0 };
		}
		case "call":
			return find(node.rule.body, depth + 1);
		case "choice":
			return node.options
				.map((option) => find(option, depth + 1))
				.reduce((a, b) => (a === undefined || b === undefined ? undefined : either(a, b)));
		case "sequence": {
			let sum: First = empty;
			for (const part of node.parts) {
				const next = find(part, depth + 1);
				if (next === undefined) return undefined;
				sum = { set: union(sum.set, next.set), mayBeEmpty: next.mayBeEmpty };
				if (!sum.mayBeEmpty) break;
			}
			return sum;
		}
		default:
			return undefined;
	}
}

const either = (a: First, b: First): First => ({ set: union(a.set, b.set), mayBeEmpty: a.mayBeEmpty || b.mayBeEmpty });
