/** All formats for tests, compiled from their sources. */
import { join } from "node:path";
import { readCatalog } from "../../src/format/catalog.js";
import { compileFormat, compileFraming, composeGrammar } from "../../src/format/compose.js";
import { readDefinition } from "../../src/format/definition.js";
import { BUILT_IN, formatFolders, SHARED } from "../../src/format/folders.js";
import { Format } from "../../src/format/format.js";
import { loadParser, type Parser } from "../../src/grammar/parser.js";
import { keptParser } from "../kept.js";

export interface Formats {
	readonly formats: readonly Format[];
	readonly framing: Parser;
}

let loaded: Promise<Formats> | undefined;

/** The same for all test files that a worker runs. */
export const loadTestFormats = (): Promise<Formats> => (loaded ??= load());

async function load(): Promise<Formats> {
	const formats = await Promise.all(formatFolders(BUILT_IN).map(loadOne));
	return { formats, framing: loadParser(keptParser("framing", [SHARED], compileFraming)) };
}

async function loadOne(folder: string): Promise<Format> {
	const definition = await readDefinition(folder);
	const catalog = readCatalog(join(folder, "catalog.json"));
	const source = keptParser(definition.id, [folder, SHARED], () =>
		compileFormat(definition, catalog, composeGrammar(definition, folder, catalog)),
	);
	return new Format(definition, () => catalog, loadParser(source), folder);
}
