/** Meanings of words as text for people. */
import type { Meaning } from "../index.js";
import type { Colours } from "./colours.js";
import { columnsOf, paragraph, type Row, sheet, wrapped } from "./layout.js";
import { printable } from "./printable.js";

/** All that the catalog says of a word. */
export function meaningText(meaning: Meaning, width: number, colours: Colours): string {
	const { kind, format, title, explanation, parts = [], unknown_bits } = meaning;
	const rows: Row[] = [["format", `${format}, ${kind}`], ...facts(meaning)];
	return [
		heading(printable(wordOf(meaning)), printable(title), width, colours),
		sheet(rows.map(safe), width, "  ", colours.dim),
		...(explanation === undefined ? [] : ["\n", paragraph(printable(explanation), width, "  ")]),
		...(parts.length === 0 ? [] : ["\n", glossary(parts, width, colours)]),
		...(unknown_bits === undefined ? [] : [`\n  Bits without a meaning: ${unknown_bits.join(", ")}\n`]),
	].join("");
}

/** Word and title on one line, or below each other when that is too short. */
function heading(word: string, title: string, width: number, { bold, cyan }: Colours): string {
	if (columnsOf(word) + 2 + columnsOf(title) <= width) return `${bold(cyan(word))}  ${bold(title)}\n`;
	const lines = (text: string, colour: (text: string) => string): string =>
		wrapped(text, width)
			.map((line) => `${colour(line)}\n`)
			.join("");
	return lines(word, (line) => bold(cyan(line))) + lines(title, bold);
}

/** As it can be typed again: `717`, `reply:120`. */
export const wordOf = ({ kind, code }: Pick<Meaning, "kind" | "code">): string => (kind === "message" ? code : `${kind}:${code}`);

/** Words with their explanations, a paragraph each. */
export function glossary(meanings: readonly Meaning[], width: number, { cyan }: Colours): string {
	const rows = meanings.map(({ kind, code, title, explanation }): Row => {
		return [`${kind} ${code}`, explanation === undefined ? title : sentences(title, explanation)];
	});
	return sheet(rows.map(safe), width, "  ", cyan);
}

/** The title as a sentence before the explanation; Japanese has its own full stop, and no blank behind it. */
export function sentences(title: string, explanation: string): string {
	if (/[。！？]$/.test(title)) return title + explanation;
	if (columnsOf(title) > title.length) return `${title}。${explanation}`;
	return /[.!?]$/.test(title) ? `${title} ${explanation}` : `${title}. ${explanation}`;
}

const safe = ([label, text]: Row): Row => [printable(label), printable(text)];

function facts(meaning: Meaning): Row[] {
	const { level, template, variants = [], since, until, see, smtp_code, enhanced } = meaning;
	const templates = [template, ...variants.map((variant) => `${variant.template}${versions(variant, " (", ")")}`)].filter(
		(one) => one !== undefined && one !== meaning.code,
	);
	return [
		...labelled("template", templates),
		...labelled("level", [level]),
		...labelled("action", actions(meaning)),
		...labelled("reply", [[smtp_code, enhanced].filter((part) => part !== undefined).join(" ") || undefined]),
		...labelled("versions", [versions({ since, until }, "", "") || undefined]),
		...labelled("see", [see]),
	];
}

const labelled = (label: string, texts: readonly (string | undefined)[]): Row[] =>
	texts.flatMap((text, i): Row[] => (text === undefined ? [] : [[i === 0 ? label : "", text]]));

function versions(of: { readonly since?: string | undefined; readonly until?: string | undefined }, open: string, close: string): string {
	const parts = [of.since === undefined ? [] : `since ${of.since}`, of.until === undefined ? [] : `until ${of.until}`].flat();
	return parts.length === 0 ? "" : `${open}${parts.join(", ")}${close}`;
}

/** `sender.accept, success`, and what holds under which condition. */
function actions({ action, outcome, when = [] }: Meaning): string[] {
	const words = (of: { readonly action?: string; readonly outcome?: string; readonly level?: string }): string =>
		[of.action, of.outcome, of.level === undefined ? undefined : `level ${of.level}`].filter((word) => word !== undefined).join(", ");
	const conditional = when.map((one) => {
		const tests = Object.entries(one.if).map(([capture, test]) => {
			const parts = [
				test.is === undefined ? [] : `is ${test.is.join(" or ")}`,
				test.starts_with === undefined ? [] : `begins with ${test.starts_with}`,
				test.has === undefined ? [] : `has ${test.has}`,
				test.present === undefined ? [] : test.present ? "is there" : "is missing",
			].flat();
			return `${capture} ${parts.join(" and ")}`;
		});
		return `${words(one)}, if ${tests.join(" and ")}`;
	});
	const plain = words({ ...(action === undefined ? {} : { action }), ...(outcome === undefined ? {} : { outcome }) });
	return plain === "" ? conditional : [plain, ...conditional];
}
