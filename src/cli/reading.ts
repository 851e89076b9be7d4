/** What verbs that read logs have in common: options that say how to read, and the inputs that those or a case name. */
import {
	emptySummary,
	expandInputs,
	type Format,
	type GivenOptions,
	loadFormats,
	loadFraming,
	readCase,
	type Settings,
	type Source,
	type Summary,
} from "../index.js";
import { assumedLines } from "./assumed.js";
import { formatsDirs } from "./formats-dirs.js";
import { counted, parseSize, percentage } from "./numbers.js";
import { type Option, type Options, parsed, parsedOr, text, texts, usageError, type Values } from "./verb.js";

/** A year of four digits. */
export const parseYear = (value: string): number | undefined => (/^(19|20|21)\d\d$/.test(value) ? Number(value) : undefined);

/** `LOG_NODE=1` → name and value; a name alone means 1. */
export function parseOptions(values: readonly string[]): GivenOptions {
	return Object.fromEntries(
		values.map((value) => {
			const at = value.indexOf("=");
			if (at === 0) throw usageError(`'${value}' is no value for --option`, "Write NAME=VALUE, such as LOG_NODE=1 or preset=6.3.");
			return at < 0 ? [value, "1"] : [value.slice(0, at), value.slice(at + 1)];
		}),
	);
}

/** Finds a format by id. */
export function formatById(formats: readonly Format[], id: string | undefined): Format | undefined {
	if (id === undefined) return undefined;
	const found = formats.find((format) => format.id === id);
	if (found === undefined) throw usageError(`there is no format '${id}'`, `Formats: ${formats.map((format) => format.id).join(", ")}.`);
	return found;
}

/** Options that say how logs are read. */
export interface ReadingOptions extends Options {
	readonly format: Option<string | undefined>;
	readonly zone: Option<string | undefined>;
	readonly year: Option<number | undefined>;
	readonly config: Option<string | undefined>;
	readonly options: Option<readonly string[]>;
	readonly formatsDirs: Option<readonly string[]>;
	readonly maxLine: Option<number>;
}

export const readingOptions: ReadingOptions = {
	format: text("-f, --format <id>", "lines without any frame are records of this format"),
	zone: text("--tz <zone>", "zone of stamps without one: Europe/Berlin, +09:00"),
	year: parsed("--year <year>", "year of the first record of each file", "a year such as 2026", parseYear),
	config: text("--config <case.json>", "sources, zones, years and options of a case"),
	options: texts("--option <name=value>", "option of the logging program (LOG_NODE=1), or preset=<name>; may be repeated"),
	formatsDirs,
	maxLine: parsedOr(
		"--max-line <size>",
		"longest line in bytes; longer ones are cut into unparsed records",
		"a size like 65536, 64k or 1M",
		parseSize,
		"1M",
	),
};

/** The inputs of a call, and what each is read with. */
export interface Reading {
	readonly sources: readonly Source[];
	readonly formats: readonly Format[];
	readonly formatsDirs: readonly string[];
	settingsOf(source: Source): Settings;
}

/** Files named as arguments, or by a case; standard input without either. */
export async function readingOf(args: readonly string[], options: Values<ReadingOptions>): Promise<Reading> {
	const known = options.config === undefined ? undefined : await readCase(options.config);
	if (known !== undefined && args.length > 0)
		throw usageError("--config names the inputs, so no FILE may be given", "Add the file to the case, or leave --config out.");
	const formatsDirs = [...(known?.formatsDirs ?? []), ...options.formatsDirs];
	const formats = await loadFormats(formatsDirs);
	const framing = await loadFraming();
	const named = args.length === 0 ? ["-"] : await expandInputs(args);
	const given = parseOptions(options.options);
	return {
		sources: known?.sources ?? named.map((name) => ({ path: name, name })),
		formats,
		formatsDirs,
		settingsOf: (source) => ({
			formats,
			framing,
			forced: formatById(formats, source.format ?? options.format),
			zone: source.zone ?? options.zone,
			year: source.year ?? options.year,
			maxLine: options.maxLine,
			options: source.options ?? given,
			inputId: source.name,
			isReusing: true,
		}),
	};
}

/** Records that were not understood so far, in all sources. */
export const unparsedIn = (summaries: ReadonlyMap<Source, Summary>): number =>
	[...summaries.values()].reduce((sum, { unparsed }) => sum + unparsed, 0);

/** What became of all records, then how the options, years and zones of each source are known: a line each. */
export function summaryLines(summaries: ReadonlyMap<Source, Summary>): string[] {
	const all = emptySummary();
	const lines: string[] = [];
	for (const [source, { records, unparsed, byFormat, profiles }] of summaries) {
		all.records += records;
		all.unparsed += unparsed;
		for (const [id, count] of byFormat) all.byFormat.set(id, (all.byFormat.get(id) ?? 0) + count);
		for (const [id, { basis, options }] of profiles) {
			if (!byFormat.has(id)) continue;
			const list = Object.entries(options).map(([name, value]) => `${name}=${value}`);
			const known = basis === "none" ? "unknown, only what is certain was read" : `${basis}: ${list.join(" ")}`;
			lines.push(`${summaries.size > 1 ? `${source.name}: ` : ""}${id}: options ${known}`);
		}
	}
	const share = all.unparsed === 0 ? "" : ` (${percentage(all.unparsed, all.records)})`;
	const byCount = [...all.byFormat].sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1));
	const formats = byCount.map(([id, count]) => `${id} ${count}`).join(", ");
	lines.push(...assumedLines(summaries));
	lines.unshift(`${counted(all.records, "record")}, ${all.unparsed} unparsed${share}${formats === "" ? "" : `: ${formats}`}`);
	return lines;
}
