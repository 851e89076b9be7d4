/** What a log exercises of a format: messages of its catalog, labelled cases of its grammar; and what of the log nobody knows. */

import type { Settings } from "../convert/convert.js";
import type { Input } from "../convert/input.js";
import { MailtrailError } from "../errors.js";
import { formsOf } from "../format/catalog.js";
import { type ComposedGrammar, compileFormat, startsOf } from "../format/compose.js";
import type { Captured, FormatDefinition } from "../format/define.js";
import { Format } from "../format/format.js";
import { capturedLabels, type Label } from "../grammar/labels.js";
import { loadParser } from "../grammar/parser.js";
import { readRecords, type SampleRecord } from "./records.js";
import { type Counted, type ShapeCount, ShapeCounter } from "./shapes.js";

/** A text of a message, and how many records had it. */
export interface CoveredForm {
	readonly code: string;
	readonly title: string;
	/** Absent when only the code tells the message, or a rule of the grammar reads its text. */
	readonly template?: string;
	readonly count: number;
}

/** A labelled case, and how many records went through it. Places are those of the grammar file. */
export interface CoveredCase {
	readonly label: string;
	readonly file?: string;
	readonly line?: number;
	readonly count: number;
}

export interface Coverage {
	readonly format: string;
	/** Of the whole log, and those that the format read. */
	readonly records: number;
	readonly read: number;
	readonly messages: readonly CoveredForm[];
	readonly cases: readonly CoveredCase[];
	/** Read by the format, but its catalog has no message of this text. */
	readonly generic: Unknown;
	/** Read by no format at all. */
	readonly unparsed: Unknown;
}

export interface Unknown {
	readonly records: number;
	readonly shapes: readonly ShapeCount[];
	/** Records beyond the shapes that are told apart. */
	readonly others: number;
}

/** A format that captures its labelled cases too: reads like the real one, if somewhat slower. */
class Instrumented {
	readonly format: Format;
	readonly labels: readonly Label[];
	/** Slot → label, and those that were seen while the format reread captures, which drops them. */
	readonly labelOfSlot: ReadonlyMap<number, string>;
	readonly reread: Set<string> = new Set();

	constructor({ definition, catalog, folder }: Format, composed: ComposedGrammar) {
		const all = capturedLabels(composed.grammars, definition.grammar, composed.name, {
			starts: startsOf(definition),
			switches: definition.profile?.switches ?? [],
		});
		const capturing = (labels: readonly Label[]): FormatDefinition => ({
			...definition,
			captures: { ...Object.fromEntries(labels.map(({ rule }) => [rule, []])), ...definition.captures },
			...(definition.expand === undefined ? {} : { expand: this.#watched(definition.expand) }),
		});
		const source = capturable(all, (labels) => compileFormat(capturing(labels), catalog, composed));
		this.labels = source.labels;
		this.format = new Format(capturing(source.labels), () => catalog, loadParser(source.compiled), folder);
		this.labelOfSlot = new Map(source.labels.map(({ rule }) => [this.format.slot(rule), rule]));
	}

	#watched(expand: NonNullable<FormatDefinition["expand"]>): NonNullable<FormatDefinition["expand"]> {
		const noted = (captured: Captured | undefined): Captured | undefined => {
			for (const name of Object.keys(captured ?? {})) this.reread.add(name);
			return captured;
		};
		return Object.fromEntries(
			Object.entries(expand).map(([label, reread]) => [
				label,
				(captured, match) => reread(noted(captured) ?? captured, (rule, text) => noted(match(rule, text))),
			]),
		);
	}
}

/** The labels that can be captured: the compiler refuses captures in some loops. */
function capturable<T>(
	labels: readonly Label[],
	compile: (labels: readonly Label[]) => T,
): { readonly labels: readonly Label[]; readonly compiled: T } {
	try {
		return { labels, compiled: compile(labels) };
	} catch (error) {
		if (labels.length === 0 || !(error instanceof MailtrailError)) throw error;
		if (labels.length === 1) return { labels: [], compiled: compile([]) };
		const half = Math.ceil(labels.length / 2);
		// Whether a label is refused does not depend on the others.
		const kept = [labels.slice(0, half), labels.slice(half)].flatMap((part) => capturable(part, compile).labels);
		return { labels: kept, compiled: compile(kept) };
	}
}

/** Reads logs and counts. `settings.formats` are all formats, the one in question among them. */
export async function coverageOf(
	format: Format,
	composed: ComposedGrammar,
	inputs: AsyncIterable<Input>,
	settings: Settings,
): Promise<Coverage> {
	const instrumented = new Instrumented(format, composed);
	const exchange = (one: Format | undefined): Format | undefined => (one?.id === format.id ? instrumented.format : one);
	const formats = settings.formats.flatMap((one) => exchange(one) ?? []);
	const own = { ...settings, formats, forced: exchange(settings.forced) };
	const count = new Counter(instrumented);
	for await (const input of inputs)
		for await (const record of readRecords(input, own, () => instrumented.reread.clear())) count.add(record);
	return count.result();
}

class Counter {
	readonly #instrumented: Instrumented;
	readonly #slots = new Map<number, number>();
	readonly #codes = new Map<string, number>();
	readonly #labels = new Map<string, number>();
	readonly #generic = new ShapeCounter();
	readonly #unparsed = new ShapeCounter();
	/** A format without any texts has no records that it knows by their code only. */
	readonly #hasForms: boolean;
	#records = 0;
	#read = 0;

	constructor(instrumented: Instrumented) {
		this.#instrumented = instrumented;
		this.#hasForms = instrumented.format.catalog.entries.some((entry) => formsOf(entry).length > 0);
	}

	add({ event, captures, text }: SampleRecord): void {
		const { format, labelOfSlot, reread } = this.#instrumented;
		this.#records++;
		const labels = new Set(reread);
		const { program, raw, source } = event;
		const counted: Counted = { ...(program === undefined ? {} : { program }), example: raw, file: source.file, line: source.line };
		if (event.format !== format.id) {
			if (event.record === "unparsed") this.#unparsed.add(text, counted);
			return;
		}
		this.#read++;
		let form = -1;
		for (let at = 0; at < captures.count; at++) {
			const slot = captures.slot(at);
			if (format.entryOfSlot[slot] !== undefined) form = slot;
			const label = labelOfSlot.get(slot);
			if (label !== undefined) labels.add(label);
		}
		for (const label of labels) increase(this.#labels, label);
		const entry = format.entryOf(event)?.entry;
		if (form >= 0) increase(this.#slots, form);
		else if (entry !== undefined) increase(this.#codes, entry.code);
		const isKnown = form >= 0 || (entry !== undefined && formsOf(entry).length === 0) || !this.#hasForms;
		if (!isKnown) this.#generic.add(text, counted);
	}

	result(): Coverage {
		const { format, labels } = this.#instrumented;
		let slot = format.firstEntrySlot;
		const messages = format.catalog.entries.flatMap((entry): CoveredForm[] => {
			const { code, title } = entry;
			const forms = formsOf(entry).map(
				({ template }): CoveredForm => ({
					code,
					title,
					...(template === undefined ? {} : { template }),
					count: this.#slots.get(slot++) ?? 0,
				}),
			);
			const byCode = this.#codes.get(code) ?? 0;
			return forms.length > 0 && byCode === 0 ? forms : [...forms, { code, title, count: byCode }];
		});
		return {
			format: format.id,
			records: this.#records,
			read: this.#read,
			messages,
			cases: labels.map(({ rule, origin }) => ({
				label: rule,
				...(origin === undefined ? {} : { file: origin.file, line: origin.line }),
				count: this.#labels.get(rule) ?? 0,
			})),
			generic: unknown(this.#generic),
			unparsed: unknown(this.#unparsed),
		};
	}
}

const unknown = (counter: ShapeCounter): Unknown => ({ records: counter.total, shapes: counter.ranked(), others: counter.others });

const increase = <Key>(counts: Map<Key, number>, key: Key): void => {
	counts.set(key, (counts.get(key) ?? 0) + 1);
};
