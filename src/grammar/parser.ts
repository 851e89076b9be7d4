/**
 * The engine's face: grammar in, parser out.
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
 * 12. Rules named as switches, which are off in the grammar (`~""`), can be turned on for a parser.
 * 13. Texts are UTF-8, so they have no halves of surrogate pairs: what would match one is refused.
 */
import { LACKING } from "./bytes/draft.js";
import { check } from "./check.js";
import { EXPORTED, generateBytes } from "./generate-bytes.js";
import { generateText } from "./generate-text.js";
import { makeLinear } from "./linear.js";
import { type LowerOptions, lower } from "./lower.js";
import type { Grammars } from "./ohm.js";
import type { Grammar } from "./ohm-js.js";
import { type Global, type Memory, wasm } from "./webassembly.js";

/** Captures of a match: triples of slot, start and end, in the order in which the captured rules ended. */
export interface CaptureLog {
	data: Int32Array;
	/** Integers in use. A match appends, a failed one leaves it as it was. */
	length: number;
}

export const newCaptureLog = (): CaptureLog => ({ data: new Int32Array(192), length: 0 });

/** Matches all of `[start, end)` of a text. Offsets in the log count from 0 of it. */
export type TextMatcher = (input: string, start: number, end: number, log: CaptureLog) => boolean;

/**
 * Matches all of `[start, end)` of the memory, which must be valid UTF-8, and puts captures at `log`. Gives the address behind them,
 * or 0 when it does not match. Throws a RuntimeError of WebAssembly when arena or log are too small for the record. Up to 16 bytes
 * behind the end are loaded, and must exist.
 */
export type BytesMatcher = (start: number, end: number, log: number) => number;

/** What the generated source of the variant for text returns. */
export interface GeneratedText {
	readonly entries: Readonly<Record<string, TextMatcher>>;
	readonly switches: Uint8Array;
	steps(): number;
}

/** A compiled grammar: what the build writes to disk. */
export interface ParserSource {
	readonly captures: readonly string[];
	readonly switches: readonly string[];
	/** A module of WebAssembly, and how many bytes each instance of it needs for itself. */
	readonly bytes: Uint8Array;
	readonly size: number;
	/** The body of a function. */
	readonly text: string;
}

/** Where the variant for bytes works: addresses in a memory. All but the base may change between matches, and the memory may grow. */
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

/** The variant for bytes in one memory. */
export interface Instance {
	/** By start rule. */
	readonly entries: Readonly<Record<string, BytesMatcher>>;
	/** Turns switch rules of this instance on; all others off. */
	setSwitches(on: readonly string[]): void;
	/** What the last trap was for lack of; undefined when there was none since this was asked. */
	lack(): (typeof LACKING)[number] | undefined;
}

export interface CompileOptions extends LowerOptions {
	/** Count steps (see `Parser.steps`). */
	readonly count?: boolean;
}

/** Compiles a grammar. Throws MailtrailError for what cannot be compiled or would not be linear. */
export function compile(grammars: Grammars, grammar: Grammar, options: CompileOptions): ParserSource {
	const lowered = lower(grammars, grammar, options);
	check(lowered);
	const program = makeLinear(lowered);
	const count = options.count ?? false;
	const { wasm: bytes, size } = generateBytes(program, count);
	return { captures: program.captures, switches: program.switches, bytes, size, text: generateText(program, count) };
}

/** What a parser is made of; `bytes` and `text` are asked for when they are first needed. */
export interface ParserParts extends Pick<ParserSource, "captures" | "switches" | "size"> {
	readonly bytes: () => Uint8Array;
	readonly text: () => GeneratedText;
}

export class Parser {
	readonly captures: readonly string[];
	readonly switches: readonly string[];
	/** Bytes that each instance needs for itself. */
	readonly size: number;
	// Made when they are first needed: it takes 50 ms for a large catalog, and most logs are of one format, in ASCII.
	readonly #parts: ParserParts;
	#module: object | undefined;
	readonly #instances: Instance[] = [];
	readonly #steps: Global[] = [];
	#text: GeneratedText | undefined;
	#on: readonly string[] = [];

	constructor(parts: ParserParts) {
		this.captures = parts.captures;
		this.switches = parts.switches;
		this.size = parts.size;
		this.#parts = parts;
	}

	/** The variant for bytes in a memory; its switches are those that were set last for all. */
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
			setSwitches: (on) => this.#set(new Uint8Array(ground.memory.buffer, ground.base, this.switches.length), on),
			lack: () => LACKING[take(lack) - 1],
		};
		made.setSwitches(this.#on);
		this.#instances.push(made);
		if (steps !== undefined) this.#steps.push(steps);
		return made;
	}

	/** A matcher for strings; it matches nothing when the grammar has no such start rule. */
	text(rule: string): TextMatcher {
		this.#text ??= this.#parts.text();
		this.#set(this.#text.switches, this.#on);
		return this.#text.entries[rule] ?? never;
	}

	/** Turns switch rules of all instances on; all others off. */
	setSwitches(on: readonly string[]): void {
		this.#on = on;
		for (const instance of this.#instances) instance.setSwitches(on);
		if (this.#text !== undefined) this.#set(this.#text.switches, on);
	}

	/** Steps since the last call; 0 unless compiled with `count`. */
	steps(): number {
		return this.#steps.reduce((sum, steps) => sum + take(steps), this.#text?.steps() ?? 0);
	}

	#set(switches: Uint8Array, on: readonly string[]): void {
		this.switches.forEach((name, index) => {
			switches[index] = on.includes(name) ? 1 : 0;
		});
	}
}

/** The value of a global, which is 0 from now on. */
function take(global: Global): number {
	const { value } = global;
	global.value = 0;
	return value;
}

const never = (): boolean => false;

/** A parser from source compiled just now. */
export function loadParser(source: ParserSource): Parser {
	return new Parser({
		...source,
		bytes: () => source.bytes,
		// The body is our own output; this is the boundary where it becomes typed.
		text: () => new Function(`"use strict";\n${source.text}`)() as GeneratedText,
	});
}
