/** Format folders → formats that can read records. What compiles grammars (`compose.ts`) is loaded for those that the build has not compiled. */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { loadParser, Parser, type ParserNames } from "../grammar/parser.js";
import { type Catalog, readCatalog } from "./catalog.js";
import { readDefinition } from "./definition.js";
import { allFormatFolders, SHARED } from "./folders.js";
import { Format } from "./format.js";

/** Names of what the build writes into a folder: the parser, and what is known of it without its code. */
export const BUILT = { bytes: "parser.wasm", names: "parser.json" } as const;

/** The parser that the build wrote into a folder, which is read when it is needed. */
function builtParser(folder: string): Parser | undefined {
	const names = join(folder, BUILT.names);
	if (!existsSync(names)) return undefined;
	return new Parser({
		names: () => JSON.parse(readFileSync(names, "utf8")) as ParserNames,
		bytes: () => readFileSync(join(folder, BUILT.bytes)),
	});
}

export async function loadFraming(): Promise<Parser> {
	const built = builtParser(SHARED);
	if (built !== undefined) return built;
	const { compileFraming } = await import("./compose.js");
	return loadParser(compileFraming());
}

/** Loads one format folder: the built parser when there is one, else compiled now. */
export async function loadFormat(folder: string): Promise<Format> {
	const definition = await readDefinition(folder);
	const built = builtParser(folder);
	const read = (isChecked: boolean): Catalog => readCatalog(join(folder, "catalog.json"), isChecked);
	if (built !== undefined) return new Format(definition, () => read(true), built, folder);
	const catalog = read(false);
	const { compileFormat, composeGrammar } = await import("./compose.js");
	const source = compileFormat(definition, catalog, composeGrammar(definition, folder, catalog));
	return new Format(definition, () => catalog, loadParser(source), folder);
}

/** All formats: those that ship, then those of the user's folders. */
export async function loadFormats(folders: readonly string[] = []): Promise<Format[]> {
	const formats: Format[] = [];
	for (const folder of allFormatFolders(folders)) formats.push(await loadFormat(folder));
	return formats;
}
