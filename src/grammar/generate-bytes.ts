/**
 * Program → WebAssembly that reads UTF-8 in a memory. Each rule becomes a function `(p, e) => address behind the match,
 * or -1`; small rules are written in place. Captures are appended to a log (slot, start, end), which backtracking cuts back.
 *
 * What is remembered of a record stands in an arena. A record that needs more of it, or has more captures than the log holds,
 * ends in a trap, and a global tells why: then it can be read again with more.
 */
import {
	ARENA,
	ARENA_END,
	BEGIN,
	BOTTOM,
	DEEP,
	DEPTH,
	Draft,
	E,
	GIVEN,
	LACK,
	LOG_END,
	LOG_LIMIT,
	MATCH,
	N,
	P,
	STEPS,
	TOP,
} from "./bytes/draft.js";
import { writeNode } from "./bytes/nodes.js";
import { callsOf } from "./in-place.js";
import { capturing, type Program } from "./ir.js";
import { EXPORTED, type ParserSource } from "./parser.js";
import { call, constant, type Func, get, getGlobal, setGlobal } from "./wasm.js";
import { moduleOf } from "./wasm-module.js";

/** The module of a program; its exports are the start rules, what a trap was for lack of, and steps when they are counted. */
export function generateBytes(program: Program, count: boolean): ParserSource {
	const draft = new Draft(count, capturing(program.rules), callsOf(program), writeNode);
	draft.data.reserve(Math.max(1, program.switches.length));
	const exports = new Map([...program.starts].map(([name, node]) => [name, entry(draft, draft.reader(node, true))]));
	draft.finish();
	const bytes = moduleOf({
		imports: GIVEN,
		globals: draft.ownGlobals,
		exportedGlobals: new Map([[EXPORTED.lack, LACK], ...(count ? [[EXPORTED.steps, STEPS] as const] : [])]),
		functions: draft.functions,
		exports,
		table: draft.table,
		data: draft.data.bytes(),
	});
	return { captures: program.captures, switches: program.switches, bytes, size: draft.data.size };
}

/** `(p, e, n) => the next place in the log, or 0`: reads all of a record. */
function entry(draft: Draft, start: Func): Func {
	const n = 2;
	return draft.func(3, (c) => {
		c.add(get(n), setGlobal(N), getGlobal(LOG_END), setGlobal(LOG_LIMIT));
		c.add(get(P), setGlobal(BEGIN));
		c.add(constant(0), setGlobal(DEPTH), constant(0), setGlobal(DEEP));
		c.add(getGlobal(MATCH), constant(1), "add", setGlobal(MATCH));
		c.add(getGlobal(ARENA), setGlobal(BOTTOM), getGlobal(ARENA_END), setGlobal(TOP));
		c.add(get(P), get(E), call(start), get(E), "ne", getGlobal(DEEP), "or");
		c.if(() => c.add(constant(0), "return"));
		c.add(getGlobal(N));
	});
}
