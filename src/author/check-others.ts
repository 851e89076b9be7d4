/** Formats that recognize each other's records by content: then the order of formats would decide. */

import { definitionFile } from "../format/folders.js";
import type { Format } from "../format/format.js";
import { ownRule } from "../format/frame.js";
import { matcherFor } from "../grammar/ground.js";
import { corpusOf } from "./cases.js";
import { type Evidence, type Sighting, sightings } from "./evidence.js";
import { type Finding, Gathered } from "./findings.js";

export async function checkOthers({ specimen, seen, places }: Evidence): Promise<Finding[]> {
	const { format, formats } = specimen;
	const gathered = new Gathered();
	const file = definitionFile(format.folder) ?? format.folder;
	for (const other of formats) {
		if (other === format) continue;
		for await (const sighting of sightings(corpusOf(other), other, specimen)) {
			const rule = taker(format, sighting);
			if (rule === undefined) continue;
			gathered.add({
				severity: "error",
				kind: "others.taken",
				what: `the rule "${rule}" also accepts records of ${other.id}, such as ${sighting.file}:${sighting.line}`,
				why: `Lines without a known program would be read as this format: ${sighting.own?.payload.slice(0, 100)}`,
				mend: "Let it ask for something that only this format writes.",
				place: places.key(file, rule),
			});
		}
		for (const sighting of seen) {
			const rule = taker(other, sighting);
			if (rule === undefined) continue;
			gathered.add({
				severity: "error",
				kind: "others.take",
				what: `the format ${other.id} also accepts this record, by its rule "${rule}"`,
				why: "Without a known program, the format that is asked first would read it.",
				mend: `Make that rule stricter, if ${other.id} is yours; else the record is better known by its program.`,
				place: { file: sighting.file, line: sighting.line },
			});
		}
	}
	return gathered.findings;
}

/** The rule by which a format would recognize another's record. */
function taker({ definition, parser }: Format, { event, own }: Sighting): string | undefined {
	if (own === undefined) return undefined;
	const matches = (rule: string, text: string): boolean => matcherFor(parser, rule)(text) !== undefined;
	if (definition.bare !== undefined && matches(definition.bare, own.payload)) return definition.bare;
	return definition.frames?.map(ownRule).find((rule) => matches(rule, event.raw));
}
