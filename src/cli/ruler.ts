/** A line from a log in rows of the terminal's width, with marks under its parts. */
import { columnsOf } from "./layout.js";
import { printable } from "./printable.js";

/** A part of a line, in UTF-16 units, and the character to put under it. */
export interface Mark {
	readonly from: number;
	readonly to: number;
	readonly sign: string;
}

export interface RuledRow {
	readonly text: string;
	/** The marks under it; empty when there are none. */
	readonly marks: string;
}

/** The rows of a line; a mark of no width is one column wide. Later marks win over earlier ones. */
export function ruled(line: string, marks: readonly Mark[], columns: number): RuledRow[] {
	const signs = new Map<number, string>();
	for (const { from, to, sign } of marks) for (let at = from; at < Math.max(to, from + 1); at++) signs.set(at, sign);
	const rows: RuledRow[] = [];
	let text = "";
	let ruler = "";
	let used = 0;
	const add = (shown: string, sign: string): void => {
		const width = columnsOf(shown);
		if (used + width > columns) {
			rows.push({ text, marks: ruler.trimEnd() });
			text = "";
			ruler = "";
			used = 0;
		}
		text += shown;
		ruler += sign.repeat(width);
		used += width;
	};
	let at = 0;
	for (const character of line) {
		add(printable(character), signs.get(at) ?? " ");
		at += character.length;
	}
	// What is missing at the end is marked behind it.
	const behind = signs.get(line.length);
	if (behind !== undefined) add(" ", behind);
	return [...rows, { text: text.trimEnd(), marks: ruler.trimEnd() }];
}

/** Column of an offset as editors count: characters from 1. */
export const columnOf = (line: string, offset: number): number => [...line.slice(0, offset)].length + 1;
