/**
 * Catalog templates become rules of the format's grammar: `host {client} sender <{sender}> listed` names the
 * rules `client` and `sender`. The result is Ohm source text, so that Ohm stays the oracle for it.
 */

export interface Template {
	/** What stands before the template, taken literally: a message number and its blank, for example. */
	readonly prefix: string;
	/** `{name}`, `{name:rule}`, `{{` and `}}`; undefined when `rule` reads the text. */
	readonly template: string;
	/** Rule of the grammar that stands in for the template. */
	readonly rule?: string | undefined;
	/** Where it was declared, for error messages. */
	readonly where: string;
}

interface Placeholder {
	readonly name: string;
	readonly rule: string | undefined;
}

type Part = { readonly literal: string } | Placeholder;

/** What the composer must know of the grammar and the catalog. */
export interface Names {
	/** The grammar has a rule of this name that takes no parameters. */
	readonly hasRule: (name: string) => boolean;
	/** Declared type of an open field, undefined when the catalog does not declare it. */
	readonly fieldType: (name: string) => string | undefined;
}

export class TemplateError extends Error {
	constructor(
		readonly where: string,
		reason: string,
	) {
		super(reason);
	}
}

/** Splits a template into literals and placeholders. */
export function parseTemplate(template: string, where: string): readonly Part[] {
	const parts: Part[] = [];
	let literal = "";
	for (let i = 0; i < template.length; ) {
		const two = template.slice(i, i + 2);
		if (two === "{{" || two === "}}") {
			literal += two[0];
			i += 2;
			continue;
		}
		if (template[i] === "}") throw new TemplateError(where, `"}" at column ${i + 1} closes nothing; write "}}" for a brace`);
		if (template[i] !== "{") {
			literal += template[i];
			i++;
			continue;
		}
		const close = template.indexOf("}", i);
		const inside = close < 0 ? "" : template.slice(i + 1, close);
		const found = /^([a-z][a-z0-9_]*)(?::([a-z][a-z0-9_]*))?$/.exec(inside);
		if (found?.[1] === undefined)
			throw new TemplateError(
				where,
				`"${template.slice(i, i + 20)}" at column ${i + 1} is no placeholder; write {name} or {name:rule}, or "{{" for a brace`,
			);
		if (literal !== "") parts.push({ literal });
		literal = "";
		parts.push({ name: found[1], rule: found[2] });
		i = close + 1;
	}
	if (literal !== "") parts.push({ literal });
	return parts;
}

/** By code units, whatever the locale. */
const compare = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

const quote = (literal: string): string => JSON.stringify(literal);

/**
 * Literals sort before placeholders, and those before the end, where two templates first differ: the special one wins.
 * With `isFree`, placeholders that read anything sort behind the others.
 */
function specificity(parts: readonly Part[], isFree?: (part: Placeholder) => boolean): string {
	const placeholder = (part: Placeholder): string => (isFree?.(part) === true ? "2" : "1");
	return `${parts.map((part) => ("literal" in part ? part.literal.replace(/[^]/g, (c) => `0${c}`) : placeholder(part))).join("")}3`;
}

/**
 * Composes templates into a grammar that inherits from `parent` and defines `message`.
 * Case labels are `message_t0`, `message_t1`, … by position in `templates`.
 */
export function composeTemplates(parent: string, templates: readonly Template[], names: Names): string {
	const bodies = new Bodies(names, new Set(templates.map(({ prefix, template }) => prefix + template)));
	const cases = inOrder(templates, names).map(({ template, index }) => `${bodies.of(template)} end -- t${index}`);
	const rules = [...bodies.rules].map(([head, body]) => `  ${head} = ${body}`);
	return [
		`${parent}Catalog <: ${parent} {`,
		`  message = ${cases.length === 0 ? '~""' : cases.join("\n          | ")}`,
		...rules,
		"}",
		"",
	].join("\n");
}

/** The order in which they are tried, each with its position in `templates`. */
function inOrder(templates: readonly Template[], names: Names): readonly { readonly template: Template; readonly index: number }[] {
	const isFree = ({ name, rule }: Placeholder): boolean =>
		rule === undefined && !names.hasRule(name) && !["integer", "number"].includes(names.fieldType(name) ?? "");
	return templates
		.map((template, index) => {
			const own = template.rule === undefined ? parseTemplate(template.template, template.where) : [{ name: "", rule: template.rule }];
			const parts = [{ literal: template.prefix }, ...own];
			// Where all literals are the same, what reads anything comes last.
			return { template, index, key: specificity(parts), finer: specificity(parts, isFree) };
		})
		.sort((a, b) => compare(a.key, b.key) || compare(a.finer, b.finer) || a.index - b.index);
}

/** Templates as bodies of rules, and the rules that these need. */
class Bodies {
	/** By head: `name__suffix`, with its parameter. */
	readonly rules = new Map<string, string>();
	/** A parameter of an Ohm rule must have one part, so what ends a free text is a rule of its own. */
	readonly #stops = new Map<string, string>();

	/** @param texts all templates, as they are written */
	constructor(
		readonly names: Names,
		readonly texts: ReadonlySet<string>,
	) {}

	of({ prefix, template, rule, where }: Template): string {
		const start = prefix === "" ? "" : `${quote(prefix)} `;
		if (rule !== undefined) {
			if (!this.names.hasRule(rule)) throw new TemplateError(where, `rule "${rule}" is not in the grammar`);
			return `${start}${rule}`;
		}
		const parts = parseTemplate(template, where);
		let rest: string | undefined;
		// What another template says without the blank is that other one.
		const value = /\{[^{}]*\}$/.exec(template)?.[0] ?? "";
		const mayLack = !this.texts.has(prefix + template.slice(0, template.length - value.length).trimEnd());
		for (const [i, part] of [...parts.entries()].reverse()) {
			const isLast = mayLack && i >= parts.length - 2;
			const one = "literal" in part ? this.#literal(part.literal, isLast) : this.#placeholder(part, rest, where);
			rest = rest === undefined ? one : `${one} ${rest}`;
		}
		return `${start}${rest ?? ""}`;
	}

	/** Blanks at the end of a record are often taken away: in front of a last value that is empty, or at the end of a template. */
	#literal(literal: string, isLast: boolean): string {
		if (!isLast || !literal.endsWith(" ") || literal.trim() === "") return quote(literal);
		return `${quote(literal.slice(0, -1))} ${this.#define("last_blank", '" " | end')}`;
	}

	/** @param rest what follows it, undefined for nothing */
	#placeholder({ name, rule }: Placeholder, rest: string | undefined, where: string): string {
		const { names } = this;
		if (rule !== undefined) {
			if (!names.hasRule(rule)) throw new TemplateError(where, `placeholder {${name}:${rule}} names no rule of the grammar`);
			return rule === name ? name : this.#define(`${name}__${rule}`, rule);
		}
		if (names.hasRule(name)) return name;
		const type = names.fieldType(name);
		if (type === undefined)
			throw new TemplateError(where, `placeholder {${name}} is neither a rule of the grammar nor declared in the catalog's fields`);
		if (type === "integer") return this.#define(`${name}__integer`, "integer");
		if (type === "number") return this.#define(`${name}__decimal`, "decimal");
		if (rest === undefined) return this.#define(`${name}__rest`, "rest");
		return `${this.#define(`${name}__until`, "until_last<stop>", "<stop>")}<${this.#stop(`${rest} end`)}>`;
	}

	#define(name: string, body: string, parameter = ""): string {
		this.rules.set(`${name}${parameter}`, body);
		return name;
	}

	#stop(body: string): string {
		const known = this.#stops.get(body);
		if (known !== undefined) return known;
		const name = this.#define(`stop_${this.#stops.size}`, body);
		this.#stops.set(body, name);
		return name;
	}
}
