/** Format folders → formats that can read records. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compileFunction } from "node:vm";
import { MailtrailError } from "../errors.js";
import { type GrammarSource, type Grammars, grammarNamed, readGrammars } from "../grammar/ohm.js";
import { compile, type GeneratedText, loadParser, Parser, type ParserSource } from "../grammar/parser.js";
import { composeTemplates, type Template, TemplateError } from "../grammar/templates.js";
import { type Catalog, type Entry, formsOf, readCatalog } from "./catalog.js";
import { type FormatDefinition, FRAME_CAPTURES } from "./define.js";
import { Format } from "./format.js";

/** Folder of the formats that ship with the package. */
export const BUILT_IN: string = fileURLToPath(new URL("../../grammars/", import.meta.url));

/** Grammar of the framings that all formats share, and its start rule. */
export const FRAMING = { grammar: "Framing", start: "frame" } as const;

const SHARED = join(BUILT_IN, "shared");

/** A format's grammar, read and composed with its catalog, ready to compile. */
export interface ComposedGrammar {
	readonly grammars: Grammars;
	/** Name of the grammar that holds everything. */
	readonly name: string;
	/** Entry of the catalog for each case label `message_t<i>`. */
	readonly templates: readonly { readonly entry: Entry; readonly variant: number }[];
}

const source = (file: string): GrammarSource => ({ file, text: readFileSync(file, "utf8") });

let shared: Grammars | undefined;

/** The lexical rules and framings of `grammars/shared`. */
export function sharedGrammars(): Grammars {
	shared ??= readGrammars([source(join(SHARED, "shared.ohm")), source(join(SHARED, "framing.ohm"))]);
	return shared;
}

/** Reads the grammar of a format and adds the templates of its catalog as rule `message`. */
export function composeGrammar(definition: FormatDefinition, folder: string, catalog: Catalog): ComposedGrammar {
	const file = join(folder, `${definition.id}.ohm`);
	if (!existsSync(file))
		throw new MailtrailError(
			"format.grammar",
			2,
			`the format "${definition.id}" has no grammar`,
			`Write ${definition.id}.ohm beside its format file.`,
			{ file },
		);
	const own = readGrammars([source(file)], sharedGrammars());
	const grammar = grammarNamed(own, definition.grammar, file);
	const templates: { entry: Entry; variant: number }[] = [];
	const texts: Template[] = [];
	for (const entry of catalog.entries) {
		const prefix = entry.uncoded === true ? "" : (definition.prefix ?? "").replace("{code}", entry.code);
		formsOf(entry).forEach((form, variant) => {
			templates.push({ entry, variant });
			texts.push({ prefix, template: form.template ?? "", rule: form.rule, where: entry.code });
		});
	}
	try {
		const text = composeTemplates(definition.grammar, texts, {
			hasRule: (name) => grammar.rules[name]?.formals.length === 0,
			fieldType: (name) => catalog.fields[name]?.type ?? (name in definition.captures ? "text" : undefined),
		});
		return { grammars: readGrammars([{ file: `${file} with catalog.json`, text }], own), name: `${definition.grammar}Catalog`, templates };
	} catch (error) {
		if (!(error instanceof TemplateError)) throw error;
		throw new MailtrailError(
			"catalog.template",
			2,
			`the template of "${error.where}" cannot be used: ${error.message}`,
			"Correct the template, or declare the field.",
			{ file: join(folder, "catalog.json") },
		);
	}
}

/** Names of captures, in the order of their slots. Frame captures come first, so that all parsers share their slots. */
export function captureNames(definition: FormatDefinition, catalog: Catalog, templates: number): string[] {
	const named = [
		...FRAME_CAPTURES,
		...Object.keys(definition.captures),
		...Object.keys(catalog.fields),
		...Object.keys(definition.expand ?? {}),
		"remainder",
	];
	return [...new Set(named), ...Array.from({ length: templates }, (_, i) => `message_t${i}`)];
}

/** Rules that a format's parser starts with. */
const startsOf = (definition: FormatDefinition): string[] => [
	...new Set([
		"message",
		definition.record ?? "record",
		...(definition.frames ?? []),
		...[definition.bare ?? [], definition.unfinished ?? [], definition.reread ?? []].flat(),
	]),
];

export function compileFormat(definition: FormatDefinition, catalog: Catalog, composed: ComposedGrammar, count = false): ParserSource {
	const grammar = grammarNamed(composed.grammars, composed.name, definition.id);
	return compile(composed.grammars, grammar, {
		starts: startsOf(definition),
		captures: captureNames(definition, catalog, composed.templates.length),
		switches: definition.profile?.switches ?? [],
		count,
	});
}

export function compileFraming(count = false): ParserSource {
	const grammars = sharedGrammars();
	return compile(grammars, grammarNamed(grammars, FRAMING.grammar, SHARED), { starts: [FRAMING.start], captures: FRAME_CAPTURES, count });
}

/** Names of what the build writes into a folder: both variants, and what is known of the parser without them. */
export const BUILT = { bytes: "parser.wasm", text: "parser-text.js", names: "parser.json" } as const;

/** Loads the parser that the build wrote into a folder. Its code is read when it is needed. */
function builtParser(folder: string): Parser | undefined {
	const names = join(folder, BUILT.names);
	if (!existsSync(names)) return undefined;
	const text = join(folder, BUILT.text);
	return new Parser({
		...(JSON.parse(readFileSync(names, "utf8")) as Pick<ParserSource, "captures" | "switches" | "size">),
		bytes: () => readFileSync(join(folder, BUILT.bytes)),
		// Unlike `new Function`, this reads the source only once. Written by build.ts: this is where it becomes typed.
		text: () => compileFunction(readFileSync(text, "utf8"), [], { filename: text })() as GeneratedText,
	});
}

export async function loadFraming(): Promise<Parser> {
	return builtParser(SHARED) ?? loadParser(compileFraming());
}

export async function readDefinition(folder: string): Promise<FormatDefinition> {
	const file = ["format.js", "format.mjs", "format.ts"].map((name) => join(folder, name)).find((path) => existsSync(path));
	if (file === undefined)
		throw new MailtrailError(
			"format.missing",
			2,
			"this folder holds no format",
			"A format folder has format.js (or format.ts when built), a grammar and a catalog.",
			{ file: folder },
		);
	let loaded: { default?: FormatDefinition };
	try {
		loaded = (await import(pathToFileURL(file).href)) as { default?: FormatDefinition };
	} catch (error) {
		throw new MailtrailError(
			"format.broken",
			2,
			`the format file cannot be loaded: ${error instanceof Error ? error.message : String(error)}`,
			"Run it with node to see the whole error.",
			{ file },
		);
	}
	const definition = loaded.default;
	if (definition?.id === undefined || definition.grammar === undefined || definition.captures === undefined)
		throw new MailtrailError(
			"format.definition",
			2,
			"the format file has no `export default defineFormat({ id, title, grammar, captures, … })`",
			"See CONTRIBUTING.md.",
			{ file },
		);
	if (definition.id !== basename(folder))
		throw new MailtrailError(
			"format.id",
			2,
			`the format calls itself "${definition.id}", its folder "${basename(folder)}"`,
			"Give both the same name.",
			{ file },
		);
	return definition;
}

/** Loads one format folder: the built parser when there is one, else compiled now. */
export async function loadFormat(folder: string): Promise<Format> {
	const definition = await readDefinition(folder);
	const built = builtParser(folder);
	const catalog = readCatalog(join(folder, "catalog.json"), built !== undefined);
	if (built !== undefined) return new Format(definition, catalog, built, folder);
	return new Format(
		definition,
		catalog,
		loadParser(compileFormat(definition, catalog, composeGrammar(definition, folder, catalog))),
		folder,
	);
}

/** Ids of the formats in a folder of formats. */
export function formatFolders(root: string): string[] {
	return readdirSync(root, { withFileTypes: true })
		.filter((entry) => entry.isDirectory() && existsSync(join(root, entry.name, `${entry.name}.ohm`)) && entry.name !== "shared")
		.map((entry) => join(root, entry.name))
		.sort();
}

/** All formats: those that ship, then those of the user's folders. */
export async function loadFormats(folders: readonly string[] = []): Promise<Format[]> {
	const formats: Format[] = [];
	for (const folder of [BUILT_IN, ...folders].flatMap(formatFolders)) {
		const format = await loadFormat(folder);
		if (formats.some((other) => other.id === format.id))
			throw new MailtrailError("format.twice", 2, `there are two formats "${format.id}"`, "Rename one of them.", { file: folder });
		formats.push(format);
	}
	return formats;
}
