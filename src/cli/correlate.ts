import { language } from "./language.js";
import { readingOptions } from "./reading-options.js";
import { defineVerb, flag, parsedOr, text, texts, type Verb } from "./verb.js";

export const correlate: Verb = defineVerb({
	name: "correlate",
	summary: "follow each mail through the logs of all layers",
	details:
		"Reads logs, or events as convert writes them, of one or several hosts, and writes a trail for each mail: what every layer did with it,\n" +
		"which records belong together and why, what became of it for each recipient and who decided that. How far the clocks of the hosts are\n" +
		"apart is found out, mistaken zones included. What the logs cannot prove stays apart, and is told as such. A log that does not name its\n" +
		"host is taken for a host of its own; a case file can name it, and its clock_offset_seconds. With --text and --evaluate, standard output\n" +
		"is for people; y or z beside a time says that its year or zone was assumed. Exit code 1 when --trace found nothing.",
	args: [{ name: "FILE", title: "logs or files of events, or globs, - or none for standard input", isRepeated: true }],
	options: {
		...readingOptions,
		traced: texts(
			"--trace <what>",
			"only trails that touch this address, Message-ID, queue id, session or IP, or have this id; may be repeated",
		),
		isText: flag("--text", "each trail as a timeline for people, a line for each event; reads the inputs twice"),
		language,
		expiryDays: parsedOr(
			"--expire <days>",
			"days after which nothing more is awaited for a mail",
			"a number of days above 0, such as 5 or 0.5",
			(value) => (/^\d+(\.\d+)?$/.test(value) && Number(value) > 0 ? Number(value) : undefined),
			"5",
		),
		truth: text("--evaluate <truth.json>", "instead of trails, tell how right they are by this file"),
		isJson: flag("--json", "what --evaluate tells as JSON, with each mistake"),
		output: text("-o, --output <file>", "write to this file instead of standard output"),
		isQuiet: flag("-q, --quiet", "neither summary nor progress on standard error"),
	},
	examples: [
		{ command: "mailtrail correlate mx1/mail.log mx2/mail.log -o trails.ndjson", title: "a trail for each mail" },
		{
			command: "mailtrail correlate --config case.json --trace jane@example.net --text",
			title: "what happened to the mails of an address",
		},
		{ command: "mailtrail correlate logs/* --trace 4jWcQ41DfQzJvYf | jq .recipients", title: "what became of the mail with a queue id" },
		{ command: "mailtrail correlate logs/* --evaluate truth.json", title: "how good it is, where the truth is known" },
	],
	run: async (call) => (await import("./run-correlate.js")).runCorrelate(call),
});
