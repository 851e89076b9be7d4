/** Reads `.ohm` sources; the only place, with `lower.ts`, that knows ohm-js. */
import * as ohm from "ohm-js";
import { MailtrailError } from "../errors.js";
import type { Origin } from "./ir.js";

export interface GrammarSource {
	/** Name for messages, usually a path. */
	readonly file: string;
	readonly text: string;
}

export interface Grammars {
	readonly namespace: ohm.Namespace;
	/** Text of a grammar source → its file, for positions. */
	readonly files: ReadonlyMap<string, string>;
}

/** Reads sources in order; each may inherit from grammars of those before it. Throws MailtrailError with position. */
export function readGrammars(sources: readonly GrammarSource[], base?: Grammars): Grammars {
	let namespace: ohm.Namespace = base === undefined ? {} : Object.assign({}, base.namespace);
	const files = new Map(base?.files ?? []);
	for (const { file, text } of sources) {
		files.set(text, file);
		try {
			namespace = Object.assign({}, namespace, ohm.grammars(text, namespace));
		} catch (error) {
			throw grammarError(error, file, text);
		}
	}
	return { namespace, files };
}

/** Finds one grammar by name. */
export function grammarNamed(grammars: Grammars, name: string, file: string): ohm.Grammar {
	const grammar = grammars.namespace[name];
	if (grammar !== undefined) return grammar;
	const known = Object.keys(grammars.namespace).join(", ");
	throw new MailtrailError("grammar.unknown", 2, `there is no grammar "${name}"`, `Grammars defined here: ${known}.`, { file });
}

export function originOf(expression: ohm.PExpr, grammars: Grammars): Origin | undefined {
	// `source` is not in ohm's types, but every expression read from text has it.
	const interval = (expression as { source?: ohm.Interval & { sourceString: string } }).source;
	if (interval === undefined) return undefined;
	const before = interval.sourceString.slice(0, interval.startIdx);
	const lineStart = before.lastIndexOf("\n") + 1;
	return {
		file: grammars.files.get(interval.sourceString) ?? "grammar",
		line: before.split("\n").length,
		column: interval.startIdx - lineStart + 1,
		text: interval.sourceString.slice(lineStart).split("\n", 1)[0] ?? "",
	};
}

function grammarError(error: unknown, file: string, text: string): MailtrailError {
	if (!(error instanceof Error)) throw error;
	const interval = (error as { interval?: ohm.Interval }).interval;
	const first = (error as { shortMessage?: string }).shortMessage ?? error.message;
	const reason =
		first.split("\n").filter((line) => line !== "" && !/^\s*>?\s*\d+ \||^\s*\^|^\s+\^|^Errors:|^Line \d+|^- Line/.test(line))[0] ??
		first.split("\n")[0] ??
		"";
	const position = /[Ll]ine (\d+), col (\d+)/.exec(error.message);
	const line = position === null ? undefined : Number(position[1]);
	const column = position === null ? (interval === undefined ? undefined : 1) : Number(position[2]);
	const place = line === undefined || column === undefined ? { file } : { file, line, column };
	return new MailtrailError(
		"grammar.syntax",
		2,
		`the grammar cannot be read: ${reason.replace(/^\s*/, "").replace(/\.$/, "")}`,
		"See https://ohmjs.org/docs/syntax-reference for the syntax of grammars.",
		place,
		line === undefined ? undefined : text.split("\n")[line - 1],
	);
}
