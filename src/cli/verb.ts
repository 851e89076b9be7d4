import { MailtrailError } from "../errors.js";
import type { Terminal } from "./terminal.js";

/** 0 clean, 1 findings, 2 usage, 3 input or output failed. */
export type ExitCode = 0 | 1 | 2 | 3;

/** A positional argument; all of them reach `run` in `args`, in order. */
export interface Argument {
	/** As help shows it: `FILE`. */
	readonly name: string;
	readonly title: string;
	readonly isRequired?: boolean;
	/** May be repeated; only the last argument. */
	readonly isRepeated?: boolean;
}

/** An option whose values, as typed by the user, become a `T`. */
export interface Option<T> {
	/** As commander reads it: `-f, --format <id>`. */
	readonly flags: string;
	readonly title: string;
	/** What holds when it is not given, for help. */
	readonly fallback?: string;
	/** Every value given, in order; a switch that is given has one empty value. Throws a usage error. */
	readonly read: (values: readonly string[]) => T;
}

export type Options = Readonly<Record<string, Option<unknown>>>;
export type Values<O extends Options> = { readonly [K in keyof O]: O[K] extends Option<infer T> ? T : never };

/** What a verb is called with: its options by key, as values. */
export interface Call<V> {
	readonly args: readonly string[];
	readonly options: V;
	readonly terminal: Terminal;
}

export interface Example {
	readonly command: string;
	readonly title: string;
}

interface Named {
	readonly name: string;
	/** One line for the list of verbs. */
	readonly summary: string;
	/** More, for the verb's own help. */
	readonly details?: string;
}

export interface VerbDefinition<O extends Options> extends Named {
	readonly args: readonly Argument[];
	readonly options: O;
	readonly examples: readonly Example[];
	/**
	 * Imports what it needs when it is called: `run-NAME.ts` beside the verb. The verb itself imports types and what options are made of,
	 * so that help, and the choice of a verb, load no engine. `test/cli/loaded.test.ts` holds that.
	 */
	readonly run: (call: Call<Values<O>>) => Promise<ExitCode>;
}

/** A verb as the command line sees it: the values of its options are still text. */
export interface Verb extends Named {
	readonly args: readonly Argument[];
	readonly options: Options;
	readonly examples: readonly Example[];
	readonly run: (args: readonly string[], given: Given, terminal: Terminal) => Promise<ExitCode>;
}

/** A verb that only has verbs below it: `mailtrail formats list`. */
export interface VerbGroup extends Named {
	readonly verbs: readonly Verb[];
}

/** Values as typed, by key of the option. */
export type Given = (key: string) => readonly string[];

/** Declares a verb; the types of `options` follow from their declarations. */
export function defineVerb<const O extends Options>(definition: VerbDefinition<O>): Verb {
	const { run, ...data } = definition;
	return { ...data, run: (args, given, terminal) => run({ args, options: readOptions(definition.options, given), terminal }) };
}

function readOptions<O extends Options>(options: O, given: Given): Values<O> {
	const values = Object.entries(options).map(([key, option]) => [key, option.read(given(key))]);
	// The command line is where data enters; each value was made by the option that gives its type.
	return Object.fromEntries(values) as Values<O>;
}

/** A switch: given or not. */
export const flag = (flags: string, title: string): Option<boolean> => ({ flags, title, read: (values) => values.length > 0 });

/** Text as typed; the last one when repeated. */
export const text = (flags: string, title: string): Option<string | undefined> => ({ flags, title, read: (values) => values.at(-1) });

/** Text that may be given several times. */
export const texts = (flags: string, title: string): Option<readonly string[]> => ({ flags, title, read: (values) => values });

/** Text that `parse` turns into a value; `parse` gives undefined for what it cannot read, `expected` then says what it can. */
export const parsed = <T extends object | string | number>(
	flags: string,
	title: string,
	expected: string,
	parse: (value: string) => T | undefined,
): Option<T | undefined> => ({
	flags,
	title,
	read: (values) => {
		const value = values.at(-1);
		if (value === undefined) return undefined;
		const result = parse(value);
		if (result === undefined) throw badValue(flags, value, expected);
		return result;
	},
});

/** The same, with a value for when it is not given; `fallback` is read like a typed one. */
export const parsedOr = <T extends object | string | number>(
	flags: string,
	title: string,
	expected: string,
	parse: (value: string) => T | undefined,
	fallback: string,
): Option<T> => ({
	flags,
	title,
	fallback,
	read: (values) => {
		const value = values.at(-1) ?? fallback;
		const result = parse(value);
		if (result === undefined) throw badValue(flags, value, expected);
		return result;
	},
});

/** One of a few words. */
export const choice = <const T extends string>(flags: string, title: string, words: readonly T[], fallback: NoInfer<T>): Option<T> =>
	parsedOr(flags, `${title}: ${words.join(", ")}`, `one of ${words.join(", ")}`, (value) => words.find((word) => word === value), fallback);

/** @param expected what can be written instead: `a size like 64k` */
export function badValue(flags: string, value: string, expected: string): MailtrailError {
	const option = flags.split(/[ ,]+/).find((part) => part.startsWith("--")) ?? flags;
	return usageError(`'${value}' is no value for ${option}`, `Write ${expected}.`);
}

/** The command line cannot be obeyed: exit code 2. */
export const usageError = (what: string, mend: string): MailtrailError => new MailtrailError("usage", 2, what, mend);
