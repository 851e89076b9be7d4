/** What formats compute from captures; the same texts give the same values, so results are remembered. */
import type { Field, Json, Lookup } from "../format/define.js";
import type { Format } from "../format/format.js";
import { areSpans, hashBytes, type Piece, Pieces } from "./bytes.js";
import { jsonOf } from "./json.js";
import type { Reading } from "./reading.js";

/** A computed value, and as JSON; undefined when there is nothing. */
export interface Derived {
	readonly value: Json | undefined;
	readonly json: Piece;
}

export const NOTHING: Derived = { value: undefined, json: new Pieces().text("null") };

/** What was computed from a capture. */
export interface Result {
	/** In the order of the derived fields. */
	readonly values: readonly Derived[];
	/** Told by a field of the kind `year`. */
	readonly year: number | undefined;
}

/** A result, and the bytes that it was computed from. */
interface Remembered extends Result {
	readonly from: Piece;
}

type Kind<K extends Field["kind"]> = Field & { readonly kind: K };

/** Results remembered for each capture, by hash: a power of two. */
const PLACES = 512;

/** Computes what the fields of one capture want, and remembers it. */
export class Memory {
	readonly #results: (Remembered | undefined)[] = Array.from({ length: PLACES });
	readonly #pieces = new Pieces();
	/** Spans that decide the result: the capture itself, then those it looks up. */
	readonly #spans: Int32Array;

	constructor(
		readonly derived: readonly Kind<"derived">[],
		readonly years: readonly Kind<"year">[],
		/** Slots of the captures that the fields look up; undefined when that is not known. */
		readonly uses: readonly number[] | undefined,
	) {
		this.#spans = new Int32Array(2 + 2 * (uses?.length ?? 0));
	}

	/** @param used positions in the log of `uses`, -1 for none */
	result(reading: Reading, at: number, used: readonly number[], lookup: Lookup): Result {
		if (this.uses === undefined || !reading.isPlain) return this.#compute(reading, at, lookup);
		const spans = this.#spans;
		const { data } = reading.log;
		const { view } = reading;
		let start = data[at * 3 + 1] as number;
		let end = data[at * 3 + 2] as number;
		spans[0] = start;
		spans[1] = end;
		let hash = hashBytes(view, start, end, 0);
		for (let i = 0; i < used.length; i++) {
			const position = used[i] as number;
			start = position < 0 ? 0 : (data[position * 3 + 1] as number);
			end = position < 0 ? 0 : (data[position * 3 + 2] as number);
			spans[i * 2 + 2] = start;
			spans[i * 2 + 3] = end;
			hash = hashBytes(view, start, end, hash);
		}
		const place = (hash ^ (hash >>> 15)) & (PLACES - 1);
		const known = this.#results[place];
		if (known !== undefined && areSpans(known.from, view, spans)) return known;
		const { values, year } = this.#compute(reading, at, lookup);
		const result = { values, year, from: this.#pieces.spans(view, spans) };
		this.#results[place] = result;
		return result;
	}

	#compute(reading: Reading, at: number, lookup: Lookup): Result {
		const text = reading.textAt(at);
		const values = this.derived.map(({ from }) => {
			const value = from(text, lookup);
			return value === undefined ? NOTHING : { value, json: this.#pieces.text(jsonOf(value)) };
		});
		let year: number | undefined;
		for (const field of this.years) year ??= field.from(text);
		return { values, year };
	}
}

/** The memories of one format. */
export class Deriver {
	/** By slot. */
	readonly memories: readonly (Memory | undefined)[];
	readonly #lookup: Lookup;
	#reading: Reading | undefined;

	constructor(format: Format) {
		this.memories = format.fields.map((fields) => {
			const derived = fields.filter((field) => field.kind === "derived");
			const years = fields.filter((field) => field.kind === "year");
			const uses = derived.some((field) => field.uses === undefined) ? undefined : new Set(derived.flatMap((field) => field.uses ?? []));
			if (derived.length === 0 && years.length === 0) return undefined;
			return new Memory(derived, years, uses && [...uses].map((name) => format.slot(name)));
		});
		this.#lookup = (capture) => {
			const reading = this.#reading;
			const at = reading?.last(format.slot(capture)) ?? -1;
			return at < 0 ? undefined : reading?.textAt(at);
		};
	}

	/** Reads other captures of a record. */
	lookupIn(reading: Reading): Lookup {
		this.#reading = reading;
		return this.#lookup;
	}
}
