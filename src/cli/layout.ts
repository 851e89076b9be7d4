/** Text in columns, as a terminal counts them: most characters take one, those of East Asia two. */

/** Columns where a terminal does not say how many it has. */
const DEFAULT_COLUMNS = 100;
const NARROWEST = 40;

const WIDE =
	/[\u1100-\u115f\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1f64f}\u{1f900}-\u{1f9ff}\u{20000}-\u{3fffd}]/u;
const MARK = /\p{M}/u;

/** Must not begin a line. */
const CLOSING = /^[、。，．・：；？！）」』】〉》〕ー々ぁぃぅぇぉっゃゅょァィゥェォッャュョ,.;:!?)\]]/u;
/** Must not end a line. */
const OPENING = /[（「『【〈《〔(]$/u;

/** Columns of a text without control characters (see `printable`). */
export function columnsOf(text: string): number {
	let columns = 0;
	for (const character of text) columns += WIDE.test(character) ? 2 : MARK.test(character) ? 0 : 1;
	return columns;
}

/** The text with blanks behind it, up to so many columns. */
export const padded = (text: string, columns: number): string => text + " ".repeat(Math.max(0, columns - columnsOf(text)));

/** Columns to write in. */
export function widthOf({ columns }: { readonly columns?: number | undefined }): number {
	return Math.max(NARROWEST, columns ?? DEFAULT_COLUMNS);
}

/** Breaks a text into lines at blanks, and between characters of scripts that are written without blanks. */
export function wrapped(text: string, columns: number): string[] {
	const lines: string[] = [];
	let line = "";
	let used = 0;
	for (const piece of pieces(text)) {
		const blank = piece.startsWith(" ") ? 1 : 0;
		const width = columnsOf(piece);
		if (used > 0 && used + width > columns) {
			lines.push(line);
			line = "";
			used = 0;
		}
		const added = used === 0 && lines.length > 0 ? piece.slice(blank) : piece;
		if (columnsOf(added) <= columns) {
			line += added;
			used += columnsOf(added);
			continue;
		}
		// A word that no line can hold is cut.
		for (const character of added) {
			const size = columnsOf(character);
			if (used + size > columns) {
				lines.push(line);
				line = "";
				used = 0;
			}
			line += character;
			used += size;
		}
	}
	return [...lines, line];
}

/** Parts between which a line may break; a blank stands at the beginning of its part. */
function pieces(text: string): string[] {
	const found: string[] = [];
	for (const part of text.match(/ *[^ ]+| +$/g) ?? []) {
		let piece = "";
		for (const character of part) {
			const before = piece.at(-1) ?? "";
			const isBreak =
				piece.trim() !== "" &&
				(WIDE.test(character) || WIDE.test(before)) &&
				!CLOSING.test(character) &&
				!OPENING.test(piece) &&
				!(CLOSING.test(before) && CLOSING.test(character));
			if (isBreak) {
				found.push(piece);
				piece = "";
			}
			piece += character;
		}
		found.push(piece);
	}
	return found;
}

/** Rows as aligned columns, two blanks between them; the last column ends where it ends. */
export function aligned(rows: readonly (readonly string[])[], isNumeric: readonly boolean[] = []): string[] {
	const widths: number[] = [];
	for (const row of rows) for (const [i, cell] of row.entries()) widths[i] = Math.max(widths[i] ?? 0, columnsOf(cell));
	return rows.map((row) =>
		row
			.map((cell, i) => {
				const width = widths[i] ?? 0;
				if (isNumeric[i] === true) return " ".repeat(Math.max(0, width - columnsOf(cell))) + cell;
				return i === row.length - 1 ? cell : padded(cell, width);
			})
			.join("  ")
			.trimEnd(),
	);
}

/** A label and what it says, which may go on in further lines. */
export type Row = readonly [label: string, text: string];

/** Columns of a text beside labels, however long those are. */
export const LEAST = 20;

/** Labels in one column, texts wrapped in another. */
export function sheet(rows: readonly Row[], width: number, indent: string, label: (text: string) => string): string {
	const column = Math.max(0, ...rows.map(([name]) => columnsOf(name)));
	return rows
		.flatMap(([name, text]) =>
			wrapped(text, Math.max(LEAST, width - indent.length - column - 2)).map((line, i) =>
				`${indent}${i === 0 ? label(padded(name, column)) : " ".repeat(column)}  ${line}`.trimEnd(),
			),
		)
		.map((line) => `${line}\n`)
		.join("");
}

/** A paragraph, indented. */
export function paragraph(text: string, width: number, indent: string): string {
	return wrapped(text, width - indent.length)
		.map((line) => `${indent}${line}\n`)
		.join("");
}
