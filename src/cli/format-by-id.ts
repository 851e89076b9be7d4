import { usageError } from "./verb.js";

/** Finds a format, or its words, by id; undefined when none is asked for. */
export function formatById<T extends { readonly id: string }>(formats: readonly T[], id: string): T;
export function formatById<T extends { readonly id: string }>(formats: readonly T[], id: string | undefined): T | undefined;
export function formatById<T extends { readonly id: string }>(formats: readonly T[], id: string | undefined): T | undefined {
	if (id === undefined) return undefined;
	const found = formats.find((format) => format.id === id);
	if (found === undefined) throw usageError(`there is no format '${id}'`, `Formats: ${formats.map((format) => format.id).join(", ")}.`);
	return found;
}
