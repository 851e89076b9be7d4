/** Catalog entries proposed from the shapes of a sample: what is said, with placeholders for what varies. */
import type { FieldDeclaration } from "../format/catalog.js";
import { FRAME_CAPTURES } from "../format/define.js";
import { sharedGrammars } from "../format/load.js";
import { grammarNamed } from "../grammar/ohm.js";
import type { SampleShape } from "./sample.js";
import type { Part } from "./shapes.js";

export interface ProposedEntry {
	readonly code: string;
	readonly title: string;
	readonly template: string;
}

export interface Proposal {
	/** By name of the placeholder. */
	readonly fields: Readonly<Record<string, FieldDeclaration>>;
	readonly entries: readonly ProposedEntry[];
	/** Beginnings of the texts by which lines without any frame can be told; undefined when not all have one. */
	readonly beginnings: readonly string[] | undefined;
}

/** Entries that are proposed: further ones would not be read by anybody. */
const MOST_ENTRIES = 200;
/** More continuations than this of one beginning are a text, not so many messages. */
const MOST_CONTINUATIONS = 6;
/** Letters that a beginning must have to tell a program. */
const LEAST_LETTERS = 4;

/** Names with a meaning of their own: rules that every grammar has, and captures that the engine reads. */
const isTaken = (name: string): boolean =>
	name in grammarNamed(sharedGrammars(), "Shared", "Shared").rules ||
	FRAME_CAPTURES.some((own) => own === name) ||
	name === "text" ||
	name === "known";

interface Drafted {
	readonly template: string;
	readonly types: ReadonlyMap<string, FieldDeclaration["type"]>;
}

export function propose(shapes: readonly SampleShape[]): Proposal {
	const drafts = shapes.map(draft).filter(({ template }) => /[A-Za-z]{2}/.test(literalsOf(template)));
	const types = new Map<string, FieldDeclaration["type"]>();
	for (const one of drafts)
		for (const [name, type] of one.types) types.set(name, types.has(name) && types.get(name) !== type ? "text" : type);
	const templates = [...new Set(drafts.map(({ template }) => template))].slice(0, MOST_ENTRIES);
	const kept = generalized(templates.map((template) => template.split(" ")));
	const used = new Set(kept.flatMap((template) => namesIn(template)));
	if (used.has(DETAIL)) types.set(DETAIL, "text");
	const fields = [...types].filter(([name]) => used.has(name)).sort(([a], [b]) => (a < b ? -1 : 1));
	return {
		fields: Object.fromEntries(fields.map(([name, type]) => [name, { type, title: titleOf(name) }])),
		entries: withCodes(kept),
		beginnings: beginningsOf(shapes),
	};
}

const DETAIL = "detail";

const namesIn = (template: string): string[] => [...template.matchAll(/(?<!\{)\{(\w+)(?::\w+)?\}/g)].flatMap(([, name]) => name ?? []);
const literalsOf = (template: string): string => template.replace(/\{\w+(?::\w+)?\}/g, "\0");

/** A template of a shape; its placeholders are named for the word before them. */
function draft({ examples }: SampleShape): Drafted {
	const types = new Map<string, FieldDeclaration["type"]>();
	const [parts = []] = examples;
	let before = "";
	let template = "";
	let last = "";
	parts.forEach((part, i) => {
		if ("literal" in part) {
			template += part.literal.replace(/[{}]/g, "$&$&");
			before = part.literal;
			return;
		}
		const texts = examples.map((example) => example[i]).flatMap((one) => (one === undefined || "literal" in one ? [] : [one.text]));
		const name = nameFor(part.kind, before, last, types);
		types.set(name, typeOf(part, texts));
		template += part.kind === "ip" ? `{${name}:ip}` : `{${name}}`;
		before = "";
		last = name;
	});
	return { template, types };
}

/** `bytes 2343` → bytes; `remote 1/20` → remote, remote_2; without any word the class itself. */
function nameFor(kind: string, before: string, last: string, known: ReadonlyMap<string, unknown>): string {
	const [, word] = /([A-Za-z][A-Za-z0-9_-]*)[ =:#"'<[(]{0,3}$/.exec(before) ?? [];
	const wanted = word?.toLowerCase().replaceAll("-", "_") ?? (/[A-Za-z]/.test(before) || last === "" ? kind : last.replace(/_\d+$/, ""));
	const base = isTaken(wanted) ? `${wanted}_${isTaken(kind) || wanted === kind ? "value" : kind}` : wanted;
	let name = base;
	for (let i = 2; known.has(name); i++) name = `${base}_${i}`;
	return name;
}

function typeOf(part: Part, texts: readonly string[]): FieldDeclaration["type"] {
	if ("literal" in part || part.kind !== "number") return "text";
	return texts.every((text) => /^-?\d{1,15}$/.test(text)) ? "integer" : "number";
}

const titleOf = (name: string): string => `${name.charAt(0).toUpperCase()}${name.slice(1).replaceAll("_", " ")}`;

/** Where one beginning goes on in many ways, what follows is a text. */
function generalized(templates: readonly (readonly string[])[], depth = 0): string[] {
	const groups = new Map<string, (readonly string[])[]>();
	for (const words of templates) {
		const word = words[depth] ?? "";
		groups.set(word, [...(groups.get(word) ?? []), words]);
	}
	const [first = []] = templates;
	const beginning = first.slice(0, depth).join(" ");
	if (groups.size > MOST_CONTINUATIONS && /[A-Za-z]{3}/.test(literalsOf(beginning))) return [`${beginning} {${DETAIL}}`];
	return [...groups.values()].flatMap((group) => {
		const ended = group.filter((words) => words.length <= depth + 1);
		const longer = group.filter((words) => words.length > depth + 1);
		return [...ended.map((words) => words.join(" ")), ...(longer.length === 0 ? [] : generalized(longer, depth + 1))];
	});
}

/** The first words of each template, as many as tell it from the others. */
function withCodes(templates: readonly string[]): ProposedEntry[] {
	const known = new Set<string>();
	return templates.map((template) => {
		const words = literalsOf(template).match(/[A-Za-z][\w-]*/g) ?? [];
		let code = "";
		for (let length = Math.min(2, words.length); length <= words.length; length++) {
			code = words.slice(0, length).join(" ");
			if (!known.has(code)) break;
		}
		const base = code;
		for (let i = 2; known.has(code); i++) code = `${base} ${i}`;
		known.add(code);
		return { code, title: titleOf(code), template };
	});
}

function beginningsOf(shapes: readonly SampleShape[]): readonly string[] | undefined {
	const found = new Set<string>();
	for (const { examples } of shapes) {
		const [first] = examples[0] ?? [];
		const literal = first !== undefined && "literal" in first ? first.literal.slice(0, 40) : "";
		if (literal.replace(/[^A-Za-z]/g, "").length < LEAST_LETTERS) return undefined;
		found.add(literal);
	}
	// One that begins with another is told by it.
	const all = [...found].sort();
	return all.filter((one) => !all.some((other) => other !== one && one.startsWith(other)));
}
