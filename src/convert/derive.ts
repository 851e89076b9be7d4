/** What formats compute from captures; the same texts give the same values, so results are remembered in the kernel. */
import type { Field, Json, Lookup } from "../format/define.js";
import type { Format } from "../format/format.js";
import { jsonOf } from "./json.js";
import type { Kernel } from "./kernel.js";
import type { Reading } from "./reading.js";
import type { Selection } from "./selection.js";

/** What was computed from a capture. */
export interface Result {
	/** In the order of the derived fields; undefined for nothing. */
	readonly values: readonly (Json | undefined)[];
	/** Told by a field of the kind `year`. */
	readonly year: number | undefined;
}

type Kind<K extends Field["kind"]> = Field & { readonly kind: K };

/** Computes what the fields of a capture want. */
export class Computer {
	constructor(
		readonly derived: readonly Kind<"derived">[],
		readonly years: readonly Kind<"year">[],
		/** Slots of the captures that the fields look up; undefined when that is not known. */
		readonly uses: readonly number[] | undefined,
	) {}

	compute(text: string, lookup: Lookup): Result {
		const values = this.derived.map(({ from }) => from(text, lookup));
		let year: number | undefined;
		for (const field of this.years) year ??= field.from(text);
		return { values, year };
	}

	/** Computes the same as another one. */
	isLike(other: Computer): boolean {
		const areSame = (own: readonly (Kind<"derived"> | Kind<"year">)[], others: readonly (Kind<"derived"> | Kind<"year">)[]): boolean =>
			own.length === others.length && own.every((field, i) => field.from === others[i]?.from);
		return areSame(this.derived, other.derived) && areSame(this.years, other.years) && this.uses?.join() === other.uses?.join();
	}
}

/** A capture that something is computed from. */
export interface Computation {
	readonly computer: Computer;
	/** Position of the capture in the log. */
	readonly at: number;
	/** Positions of the captures that are looked up, -1 for none. */
	readonly used: readonly number[];
}

/** The computers of one format. */
export class Deriver {
	/** By slot. */
	readonly computers: readonly (Computer | undefined)[];
	readonly #lookup: Lookup;
	#reading: Reading | undefined;

	constructor(format: Format, selection?: Selection) {
		const known: Computer[] = [];
		this.computers = format.fields.map((all) => {
			const fields = selection === undefined ? all : all.map((field) => selection.field(field));
			const derived = fields.filter((field) => field.kind === "derived");
			const years = fields.filter((field) => field.kind === "year");
			if (derived.length === 0 && years.length === 0) return undefined;
			const uses = derived.some((field) => field.uses === undefined) ? undefined : new Set(derived.flatMap((field) => field.uses ?? []));
			const computer = new Computer(derived, years, uses && [...uses].map((name) => format.slot(name)));
			const like = known.find((one) => one.isLike(computer));
			if (like === undefined) known.push(computer);
			return like ?? computer;
		});
		this.#lookup = (capture) => {
			const reading = this.#reading;
			const at = reading?.last(format.slot(capture)) ?? -1;
			return at < 0 ? undefined : reading?.textAt(at);
		};
	}

	compute(reading: Reading, { computer, at }: Computation): Result {
		this.#reading = reading;
		return computer.compute(reading.textAt(at), this.#lookup);
	}
}

/** Bytes of a result that is remembered: of longer ones few come twice. */
const LONGEST = 8 * 1024;

/** Bytes of the length in front of a text. */
const LENGTH = 4;

function spanSize({ log }: Reading, position: number): number {
	return position < 0 ? LENGTH : LENGTH + (log.data[position * 3 + 2] as number) - (log.data[position * 3 + 1] as number);
}

/** The results of one assembler, in the heap of its kernel. */
export class Results {
	/** Addresses of the tables. */
	readonly #tables = new Map<Computer, number>();

	constructor(readonly kernel: Kernel) {}

	/** The heap was cleared. */
	clear(): void {
		this.#tables.clear();
	}

	/** Puts computations into the heap, for `findResults` of the kernel; gives the address of each, the first behind their number. */
	place(computations: readonly Computation[]): number[] {
		const { kernel } = this;
		const tables = computations.map(({ computer }) => this.#tableOf(computer));
		const words = [computations.length];
		const offsets = computations.map(({ at, used }, i) => {
			const offset = words.length * 4;
			words.push(tables[i] ?? 0, 1 + used.length, at, ...used);
			return offset;
		});
		const address = kernel.allocate(words.length * 4);
		kernel.putWords(address, words);
		return offsets.map((offset) => address + offset);
	}

	#tableOf(computer: Computer): number {
		const known = this.#tables.get(computer);
		if (known !== undefined) return known;
		const { kernel } = this;
		const size = kernel.at.TABLE_SIZE;
		const table = kernel.allocate(size * 4);
		kernel.words.fill(0, table / 4, table / 4 + size);
		this.#tables.set(computer, table);
		return table;
	}

	/** Remembers a result for the texts of a record; false when it is too long. The layout is told in src/kernel/kernel.ts. */
	remember(address: number, { at, used }: Computation, reading: Reading, { values, year }: Result): boolean {
		const { kernel } = this;
		const { words } = kernel;
		const jsons = values.map((value) => (value === undefined ? "" : jsonOf(value)));
		const textsAt = 16 + 8 * values.length;
		let size = textsAt + spanSize(reading, at);
		for (const json of jsons) size += json.length * 3;
		for (const position of used) size += spanSize(reading, position);
		if (size > LONGEST) return false;
		const result = this.#blockFor(kernel.run.resultOf(address), size);
		let word = result / 4 + 1;
		let w = result + textsAt;
		words[word++] = w;
		w = this.#putSpan(w, reading, at);
		for (const position of used) w = this.#putSpan(w, reading, position);
		words[word++] = year ?? 0;
		words[word++] = jsons.length;
		for (const json of jsons) {
			const start = w;
			w = kernel.putText(w, json);
			words[word++] = json === "" ? 0 : start;
			words[word++] = json === "" ? 0 : w;
		}
		kernel.run.putResult(address, result);
		return true;
	}

	/** Puts the text of a capture behind its length. */
	#putSpan(address: number, reading: Reading, position: number): number {
		const { bytes } = this.kernel;
		const { data } = reading.log;
		const start = position < 0 ? 0 : (data[position * 3 + 1] as number);
		const end = position < 0 ? 0 : (data[position * 3 + 2] as number);
		const length = end - start;
		for (let i = 0; i < LENGTH; i++) bytes[address + i] = length >>> (i * 8);
		const to = address + LENGTH;
		for (let i = 0; i < length; i++) bytes[to + i] = bytes[start + i] as number;
		return to + length;
	}

	/** A place for a result: that of the one it replaces, if it is large enough. */
	#blockFor(old: number, size: number): number {
		const { words } = this.kernel;
		if (old !== 0 && (words[old / 4] as number) >= size) return old;
		const room = Math.ceil(size / 64) * 64;
		const result = this.kernel.allocate(room);
		words[result / 4] = room;
		return result;
	}
}
