/**
 * The shape of a text: what varies from record to record is replaced by its class, so that the lines of one message fall
 * together. `delivery 7: success: 192.0.2.1_accepted_message.` → `delivery {number}: success: {text}`
 */

export type Class = "quoted" | "address" | "time" | "ip" | "path" | "host" | "code" | "id" | "text" | "number";

/** Literal text, or the text that stands for a class. */
export type Part = { readonly literal: string } | { readonly kind: Class; readonly text: string };

/** The first that fits is taken. All repetitions are bounded, so the time is linear in the text. */
const CLASSES: readonly (readonly [kind: Class, pattern: string])[] = [
	["quoted", String.raw`"(?:[^"\\]|\\.){0,500}"`],
	// Also the null sender, and message ids.
	["address", String.raw`(?<=<)[^<>\s]{0,320}(?=>)`],
	["time", String.raw`\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?)?|\d\d?:\d\d:\d\d(?:[.,]\d{1,9})?`],
	// Words joined by underscores, or percent signs: free text that must not hold blanks.
	["text", String.raw`[^\s_%]{1,80}(?:[_%][^\s_%]{0,80}){3,200}`],
	["address", String.raw`[\w.+=~!#$%&*/?^{}|-]{1,64}@[A-Za-z0-9.[\]:-]{1,255}(?<![.:\]-])`],
	["ip", String.raw`\d{1,3}(?:\.\d{1,3}){3}(?![.\d])|(?=[0-9a-fA-F]{0,4}:[0-9a-fA-F]{0,4}:)[0-9a-fA-F:.]{2,45}`],
	["path", String.raw`(?:/[\w.+@%=-]{1,255}){2,32}/?`],
	// Also any name in front of an address in brackets: localhost[127.0.0.1].
	["host", String.raw`[A-Za-z0-9._-]{1,255}(?=\[(?:\d{1,3}\.\d|[0-9a-fA-F]{0,4}:))|(?:[A-Za-z0-9_-]{1,63}\.){1,10}[A-Za-z]{2,24}(?![\w.])`],
	// Enhanced status codes and versions.
	["code", String.raw`\d{1,9}(?:\.\d{1,9}){2,5}(?![\w.])`],
	// Queue ids, also of several parts: 4jWcQ41DfQzJvYf, 1tE0aB-0001yH-Jk.
	[
		"id",
		String.raw`(?=[A-Za-z]{0,80}\d)(?=\w{0,80}[A-Za-z])(?=[A-Za-z]{0,80}\d[A-Za-z]{0,80}\d|\w{6})\w{4,80}(?:-[A-Za-z0-9]{2,20}){0,4}(?!\w)|[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}`,
	],
	["number", String.raw`-?\d{1,40}(?:\.\d{1,40})?(?![A-Za-z\d])`],
];

const NAMES: readonly Class[] = CLASSES.map(([kind]) => kind);
const PATTERN = new RegExp(`(?<![A-Za-z0-9])(?:${CLASSES.map(([, pattern]) => `(${pattern})`).join("|")})`, "g");

/** Texts are told apart by their beginnings. */
const LONGEST = 1000;

export function shapeOf(whole: string): readonly Part[] {
	const text = whole.slice(0, LONGEST);
	const parts: Part[] = [];
	let literalFrom = 0;
	const literalTo = (end: number): void => {
		if (end > literalFrom) parts.push({ literal: text.slice(literalFrom, end) });
	};
	for (const match of text.matchAll(PATTERN)) {
		const kind = NAMES[match.slice(1).findIndex((group) => group !== undefined)];
		if (kind === undefined) continue;
		// Quotes stay: they are what ends the text in a template.
		const quote = kind === "quoted" ? 1 : 0;
		const from = match.index + quote;
		const to = match.index + match[0].length - quote;
		literalTo(from);
		parts.push({ kind, text: text.slice(from, to) });
		literalFrom = to;
	}
	literalTo(text.length);
	return parts;
}

/** `starting delivery {number}: msg {number} to remote {address}` */
export const shapeText = (parts: readonly Part[]): string =>
	parts.map((part) => ("literal" in part ? part.literal : `{${part.kind}}`)).join("");

/** Texts of one shape. */
export interface ShapeCount {
	/** Program in the frame, where there is one. */
	readonly program?: string;
	readonly shape: string;
	readonly count: number;
	/** The first record of this shape, its beginning if it is long, and where it stands. */
	readonly example: string;
	readonly file: string;
	readonly line: number;
}

/** A record whose text is counted. */
export type Counted = Omit<ShapeCount, "shape" | "count">;

/** Shapes that are counted: senders can make up new ones without end. */
const MOST = 10_000;

/** Counts texts by shape. */
export class ShapeCounter {
	readonly #counts = new Map<string, { -readonly [K in keyof ShapeCount]: ShapeCount[K] }>();
	total = 0;
	/** Texts of so many different shapes that they were not told apart any more. */
	others = 0;

	add(text: string, { program, example, ...place }: Counted): void {
		this.total++;
		const shape = shapeText(shapeOf(text));
		const key = `${program ?? ""}\n${shape}`;
		const known = this.#counts.get(key);
		if (known !== undefined) known.count++;
		else if (this.#counts.size >= MOST) this.others++;
		else
			this.#counts.set(key, {
				...(program === undefined ? {} : { program }),
				shape,
				count: 1,
				example: example.slice(0, LONGEST),
				...place,
			});
	}

	/** The most frequent first; of equally frequent ones the first that was seen. */
	ranked(): ShapeCount[] {
		return [...this.#counts.values()].sort((a, b) => b.count - a.count);
	}
}
