/** All formats for tests: compiled from their sources once for all test files, and again when any of the sources changed. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { readCatalog } from "../../src/format/catalog.js";
import { compileFormat, compileFraming, composeGrammar } from "../../src/format/compose.js";
import { readDefinition } from "../../src/format/definition.js";
import { BUILT_IN, formatFolders } from "../../src/format/folders.js";
import { Format } from "../../src/format/format.js";
import { loadParser, type Parser, type ParserSource } from "../../src/grammar/parser.js";
import { packageRoot } from "../../src/root.js";

const root = fileURLToPath(packageRoot);
const CACHE = join(root, "node_modules/.cache/mailtrail-formats");

export interface Formats {
	readonly formats: readonly Format[];
	readonly framing: Parser;
}

/** Compiling takes seconds, and dozens of test files need the formats. */
export async function loadTestFormats(): Promise<Formats> {
	const formats = await Promise.all(formatFolders(BUILT_IN).map(loadOne));
	return { formats, framing: loadParser(compiled("shared", [join(BUILT_IN, "shared")], () => compileFraming())) };
}

async function loadOne(folder: string): Promise<Format> {
	const definition = await readDefinition(folder);
	const catalog = readCatalog(join(folder, "catalog.json"));
	const source = compiled(definition.id, [folder, join(BUILT_IN, "shared")], () =>
		compileFormat(definition, catalog, composeGrammar(definition, folder, catalog)),
	);
	return new Format(definition, () => catalog, loadParser(source), folder);
}

/** Everything that the compiled parser follows from. */
function fingerprint(folders: readonly string[]): string {
	const hash = createHash("sha256").update(readFileSync(join(root, "node_modules/ohm-js/package.json")));
	for (const folder of [...folders, join(root, "src/grammar"), join(root, "src/format")])
		for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" }).sort())
			if (/\.(ohm|json|ts)$/.test(name)) hash.update(`${name}\n`).update(readFileSync(join(folder, name)));
	return hash.digest("hex").slice(0, 16);
}

function compiled(id: string, folders: readonly string[], compile: () => ParserSource): ParserSource {
	const file = join(CACHE, `${id}-${fingerprint(folders)}.json`);
	try {
		// Written below, by this version of these sources.
		const { bytes, ...rest } = JSON.parse(readFileSync(file, "utf8")) as Omit<ParserSource, "bytes"> & { readonly bytes: string };
		return { ...rest, bytes: Buffer.from(bytes, "base64") };
	} catch {
		const source = compile();
		mkdirSync(CACHE, { recursive: true });
		// Several workers may do this at once; each sees a whole file or none.
		const own = `${file}.${process.pid}`;
		writeFileSync(own, JSON.stringify({ ...source, bytes: Buffer.from(source.bytes).toString("base64") }));
		renameSync(own, file);
		for (const old of readdirSync(CACHE))
			if (old.startsWith(`${id}-`) && old.length === basename(file).length && old !== basename(file))
				rmSync(join(CACHE, old), { force: true });
		return source;
	}
}
