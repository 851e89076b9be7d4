/** A record, explained, as text for people: the line with marks, what each part became, what it means, why not. */
import type { ExplainedField, Explanation, Mismatch, TimeBasis } from "../index.js";
import type { Colours } from "./colours.js";
import { aligned, columnsOf, LEAST, paragraph, type Row, sheet, wrapped } from "./layout.js";
import { glossary } from "./meaning.js";
import { printable, shortened } from "./printable.js";
import { columnOf, type Mark, ruled } from "./ruler.js";

export function explanationText(explanation: Explanation, width: number, colours: Colours): string {
	const { line, message, mismatch, terms } = explanation;
	const letters = lettersOf(explanation.fields);
	const marks = [...letters].map(([span, sign]): Mark => ({ ...spanOf(span), sign }));
	// A short line that gave nothing is shown once, above its caret.
	const isShownBelow = marks.length === 0 && mismatch !== undefined && columnsOf(printable(line)) <= width;
	return [
		...(isShownBelow ? [] : [rows(line, marks, width, colours), "\n"]),
		sheet(
			facts(explanation).map(([label, text]): Row => [label, printable(text)]),
			width,
			"  ",
			colours.dim,
		),
		...(explanation.fields.length === 0 ? [] : ["\n", table(explanation, letters, width, colours)]),
		...(message?.explanation === undefined ? [] : ["\n", paragraph(printable(message.explanation), width, "  ")]),
		...(terms.length === 0 ? [] : ["\n", glossary(terms, width, colours)]),
		...(mismatch === undefined ? [] : ["\n", mismatchText(line, mismatch, width, colours)]),
	].join("");
}

function rows(line: string, marks: readonly Mark[], width: number, { cyan }: Colours): string {
	return ruled(line, marks, width)
		.map((row) => `${row.text}\n${row.marks === "" ? "" : `${cyan(row.marks)}\n`}`)
		.join("");
}

const RECOGNIZED = {
	program: "by the name of the program",
	frame: "by its frame",
	content: "by its text",
	option: "because -f says so",
} as const;

const YEAR = {
	line: "year in the line",
	session_id: "year from the session id",
	option: "year given",
	file: "year from the time of the file",
	rollover: "year from the neighbours",
} as const;

const ZONE = { line: "zone in the line", option: "zone given", assumed: "no zone in the line, so UTC is assumed" } as const;

const LEVEL = {
	line: "told by the line",
	priority: "from the syslog priority",
	colour: "from the colour",
	catalog: "from the catalog",
} as const;

/** `2026-11-21T02:08:09+00:00; year given, no zone in the line, so UTC is assumed` */
function timeText(time: string, { year, zone }: TimeBasis = {}): string {
	const known = [year === undefined ? [] : YEAR[year], zone === undefined ? [] : ZONE[zone]].flat();
	return known.length === 0 ? time : `${time}; ${known.join(", ")}`;
}

/** The beginning of what a carrier holds: it stands in the line as well. */
const LONGEST_CARRIED = 100;
const carriedText = (text: string): string => (text.length > LONGEST_CARRIED ? `${text.slice(0, LONGEST_CARRIED)}…` : text);

function facts({ event, carriers = [], frame, reader, message, template, stamp, line }: Explanation): Row[] {
	const { time, time_basis, level, level_basis, action, outcome } = event;
	const written = stamp === undefined ? "" : line.slice(stamp.from, stamp.to);
	const found: (Row | undefined)[] = [
		["record", reader === undefined ? "unparsed" : `${reader.title} (${reader.format}), known ${RECOGNIZED[reader.by]}`],
		...carriers.map(({ title, text }): Row => ["carrier", `${title}: ${carriedText(text)}`]),
		["frame", frame === undefined ? "none" : `${frame.rule.replace(/^frame_/, "").replaceAll("_", " ")} (${frame.grammar}.${frame.rule})`],
		reader === undefined ? undefined : ["rule", `${reader.grammar}.${reader.rule}`],
		message === undefined ? undefined : ["message", message.code === message.title ? message.code : `${message.code}: ${message.title}`],
		template === undefined || template === message?.code ? undefined : ["template", template],
		level === undefined ? undefined : ["level", level_basis === undefined ? level : `${level}, ${LEVEL[level_basis]}`],
		action === undefined ? undefined : ["action", action],
		outcome === undefined ? undefined : ["outcome", outcome],
		time !== undefined
			? ["time", timeText(time, time_basis)]
			: written === ""
				? undefined
				: ["time", `unknown: ${written} has no year (--year tells it), or is no real time`],
	];
	return found.filter((row) => row !== undefined);
}

const keyOf = ({ from, to }: ExplainedField): string | undefined => (from === undefined || to === undefined ? undefined : `${from}-${to}`);
const spanOf = (key: string): { readonly from: number; readonly to: number } => {
	const [from = 0, to = 0] = key.split("-").map(Number);
	return { from, to };
};

/** Letters for the parts that hold no other part: only those can be told apart under the line. */
function lettersOf(fields: readonly ExplainedField[]): ReadonlyMap<string, string> {
	const spans = [...new Set(fields.flatMap((field) => keyOf(field) ?? []))];
	const isWhole = (key: string): boolean => {
		const { from, to } = spanOf(key);
		return !spans.some((other) => {
			const inner = spanOf(other);
			return other !== key && inner.from >= from && inner.to <= to && inner.from < inner.to;
		});
	};
	const SIGNS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const innermost = spans.filter((key) => isWhole(key) && spanOf(key).from < spanOf(key).to);
	return new Map(innermost.slice(0, SIGNS.length).map((key, i) => [key, SIGNS.charAt(i)]));
}

/** A row for each value: letter, columns, place in the event, value. */
function table({ line, fields }: Explanation, letters: ReadonlyMap<string, string>, width: number, { cyan, dim }: Colours): string {
	const heads = aligned(
		fields.map((field) => {
			const key = keyOf(field);
			return [key === undefined ? "" : (letters.get(key) ?? ""), columns(line, field), field.path];
		}),
	);
	const column = Math.max(...heads.map(columnsOf)) + 2;
	return fields
		.flatMap((field, i) => {
			const text = valueText(field.value) + (field.title === undefined ? "" : `  (${field.title})`);
			const head = heads[i] ?? "";
			return wrapped(printable(text), Math.max(LEAST, width - column - 2)).map((piece, row) =>
				row === 0
					? `  ${cyan(head.slice(0, 1))}${dim(head.slice(1))}${" ".repeat(column - columnsOf(head))}${piece}`
					: " ".repeat(column + 2) + piece,
			);
		})
		.map((row) => `${row.trimEnd()}\n`)
		.join("");
}

function columns(line: string, { from, to }: ExplainedField): string {
	if (from === undefined || to === undefined) return "";
	const first = columnOf(line, from);
	const last = columnOf(line, to) - 1;
	return last <= first ? String(first) : `${first}-${last}`;
}

/** Texts longer than this are told by their columns, their end is in the line. */
const LONGEST_VALUE = 400;

function valueText(value: ExplainedField["value"]): string {
	if (Array.isArray(value)) return value.map(valueText).join(", ");
	if (typeof value === "string") return value === "" ? '""' : shortened(value, LONGEST_VALUE);
	return shortened(JSON.stringify(value), LONGEST_VALUE);
}

const MOST_EXPECTED = 8;

/** The reason, the row of the line with a caret, what was expected. */
export function mismatchText(line: string, mismatch: Mismatch, width: number, colours: Colours): string {
	const { reason, offset, expected, grammar, rule, template } = mismatch;
	const caret = ruled(line, [{ from: offset, to: offset, sign: "^" }], width).find((row) => row.marks !== "");
	const more = expected.length > MOST_EXPECTED ? `, or ${expected.length - MOST_EXPECTED} others` : "";
	const list = expected.slice(0, MOST_EXPECTED).join(", ");
	const found: Row[] = [
		["not understood", reason],
		...(list === "" ? [] : [["expected", `at column ${columnOf(line, offset)}: ${list}${more}`] as const]),
		...(template === undefined ? [] : [["by the template", template] as const]),
		...(template !== undefined || grammar === "" ? [] : [["by the rule", `${grammar}.${rule}`] as const]),
	];
	return [
		...(caret === undefined ? [] : [`${caret.text}\n${colours.red(caret.marks)}\n`]),
		sheet(
			found.map(([label, text]): Row => [label, printable(text)]),
			width,
			"  ",
			colours.dim,
		),
	].join("");
}
