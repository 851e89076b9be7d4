/** Whether the events are valid and say only what their records do, and whether any record of the format's programs is lost. */

import { eventMismatches, isEvent } from "../convert/validate.js";
import type { WholeEvent } from "../format/event.js";
import type { Evidence } from "./evidence.js";
import { type Finding, Gathered } from "./findings.js";
import type { Specimen } from "./workbench.js";

export function checkEvents({ specimen: { format, corpus }, seen }: Evidence): Finding[] {
	const gathered = new Gathered();
	const judge = eventJudge(format);
	const programs = format.definition.programs ?? [];
	for (const { file, line, event, own } of seen) {
		const place = { file, line };
		if (event.record === "unparsed" && corpus.captures.includes(file) && event.program !== undefined && programs.includes(event.program))
			gathered.add({
				severity: "error",
				kind: "capture.unparsed",
				what: `a record of ${event.program} is unparsed`,
				why: "The rule that reads records must accept any text of its programs, so that host, time and text are not lost.",
				mend: "mailtrail explain shows how far it was read; end the rule with an alternative that takes the rest as `remainder`.",
				place,
			});
		if (own !== undefined) for (const finding of judge(event, own.isExpanded, place)) gathered.add(finding);
	}
	return gathered.findings;
}

/** Finds what is wrong with one event of the format. */
export type EventJudge = (event: WholeEvent, isExpanded: boolean, place: Finding["place"]) => readonly Finding[];

export function eventJudge(format: Specimen["format"]): EventJudge {
	const derived = format.fields.flat().flatMap((field) => (field.kind === "derived" ? [field.path] : []));
	// checkNames tells those that a capture fills by its path.
	const stated = new Set(format.fields.flat().flatMap((field) => ("path" in field ? [field.path] : [])));
	const isDeclared = (key: string): boolean => key === "log_profile" || key in format.catalog.fields || stated.has(`fields.${key}`);
	const isComputed = (path: string): boolean => derived.some((known) => path === known || path.startsWith(`${known}.`));
	return (event, isExpanded, place) => [...eventFindings(isDeclared, isComputed, event, isExpanded, place)];
}

function* eventFindings(
	isDeclared: (key: string) => boolean,
	isComputed: (path: string) => boolean,
	event: WholeEvent,
	isExpanded: boolean,
	place: Finding["place"],
): Generator<Finding> {
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
	const undeclared = Object.keys(event.fields ?? {}).find((key) => !isDeclared(key));
	if (undeclared !== undefined)
		yield {
			severity: "error",
			kind: "field.undeclared",
			what: `the event has fields.${undeclared}, which the catalog does not declare`,
			why: "Readers of the events learn from the catalog what a field is.",
			mend: `Add "${undeclared}": { "type": …, "title": … } to \`fields\` of catalog.json.`,
			place,
		};
	const value = untold(isComputed, event, isExpanded);
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
	isComputed: (path: string) => boolean,
	event: WholeEvent,
	isExpanded: boolean,
): { readonly path: string; readonly text: string } | undefined {
	const isTold = (text: string): boolean => {
		if (event.raw.includes(text)) return true;
		// Decoded values have other signs between their words than the line.
		return isExpanded && (text.match(/[A-Za-z0-9]+/g) ?? []).every((word) => event.raw.includes(word));
	};
	const search = (value: unknown, path: string): ReturnType<typeof untold> => {
		if (OWN_KEYS.has(path)) return undefined;
		if (typeof value === "string") return isTold(value) || isComputed(path) ? undefined : { path, text: value };
		if (typeof value !== "object" || value === null) return undefined;
		for (const [key, inner] of Object.entries(value)) {
			const found = search(inner, path === "" ? key : `${path}.${key}`);
			if (found !== undefined) return found;
		}
		return undefined;
	};
	return search(event, "");
}
