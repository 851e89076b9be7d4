/** A module while it is written: what its functions share. */
import type { Calls } from "../in-place.js";
import type { Node, Rule } from "../ir.js";
import { LACKING } from "../parser.js";
import { Code, constant, type Func, get, getGlobal, type Label, type Part, set, setGlobal, tee } from "../wasm.js";
import { Data } from "./data.js";

/**
 * Imports of an instance, its first globals, and whether they may change between matches: where its data stands; the arena and its
 * end; the end of the log.
 */
export const GIVEN = [
	["base", false],
	["arena", true],
	["arena_end", true],
	["log_end", true],
] as const;

export const BASE = 0;
export const ARENA = 1;
export const ARENA_END = 2;
export const LOG_END = 3;
/** The next place in the log. */
export const N = 4;
/** Where the record begins. */
export const BEGIN = 5;
export const DEPTH = 6;
/** 1 when rules were nested too deeply. */
export const DEEP = 7;
/** Number of the match: what is remembered of another one counts for nothing. */
export const MATCH = 8;
/** What is used of the arena, from below for memos and from above for lists. */
export const BOTTOM = 9;
export const TOP = 10;
export const STEPS = 11;
/** What a trap was for lack of: 0 when there was none. */
export const LACK = 12;
/** The end of the log, as it was when the match began: what others may change takes longer to ask. */
export const LOG_LIMIT = 13;

/** Parameters of functions that read: where, and the end of the record. They give the address behind the match, or -1. */
export const P = 0;
export const E = 1;
export const READER = 2;

/** Writes what happens when something does not match: it must leave the place by a branch. */
export type Fail = (code: Code) => void;

export const failing: Fail = (c) => c.add(constant(-1), "return");

export const to =
	(label: Label): Fail =>
	(c) =>
		c.branch(label);

/** Writes code that reads a node from `P` on and moves `P` behind it, or fails, with `P` anywhere. */
export type WriteNode = (draft: Draft, code: Code, node: Node, isCapturing: boolean, fail: Fail) => void;

export class Draft {
	readonly functions: Func[] = [];
	/** Functions that are called by their number. */
	readonly table: Func[] = [];
	readonly data: Data = new Data();
	/** Counts a step, when they are counted. */
	readonly step: readonly Part[];
	#globals = LOG_LIMIT + 1;
	readonly #pending: (() => void)[] = [];
	readonly #once = [new Map<object | string, Func>(), new Map<object | string, Func>()] as const;

	constructor(
		readonly isCounting: boolean,
		/** Nodes that may log a capture. */
		readonly captures: (node: Node) => boolean,
		readonly calls: Calls,
		readonly writeNode: WriteNode,
	) {
		this.step = isCounting ? [getGlobal(STEPS), constant(1), "add", setGlobal(STEPS)] : [];
	}

	/** One more global, that is 0 first. */
	global(): number {
		return this.#globals++;
	}

	/** How many globals are the module's own. */
	get ownGlobals(): number {
		return this.#globals - GIVEN.length;
	}

	mayCapture(node: Node, isCapturing: boolean): boolean {
		return isCapturing && this.captures(node);
	}

	/** A function, called from now on and written later: rules may call themselves. */
	func(parameters: number, write: (code: Code) => void): Func {
		const made: Func = { index: this.functions.length, code: new Code(parameters) };
		this.functions.push(made);
		this.#pending.push(() => write(made.code));
		return made;
	}

	/** A function that is made when it is first asked for; that of a node or rule may be of two forms, as it logs captures or not. */
	once(of: Node | Rule | string, isLogging: boolean, make: () => Func): Func {
		const known = this.#once[isLogging ? 1 : 0];
		const made = known.get(of) ?? make();
		known.set(of, made);
		return made;
	}

	/** A function that reads a node. */
	reader(node: Node, isCapturing: boolean): Func {
		return this.func(READER, (c) => {
			this.writeNode(this, c, node, isCapturing, failing);
			c.add(get(P));
		});
	}

	/** Writes all functions that were asked for. */
	finish(): void {
		for (let write = this.#pending.pop(); write !== undefined; write = this.#pending.pop()) write();
	}
}

/** Ends the match in a trap, as there is not enough of something. */
export const lack = (of: (typeof LACKING)[number]): readonly Part[] => [constant(LACKING.indexOf(of) + 1), setGlobal(LACK), "unreachable"];

export const advance = (length: number): readonly Part[] => [get(P), constant(length), "add", set(P)];

/** Calls a function that reads, and moves `P` behind what it has read. */
export function callReader(c: Code, called: readonly Part[], fail: Fail): void {
	c.add(get(P), get(E), ...called, tee(P), constant(0), "lt");
	c.if(() => fail(c));
}

/** Fails when nothing was read since `P` was put into a local. */
export function failUnlessMoved(c: Code, start: number, fail: Fail): void {
	c.add(get(P), get(start), "eq");
	c.if(() => fail(c));
}

/** Gives `use` what cuts the log back to where it is now; nothing when nothing can be logged. */
export function keepLog(c: Code, isKept: boolean, use: (restore: readonly Part[]) => void): void {
	if (!isKept) return use([]);
	c.locals((n) => {
		c.add(getGlobal(N), set(n));
		use([get(n), setGlobal(N)]);
	});
}
