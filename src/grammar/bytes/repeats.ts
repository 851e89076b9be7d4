/** Repetitions: in place as long as that is cheap, then by functions that remember where they end. */
import { type CharSet, difference, isEverything } from "../charset.js";
import { startOf } from "../first.js";
import type { Node, Repeat } from "../ir.js";
import { type Code, call, constant, get, set, tee } from "../wasm.js";
import { type Draft, E, type Fail, failUnlessMoved, keepLog, P, to } from "./draft.js";
import { rememberedLoop, rememberedRun } from "./memo.js";
import { writeRun } from "./scan.js";

export function writeRepeat(draft: Draft, c: Code, node: Repeat, isCapturing: boolean, fail: Fail): void {
	if (node.min === 0) return writeAnyNumber(draft, c, node, isCapturing);
	c.locals((start) => {
		c.add(get(P), set(start));
		writeAnyNumber(draft, c, node, isCapturing);
		failUnlessMoved(c, start, fail);
	});
}

function writeAnyNumber(draft: Draft, c: Code, node: Repeat, isCapturing: boolean): void {
	const { body, remembered, patience } = node;
	if (body.kind !== "set") return writeLoop(draft, c, node, isCapturing);
	// Any number of any characters end with the record.
	if (remembered && !isEverything(body.set)) return writePatientRun(draft, c, body.set, patience);
	writeRun(draft, c, body.set, E);
}

/** Few characters are read again each time; only behind them is remembered where the run ends. */
function writePatientRun(draft: Draft, c: Code, chars: CharSet, patience: number): void {
	const far = rememberedRun(draft, chars);
	c.locals((bound) => {
		c.add(get(P), constant(patience), "add", tee(bound), get(E), "gt_u");
		c.if(() => c.add(get(E), set(bound)));
		writeRun(draft, c, chars, bound);
		c.add(get(P), get(bound), "ge_u", get(P), get(E), "lt_u", "and");
		c.if(() => c.add(get(P), get(E), call(far), set(P)));
	});
}

function writeLoop(draft: Draft, c: Code, node: Repeat, isCapturing: boolean): void {
	if (!node.remembered) return writeRounds(draft, c, node, isCapturing, undefined);
	const far = rememberedLoop(draft, node.body);
	c.locals((left) => {
		c.add(constant(node.patience), set(left));
		writeRounds(draft, c, node, isCapturing, left);
		c.add(get(left), constant(0), "lt");
		c.if(() => c.add(get(P), get(E), call(far), set(P)));
	});
}

/** Reads the body until it fails, or has been read as often as a local says, which is negative then. */
function writeRounds(draft: Draft, c: Code, { body, remembered }: Repeat, isCapturing: boolean, left: number | undefined): void {
	c.locals((before) =>
		c.block((end) =>
			c.loop((again) => {
				if (left !== undefined) {
					c.add(get(left), constant(1), "sub", tee(left), constant(0), "lt");
					c.branchIf(end);
				}
				if (!remembered) skipAhead(draft, c, body);
				c.add(...draft.step, get(P), set(before));
				keepLog(c, draft.mayCapture(body, isCapturing), (restore) => {
					c.block((failed) => {
						draft.writeNode(draft, c, body, isCapturing, to(failed));
						c.branch(again);
					});
					c.add(get(before), set(P), ...restore);
				});
			}),
		),
	);
}

/** Before a loop tries `~stop any`: runs over the characters that `stop` cannot begin with. */
function skipAhead(draft: Draft, c: Code, body: Node): void {
	const [not, next, ...more] = body.kind === "sequence" ? body.parts : [];
	if (not?.kind !== "not" || next?.kind !== "set" || more.length > 0) return;
	writeRun(draft, c, difference(next.set, startOf(not.body)), E);
}
