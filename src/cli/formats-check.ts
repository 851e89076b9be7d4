import { checkFormat } from "../author/check.js";
import type { Finding } from "../author/findings.js";
import { type LoadReaders, Workbench } from "../author/workbench.js";
import { formatPlace } from "../errors.js";
import { formatsDirs } from "./formats-dirs.js";
import { safeJson } from "./json.js";
import { paragraph, widthOf } from "./layout.js";
import { counted } from "./numbers.js";
import { shownPath } from "./paths.js";
import { printable } from "./printable.js";
import { type Colours, coloursFor } from "./terminal.js";
import { defineVerb, flag, type Verb } from "./verb.js";

/** The verb, with its way to load the other formats; tests have one that does not compile them every time. */
export const checkWith = (load?: LoadReaders): Verb =>
	defineVerb({
		name: "check",
		summary: "check a format: grammar, catalog, corpus, and its manners towards other formats",
		details:
			"Compiles the format from its sources as they are now. An error must be mended: a grammar that cannot run in linear time, alternatives and\n" +
			"templates that can never match, names that do not agree, cases that fail, events that are invalid or say what the line does not, lines that\n" +
			"are lost when they are cut, records that two formats take for theirs, words that lack in a language, captures of unknown origin. A hint is\n" +
			"for you to judge, such as what no case exercises. Exit code 1 when there are errors.",
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
		async run({ args, options, terminal }) {
			const id = args[0] ?? "";
			const { findings, outdated } = await checkFormat(new Workbench(id, options.formatsDirs, load));
			for (const file of outdated)
				await terminal.stderr.write(
					`mailtrail: ${shownPath(file)} is newer than what the build made of it; npm run build makes it count\n`,
				);
			const errors = findings.filter(({ severity }) => severity === "error").length;
			const hints = findings.length - errors;
			const text = options.isJson
				? `${safeJson({ format: id, errors, hints, findings: findings.map(asJson) }, "\t")}\n`
				: findings.map((one) => findingText(one, widthOf(terminal.stdout), coloursFor(terminal.stdout))).join("");
			await terminal.stdout.write(text);
			await terminal.stderr.write(
				`mailtrail: ${printable(id)}: ${errors === 0 ? "no errors" : counted(errors, "error")}, ${counted(hints, "hint")}\n`,
			);
			return errors === 0 ? 0 : 1;
		},
	});

export const check: Verb = checkWith();

const asJson = ({ place: { file, line, column }, list, ...told }: Finding): object => ({
	...told,
	file: shownPath(file),
	...(line === undefined ? {} : { line }),
	...(column === undefined ? {} : { column }),
	...(list === undefined ? {} : { list }),
});

/** Things of a list that are shown; the JSON has all. */
const MOST_LISTED = 12;

function findingText({ severity, what, why, mend, place, list = [] }: Finding, width: number, { bold, red, yellow }: Colours): string {
	const shown = list.slice(0, MOST_LISTED).map(shownItem).join(", ");
	const more = list.length > MOST_LISTED ? `, and ${list.length - MOST_LISTED} more (--json lists all)` : "";
	const where = bold(printable(formatPlace({ ...place, file: shownPath(place.file) })));
	const kind = severity === "error" ? red("error") : yellow("hint");
	return [
		`${where}: ${kind}: ${printable(what)}\n`,
		...[why, ...(shown === "" ? [] : [`${shown}${more}`]), mend]
			.filter((text) => text !== "")
			.map((text) => paragraph(printable(text), width, "  ")),
		"\n",
	].join("");
}

/** A place among the things of a list is shown as other paths are. */
const shownItem = (item: string): string => (/^\/.*:\d+$/.test(item) ? shownPath(item) : item);
