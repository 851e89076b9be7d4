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
 * 13. The variant for bytes is for ASCII only: who calls it sees to that.
 */
import type * as ohm from "ohm-js";
import { check } from "./check.js";
import { generate } from "./generate.js";
import { makeLinear } from "./linear.js";
import { type LowerOptions, lower } from "./lower.js";
import type { Grammars } from "./ohm.js";

/** Captures of a match: triples of slot, start and end, in the order in which the captured rules ended. */
export interface CaptureLog {
	data: Int32Array;
	/** Integers in use. A match appends, a failed one leaves it as it was. */
	length: number;
}

export const newCaptureLog = (): CaptureLog => ({ data: new Int32Array(192), length: 0 });

/** Matches all of `[start, end)`. Bytes must be ASCII there. Offsets in the log count from 0 of the input. */
export type Matcher<Input> = (input: Input, start: number, end: number, log: CaptureLog) => boolean;

/** What the generated source of a variant returns. */
export interface Generated<Input> {
	readonly entries: Readonly<Record<string, Matcher<Input>>>;
	readonly switches: Uint8Array;
	steps(): number;
}

/** Generated JavaScript of a grammar: what the build writes to disk. */
export interface ParserSource {
	readonly captures: readonly string[];
	readonly switches: readonly string[];
	/** Function bodies. */
	readonly bytes: string;
	readonly text: string;
}

export interface CompileOptions extends LowerOptions {
	/** Count steps (see `Parser.steps`). */
	readonly count?: boolean;
}

/** Compiles a grammar. Throws MailtrailError for what cannot be compiled or would not be linear. */
export function compile(grammars: Grammars, grammar: ohm.Grammar, options: CompileOptions): ParserSource {
	const program = lower(grammars, grammar, options);
	check(program);
	makeLinear(program);
	const count = options.count ?? false;
	return {
		captures: program.captures,
		switches: program.switches,
		bytes: generate(program, { variant: "bytes", count }),
		text: generate(program, { variant: "text", count }),
	};
}

/** Makes one variant of a parser from its source. */
export type Make<Input> = () => Generated<Input>;

export class Parser {
	readonly captures: readonly string[];
	readonly switches: readonly string[];
	// Made when they are first needed: it takes 50 ms for a large catalog, and most logs are of one format, in ASCII.
	readonly #makeBytes: Make<Uint8Array>;
	readonly #makeText: Make<string>;
	#madeBytes: Generated<Uint8Array> | undefined;
	#madeText: Generated<string> | undefined;
	#on: readonly string[] = [];

	constructor(source: Pick<ParserSource, "captures" | "switches">, bytes: Make<Uint8Array>, text: Make<string>) {
		this.captures = source.captures;
		this.switches = source.switches;
		this.#makeBytes = bytes;
		this.#makeText = text;
	}

	/** A matcher for ASCII bytes; it matches nothing when the grammar has no such start rule. */
	bytes(rule: string): Matcher<Uint8Array> {
		this.#madeBytes ??= this.#switched(this.#makeBytes());
		return this.#madeBytes.entries[rule] ?? never;
	}

	/** A matcher for strings. */
	text(rule: string): Matcher<string> {
		this.#madeText ??= this.#switched(this.#makeText());
		return this.#madeText.entries[rule] ?? never;
	}

	/** Turns switch rules on; all others off. */
	setSwitches(on: readonly string[]): void {
		this.#on = on;
		if (this.#madeBytes !== undefined) this.#switched(this.#madeBytes);
		if (this.#madeText !== undefined) this.#switched(this.#madeText);
	}

	/** Steps since the last call; 0 unless compiled with `count`. */
	steps(): number {
		return (this.#madeBytes?.steps() ?? 0) + (this.#madeText?.steps() ?? 0);
	}

	#switched<Input>(made: Generated<Input>): Generated<Input> {
		this.switches.forEach((name, index) => {
			made.switches[index] = this.#on.includes(name) ? 1 : 0;
		});
		return made;
	}
}

const never = (): boolean => false;

/** A parser from source compiled just now. */
export function loadParser(source: ParserSource): Parser {
	const make =
		<Input>(body: string) =>
		(): Generated<Input> =>
			// The body is our own output; this is the boundary where it becomes typed.
			new Function(`"use strict";\n${body}`)() as Generated<Input>;
	return new Parser(source, make(source.bytes), make(source.text));
}
