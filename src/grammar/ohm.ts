/** Reads `.ohm` sources. Only files of this folder know ohm-js. */
import type * as ohm from "ohm-js";
import { MailtrailError } from "../errors.js";
import type { Origin } from "./ir.js";
import { grammarError } from "./ohm-errors.js";
import { ohmJs } from "./ohm-js.js";

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
			namespace = Object.assign({}, namespace, ohmJs().grammars(text, namespace));
		} catch (error) {
			throw grammarError(error, file, text, Object.keys(namespace));
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

export function originOf(construct: ohm.PExpr | ohm.Grammar, grammars: Grammars): Origin | undefined {
	// `source` is not in ohm's types, but everything read from text has it.
	const interval = (construct as { source?: ohm.Interval & { sourceString: string } }).source;
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
