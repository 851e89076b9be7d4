import { statSync } from "node:fs";
import { safeJson } from "../escapes.js";
import { correlate as correlateEvents, Evaluator, type Event, readTruth, Tracer, type Trail, Translator } from "../index.js";
import { evaluationText } from "./evaluation.js";
import { language, languageNotes } from "./formats.js";
import { timelessLines } from "./lacking-text.js";
import { widthOf } from "./layout.js";
import { Logs } from "./logs.js";
import { openOutput } from "./output.js";
import { told } from "./printable.js";
import { readingOf, readingOptions, summaryLines } from "./reading.js";
import { coloursFor, type Terminal } from "./terminal.js";
import { trailText } from "./timeline.js";
import { TrailTally } from "./trail-tally.js";
import { defineVerb, flag, parsedOr, text, texts, usageError, type Verb } from "./verb.js";

export const correlate: Verb = defineVerb({
	name: "correlate",
	summary: "follow each mail through the logs of all layers",
	details:
		"Reads logs, or events as convert writes them, of one or several hosts, and writes a trail for each mail: what every layer did with it,\n" +
		"which records belong together and why, what became of it for each recipient and who decided that. How far the clocks of the hosts are\n" +
		"apart is found out, mistaken zones included. What the logs cannot prove stays apart, and is told as such. A log that does not name its\n" +
		"host is taken for a host of its own; a case file can name it, and its clock_offset_seconds. With --text and --evaluate, standard output\n" +
		"is for people; y or z beside a time says that its year or zone was assumed. Exit code 1 when --trace found nothing.",
	args: [{ name: "FILE", title: "logs or files of events, or globs, - or none for standard input", isRepeated: true }],
	options: {
		...readingOptions,
		traced: texts(
			"--trace <what>",
			"only trails that touch this address, Message-ID, queue id, session or IP, or have this id; may be repeated",
		),
		isText: flag("--text", "each trail as a timeline for people, a line for each event; reads the inputs twice"),
		language,
		expiryDays: parsedOr(
			"--expire <days>",
			"days after which nothing more is awaited for a mail",
			"a number of days above 0, such as 5 or 0.5",
			(value) => (/^\d+(\.\d+)?$/.test(value) && Number(value) > 0 ? Number(value) : undefined),
			"5",
		),
		truth: text("--evaluate <truth.json>", "instead of trails, tell how right they are by this file"),
		isJson: flag("--json", "what --evaluate tells as JSON, with each mistake"),
		output: text("-o, --output <file>", "write to this file instead of standard output"),
		isQuiet: flag("-q, --quiet", "neither summary nor progress on standard error"),
	},
	examples: [
		{ command: "mailtrail correlate mx1/mail.log mx2/mail.log -o trails.ndjson", title: "a trail for each mail" },
		{
			command: "mailtrail correlate --config case.json --trace jane@example.net --text",
			title: "what happened to the mails of an address",
		},
		{ command: "mailtrail correlate logs/* --trace 4jWcQ41DfQzJvYf | jq .recipients", title: "what became of the mail with a queue id" },
		{ command: "mailtrail correlate logs/* --evaluate truth.json", title: "how good it is, where the truth is known" },
	],
	async run({ args, options, terminal }) {
		refuseCombinations(options);
		const evaluator = options.truth === undefined ? undefined : new Evaluator(await readTruth(options.truth));
		const tracer = options.traced.length === 0 ? undefined : new Tracer(options.traced);
		const reading = await readingOf(args, options);
		if (options.isText) for (const { path } of reading.sources) refuseReadOnce(path);
		const logs = new Logs(reading, terminal, options.isQuiet);
		await logs.check();
		const tally = new TrailTally();
		const chosen: Trail[] = [];
		const paths = reading.sources.map(({ path }) => path);
		const output = await openOutput(options.output, logs.progress.terminal, paths);
		const see = (event: Event): void => {
			evaluator?.see(event);
			tracer?.see(event);
		};
		try {
			await logs.begin();
			const { formats } = reading;
			for await (const trail of correlateEvents(logs.sources(see), { formats, expiryDays: options.expiryDays }, tally.summary)) {
				evaluator?.add(trail);
				const isChosen = tracer?.touches(trail) ?? true;
				tally.add(trail, isChosen);
				if (!isChosen || evaluator !== undefined) continue;
				if (options.isText) chosen.push(trail);
				else await output.write(`${safeJson(trail)}\n`);
			}
			await logs.progress.end();
			const isShown = options.output === undefined || options.output === "-";
			const stdout = isShown ? terminal.stdout : { ...terminal.stdout, columns: undefined, hasColour: false };
			if (evaluator !== undefined) {
				const evaluation = evaluator.finish();
				await output.write(options.isJson ? `${safeJson(evaluation, "\t")}\n` : evaluationText(evaluation, coloursFor(stdout)));
				await terminal.stderr.write(told(strange(evaluator, options.truth)));
			}
			if (chosen.length > 0) await writeTimelines(chosen, logs, options.language, { ...terminal, stdout }, output.write);
		} finally {
			await logs.progress.end();
			await output.close();
		}
		const timeless = timelessLines(tally.summary.lacking, logs.summaries);
		const summary = options.isQuiet ? [] : [...summaryLines(logs.summaries), ...tally.lines()];
		const missed = tracer === undefined ? [] : notFound(tracer, tally.chosen, timeless.length > 0);
		await terminal.stderr.write(told([...summary, ...timeless, ...missed]));
		if (logs.worst !== 0) return logs.worst;
		return tracer !== undefined && tally.chosen === 0 ? 1 : 0;
	},
});

/** Options that make no sense together. */
function refuseCombinations(options: {
	readonly truth: string | undefined;
	readonly isText: boolean;
	readonly isJson: boolean;
	readonly traced: readonly string[];
}): void {
	if (options.truth !== undefined && (options.isText || options.traced.length > 0))
		throw usageError("--evaluate judges all trails, so --text and --trace have no place beside it", "Leave them out.");
	if (options.isJson && options.truth === undefined)
		throw usageError("--json is the form of --evaluate; trails are JSON as they are", "Leave --json out.");
}

/** Throws for standard input, and for pipes. */
function refuseReadOnce(path: string): void {
	const isPipe = statSync(path, { throwIfNoEntry: false })?.isFile() === false;
	if (path !== "-" && !isPipe) return;
	const name = path === "-" ? "standard input" : path;
	throw usageError(`--text reads its inputs twice, and ${name} can be read once only`, "Name a file.");
}

const strange = ({ isStrange }: Evaluator, truth: string | undefined): string[] =>
	isStrange ? [`nothing in the logs stands in ${truth}: it is the truth of others`] : [];

/** What --trace asked for in vain. */
function notFound({ missing }: Tracer, chosen: number, isTimeless: boolean): string[] {
	// That nothing can be followed was told.
	if (isTimeless && missing.length === 0) return [];
	if (chosen === 0 && missing.length === 0) return ["what --trace asks for stands in records of no mail only"];
	return missing.map((word) => `nothing touches '${word}'`);
}

/** The trails as text, and on standard error which formats have no words in the language asked for. */
async function writeTimelines(
	trails: readonly Trail[],
	logs: Logs,
	language: string,
	{ stdout, stderr }: Terminal,
	write: (text: string) => Promise<void>,
): Promise<void> {
	const { formats } = logs.reading;
	const events = await logs.eventsOf(trails);
	const translator = new Translator(language);
	const titleOf = (event: Event): string | undefined => {
		const format = formats.find(({ id }) => id === event.format);
		const entry = format?.entryOf(event)?.entry;
		return format === undefined || entry === undefined ? undefined : translator.entry(format, entry).title;
	};
	// For other programs each event stays one line.
	const width = stdout.columns === undefined ? Number.POSITIVE_INFINITY : widthOf(stdout);
	const colours = coloursFor(stdout);
	for (const [i, trail] of trails.entries()) await write((i === 0 ? "" : "\n") + trailText(trail, { events, titleOf, width, colours }));
	const used = new Set([...events.values()].map(({ format }) => format));
	const untranslated = formats.filter((format) => used.has(format.id) && !translator.knows(format));
	await stderr.write(languageNotes(untranslated, translator));
}
