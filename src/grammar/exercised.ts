/** Which alternatives of a grammar take part in reading a text: a parser that logs their labels. */
import * as ohm from "ohm-js";
import { calledBy, check } from "./check.js";
import { generateText } from "./generate-text.js";
import { children, type Node, type Origin, type Program, type Rule } from "./ir.js";
import { type LowerOptions, lower } from "./lower.js";
import { type Grammars, grammarNamed, originOf } from "./ohm.js";
import { loadParser, newCaptureLog, type Parser } from "./parser.js";

/** An alternative with a label: `record_cut` for `-- cut` in `record`. */
export interface Label {
	readonly rule: string;
	readonly origin: Origin | undefined;
}

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

/** Tells which labels take part. Not made for logs: time may grow with the square of a line. */
export class Exercise {
	/** Labels that took part in any text. */
	readonly seen: Set<string> = new Set();
	/** Those that can: labels in lookaheads, and of rules that nothing calls, leave no trace. */
	readonly labels: readonly Label[];
	readonly #parser: Parser;

	constructor(grammars: Grammars, grammar: ohm.Grammar, options: LowerOptions, labels: readonly Label[]) {
		const program = lower(grammars, grammar, { ...options, captures: labels.map(({ rule }) => rule) });
		check(program);
		const visible = readRules(program);
		this.labels = labels.filter(({ rule }) => visible.has(rule));
		const { captures, switches } = program;
		this.#parser = loadParser({ captures, switches, bytes: new Uint8Array(), size: 0, text: generateText(program, false) });
	}

	/** Reads a text with a start rule, with these switches on; a text that does not match exercises nothing. */
	read(rule: string, text: string, switches: readonly string[] = []): void {
		const log = newCaptureLog();
		this.#parser.setSwitches(switches);
		if (!this.#parser.text(rule)(text, 0, text.length, log)) return;
		for (let i = 0; i < log.length; i += 3) this.seen.add(this.#parser.captures[log.data[i] ?? -1] ?? "");
	}
}

/** Names of rules that read text, not only look at it. */
export function readRules(program: Program): ReadonlySet<string> {
	const found = new Set<Rule>();
	const visit = (node: Node): void => {
		if (node.kind === "and" || node.kind === "not" || node.kind === "until_last") return;
		if (node.kind === "call" && !found.has(node.rule)) {
			found.add(node.rule);
			visit(node.rule.body);
		}
		for (const child of children(node)) visit(child);
	};
	for (const start of program.starts.values()) for (const rule of calledBy(start)) visit({ kind: "call", rule });
	return new Set([...found].map(({ name }) => name));
}
