import type { LoadReaders } from "../author/workbench.js";
import { formatsDirs } from "./formats-dirs.js";
import { defineVerb, parsedOr, text, texts, type Verb } from "./verb.js";

/** The verb, with its way to load the other formats; tests have one that does not compile them every time. */
export const newWith = (load?: LoadReaders): Verb =>
	defineVerb({
		name: "new",
		summary: "begin a format from a sample of its log",
		details:
			"Writes the folder ID: a grammar that reads any text of the program, the file that says who writes the format, a catalog with a message\n" +
			"for each shape of the sample, and a case for each shape with a blank expectation. Of a log that several programs share, the records\n" +
			"that no format reads count: those of the programs named like ID, or of --program. In a checkout of mailtrail the files go to\n" +
			"grammars/ID and corpus/ID. Nothing is overwritten.",
		args: [{ name: "ID", title: "id of the new format", isRequired: true }],
		options: {
			from: text("--from <file>", "log of the program, - for standard input"),
			into: parsedOr(
				"--into <folder>",
				"folder of formats in which the new folder is made",
				"a folder",
				(value) => value || undefined,
				".",
			),
			programs: texts("--program <name>", "program that writes the format; may be repeated"),
			formatsDirs,
		},
		examples: [
			{ command: "mailtrail formats new qmail --from sample.log", title: "makes the folder qmail here" },
			{
				command: "mailtrail formats new exim --from mail.log --program exim --into formats",
				title: "from a log that others write into too",
			},
		],
		run: async (call) => (await import("./run-formats-new.js")).runNew(call, load),
	});

export const create: Verb = newWith();
