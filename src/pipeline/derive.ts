/** Values that formats compute from captures; the same texts give the same values, so results are remembered. */
import type { Field, Json, Lookup } from "../format/define.js";
import type { Format } from "../format/format.js";
import { type Bytes, bytesOf } from "./bytes.js";
import { jsonOf } from "./json.js";
import type { Reading } from "./reading.js";

/** A computed value, and as JSON; undefined when there is nothing. */
export interface Derived {
	readonly value: Json | undefined;
	readonly json: Bytes;
}

export const NOTHING: Derived = { value: undefined, json: bytesOf("null") };

type DerivedField = Field & { readonly kind: "derived" };

/** Results remembered for each capture, by hash: a power of two. */
const PLACES = 512;

/** A text that was seen, as bytes, and what was computed from it. */
interface Result {
	readonly bytes: Uint8Array;
	readonly values: readonly Derived[];
}

/** The derived fields of one capture, with what they gave so far. */
class Memory {
	readonly #results: (Result | undefined)[] = Array.from({ length: PLACES });
	/** Spans that decide the results: the capture itself, then those it looks up. */
	readonly #spans: Int32Array;
	readonly #isRemembered: boolean;

	constructor(
		readonly fields: readonly DerivedField[],
		/** Slots of the captures that the fields look up; undefined when that is not known. */
		readonly uses: readonly number[] | undefined,
	) {
		this.#isRemembered = uses !== undefined;
		this.#spans = new Int32Array(2 + 2 * (uses?.length ?? 0));
	}

	values(reading: Reading, at: number, lookup: Lookup): readonly Derived[] {
		if (!this.#isRemembered || !reading.isPlain) return this.#compute(reading, at, lookup);
		const spans = this.#spans;
		const { data } = reading.log;
		spans[0] = data[at * 3 + 1] ?? 0;
		spans[1] = data[at * 3 + 2] ?? 0;
		let size = spans[1] - spans[0];
		for (let i = 2; i < spans.length; i += 2) {
			const used = reading.last(this.uses?.[i / 2 - 1] ?? -1) * 3;
			const start = used < 0 ? 0 : (data[used + 1] ?? 0);
			const end = used < 0 ? 0 : (data[used + 2] ?? 0);
			spans[i] = start;
			spans[i + 1] = end;
			size += end - start;
		}
		const place = this.#hash(reading.bytes) & (PLACES - 1);
		const known = this.#results[place];
		if (known !== undefined && this.#isSame(known.bytes, reading.bytes, size)) return known.values;
		const values = this.#compute(reading, at, lookup);
		this.#results[place] = { bytes: this.#copy(reading.bytes, size), values };
		return values;
	}

	#hash(bytes: Uint8Array): number {
		const spans = this.#spans;
		let hash = 0;
		for (let s = 0; s < spans.length; s += 2) {
			const end = spans[s + 1] ?? 0;
			for (let i = spans[s] ?? 0; i < end; i++) hash = (Math.imul(hash, 31) + (bytes[i] ?? 0)) | 0;
		}
		return hash ^ (hash >>> 15);
	}

	#isSame(known: Uint8Array, bytes: Uint8Array, size: number): boolean {
		if (known.length !== size + this.#spans.length / 2) return false;
		const spans = this.#spans;
		let k = 0;
		for (let s = 0; s < spans.length; s += 2) {
			const start = spans[s] ?? 0;
			const end = spans[s + 1] ?? 0;
			if (known[k++] !== ((end - start) & 255)) return false;
			for (let i = start; i < end; i++) if (known[k++] !== bytes[i]) return false;
		}
		return true;
	}

	/** Each span behind its length, so that neither can pass for a part of the other. */
	#copy(bytes: Uint8Array, size: number): Uint8Array {
		const spans = this.#spans;
		const copy = new Uint8Array(size + spans.length / 2);
		let k = 0;
		for (let s = 0; s < spans.length; s += 2) {
			const start = spans[s] ?? 0;
			const end = spans[s + 1] ?? 0;
			copy[k++] = end - start;
			for (let i = start; i < end; i++) copy[k++] = bytes[i] ?? 0;
		}
		return copy;
	}

	#compute(reading: Reading, at: number, lookup: Lookup): readonly Derived[] {
		const text = reading.textAt(at);
		return this.fields.map(({ from }) => {
			const value = from(text, lookup);
			return value === undefined ? NOTHING : { value, json: bytesOf(jsonOf(value)) };
		});
	}
}

/** Computes the derived values of records of one format. */
export class Deriver {
	readonly #memories: readonly (Memory | undefined)[];
	#reading: Reading | undefined;
	readonly #lookup: Lookup;

	constructor(format: Format) {
		this.#memories = format.fields.map((fields) => {
			const derived = fields.filter((field) => field.kind === "derived");
			const uses = derived.some((field) => field.uses === undefined) ? undefined : new Set(derived.flatMap((field) => field.uses ?? []));
			return derived.length === 0 ? undefined : new Memory(derived, uses && [...uses].map((name) => format.slot(name)));
		});
		this.#lookup = (capture) => {
			const reading = this.#reading;
			const at = reading?.last(format.slot(capture)) ?? -1;
			return at < 0 ? undefined : reading?.textAt(at);
		};
	}

	/** Puts the values of all captures into `into`, in the order of the log and of the fields; returns how many. */
	compute(reading: Reading, into: (Derived | undefined)[]): number {
		this.#reading = reading;
		const { data, length } = reading.log;
		let count = 0;
		for (let i = 0; i < length; i += 3) {
			const memory = this.#memories[data[i] ?? 0];
			if (memory === undefined) continue;
			const values = memory.values(reading, i / 3, this.#lookup);
			for (let k = 0; k < values.length; k++) into[count++] = values[k];
		}
		return count;
	}
}
