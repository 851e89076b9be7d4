/** Reads `.ohm` sources. */
import { MailtrailError } from "../errors.js";
import type { Origin } from "./ir.js";
import { grammarError } from "./ohm-errors.js";
import { type Expression, type Grammar, type Namespace, ohmJs, stretchOf } from "./ohm-js.js";

export interface GrammarSource {
	/** Name for messages, usually a path. */
	readonly file: string;
	readonly text: string;
}

export interface Grammars {
	readonly namespace: Namespace;
	/** Text of a grammar source → its file, for positions. */
	readonly files: ReadonlyMap<string, string>;
}

/** Reads sources in order; each may inherit from grammars of those before it. Throws MailtrailError with position. */
export function readGrammars(sources: readonly GrammarSource[], base?: Grammars): Grammars {
	let namespace: Namespace = base === undefined ? {} : Object.assign({}, base.namespace);
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
export function grammarNamed(grammars: Grammars, name: string, file: string): Grammar {
	const grammar = grammars.namespace[name];
	if (grammar !== undefined) return grammar;
	const known = Object.keys(grammars.namespace).join(", ");
	throw new MailtrailError("grammar.unknown", 2, `there is no grammar "${name}"`, `Grammars defined here: ${known}.`, { file });
}

/** Undefined for what was not read but made. */
export function originOf(construct: Expression | Grammar, grammars: Grammars): Origin | undefined {
	const stretch = stretchOf(construct);
	if (stretch === undefined) return undefined;
	const { text, offset } = stretch;
	const starts = lineStarts(text, grammars);
	const line = starts.findLastIndex((start) => start <= offset);
	const lineStart = starts[line] ?? 0;
	return {
		file: grammars.files.get(text) ?? "grammar",
		line: line + 1,
		column: offset - lineStart + 1,
		text: text.slice(lineStart, (starts[line + 1] ?? text.length + 1) - 1),
	};
}

/** Each rule asks where it stands, but hardly any is told. */
const startsOf = new WeakMap<Grammars, Map<string, readonly number[]>>();

/** Where the lines of a source begin. */
function lineStarts(text: string, grammars: Grammars): readonly number[] {
	const known = startsOf.get(grammars) ?? new Map<string, readonly number[]>();
	startsOf.set(grammars, known);
	const starts = known.get(text) ?? [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
	known.set(text, starts);
	return starts;
}
