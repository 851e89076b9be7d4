/** Finds alternatives that can never match, because one in front of them always does. */
import { haveCommon } from "./charset.js";
import { check } from "./check.js";
import { covers } from "./covers.js";
import { firstRead } from "./first.js";
import type { Alternative, Node, Origin, Program } from "./ir.js";
import { type LowerOptions, lower } from "./lower.js";
import type { Grammars } from "./ohm.js";
import type { Grammar } from "./ohm-js.js";

/** An alternative and the one that leaves nothing for it. */
export interface Shadowed {
	readonly alternative: Described;
	readonly by: Described;
}

export interface Described {
	/** The rule that it is: `record_cut` for `-- cut` in `record`; none where it has no label and is no rule. */
	readonly rule: string | undefined;
	/** As it is written. */
	readonly text: string;
	readonly origin: Origin | undefined;
}

/** Throws MailtrailError for what cannot be compiled. What depends on the arguments of a rule with parameters is left out. */
export function unreachable(
	grammars: Grammars,
	grammar: Grammar,
	options: LowerOptions,
): { readonly program: Program; readonly shadowed: readonly Shadowed[] } {
	const program = lower(grammars, grammar, options);
	check(program);
	const shadowed = program.choices.flatMap((alternatives) => {
		const first = alternatives.map(({ node }) => firstRead(node));
		return alternatives.flatMap((alternative, i) => {
			const by = alternatives.slice(0, i).find(({ node }, k) => meet(first[k], first[i]) && covers(node, alternative.node));
			return by === undefined ? [] : [{ alternative: described(alternative), by: described(by) }];
		});
	});
	return { program, shadowed };
}

type First = ReturnType<typeof firstRead>;

/** Alternatives that begin with different characters leave each other alone: that spares most comparisons. */
function meet(a: First, b: First): boolean {
	return a === undefined || b === undefined || haveCommon(a, b);
}

const described = ({ node, origin, text }: Alternative): Described => ({ rule: ruleOf(node), text: text(), origin: origin() });

const ruleOf = (node: Node): string | undefined => (node.kind === "call" ? node.rule.name : undefined);
