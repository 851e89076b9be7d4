/** What verbs that read logs have in common: the inputs that their options or a case name, and what is told of them. */
import type { Source } from "../convert/case.js";
import type { Settings } from "../convert/convert.js";
import { expandInputs } from "../convert/input.js";
import { emptySummary, type Summary } from "../convert/summary.js";
import type { Format } from "../format/format.js";
import { loadFormats, loadFraming } from "../format/load.js";
import { assumedLines } from "./assumed.js";
import { formatById } from "./format-by-id.js";
import { counted, percentage } from "./numbers.js";
import { parseOptions, type ReadingValues } from "./reading-options.js";
import { usageError } from "./verb.js";

/** The inputs of a call, and what each is read with. */
export interface Reading {
	readonly sources: readonly Source[];
	readonly formats: readonly Format[];
	readonly formatsDirs: readonly string[];
	settingsOf(source: Source): Settings;
}

/** Files named as arguments, or by a case; standard input without either. */
export async function readingOf(args: readonly string[], options: ReadingValues): Promise<Reading> {
	const known = options.config === undefined ? undefined : await (await import("../convert/case.js")).readCase(options.config);
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
