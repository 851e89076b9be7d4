import type { LoadReaders } from "../author/workbench.js";
import { formatsDirs } from "./formats-dirs.js";
import { defineVerb, flag, type Verb } from "./verb.js";

/** The verb, with its way to load the other formats; tests have one that does not compile them every time. */
export const testWith = (load?: LoadReaders): Verb =>
	defineVerb({
		name: "test",
		summary: "run the cases of a format",
		details:
			"Compiles the format from its sources as they are now, runs the cases in corpus/ (ID/*.txt in the project, *.txt in the corpus folder of\n" +
			"a format of your own) and shows the first that does not hold: what differs and, for a record that was not understood, how far reading\n" +
			"came and what was expected there. Exit code 1 when a case fails, is blank, or there is none.",
		args: [{ name: "ID", title: "id of the format", isRequired: true }],
		options: {
			isWatching: flag("--watch", "run again whenever a file of the format changes, until Ctrl-C"),
			isUpdating: flag("--update", "fill blank expectations with what is read now; never those of unparsed records"),
			isAll: flag("--all", "show every case that does not hold"),
			formatsDirs,
		},
		examples: [
			{ command: "mailtrail formats test smtpf", title: "the cases of a format that ships" },
			{ command: "mailtrail formats test qmail --formats-dir formats --watch", title: "while you write your own" },
			{ command: "mailtrail formats test qmail --formats-dir formats --update", title: "fill what stands blank behind ==>, then read it" },
		],
		run: async (call) => (await import("./run-formats-test.js")).runTest(call, load),
	});

export const test: Verb = testWith();
