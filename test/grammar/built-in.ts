/** The formats that ship, each with its grammar for ohm-js and compiled, and the lines of its corpus. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { readCatalog } from "../../src/format/catalog.js";
import { captureNames, composeGrammar, frameGrammars, startsOf } from "../../src/format/compose.js";
import { type FormatDefinition, FRAME_CAPTURES } from "../../src/format/define.js";
import { readDefinition } from "../../src/format/definition.js";
import { BUILT_IN, FRAMES, formatFolders, frameFolders, SHARED } from "../../src/format/folders.js";
import { FRAME_RULE, ownRule } from "../../src/format/frame.js";
import { readFrame } from "../../src/format/frame-definition.js";
import { type CompileOptions, compile } from "../../src/grammar/compile.js";
import { type Grammars, grammarNamed } from "../../src/grammar/ohm.js";
import type { Grammar } from "../../src/grammar/ohm-js.js";
import { loadParser, type Parser } from "../../src/grammar/parser.js";
import { keptParser } from "../kept.js";
import { keptGrammar } from "./recipes.js";

export interface BuiltIn {
	readonly id: string;
	readonly grammar: Grammar;
	readonly parser: Parser;
	readonly captures: readonly string[];
	/** Rules for whole lines. */
	readonly frames: readonly string[];
	/** Rules for payloads. */
	readonly payloads: readonly string[];
	/** Rule for what `payloads` captured as content; none for the framing. */
	readonly contents: readonly string[];
	readonly definition: FormatDefinition | undefined;
	readonly folder: string;
}

/** Ids of frames begin with `frames/`. */
export const IDS: readonly string[] = [
	...formatFolders(BUILT_IN).map((folder) => basename(folder)),
	...frameFolders(BUILT_IN).map((folder) => `${FRAMES}/${basename(folder)}`),
];

const listed = (rules: string | readonly string[] | undefined): readonly string[] => [rules ?? []].flat();

/** With `count` the parser counts its steps. */
export async function builtIn(id: string, count = false): Promise<BuiltIn> {
	if (id.startsWith(`${FRAMES}/`)) return frame(id, count);
	const folder = join(BUILT_IN, id);
	const definition = await readDefinition(folder);
	const catalog = readCatalog(join(folder, "catalog.json"));
	const grammar = keptGrammar(id, [folder, SHARED], () => {
		const composed = composeGrammar(definition, folder, catalog);
		return grammarNamed(composed.grammars, composed.name, id);
	});
	const templates = Object.keys(grammar.rules).filter((rule) => /^message_t\d+$/.test(rule)).length;
	const captures = captureNames(definition, catalog, templates);
	const options = { starts: startsOf(definition), captures, switches: definition.profile?.switches ?? [], count };
	return {
		id,
		grammar,
		parser: parserOf(id, folder, grammar, options),
		captures,
		frames: (definition.frames ?? []).map(ownRule),
		payloads: [...new Set([definition.record ?? "record", ...[definition.bare, definition.unfinished, definition.reread].flatMap(listed)])],
		contents: ["message"],
		definition,
		folder,
	};
}

/** Grammars from the cache have no places. */
const NO_SOURCES: Grammars = { namespace: {}, files: new Map() };

function parserOf(id: string, folder: string, grammar: Grammar, options: CompileOptions): Parser {
	const name = `${id}-${options.count === true ? "counting" : "bare"}`;
	return loadParser(keptParser(name, [folder, SHARED, "test/grammar/built-in.ts"], () => compile(NO_SOURCES, grammar, options)));
}

async function frame(id: string, count: boolean): Promise<BuiltIn> {
	const folder = join(BUILT_IN, id);
	const definition = await readFrame(folder);
	const name = id.replace("/", "-");
	const grammar = keptGrammar(name, [folder, SHARED], () => grammarNamed(frameGrammars(definition, folder), definition.grammar, id));
	return {
		id,
		grammar,
		parser: parserOf(name, folder, grammar, { starts: [FRAME_RULE], captures: FRAME_CAPTURES, count }),
		captures: FRAME_CAPTURES,
		frames: [FRAME_RULE],
		payloads: [],
		contents: [],
		definition: undefined,
		folder,
	};
}

const text = (line: Buffer): string => {
	const decoded = line.toString("utf8");
	return decoded.includes("\ufffd") ? line.toString("latin1") : decoded;
};

/** The frame of most logs. */
export const SYSLOG: string = `${FRAMES}/syslog`;

/** Lines of real logs and of the small cases beside them; of all formats for the frame of syslog. */
export function corpusLines(id: string): readonly string[] {
	const folders = id === SYSLOG ? readdirSync("corpus").map((name) => join("corpus", name)) : [join("corpus", id)];
	const files = folders
		.filter((folder) => existsSync(folder))
		.flatMap((folder) => readdirSync(folder, { recursive: true, encoding: "utf8" }).map((name) => join(folder, name)))
		.filter((file) => /\.(?:log|txt)$/.test(file))
		.sort();
	const lines = files.flatMap((file) => text(readFileSync(file)).split(/\r?\n/));
	return [...new Set(lines)].filter((line) => line !== "" && line.length < 2000);
}

/** Beginnings of real lines and payloads, some of them cut in the middle, for hostile text to stand behind. */
export function payloadHeads(id: string, count: number): readonly string[] {
	const lines = corpusLines(id);
	const every = Math.max(1, Math.floor(lines.length / count));
	const behind = (line: string): string => /^[^{#]*?(?:\]|\w): (.*)$/.exec(line)?.[1] ?? line;
	const picked = lines.filter((_, i) => i % every === 0).slice(0, count);
	const cuts = (text: string, i: number): readonly string[] => [text, text.slice(0, [12, 24, 48][i % 3])];
	return ["", ...new Set(picked.flatMap((line, i) => [...cuts(line, i + 1), ...cuts(behind(line), i)]))];
}

/** What templates of the catalog begin with, up to their first placeholders. */
export function contentHeads({ definition, folder }: BuiltIn, count: number): readonly string[] {
	if (definition === undefined) return [];
	const catalog = readCatalog(join(folder, "catalog.json"));
	const heads = catalog.entries.flatMap(({ code, uncoded, template }) => {
		const prefix = uncoded === true ? "" : (definition.prefix ?? "").replace("{code}", code);
		return template === undefined ? [] : [`${prefix}${template.split("{")[0]}`];
	});
	const every = Math.max(1, Math.floor(heads.length / count));
	return ["", ...new Set(heads.filter((_, i) => i % every === 0))];
}
