/** Which alternatives of a grammar take part in reading a text: a parser that logs their labels. */
import { check } from "./check.js";
import { generateBytes } from "./generate-bytes.js";
import { matcherFor } from "./ground.js";
import { capturedLabels, type Label } from "./labels.js";
import { type LowerOptions, lower } from "./lower.js";
import { type Grammars, grammarNamed } from "./ohm.js";
import { loadParser, type Parser } from "./parser.js";

/** Tells which labels take part. Not made for logs: time may grow with the square of a line. */
export class Exercise {
	/** Labels that took part in any text. */
	readonly seen: Set<string> = new Set();
	/** Those that can. */
	readonly labels: readonly Label[];
	readonly #parser: Parser;

	/** @param name grammar whose labels count; `start` is the grammar of the start rules: the same, or one that inherits from it */
	constructor(grammars: Grammars, name: string, start: string, options: LowerOptions) {
		this.labels = capturedLabels(grammars, name, start, options);
		const captures = this.labels.map(({ rule }) => rule);
		const program = lower(grammars, grammarNamed(grammars, start, start), { ...options, captures });
		check(program);
		this.#parser = loadParser(generateBytes(program, false));
	}

	/** Reads a text with a start rule, with these switches on; a text that does not match exercises nothing. */
	read(rule: string, text: string, switches: readonly string[] = []): void {
		const spans = matcherFor(this.#parser, rule, switches)(text) ?? [];
		for (let i = 0; i < spans.length; i += 3) this.seen.add(this.#parser.captures[spans[i] ?? -1] ?? "");
	}
}
