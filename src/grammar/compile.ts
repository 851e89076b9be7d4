/** Grammar in, parser out. The build does it for the formats that ship, so that the command need not load any of this. */
import { check } from "./check.js";
import { generateBytes } from "./generate-bytes.js";
import { makeLinear } from "./linear.js";
import { type LowerOptions, lower } from "./lower.js";
import type { Grammars } from "./ohm.js";
import type { Grammar } from "./ohm-js.js";
import type { ParserSource } from "./parser.js";

export interface CompileOptions extends LowerOptions {
	/** Count steps (see `Parser.steps`). */
	readonly count?: boolean;
}

/** Compiles a grammar. Throws MailtrailError for what cannot be compiled or would not be linear. */
export function compile(grammars: Grammars, grammar: Grammar, options: CompileOptions): ParserSource {
	const lowered = lower(grammars, grammar, options);
	check(lowered);
	return generateBytes(makeLinear(lowered), options.count ?? false);
}
