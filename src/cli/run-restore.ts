import { lookAt } from "../convert/input.js";
import { differenceOf, type Manifest, notTheContent, notTheEvents, readManifest, Summing } from "../convert/manifest.js";
import { restore } from "../convert/restore.js";
import { MailtrailError } from "../errors.js";
import { type Output, openOutput } from "./output.js";
import { printableLines } from "./printable.js";
import { Progress } from "./progress.js";
import type { Terminal } from "./terminal.js";
import { type Call, type ExitCode, usageError } from "./verb.js";

interface RestoreValues {
	readonly file: string | undefined;
	readonly output: string | undefined;
	readonly isForced: boolean;
	readonly isQuiet: boolean;
	readonly manifest: string | undefined;
}

export async function runRestore({ args, options, terminal }: Call<RestoreValues>): Promise<ExitCode> {
	const name = args[0] ?? "-";
	const { file, isForced } = options;
	const input = await terminal.open(name);
	const progress = new Progress(terminal, options);
	let problems = 0;
	const onProblem = async (problem: MailtrailError): Promise<void> => {
		if (!isForced) throw problem;
		problems += 1;
		await progress.terminal.stderr.write(`mailtrail: ${printableLines(problem.message)}\n`);
	};
	const manifest = options.manifest === undefined ? undefined : await readManifest(options.manifest);
	if (manifest !== undefined && input.modified === undefined)
		throw usageError("--manifest checks the events before they are restored, so they are read twice", "Name a file of events.");
	const difference = manifest === undefined ? undefined : await differenceOf(manifest, lookAt(input));
	if (difference !== undefined) await onProblem(notTheEvents(name, difference));
	const output = await openOutput(options.output, progress.terminal, [name]);
	const sums = new Sums();
	try {
		await progress.begin([name]);
		const bytes = restore(name, progress.watch(input).chunks(), {
			...(file === undefined ? {} : { file }),
			isForced,
			onProblem,
			onSource: (source) => sums.begin(source),
		});
		for await (const block of bytes) {
			if (manifest !== undefined) sums.add(block);
			await output.write(block);
		}
		if (manifest !== undefined) for (const problem of sums.problems(name, manifest, file)) await onProblem(problem);
		await output.finish();
	} catch (error) {
		if (error instanceof MailtrailError && /^(?:restore|input)\./.test(error.code)) await keep(output, progress.terminal);
		throw error;
	} finally {
		await progress.end();
		await output.close();
	}
	return problems === 0 ? 0 : 1;
}

/** What was restored of each source. */
class Sums {
	readonly #sums = new Map<string, Summing>();
	#now = new Summing();

	begin(source: string): void {
		this.#now = new Summing();
		this.#sums.set(source, this.#now);
	}

	add(block: Uint8Array): void {
		this.#now.add(block);
	}

	/** Sources that are not as they were read. */
	*problems(name: string, { inputs }: Manifest, only: string | undefined): Generator<MailtrailError> {
		for (const { file, content } of inputs) {
			if (only !== undefined && file !== only) continue;
			const found = (this.#sums.get(file) ?? new Summing()).sum;
			if (found.sha256 !== content.sha256) yield notTheContent(name, file, content, found);
		}
	}
}

/** What is whole is kept, by a name that says that it is not all. */
async function keep(output: Output, terminal: Terminal): Promise<void> {
	const path = await output.keep();
	if (path !== undefined) await terminal.stderr.write(`mailtrail: what could be restored is in ${printableLines(path)}\n`);
}
