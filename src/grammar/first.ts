/** Characters that a match can begin with: what lets a choice or a search go on without trying. */
import { type CharSet, difference, everything, intersection, isEmpty, nothing, oneOf, union } from "./charset.js";
import type { Node } from "./ir.js";

/** For places before the end of the record: characters there with which a node may match. More than those may be told, not fewer. */
export interface First {
	/** With which it may read something, the first of it. */
	readonly read: CharSet;
	/** With which it may match and read nothing: lookaheads say more than that they are empty. */
	readonly passed: CharSet;
	/** It may match at the end of the record. */
	readonly atEnd: boolean;
}

const unknown: First = { read: everything, passed: everything, atEnd: true };

const known = new WeakMap<Node, First>();

/** All characters that may stand where a node matches, before the end. */
export function startOf(node: Node): CharSet {
	const { read, passed } = firstOf(node);
	return union(read, passed);
}

/** The node may match at the end of the record. */
export const matchesAtEnd = (node: Node): boolean => firstOf(node).atEnd;

/** Characters that matches begin with which are not empty; undefined when one before the end may be empty. */
export function firstRead(node: Node): CharSet | undefined {
	const { read, passed } = firstOf(node);
	return isEmpty(passed) ? read : undefined;
}

export function firstOf(node: Node): First {
	const found = known.get(node);
	if (found !== undefined) return found;
	// Rules that call themselves come back here.
	known.set(node, unknown);
	const first = find(node);
	known.set(node, first);
	return first;
}

function find(node: Node): First {
	switch (node.kind) {
		case "set":
			return { read: node.set, passed: nothing, atEnd: false };
		case "literal": {
			const code = node.text.codePointAt(0);
			return code === undefined ? empty : { read: oneOf(code), passed: nothing, atEnd: false };
		}
		case "end":
			return { read: nothing, passed: nothing, atEnd: true };
		case "switch":
			return empty;
		case "not":
			return node.body.kind === "set" ? { read: nothing, passed: difference(everything, node.body.set), atEnd: true } : empty;
		case "and": {
			const { read, passed, atEnd } = firstOf(node.body);
			return { read: nothing, passed: union(read, passed), atEnd };
		}
		case "optional":
			return { read: firstOf(node.body).read, passed: everything, atEnd: true };
		case "repeat":
			return node.min === 1 ? firstOf(node.body) : { read: firstOf(node.body).read, passed: everything, atEnd: true };
		case "call":
			return firstOf(node.rule.body);
		case "choice":
			return node.options.map(firstOf).reduce(either);
		case "sequence":
			return node.parts.map(firstOf).reduce(both, empty);
		case "until_last":
			return unknown;
	}
}

/** Matches anywhere, and reads nothing. */
const empty: First = { read: nothing, passed: everything, atEnd: true };

const either = (a: First, b: First): First => ({
	read: union(a.read, b.read),
	passed: union(a.passed, b.passed),
	atEnd: a.atEnd || b.atEnd,
});

/** One behind the other. */
const both = (a: First, b: First): First => ({
	read: union(a.read, intersection(a.passed, b.read)),
	passed: intersection(a.passed, b.passed),
	atEnd: a.atEnd && b.atEnd,
});
