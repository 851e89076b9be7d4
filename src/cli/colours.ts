/** Colours of a terminal, as control sequences (ECMA-48, SGR). */

/** The code that begins each, and the one that ends it, and others of its kind. */
const CODES = { bold: [1, 22], dim: [2, 22], red: [31, 39], green: [32, 39], yellow: [33, 39], cyan: [36, 39] } as const;

export type Colours = Readonly<Record<keyof typeof CODES, (text: string) => string>>;

/** What colours a text; behind a part that is coloured already, the colour of the whole goes on. */
function colouring(begin: number, end: number): (text: string) => string {
	const [on, off] = [`\u001b[${begin}m`, `\u001b[${end}m`];
	// One colour takes the place of another, but what is bold does not stop being dim.
	const again = end === 22 ? off + on : on;
	return (text) => on + text.replaceAll(off, again) + off;
}

/** Functions that colour a text, or leave it alone. */
export function coloursOf(isColoured: boolean): Colours {
	const made = Object.entries(CODES).map(([name, [begin, end]]) => [name, isColoured ? colouring(begin, end) : (text: string) => text]);
	// One for each name.
	return Object.fromEntries(made) as Colours;
}
