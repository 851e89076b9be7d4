/**
 * Program → WebAssembly that reads ASCII bytes in a memory. Each rule becomes a function `(p, e) => address behind the match,
 * or -1`; small rules are written in place. Captures are appended to a log (slot, start, end), which backtracking cuts back.
 *
 * What is remembered of a record stands in an arena. A record that needs more of it, or has more captures than the log holds,
 * ends in a trap: then the variant for text has to read it.
 */
import { type CharSet, difference, isEmptyAscii, members } from "./charset.js";
import { type Dispatch, dispatch } from "./dispatch.js";
import { firstOf } from "./first.js";
import { capturing, isSmall, type Node, type Program, type Repeat, type Rule } from "./ir.js";
import { Code, type Func, type Label, moduleOf, typeOf } from "./wasm.js";

/** Nested calls of recursive rules before a record counts as too deeply nested. */
export const DEEPEST = 500;

/** Numbers that an instance is given: where its data stands, the arena, and the end of the log. */
export const GIVEN = ["base", "arena", "arena_end", "log_end"] as const;

const BASE = 0;
const ARENA = 1;
const ARENA_END = 2;
const LOG_END = 3;
/** The next place in the log. */
const N = 4;
/** Where the record begins. */
const BEGIN = 5;
const DEPTH = 6;
/** 1 when rules were nested too deeply. */
const DEEP = 7;
/** Number of the match: what is remembered of another one counts for nothing. */
const MATCH = 8;
/** What is used of the arena, from below for memos and from above for lists. */
const BOTTOM = 9;
const TOP = 10;
const STEPS = 11;
const GLOBALS = 8;

/** Bytes of a capture in the log, of an entry of a memo. */
const CAPTURE = 12;
const ENTRY = 4;

export interface BytesModule {
	readonly wasm: Uint8Array<ArrayBuffer>;
	/** Bytes that an instance needs at its base; the first ones are the switches. */
	readonly size: number;
}

type Write = (code: Code) => void;

/** The module of a program; its exports are the start rules, and `steps` when they are counted. */
export function generateBytes(program: Program, count: boolean): BytesModule {
	const captures = capturing(program.rules);
	const mayCapture = (node: Node, cap: boolean): boolean => cap && captures(node);
	const functions: Func[] = [];
	const pending: (() => void)[] = [];
	const table: Func[] = [];
	const data = new Data();
	data.reserve(Math.max(1, program.switches.length));

	const func = (parameters: number, write: Write): Func => {
		const made: Func = { index: functions.length, code: new Code(parameters) };
		functions.push(made);
		pending.push(() => write(made.code));
		return made;
	};

	const step: Write = (c) => {
		if (count) c.getGlobal(STEPS).constant(1).op("add").setGlobal(STEPS);
	};
	const fails: Write = (c) => c.constant(-1).op("return");
	const to =
		(label: Label): Write =>
		(c) =>
			c.branch(label);
	/** Address in the data of the instance. */
	const at = (c: Code, local?: number): Code => (local === undefined ? c.getGlobal(BASE) : c.getGlobal(BASE).get(local).op("add"));
	const P = 0;
	const E = 1;
	const advance = (c: Code, length: number): Code => c.get(P).constant(length).op("add").set(P);
	const keepLog = (c: Code, isKept: boolean, use: (restore: Write) => void): void => {
		if (!isKept) use(() => {});
		else
			c.local((n) => {
				c.getGlobal(N).set(n);
				use(() => c.get(n).setGlobal(N));
			});
	};

	/** Puts on the stack whether the character in a local is a member. */
	const isMember = (c: Code, set: CharSet, local: number): void => {
		const on = members(set);
		const off = [...set.ascii.keys()].filter((code) => set.ascii[code] === 0);
		const [first = 0, last = 0] = [on[0], on.at(-1)];
		const each = (codes: readonly number[], op: "eq" | "ne", join: "or" | "and"): void =>
			codes.forEach((code, i) => {
				c.get(local).constant(code).op(op);
				if (i > 0) c.op(join);
			});
		if (off.length === 0) c.constant(1);
		else if (on.length === 0) c.constant(0);
		else if (on.length <= 2) each(on, "eq", "or");
		else if (last - first === on.length - 1) c.get(local).constant(first).op("sub").constant(on.length).op("lt_u");
		else if (off.length <= 2) each(off, "ne", "and");
		else at(c, local).memory("load8", data.table(set.ascii));
	};

	/** Fails unless a member stands here, and goes behind it. */
	const one = (c: Code, set: CharSet, fail: Write): void => {
		if (isEmptyAscii(set)) return fail(c);
		// What stands behind the end may be read: it is in the same memory.
		c.get(P).get(E).op("ge_u");
		if (members(set).length < 128)
			c.local((v) => {
				c.get(P).memory("load8").set(v);
				isMember(c, set, v);
				c.op("eqz", "or");
			});
		c.if(() => fail(c));
		advance(c, 1);
	};

	/** Goes over members, up to a bound. */
	const run = (c: Code, set: CharSet, bound: number): void => {
		if (members(set).length === 128) {
			c.get(bound).set(P);
			return;
		}
		if (isEmptyAscii(set)) return;
		const ranges = stoppingRanges(set);
		if (ranges !== undefined) return runBySixteen(c, ranges, bound);
		c.block((end) =>
			c.loop((again) => {
				c.get(P).get(bound).op("ge_u").branchIf(end);
				step(c);
				c.local((v) => {
					c.get(P).memory("load8").set(v);
					isMember(c, set, v);
				});
				c.op("eqz").branchIf(end);
				advance(c, 1).branch(again);
			}),
		);
	};

	/** The same by sixteen characters at once: what stands behind the bound may be read. */
	const runBySixteen = (c: Code, { ranges, areMembers }: Ranges, bound: number): void => {
		c.local((stops) => {
			c.block((end) =>
				c.loop((again) => {
					c.get(P).get(bound).op("ge_u").branchIf(end);
					step(c);
					ranges.forEach(([first, last], i) => {
						c.get(P).load16Bytes().constant16(first);
						if (first === last) c.op16("eq");
						else
							c.op16("sub")
								.constant16(last - first)
								.op16("le_u");
						if (i > 0) c.op16("or");
					});
					if (areMembers) c.op16("not");
					c.op16("bitmask")
						.constant(1 << 16)
						.op("or", "ctz")
						.tee(stops);
					c.get(P).op("add").set(P);
					c.get(stops).constant(16).op("eq").branchIf(again);
				}),
			);
			c.get(P)
				.get(bound)
				.op("gt_u")
				.if(() => c.get(bound).set(P));
		});
	};

	/** Leaves in a local where the memo of this match stands: an entry for each position of the record. */
	const memoFunction = (() => {
		let made: Func | undefined;
		const write: Write = (c) => {
			const [meta, e] = [0, 1];
			c.get(meta).memory("load").getGlobal(MATCH).op("eq");
			c.if(() => c.get(meta).memory("load", 4).op("return"));
			c.get(meta).getGlobal(MATCH).memory("store");
			c.get(meta).getGlobal(BOTTOM).memory("store", 4);
			c.local((size) => {
				c.get(e).getGlobal(BEGIN).op("sub").constant(1).op("add").constant(2).op("shl").set(size);
				c.getGlobal(BOTTOM).get(size).op("add").getGlobal(TOP).op("gt_u");
				c.if(() => c.op("unreachable"));
				c.getGlobal(BOTTOM).constant(0).get(size).fill();
				if (count) c.getGlobal(STEPS).get(e).getGlobal(BEGIN).op("sub", "add").setGlobal(STEPS);
				c.getGlobal(BOTTOM).get(size).op("add").setGlobal(BOTTOM);
			});
			c.get(meta).memory("load", 4);
		};
		return (): Func => {
			made ??= func(2, write);
			return made;
		};
	})();
	/** Puts the memo, so that the entry of an address is at `memo + 4 * address`, into a local. */
	const openMemo = (c: Code, meta: number, memo: number): void => {
		at(c).constant(meta).op("add").get(E).call(memoFunction().index);
		c.getGlobal(BEGIN).constant(2).op("shl", "sub").set(memo);
	};
	const entryAt = (c: Code, memo: number, position: number): Code => c.get(memo).get(position).constant(2).op("shl", "add");

	/** A loop of single characters that may be entered again over the same text. */
	const farRun = (set: CharSet): Func => {
		const meta = data.reserve(8);
		return func(2, (c) =>
			c.local((memo) =>
				c.local((start) =>
					c.local((known) => {
						openMemo(c, meta, memo);
						c.get(P).set(start);
						c.block((end) =>
							c.loop((again) => {
								c.get(P).get(E).op("ge_u").branchIf(end);
								step(c);
								entryAt(c, memo, P).memory("load").tee(known);
								c.if(() => c.get(known).constant(1).op("sub").set(P).branch(end));
								one(c, set, to(end));
								c.branch(again);
							}),
						);
						c.block((end) =>
							c.loop((again) => {
								c.get(start).get(P).op("gt_u").branchIf(end);
								entryAt(c, memo, start).memory("load").branchIf(end);
								step(c);
								entryAt(c, memo, start).get(P).constant(1).op("add").memory("store");
								c.get(start).constant(1).op("add").set(start).branch(again);
							}),
						);
						c.get(P);
					}),
				),
			),
		);
	};

	const rememberedRun = (c: Code, set: CharSet, { min, patience }: Repeat, fail: Write): void => {
		const far = farRun(set);
		c.local((start) =>
			c.local((bound) => {
				c.get(P).set(start);
				c.get(P).constant(patience).op("add").tee(bound).get(E).op("gt_u");
				c.if(() => c.get(E).set(bound));
				run(c, set, bound);
				c.get(P).get(bound).op("ge_u").get(P).get(E).op("lt_u", "and");
				c.if(() => c.get(P).get(E).call(far.index).set(P));
				if (min === 1)
					c.get(P)
						.get(start)
						.op("eq")
						.if(() => fail(c));
			}),
		);
	};

	/** The same for loops of anything: the positions passed are listed at the top of the arena until the end is known. */
	const farLoop = (body: Node): Func => {
		const meta = data.reserve(8);
		return func(2, (c) =>
			c.local((memo) =>
				c.local((before) =>
					c.local((known) => {
						openMemo(c, meta, memo);
						c.local((list) => {
							c.getGlobal(TOP).set(list);
							c.block((end) =>
								c.loop((again) => {
									step(c);
									entryAt(c, memo, P).memory("load").tee(known);
									c.if(() => c.get(known).constant(1).op("sub").set(P).branch(end));
									c.getGlobal(TOP).constant(ENTRY).op("sub").setGlobal(TOP);
									c.getGlobal(TOP)
										.getGlobal(BOTTOM)
										.op("lt_u")
										.if(() => c.op("unreachable"));
									c.getGlobal(TOP).get(P).memory("store");
									c.get(P).set(before);
									c.block((failed) => {
										gen(c, body, false, to(failed));
										c.branch(again);
									});
									c.get(before).set(P);
								}),
							);
							c.block((end) =>
								c.loop((again) => {
									c.getGlobal(TOP).get(list).op("ge_u").branchIf(end);
									step(c);
									c.getGlobal(TOP).memory("load").set(known);
									entryAt(c, memo, known).get(P).constant(1).op("add").memory("store");
									c.getGlobal(TOP).constant(ENTRY).op("add").setGlobal(TOP).branch(again);
								}),
							);
						});
						c.get(P);
					}),
				),
			),
		);
	};

	const repeat = (c: Code, node: Repeat, cap: boolean, fail: Write): void => {
		const { body, min, remembered, patience } = node;
		if (body.kind === "set") {
			if (remembered && members(body.set).length < 128) return rememberedRun(c, body.set, node, fail);
			if (min === 1) one(c, body.set, fail);
			return run(c, body.set, E);
		}
		const far = remembered ? farLoop(body) : undefined;
		const loop = (left: number | undefined): Code =>
			c.local((before) => {
				c.block((end) =>
					c.loop((again) => {
						if (left !== undefined) c.get(left).constant(1).op("sub").tee(left).constant(0).op("lt").branchIf(end);
						if (!remembered) skipAhead(c, body);
						step(c);
						c.get(P).set(before);
						keepLog(c, mayCapture(body, cap), (restore) => {
							c.block((failed) => {
								gen(c, body, cap, to(failed));
								c.branch(again);
							});
							c.get(before).set(P);
							restore(c);
						});
					}),
				);
			});
		c.local((start) => {
			c.get(P).set(start);
			if (far === undefined) loop(undefined);
			else
				c.local((left) => {
					c.constant(patience).set(left);
					loop(left);
					c.get(left)
						.constant(0)
						.op("lt")
						.if(() => c.get(P).get(E).call(far.index).set(P));
				});
			if (min === 1)
				c.get(P)
					.get(start)
					.op("eq")
					.if(() => fail(c));
		});
	};

	/** Before a loop tries `~stop any`: runs over the characters that `stop` cannot begin with. */
	const skipAhead = (c: Code, body: Node): void => {
		const [not, next, ...more] = body.kind === "sequence" ? body.parts : [];
		if (not?.kind !== "not" || next?.kind !== "set" || more.length > 0 || next.set.unit) return;
		const first = firstOf(not.body);
		if (first !== undefined) run(c, difference(next.set, first), E);
	};

	/** The last match is the same for every position before it: searched from the end, once for a record. */
	const backFunction = (stop: Node): Func => {
		const meta = data.reserve(12);
		const first = firstOf(stop);
		return func(2, (c) =>
			c.local((found) =>
				c.local((down) =>
					c.local((after) => {
						// P is tried by the stop, so what stands before it is kept.
						c.get(P).set(after);
						at(c).memory("load", meta).getGlobal(MATCH).op("eq");
						c.if(
							() => {
								at(c)
									.memory("load", meta + 4)
									.set(found);
								at(c)
									.memory("load", meta + 8)
									.set(down);
							},
							() => {
								at(c).getGlobal(MATCH).memory("store", meta);
								c.constant(-1).set(found);
								c.get(E).constant(1).op("add").set(down);
							},
						);
						c.block((end) =>
							c.loop((again) => {
								c.get(found).constant(0).op("ge").branchIf(end);
								c.get(down).constant(1).op("sub").tee(down).get(after).op("le_u").branchIf(end);
								step(c);
								// Where no match can begin nothing is tried.
								if (first !== undefined)
									c.get(down)
										.get(E)
										.op("lt_u")
										.if(() =>
											c.local((v) => {
												c.get(down).memory("load8").set(v);
												isMember(c, first, v);
												c.op("eqz").branchIf(again);
											}),
										);
								c.get(down).set(P);
								c.block((failed) => {
									gen(c, stop, false, to(failed));
									c.get(down).set(found);
								});
								c.branch(again);
							}),
						);
						at(c)
							.get(found)
							.memory("store", meta + 4);
						at(c)
							.get(down)
							.constant(1)
							.op("add")
							.memory("store", meta + 8);
						c.get(found).get(after).op("le_u").get(found).constant(0).op("lt", "or");
						c.if(() => c.get(after).op("return"));
						c.get(found);
					}),
				),
			),
		);
	};

	const log = (c: Code, slot: number, start: number): void => {
		c.local((n) => {
			c.getGlobal(N)
				.tee(n)
				.getGlobal(LOG_END)
				.op("ge_u")
				.if(() => c.op("unreachable"));
			c.get(n).constant(slot).memory("store");
			c.get(n).get(start).memory("store", 4);
			c.get(n).get(P).memory("store", 8);
			c.get(n).constant(CAPTURE).op("add").setGlobal(N);
		});
	};

	const call = (c: Code, rule: Rule, cap: boolean, fail: Write): void => {
		const body = (): void => {
			if (isSmall(rule)) return gen(c, rule.body, cap, fail);
			step(c);
			callFunction(c, functionFor(rule, cap), fail);
		};
		if (!cap || rule.slot < 0) return body();
		c.local((start) => {
			c.get(P).set(start);
			body();
			log(c, rule.slot, start);
		});
	};

	const callFunction = (c: Code, { index }: Func, fail: Write): void => {
		c.get(P)
			.get(E)
			.call(index)
			.tee(P)
			.constant(0)
			.op("lt")
			.if(() => fail(c));
	};

	const known = new Map<string, Func>();
	const functionFor = (rule: Rule, cap: boolean): Func => {
		const keeps = mayCapture(rule.body, cap);
		const key = `${rule.key}${keeps ? " captures" : ""}`;
		const found = known.get(key);
		if (found !== undefined) return found;
		const plain: Write = (c) => {
			gen(c, rule.body, cap, fails);
			c.get(P);
		};
		if (!rule.recursive) {
			const made = func(2, plain);
			known.set(key, made);
			return made;
		}
		const inner = func(2, plain);
		const meta = keeps ? undefined : data.reserve(8);
		const made = func(2, (c) => {
			step(c);
			c.local((memo) =>
				c.local((start) => {
					c.get(P).set(start);
					if (meta !== undefined) {
						openMemo(c, meta, memo);
						c.local((entry) => {
							entryAt(c, memo, P).memory("load").tee(entry);
							c.if(() => c.get(entry).constant(2).op("sub", "return"));
						});
					}
					c.getGlobal(DEPTH).constant(DEEPEST).op("ge");
					c.if(() => {
						c.constant(1).setGlobal(DEEP);
						fails(c);
					});
					c.getGlobal(DEPTH).constant(1).op("add").setGlobal(DEPTH);
					c.get(P).get(E).call(inner.index).set(P);
					c.getGlobal(DEPTH).constant(1).op("sub").setGlobal(DEPTH);
					if (meta !== undefined) entryAt(c, memo, start).get(P).constant(2).op("add").memory("store");
					c.get(P);
				}),
			);
		});
		known.set(key, made);
		return made;
	};

	const choose = (c: Code, options: readonly Node[], cap: boolean, fail: Write): void => {
		const tree = options.length < 4 ? undefined : dispatch(options);
		if (tree !== undefined) {
			step(c);
			return callFunction(c, chooser(tree, options, cap), fail);
		}
		c.local((start) => {
			c.get(P).set(start);
			keepLog(
				c,
				options.some((option) => mayCapture(option, cap)),
				(restore) => {
					c.block((chosen) => {
						for (const option of options) {
							c.block((failed) => {
								gen(c, option, cap, to(failed));
								c.branch(chosen);
							});
							c.get(start).set(P);
							restore(c);
						}
						fail(c);
					});
				},
			);
		});
	};

	const optionFunctions = new Map<Node, Map<boolean, Func>>();
	const optionFunction = (option: Node, cap: boolean): Func => {
		const keeps = mayCapture(option, cap);
		const pair = optionFunctions.get(option) ?? new Map<boolean, Func>();
		optionFunctions.set(option, pair);
		const made =
			pair.get(keeps) ??
			func(2, (c) => {
				gen(c, option, cap, fails);
				c.get(P);
			});
		pair.set(keeps, made);
		return made;
	};

	/** Finds the options to try by the tree, and calls the function of its leaf. */
	const chooser = (tree: Dispatch, options: readonly Node[], cap: boolean): Func => {
		const firstLeaf = table.length;
		for (const leaf of tree.leaves) {
			const tried = leaf.flatMap((i) => options[i] ?? []);
			const [only] = tried;
			if (tried.length === 1 && only !== undefined && !count) table.push(optionFunction(only, cap));
			else
				table.push(
					func(2, (c) =>
						c.local((start) => {
							c.get(P).set(start);
							keepLog(
								c,
								tried.some((option) => mayCapture(option, cap)),
								(restore) => {
									for (const option of tried) {
										step(c);
										c.get(start).get(E).call(optionFunction(option, cap).index).tee(P).constant(0).op("ge");
										c.if(() => c.get(P).op("return"));
										restore(c);
									}
								},
							);
							c.constant(-1);
						}),
					),
				);
		}
		const nodes = data.words(tree.nodes);
		return func(2, (c) =>
			c.local((node) =>
				c.local((v) =>
					keepLog(c, true, (restore) => {
						c.constant(tree.nodes.length === 0 ? -1 : 0).set(node);
						c.block((end) =>
							c.loop((again) => {
								c.get(node).constant(0).op("lt").branchIf(end);
								step(c);
								// Distance, default, first character, length, then one entry for each character.
								c.get(node).constant(2).op("shl").getGlobal(BASE).op("add").set(node);
								c.get(P).get(node).memory("load", nodes).op("add").tee(v).get(E).op("lt_u");
								c.if(
									() =>
										c
											.get(v)
											.memory("load8")
											.get(node)
											.memory("load", nodes + 8)
											.op("sub")
											.tee(v)
											.get(node)
											.memory("load", nodes + 12)
											.op("lt_u")
											.if(
												() =>
													c
														.get(node)
														.get(v)
														.constant(2)
														.op("shl", "add")
														.memory("load", nodes + 16)
														.set(node),
												() =>
													c
														.get(node)
														.memory("load", nodes + 4)
														.set(node),
											),
									() =>
										c
											.get(node)
											.memory("load", nodes + 4)
											.set(node),
								);
								c.branch(again);
							}),
						);
						// `~leaf`
						c.get(P)
							.get(E)
							.constant(firstLeaf - 1)
							.get(node)
							.op("sub")
							.callIndirect(typeOf(2))
							.tee(P)
							.constant(0)
							.op("lt")
							.if(() => restore(c));
						c.get(P);
					}),
				),
			),
		);
	};

	const literal = (c: Code, text: string, fail: Write): void => {
		const bytes = Buffer.from(text, "latin1");
		if (text === "") return;
		if ([...text].some((character) => (character.codePointAt(0) ?? 0) > 127)) return fail(c);
		c.get(P).constant(bytes.length).op("add").get(E).op("gt_u");
		for (let i = 0; i < bytes.length; ) {
			const left = bytes.length - i;
			c.get(P);
			if (left >= 8) {
				c.memory("load64", i).constant64(bytes.readBigInt64LE(i)).op("ne64");
				i += 8;
			} else if (left >= 4) {
				c.memory("load", i).constant(bytes.readInt32LE(i)).op("ne");
				i += 4;
			} else if (left >= 2) {
				c.memory("load16", i).constant(bytes.readUInt16LE(i)).op("ne");
				i += 2;
			} else {
				c.memory("load8", i)
					.constant(bytes[i] ?? 0)
					.op("ne");
				i++;
			}
			c.op("or");
			// A long one is not compared to its end when it differs at once.
			if (i < bytes.length) {
				c.if(() => fail(c));
				c.constant(0);
			}
		}
		c.if(() => fail(c));
		advance(c, bytes.length);
	};

	/** Ohm compares the upper case of single units. */
	const anyCase = (c: Code, text: string, fail: Write): void => {
		c.get(P)
			.constant(text.length)
			.op("add")
			.get(E)
			.op("gt_u")
			.if(() => fail(c));
		for (const [i, unit] of text.split("").entries()) {
			const same = [...Array(128).keys()].filter((code) => String.fromCharCode(code).toUpperCase() === unit.toUpperCase());
			if (same.length === 0) return fail(c);
			same.forEach((code, k) => {
				c.get(P).memory("load8", i).constant(code).op("ne");
				if (k > 0) c.op("and");
			});
			c.if(() => fail(c));
		}
		advance(c, text.length);
	};

	const gen = (c: Code, node: Node, cap: boolean, fail: Write): void => {
		switch (node.kind) {
			case "set":
				return one(c, node.set, fail);
			case "literal":
				return literal(c, node.text, fail);
			case "literal_any_case":
				return anyCase(c, node.text, fail);
			case "end":
				c.get(P)
					.get(E)
					.op("ne")
					.if(() => fail(c));
				return;
			case "sequence":
				for (const part of node.parts) gen(c, part, cap, fail);
				return;
			case "choice":
				return choose(c, node.options, cap, fail);
			case "repeat":
				return repeat(c, node, cap, fail);
			case "optional":
				c.local((start) => {
					c.get(P).set(start);
					keepLog(c, mayCapture(node.body, cap), (restore) => {
						c.block((end) => {
							c.block((failed) => {
								gen(c, node.body, cap, to(failed));
								c.branch(end);
							});
							c.get(start).set(P);
							restore(c);
						});
					});
				});
				return;
			case "not":
				c.local((start) => {
					c.get(P).set(start);
					c.block((failed) => {
						gen(c, node.body, false, to(failed));
						c.get(start).set(P);
						fail(c);
					});
					c.get(start).set(P);
				});
				return;
			case "and":
				c.local((start) => {
					c.get(P).set(start);
					gen(c, node.body, false, fail);
					c.get(start).set(P);
				});
				return;
			case "until_last":
				c.get(P).get(E).call(backFunction(node.stop).index).set(P);
				return;
			case "call":
				return call(c, node.rule, cap, fail);
			case "switch":
				at(c)
					.memory("load8", node.index)
					.op("eqz")
					.if(() => fail(c));
				return;
		}
	};

	const exports = new Map(
		[...program.starts].map(([name, node]): [string, Func] => {
			const start = func(2, (c) => {
				gen(c, node, true, fails);
				c.get(P);
			});
			// (p, e, n) => the next place in the log, or 0.
			const entry = func(3, (c) => {
				c.get(2).setGlobal(N);
				c.get(P).setGlobal(BEGIN);
				for (const global of [DEPTH, DEEP]) c.constant(0).setGlobal(global);
				c.getGlobal(MATCH).constant(1).op("add").setGlobal(MATCH);
				c.getGlobal(ARENA).setGlobal(BOTTOM);
				c.getGlobal(ARENA_END).setGlobal(TOP);
				c.get(P).get(E).call(start.index).get(E).op("ne").getGlobal(DEEP).op("or");
				c.if(() => c.constant(0).op("return"));
				c.getGlobal(N);
			});
			return [name, entry];
		}),
	);
	for (let next = pending.pop(); next !== undefined; next = pending.pop()) next();
	const wasm = moduleOf({
		imports: GIVEN,
		globals: GLOBALS,
		exportedGlobals: new Map(count ? [["steps", STEPS]] : []),
		functions,
		exports,
		table,
		data: data.bytes(),
	});
	return { wasm, size: data.size };
}

/** First and last characters, of members or of all others. */
interface Ranges {
	readonly ranges: readonly (readonly [first: number, last: number])[];
	readonly areMembers: boolean;
}

/** Ranges that are worth looking for in sixteen characters at once. */
const MOST_RANGES = 4;

/** How members are told from others with few ranges; undefined when it takes many. */
function stoppingRanges(set: CharSet): Ranges | undefined {
	const rangesOf = (wanted: number): [number, number][] => {
		const found: [number, number][] = [];
		for (const [code, is] of set.ascii.entries()) {
			if (is !== wanted) continue;
			const last = found.at(-1);
			if (last?.[1] === code - 1) last[1] = code;
			else found.push([code, code]);
		}
		return found;
	};
	const [others, own] = [rangesOf(0), rangesOf(1)];
	const areMembers = own.length < others.length;
	const ranges = areMembers ? own : others;
	return ranges.length <= MOST_RANGES ? { ranges, areMembers } : undefined;
}

/** What an instance keeps beside its code: tables, trees, what memos are. */
class Data {
	readonly #bytes: number[] = [];
	readonly #tables = new Map<string, number>();

	get size(): number {
		return this.#bytes.length;
	}

	bytes(): Uint8Array {
		return Uint8Array.from(this.#bytes);
	}

	/** Offset of so many bytes of zeros. */
	reserve(size: number): number {
		while (this.#bytes.length % 4 !== 0) this.#bytes.push(0);
		const offset = this.#bytes.length;
		for (let i = 0; i < size; i++) this.#bytes.push(0);
		return offset;
	}

	words(values: readonly number[]): number {
		const offset = this.reserve(0);
		for (const value of values) for (let shift = 0; shift < 32; shift += 8) this.#bytes.push((value >>> shift) & 255);
		return offset;
	}

	/** A table that was asked for before is given again. */
	table(entries: Uint8Array): number {
		const key = entries.join("");
		const known = this.#tables.get(key);
		if (known !== undefined) return known;
		const offset = this.reserve(0);
		this.#bytes.push(...entries);
		this.#tables.set(key, offset);
		return offset;
	}
}
