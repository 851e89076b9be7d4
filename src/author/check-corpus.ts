/** What the cases and captures prove: they hold, are read whole, give valid events, and tell where they come from. */
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Event } from "../format/event.js";
import { lowerOptions } from "../format/load.js";
import { Exercise, labelsOf } from "../grammar/exercised.js";
import { grammarNamed } from "../grammar/ohm.js";
import { matchText } from "../pipeline/read.js";
import { eventMismatches, isEvent } from "../pipeline/validate.js";
import { casesOf } from "./cases.js";
import type { Sighting } from "./evidence.js";
import { type Finding, Gathered, type Places } from "./findings.js";
import { tryCase } from "./trial.js";
import type { Specimen } from "./workbench.js";

/** Cases that do not hold, and captures that nobody knows the origin of. */
export async function checkFiles(specimen: Specimen): Promise<Finding[]> {
	const { corpus } = specimen;
	const found: Finding[] = [];
	const cases = casesOf(corpus);
	if (cases.length === 0)
		found.push({
			severity: "error",
			kind: "case.none",
			what: "there is no case",
			why: "Nothing shows what the format is to make of a line.",
			mend: 'Write a title ("# …"), a line of the log, ==> and the event, into a .txt file.',
			place: { file: corpus.folder },
		});
	for (const one of cases) {
		const { verdict, differences } = await tryCase(one, specimen);
		const place = { file: one.file, line: one.line };
		if (verdict === "fails")
			found.push({
				severity: "error",
				kind: "case.fails",
				what: `the case "${one.title}" does not hold`,
				why: differences[0] ?? "",
				mend: `mailtrail formats test ${specimen.format.id} shows the record and where reading stopped.`,
				place,
			});
		if (verdict === "blank")
			found.push({
				severity: "hint",
				kind: "case.blank",
				what: `the case "${one.title}" expects nothing yet`,
				why: "It proves nothing.",
				mend: `Write what the event must hold, or let mailtrail formats test ${specimen.format.id} --update do it, and read that.`,
				place,
			});
	}
	if (corpus.captures.length === 0)
		found.push({
			severity: "hint",
			kind: "capture.none",
			what: "there is no capture",
			why: "Cases show what their author thought of; a real log shows the rest.",
			mend: "Put a log into captures/, and tell in captures/SOURCES.md where it comes from.",
			place: { file: join(corpus.folder, "captures") },
		});
	const sources = existsSync(corpus.sources) ? readFileSync(corpus.sources, "utf8") : "";
	for (const file of corpus.captures)
		if (!sources.includes(basename(file)))
			found.push({
				severity: "error",
				kind: "provenance.missing",
				what: `SOURCES.md does not name ${basename(file)}`,
				why: "Nobody can judge what a log proves, nor publish it, without knowing where it comes from.",
				mend: "Tell which program in which version wrote it, how, and what was changed since.",
				place: { file: corpus.sources, line: 1 },
			});
	return found;
}

/** Events that are invalid or say what the record does not, and records of the format's programs that it does not read. */
export function checkEvents({ format }: Specimen, seen: readonly Sighting[], captures: readonly string[]): Finding[] {
	const gathered = new Gathered();
	const programs = format.definition.programs ?? [];
	for (const { file, line, event, own } of seen) {
		const place = { file, line };
		if (event.record === "unparsed" && captures.includes(file) && event.program !== undefined && programs.includes(event.program))
			gathered.add({
				severity: "error",
				kind: "capture.unparsed",
				what: `a record of ${event.program} is unparsed`,
				why: "The rule that reads records must accept any text of its programs, so that host, time and text are not lost.",
				mend: "mailtrail explain shows how far it was read; end the rule with an alternative that takes the rest as `remainder`.",
				place,
			});
		if (own !== undefined) for (const finding of eventFindings(format, event, own.isExpanded, place)) gathered.add(finding);
	}
	return gathered.findings;
}

/** What is wrong with one event of the format. */
export function* eventFindings(format: Specimen["format"], event: Event, isExpanded: boolean, place: Finding["place"]): Generator<Finding> {
	if (!isEvent(event)) {
		const [{ pointer, expected, found: value } = { pointer: "", expected: "a valid event", found: "" }] = eventMismatches(event);
		yield {
			severity: "error",
			kind: "event.invalid",
			what: `the event of this record is invalid at ${pointer === "" ? "its top" : pointer}`,
			why: `Expected ${expected}, found ${value ?? "none"}.`,
			mend: "Let the rule capture only what may stand there, or let the value go elsewhere, such as `fields`.",
			place,
		};
	}
	const value = untold(format, event, isExpanded);
	if (value !== undefined)
		yield {
			severity: "error",
			kind: "value.untold",
			what: `the event says what its record does not: ${value.path} is ${JSON.stringify(value.text)}`,
			why: "A value stands in the line, or is declared as computed: derived(), or a word of the catalog.",
			mend: "Give the text as it was captured, or declare what is computed with derived().",
			place,
		};
}

/** Keys that the engine or the catalog fills. */
const OWN_KEYS: ReadonlySet<string> = new Set([
	...["schema_version", "id", "record", "format", "time", "time_basis", "level", "level_basis"],
	...["code", "action", "outcome", "raw", "raw_encoding", "source", "fields.log_profile"],
]);

/** The first text of an event that its record does not say and no derived field explains. */
function untold(
	format: Specimen["format"],
	event: Event,
	isExpanded: boolean,
): { readonly path: string; readonly text: string } | undefined {
	const derived = format.fields.flat().flatMap((field) => (field.kind === "derived" ? [field.path] : []));
	const isTold = (text: string): boolean => {
		if (event.raw.includes(text)) return true;
		// Decoded values have other signs between their words than the line.
		return isExpanded && (text.match(/[A-Za-z0-9]+/g) ?? []).every((word) => event.raw.includes(word));
	};
	const search = (value: unknown, path: string): ReturnType<typeof untold> => {
		if (OWN_KEYS.has(path) || derived.some((known) => path === known || path.startsWith(`${known}.`))) return undefined;
		if (typeof value === "string") return isTold(value) ? undefined : { path, text: value };
		if (typeof value !== "object" || value === null) return undefined;
		for (const [key, inner] of Object.entries(value)) {
			const found = search(inner, path === "" ? key : `${path}.${key}`);
			if (found !== undefined) return found;
		}
		return undefined;
	};
	return search(event, "");
}

/** Alternatives with a label and catalog entries that no record of the corpus takes part in. */
export function checkExercised({ format, composed }: Specimen, seen: readonly Sighting[], places: Places): Finding[] {
	const { definition, catalog, folder, parser } = format;
	const grammar = grammarNamed(composed.grammars, composed.name, definition.id);
	const exercise = new Exercise(
		composed.grammars,
		grammar,
		lowerOptions(definition, catalog, composed),
		labelsOf(composed.grammars, definition.grammar),
	);
	const codes = new Set<string>();
	for (const { event, own } of seen) {
		if (own === undefined) continue;
		const { payload, content, message, switches } = own;
		if (event.code !== undefined) codes.add(event.code);
		if (message !== undefined) codes.add(composed.templates[Number(message.slice("message_t".length))]?.entry.code ?? "");
		parser.setSwitches(switches);
		const read = (rule: string | undefined, text: string): void => {
			if (rule !== undefined) exercise.read(rule, text, switches);
		};
		read(format.record, payload);
		if (content !== undefined) read("message", content);
		for (const rule of [definition.bare, definition.unfinished]) read(rule, payload);
		for (const rule of definition.frames ?? []) read(rule, event.raw);
		for (const reread of Object.values(definition.expand ?? {}))
			if (own.isExpanded)
				reread(matchText(format, format.record, payload) ?? {}, (rule, text) => {
					read(rule, text);
					return matchText(format, rule, text);
				});
	}
	parser.setSwitches([]);
	const { labels } = exercise;
	const idle = labels.filter(({ rule }) => !exercise.seen.has(rule));
	const silent = catalog.entries.filter(({ code }) => !codes.has(code));
	const found: Finding[] = [];
	const tell = (kind: string, place: Finding["place"], what: string, list: readonly string[]): void => {
		found.push({
			severity: "hint",
			kind,
			what,
			why: "Nobody knows whether they read what they should.",
			mend: "Write a case for each, or remove what no program writes.",
			place,
			list,
		});
	};
	const [first] = idle;
	if (first !== undefined)
		tell(
			"label.unexercised",
			{ file: first.origin?.file ?? folder, line: first.origin?.line ?? 1 },
			`no case and no capture exercises ${idle.length} of ${labels.length} alternatives`,
			idle.map(({ rule, origin }) => `${rule} (line ${origin?.line ?? 1})`),
		);
	if (silent.length > 0)
		tell(
			"code.unexercised",
			places.json(join(folder, "catalog.json"), "/entries"),
			`no case and no capture exercises ${silent.length} of ${catalog.entries.length} catalog entries`,
			silent.map(({ code }) => code),
		);
	return found;
}
