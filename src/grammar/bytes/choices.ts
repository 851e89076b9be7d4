/** Choices: one option after the other, or by a tree over what they begin with. */
import type { Node } from "../ir.js";
import { type Code, call, callIndirect, constant, type Func, get, getGlobal, load, load8, set, tee } from "../wasm.js";
import { type Dispatch, dispatch } from "./dispatch.js";
import { BASE, callReader, type Draft, E, type Fail, keepLog, P, READER, to } from "./draft.js";
import { writeGuard } from "./guards.js";

/** Options from which on a tree may be worth it. */
const MANY = 8;

export function writeChoice(draft: Draft, c: Code, options: readonly Node[], isCapturing: boolean, fail: Fail): void {
	const tree = options.length < MANY ? undefined : dispatch(options);
	if (tree === undefined) return writeEach(draft, c, options, isCapturing, fail);
	c.add(...draft.step);
	callReader(c, [call(chooser(draft, tree, options, isCapturing))], fail);
}

const mayOneCapture = (draft: Draft, options: readonly Node[], isCapturing: boolean): boolean =>
	options.some((option) => draft.mayCapture(option, isCapturing));

function writeEach(draft: Draft, c: Code, options: readonly Node[], isCapturing: boolean, fail: Fail): void {
	c.locals((start) => {
		c.add(get(P), set(start));
		keepLog(c, mayOneCapture(draft, options, isCapturing), (restore) =>
			c.block((chosen) => {
				for (const option of options) {
					c.block((failed) => {
						writeGuard(draft, c, option, to(failed));
						draft.writeNode(draft, c, option, isCapturing, to(failed));
						c.branch(chosen);
					});
					c.add(get(start), set(P), ...restore);
				}
				fail(c);
			}),
		);
	});
}

/** Goes down the tree, and calls the function of the leaf where it comes to. */
function chooser(draft: Draft, tree: Dispatch, options: readonly Node[], isCapturing: boolean): Func {
	const firstLeaf = draft.table.length;
	for (const leaf of tree.leaves)
		draft.table.push(
			leafOf(
				draft,
				leaf.flatMap((i) => options[i] ?? []),
				isCapturing,
			),
		);
	// A node: distance of the byte, what to do by default, the first byte, how many, what to do for each of them.
	const nodes = draft.data.words(tree.nodes);
	const [distance, byDefault, first, length, each] = [nodes, nodes + 4, nodes + 8, nodes + 12, nodes + 16] as const;
	return draft.func(READER, (c) =>
		c.locals((node, v) =>
			keepLog(c, true, (restore) => {
				c.add(constant(tree.nodes.length === 0 ? -1 : 0), set(node));
				c.block((end) =>
					c.loop((again) => {
						c.add(get(node), constant(0), "lt");
						c.branchIf(end);
						c.add(...draft.step, get(node), constant(2), "shl", getGlobal(BASE), "add", set(node));
						c.add(get(P), get(node), load(distance), "add", tee(v), get(E), "lt_u");
						c.if(
							() => {
								c.add(get(v), load8(), get(node), load(first), "sub", tee(v), get(node), load(length), "lt_u");
								c.if(
									() => c.add(get(node), get(v), constant(2), "shl", "add", load(each), set(node)),
									() => c.add(get(node), load(byDefault), set(node)),
								);
							},
							() => c.add(get(node), load(byDefault), set(node)),
						);
						c.branch(again);
					}),
				);
				// A leaf stands in the tree as `~leaf`, which is -1 - leaf.
				c.add(get(P), get(E), constant(firstLeaf - 1), get(node), "sub", callIndirect(READER), tee(P), constant(0), "lt");
				c.if(() => c.add(...restore));
				c.add(get(P));
			}),
		),
	);
}

/** Tries the options of a leaf. */
function leafOf(draft: Draft, options: readonly Node[], isCapturing: boolean): Func {
	const optionReader = (option: Node): Func =>
		draft.once(option, draft.mayCapture(option, isCapturing), () => draft.reader(option, isCapturing));
	const [only, ...more] = options;
	if (only !== undefined && more.length === 0 && !draft.isCounting) return optionReader(only);
	return draft.func(READER, (c) =>
		c.locals((start) => {
			c.add(get(P), set(start));
			keepLog(c, mayOneCapture(draft, options, isCapturing), (restore) => {
				for (const option of options) {
					c.add(...draft.step, get(start), get(E), call(optionReader(option)), tee(P), constant(0), "ge");
					c.if(() => c.add(get(P), "return"));
					c.add(...restore);
				}
			});
			c.add(constant(-1));
		}),
	);
}
