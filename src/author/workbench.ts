/** One format as its sources are now, compiled, among all the others as they are built: what trials and checks work with. */

import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { MailtrailError } from "../errors.js";
import { readCatalog } from "../format/catalog.js";
import { type ComposedGrammar, compileFormat, composeGrammar } from "../format/compose.js";
import { codeVersion, readDefinition, readTrail } from "../format/definition.js";
import { allFormatFolders, BUILT_IN } from "../format/folders.js";
import { Format } from "../format/format.js";
import type { Framing } from "../format/frame.js";
import { loadFormat, loadFraming } from "../format/load.js";
import { loadParser } from "../grammar/parser.js";
import { type Corpus, corpusOf, isBuiltIn, SOURCES_OF_BUILT_IN } from "./cases.js";
import type { Watched } from "./watch.js";

/** What reads records. */
export interface Readers {
	readonly formats: readonly Format[];
	readonly framing: Framing;
}

/** A format on the bench. */
export interface Specimen extends Readers {
	/** Compiled from its sources just now; it stands among `formats` too. */
	readonly format: Format;
	readonly composed: ComposedGrammar;
	readonly corpus: Corpus;
	/** Sources that are newer than what the build made of them, or different. */
	readonly outdated: readonly string[];
}

/** Loads the formats of these folders, and the framing. */
export type LoadReaders = (folders: readonly string[]) => Promise<Readers>;

export const loadReaders: LoadReaders = async (folders) => ({
	formats: await Promise.all(folders.map(loadFormat)),
	framing: await loadFraming(),
});

export class Workbench {
	/** Folder of the sources. */
	readonly folder: string;
	/** Folders of all formats, in the order in which they are asked for a record. */
	readonly #all: readonly string[];
	/** What the loader knows this format's folder as. */
	readonly #loaded: string;
	readonly #load: LoadReaders;
	#readers: Readers | undefined;
	/** What was compiled last, and the texts it was compiled from. */
	#compiled: { readonly from: string; readonly format: Format; readonly composed: ComposedGrammar } | undefined;

	/**
	 * @param formatsDirs folders of the user's formats
	 * @param load how the other formats are loaded; tests have a way that does not compile them every time
	 * @throws MailtrailError when there is no such format
	 */
	constructor(
		readonly id: string,
		formatsDirs: readonly string[],
		load: LoadReaders = loadReaders,
	) {
		const all = allFormatFolders(formatsDirs);
		const folder = all.find((one) => basename(one) === id);
		if (folder === undefined)
			throw new MailtrailError(
				"format.unknown",
				2,
				`there is no format '${id}'`,
				`Formats: ${all.map((one) => basename(one)).join(", ")}. --formats-dir names the folder around those of your own.`,
			);
		const source = join(SOURCES_OF_BUILT_IN, id);
		this.folder = isBuiltIn(folder) && existsSync(source) ? source : folder;
		this.#all = all;
		this.#loaded = folder;
		this.#load = load;
	}

	/** Folders in which a change may change what cases give, and the names in them that count. Some may not exist yet. */
	get watched(): Watched {
		return new Map([
			[this.#definitionFolder, /\.js$/],
			[this.folder, /\.(?:ohm|json|[cm]?js|ts)$/],
			[this.corpus.folder, /\.txt$/],
		]);
	}

	get corpus(): Corpus {
		return corpusOf(this);
	}

	/** Compiles the format, unless nothing has changed since the last time. Throws MailtrailError for what cannot be compiled. */
	async load(): Promise<Specimen> {
		this.#readers ??= await this.#load(this.#all.filter((folder) => folder !== this.#loaded));
		const { format, composed } = await this.#compile();
		const others = this.#readers.formats;
		const place = this.#all.indexOf(this.#loaded);
		return {
			format,
			composed,
			formats: [...others.slice(0, place), format, ...others.slice(place)],
			framing: this.#readers.framing,
			corpus: this.corpus,
			outdated: this.#outdated(),
		};
	}

	/** Where JavaScript of the format stands: for formats that ship, in what the build made. */
	get #definitionFolder(): string {
		return isBuiltIn(this.folder) ? join(BUILT_IN, this.id) : this.folder;
	}

	async #compile(): Promise<{ readonly format: Format; readonly composed: ComposedGrammar }> {
		const { folder } = this;
		const version = codeVersion(this.#definitionFolder);
		const from = [...[`${this.id}.ohm`, "catalog.json"].map((name) => readIfThere(join(folder, name))), version].join("\0");
		if (this.#compiled?.from === from) return this.#compiled;
		const definition = await readDefinition(this.#definitionFolder);
		// What is wrong with it is told now, not when mails are followed.
		await readTrail(definition, this.#definitionFolder);
		const catalog = readCatalog(join(folder, "catalog.json"));
		const composed = composeGrammar(definition, folder, catalog);
		const format = new Format(definition, () => catalog, loadParser(compileFormat(definition, catalog, composed)), folder);
		this.#compiled = { from, format, composed };
		return this.#compiled;
	}

	/** TypeScript and the shared grammars of a checkout count as they were built. */
	#outdated(): string[] {
		const built = this.#definitionFolder;
		if (built === this.folder) return [];
		const code = namesIn(this.folder, ".ts").filter((name) => {
			const made = join(built, name.replace(/\.ts$/, ".js"));
			return !existsSync(made) || statSync(made).mtimeMs < statSync(join(this.folder, name)).mtimeMs;
		});
		const shared = join(SOURCES_OF_BUILT_IN, "shared");
		const rules = namesIn(shared, ".ohm").filter((name) => readIfThere(join(shared, name)) !== readIfThere(join(BUILT_IN, "shared", name)));
		return [...code.map((name) => join(this.folder, name)), ...rules.map((name) => join(shared, name))];
	}
}

const namesIn = (folder: string, ending: string): string[] => readdirSync(folder).filter((name) => name.endsWith(ending));

const readIfThere = (file: string): string => (existsSync(file) ? readFileSync(file, "utf8") : "");
