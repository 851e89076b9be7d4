/**
 * Keeps parsing linear. Ohm remembers every rule at every position; compiled code does not, so a loop that
 * scans far, fails, and is entered again one character on would cost the square of the record's length.
 *
 * A loop can be entered again over the same text only when it stands inside another loop (or a recursive
 * rule) and in a part of it that may fail without ending that loop: an alternative but the last, an optional
 * part, a lookahead, a nested loop. Such loops remember where they end for every position they passed
 * (`Repeat.remembered`). Where that is impossible because the loop captures, the grammar is refused.
 */
import { calledBy } from "./check.js";
import { capturing, type Node, type Program, type Repeat, type Rule, refuse } from "./ir.js";
import { split, unite } from "./split.js";

interface Context {
	/** Inside a loop or a recursive rule. */
	readonly looped: boolean;
	/** What fails here is tried otherwise, inside that loop. */
	readonly speculative: boolean;
	/** Captures count here. */
	readonly capture: boolean;
	/** Remembered loops around this place. */
	readonly depth: number;
}

/**
 * Short loops, as most are, cost less when they are run again than when their ends are written down. Inside one another
 * these costs multiply, so the inner ones are allowed less.
 */
const PATIENCE = [64, 8, 2, 1] as const;
const DEEPEST = PATIENCE.length - 1;

/** The program with what has to be remembered. */
export function makeLinear(whole: Program): Program {
	const parts = split(whole);
	const walk = new Walk(parts.program);
	const start: Context = { looped: false, speculative: false, capture: true, depth: 0 };
	for (const node of parts.program.starts.values()) for (const rule of calledBy(node)) walk.visitRule(rule, start);
	return unite(parts);
}

/** Through all that a program matches, in each context once. */
class Walk {
	readonly #captures: (node: Node) => boolean;
	readonly #visited = new Set<string>();

	constructor(program: Program) {
		this.#captures = capturing(program.rules);
	}

	visitRule(rule: Rule, context: Context): void {
		const inside = rule.recursive ? { ...context, looped: true, speculative: true } : context;
		const key = `${rule.key} ${inside.looped} ${inside.speculative} ${inside.capture} ${inside.depth}`;
		if (this.#visited.has(key)) return;
		this.#visited.add(key);
		if (rule.recursive && inside.capture && this.#captures(rule.body))
			refuse(
				"grammar.recursive_capture",
				`rule "${rule.name}" calls itself and captures inside`,
				"Capture the whole instead of its parts, or write the repetition as a loop.",
				rule.origin,
			);
		this.#visit(rule.body, rule, inside);
	}

	#visit(node: Node, rule: Rule, context: Context): void {
		switch (node.kind) {
			case "call":
				return this.visitRule(node.rule, context);
			case "sequence":
				for (const part of node.parts) this.#visit(part, rule, context);
				return;
			case "choice":
				node.options.forEach((option, i) => {
					this.#visit(option, rule, i < node.options.length - 1 ? { ...context, speculative: true } : context);
				});
				return;
			case "optional":
				return this.#visit(node.body, rule, { ...context, speculative: true });
			case "not":
			case "and":
				return this.#visit(node.body, rule, { ...context, speculative: true, capture: false });
			case "until_last":
				return this.#visit(node.stop, rule, { ...context, looped: true, speculative: true, capture: false });
			case "repeat":
				return this.#visitLoop(node, rule, context);
			default:
				return;
		}
	}

	#visitLoop(node: Repeat, rule: Rule, context: Context): void {
		const { looped, speculative, capture, depth } = context;
		const isAgain = looped && speculative;
		if (isAgain && capture && this.#captures(node.body))
			refuse(
				"grammar.nonlinear",
				`a loop with captures in rule "${rule.name}" could be tried again and again over the same text`,
				"Take the captures out of the loop, or move the loop out of the repeated alternative, so that the time stays linear.",
				node.origin ?? rule.origin,
			);
		if (isAgain) {
			const patience = PATIENCE[depth] ?? 1;
			node.patience = node.remembered ? Math.min(node.patience, patience) : patience;
			node.remembered = true;
		}
		const deeper = isAgain ? Math.min(depth + 1, DEEPEST) : depth;
		this.#visit(node.body, rule, { looped: true, speculative: looped, capture, depth: deeper });
	}
}
