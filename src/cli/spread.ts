/** The events of all sources of `convert`, in their order: on one thread, or on several where the inputs can be spread. */
import type { Source } from "../convert/case.js";
import { convert, type Settings, type UnparsedPolicy, writtenBy } from "../convert/convert.js";
import type { Input } from "../convert/input.js";
import type { Job } from "../convert/jobs.js";
import { emptySummary, type Summary } from "../convert/summary.js";
import type { Progress } from "./progress.js";

export interface Spread {
	readonly inputs: ReadonlyMap<Source, Input>;
	readonly summaries: ReadonlyMap<Source, Summary>;
	readonly settingsOf: (source: Source) => Settings;
	readonly formatsDirs: readonly string[];
	readonly unparsed: UnparsedPolicy;
	/** Threads that may be used. */
	readonly threads: number;
	/** Bytes of a part that a thread reads alone. */
	readonly part?: number;
	readonly progress: Progress;
	/** What is done about an input that failed; what it throws ends all. */
	readonly onFailure: (error: unknown) => Promise<void>;
}

/** Bytes of a part; what it becomes is kept until its turn has come. */
const PART = 1024 * 1024;
/** For fewer parts, a thread takes longer to start than to read them. */
const PARTS_OF_THREAD = 4;

export async function* eventBlocks(spread: Spread): AsyncGenerator<Uint8Array> {
	const { inputs, threads, part = PART } = spread;
	const sizes = [...inputs.values()].map(({ name, file, isMember }) => {
		if (isMember === true) return 0;
		return name === "-" ? Number.NaN : (file?.size ?? Number.NaN);
	});
	const parts = sizes.reduce((sum, size) => sum + size, 0) / part;
	const worthwhile = Math.min(threads, Math.floor(parts / PARTS_OF_THREAD));
	// What is read once, from a pipe, has no size, and is not spread.
	if (worthwhile > 1) yield* onThreads({ ...spread, threads: worthwhile }, part);
	else yield* onOne(spread);
}

async function* onOne({ inputs, summaries, settingsOf, unparsed, progress, onFailure }: Spread): AsyncGenerator<Uint8Array> {
	for (const [source, input] of inputs)
		try {
			yield* convert(progress.watch(input), settingsOf(source), summaries.get(source) ?? emptySummary(), unparsed);
		} catch (error) {
			await onFailure(error);
		}
}

async function* onThreads(spread: Spread, part: number): AsyncGenerator<Uint8Array> {
	const { inputs, settingsOf, formatsDirs, threads, onFailure } = spread;
	const [first] = inputs.keys();
	if (first === undefined) return;
	const { formats, framing } = settingsOf(first);
	const jobs = [...inputs].map(([source, input]) => jobOf(source, input, spread));
	const { convertAll } = await import("../convert/jobs.js");
	for await (const outcome of convertAll(jobs, { formats, framing, formatsDirs, threads, part }))
		if ("error" in outcome) await onFailure(outcome.error);
		else yield outcome.block;
}

function jobOf(source: Source, input: Input, { summaries, settingsOf, unparsed, progress }: Spread): Job {
	const { forced, inputId = source.name, zone, year, maxLine, options, selection } = settingsOf(source);
	return {
		input,
		path: source.path,
		settings: {
			input: inputId,
			forced: forced?.id,
			zone,
			year,
			maxLine,
			options,
			selection: selection?.paths,
			written: writtenBy(unparsed),
		},
		summary: summaries.get(source) ?? emptySummary(),
		onRead: (bytes) => void progress.reach(input.name, bytes),
	};
}
