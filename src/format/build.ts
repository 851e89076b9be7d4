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
import { compileFormat, compileFrame, composeGrammar } from "./compose.js";
import { readDefinition } from "./definition.js";
import { BUILT_IN, FRAMES, formatFolders, frameFolders } from "./folders.js";
import { readFrame } from "./frame-definition.js";
import { BUILT, type BuiltFrame } from "./load.js";

const SOURCES = fileURLToPath(new URL("grammars/", packageRoot));

function writeParser(folder: string, { captures, switches, bytes, size }: ParserSource): void {
	writeFileSync(join(folder, BUILT.bytes), bytes);
	writeFileSync(join(folder, BUILT.names), JSON.stringify({ captures, switches, size }));
}

/** Copies the data of a folder of sources beside its compiled code. */
function copyData(folder: string, target: string): void {
	mkdirSync(target, { recursive: true });
	for (const name of readdirSync(folder)) if (/\.(ohm|json)$/.test(name)) cpSync(join(folder, name), join(target, name));
}

for (const folder of [join(SOURCES, "shared"), ...formatFolders(SOURCES)]) copyData(folder, join(BUILT_IN, basename(folder)));
for (const folder of frameFolders(SOURCES)) copyData(folder, join(BUILT_IN, FRAMES, basename(folder)));
const frames: BuiltFrame[] = [];
for (const folder of frameFolders(BUILT_IN)) {
	const definition = await readFrame(folder);
	const { source, begins } = compileFrame(definition, folder);
	writeFileSync(join(folder, BUILT.bytes), source.bytes);
	frames.push({ definition, size: source.size, begins: Buffer.from(begins).toString("base64") });
}
writeFileSync(join(BUILT_IN, FRAMES, BUILT.frames), JSON.stringify(frames));
const chosen = new Set(process.argv.slice(2));
for (const folder of formatFolders(BUILT_IN)) {
	if (!existsSync(join(folder, "catalog.json")) || (chosen.size > 0 && !chosen.has(basename(folder)))) continue;
	const definition = await readDefinition(folder);
	const catalog = readCatalog(join(folder, "catalog.json"));
	writeParser(folder, compileFormat(definition, catalog, composeGrammar(definition, folder, catalog)));
}
