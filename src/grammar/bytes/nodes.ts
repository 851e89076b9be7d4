/** One function over all kinds of nodes. */
import type { Node, Rule } from "../ir.js";
import { type Code, call, constant, get, getGlobal, load8, set, setGlobal, store, tee } from "../wasm.js";
import { writeChoice } from "./choices.js";
import { BASE, callReader, type Draft, E, type Fail, keepLog, LOG_LIMIT, lack, N, P, to } from "./draft.js";
import { writeParts } from "./fixed.js";
import { writeGuard } from "./guards.js";
import { recalledRule, recursiveRule, untilLast } from "./memo.js";
import { writeRepeat } from "./repeats.js";

/** Bytes of a capture in the log: slot, start, end. */
const CAPTURE = 12;

export function writeNode(draft: Draft, c: Code, node: Node, isCapturing: boolean, fail: Fail): void {
	switch (node.kind) {
		case "set":
		case "literal":
		case "sequence":
			return writeParts(draft, c, node, isCapturing, fail);
		case "end":
			c.add(get(P), get(E), "ne");
			return c.if(() => fail(c));
		case "choice":
			return writeChoice(draft, c, node.options, isCapturing, fail);
		case "repeat":
			return writeRepeat(draft, c, node, isCapturing, fail);
		case "optional":
			return writeOptional(draft, c, node.body, isCapturing);
		case "not":
			return c.locals((start) => {
				c.add(get(P), set(start));
				c.block((failed) => {
					writeGuard(draft, c, node.body, to(failed));
					writeNode(draft, c, node.body, false, to(failed));
					c.add(get(start), set(P));
					fail(c);
				});
				c.add(get(start), set(P));
			});
		case "and":
			return c.locals((start) => {
				c.add(get(P), set(start));
				writeNode(draft, c, node.body, false, fail);
				c.add(get(start), set(P));
			});
		case "until_last":
			return c.add(get(P), get(E), call(untilLast(draft, node.stop)), set(P));
		case "call":
			return writeCall(draft, c, node.rule, isCapturing, fail);
		case "switch":
			c.add(getGlobal(BASE), load8(node.index), "eqz");
			return c.if(() => fail(c));
	}
}

function writeOptional(draft: Draft, c: Code, body: Node, isCapturing: boolean): void {
	c.locals((start) => {
		c.add(get(P), set(start));
		keepLog(c, draft.mayCapture(body, isCapturing), (restore) =>
			c.block((end) => {
				c.block((failed) => {
					writeGuard(draft, c, body, to(failed));
					writeNode(draft, c, body, isCapturing, to(failed));
					c.branch(end);
				});
				c.add(get(start), set(P), ...restore);
			}),
		);
	});
}

function writeCall(draft: Draft, c: Code, rule: Rule, isCapturing: boolean, fail: Fail): void {
	if (!isCapturing || rule.slot < 0) return writeRule(draft, c, rule, isCapturing, fail);
	c.locals((start) => {
		c.add(get(P), set(start));
		writeRule(draft, c, rule, isCapturing, fail);
		writeCapture(c, rule.slot, start);
	});
}

function writeRule(draft: Draft, c: Code, rule: Rule, isCapturing: boolean, fail: Fail): void {
	if (draft.calls.isInPlace(rule)) return writeNode(draft, c, rule.body, isCapturing, fail);
	const isLogging = draft.mayCapture(rule.body, isCapturing);
	const reader = draft.once(rule, isLogging, () =>
		rule.recursive
			? recursiveRule(draft, rule, isCapturing)
			: !isLogging && draft.calls.isShared(rule)
				? recalledRule(draft, rule)
				: draft.reader(rule.body, isCapturing),
	);
	c.add(...draft.step);
	callReader(c, [call(reader)], fail);
}

/** Appends a capture to the log; traps when the log is full. */
function writeCapture(c: Code, slot: number, start: number): void {
	c.locals((n) => {
		c.add(getGlobal(N), tee(n), getGlobal(LOG_LIMIT), "ge_u");
		c.if(() => c.add(...lack("log")));
		c.add(get(n), constant(slot), store());
		c.add(get(n), get(start), store(4));
		c.add(get(n), get(P), store(8));
		c.add(get(n), constant(CAPTURE), "add", setGlobal(N));
	});
}
