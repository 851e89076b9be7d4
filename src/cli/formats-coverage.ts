import type { LoadReaders } from "../author/workbench.js";
import { formatsDirs } from "./formats-dirs.js";
import { defineVerb, flag, parsedOr, text, texts, type Verb } from "./verb.js";

/** The verb, with its way to load the other formats; tests have one that does not compile them every time. */
export const coverageWith = (load?: LoadReaders): Verb =>
	defineVerb({
		name: "coverage",
		summary: "what a log exercises of a format, and what of the log is not understood",
		details:
			"Counts, for each message of the catalog and each labelled case of the grammar, the records that had it. Then come the records that the\n" +
			"catalog has no message for, and those that no format reads: by shape, the most frequent first, each with an example. The format is\n" +
			"compiled from its sources as they are now.",
		args: [
			{ name: "ID", title: "id of the format", isRequired: true },
			{ name: "FILE", title: "logs or globs, - or none for standard input", isRepeated: true },
		],
		options: {
			isJson: flag("--json", "as JSON, with what was not exercised and all shapes"),
			most: parsedOr(
				"--shapes <number>",
				"shapes that are shown of each kind",
				"a number",
				(value) => (/^[1-9]\d{0,5}$/.test(value) ? Number(value) : undefined),
				"20",
			),
			forced: text("-f, --format <id>", "lines without any frame are records of this format"),
			options: texts("--option <name=value>", "option of the logging program (LOG_NODE=1), or preset=<name>; may be repeated"),
			formatsDirs,
		},
		examples: [
			{ command: "mailtrail formats coverage smtpf /var/log/mail.log", title: "what a log of this site shows of a format" },
			{ command: "mailtrail formats coverage qmail sample.log --formats-dir . --json | jq .generic.shapes", title: "what to write next" },
		],
		run: async (call) => (await import("./run-formats-coverage.js")).runCoverage(call, load),
	});

export const coverage: Verb = coverageWith();
