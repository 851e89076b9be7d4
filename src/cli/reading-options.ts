/** Options that say how logs are read, the same for every verb that reads them. */
import type { GivenOptions } from "../convert/options.js";
import { formatsDirs } from "./formats-dirs.js";
import { parseSize } from "./numbers.js";
import { badValue, type Option, type Options, parsed, parsedOr, text, texts, type Values } from "./verb.js";

/** A year of four digits. */
export const parseYear = (value: string): number | undefined => (/^(19|20|21)\d\d$/.test(value) ? Number(value) : undefined);

/** `LOG_NODE=1` → name and value; a name alone means 1. */
export function parseOptions(values: readonly string[]): GivenOptions {
	return Object.fromEntries(
		values.map((value) => {
			const at = value.indexOf("=");
			if (at === 0) throw badValue("--option", value, "NAME=VALUE, such as LOG_NODE=1 or preset=6.3");
			return at < 0 ? [value, "1"] : [value.slice(0, at), value.slice(at + 1)];
		}),
	);
}

export interface ReadingOptions extends Options {
	readonly format: Option<string | undefined>;
	readonly zone: Option<string | undefined>;
	readonly year: Option<number | undefined>;
	readonly config: Option<string | undefined>;
	readonly options: Option<readonly string[]>;
	readonly formatsDirs: Option<readonly string[]>;
	readonly maxLine: Option<number>;
}

export type ReadingValues = Values<ReadingOptions>;

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
