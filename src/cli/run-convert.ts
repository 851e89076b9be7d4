import type { Source } from "../convert/case.js";
import { convert, type Settings, type UnparsedPolicy } from "../convert/convert.js";
import type { Input } from "../convert/input.js";
import { ALWAYS, selectionOf } from "../convert/selection.js";
import { emptySummary } from "../convert/summary.js";
import { yearlessLines } from "./assumed.js";
import { RecordFailures } from "./failed-records.js";
import { damage, tellFailure } from "./failure.js";
import { openOutput } from "./output.js";
import { told } from "./printable.js";
import { Progress } from "./progress.js";
import { readingOf, summaryLines, unparsedIn } from "./reading.js";
import type { ReadingValues } from "./reading-options.js";
import { eventBlocks } from "./spread.js";
import { type Call, type ExitCode, usageError } from "./verb.js";

interface ConvertValues extends ReadingValues {
	readonly output: string | undefined;
	readonly unparsed: UnparsedPolicy;
	readonly keys: readonly string[] | undefined;
	readonly omit: readonly string[] | undefined;
	readonly jobs: number;
	readonly isStrict: boolean;
	readonly isFollowing: boolean;
	readonly isQuiet: boolean;
}

export async function runConvert({ args, options, terminal }: Call<ConvertValues>): Promise<ExitCode> {
	const { keys, omit } = options;
	const selection = keys === undefined && omit === undefined ? undefined : selectionOf({ keys, omit });
	const reading = await readingOf(args, options);
	const { sources } = reading;
	if (options.isFollowing && (sources.length !== 1 || sources[0]?.path === "-"))
		throw usageError("--follow reads exactly one file", "Name one file; to follow several, run one command for each.");
	const settingsOf = (source: Source): Settings => ({ ...reading.settingsOf(source), selection, isLive: options.isFollowing });
	// Opening the output empties it: what can be wrong with any source is told before.
	for (const source of sources) convert(await terminal.open(source.path), settingsOf(source), emptySummary());
	const summaries = new Map(sources.map((source) => [source, emptySummary()]));
	const failures = new RecordFailures();
	let worst: ExitCode = 0;
	const paths = sources.map((source) => source.path);
	const progress = new Progress(terminal, { isQuiet: options.isQuiet || options.isFollowing, unparsed: () => unparsedIn(summaries) });
	const output = await openOutput(options.output, progress.terminal, paths);
	try {
		await progress.begin(paths);
		const inputs = new Map<Source, Input>();
		for (const source of sources)
			inputs.set(
				source,
				options.isFollowing ? await (await import("../convert/follow.js")).followInput(source.path) : await terminal.open(source.path),
			);
		const blocks = eventBlocks({
			inputs,
			summaries,
			settingsOf,
			formatsDirs: reading.formatsDirs,
			unparsed: options.unparsed,
			threads: options.isFollowing ? 1 : options.jobs,
			progress,
			async onFailure(error) {
				worst = await tellFailure(damage(error), progress.terminal);
			},
		});
		for await (const block of blocks) {
			await failures.tell(summaries, progress.terminal);
			await output.write(block);
		}
	} finally {
		await failures.tell(summaries, progress.terminal);
		await progress.end();
		await output.close();
	}
	if (!options.isQuiet) await terminal.stderr.write(told([...summaryLines(summaries), ...alwaysLines(omit)]));
	await terminal.stderr.write(told(yearlessLines(summaries)));
	if (worst !== 0) return worst;
	return options.isStrict && unparsedIn(summaries) > 0 ? 1 : 0;
}

/** What is written although it was to be left out. */
function alwaysLines(omit: readonly string[] | undefined): string[] {
	const kept = ALWAYS.filter((key) => omit?.includes(key));
	return kept.length === 0 ? [] : [`always written: ${kept.join(", ")}`];
}
