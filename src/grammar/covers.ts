/**
 * What an alternative leaves for those behind it. A choice takes the first alternative that matches and never comes back to
 * the others, so one behind another that matches wherever it would is dead: `"err" | "error"`, `digit+ | "1"`.
 */
import { type CharSet, isEverything, isWithin, oneOf } from "./charset.js";
import { literalText } from "./fold.js";
import type { Node } from "./ir.js";

/** Steps after which nothing is claimed: what is dead is mostly so at first sight. */
const MOST_STEPS = 2000;

/** Wherever `later` matches, `earlier` matches too. True only when that is certain. */
export const covers = (earlier: Node, later: Node): boolean => prove([earlier], [later], { left: MOST_STEPS });

interface Steps {
	left: number;
}

/** The nodes of each list stand in sequence. */
function prove(earlier: readonly Node[], later: readonly Node[], steps: Steps): boolean {
	if (steps.left-- <= 0) return false;
	if (isCertain(earlier)) return true;
	const [first, ...behind] = earlier;
	const [other, ...rest] = later;
	if (first === undefined) return true;
	if (other !== undefined && isSame(first, other)) return prove(behind, rest, steps);
	const wanted = literalText(first);
	const written = other === undefined ? undefined : literalText(other);
	if (wanted !== undefined && written !== undefined) {
		const isShorter = wanted.length < written.length;
		if (!(isShorter ? written.startsWith(wanted) : wanted.startsWith(written))) return false;
		return isShorter
			? prove(behind, [literal(written.slice(wanted.length)), ...rest], steps)
			: prove([literal(wanted.slice(written.length)), ...behind], rest, steps);
	}
	const opened = open(first, behind);
	if (opened !== undefined) return prove(opened, later, steps);
	switch (first.kind) {
		case "choice":
			// Whichever matches first is kept: what follows it was only compared with the first, unless nothing follows.
			return first.options.some((option, i) => (i === 0 || behind.length === 0) && prove([option, ...behind], later, steps));
		case "optional":
			return prove([first.body, ...behind], later, steps);
		case "and":
			return prove([first.body], later, steps) && prove(behind, later, steps);
		case "until_last":
			return findsEnd(first.stop, behind, later, steps);
		default:
			return other !== undefined && proveBeginning(first, behind, other, rest, earlier, steps);
	}
}

const literal = (text: string): Node => ({ kind: "literal", text });

/** Compares what has no parts with whatever `later` begins with. */
function proveBeginning(
	first: Node,
	behind: readonly Node[],
	other: Node,
	rest: readonly Node[],
	earlier: readonly Node[],
	steps: Steps,
): boolean {
	const opened = open(other, rest);
	if (opened !== undefined) return prove(earlier, opened, steps);
	const against = (later: readonly Node[]): boolean => prove(earlier, later, steps);
	switch (other.kind) {
		case "choice":
			return other.options.every((option) => against([option, ...rest]));
		case "optional":
			return against([other.body, ...rest]) && against(rest);
		case "repeat":
			// What follows the first of many is not looked at.
			return against([other.body]) && (other.min === 1 || against(rest));
		case "not":
		case "and":
		case "switch":
			return against(rest);
		case "set":
			if (first.kind === "set") return isWithin(other.set, first.set) && prove(behind, rest, steps);
			// Of a loop, one round is enough, when nothing must follow.
			return first.kind === "repeat" && first.min === 1 && behind.length === 0 && prove([first.body], [other], steps);
		default:
			return false;
	}
}

/** Made once: most of the time goes into literals. */
const characters: readonly CharSet[] = Array.from({ length: 128 }, (_, code) => oneOf(code));

/** Calls, sequences and literals, opened by one step: of a literal, its first character. */
function open(node: Node, behind: readonly Node[]): readonly Node[] | undefined {
	if (node.kind === "sequence") return [...node.parts, ...behind];
	if (node.kind === "call") return node.rule.recursive ? undefined : [node.rule.body, ...behind];
	if (node.kind === "literal" && node.text === "") return behind;
	if (node.kind !== "literal") return undefined;
	const code = node.text.codePointAt(0) ?? 0;
	const first: Node = { kind: "set", set: characters[code] ?? oneOf(code) };
	const rest = node.text.slice(String.fromCodePoint(code).length);
	return rest === "" ? [first, ...behind] : [first, literal(rest), ...behind];
}

/** The nodes match any text, in sequence. */
function isCertain(nodes: readonly Node[], depth = 0): boolean {
	let at = 0;
	for (const node of nodes) {
		at++;
		// The rest of the record, then its end.
		if (readsAll(node) && at === nodes.length - 1 && isEnd(nodes[at])) return true;
		if (!cannotFail(node, depth)) return false;
	}
	return true;
}

function cannotFail(node: Node, depth: number): boolean {
	if (depth > 30) return false;
	switch (node.kind) {
		case "literal":
			return node.text === "";
		case "optional":
		case "until_last":
			return true;
		case "repeat":
			return node.min === 0;
		case "sequence":
			return isCertain(node.parts, depth + 1);
		case "choice":
			return node.options.some((option) => cannotFail(option, depth + 1));
		case "call":
			return cannotFail(node.rule.body, depth + 1);
		default:
			return false;
	}
}

const called = (node: Node | undefined): Node | undefined =>
	node?.kind === "call" && !node.rule.recursive ? called(node.rule.body) : node;

const isEnd = (node: Node | undefined): boolean => called(node)?.kind === "end";

/** `any*` */
function readsAll(node: Node): boolean {
	const loop = called(node);
	if (loop?.kind !== "repeat" || loop.min !== 0) return false;
	const body = called(loop.body);
	return body?.kind === "set" && isEverything(body.set);
}

/** Free text up to the last place where `stop` matches, then `stop` itself: matches when `later` ends in such a stop. */
function findsEnd(stop: Node, behind: readonly Node[], later: readonly Node[], steps: Steps): boolean {
	if (!isSameList(flat([stop]), flat(behind))) return false;
	const parts = flat(later);
	return parts.some((_, i) => prove(behind, parts.slice(i), steps));
}

/** Nodes without the sequences, calls and literals around them. */
function flat(nodes: readonly Node[]): readonly Node[] {
	const found: Node[] = [];
	let waiting = [...nodes];
	while (waiting.length > 0 && found.length < MOST_STEPS) {
		const [node, ...behind] = waiting;
		if (node === undefined) break;
		const opened = open(node, behind);
		if (opened === undefined) found.push(node);
		waiting = opened === undefined ? behind : [...opened];
	}
	return found;
}

const isSameList = (a: readonly Node[], b: readonly Node[]): boolean =>
	a.length === b.length && a.every((node, i) => b[i] !== undefined && isSame(node, b[i]));

/** Both are the same expression, so that they read the same text. */
function isSame(a: Node, b: Node): boolean {
	if (a === b) return true;
	switch (a.kind) {
		case "set":
			return b.kind === "set" && isWithin(a.set, b.set) && isWithin(b.set, a.set);
		case "literal":
			return b.kind === "literal" && a.text === b.text;
		case "end":
			return b.kind === "end";
		case "switch":
			return b.kind === "switch" && a.index === b.index;
		case "call":
			return b.kind === "call" && (a.rule === b.rule || (!a.rule.recursive && !b.rule.recursive && isSame(a.rule.body, b.rule.body)));
		case "sequence":
			return b.kind === "sequence" && isSameList(a.parts, b.parts);
		case "choice":
			return b.kind === "choice" && isSameList(a.options, b.options);
		case "repeat":
			return b.kind === "repeat" && a.min === b.min && isSame(a.body, b.body);
		case "optional":
		case "not":
		case "and":
			return b.kind === a.kind && isSame(a.body, b.body);
		case "until_last":
			return b.kind === "until_last" && isSame(a.stop, b.stop);
	}
}
