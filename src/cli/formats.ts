import { safeJson } from "../escapes.js";
import {
	CATALOG_LANGUAGE,
	describeFormat,
	type FormatDescription,
	overviewOf,
	readVocabularies,
	Translator,
	type Vocabulary,
} from "../index.js";
import { check } from "./formats-check.js";
import { coverage } from "./formats-coverage.js";
import { formatsDirs } from "./formats-dirs.js";
import { create } from "./formats-new.js";
import { test } from "./formats-test.js";
import { aligned, paragraph, type Row, sheet, widthOf } from "./layout.js";
import { sentences } from "./meaning.js";
import { grouped } from "./numbers.js";
import { printable } from "./printable.js";
import { type Colours, coloursFor } from "./terminal.js";
import { defineVerb, flag, type Option, parsedOr, usageError, type Verb, type VerbGroup } from "./verb.js";

/** `--lang ja`; no path can be typed here, the value becomes part of a file name. */
export const language: Option<string> = parsedOr(
	"--lang <language>",
	"language of titles and explanations: en, ja",
	"a language such as en or ja",
	(value) => (/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(value) ? value : undefined),
	CATALOG_LANGUAGE,
);

/** `ja` → `Japanese`, the same on every machine. */
export const languageName = (code: string): string => new Intl.DisplayNames(["en"], { type: "language" }).of(code) ?? code;

/** A line for each format that has no, or not all, words in the language of the translator. */
export const languageNotes = (vocabularies: readonly Vocabulary[], translator: Translator): string =>
	vocabularies
		.map((vocabulary) => {
			const name = languageName(translator.language);
			const what = translator.knows(vocabulary)
				? `not everything of ${vocabulary.id} has words in ${name}`
				: `${vocabulary.id} has no ${name} catalog`;
			return `mailtrail: ${printable(what)}; what has none is in English\n`;
		})
		.join("");

/** Finds a format by id. */
export function vocabularyById(vocabularies: readonly Vocabulary[], id: string): Vocabulary {
	const found = vocabularies.find((vocabulary) => vocabulary.id === id);
	if (found === undefined) throw usageError(`there is no format '${id}'`, `Formats: ${vocabularies.map((one) => one.id).join(", ")}.`);
	return found;
}

const list: Verb = defineVerb({
	name: "list",
	summary: "the formats, how many messages each knows and explains",
	args: [],
	options: { formatsDirs, isJson: flag("--json", "as JSON") },
	examples: [
		{ command: "mailtrail formats list", title: "a table" },
		{ command: "mailtrail formats list --json | jq -r '.[].id'", title: "the ids" },
	],
	async run({ options, terminal }) {
		const overviews = (await readVocabularies(options.formatsDirs)).map(overviewOf);
		if (options.isJson) {
			await terminal.stdout.write(`${safeJson(overviews, "\t")}\n`);
			return 0;
		}
		const { bold } = coloursFor(terminal.stdout);
		const [head = "", ...rows] = aligned(
			[
				["ID", "MESSAGES", "EXPLAINED", "LANGUAGES", "PROGRAMS", "TITLE"],
				...overviews.map(({ id, messages, explained, languages, programs, title }) => [
					id,
					grouped(messages),
					grouped(explained),
					languages.join(" "),
					programs.length === 0 ? "-" : some(programs),
					title,
				]),
			].map((row) => row.map(printable)),
			[false, true, true],
		);
		await terminal.stdout.write(`${[bold(head), ...rows].join("\n")}\n`);
		return 0;
	},
});

/** The first names of many; `--json` has them all. */
const some = (names: readonly string[]): string => (names.length > 3 ? [...names.slice(0, 3), "…"] : names).join(" ");

const show: Verb = defineVerb({
	name: "show",
	summary: "all messages, fields, words and options of a format",
	details: "The text is for reading, the JSON for other programs. Messages without a translation keep their English words.",
	args: [{ name: "ID", title: "id of the format", isRequired: true }],
	options: { formatsDirs, language, isJson: flag("--json", "as JSON") },
	examples: [
		{ command: "mailtrail formats show milter-manager --lang ja", title: "its messages in Japanese" },
		{ command: `mailtrail formats show smtpf --json | jq '.catalog[] | select(.level == "error")'`, title: "the errors of a format" },
	],
	async run({ args, options, terminal }) {
		const vocabulary = vocabularyById(await readVocabularies(options.formatsDirs), args[0] ?? "");
		const translator = new Translator(options.language);
		const description = describeFormat(vocabulary, translator);
		const text = options.isJson
			? `${safeJson(description, "\t")}\n`
			: listing(description, widthOf(terminal.stdout), coloursFor(terminal.stdout));
		await terminal.stdout.write(text);
		if (!translator.knows(vocabulary))
			await terminal.stderr.write(
				`mailtrail: ${printable(vocabulary.id)} has no ${languageName(options.language)} catalog; this is English\n`,
			);
		return 0;
	},
});

export const formats: VerbGroup = {
	name: "formats",
	summary: "what formats there are and what they know; tools to write one",
	verbs: [list, show, create, test, check, coverage],
};

function listing(description: FormatDescription, width: number, colours: Colours): string {
	const { bold, cyan, dim } = colours;
	const section = (title: string, count: number): string => `\n${bold(`${title} (${grouped(count)})`)}\n`;
	const { catalog, terms, options, presets } = description;
	const fields = Object.entries(description.fields);
	const parts = [`${bold(printable(description.id))}: ${printable(description.title)}\n`, section("Messages", catalog.length)];
	for (const { code, title, explanation, level, action, outcome, template, variants } of catalog) {
		const facts = [level, action, outcome].filter((fact) => fact !== undefined).join(", ");
		const forms = [template, ...(variants ?? []).map((variant) => variant.template)].filter((form) => form !== undefined && form !== code);
		parts.push(
			`\n  ${bold(cyan(printable(code)))}\n`,
			paragraph(printable(title), width, "    "),
			...(facts === "" ? [] : [dim(paragraph(printable(facts), width, "    "))]),
			...forms.map((form) => dim(paragraph(printable(form ?? ""), width, "    "))),
			...(explanation === undefined ? [] : [paragraph(printable(explanation), width, "    ")]),
		);
	}
	const rows = (pairs: readonly Row[]): string =>
		sheet(
			pairs.map(([label, text]): Row => [printable(label), printable(text)]),
			width,
			"  ",
			cyan,
		);
	if (fields.length > 0)
		parts.push(section("Fields", fields.length), rows(fields.map(([name, field]) => [name, `${field.title} (${field.type})`])));
	for (const kind of new Set(terms.map((term) => term.kind))) {
		const ofKind = terms.filter((term) => term.kind === kind);
		parts.push(
			section(`Words: ${printable(kind)}`, ofKind.length),
			rows(ofKind.map(({ code, title, explanation }) => [code, explanation === undefined ? title : sentences(title, explanation)])),
		);
	}
	if (options !== undefined)
		parts.push(
			section("Options of the logging program", Object.keys(options).length),
			rows(Object.entries(options).map(([name, { title }]) => [name, title])),
		);
	if (presets !== undefined)
		parts.push(
			section("Presets", Object.keys(presets).length),
			rows(
				Object.entries(presets).map(([name, values]) => [
					name,
					Object.entries(values)
						.map((pair) => pair.join("="))
						.join(" "),
				]),
			),
		);
	return parts.join("");
}
