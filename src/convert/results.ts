/** What formats compute from captures. The same texts give the same, so results are remembered in the kernel. */

import { safeJson } from "../escapes.js";
import type { Field, Json, Lookup, Moment } from "../format/define.js";
import type { Format } from "../format/format.js";
import type { Captures } from "./captures.js";
import type { Kernel } from "./kernel.js";
import { SLACK } from "./regions.js";

/** What was computed. */
export interface Result {
	/** An entry, a level, a date, as the computation's `gives` says; 0 for none. */
	readonly number: number;
	/** In the order of the derived fields; undefined for nothing. */
	readonly values: readonly (Json | undefined)[];
}

/** Computes something from the text of a capture, and from those of others that it names. */
export interface Computer {
	/** Values that there may be. */
	readonly values: number;
	/** Slots of the captures that it looks up; undefined when that is not known. */
	readonly uses: readonly number[] | undefined;
	compute(text: string, lookup: Lookup): Result;
}

/** What is computed for a slot. */
export interface SlotComputer {
	readonly computer: Computer;
	/** What the number of its results means for this slot: `Gives` of the kernel. */
	readonly gives: number;
}

/** A capture that something is computed from. */
export interface Computation extends SlotComputer {
	/** Positions of the captures: its own, then those that are looked up, -1 for none. */
	readonly at: readonly number[];
}

type Kind<K extends Field["kind"]> = Field & { readonly kind: K };
type Computed = Kind<"derived"> | Kind<"year">;

/**
 * What is computed for each slot of a format, for these of its fields. Slots with the same computed values have one computer, also when
 * only some of them tell a year: an id is computed once then, in whatever record it comes first.
 */
export function computersOf(
	format: Format,
	slotFields: readonly (readonly Field[])[],
	{ run }: Kernel,
): readonly (SlotComputer | undefined)[] {
	const ids = new Map<unknown, number>();
	const keyOf = (fields: readonly Computed[]): string => fields.map(({ from }) => ids.get(from) ?? ids.set(from, ids.size).size - 1).join();
	const all = slotFields.map((fields) => {
		const derived = fields.filter((field) => field.kind === "derived");
		const years = fields.filter((field) => field.kind === "year");
		return { derived, years, key: derived.length > 0 ? keyOf(derived) : `year ${keyOf(years)}` };
	});
	const known = new Map<string, Computer>();
	return all.map(({ derived, years, key }, slot) => {
		if (derived.length === 0 && years.length === 0) return undefined;
		const dates = years.length > 0 ? years : (all.find((other) => other.key === key && other.years.length > 0)?.years ?? []);
		const both = `${key} ${keyOf(dates)}`;
		const computer = known.get(both) ?? fieldComputer(derived, dates, usesOf(derived, format), run);
		known.set(both, computer);
		const gives = years.length > 0 ? run["Gives.date"].value + format.yearSlots.indexOf(slot) : run["Gives.values"].value;
		return { computer, gives };
	});
}

/** Slots of the captures that are looked up; undefined when that is not known. */
const usesOf = (derived: readonly Kind<"derived">[], format: Format): readonly number[] | undefined =>
	derived.some((field) => field.uses === undefined)
		? undefined
		: [...new Set(derived.flatMap((field) => field.uses ?? []))].map((name) => format.slot(name));

const fieldComputer = (
	derived: readonly Kind<"derived">[],
	years: readonly Kind<"year">[],
	uses: readonly number[] | undefined,
	run: Kernel["run"],
): Computer => ({
	values: derived.length,
	uses,
	compute(text, lookup) {
		const values = derived.map(({ from }) => from(text, lookup));
		const moment = years.map(({ from }) => from(text)).find((found) => found !== undefined);
		return { number: moment === undefined ? 0 : dateOf(moment, run), values };
	},
});

const dateOf = (moment: Moment, run: Kernel["run"]): number =>
	typeof moment === "number" ? run.dateOf(moment, 0, 0) : run.dateOf(moment.year, moment.month, moment.day);

/** A value as JSON; empty for nothing, and for numbers that JSON has not. */
const jsonOf = (value: Json | undefined): string =>
	value === undefined || (typeof value === "number" && !Number.isFinite(value)) ? "" : safeJson(value);

/** Bytes of a result that is remembered: of longer ones few come twice. */
const LONGEST = 8 * 1024;
/** The results of one stream, in the heap of its kernel; the layout is told in src/kernel/results.ts. */
export class Results {
	/** Addresses of the tables. */
	readonly #tables = new Map<Computer, number>();
	readonly #lookup: Lookup;
	#format: Format | undefined;

	constructor(
		readonly kernel: Kernel,
		readonly captures: Captures,
	) {
		this.#lookup = (capture) => {
			const at = captures.last(this.#format?.slot(capture) ?? -1);
			return at < 0 ? undefined : captures.textAt(at);
		};
	}

	/** The heap was cleared. */
	forget(): void {
		this.#tables.clear();
	}

	/** Bytes that `place` may need. */
	roomFor(computations: readonly Computation[]): number {
		const unknown = new Set(computations.map(({ computer }) => computer).filter((computer) => !this.#tables.has(computer)));
		return computations.reduce((sum, { at }) => sum + 16 + at.length * 4, 64 + unknown.size * this.kernel.run.TABLE_SIZE.value * 4);
	}

	/** Puts computations into the heap; gives the address of their number, which stands in front of them. */
	place(computations: readonly Computation[]): number {
		const words = computations.flatMap(({ computer, gives, at }) => [this.#tableOf(computer), gives, 0, at.length, ...at]);
		return this.kernel.allocateWords([computations.length, ...words]);
	}

	#tableOf(computer: Computer): number {
		const known = this.#tables.get(computer);
		if (known !== undefined) return known;
		const { kernel } = this;
		const size = kernel.run.TABLE_SIZE.value;
		const table = kernel.allocate(size * 4);
		kernel.words.fill(0, table / 4, table / 4 + size);
		this.#tables.set(computer, table);
		return table;
	}

	compute({ computer, at }: Computation, format: Format | undefined): Result {
		this.#format = format;
		return computer.compute(this.captures.textAt(at[0] ?? 0), this.#lookup);
	}

	/** Remembers the result that the kernel has asked for, at a place of its table; false when it is too long. */
	remember(place: number, { number, values }: Result): boolean {
		const { kernel } = this;
		const { run } = kernel;
		const jsons = values.map(jsonOf);
		const textsAt = 16 + 8 * jsons.length;
		let size = textsAt + run.sizeOfTexts() + SLACK;
		for (const json of jsons) size += json.length * 3;
		if (size > LONGEST) return false;
		const result = this.#blockFor(kernel.words[place / 4] ?? 0, size);
		const { words } = kernel;
		words[result / 4 + 1] = result + textsAt;
		words[result / 4 + 2] = number;
		words[result / 4 + 3] = jsons.length;
		let word = result / 4 + 4;
		let w = run.putTexts(result + textsAt);
		for (const json of jsons) {
			const start = w;
			w = kernel.putText(w, json);
			words[word++] = json === "" ? 0 : start;
			words[word++] = json === "" ? 0 : w;
		}
		words[place / 4] = result;
		return true;
	}

	/** Sets all results of the record at hand, which cannot be remembered. */
	set(computations: readonly Computation[], format: Format | undefined): void {
		const { kernel } = this;
		const { run } = kernel;
		run.beginResults();
		let value = 0;
		let w = run.scratch.value;
		for (const computation of computations) {
			const { number, values } = this.compute(computation, format);
			run.setNumber(computation.gives, number);
			for (const one of values) {
				const json = jsonOf(one);
				kernel.reserveText(w, json.length * 3);
				const start = w;
				w = kernel.putText(w, json);
				run.setValue(value++, json === "" ? 0 : start, w);
			}
		}
	}

	/** A place for a result: that of the one it replaces, if it is large enough. */
	#blockFor(old: number, size: number): number {
		const { words } = this.kernel;
		if (old !== 0 && (words[old / 4] as number) >= size) return old;
		const room = Math.ceil(size / 64) * 64;
		this.kernel.reserve(room);
		const result = this.kernel.allocate(room);
		words[result / 4] = room;
		return result;
	}
}
