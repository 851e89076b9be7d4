/** What takes long to make of the sources: made once for all test files and workers, and again when a source has changed. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { ParserSource } from "../src/grammar/parser.js";
import { packageRoot } from "../src/root.js";

const root = fileURLToPath(packageRoot);
const FOLDER = join(root, "node_modules/.cache/mailtrail-tests");

const KEPT_MS = 7 * 24 * 3600 * 1000;

const filesOf = (path: string): readonly string[] => {
	if (!statSync(path).isDirectory()) return [path];
	const names = readdirSync(path, { recursive: true, encoding: "utf8" }).filter((name) => /\.(ohm|json|ts)$/.test(name));
	return names.sort().map((name) => join(path, name));
};

function fingerprint(sources: readonly string[]): string {
	const hash = createHash("sha256").update(readFileSync(join(root, "node_modules/ohm-js/package.json")));
	for (const file of sources.flatMap((path) => filesOf(path))) hash.update(`${file}\n`).update(readFileSync(file));
	return hash.digest("hex").slice(0, 16);
}

/** @param sources files and folders that the text follows from; paths of the project, or absolute ones */
export function kept(name: string, sources: readonly string[], make: () => string): string {
	const file = join(FOLDER, `${name}-${fingerprint(sources.map((path) => resolve(root, path)))}`);
	try {
		return readFileSync(file, "utf8");
	} catch {
		const text = make();
		mkdirSync(FOLDER, { recursive: true });
		// Several workers may do this at once; each sees a whole file or none.
		const own = `${file}.${process.pid}`;
		writeFileSync(own, text);
		renameSync(own, file);
		// Those of other versions of the sources are kept for a while: somebody may be working on both.
		for (const old of readdirSync(FOLDER).map((other) => join(FOLDER, other)))
			if ((statSync(old, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) < Date.now() - KEPT_MS) rmSync(old, { force: true });
		return text;
	}
}

/** @param sources what the parser follows from besides the compiler of grammars */
export function keptParser(name: string, sources: readonly string[], compile: () => ParserSource): ParserSource {
	const text = kept(name, [...sources, "src/grammar", "src/format"], () => {
		const source = compile();
		return JSON.stringify({ ...source, bytes: Buffer.from(source.bytes).toString("base64") });
	});
	// Written above, by this version of the sources.
	const { bytes, ...rest } = JSON.parse(text) as Omit<ParserSource, "bytes"> & { readonly bytes: string };
	return { ...rest, bytes: Buffer.from(bytes, "base64") };
}
