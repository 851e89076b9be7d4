import { defineVerb, flag, text, type Verb } from "./verb.js";

export const restore: Verb = defineVerb({
	name: "restore",
	summary: "give back the bytes that were converted",
	details:
		"Joins the raw text and the line end of each record, of several sources one after another. A record that is missing, doubled, out of\n" +
		"order or changed ends the work with exit code 1, behind all that is whole. What was compressed comes back decompressed.",
	args: [{ name: "NDJSON", title: "file of events, - or none for standard input" }],
	options: {
		file: text("--file <name>", "restore this source file only"),
		output: text("-o, --output <file>", "write to this file instead of standard output"),
		isForced: flag("--force", "go on over missing, doubled and changed records and broken lines, and tell each"),
		manifest: text("--manifest <file>", "check events and logs against what convert --manifest noted, before anything is written"),
		isQuiet: flag("-q, --quiet", "no progress on standard error"),
	},
	examples: [
		{ command: "mailtrail restore events.ndjson -o mail.log", title: "the log as it was" },
		{ command: "mailtrail restore events.ndjson --file store1/mail.log | sha256sum", title: "the fingerprint of one of several logs" },
	],
	run: async (call) => (await import("./run-restore.js")).runRestore(call),
});
