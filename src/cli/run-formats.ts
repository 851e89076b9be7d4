import { safeJson } from "../escapes.js";
import type { FrameDefinition } from "../format/frame.js";
import { loadFraming } from "../format/load.js";
import { describeFormat, type FormatDescription, overviewOf, readVocabularies, Translator } from "../format/vocabulary.js";
import { type Colours, coloursOf } from "./colours.js";
import { formatById } from "./format-by-id.js";
import { languageName } from "./language.js";
import { aligned, paragraph, type Row, sheet, widthOf } from "./layout.js";
import { sentences } from "./meaning.js";
import { grouped } from "./numbers.js";
import { printable } from "./printable.js";
import type { Call, ExitCode } from "./verb.js";

interface ListValues {
	readonly formatsDirs: readonly string[];
	readonly isJson: boolean;
}

export async function runList({ options, terminal }: Call<ListValues>): Promise<ExitCode> {
	const overviews = (await readVocabularies(options.formatsDirs)).map(overviewOf);
	if (options.isJson) {
		await terminal.stdout.write(`${safeJson(overviews, "\t")}\n`);
		return 0;
	}
	const { bold } = coloursOf(terminal.stdout.hasColour);
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
	const [frameHead = "", ...frames] = aligned(
		[["FRAME", "CARRIER", "TITLE"], ...(await loadFraming(options.formatsDirs)).map(({ definition }) => frameRow(definition))].map((row) =>
			row.map(printable),
		),
		[],
	);
	await terminal.stdout.write(`${[bold(head), ...rows, "", bold(frameHead), ...frames].join("\n")}\n`);
	return 0;
}

const frameRow = ({ id, carrier, title }: FrameDefinition): readonly string[] => [id, carrier ?? "-", title];

/** The first names of many; `--json` has them all. */
const some = (names: readonly string[]): string => (names.length > 3 ? [...names.slice(0, 3), "…"] : names).join(" ");

interface ShowValues extends ListValues {
	readonly language: string;
}

export async function runShow({ args, options, terminal }: Call<ShowValues>): Promise<ExitCode> {
	const vocabulary = formatById(await readVocabularies(options.formatsDirs), args[0] ?? "");
	const translator = new Translator(options.language);
	const description = describeFormat(vocabulary, translator);
	const text = options.isJson
		? `${safeJson(description, "\t")}\n`
		: listing(description, widthOf(terminal.stdout), coloursOf(terminal.stdout.hasColour));
	await terminal.stdout.write(text);
	if (!translator.knows(vocabulary))
		await terminal.stderr.write(
			`mailtrail: ${printable(vocabulary.id)} has no ${languageName(options.language)} catalog; this is English\n`,
		);
	return 0;
}

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
