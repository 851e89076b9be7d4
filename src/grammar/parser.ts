/**
 * The engine's face: a compiled grammar as a parser in a memory. `compile.ts` makes them of grammars; whoever only reads has no need of it.
 *
 * A compiled parser accepts what ohm-js accepts, and captures what its semantics would see, but for these deliberate
 * differences. Each has its tests, under its number, in test/grammar/differences.test.ts.
 *
 *  1. Captures inside & are dropped: they are no part of what was read. (Inside ~ there are none in ohm-js either.)
 *  2. Captures are logged in the order in which their rules end, nested ones before what holds them; ohm-js groups those
 *     of a repetition by column.
 *  3. A rule `name__anything` is captured as `name`.
 *  4. An optional part that reads nothing is fine; ohm-js throws when it meets one.
 *  5. Rules that begin with themselves (left recursion) are refused.
 *  6. Loops over what may be empty are refused when the grammar is compiled, also those that ohm-js finds only when it
 *     meets such an input.
 *  7. Captures in a loop that may be tried again over the same text are refused.
 *  8. Captures in rules that call themselves are refused.
 *  9. Rules that pass ever longer arguments to themselves are refused.
 * 10. Expressions that plug-ins add to Ohm (indentation) are refused.
 * 11. Where rules that call themselves are more than DEEPEST calls deep, nothing matches; ohm-js overflows the stack.
 * 12. Rules named as switches, which are off in the grammar (`~""`), can be turned on in each instance of a parser.
 * 13. Texts are UTF-8, so they have no halves of surrogate pairs: what would match one is refused.
 */
import { type Global, type Memory, wasm } from "./webassembly.js";

/**
 * Matches all of `[start, end)` of the memory, which must be valid UTF-8, and puts captures at `log`. Gives the address behind them,
 * or 0 when it does not match. Throws a RuntimeError of WebAssembly when arena or log are too small for the record. Up to 16 bytes
 * behind the end are loaded, and must exist.
 */
export type BytesMatcher = (start: number, end: number, log: number) => number;

/** A compiled grammar: what the build writes to disk. */
export interface ParserSource {
	readonly captures: readonly string[];
	readonly switches: readonly string[];
	/** A module of WebAssembly, and how many bytes each instance of it needs for itself. */
	readonly bytes: Uint8Array;
	readonly size: number;
}

/** Names of globals that the module exports; no rule has such a name. */
export const EXPORTED = { lack: ".lack", steps: ".steps" } as const;

/** What a match can run out of: the global `lack` is its place here, from 1, or 0. */
export const LACKING = ["log", "arena"] as const;

/** Where a parser works: addresses in a memory. All but the base may change between matches, and the memory may grow. */
export interface Ground {
	readonly memory: Memory;
	/** Where the instance keeps `Parser.size` bytes of its own, as long as it is used. */
	readonly base: number;
	/** Where it remembers what it has read, during a match. */
	readonly arena: Global;
	readonly arena_end: Global;
	/** Captures may be put up to here; the last one may end 11 bytes behind it. */
	readonly log_end: Global;
}

/** A parser in one memory. */
export interface Instance {
	/** By start rule. */
	readonly entries: Readonly<Record<string, BytesMatcher>>;
	/** Turns switch rules of this instance on; all others off. */
	setSwitches(on: readonly string[]): void;
	/** What the last trap was for lack of; undefined when there was none since this was asked. */
	lack(): (typeof LACKING)[number] | undefined;
}

/** What is known of a parser without its code. */
export type ParserNames = Pick<ParserSource, "captures" | "switches" | "size">;

/** What a parser is made of, each part asked for when it is first needed: most logs are of one format or two. */
export interface ParserParts {
	readonly names: () => ParserNames;
	readonly bytes: () => Uint8Array;
}

export class Parser {
	readonly #parts: ParserParts;
	#names: ParserNames | undefined;
	#module: object | undefined;
	readonly #steps: Global[] = [];

	constructor(parts: ParserParts) {
		this.#parts = parts;
	}

	get #known(): ParserNames {
		this.#names ??= this.#parts.names();
		return this.#names;
	}

	get captures(): readonly string[] {
		return this.#known.captures;
	}

	get switches(): readonly string[] {
		return this.#known.switches;
	}

	/** Bytes that each instance needs for itself. */
	get size(): number {
		return this.#known.size;
	}

	/** The parser in a memory; all its switches are off. */
	instance(ground: Ground): Instance {
		this.#module ??= new wasm.Module(this.#parts.bytes());
		// Our own generator has written what it exports.
		const exports = new wasm.Instance(this.#module, { env: ground }).exports as Record<string, BytesMatcher> & {
			readonly [EXPORTED.lack]: Global;
			readonly [EXPORTED.steps]?: Global;
		};
		const { [EXPORTED.lack]: lack, [EXPORTED.steps]: steps } = exports;
		const made: Instance = {
			entries: exports,
			setSwitches: (on) => {
				const switches = new Uint8Array(ground.memory.buffer, ground.base, this.switches.length);
				this.switches.forEach((name, index) => {
					switches[index] = on.includes(name) ? 1 : 0;
				});
			},
			lack: () => LACKING[take(lack) - 1],
		};
		made.setSwitches([]);
		if (steps !== undefined) this.#steps.push(steps);
		return made;
	}

	/** Steps since the last call; 0 unless compiled with `count`. */
	steps(): number {
		return this.#steps.reduce((sum, steps) => sum + take(steps), 0);
	}
}

/** The value of a global, which is 0 from now on. */
function take(global: Global): number {
	const { value } = global;
	global.value = 0;
	return value;
}

/** A parser from source compiled just now. */
export const loadParser = (source: ParserSource): Parser => new Parser({ names: () => source, bytes: () => source.bytes });
