import { formatsDirs } from "./formats-dirs.js";
import { language } from "./language.js";
import { parseYear } from "./reading-options.js";
import type { LoadParsers } from "./run-explain.js";
import { defineVerb, flag, parsed, text, texts, type Verb } from "./verb.js";

/** The verb, with its way to load parsers; tests have one that does not compile them every time. */
export const explainWith = (load?: LoadParsers): Verb =>
	defineVerb({
		name: "explain",
		summary: "say what a message, a word or a whole line means",
		details:
			"WHAT is a message code (717), a tag list ([server][error][connect]), a reply (reply:283 or the whole reply), another word of a catalog\n" +
			"(flag:helo_host, LOG_NODE, EE), a mask (dispatcher:0x41), or a line of a log: then each value of its event is shown with its place in\n" +
			"the line, and for a line that is not understood, how far it was. Without WHAT, or with -, each line of standard input is explained.\n" +
			"With --event, the record of that event in the log, or in the events, of --in; of its file's path the last part is enough.\n" +
			"Exit code 1 when something has no explanation.",
		args: [{ name: "WHAT", title: "codes, words or lines, - or none for lines from standard input", isRepeated: true }],
		options: {
			language,
			format: text("-f, --format <id>", "look only there; lines without any frame are records of this format"),
			isJson: flag("--json", "one JSON object for each WHAT"),
			zone: text("--tz <zone>", "zone of stamps without one: Europe/Berlin, +09:00"),
			year: parsed("--year <year>", "year of stamps without one", "a year such as 2026", parseYear),
			events: texts("--event <id>", "explain the record of this event, as trails name it; may be repeated"),
			inputs: texts("--in <file>", "log, or file of events, that holds it, - for standard input; may be repeated"),
			options: texts("--option <name=value>", "option of the logging program (LOG_NODE=1), or preset=<name>; may be repeated"),
			formatsDirs,
		},
		examples: [
			{ command: "mailtrail explain '#717'", title: "a numbered message" },
			{ command: "mailtrail explain --lang ja '[server][error][connect]'", title: "a tagged message, in Japanese" },
			{
				command: "mailtrail explain reply:283 flag:helo_host EE dispatcher:0x41",
				title: "a reply, a flag, an action with a modifier, a mask",
			},
			{ command: "mailtrail explain --event mail.log:4711 --in events.ndjson", title: "an event that a trail names" },
			{ command: "grep 2AK28R001230000100 mail.log | mailtrail explain --year 2026", title: "each line of a session" },
		],
		run: async (call) => (await import("./run-explain.js")).runExplain(call, load),
	});

export const explain: Verb = explainWith();
