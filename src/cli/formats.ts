import { check } from "./formats-check.js";
import { coverage } from "./formats-coverage.js";
import { formatsDirs } from "./formats-dirs.js";
import { create } from "./formats-new.js";
import { test } from "./formats-test.js";
import { language } from "./language.js";
import { defineVerb, flag, type Verb, type VerbGroup } from "./verb.js";

const list: Verb = defineVerb({
	name: "list",
	summary: "the formats, how many messages each knows and explains",
	args: [],
	options: { formatsDirs, isJson: flag("--json", "as JSON") },
	examples: [
		{ command: "mailtrail formats list", title: "a table" },
		{ command: "mailtrail formats list --json | jq -r '.[].id'", title: "the ids" },
	],
	run: async (call) => (await import("./run-formats.js")).runList(call),
});

const show: Verb = defineVerb({
	name: "show",
	summary: "all messages, fields, words and options of a format",
	details: "The text is for reading, the JSON for other programs. Messages without a translation keep their English words.",
	args: [{ name: "ID", title: "id of the format", isRequired: true }],
	options: { formatsDirs, language, isJson: flag("--json", "as JSON") },
	examples: [
		{ command: "mailtrail formats show milter-manager --lang ja", title: "its messages in Japanese" },
		{ command: `mailtrail formats show smtpf --json | jq '.catalog[] | select(.level == "error")'`, title: "the errors of a format" },
	],
	run: async (call) => (await import("./run-formats.js")).runShow(call),
});

export const formats: VerbGroup = {
	name: "formats",
	summary: "what formats there are and what they know; tools to write one",
	verbs: [list, show, create, test, check, coverage],
};
