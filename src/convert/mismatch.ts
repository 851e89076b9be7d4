/** Why a record, or the text in it, was not understood: which rule got furthest, where it stopped, what it expected there. */
import type { Entry } from "../format/catalog.js";
import { type ComposedGrammar, composeGrammar, frameGrammars } from "../format/compose.js";
import { type Format, programsOf } from "../format/format.js";
import { FRAME_RULE, type Frame, type Framing, ownRule } from "../format/frame.js";
import { type Furthest, furthest } from "../grammar/furthest.js";
import { type Grammars, grammarNamed } from "../grammar/ohm.js";

export interface Mismatch {
	/** What failed: the frame, the choice of a format, the format's record, or the templates of the catalog. */
	readonly stage: "frame" | "format" | "record" | "template";
	/** One sentence without a full stop. */
	readonly reason: string;
	/** Where reading stopped, in UTF-16 units of the line. */
	readonly offset: number;
	/** What could have stood there; empty when nobody can say. */
	readonly expected: readonly string[];
	/** Grammar and rule that got so far. */
	readonly grammar: string;
	readonly rule: string;
	/** The template that got so far, for the stage `template`. */
	readonly template?: string;
}

/** What is known of a record when it is asked why. */
export interface Read {
	readonly line: string;
	readonly format: Format | undefined;
	readonly isFramed: boolean;
	readonly program: string | undefined;
	readonly payload: Span | undefined;
	/** The span that templates were tried on. */
	readonly content: Span | undefined;
	/** The entry that was found, also without its template. */
	readonly entry: Entry | undefined;
	readonly hasTemplate: boolean;
}

export interface Span {
	readonly from: number;
	readonly to: number;
}

/** Undefined when all was understood. */
export function mismatchOf(read: Read, { formats, framing }: Readers): Mismatch | undefined {
	if (read.format !== undefined)
		return read.hasTemplate || read.content === undefined ? undefined : noTemplate(read, read.format, read.content);
	if (!read.isFramed) return noFrame(read.line, formats, framing);
	return noFormat(read, formats);
}

/** What is tried. */
export interface Readers {
	readonly formats: readonly Format[];
	readonly framing: Framing;
}

/** A rule to try on a text that begins at `from` in the line. */
interface Attempt {
	readonly grammars: Grammars;
	readonly grammar: string;
	readonly rule: string;
	readonly text: string;
	readonly from: number;
	readonly template?: string;
}

/** Texts that have less in common with a template or a rule were never meant to be it. */
const LEAST_IN_COMMON = 6;

type Result = Pick<Mismatch, "offset" | "expected" | "grammar" | "rule" | "template">;

/** Of several attempts the one that got furthest; of those that got equally far the first. */
function best(attempts: readonly Attempt[]): Result | undefined {
	let found: Result | undefined;
	for (const { grammars, grammar, rule, text, from, template } of attempts) {
		const { offset, expected } = sharpened(furthest(grammars, grammar, rule, text), text);
		if (found !== undefined && from + offset <= found.offset) continue;
		found = { offset: from + offset, expected, grammar, rule, ...(template === undefined ? {} : { template }) };
	}
	return found;
}

/** A literal of a grammar fails as a whole; the caret belongs under its first character that differs. */
function sharpened({ offset, expected }: Furthest, text: string): Furthest {
	const literals = expected.map(literalOf);
	const common = literals.map((literal) => (literal === undefined ? 0 : commonLength(text.slice(offset), literal)));
	const most = Math.max(0, ...common);
	if (most === 0) return { offset, expected };
	return {
		offset: offset + most,
		expected: literals.flatMap((literal, i) => (common[i] === most ? JSON.stringify(literal?.slice(most)) : [])),
	};
}

/** The text of an expectation like `"sender "`. */
function literalOf(expectation: string): string | undefined {
	if (!/^"(?:[^"\\]|\\.)*"$/.test(expectation)) return undefined;
	try {
		const literal: unknown = JSON.parse(expectation);
		return typeof literal === "string" ? literal : undefined;
	} catch {
		// Ohm writes some escapes that JSON does not have.
		return undefined;
	}
}

const NOWHERE: Result = { offset: 0, expected: [], grammar: "", rule: "" };

/** Reading a grammar takes longer than using it, and a log may have many lines that nobody understands. */
const formatGrammars = new WeakMap<Format, Grammars>();
const entryGrammars = new WeakMap<Entry, ComposedGrammar>();

/** The grammar without the catalog: enough for frames and records. */
function grammarsOf(format: Format): Grammars {
	const { definition, folder, catalog } = format;
	const known = formatGrammars.get(format) ?? composeGrammar(definition, folder, { ...catalog, entries: [] }).grammars;
	formatGrammars.set(format, known);
	return known;
}

const frameGrammarsOf = new WeakMap<Frame, Grammars>();

export function grammarsOfFrame(frame: Frame): Grammars {
	const known = frameGrammarsOf.get(frame) ?? frameGrammars(frame.definition, frame.folder);
	frameGrammarsOf.set(frame, known);
	return known;
}

/** The grammar with the templates of one entry only. */
function withEntry({ definition, folder, catalog }: Format, entry: Entry): ComposedGrammar {
	const known = entryGrammars.get(entry) ?? composeGrammar(definition, folder, { ...catalog, entries: [entry] });
	entryGrammars.set(entry, known);
	return known;
}

function noFrame(line: string, formats: readonly Format[], framing: Framing): Mismatch {
	const attempts = framing.flatMap((frame): Attempt[] => {
		const { grammar, carrier, within, namesProgram } = frame.definition;
		// Carriers hold anything, and what says little of itself reads far into any text.
		if (carrier !== undefined || within !== undefined || namesProgram === true) return [];
		return [{ grammars: grammarsOfFrame(frame), grammar, rule: FRAME_RULE, text: line, from: 0 }];
	});
	for (const format of formats) {
		const { frames, bare, grammar } = format.definition;
		const grammars = grammarsOf(format);
		for (const rule of [...(frames ?? []).map(ownRule), ...(bare === undefined ? [] : [bare])])
			attempts.push({ grammars, grammar, rule, text: line, from: 0 });
	}
	return { stage: "frame", reason: "no frame that a syslog daemon or a program of these formats writes", ...(best(attempts) ?? NOWHERE) };
}

function noFormat({ line, program, payload }: Read, formats: readonly Format[]): Mismatch {
	if (payload === undefined || payload.from === payload.to)
		return { stage: "format", reason: "the frame carries no text", ...NOWHERE, offset: line.length };
	const text = line.slice(payload.from, payload.to);
	const owner = formats.find(({ definition }) => program !== undefined && programsOf(definition).test(program));
	if (owner !== undefined) {
		const attempt = { grammars: grammarsOf(owner), grammar: owner.definition.grammar, rule: owner.record, text, from: payload.from };
		return { stage: "record", reason: `no record of the format ${owner.id}`, ...(best([attempt]) ?? NOWHERE) };
	}
	const attempts = formats.flatMap((format) => {
		const { bare, grammar } = format.definition;
		return bare === undefined ? [] : [{ grammars: grammarsOf(format), grammar, rule: bare, text, from: payload.from }];
	});
	const reason =
		program === undefined
			? "the frame names no program, and no format recognizes the text"
			: `no format is known for the program "${program}", and none recognizes its text`;
	const found = best(attempts);
	// Every text agrees with some grammar for a letter or two.
	const isNear = found !== undefined && found.offset - payload.from >= LEAST_IN_COMMON;
	return { stage: "format", reason, ...(isNear ? found : { ...NOWHERE, offset: payload.from }) };
}

function noTemplate({ line, entry }: Read, format: Format, content: Span): Mismatch | undefined {
	const text = line.slice(content.from, content.to);
	const near = entry === undefined || formsOf(entry).length === 0 ? nearest(text, format) : entry;
	if (near === undefined) {
		if (!format.catalog.entries.some((one) => formsOf(one).length > 0)) return undefined;
		return { stage: "template", reason: "the catalog has no message of this text", ...NOWHERE, offset: content.from };
	}
	const composed = withEntry(format, near);
	const attempts = composed.templates.map(({ entry: one, variant }, i): Attempt => {
		const template = formsOf(one)[variant]?.template;
		const own = { grammars: composed.grammars, grammar: composed.name, rule: `message_t${i}`, text, from: content.from };
		return template === undefined ? own : { ...own, template };
	});
	const reason =
		entry === undefined
			? "the catalog has no message of this text"
			: `the text is none that the catalog knows under the code ${entry.code}`;
	return { stage: "template", reason, ...(best(attempts) ?? NOWHERE) };
}

/** The template, where there is one, and its variants. */
export const formsOf = (entry: Entry): readonly { readonly template?: string }[] => [
	...(entry.template === undefined && entry.rule === undefined ? [] : [entry]),
	...(entry.variants ?? []),
];

/** The entry whose template begins most like the text. */
function nearest(text: string, { definition, catalog }: Format): Entry | undefined {
	let most = LEAST_IN_COMMON - 1;
	let found: Entry | undefined;
	for (const entry of catalog.entries)
		for (const { template = "" } of formsOf(entry)) {
			const prefix = entry.uncoded === true ? "" : (definition.prefix ?? "").replace("{code}", entry.code);
			const length = commonLength(text, prefix + template);
			if (length <= most) continue;
			most = length;
			found = entry;
		}
	return found;
}

function commonLength(a: string, b: string): number {
	let length = 0;
	while (length < a.length && a[length] === b[length]) length++;
	return length;
}

/** Ohm needs no more of a line than this to tell the cases of a rule apart. */
const ENOUGH = 1000;

/** The labelled case of a rule that reads a text: `frame_rfc5424`; the rule itself when it has no cases. */
export function caseOf(grammars: Grammars, grammarName: string, rule: string, text: string): string {
	const grammar = grammarNamed(grammars, grammarName, grammarName);
	const cases = Object.keys(grammar.rules).filter((name) => name.startsWith(`${rule}_`));
	return cases.find((name) => grammar.match(text.slice(0, ENOUGH), name).succeeded()) ?? rule;
}
