import type { UnparsedLimit } from "../convert/validate.js";
import { parseSize } from "./numbers.js";
import { REPORTS } from "./reports.js";
import { choice, defineVerb, flag, parsed, parsedOr, text, type Verb } from "./verb.js";

/** `0.5%` of all events, or `12` of them. */
function parseLimit(text: string): UnparsedLimit | undefined {
	const [, number, sign] = /^(\d+(?:\.\d+)?)(%?)$/.exec(text) ?? [];
	if (number === undefined) return undefined;
	if (sign === "%") return Number(number) <= 100 ? { percent: Number(number) } : undefined;
	return Number.isSafeInteger(Number(number)) ? { count: Number(number) } : undefined;
}

export const validate: Verb = defineVerb({
	name: "validate",
	summary: "check events against the schema",
	details:
		"Reads NDJSON as convert writes it and tells each value that the event schema does not allow. Exit code 1 when there are findings.",
	args: [{ name: "NDJSON", title: "files of events, - or none for standard input", isRepeated: true }],
	options: {
		report: choice("--report <kind>", "form of the findings", REPORTS, "text"),
		maxUnparsed: parsed(
			"--max-unparsed <limit>",
			"also a finding: more unparsed records than this, 0.5% or a number",
			"a share like 0.5% or a number like 12",
			parseLimit,
		),
		hasUniqueIds: flag("--unique-ids", "also a finding: an id that stands in two events; keeps all ids in memory"),
		manifest: text("--manifest <file>", "also a finding: events that are not those that convert --manifest noted"),
		isQuiet: flag("-q, --quiet", "neither summary nor progress on standard error"),
		maxLine: parsedOr("--max-line <size>", "longest line that is read", "a size like 65536, 64k or 1M", parseSize, "64M"),
	},
	examples: [
		{ command: "mailtrail convert mail.log | mailtrail validate", title: "check what a conversion gives" },
		{ command: "mailtrail validate events.ndjson --max-unparsed 0.5%", title: "fail when more than one record in 200 was not understood" },
		{ command: "mailtrail validate --report github events/*.ndjson", title: "annotations beside the lines of a pull request" },
	],
	run: async (call) => (await import("./run-validate.js")).runValidate(call),
});
