/** Which alternatives of a grammar take part in reading a text: a parser that logs their labels. */
import { check } from "./check.js";
import { generateText } from "./generate-text.js";
import { capturedLabels, type Label } from "./labels.js";
import { type LowerOptions, lower } from "./lower.js";
import { type Grammars, grammarNamed } from "./ohm.js";
import { loadParser, newCaptureLog, type Parser } from "./parser.js";

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
		const { switches } = program;
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
