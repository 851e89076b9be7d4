import { availableParallelism } from "node:os";
import { keyPaths } from "./key-paths.js";
import { readingOptions } from "./reading-options.js";
import { choice, defineVerb, flag, parsedOr, text, type Verb } from "./verb.js";

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
		"record is detected. Compressed files are read as they are, and files in folders and archives (case.tgz!mail.log) as inputs of their own.\n" +
		"Without --year, the year of old syslog stamps comes from the neighbourhood\n" +
		"and the file's time of modification; without --tz, stamps without a zone are taken for UTC. time_basis in each event says which,\n" +
		"and the summary does. --keys and --omit take paths: smtp.code, fields.delays, envelope.to.address for every recipient.",
	args: [{ name: "FILE", title: "logs, globs, folders or archives, - or none for standard input", isRepeated: true }],
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
	run: async (call) => (await import("./run-convert.js")).runConvert(call),
});
