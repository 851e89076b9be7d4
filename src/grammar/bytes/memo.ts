/**
 * What is remembered of a record, so that reading stays linear. A memo has an entry of 4 bytes for each position of the record,
 * 0 for one that nothing is known of; it stands in the arena, and is made when a record first needs it. Its head stands in the
 * data of the instance: number of the match, address in the arena.
 *
 * A record that needs more of the arena than there is ends in a trap: it can be read again with a larger one.
 */
import type { CharSet } from "../charset.js";
import { matchesAtEnd } from "../first.js";
import { DEEPEST, type Node, type Rule } from "../ir.js";
import { type Code, call, constant, type Func, get, getGlobal, load, type Part, set, setGlobal, store, tee } from "../wasm.js";
import { BASE, BEGIN, BOTTOM, DEEP, DEPTH, type Draft, E, failing, lack, MATCH, P, READER, STEPS, TOP, to } from "./draft.js";
import { cannotBegin } from "./guards.js";
import { writeOne } from "./scan.js";

const ENTRY = 4;
/** By how many bits a position is shifted to be an offset in a memo. */
const ENTRY_BITS = 2;
const HEAD = 8;

/** Gives the address of a memo, after its head and the end of the record; a new one is made for a new match. */
function memoFinder(draft: Draft): Func {
	const [head, e] = [0, 1];
	return draft.func(2, (c) => {
		c.add(get(head), load(), getGlobal(MATCH), "eq");
		c.if(() => c.add(get(head), load(4), "return"));
		c.add(get(head), getGlobal(MATCH), store());
		c.add(get(head), getGlobal(BOTTOM), store(4));
		c.locals((size) => {
			c.add(get(e), getGlobal(BEGIN), "sub", constant(1), "add", constant(ENTRY_BITS), "shl", set(size));
			c.add(getGlobal(BOTTOM), get(size), "add", getGlobal(TOP), "gt_u");
			c.if(() => c.add(...lack("arena")));
			c.add(getGlobal(BOTTOM), constant(0), get(size), "memory.fill");
			if (draft.isCounting) c.add(getGlobal(STEPS), get(e), getGlobal(BEGIN), "sub", "add", setGlobal(STEPS));
			c.add(getGlobal(BOTTOM), get(size), "add", setGlobal(BOTTOM));
		});
		c.add(get(head), load(4));
	});
}

/** Puts into a local what the offset of an address has to be added to for its entry. */
function openMemo(draft: Draft, c: Code, head: number, memo: number): void {
	const finder = draft.once("memo", false, () => memoFinder(draft));
	c.add(getGlobal(BASE), constant(head), "add", get(E), call(finder));
	c.add(getGlobal(BEGIN), constant(ENTRY_BITS), "shl", "sub", set(memo));
}

const entryAt = (memo: number, position: number): readonly Part[] => [get(memo), get(position), constant(ENTRY_BITS), "shl", "add"];

/** A loop of single characters that may be entered again over the same text; entries are where it ends, plus 1. */
export function rememberedRun(draft: Draft, chars: CharSet): Func {
	const head = draft.data.reserve(HEAD);
	return draft.func(READER, (c) =>
		c.locals((memo, start, known) => {
			openMemo(draft, c, head, memo);
			c.add(get(P), set(start));
			c.block((end) =>
				c.loop((again) => {
					c.add(get(P), get(E), "ge_u");
					c.branchIf(end);
					c.add(...draft.step, ...entryAt(memo, P), load(), tee(known));
					c.if(() => {
						c.add(get(known), constant(1), "sub", set(P));
						c.branch(end);
					});
					writeOne(draft, c, chars, to(end));
					c.branch(again);
				}),
			);
			c.block((end) =>
				c.loop((again) => {
					c.add(get(start), get(P), "gt_u");
					c.branchIf(end);
					c.add(...entryAt(memo, start), load());
					c.branchIf(end);
					c.add(...draft.step, ...entryAt(memo, start), get(P), constant(1), "add", store());
					c.add(get(start), constant(1), "add", set(start));
					c.branch(again);
				}),
			);
			c.add(get(P));
		}),
	);
}

/** The same for loops of anything: the positions passed are listed at the top of the arena until the end is known. */
export function rememberedLoop(draft: Draft, body: Node): Func {
	const head = draft.data.reserve(HEAD);
	return draft.func(READER, (c) =>
		c.locals((memo, before, known) => {
			openMemo(draft, c, head, memo);
			c.locals((list) => {
				c.add(getGlobal(TOP), set(list));
				c.block((end) =>
					c.loop((again) => {
						c.add(...draft.step, ...entryAt(memo, P), load(), tee(known));
						c.if(() => {
							c.add(get(known), constant(1), "sub", set(P));
							c.branch(end);
						});
						c.add(getGlobal(TOP), constant(ENTRY), "sub", setGlobal(TOP));
						c.add(getGlobal(TOP), getGlobal(BOTTOM), "lt_u");
						c.if(() => c.add(...lack("arena")));
						c.add(getGlobal(TOP), get(P), store());
						c.add(get(P), set(before));
						c.block((failed) => {
							draft.writeNode(draft, c, body, false, to(failed));
							c.branch(again);
						});
						c.add(get(before), set(P));
					}),
				);
				c.block((end) =>
					c.loop((again) => {
						c.add(getGlobal(TOP), get(list), "ge_u");
						c.branchIf(end);
						c.add(...draft.step, getGlobal(TOP), load(), set(known));
						c.add(...entryAt(memo, known), get(P), constant(1), "add", store());
						c.add(getGlobal(TOP), constant(ENTRY), "add", setGlobal(TOP));
						c.branch(again);
					}),
				);
			});
			c.add(get(P));
		}),
	);
}

/**
 * The function of a rule that can reach itself: counts how deep it is, and remembers where the rule ends, plus 2, from each
 * position, 1 for nowhere. A rule with captures is not remembered: they would not be logged again.
 */
export function recursiveRule(draft: Draft, rule: Rule, isCapturing: boolean): Func {
	const inner = draft.reader(rule.body, isCapturing);
	const head = draft.mayCapture(rule.body, isCapturing) ? undefined : draft.data.reserve(HEAD);
	return draft.func(READER, (c) => {
		c.add(...draft.step);
		c.locals((memo, start) => {
			c.add(get(P), set(start));
			if (head !== undefined) {
				openMemo(draft, c, head, memo);
				c.locals((known) => {
					c.add(...entryAt(memo, P), load(), tee(known));
					c.if(() => c.add(get(known), constant(2), "sub", "return"));
				});
			}
			c.add(getGlobal(DEPTH), constant(DEEPEST), "ge");
			c.if(() => {
				c.add(constant(1), setGlobal(DEEP));
				failing(c);
			});
			c.add(getGlobal(DEPTH), constant(1), "add", setGlobal(DEPTH));
			c.add(get(P), get(E), call(inner), set(P));
			c.add(getGlobal(DEPTH), constant(1), "sub", setGlobal(DEPTH));
			if (head !== undefined) c.add(...entryAt(memo, start), get(P), constant(2), "add", store());
			c.add(get(P));
		});
	});
}

/**
 * The function of a rule that is asked for by several others, which often stand in alternatives to each other and ask from the same
 * place: it recalls its last answer.
 */
export function recalledRule(draft: Draft, rule: Rule): Func {
	const [place, match, answer] = [draft.global(), draft.global(), draft.global()];
	return draft.func(READER, (c) =>
		c.locals((start) => {
			c.add(get(P), getGlobal(place), "eq");
			c.if(() => {
				c.add(getGlobal(match), getGlobal(MATCH), "eq");
				c.if(() => c.add(getGlobal(answer), "return"));
			});
			c.add(get(P), set(start));
			const keep: readonly Part[] = [getGlobal(MATCH), setGlobal(match), get(start), setGlobal(place)];
			c.block((failed) => {
				draft.writeNode(draft, c, rule.body, false, to(failed));
				c.add(...keep, get(P), setGlobal(answer), get(P), "return");
			});
			c.add(...keep, constant(-1), setGlobal(answer), constant(-1));
		}),
	);
}

/**
 * Where the last match of a node begins. It is the same for every position before it, so it is searched from the end, once for
 * a record. Its head: number of the match, where the last match begins (-1 for none yet), down to where was searched.
 */
export function untilLast(draft: Draft, stop: Node): Func {
	const head = draft.data.reserve(12);
	const [foundAt, downAt] = [head + 4, head + 8];
	const base = getGlobal(BASE);
	return draft.func(READER, (c) =>
		c.locals((found, down, after) => {
			// P is moved by tries of the node.
			c.add(get(P), set(after));
			c.add(base, load(head), getGlobal(MATCH), "eq");
			c.if(
				() => c.add(base, load(foundAt), set(found), base, load(downAt), set(down)),
				() => {
					c.add(base, getGlobal(MATCH), store(head));
					c.add(constant(-1), set(found));
					c.add(get(E), constant(matchesAtEnd(stop) ? 1 : 0), "add", set(down));
				},
			);
			c.block((end) =>
				c.loop((again) => {
					c.add(get(found), constant(0), "ge");
					c.branchIf(end);
					c.add(get(down), constant(1), "sub", tee(down), get(after), "le_u");
					c.branchIf(end);
					c.add(...draft.step);
					// No character begins in the middle of another.
					cannotBegin(draft, c, stop, down);
					c.branchIf(again);
					c.add(get(down), set(P));
					c.block((failed) => {
						draft.writeNode(draft, c, stop, false, to(failed));
						c.add(get(down), set(found));
					});
					c.branch(again);
				}),
			);
			c.add(base, get(found), store(foundAt));
			c.add(base, get(down), constant(1), "add", store(downAt));
			c.add(get(found), get(after), "le_u", get(found), constant(0), "lt", "or");
			c.if(() => c.add(get(after), "return"));
			c.add(get(found));
		}),
	);
}
