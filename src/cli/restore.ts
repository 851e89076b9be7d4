import { restore as restoreBytes } from "../index.js";
import { openOutput } from "./output.js";
import { printableLines } from "./printable.js";
import { Progress } from "./progress.js";
import { defineVerb, flag, text, type Verb } from "./verb.js";

export const restore: Verb = defineVerb({
	name: "restore",
	summary: "give back the bytes that were converted",
	details:
		"Joins the raw text and the line end of each record. A record that is missing, doubled, out of order or changed ends the work with\n" +
		"exit code 1. What was compressed comes back decompressed.",
	args: [{ name: "NDJSON", title: "file of events, - or none for standard input" }],
	options: {
		file: text("--file <name>", "restore this source file, when the events come from several"),
		output: text("-o, --output <file>", "write to this file instead of standard output"),
		isForced: flag("--force", "go on over missing, doubled and changed records, and tell each"),
		isQuiet: flag("-q, --quiet", "no progress on standard error"),
	},
	examples: [
		{ command: "mailtrail restore events.ndjson -o mail.log", title: "the log as it was" },
		{ command: "mailtrail restore events.ndjson --file store1/mail.log | sha256sum", title: "the fingerprint of one of several logs" },
	],
	async run({ args, options, terminal }) {
		const name = args[0] ?? "-";
		const { file, isForced } = options;
		let problems = 0;
		const input = await terminal.open(name);
		const progress = new Progress(terminal, options);
		const output = await openOutput(options.output, progress.terminal, [name]);
		try {
			await progress.begin([name]);
			const bytes = restoreBytes(name, progress.watch(input).chunks(), {
				...(file === undefined ? {} : { file }),
				isForced,
				onProblem: (problem) => {
					problems += 1;
					return progress.terminal.stderr.write(`mailtrail: ${printableLines(problem.message)}\n`);
				},
			});
			for await (const block of bytes) await output.write(block);
		} finally {
			await progress.end();
			await output.close();
		}
		return problems === 0 ? 0 : 1;
	},
});
