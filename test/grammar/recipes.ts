/** Grammars as ohm-js hands them on: as data, which it takes fifty times as fast as their text. */
import { type Grammar, ohmJs } from "../../src/grammar/ohm-js.js";
import { kept } from "../kept.js";

/** Both are public parts of ohm-js, but its type declarations leave them out. */
interface Recipes {
	makeRecipe(recipe: unknown): Grammar;
}
type Written = Grammar & { toRecipe(): string };

/** @param recipe throws what ohm-js says about grammars that are wrong */
export const cooked = (recipe: unknown): Grammar => (ohmJs() as unknown as Recipes).makeRecipe(recipe);

/** A grammar that was read before from the same sources, in these folders, or is read now. It does not know its places. */
export function keptGrammar(id: string, folders: readonly string[], read: () => Grammar): Grammar {
	// The catalog is in the folder; these make templates of it.
	const sources = [...folders, "src/format", "src/grammar/templates.ts"];
	return cooked(JSON.parse(kept(`${id}-grammar`, sources, () => (read() as Written).toRecipe())));
}
