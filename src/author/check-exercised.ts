/** Alternatives with a label and catalog entries that no record of the corpus takes part in. */

import { join } from "node:path";
import { lowerOptions } from "../format/compose.js";
import { ownRule } from "../format/frame.js";
import { Exercise } from "../grammar/exercised.js";
import type { Evidence } from "./evidence.js";
import type { Finding } from "./findings.js";
import { capturedBy } from "./matching.js";

export function checkExercised({ specimen: { format, composed }, seen, places }: Evidence): Finding[] {
	const { definition, catalog, folder, parser } = format;
	const exercise = new Exercise(composed.grammars, definition.grammar, composed.name, lowerOptions(definition, catalog, composed));
	const codes = new Set<string>();
	for (const { event, own } of seen) {
		if (own === undefined) continue;
		const { payload, content, message, switches } = own;
		if (event.code !== undefined) codes.add(event.code);
		if (message !== undefined) codes.add(composed.templates[Number(message.slice("message_t".length))]?.entry.code ?? "");
		const read = (rule: string | undefined, text: string): void => {
			if (rule !== undefined) exercise.read(rule, text, switches);
		};
		read(format.record, payload);
		if (content !== undefined) read("message", content);
		for (const rule of [definition.bare, definition.unfinished]) read(rule, payload);
		for (const rule of (definition.frames ?? []).map(ownRule)) read(rule, event.raw);
		for (const reread of Object.values(definition.expand ?? {}))
			if (own.isExpanded)
				reread(capturedBy(parser, format.record, payload, switches) ?? {}, (rule, text) => {
					read(rule, text);
					return capturedBy(parser, rule, text, switches);
				});
	}
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
