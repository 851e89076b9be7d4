/** Catalog entries proposed from the shapes of a sample: what is said, with placeholders for what varies. */
import type { FieldDeclaration } from "../format/catalog.js";
import { sharedGrammars } from "../format/compose.js";
import { FRAME_CAPTURES } from "../format/define.js";
import { grammarNamed } from "../grammar/ohm.js";
import { parseTemplate } from "../grammar/templates.js";
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
/** Placeholders of a template: what a record holds beyond that is one text. A thousand quotes took all memory when it was compiled. */
const MOST_PLACEHOLDERS = 20;
/** Words of a code. */
const MOST_WORDS = 8;
/** Letters that a beginning must have to tell a program. */
const LEAST_LETTERS = 4;

/** Rules that the grammars of new formats have. */
const OWN_RULES = ["frame", "record", "content", "text", "bare", "known", "message", "tai64n", "epoch"];

/** Names with a meaning of their own: rules of the grammar, its own or inherited, and captures that the engine reads. */
const isTaken = (name: string): boolean =>
	name in grammarNamed(sharedGrammars(), "Shared", "Shared").rules || [...OWN_RULES, ...FRAME_CAPTURES].includes(name);

type FieldType = FieldDeclaration["type"];
type Types = Map<string, FieldType>;

export function propose(shapes: readonly SampleShape[]): Proposal {
	const types: Types = new Map();
	const drafts = shapes.map((shape) => draft(shape, types)).filter((template) => /[A-Za-z]/.test(literalsOf(template)));
	const templates = [...new Set(drafts)].slice(0, MOST_ENTRIES);
	const kept = generalized(templates.map((template) => template.split(" ")));
	const used = new Set(kept.flatMap(namesIn));
	if (used.has(DETAIL)) types.set(DETAIL, "text");
	const fields = [...types].filter(([name]) => used.has(name)).sort(([a], [b]) => (a < b ? -1 : 1));
	return {
		fields: Object.fromEntries(fields.map(([name, type]) => [name, { type, title: titleOf(name) }])),
		entries: withCodes(kept),
		beginnings: beginningsOf(shapes),
	};
}

const DETAIL = "detail";

const namesIn = (template: string): string[] => parseTemplate(template, "").flatMap((part) => ("literal" in part ? [] : [part.name]));
const literalsOf = (template: string): string =>
	parseTemplate(template, "")
		.map((part) => ("literal" in part ? part.literal : "\0"))
		.join("");

/** A template of a shape; its placeholders are named for the word before them. Their types are added to those of the others. */
function draft({ examples }: SampleShape, types: Types): string {
	const [parts = []] = examples;
	const own = new Set<string>();
	let before = "";
	let template = "";
	let last = "";
	for (const [i, part] of parts.entries()) {
		if ("literal" in part) {
			template += part.literal.replace(/[{}]/g, "$&$&");
			before = part.literal;
			continue;
		}
		if (own.size === MOST_PLACEHOLDERS) return `${template}{${DETAIL}}`;
		const type = typeOf(
			part,
			examples.map((example) => example[i]),
		);
		const base = nameFor(part.kind, before, last);
		const isOther = (name: string): boolean => own.has(name) || ((types.get(name) ?? type) === "text") !== (type === "text");
		let name = own.has(base) || !isOther(base) ? base : `${base}_${part.kind}`;
		for (let count = 2; isOther(name); count++) name = `${base}_${count}`;
		own.add(name);
		// A number that has a fraction somewhere is none of integers.
		types.set(name, types.get(name) === "number" ? "number" : type);
		template += part.kind === "ip" ? `{${name}:ip}` : `{${name}}`;
		before = "";
		last = base.replace(/_ip$/, "");
	}
	return template;
}

/** `bytes 2343` → bytes; the second number of `remote 1/20` is remote too, and what is in brackets behind a host its address. */
function nameFor(kind: string, before: string, last: string): string {
	const [, word] = /([A-Za-z][A-Za-z0-9_-]*?)[-_]*[ =:#"'<[(]{0,3}$/.exec(before) ?? [];
	const isJoined = last !== "" && !/[A-Za-z ]/.test(before);
	const unnamed =
		kind === "ip" && last !== "" && /^ ?[[(]$/.test(before) ? `${last}_ip` : isJoined ? (before === "]:" ? `${last}_port` : last) : kind;
	const wanted = word?.toLowerCase().replace(/[-_]+/g, "_") ?? unnamed;
	return isTaken(wanted) ? `${wanted}_${wanted === kind ? "value" : kind}` : wanted;
}

function typeOf(part: Part, examples: readonly (Part | undefined)[]): FieldType {
	if ("literal" in part || part.kind !== "number") return "text";
	return examples.every((one) => one !== undefined && "text" in one && /^-?\d{1,15}$/.test(one.text)) ? "integer" : "number";
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

/** The first two words of each template, or all that are needed to tell it from the others. */
function withCodes(templates: readonly string[]): ProposedEntry[] {
	const words = templates.map((template) =>
		(literalsOf(template).match(/[A-Za-z][\w-]*/g) ?? []).map((word) => word.replace(/[_-]+$/, "")),
	);
	const short = words.map((all) => all.slice(0, 2).join(" "));
	const known = new Set<string>();
	return templates.map((template, i) => {
		const isUnique = short.indexOf(short[i] ?? "") === short.lastIndexOf(short[i] ?? "");
		const base = (isUnique ? short[i] : words[i]?.slice(0, MOST_WORDS).join(" ")) ?? "";
		let code = base;
		for (let count = 2; known.has(code); count++) code = `${base} ${count}`;
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
