/** The captures of the record that the kernel stands at, as JavaScript sees them. */
import type { Captured } from "../format/define.js";
import type { Format } from "../format/format.js";
import type { Parser } from "../grammar/parser.js";
import { byName } from "./by-name.js";
import type { Kernel } from "./kernel.js";
import { NoRoom } from "./regions.js";

/** Bytes and words of a capture: slot, start, end. */
const CAPTURE = 12;
const WORDS = 3;

/** A piece of the record, in UTF-16 units of its text. */
export interface Span {
	readonly from: number;
	readonly to: number;
}

/** Where a format has its captures of a record replaced; undefined to leave them. */
export type Replacement = readonly (readonly [slot: number, text: string])[];

/** Good until the kernel goes on. */
export class Captures {
	constructor(readonly kernel: Kernel) {}

	/** Captures in the log. */
	get count(): number {
		const { run } = this.kernel;
		return (run.logEnd.value - run.LOG.value) / CAPTURE;
	}

	/** Captures of the frame. */
	get framed(): number {
		const { run } = this.kernel;
		return (run.frameEnd.value - run.LOG.value) / CAPTURE;
	}

	slot(at: number): number {
		return this.#word(at, 0);
	}

	/** Address of a capture's text, and where it ends. */
	start(at: number): number {
		return this.#word(at, 1);
	}

	end(at: number): number {
		return this.#word(at, 2);
	}

	#word(at: number, which: number): number {
		return this.kernel.words[this.kernel.start("LOG") / 4 + at * WORDS + which] ?? 0;
	}

	textAt(at: number): string {
		return this.kernel.text(this.start(at), this.end(at));
	}

	/** Position in the log of the last capture of a slot, -1 for none. */
	last(slot: number): number {
		const address = slot < 0 ? 0 : this.kernel.run.lastOf(slot);
		return address === 0 ? -1 : (address - this.kernel.run.LOG.value) / CAPTURE;
	}

	slots(): number[] {
		return Array.from({ length: this.count }, (_, at) => this.slot(at));
	}

	/** The record without its line end. */
	raw(): string {
		const { run } = this.kernel;
		return this.kernel.text(run.rawStart.value, run.rawEnd.value);
	}

	/** Where a capture stands in the record; undefined when its text was decoded, so that it stands nowhere in it. */
	spanAt(at: number): Span | undefined {
		const { run } = this.kernel;
		const [start, end] = [this.start(at), this.end(at)];
		if (start < run.rawStart.value || end > run.rawEnd.value) return undefined;
		const from = this.kernel.text(run.rawStart.value, start).length;
		return { from, to: from + this.kernel.text(start, end).length };
	}

	/** Texts of captures by name, in their order; those of carriers and of the frame in them are left out. */
	byName({ captures }: Parser): Captured {
		const all: (readonly [string, string])[] = [];
		for (let at = this.#kept; at < this.count; at++) all.push([captures[this.slot(at)] ?? "", this.textAt(at)]);
		return byName(all);
	}

	/** Captures that are not replaced: those of carriers and of the frame in them, which tell what belongs to what. */
	get #kept(): number {
		return this.kernel.run.carriers.value === 0 ? 0 : this.framed;
	}

	/** Puts other captures into the log. */
	replace(captures: Replacement): void {
		const { kernel } = this;
		const { run } = kernel;
		kernel.reserveText(
			run.scratch.value,
			captures.reduce((sum, [, text]) => sum + text.length * 3, 0),
		);
		const kept = this.#kept;
		const size = (kept + captures.length) * CAPTURE;
		if (size > kernel.size("LOG")) throw new NoRoom("LOG", size);
		let text = run.scratch.value;
		let word = run.LOG.value / 4 + kept * WORDS;
		for (const [slot, written] of captures) {
			const start = text;
			text = kernel.putText(text, written);
			kernel.words[word++] = slot;
			kernel.words[word++] = start;
			kernel.words[word++] = text;
		}
		run.replaceCaptures(word * 4, text);
	}
}

/** Lets a format read captures again that its grammar cannot finish: counted or encoded values. Undefined: they stay as they are. */
export function expanded(captures: Captures, format: Format): Replacement | undefined {
	for (let at = captures.count - 1; at >= 0; at--) {
		const label = format.expandSlots.get(captures.slot(at));
		const expand = label === undefined ? undefined : format.definition.expand?.[label];
		if (expand === undefined) continue;
		const result = expand(captures.byName(format.parser), (rule, text) => matchText(captures.kernel, format, rule, text));
		return result === undefined ? undefined : named(format, result);
	}
	return undefined;
}

const named = (format: Format, texts: Captured): Replacement =>
	Object.entries(texts).flatMap(([name, all]) => {
		const slot = format.slot(name);
		return slot < 0 ? [] : all.map((text) => [slot, text] as const);
	});

/** Applies a rule of a format to a text of its own. */
export function matchText(kernel: Kernel, format: Format, rule: string, text: string): Captured | undefined {
	const { run } = kernel;
	const entry = kernel.parser(format.parser).entries[rule];
	if (entry === undefined) return undefined;
	// It is not kept: what it captured becomes text again.
	const start = run.scratch.value;
	kernel.reserveText(start, text.length * 3);
	const end = kernel.putText(start, text);
	const begin = run.logEnd.value;
	const behind = entry(start, end, begin);
	if (behind === 0) return undefined;
	const found: [string, string][] = [];
	for (let word = begin / 4; word < behind / 4; word += WORDS)
		found.push([
			format.parser.captures[kernel.words[word] ?? -1] ?? "",
			kernel.text(kernel.words[word + 1] ?? 0, kernel.words[word + 2] ?? 0),
		]);
	return byName(found);
}
