/** JSON pointers → lines and columns: catalogs and cases are written by people. */
import type { Place } from "../errors.js";

/** Strings, brackets, and all else that is no blank. */
const TOKENS = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/g;

/** Where the value at a JSON pointer begins, in text that is valid JSON; of a value that is not there, where the one around it begins. */
export function placeInJson(file: string, text: string, pointer: string): Place {
	const wanted = pointer.split("/").slice(1).map(unescaped);
	/** Keys and indexes of the place that is read; an object that waits for its next key has none. */
	const path: (string | number | undefined)[] = [];
	let best = 0;
	let depth = -1;
	for (const { 0: token, index } of text.matchAll(TOKENS)) {
		if (token === "," || token === ":") {
			const last = path.at(-1);
			if (token === ",") path[path.length - 1] = typeof last === "number" ? last + 1 : undefined;
			continue;
		}
		if (token === "}" || token === "]") {
			path.pop();
			continue;
		}
		if (path.length > 0 && path.at(-1) === undefined) {
			path[path.length - 1] = keyOf(token);
			continue;
		}
		if (path.length > depth && path.length <= wanted.length && path.every((key, i) => String(key) === wanted[i])) {
			best = index;
			depth = path.length;
		}
		if (token === "{") path.push(undefined);
		else if (token === "[") path.push(0);
	}
	return placeAt(file, text, best);
}

/** Line and column, from 1, of an offset in UTF-16 units. */
export function placeAt(file: string, text: string, offset: number): Place {
	const before = text.slice(0, offset).split("\n");
	return { file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}

/** Why a text is no JSON, and where. Node tells the place in words that differ between its releases, or not at all. */
export function faultInJson(file: string, text: string, error: unknown): { readonly reason: string; readonly place: Place } {
	const told = error instanceof Error ? error.message : String(error);
	const [whole, offset] = / in JSON at position (\d+).*$/.exec(told) ?? [""];
	return {
		reason: told.slice(0, told.length - whole.length),
		place: offset === undefined ? { file } : placeAt(file, text, Number(offset)),
	};
}

const unescaped = (part: string): string => part.replaceAll("~1", "/").replaceAll("~0", "~");

function keyOf(token: string): string {
	try {
		return String(JSON.parse(token));
	} catch {
		return token;
	}
}
