/** The words of the formats for people: what their catalogs say, in the language asked for, without any parser. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { type Catalog, type Entry, readCatalog, readTranslation, type Term, type Translation } from "./catalog.js";
import type { FormatDefinition } from "./define.js";
import { readDefinition } from "./definition.js";
import { allFormatFolders, BUILT_IN } from "./folders.js";
import { CATALOG_LANGUAGE } from "./language.js";

/** Title and explanation of an entry or a term, and the language they are in. */
export interface Words {
	readonly title: string;
	readonly explanation?: string;
	readonly language: string;
}

/** What a format can tell about its messages and words. A loaded `Format` is one too. */
export interface Vocabulary {
	readonly id: string;
	readonly definition: FormatDefinition;
	readonly catalog: Catalog;
	readonly folder: string;
}

/** The vocabularies of all formats, those that ship first. Compiles nothing, so it takes milliseconds. */
export async function readVocabularies(folders: readonly string[] = []): Promise<Vocabulary[]> {
	const read: Vocabulary[] = [];
	for (const folder of allFormatFolders(folders)) {
		const definition = await readDefinition(folder);
		// The build has checked the catalogs that ship.
		const catalog = readCatalog(join(folder, "catalog.json"), folder.startsWith(BUILT_IN));
		read.push({ id: definition.id, definition, catalog, folder });
	}
	return read;
}

/** Languages that a format has words in, its own first. */
export function languagesOf({ folder }: Vocabulary): string[] {
	const translations = readdirSync(folder).flatMap((name) => /^catalog\.([\w-]+)\.json$/.exec(name)?.[1] ?? []);
	return [CATALOG_LANGUAGE, ...translations.sort()];
}

/** Gives entries and terms their words in one language, or in that of the catalog where there are none. */
export class Translator {
	readonly #known = new Map<string, Translation | undefined>();

	constructor(readonly language: string) {}

	entry(vocabulary: Vocabulary, entry: Entry): Words {
		return this.#words(entry, this.#of(vocabulary)?.entries[entry.code]);
	}

	term(vocabulary: Vocabulary, term: Term): Words {
		return this.#words(term, this.#of(vocabulary)?.terms?.[`${term.kind}:${term.code}`]);
	}

	/** The format has words in this language at all. */
	knows(vocabulary: Vocabulary): boolean {
		return this.language === CATALOG_LANGUAGE || this.#of(vocabulary) !== undefined;
	}

	#of(vocabulary: Vocabulary): Translation | undefined {
		if (this.language === CATALOG_LANGUAGE) return undefined;
		if (!this.#known.has(vocabulary.folder))
			this.#known.set(vocabulary.folder, readTranslation(join(vocabulary.folder, `catalog.${this.language}.json`)));
		return this.#known.get(vocabulary.folder);
	}

	#words(own: Entry | Term, translated: { readonly title: string; readonly explanation?: string } | undefined): Words {
		const { title, explanation } = translated ?? own;
		const language = translated === undefined ? CATALOG_LANGUAGE : this.language;
		return { title, ...(explanation === undefined ? {} : { explanation }), language };
	}
}

/** What `formats list` tells of a format. */
export interface FormatOverview {
	readonly id: string;
	readonly title: string;
	/** Entries of the catalog, and how many of them are explained. */
	readonly messages: number;
	readonly explained: number;
	readonly languages: readonly string[];
	/** Program names in a syslog frame that write it. */
	readonly programs: readonly string[];
}

export function overviewOf(vocabulary: Vocabulary): FormatOverview {
	const { definition, catalog } = vocabulary;
	return {
		id: definition.id,
		title: definition.title,
		messages: catalog.entries.length,
		explained: catalog.entries.filter((entry) => entry.explanation !== undefined).length,
		languages: languagesOf(vocabulary),
		programs: definition.programs ?? [],
	};
}

/** A whole format as data: what `formats show --json` prints. */
export interface FormatDescription {
	readonly id: string;
	readonly title: string;
	readonly catalog: readonly Entry[];
	readonly fields: Catalog["fields"];
	readonly terms: readonly Term[];
	/** Options of the logging program, by name. */
	readonly options?: Readonly<Record<string, { readonly title: string }>>;
	/** Named sets of options. */
	readonly presets?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

/** Keys of an entry in the order of reading, whatever their order in the file. */
const ENTRY_KEYS: readonly string[] = [
	...["code", "level", "template", "rule", "title", "explanation", "action", "outcome", "since", "until", "documented"],
	...["variants", "when", "uncoded", "see"],
];

/** Titles and explanations are those of the translator's language, where there are such. */
export function describeFormat(vocabulary: Vocabulary, translator: Translator): FormatDescription {
	const { definition, catalog } = vocabulary;
	const { profile } = definition;
	const translated = <T extends Entry | Term>(own: T, { title, explanation }: Words): T => ({
		...own,
		title,
		...(explanation === undefined ? {} : { explanation }),
	});
	return {
		id: definition.id,
		title: definition.title,
		catalog: catalog.entries.map((entry) => ordered(translated(entry, translator.entry(vocabulary, entry)))),
		fields: catalog.fields,
		terms: (catalog.terms ?? []).map((term) => translated(term, translator.term(vocabulary, term))),
		...(profile === undefined
			? {}
			: {
					options: Object.fromEntries(Object.entries(profile.options).map(([name, { title }]) => [name, { title }])),
					presets: profile.presets,
				}),
	};
}

function ordered(entry: Entry): Entry {
	const rank = (key: string): number => {
		const at = ENTRY_KEYS.indexOf(key);
		return at < 0 ? ENTRY_KEYS.length : at;
	};
	// The same keys and values as before, so it is the same type.
	return Object.fromEntries(Object.entries(entry).sort(([a], [b]) => rank(a) - rank(b))) as unknown as Entry;
}
