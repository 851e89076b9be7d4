/** Grammar and catalog of a format → one grammar, and its parser. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { MailtrailError } from "../errors.js";
import { compile } from "../grammar/compile.js";
import type { LowerOptions } from "../grammar/lower.js";
import { type GrammarSource, type Grammars, grammarNamed, readGrammars } from "../grammar/ohm.js";
import type { ParserSource } from "../grammar/parser.js";
import { composeTemplates, type Template, TemplateError } from "../grammar/templates.js";
import { type Catalog, type Entry, formsOf } from "./catalog.js";
import { type FormatDefinition, FRAME_CAPTURES } from "./define.js";
import { definitionFile, SHARED } from "./folders.js";
import { FRAMING } from "./format.js";
import { placeAt, placeInJson } from "./json-place.js";

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
	requireStarts(definition, folder, grammar.rules);
	const templates: { entry: Entry; variant: number }[] = [];
	const texts: Template[] = [];
	for (const [i, entry] of catalog.entries.entries()) {
		const prefix = entry.uncoded === true ? "" : (definition.prefix ?? "").replace("{code}", entry.code);
		const own = formsOf(entry).length - (entry.variants ?? []).length;
		formsOf(entry).forEach((form, variant) => {
			templates.push({ entry, variant });
			const place = `/entries/${i}${variant < own ? "" : `/variants/${variant - own}`}/${form.rule === undefined ? "template" : "rule"}`;
			texts.push({ prefix, template: form.template ?? "", rule: form.rule, where: place });
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
		const failed = templates[texts.findIndex(({ where }) => where === error.where)];
		const where = join(folder, "catalog.json");
		throw new MailtrailError(
			"catalog.template",
			2,
			`the template of "${failed?.entry.code}" cannot be used: ${error.message}`,
			"Correct the template, or declare the field.",
			placeInJson(where, readFileSync(where, "utf8"), error.where),
		);
	}
}

/** Throws MailtrailError for a rule that the definition names and the grammar does not have. */
function requireStarts(definition: FormatDefinition, folder: string, rules: Readonly<Record<string, unknown>>): void {
	const missing = startsOf(definition).find((rule) => rule !== "message" && !(rule in rules));
	const file = definitionFile(folder);
	if (missing === undefined || file === undefined) return;
	const text = readFileSync(file, "utf8");
	const at = text.search(new RegExp(`["'\`]${missing}["'\`]`));
	throw new MailtrailError(
		"format.rule",
		2,
		`grammar ${definition.grammar} has no rule "${missing}", with which the format reads records`,
		"Define the rule, or correct the name; without a name for the rule of records it is `record`.",
		at < 0 ? { file } : placeAt(file, text, at),
	);
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
export const startsOf = (definition: FormatDefinition): string[] => [
	...new Set([
		"message",
		definition.record ?? "record",
		...(definition.frames ?? []),
		...[definition.bare ?? [], definition.weakFrame ?? [], definition.unfinished ?? [], definition.reread ?? []].flat(),
	]),
];

export function compileFormat(definition: FormatDefinition, catalog: Catalog, composed: ComposedGrammar, count = false): ParserSource {
	const grammar = grammarNamed(composed.grammars, composed.name, definition.id);
	return compile(composed.grammars, grammar, { ...lowerOptions(definition, catalog, composed), count });
}

/** What the parser of a format is started with, captures and switches. */
export const lowerOptions = (definition: FormatDefinition, catalog: Catalog, composed: ComposedGrammar): LowerOptions => ({
	starts: startsOf(definition),
	captures: captureNames(definition, catalog, composed.templates.length),
	switches: definition.profile?.switches ?? [],
});

export function compileFraming(count = false): ParserSource {
	const grammars = sharedGrammars();
	return compile(grammars, grammarNamed(grammars, FRAMING.grammar, SHARED), { starts: [FRAMING.start], captures: FRAME_CAPTURES, count });
}
