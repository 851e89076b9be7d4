import { statSync } from "node:fs";
import { Evaluator } from "../correlate/evaluate.js";
import { correlate } from "../correlate/index.js";
import { Tracer } from "../correlate/trace.js";
import type { Trail } from "../correlate/trail.js";
import { readTruth } from "../correlate/truth.js";
import { safeJson } from "../escapes.js";
import type { Event } from "../format/event.js";
import type { ReadView } from "../format/event-view.js";
import { Translator } from "../format/vocabulary.js";
import { coloursOf } from "./colours.js";
import { evaluationText } from "./evaluation.js";
import { timelessLines } from "./lacking-text.js";
import { languageNotes } from "./language.js";
import { widthOf } from "./layout.js";
import { Logs } from "./logs.js";
import { openOutput } from "./output.js";
import { told } from "./printable.js";
import { readingOf, summaryLines } from "./reading.js";
import type { ReadingValues } from "./reading-options.js";
import type { Terminal } from "./terminal.js";
import { trailText } from "./timeline.js";
import { TrailTally } from "./trail-tally.js";
import { type Call, type ExitCode, usageError } from "./verb.js";
import { Waiting } from "./waiting.js";

interface CorrelateValues extends ReadingValues {
	readonly traced: readonly string[];
	readonly isText: boolean;
	readonly language: string;
	readonly expiryDays: number;
	readonly truth: string | undefined;
	readonly isJson: boolean;
	readonly output: string | undefined;
	readonly isQuiet: boolean;
}

export async function runCorrelate({ args, options, terminal }: Call<CorrelateValues>): Promise<ExitCode> {
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
	const see = (event: ReadView): void => {
		evaluator?.see(event.whole());
		tracer?.see(event);
	};
	const isSeen = evaluator !== undefined || tracer !== undefined;
	const lines = new Waiting(output.write);
	try {
		await logs.begin();
		const { formats } = reading;
		const sources = logs.sources(isSeen ? see : undefined, lines);
		for await (const trail of correlate(sources, { formats, expiryDays: options.expiryDays }, tally.summary)) {
			evaluator?.add(trail);
			const isChosen = tracer?.touches(trail) ?? true;
			tally.add(trail, isChosen);
			if (!isChosen || evaluator !== undefined) continue;
			if (options.isText) chosen.push(trail);
			else await lines.add(`${safeJson(trail)}\n`);
		}
		await lines.write();
		await logs.progress.end();
		const isShown = options.output === undefined || options.output === "-";
		const stdout = isShown ? terminal.stdout : { ...terminal.stdout, columns: undefined, hasColour: false };
		if (evaluator !== undefined) {
			const evaluation = evaluator.finish();
			await output.write(options.isJson ? `${safeJson(evaluation, "\t")}\n` : evaluationText(evaluation, coloursOf(stdout.hasColour)));
			await terminal.stderr.write(told(strange(evaluator, options.truth)));
		}
		if (chosen.length > 0) await writeTimelines(chosen, logs, options.language, { ...terminal, stdout }, output.write);
		await output.finish();
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
}

/** Options that make no sense together. */
function refuseCombinations(options: CorrelateValues): void {
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
	const colours = coloursOf(stdout.hasColour);
	for (const [i, trail] of trails.entries()) await write((i === 0 ? "" : "\n") + trailText(trail, { events, titleOf, width, colours }));
	const used = new Set([...events.values()].map(({ format }) => format));
	const untranslated = formats.filter((format) => used.has(format.id) && !translator.knows(format));
	await stderr.write(languageNotes(untranslated, translator));
}
