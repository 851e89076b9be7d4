/** Texts in the order of a log → texts by the name of their capture. */
import type { Captured } from "../format/define.js";

export function byName(found: Iterable<readonly [name: string, text: string]>): Captured {
	const texts: Record<string, string[]> = {};
	for (const [name, text] of found) {
		const known = texts[name];
		if (known === undefined) texts[name] = [text];
		else known.push(text);
	}
	return texts;
}
