import type { LoadReaders } from "../author/workbench.js";
import { formatsDirs } from "./formats-dirs.js";
import { defineVerb, flag, type Verb } from "./verb.js";

/** The verb, with its way to load the other formats; tests have one that does not compile them every time. */
export const checkWith = (load?: LoadReaders): Verb =>
	defineVerb({
		name: "check",
		summary: "check a format: grammar, catalog, corpus, and its manners towards other formats",
		details:
			"Compiles the format from its sources as they are now. An error must be mended: a grammar that cannot run in linear time, alternatives and\n" +
			"templates that can never match, names that do not agree, cases that fail, events that are invalid or say what the line does not, lines that\n" +
			"are lost when they are cut, records that two formats take for theirs (as far as corpora are there: those of the formats that ship stand in\n" +
			"a checkout of mailtrail), words that lack in a language, captures of unknown origin. A hint is for you to judge, such as what no case\n" +
			"exercises. Exit code 1 when there are errors.",
		args: [{ name: "ID", title: "id of the format", isRequired: true }],
		options: {
			isJson: flag("--json", "as JSON, with all that hints list"),
			formatsDirs,
		},
		examples: [
			{ command: "mailtrail formats check smtpf", title: "a format that ships" },
			{ command: "mailtrail formats check qmail --formats-dir formats", title: "your own" },
			{ command: "mailtrail formats check smtpf --json | jq -r '.findings[].kind'", title: "kinds of what was found" },
		],
		run: async (call) => (await import("./run-formats-check.js")).runCheck(call, load),
	});

export const check: Verb = checkWith();
