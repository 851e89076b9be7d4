/**
 * Makes two of each rule that is called inside of loops and outside, so that outside, where text is read once, its loops need not
 * remember anything.
 */
import { children, growing, type Node, type Program, type Rule, withChildren } from "./ir.js";

export interface Split {
	readonly program: Program;
	/** Rules for inside of loops → the same for outside. */
	readonly outside: ReadonlyMap<Rule, Rule>;
}

export function split(program: Program): Split {
	const places = { inside: new Map<Rule, Rule>(), outside: new Map<Rule, Rule>() };
	const copyRule = (rule: Rule, isInside: boolean): Rule => {
		// A rule that calls itself is a loop.
		const isLooped = isInside || rule.recursive;
		const known = places[isLooped ? "inside" : "outside"];
		const found = known.get(rule);
		if (found !== undefined) return found;
		const copy = { ...rule, key: isLooped ? `${rule.key} in loops` : rule.key };
		known.set(rule, copy);
		copy.body = copyNode(rule.body, isLooped);
		return copy;
	};
	const copyNode = (node: Node, isInside: boolean): Node => {
		if (node.kind === "call") return { kind: "call", rule: copyRule(node.rule, isInside) };
		return withChildren(node, (child) => copyNode(child, isInside || node.kind === "repeat" || node.kind === "until_last"));
	};
	const starts = new Map([...program.starts].map(([name, node]) => [name, copyNode(node, false)]));
	const twins = [...places.inside].flatMap(([rule, inside]): [Rule, Rule][] => {
		const outside = places.outside.get(rule);
		return outside === undefined ? [] : [[inside, outside]];
	});
	return { program: { ...program, starts, rules: [...places.outside.values(), ...places.inside.values()] }, outside: new Map(twins) };
}

/** Makes one again of those rules that remember nothing inside of loops either. */
export function unite({ program, outside }: Split): Program {
	const remembers = growing(program.rules, (node, of) => hasRemembered(node, of));
	const united = (node: Node): Node => {
		if (node.kind !== "call") return withChildren(node, united);
		const twin = remembers(node) ? undefined : outside.get(node.rule);
		return twin === undefined ? node : { kind: "call", rule: twin };
	};
	for (const rule of program.rules) rule.body = united(rule.body);
	return { ...program, rules: program.rules.filter((rule) => !outside.has(rule) || remembers(rule.body)) };
}

function hasRemembered(node: Node, of: (rule: Rule) => boolean): boolean {
	if (node.kind === "call") return of(node.rule);
	return (node.kind === "repeat" && node.remembered) || children(node).some((child) => hasRemembered(child, of));
}
