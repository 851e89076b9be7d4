/** Ohm's grammar object → our own form (`ir.ts`), specialised for its parameters. */
import { everything, oneOf, range } from "./charset.js";
import { choice, fold, sequence, untilLast } from "./fold.js";
import { type Alternative, type Node, type Origin, type Program, type Rule, refuse } from "./ir.js";
import { type Grammars, originOf } from "./ohm.js";
import { application, bodyOf, type Expression, type Grammar, isApplySyntactic, isSyntactic, type View, viewOf } from "./ohm-js.js";
import { inAnyCase, matching } from "./unicode.js";

export interface LowerOptions {
	/** Rules that the parser can be started with. */
	readonly starts: readonly string[];
	/** Names whose spans are logged; a rule `name__x` counts as `name`. */
	readonly captures: readonly string[];
	/** Rules that are switched on and off at run time. */
	readonly switches?: readonly string[];
}

/** An application that is longer when written out means that rules pass growing arguments to themselves. */
const LONGEST_KEY = 1000;

export function lower(grammars: Grammars, grammar: Grammar, options: LowerOptions): Program {
	return new Lowering(grammars, grammar, options).program();
}

class Lowering {
	readonly #slots: ReadonlyMap<string, number>;
	readonly #switches: readonly string[];
	readonly #rules = new Map<string, Rule>();
	readonly #pending: { rule: Rule; body: Expression }[] = [];
	readonly #choices: (readonly Alternative[])[] = [];

	constructor(
		readonly grammars: Grammars,
		readonly grammar: Grammar,
		readonly options: LowerOptions,
	) {
		this.#slots = new Map(options.captures.map((name, slot) => [name, slot]));
		this.#switches = options.switches ?? [];
	}

	program(): Program {
		const starts = new Map(this.options.starts.map((name): [string, Node] => [name, this.#start(name)]));
		for (let next = this.#pending.pop(); next !== undefined; next = this.#pending.pop()) {
			const { rule } = next;
			const body = this.#translate(next.body, isSyntactic(rule.name));
			// Like a syntactic start rule, what is applied from a lexical rule skips spaces at its end.
			rule.body = isApplySyntactic(this.grammar, rule.name) ? sequence([body, this.#spaces()]) : body;
		}
		const rules = [...this.#rules.values()];
		fold(rules);
		return { rules, choices: this.#choices, starts, captures: this.options.captures, switches: this.#switches };
	}

	/** A syntactic start rule skips spaces before it and before the end. */
	#start(name: string): Node {
		const rule = this.#call(application(name));
		return isSyntactic(name) ? sequence([this.#spaces(), rule, this.#spaces()]) : rule;
	}

	#spaces(): Node {
		return this.#call(application("spaces"));
	}

	#call(applied: Expression): Node {
		const view = viewOf(applied);
		if (view.kind !== "application") throw new TypeError(`${applied} is no application`);
		return { kind: "call", rule: this.#rules.get(view.key) ?? this.#newRule(applied, view) };
	}

	#newRule(applied: Expression, { rule: name, key }: Extract<View, { kind: "application" }>): Rule {
		const info = this.grammar.rules[name];
		if (info === undefined)
			refuse(
				"grammar.rule",
				`grammar "${this.grammar.name}" has no rule "${name}"`,
				"Define the rule, or correct the name.",
				this.#origin(this.grammar),
			);
		const origin = this.#origin(info.body);
		if (key.length > LONGEST_KEY)
			refuse(
				"grammar.parameters",
				`rule "${name}" passes ever longer arguments to itself`,
				"Recurse without parameters, or with the same ones.",
				origin,
			);
		const slot = this.#slots.get(name) ?? this.#slots.get(name.split("__", 1)[0] ?? name) ?? -1;
		const rule: Rule = { key, name, body: { kind: "end" }, origin, slot, recursive: false };
		this.#rules.set(key, rule);
		this.#pending.push({ rule, body: bodyOf(applied, info.body) });
		return rule;
	}

	#translate(expression: Expression, skipping: boolean): Node {
		const view = viewOf(expression);
		const inner = (part: Expression): Node => this.#translate(part, skipping);
		switch (view.kind) {
			case "lexical":
				return this.#translate(view.body, false);
			case "sequence":
				return sequence(view.parts.map(inner));
			case "alternatives":
				return this.#alternatives(view.parts, skipping);
			case "optional":
				return { kind: "optional", body: inner(view.body) };
			case "not":
				return { kind: "not", body: inner(view.body) };
			case "ahead":
				return { kind: "and", body: inner(view.body) };
			case "any_number":
			case "one_or_more": {
				const min = view.kind === "one_or_more" ? 1 : 0;
				const origin = this.#origin(expression);
				const loop: Node = { kind: "repeat", body: inner(view.body), min, origin, remembered: false, patience: 0 };
				return min === 0 ? (untilLast(loop) ?? loop) : loop;
			}
			default: {
				const leaf = this.#leaf(expression, view);
				return skipping ? sequence([this.#spaces(), leaf]) : leaf;
			}
		}
	}

	#alternatives(parts: readonly Expression[], skipping: boolean): Node {
		const nodes = parts.map((part) => this.#translate(part, skipping));
		this.#choices.push(
			nodes.map((node, i): Alternative => ({ node, origin: () => this.#origin(parts[i]), text: () => parts[i]?.toString() ?? "" })),
		);
		return choice(nodes);
	}

	#leaf(expression: Expression, view: View): Node {
		switch (view.kind) {
			case "any":
				return { kind: "set", set: everything };
			case "end":
				return { kind: "end" };
			case "text":
				requireWhole(view.text, () => this.#origin(expression));
				return literal(view.text);
			case "text_in_any_case":
				requireWhole(view.text, () => this.#origin(view.written));
				return sequence(
					[...view.text].map((character) => (character.length === 1 ? { kind: "set", set: inAnyCase(character) } : literal(character))),
				);
			case "range":
				requireWholeRange(view, () => this.#origin(expression));
				return { kind: "set", set: range(view.first, view.last) };
			case "class":
				return { kind: "set", set: matching(view.pattern) };
			case "application": {
				const index = this.#switches.indexOf(view.rule);
				return index < 0 ? this.#call(expression) : { kind: "switch", index };
			}
			default:
				return refuse(
					"grammar.expression",
					`the grammar uses an expression that cannot be compiled: ${expression.toString()}`,
					"Write it with the expressions of Ohm's syntax reference.",
					this.#origin(expression),
				);
		}
	}

	#origin(construct: Expression | Grammar | undefined): Origin | undefined {
		return construct === undefined ? undefined : originOf(construct, this.grammars);
	}
}

function literal(text: string): Node {
	const code = text.codePointAt(0);
	return code !== undefined && String.fromCodePoint(code) === text ? { kind: "set", set: oneOf(code) } : { kind: "literal", text };
}

/** UTF-8 holds whole characters only. */
function requireWhole(text: string, origin: () => Origin | undefined): void {
	if (!/\p{Cs}/u.test(text)) return;
	refuse(
		"grammar.surrogate",
		`the text ${JSON.stringify(text)} holds half of a surrogate pair, which no text in UTF-8 has`,
		'Write the whole character, as itself or by its number: "\\u{1f600}".',
		origin(),
	);
}

function requireWholeRange({ first, last, isOfUnits }: Extract<View, { kind: "range" }>, origin: () => Origin | undefined): void {
	if (!isOfUnits || first > last || first > 0xdfff || last < 0xd800) return;
	const [from, to] = [first, last].map((code) => `U+${code.toString(16).toUpperCase().padStart(4, "0")}`);
	refuse(
		"grammar.surrogate",
		`the range from ${from} to ${to} holds halves of surrogate pairs, which no text in UTF-8 has`,
		'Write any for all characters, "\\u{10ffff}" as the end for all from the first on, or ranges that leave U+D800 to U+DFFF out.',
		origin(),
	);
}
