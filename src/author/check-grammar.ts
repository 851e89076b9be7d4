/** Alternatives and templates that can never match. */
import { join } from "node:path";
import { formsOf } from "../format/catalog.js";
import { lowerOptions } from "../format/compose.js";
import { furthest } from "../grammar/furthest.js";
import { matcherFor } from "../grammar/ground.js";
import { grammarNamed } from "../grammar/ohm.js";
import { bodyOf, picker, sampleOf } from "../grammar/sample.js";
import { type Described, unreachable } from "../grammar/unreachable.js";
import type { Evidence } from "./evidence.js";
import type { Finding, Places } from "./findings.js";
import type { Specimen } from "./workbench.js";

export function checkGrammar({ specimen, seen, places }: Evidence): Finding[] {
	const { format, composed } = specimen;
	const { definition, catalog, folder } = format;
	const grammar = grammarNamed(composed.grammars, composed.name, definition.id);
	const { program, shadowed } = unreachable(composed.grammars, grammar, lowerOptions(definition, catalog, composed));
	const own = join(folder, `${definition.id}.ohm`);
	const found: Finding[] = [];
	// Those that are told to be dead, and those that some record shows to be alive.
	const settled = new Set(seen.flatMap(({ own }) => own?.message ?? []));
	for (const { alternative, by } of shadowed) {
		const [template, other] = [alternative, by].map(({ rule }) => templateOf(specimen, rule, places));
		if (template !== undefined && other !== undefined) {
			settled.add(alternative.rule ?? "");
			found.push({
				severity: "error",
				kind: "template.dead",
				what: `the template of "${template.code}" can never match: ${template.text}`,
				why: `That of "${other.code}" (line ${other.place.line}) reads whatever it could read: ${other.text}`,
				mend: "Remove it, or let one of them say what tells the two apart.",
				place: template.place,
			});
		} else if (alternative.origin?.file === own) {
			const { line, column } = alternative.origin;
			const isKnown = found.some(({ place }) => place.line === line && place.column === column);
			if (!isKnown) found.push(deadAlternative(alternative, by));
		}
	}
	return [...found, ...shadowedTemplates(specimen, program, settled, places)];
}

function deadAlternative(alternative: Described, by: Described): Finding {
	const { origin } = alternative;
	const line = by.origin === undefined ? "" : ` (line ${by.origin.line})`;
	return {
		severity: "error",
		kind: "alternative.dead",
		what: `the alternative ${nameOf(alternative)} can never match`,
		why: `${nameOf(by)}${line} stands in front of it and matches wherever it would; a choice takes the first that matches, and keeps it.`,
		mend: "Put the longer or stricter one first, or remove this one.",
		place: { file: origin?.file ?? "", line: origin?.line ?? 1, column: origin?.column ?? 1 },
	};
}

const nameOf = ({ rule, text }: Described): string => rule ?? text;

interface NamedTemplate {
	readonly code: string;
	readonly text: string;
	readonly place: Finding["place"];
}

/** What stands in the catalog for the label `message_t12`. */
function templateOf({ format, composed }: Specimen, label: string | undefined, places: Places): NamedTemplate | undefined {
	const at = /^message_t(\d+)$/.exec(label ?? "")?.[1];
	const template = at === undefined ? undefined : composed.templates[Number(at)];
	if (template === undefined) return undefined;
	const { entry, variant } = template;
	const form = formsOf(entry)[variant];
	const own = formsOf(entry).length - (entry.variants ?? []).length;
	const key = form?.template === undefined ? "rule" : "template";
	const pointer = `/entries/${format.catalog.entries.indexOf(entry)}${variant < own ? "" : `/variants/${variant - own}`}/${key}`;
	return {
		code: entry.code,
		text: form?.template ?? `rule ${form?.rule}`,
		place: places.json(join(format.folder, "catalog.json"), pointer),
	};
}

/** Texts that are made up for each template. */
const SAMPLES = 16;

/** Templates whose made-up texts are all read by others: likely, but not certainly, dead. */
function shadowedTemplates(
	specimen: Specimen,
	program: ReturnType<typeof unreachable>["program"],
	settled: ReadonlySet<string>,
	places: Places,
): Finding[] {
	const { format, composed } = specimen;
	const matches = matcherFor(format.parser, "message");
	const isReadBy = (label: string, text: string): boolean => furthest(composed.grammars, composed.name, label, text).expected.length === 0;
	const readerOf = (text: string): string | undefined => {
		return format.parser.captures[matches(text)?.at(-3) ?? -1];
	};
	const found: Finding[] = [];
	for (const i of composed.templates.keys()) {
		const label = `message_t${i}`;
		const body = bodyOf(program, label);
		if (body === undefined || settled.has(label)) continue;
		const samples = Array.from({ length: SAMPLES }, (_, seed) => sampleOf(body, picker(seed + 1)));
		const readers = samples.map(readerOf);
		if (readers.includes(label)) continue;
		const taken = samples.findIndex((sample, k) => readers[k] !== undefined && isReadBy(label, sample));
		const other = templateOf(specimen, readers[taken], places);
		const template = templateOf(specimen, label, places);
		if (other === undefined || template === undefined) continue;
		found.push({
			severity: "hint",
			kind: "template.shadowed",
			what: `the template of "${template.code}" seems never to match: ${template.text}`,
			why: `All texts made up from it are read by others, such as ${JSON.stringify(samples[taken])} by that of "${other.code}" (line ${other.place.line}): ${other.text}`,
			mend: "Let one of them say what tells the two apart, or write a case that shows a text which only this one reads.",
			place: template.place,
		});
	}
	return found;
}
