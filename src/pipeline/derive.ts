/** Values that formats compute from captures; the same texts give the same values, so results are remembered. */
import type { Field, Json, Lookup } from "../format/define.js";
import type { Format } from "../format/format.js";
import { jsonOf } from "./json.js";
import type { Reading } from "./reading.js";

/** A computed value, and as JSON; undefined when there is nothing. */
export interface Derived {
	readonly value: Json | undefined;
	readonly json: string;
}

/** Results remembered for each field before the memory is given back. */
const MOST_RESULTS = 1024;

/** A derived field with what it gave so far. */
class Memory {
	readonly #results = new Map<string, Derived>();
	#lastKey: string | undefined;
	#last: Derived = { value: undefined, json: "" };

	constructor(readonly field: Field & { readonly kind: "derived" }) {}

	get(text: string, lookup: Lookup): Derived {
		const { uses } = this.field;
		if (uses === undefined) return this.#compute(text, lookup);
		let key = text;
		for (const name of uses) key += `\u0000${lookup(name) ?? "\u0001"}`;
		// Records of one session follow each other.
		if (key === this.#lastKey) return this.#last;
		const known = this.#results.get(key);
		if (known !== undefined) return this.#keep(key, known);
		if (this.#results.size >= MOST_RESULTS) this.#results.clear();
		const result = this.#compute(text, lookup);
		this.#results.set(key, result);
		return this.#keep(key, result);
	}

	#keep(key: string, result: Derived): Derived {
		this.#lastKey = key;
		this.#last = result;
		return result;
	}

	#compute(text: string, lookup: Lookup): Derived {
		const value = this.field.from(text, lookup);
		return { value, json: value === undefined ? "" : jsonOf(value) };
	}
}

/** Computes the derived values of records of one format. */
export class Deriver {
	readonly #memories: readonly (readonly Memory[])[];
	#reading: Reading | undefined;
	readonly #lookup: Lookup;

	constructor(format: Format) {
		this.#memories = format.fields.map((fields) => fields.flatMap((field) => (field.kind === "derived" ? [new Memory(field)] : [])));
		this.#lookup = (capture) => {
			const reading = this.#reading;
			const at = reading?.last(format.slot(capture)) ?? -1;
			return at < 0 ? undefined : reading?.textAt(at);
		};
	}

	/** Appends the values of all captures to `into`, in the order of the log and of the fields. */
	compute(reading: Reading, into: Derived[]): void {
		this.#reading = reading;
		const { data, length } = reading.log;
		for (let i = 0; i < length; i += 3) {
			const memories = this.#memories[data[i] ?? 0];
			if (memories === undefined || memories.length === 0) continue;
			const text = reading.textAt(i / 3);
			for (const memory of memories) into.push(memory.get(text, this.#lookup));
		}
	}
}
