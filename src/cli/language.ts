/** The language in which words are shown, and what is told when a format has none in it. */
import { CATALOG_LANGUAGE } from "../format/language.js";
import type { Translator, Vocabulary } from "../format/vocabulary.js";
import { printable } from "./printable.js";
import { type Option, parsedOr } from "./verb.js";

/** `--lang ja`; no path can be typed here, the value becomes part of a file name. */
export const language: Option<string> = parsedOr(
	"--lang <language>",
	"language of titles and explanations: en, ja",
	"a language such as en or ja",
	(value) => (/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/.test(value) ? value : undefined),
	CATALOG_LANGUAGE,
);

/** `ja` → `Japanese`, the same on every machine. */
export const languageName = (code: string): string => new Intl.DisplayNames(["en"], { type: "language" }).of(code) ?? code;

/** A line for each format that has no, or not all, words in the language of the translator. */
export const languageNotes = (vocabularies: readonly Vocabulary[], translator: Translator): string =>
	vocabularies
		.map((vocabulary) => {
			const name = languageName(translator.language);
			const what = translator.knows(vocabulary)
				? `not everything of ${vocabulary.id} has words in ${name}`
				: `${vocabulary.id} has no ${name} catalog`;
			return `mailtrail: ${printable(what)}; what has none is in English\n`;
		})
		.join("");
