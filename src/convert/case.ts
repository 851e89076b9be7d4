/** `case.json`: the sources of a case and what is known of each. */
import { dirname, resolve } from "node:path";
import { readJsonFile } from "../format/json-file.js";
import { expandInputs } from "./input.js";
import type { GivenOptions } from "./options.js";

/** One file of a case; what is absent is not known. */
export interface Source {
	/** Path to open. */
	readonly path: string;
	/** Path as the case names it, the input id of its events. */
	readonly name: string;
	readonly format?: string | undefined;
	readonly host?: string | undefined;
	readonly zone?: string | undefined;
	readonly year?: number | undefined;
	readonly clockOffsetSeconds?: number | undefined;
	readonly options?: GivenOptions | undefined;
}

export interface Case {
	readonly sources: readonly Source[];
	readonly formatsDirs: readonly string[];
}

/** The form of the file, as schemas/config.schema.json has it. */
interface CaseFile {
	readonly sources: readonly {
		readonly path: string;
		readonly format?: string;
		readonly host?: string;
		readonly zone?: string;
		readonly year?: number;
		readonly clock_offset_seconds?: number;
		readonly options?: Readonly<Record<string, string | number | boolean>>;
	}[];
	readonly formats_dirs?: readonly string[];
}

/** Reads a case and expands its globs. Throws MailtrailError (exit 2) that names the file and the JSON pointer. */
export async function readCase(file: string): Promise<Case> {
	// The schema has the form of the type.
	const config = (await readJsonFile(file, { code: "config", noun: "case", option: "--config" })) as CaseFile;
	const base = dirname(file);
	const sources: Source[] = [];
	for (const { path, clock_offset_seconds, options, ...known } of config.sources) {
		const names = await expandInputs([path], base === "." ? undefined : base);
		for (const found of names)
			sources.push({
				...known,
				path: found,
				name: found,
				clockOffsetSeconds: clock_offset_seconds,
				options: options === undefined ? undefined : optionTexts(options),
			});
	}
	return { sources, formatsDirs: (config.formats_dirs ?? []).map((folder) => resolve(base, folder)) };
}

/** Numbers and booleans as the options of a configuration file would show them. */
const optionTexts = (options: Readonly<Record<string, string | number | boolean>>): GivenOptions =>
	Object.fromEntries(Object.entries(options).map(([name, value]) => [name, value === true ? "1" : value === false ? "0" : String(value)]));
