import type { Source } from "../convert/case.js";
import { convert, type Settings } from "../convert/convert.js";
import type { Input } from "../convert/input.js";
import { ALWAYS, selectionOf } from "../convert/selection.js";
import { emptySummary, type Summary } from "../convert/summary.js";
import { safeJson } from "../escapes.js";
import { yearlessLines } from "./assumed.js";
import type { ConvertValues } from "./convert-values.js";
import { Custody } from "./custody.js";
import { RecordFailures } from "./failed-records.js";
import { damage, tellFailure } from "./failure.js";
import type { FollowState } from "./follow-state.js";
import { Beginnings, isNothingKnown, noLogLines } from "./no-log.js";
import { openOutput } from "./output.js";
import { told } from "./printable.js";
import { Progress } from "./progress.js";
import { readable } from "./readable.js";
import { type Reading, readingOf, summaryLines, unparsedIn } from "./reading.js";
import { eventBlocks } from "./spread.js";
import type { Terminal } from "./terminal.js";
import { type Call, type ExitCode, usageError } from "./verb.js";

export async function runConvert({ args, options, terminal }: Call<ConvertValues>): Promise<ExitCode> {
	const { keys, omit, isFollowing } = options;
	const selection = keys === undefined && omit === undefined ? undefined : selectionOf({ keys, omit });
	const reading = await readingOf(args, options);
	const state = isFollowing ? await followState(reading, options) : undefined;
	if (!isFollowing && options.state !== undefined)
		throw usageError("--state is for --follow: all else is read to its end", "Leave it out.");
	const settingsOf = (source: Source): Settings => ({ ...reading.settingsOf(source), selection, isLive: isFollowing });
	const { inputs, worst } = await readable(reading.sources, terminal, isFollowing ? await followed(terminal, state) : terminal.open);
	// What is wrong with the settings of any source is told before anything is written.
	for (const [source, input] of inputs) convert(input, settingsOf(source), emptySummary());
	if (inputs.size === 0) return worst;
	const work = new Conversion(inputs, options, terminal, worst, state);
	await work.run(settingsOf, reading.formatsDirs);
	return await work.tell();
}

/** What --follow needs: one file, and what --state remembers of it. */
async function followState({ sources, formats }: Reading, { manifest, state, output }: ConvertValues): Promise<FollowState | undefined> {
	const [source, ...others] = sources;
	if (source === undefined || others.length > 0 || source.path === "-")
		throw usageError("--follow reads exactly one file", "Name one file; to follow several, run one command for each.");
	if (manifest !== undefined) throw usageError("--manifest notes what is whole, and what is followed never is", "Leave one of them out.");
	if (state === undefined) return undefined;
	const { FollowState } = await import("./follow-state.js");
	return new FollowState(state, source.path, formats, output === "-" ? undefined : output);
}

async function followed(terminal: Terminal, state: FollowState | undefined): Promise<(path: string) => Promise<Input>> {
	const { followInput } = await import("../convert/follow.js");
	return async (path) => {
		const following = await followInput(path, terminal.ended?.(), state?.from);
		state?.follow(following);
		return following;
	};
}

/** One call of `convert`. */
class Conversion {
	readonly #summaries: ReadonlyMap<Source, Summary>;
	readonly #progress: Progress;
	readonly #beginnings: Beginnings;
	readonly #failures = new RecordFailures();
	readonly #custody: Custody | undefined;

	constructor(
		readonly inputs: ReadonlyMap<Source, Input>,
		readonly options: ConvertValues,
		readonly terminal: Terminal,
		public worst: ExitCode,
		readonly state: FollowState | undefined,
	) {
		this.#summaries = new Map([...inputs.keys()].map((source) => [source, emptySummary()]));
		const { isQuiet, isFollowing } = options;
		this.#progress = new Progress(terminal, { isQuiet: isQuiet || isFollowing, unparsed: () => unparsedIn(this.#summaries) });
		this.#beginnings = new Beginnings(terminal);
		this.#custody = options.manifest === undefined ? undefined : new Custody();
	}

	async run(settingsOf: (source: Source) => Settings, formatsDirs: readonly string[]): Promise<void> {
		const { options } = this;
		const progress = this.#progress;
		const paths = [...this.inputs.keys()].map(({ path }) => path);
		const { state } = this;
		const output = await openOutput(options.output, progress.terminal, paths, {
			isLive: options.isFollowing,
			keptBytes: state?.keptBytes ?? 0,
		});
		try {
			await progress.begin(paths);
			const blocks = eventBlocks({
				inputs: new Map([...this.inputs].map(([source, input]) => [source, this.#watched(source, input)])),
				summaries: this.#summaries,
				settingsOf: (source) =>
					state === undefined
						? settingsOf(source)
						: { ...settingsOf(source), from: state.records, onState: (records) => state.save(records, output.bytes()) },
				formatsDirs,
				unparsed: options.unparsed,
				// What is added up has to be read here.
				threads: options.isFollowing || this.#custody !== undefined ? 1 : options.jobs,
				progress,
				onFailure: async (error) => {
					this.#custody?.fail();
					this.worst = await tellFailure(damage(error), progress.terminal);
				},
			});
			for await (const block of blocks) {
				await this.#failures.tell(this.#summaries, progress.terminal);
				this.#custody?.see(block);
				await output.write(block);
			}
			await output.finish();
			await this.#writeManifest();
		} finally {
			await this.#failures.tell(this.#summaries, progress.terminal);
			await progress.end();
			await output.close();
		}
	}

	#watched(source: Source, input: Input): Input {
		const kept = this.#beginnings.watch(input);
		return this.#custody === undefined ? kept : this.#custody.watch(source, kept);
	}

	async #writeManifest(): Promise<void> {
		const { manifest } = this.options;
		if (manifest === undefined || this.#custody === undefined) return;
		const paths = [...this.inputs.keys()].map(({ path }) => path);
		const output = await openOutput(manifest, this.terminal, paths);
		try {
			await output.write(`${safeJson(await this.#custody.manifest(this.#summaries, this.options), "\t")}\n`);
			await output.finish();
		} finally {
			await output.close();
		}
	}

	/** What became of it, on standard error; gives the exit code. */
	async tell(): Promise<ExitCode> {
		const { isQuiet, isStrict, omit } = this.options;
		const summaries = this.#summaries;
		if (!isQuiet) await this.terminal.stderr.write(told([...summaryLines(summaries), ...alwaysLines(omit)]));
		await this.terminal.stderr.write(told([...yearlessLines(summaries), ...(await noLogLines(summaries, this.#beginnings))]));
		if (this.worst !== 0) return this.worst;
		return isNothingKnown(summaries) || (isStrict && unparsedIn(summaries) > 0) ? 1 : 0;
	}
}

/** What is written although it was to be left out. */
function alwaysLines(omit: readonly string[] | undefined): string[] {
	const kept = ALWAYS.filter((key) => omit?.includes(key));
	return kept.length === 0 ? [] : [`always written: ${kept.join(", ")}`];
}
