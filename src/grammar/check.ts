/** Refuses what cannot be compiled to a loop over the text, with the place and what to write instead. */
import { MailtrailError } from "../errors.js";
import { children, type Node, nullability, type Origin, type Program, type Rule } from "./ir.js";

export function refuse(code: string, what: string, mend: string, origin: Origin | undefined): never {
	if (origin === undefined) throw new MailtrailError(code, 2, what, mend);
	throw new MailtrailError(code, 2, what, mend, { file: origin.file, line: origin.line, column: origin.column }, origin.text);
}

export function check(program: Program): void {
	const nullable = nullability(program.rules);
	for (const rule of program.rules) checkLoops(rule.body, rule, nullable);
	for (const rule of program.rules) checkLeftRecursion(rule, nullable);
	for (const rule of program.rules) rule.recursive = reaches(rule, rule);
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
	const seen = new Set<Rule>();
	const stack = [...leading(rule.body, nullable)];
	for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
		if (next === rule)
			refuse(
				"grammar.left_recursion",
				`rule "${rule.name}" begins with itself (left recursion)`,
				"Write a list as a loop: item (separator item)*, instead of list = list separator item.",
				rule.origin,
			);
		if (seen.has(next)) continue;
		seen.add(next);
		stack.push(...leading(next.body, nullable));
	}
}

/** Rules that a node calls, in their order. */
export function* calledBy(node: Node): Generator<Rule> {
	if (node.kind === "call") yield node.rule;
	for (const child of children(node)) yield* calledBy(child);
}

function reaches(from: Rule, to: Rule): boolean {
	const seen = new Set<Rule>();
	const stack = [...calledBy(from.body)];
	for (let next = stack.pop(); next !== undefined; next = stack.pop()) {
		if (next === to) return true;
		if (seen.has(next)) continue;
		seen.add(next);
		stack.push(...calledBy(next.body));
	}
	return false;
}
