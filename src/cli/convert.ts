import { availableParallelism } from "node:os";
import { MailtrailError } from "../errors.js";
import { convert as convertInput, emptySummary, followInput, type Input, type Settings, type Source, selectionOf } from "../index.js";
import { yearlessLines } from "./assumed.js";
import { tellFailure } from "./failure.js";
import { alwaysLines, keyPaths } from "./key-paths.js";
import { openOutput } from "./output.js";
import { told } from "./printable.js";
import { Progress } from "./progress.js";
import { readingOf, readingOptions, summaryLines, unparsedIn } from "./reading.js";
import { eventBlocks } from "./spread.js";
import { choice, defineVerb, type ExitCode, flag, parsedOr, text, usageError, type Verb } from "./verb.js";

/** As many threads as there are cores: more than eight gain little. */
const DEFAULT_JOBS = String(Math.min(8, availableParallelism()));
const MOST_JOBS = 64;

const parseJobs = (value: string): number | undefined =>
	/^\d{1,2}$/.test(value) && Number(value) >= 1 && Number(value) <= MOST_JOBS ? Number(value) : undefined;

export const convert: Verb = defineVerb({
	name: "convert",
	summary: "turn logs into events, one JSON object a line",
	details:
		'Every record of the input becomes one event, in order; what nobody understands is kept with "record":"unparsed". The format of each\n' +
		"record is detected. Compressed files are read as they are. Without --year, the year of old syslog stamps comes from the neighbourhood\n" +
		"and the file's time of modification; without --tz, stamps without a zone are taken for UTC. time_basis in each event says which,\n" +
		"and the summary does. --keys and --omit take paths: smtp.code, fields.delays, envelope.to.address for every recipient.",
	args: [{ name: "FILE", title: "logs or globs, - or none for standard input", isRepeated: true }],
	options: {
		...readingOptions,
		output: text("-o, --output <file>", "write to this file instead of standard output"),
		unparsed: choice("--unparsed <what>", "records that were not understood", ["keep", "drop", "only"], "keep"),
		keys: keyPaths("--keys <paths>", "write these keys only: time,smtp.code,envelope.to.address; may be repeated"),
		omit: keyPaths("--omit <paths>", "write all keys but these, of those that --keys names; may be repeated"),
		jobs: parsedOr("--jobs <n>", "threads that read, for files; the output is the same", "a number from 1 to 64", parseJobs, DEFAULT_JOBS),
		isStrict: flag("--strict", "exit code 1 when a record was not understood"),
		isFollowing: flag("--follow", "wait for more at the end of the file, as tail -F does"),
		isQuiet: flag("-q, --quiet", "neither summary nor progress on standard error"),
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
		{ command: "mailtrail convert mail.log --keys time,host,action,envelope", title: "only what is needed" },
		{ command: "mailtrail convert mail.log --unparsed only", title: "what was not understood" },
	],
	async run({ args, options, terminal }) {
		const { keys, omit } = options;
		const selection = keys === undefined && omit === undefined ? undefined : selectionOf({ keys, omit });
		const reading = await readingOf(args, options);
		const { sources } = reading;
		if (options.isFollowing && (sources.length !== 1 || sources[0]?.path === "-"))
			throw usageError("--follow reads exactly one file", "Name one file; to follow several, run one command for each.");
		const settingsOf = (source: Source): Settings => ({ ...reading.settingsOf(source), selection, isLive: options.isFollowing });
		// Opening the output empties it: what can be wrong with any source is told before.
		for (const source of sources) convertInput(await terminal.open(source.path), settingsOf(source), emptySummary());
		const summaries = new Map(sources.map((source) => [source, emptySummary()]));
		let worst: ExitCode = 0;
		const paths = sources.map((source) => source.path);
		const progress = new Progress(terminal, { isQuiet: options.isQuiet || options.isFollowing, unparsed: () => unparsedIn(summaries) });
		const output = await openOutput(options.output, progress.terminal, paths);
		try {
			await progress.begin(paths);
			const inputs = new Map<Source, Input>();
			for (const source of sources)
				inputs.set(source, options.isFollowing ? await followInput(source.path) : await terminal.open(source.path));
			const blocks = eventBlocks({
				inputs,
				summaries,
				settingsOf,
				formatsDirs: reading.formatsDirs,
				unparsed: options.unparsed,
				threads: options.isFollowing ? 1 : options.jobs,
				progress,
				async onFailure(error) {
					// One damaged file must not keep the others from being read.
					if (!(error instanceof MailtrailError) || !error.code.startsWith("input.")) throw error;
					worst = await tellFailure(error, progress.terminal);
				},
			});
			for await (const block of blocks) await output.write(block);
		} finally {
			await progress.end();
			await output.close();
		}
		if (!options.isQuiet) await terminal.stderr.write(told([...summaryLines(summaries), ...alwaysLines(omit)]));
		await terminal.stderr.write(told(yearlessLines(summaries)));
		if (worst !== 0) return worst;
		return options.isStrict && unparsedIn(summaries) > 0 ? 1 : 0;
	},
});
