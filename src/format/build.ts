/**
 * Second step of the build: copies the data of the formats beside their compiled code and compiles their grammars,
 * so that nothing has to be compiled when the command starts. Arguments are names of formats: only their grammars are compiled then.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import type { ParserSource } from "../grammar/parser.js";
import { packageRoot } from "../root.js";
import { readCatalog } from "./catalog.js";
import { compileFormat, compileFraming, composeGrammar } from "./compose.js";
import { readDefinition } from "./definition.js";
import { BUILT_IN, formatFolders } from "./folders.js";
import { BUILT } from "./load.js";

const SOURCES = fileURLToPath(new URL("grammars/", packageRoot));

function writeParser(folder: string, { captures, switches, bytes, size }: ParserSource): void {
	writeFileSync(join(folder, BUILT.bytes), bytes);
	writeFileSync(join(folder, BUILT.names), JSON.stringify({ captures, switches, size }));
}

for (const folder of [join(SOURCES, "shared"), ...formatFolders(SOURCES)]) {
	const target = join(BUILT_IN, basename(folder));
	mkdirSync(target, { recursive: true });
	for (const name of readdirSync(folder)) if (/\.(ohm|json)$/.test(name)) cpSync(join(folder, name), join(target, name));
}
writeParser(join(BUILT_IN, "shared"), compileFraming());
const chosen = new Set(process.argv.slice(2));
for (const folder of formatFolders(BUILT_IN)) {
	if (!existsSync(join(folder, "catalog.json")) || (chosen.size > 0 && !chosen.has(basename(folder)))) continue;
	const definition = await readDefinition(folder);
	const catalog = readCatalog(join(folder, "catalog.json"));
	writeParser(folder, compileFormat(definition, catalog, composeGrammar(definition, folder, catalog)));
}
