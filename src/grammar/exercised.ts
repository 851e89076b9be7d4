/**
 * Which alternatives of a grammar take part in reading a text. Ohm's own matcher tells, so it is slow and only for people
 * who ask (`formats check`), never for the conversion of a log.
 */
import * as ohm from "ohm-js";
import type { Origin } from "./ir.js";
import { type Grammars, grammarNamed, originOf } from "./ohm.js";

/** An alternative with a label: `record_cut` for `-- cut` in `record`. */
export interface Label {
	readonly rule: string;
	readonly origin: Origin | undefined;
}

/** Longer texts are left out: Ohm's time grows with the square of a text that has no end mark. */
const LONGEST = 2048;

/** The labels that a grammar itself writes, not those it inherits, in their order. */
export function labelsOf(grammars: Grammars, name: string): Label[] {
	const { rules } = grammarNamed(grammars, name, name);
	const own = Object.entries(rules).filter(([rule]) => Object.hasOwn(rules, rule));
	return own.flatMap(([rule, { body }]) => {
		// Ohm puts a call in the place of an alternative with a label; its types leave the name out.
		const terms = body instanceof ohm.pexprs.Alt ? (body as ohm.Alt).terms : [body];
		return terms.flatMap((term) => {
			const called = term instanceof ohm.pexprs.Apply ? (term as ohm.Apply & { readonly ruleName: string }).ruleName : "";
			const info = rules[called];
			if (!called.startsWith(`${rule}_`) || info === undefined || !Object.hasOwn(rules, called)) return [];
			return [{ rule: called, origin: originOf(info.body, grammars) }];
		});
	});
}

export class Exercise {
	/** Rules and labels that took part. */
	readonly seen: Set<string> = new Set();
	readonly #grammars: Grammars;
	readonly #name: string;
	/** By the switches that are on. */
	readonly #bySwitches = new Map<string, { readonly grammar: ohm.Grammar; readonly semantics: ohm.Semantics }>();

	constructor(grammars: Grammars, name: string) {
		this.#grammars = grammars;
		this.#name = name;
	}

	/** Reads a text with a rule, with these switches on; a text that does not match exercises nothing. */
	read(rule: string, text: string, switches: readonly string[] = []): void {
		const match = this.#match(rule, text, switches);
		if (match?.succeeded() === true) this.#with(switches).semantics(match).visit();
	}

	/** The rule reads all of the text; false also where nobody can say. */
	matches(rule: string, text: string): boolean {
		return this.#match(rule, text, [])?.succeeded() === true;
	}

	#match(rule: string, text: string, switches: readonly string[]): ohm.MatchResult | undefined {
		const { grammar } = this.#with(switches);
		if (text.length > LONGEST || grammar.rules[rule] === undefined) return undefined;
		try {
			return grammar.match(text, rule);
		} catch (error) {
			// Ohm throws when an optional part matches nothing at all, which compiled parsers allow.
			if (error instanceof Error && error.message.includes("Nullable expression")) return undefined;
			throw error;
		}
	}

	#with(switches: readonly string[]): { readonly grammar: ohm.Grammar; readonly semantics: ohm.Semantics } {
		const key = switches.join();
		const known = this.#bySwitches.get(key);
		if (known !== undefined) return known;
		const base = grammarNamed(this.#grammars, this.#name, this.#name);
		const on = switches.map((name) => `${name} := ""`).join("\n");
		const grammar = on === "" ? base : ohm.grammar(`Switched <: ${this.#name} {\n${on}\n}`, this.#grammars.namespace);
		const { seen } = this;
		const semantics = grammar.createSemantics().addOperation<void>("visit", {
			_nonterminal(...parts) {
				seen.add(this.ctorName);
				for (const part of parts) part.visit();
			},
			_iter(...parts) {
				for (const part of parts) part.visit();
			},
			_terminal() {},
		});
		const made = { grammar, semantics };
		this.#bySwitches.set(key, made);
		return made;
	}
}
