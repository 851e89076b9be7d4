import { MailtrailError } from "../errors.js";
import {
	convert as convertInput,
	emptySummary,
	expandInputs,
	type Format,
	followInput,
	type GivenOptions,
	loadFormats,
	loadFraming,
	readCase,
	type Settings,
	type Source,
	type Summary,
} from "../index.js";
import { tellFailure } from "./failure.js";
import { formatsDirs } from "./formats-dirs.js";
import { counted, parseSize, percentage } from "./numbers.js";
import { openOutput } from "./output.js";
import { printable } from "./printable.js";
import { watched } from "./progress.js";
import { choice, defineVerb, type ExitCode, flag, parsed, parsedOr, text, texts, usageError, type Verb } from "./verb.js";

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

export const convert: Verb = defineVerb({
	name: "convert",
	summary: "turn logs into events, one JSON object a line",
	details:
		'Every record of the input becomes one event, in order; what nobody understands is kept with "record":"unparsed". The format of each\n' +
		"record is detected. Compressed files are read as they are. Without --year, the year of old syslog stamps comes from the neighbourhood\n" +
		"and the file's time of modification; without --tz, stamps without a zone are taken for UTC. time_basis in each event says which.",
	args: [{ name: "FILE", title: "logs or globs, - or none for standard input", isRepeated: true }],
	options: {
		format: text("-f, --format <id>", "lines without any frame are records of this format"),
		zone: text("--tz <zone>", "zone of stamps without one: Europe/Berlin, +09:00"),
		year: parsed("--year <year>", "year of the first record of each file", "a year such as 2026", parseYear),
		config: text("--config <case.json>", "sources, zones, years and options of a case"),
		output: text("-o, --output <file>", "write to this file instead of standard output"),
		unparsed: choice("--unparsed <what>", "records that were not understood", ["keep", "drop", "only"], "keep"),
		isStrict: flag("--strict", "exit code 1 when a record was not understood"),
		isFollowing: flag("--follow", "wait for more at the end of the file, as tail -F does"),
		options: texts("--option <name=value>", "option of the logging program (LOG_NODE=1), or preset=<name>; may be repeated"),
		formatsDirs,
		maxLine: parsedOr(
			"--max-line <size>",
			"longest line in bytes; longer ones are cut into unparsed records",
			"a size like 65536, 64k or 1M",
			parseSize,
			"1M",
		),
		isQuiet: flag("-q, --quiet", "no summary on standard error"),
	},
	examples: [
		{ command: "mailtrail convert /var/log/mail.log", title: "events on standard output" },
		{
			command: "mailtrail convert mail.log.2.gz -o events.ndjson --tz Europe/Berlin --year 2025",
			title: "an old log of a known place and year",
		},
		{
			command: "mailtrail convert mail.log_current --option LOG_FILENAME=1 --option LOG_MESSAGE_ID=1",
			title: "a log whose options are known",
		},
		{ command: "mailtrail convert mail.log --unparsed only", title: "what was not understood" },
	],
	async run({ args, options, terminal }) {
		const known = options.config === undefined ? undefined : await readCase(options.config);
		if (known !== undefined && args.length > 0)
			throw usageError("--config names the inputs, so no FILE may be given", "Add the file to the case, or leave --config out.");
		const formats = await loadFormats([...(known?.formatsDirs ?? []), ...options.formatsDirs]);
		const framing = await loadFraming();
		const sources: readonly Source[] =
			known?.sources ?? (args.length === 0 ? ["-"] : await expandInputs(args)).map((name) => ({ path: name, name }));
		if (options.isFollowing && (sources.length !== 1 || sources[0]?.path === "-"))
			throw usageError("--follow reads exactly one file", "Name one file; to follow several, run one command for each.");
		const given = parseOptions(options.options);
		const settingsOf = (source: Source): Settings => ({
			formats,
			framing,
			forced: formatById(formats, source.format ?? options.format),
			zone: source.zone ?? options.zone,
			year: source.year ?? options.year,
			maxLine: options.maxLine,
			options: source.options ?? given,
			inputId: source.name,
			isLive: options.isFollowing,
			isReusing: true,
		});
		// Opening the output empties it: what can be wrong with any source is told before.
		for (const source of sources) convertInput(await terminal.open(source.path), settingsOf(source), emptySummary());
		const summaries = new Map(sources.map((source) => [source, emptySummary()]));
		let worst: ExitCode = 0;
		const output = await openOutput(
			options.output,
			terminal,
			sources.map((source) => source.path),
		);
		try {
			for (const [source, summary] of summaries) {
				const input = options.isFollowing ? await followInput(source.path) : await terminal.open(source.path);
				const shown = { ...input, chunks: () => watched(source.name, input.chunks(), terminal) };
				try {
					for await (const block of convertInput(shown, settingsOf(source), summary, options.unparsed)) await output.write(block);
				} catch (error) {
					// One damaged file must not keep the others from being read.
					if (!(error instanceof MailtrailError) || !error.code.startsWith("input.")) throw error;
					worst = await tellFailure(error, terminal);
				}
			}
		} finally {
			await output.close();
		}
		if (!options.isQuiet) await terminal.stderr.write(tell(summaries));
		if (worst !== 0) return worst;
		return options.isStrict && [...summaries.values()].some(({ unparsed }) => unparsed > 0) ? 1 : 0;
	},
});

/** What became of all records, then how each source's options are known. */
function tell(summaries: ReadonlyMap<Source, Summary>): string {
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
	const formats = [...all.byFormat].map(([id, count]) => `${id} ${count}`).join(", ");
	lines.unshift(`${counted(all.records, "record")}, ${all.unparsed} unparsed${share}${formats === "" ? "" : `: ${formats}`}`);
	return lines.map((line) => `mailtrail: ${printable(line)}\n`).join("");
}
