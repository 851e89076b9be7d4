/** Grammars as ohm-js hands them on: as data, which it takes fifty times as fast as their text. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Grammar, ohmJs } from "../../src/grammar/ohm-js.js";
import { packageRoot } from "../../src/root.js";

/** Both are public parts of ohm-js, but its type declarations leave them out. */
interface Recipes {
	makeRecipe(recipe: unknown): Grammar;
}
type Written = Grammar & { toRecipe(): string };

/** @param recipe throws what ohm-js says about grammars that are wrong */
export const cooked = (recipe: unknown): Grammar => (ohmJs() as unknown as Recipes).makeRecipe(recipe);

const root = fileURLToPath(packageRoot);
const CACHE = join(root, "node_modules/.cache/mailtrail-grammars");

const KEPT_MS = 7 * 24 * 3600 * 1000;

/** Everything that a grammar follows from: itself, the catalog, what makes templates of it. */
function fingerprint(folders: readonly string[]): string {
	const hash = createHash("sha256").update(readFileSync(join(root, "node_modules/ohm-js/package.json")));
	const files = [...folders, join(root, "src/format")].flatMap((folder) => readdirSync(folder).map((name) => join(folder, name)));
	for (const file of [...files.sort(), join(root, "src/grammar/templates.ts")])
		if (/\.(ohm|json|ts)$/.test(file)) hash.update(`${file}\n`).update(readFileSync(file));
	return hash.digest("hex").slice(0, 16);
}

/** A grammar that was read before from the same sources, in these folders, or is read now. It does not know its places. */
export function cachedGrammar(id: string, folders: readonly string[], read: () => Grammar): Grammar {
	const file = join(CACHE, `${id}-${fingerprint(folders)}.json`);
	try {
		return cooked(JSON.parse(readFileSync(file, "utf8")));
	} catch {
		const grammar = read();
		mkdirSync(CACHE, { recursive: true });
		// Several workers may do this at once; each sees a whole file or none.
		const own = `${file}.${process.pid}`;
		writeFileSync(own, (grammar as Written).toRecipe());
		renameSync(own, file);
		// Those of other versions of the sources are kept for a while: somebody may be working on both.
		for (const old of readdirSync(CACHE).map((name) => join(CACHE, name)))
			if ((statSync(old, { throwIfNoEntry: false })?.mtimeMs ?? Date.now()) < Date.now() - KEPT_MS) rmSync(old, { force: true });
		return grammar;
	}
}
