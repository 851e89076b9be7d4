import { restore } from "../convert/restore.js";
import { MailtrailError } from "../errors.js";
import { type Output, openOutput } from "./output.js";
import { printableLines } from "./printable.js";
import { Progress } from "./progress.js";
import type { Terminal } from "./terminal.js";
import type { Call, ExitCode } from "./verb.js";

interface RestoreValues {
	readonly file: string | undefined;
	readonly output: string | undefined;
	readonly isForced: boolean;
	readonly isQuiet: boolean;
}

export async function runRestore({ args, options, terminal }: Call<RestoreValues>): Promise<ExitCode> {
	const name = args[0] ?? "-";
	const { file, isForced } = options;
	let problems = 0;
	const input = await terminal.open(name);
	const progress = new Progress(terminal, options);
	const output = await openOutput(options.output, progress.terminal, [name]);
	try {
		await progress.begin([name]);
		const bytes = restore(name, progress.watch(input).chunks(), {
			...(file === undefined ? {} : { file }),
			isForced,
			onProblem: (problem) => {
				problems += 1;
				return progress.terminal.stderr.write(`mailtrail: ${printableLines(problem.message)}\n`);
			},
		});
		for await (const block of bytes) await output.write(block);
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

/** What is whole is kept, by a name that says that it is not all. */
async function keep(output: Output, terminal: Terminal): Promise<void> {
	const path = await output.keep();
	if (path !== undefined) await terminal.stderr.write(`mailtrail: what could be restored is in ${printableLines(path)}\n`);
}
