/** Makes nodes simpler where they still read the same: neighbouring literals, alternatives of one character, searches. */
import { type CharSet, difference, everything, onlyMember, union } from "./charset.js";
import { type Node, type Rule, withChildren } from "./ir.js";

export function sequence(parts: readonly Node[]): Node {
	const flat: Node[] = [];
	for (const part of parts.flatMap((p) => (p.kind === "sequence" ? p.parts : [p]))) {
		const last = flat.at(-1);
		const joined = last === undefined ? undefined : join(last, part);
		if (joined === undefined) flat.push(part);
		else flat[flat.length - 1] = joined;
	}
	// `~a ~b c` with single characters is the set of c without a and b.
	const final = flat.at(-1);
	if (flat.length > 1 && final?.kind === "set") {
		const removed = flat.slice(0, -1).map((part) => (part.kind === "not" && part.body.kind === "set" ? part.body.set : undefined));
		if (removed.every((set) => set !== undefined)) return { kind: "set", set: removed.reduce(difference, final.set) };
	}
	return flat.length === 1 && flat[0] !== undefined ? flat[0] : { kind: "sequence", parts: flat };
}

/** Neighbouring literals are one literal. */
function join(a: Node, b: Node): Node | undefined {
	const left = literalText(a);
	const right = literalText(b);
	return left === undefined || right === undefined ? undefined : { kind: "literal", text: left + right };
}

/** What a node reads, when that is always the same text. */
export function literalText(node: Node): string | undefined {
	if (node.kind === "literal") return node.text;
	const only = node.kind === "set" ? onlyMember(node.set) : undefined;
	return only === undefined ? undefined : String.fromCodePoint(only);
}

export function choice(options: readonly Node[]): Node {
	const flat = options.flatMap((option) => (option.kind === "choice" ? option.options : [option]));
	const sets: CharSet[] = [];
	for (const option of flat) if (option.kind === "set") sets.push(option.set);
	if (sets.length === flat.length && sets.length > 0) return { kind: "set", set: sets.reduce(union) };
	return flat.length === 1 && flat[0] !== undefined ? flat[0] : { kind: "choice", options: flat };
}

/**
 * Recognizes `(&(any (~stop any)* stop) any)*`. It advances as long as `stop` matches somewhere further on, so it ends at
 * the last place where `stop` matches: the compiled code looks for that place from the end.
 */
export function untilLast(loop: Node): Node | undefined {
	if (loop.kind !== "repeat" || loop.body.kind !== "sequence") return undefined;
	const [ahead, step, ...more] = loop.body.parts;
	if (more.length > 0 || ahead?.kind !== "and" || ahead.body.kind !== "sequence" || !isAny(step)) return undefined;
	const [first, search, ...stop] = ahead.body.parts;
	if (!isAny(first) || search?.kind !== "repeat" || search.body.kind !== "sequence" || search.min !== 0) return undefined;
	const [not, advance, ...rest] = search.body.parts;
	if (rest.length > 0 || not?.kind !== "not" || !isAny(advance) || stop.length === 0) return undefined;
	const end = sequence(stop);
	return JSON.stringify(not.body, ruleKeys) === JSON.stringify(end, ruleKeys) ? { kind: "until_last", stop: end } : undefined;
}

const isAny = (node: Node | undefined): boolean =>
	(node?.kind === "set" && node.set === everything) || (node?.kind === "call" && node.rule.key === "any");

const ruleKeys = (key: string, value: unknown): unknown =>
	key === "rule" ? (value as Rule).key : key === "origin" ? undefined : value instanceof Uint8Array ? value.join("") : value;

/** Calls of uncaptured rules that are one character or one literal are replaced by it, until nothing changes. */
export function fold(rules: readonly Rule[]): void {
	const inline = (node: Node): Node => {
		switch (node.kind) {
			case "call": {
				const body = node.rule.body;
				return node.rule.slot < 0 && (body.kind === "set" || body.kind === "literal") ? body : node;
			}
			case "sequence":
				return sequence(node.parts.map(inline));
			case "choice":
				return choice(node.options.map(inline));
			default:
				return withChildren(node, inline);
		}
	};
	for (let round = 0; round < 6; round++) for (const rule of rules) rule.body = inline(rule.body);
}
