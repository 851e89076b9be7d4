/** Grammar in, parser out. The build does it for the formats that ship, so that the command need not load any of this. */
import { hasNoWide } from "./charset.js";
import { check } from "./check.js";
import { matchesAtEnd, startOf } from "./first.js";
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

/** Which bytes a text may begin with that a rule matches: 1 for each of them, then 1 when it may be empty. */
export function beginningsOf(grammars: Grammars, grammar: Grammar, options: LowerOptions, start: string): Uint8Array {
	const node = lower(grammars, grammar, options).starts.get(start);
	const bytes = new Uint8Array(257).fill(1);
	if (node === undefined) return bytes;
	const first = startOf(node);
	bytes.set(first.ascii);
	bytes.fill(hasNoWide(first) ? 0 : 1, first.ascii.length, 256);
	bytes[256] = matchesAtEnd(node) ? 1 : 0;
	return bytes;
}
