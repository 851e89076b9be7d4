/** What the catalog says in each language. */
import { join } from "node:path";
import { readTranslation, type Translation } from "../format/catalog.js";
import { CATALOG_LANGUAGE } from "../format/language.js";
import { languagesOf } from "../format/vocabulary.js";
import type { Evidence } from "./evidence.js";
import type { Finding, Places } from "./findings.js";
import type { Specimen } from "./workbench.js";

interface Words {
	readonly title?: unknown;
	readonly explanation?: unknown;
}

export function checkWords({ specimen: { format }, places }: Evidence): Finding[] {
	const { catalog, folder } = format;
	const unexplained = catalog.entries.filter((entry) => entry.documented === true && entry.explanation === undefined);
	const found: Finding[] = [];
	if (unexplained.length > 0)
		found.push({
			severity: "hint",
			kind: "explanation.missing",
			what: `${unexplained.length} documented ${unexplained.length === 1 ? "entry has" : "entries have"} no explanation`,
			why: "Their title is all that `mailtrail explain` can say of them.",
			mend: "Add an `explanation` in your own words.",
			place: { file: join(folder, "catalog.json"), line: 1 },
			list: unexplained.map(({ code }) => code),
		});
	for (const language of languagesOf(format)) if (language !== CATALOG_LANGUAGE) found.push(...checkTranslation(format, language, places));
	return found;
}

/** The translation has the same keys as the explained part of the catalog. */
function checkTranslation({ catalog, folder }: Specimen["format"], language: string, places: Places): Finding[] {
	const file = join(folder, `catalog.${language}.json`);
	const translation: Partial<Translation> = readTranslation(file) ?? {};
	const found: Finding[] = [];
	const tell = (kind: string, pointer: string, what: string, why: string, mend: string): void => {
		found.push({ severity: "error", kind: `translation.${kind}`, what, why, mend, place: places.json(file, pointer) });
	};
	if (translation.language !== language)
		tell(
			"language",
			"/language",
			`the file is for "${language}", but calls its language ${JSON.stringify(translation.language)}`,
			"The name of the file decides.",
			`Write "language": "${language}", or rename the file.`,
		);
	const compare = (part: "entries" | "terms", own: ReadonlyMap<string, Words>): void => {
		const translated = new Map<string, Words>(Object.entries(translation[part] ?? {}));
		for (const key of translated.keys())
			if (!own.has(key))
				tell(
					"unknown",
					`/${part}/${pointerOf(key)}`,
					`catalog.json has no "${key}" to translate`,
					"Nobody will ever read these words.",
					"Correct the key, or remove it.",
				);
		for (const [key, words] of own) {
			if (words.explanation === undefined || translated.get(key)?.explanation !== undefined) continue;
			tell(
				"missing",
				`/${part}/${pointerOf(key)}`,
				`"${key}" is explained in catalog.json, but not in ${language}`,
				"Who asks in this language gets English words.",
				`Add its title and explanation to ${part}.`,
			);
		}
	};
	compare("entries", new Map(catalog.entries.map((entry) => [entry.code, entry])));
	// A translation may leave out all words but the messages.
	if (translation.terms !== undefined) compare("terms", new Map((catalog.terms ?? []).map((term) => [`${term.kind}:${term.code}`, term])));
	return found;
}

const pointerOf = (key: string): string => key.replaceAll("~", "~0").replaceAll("/", "~1");
