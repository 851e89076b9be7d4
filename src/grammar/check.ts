/** Refuses what cannot be compiled to a loop over the text, with the place and what to write instead. */
import { children, type Node, nullability, type Program, type Rule, refuse } from "./ir.js";

export function check(program: Program): void {
	const nullable = nullability(program.rules);
	for (const rule of program.rules) checkLoops(rule.body, rule, nullable);
	for (const rule of program.rules) checkLeftRecursion(rule, nullable);
	const called = new Map(program.rules.map((rule) => [rule, [...new Set(calledBy(rule.body))]]));
	for (const rule of program.rules) rule.recursive = reaches(rule, called);
}

function checkLoops(node: Node, rule: Rule, nullable: (node: Node) => boolean): void {
	if (node.kind === "repeat" && nullable(node.body))
		refuse(
			"grammar.empty_loop",
			`rule "${rule.name}" repeats something that may be empty, which would never end`,
			"Let the repeated part consume at least one character, or take the * inside it away.",
			node.origin ?? rule.origin,
		);
	for (const child of children(node)) checkLoops(child, rule, nullable);
}

/** Rules that are entered before a character was consumed. */
function* leading(node: Node, nullable: (node: Node) => boolean): Generator<Rule> {
	if (node.kind === "call") yield node.rule;
	if (node.kind !== "sequence") {
		for (const child of children(node)) yield* leading(child, nullable);
		return;
	}
	for (const part of node.parts) {
		yield* leading(part, nullable);
		if (!nullable(part)) return;
	}
}

function checkLeftRecursion(rule: Rule, nullable: (node: Node) => boolean): void {
	/** Rule → the one that begins with it. */
	const reached = new Map<Rule, Rule>();
	const stack: Rule[] = [];
	const enter = (from: Rule): void => {
		for (const next of leading(from.body, nullable))
			if (!reached.has(next)) {
				reached.set(next, from);
				stack.push(next);
			}
	};
	enter(rule);
	for (let next = stack.pop(); next !== undefined && next !== rule; next = stack.pop()) enter(next);
	if (!reached.has(rule)) return;
	const between: string[] = [];
	for (let at = reached.get(rule); at !== undefined && at !== rule; at = reached.get(at)) between.unshift(at.name);
	const path = between.length === 0 ? "" : `: ${[rule.name, ...between, rule.name].join(" → ")}`;
	refuse(
		"grammar.left_recursion",
		`rule "${rule.name}" begins with itself (left recursion${path})`,
		"Write a list as a loop: item (separator item)*, instead of list = list separator item.",
		rule.origin,
	);
}

/** Rules that a node calls, in their order. */
export function* calledBy(node: Node): Generator<Rule> {
	if (node.kind === "call") yield node.rule;
	for (const child of children(node)) yield* calledBy(child);
}

/** The rule calls itself, or one that does so for it. */
function reaches(rule: Rule, called: ReadonlyMap<Rule, readonly Rule[]>): boolean {
	const seen = new Set<Rule>();
	const stack = [...(called.get(rule) ?? [])];
	for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
		if (next === rule) return true;
		if (seen.has(next)) continue;
		seen.add(next);
		stack.push(...(called.get(next) ?? []));
	}
	return false;
}
