/** Open things that are given up after a time. */

/** A table as plain data, in its order. */
export interface TableState<Key, Data> {
	readonly last?: number | undefined;
	readonly entries: readonly (readonly [key: Key, data: Data, time: number])[];
}

/** Times run nearly in order: what is ahead by more milliseconds has a wrong stamp, or time went back since. */
const AHEAD = 3_600_000;

/** Saves and loads values that are plain data already. */
export const asItIs = <Value>(value: Value): Value => value;

/** Open things by key, the one that was heard of longest ago in front. Tables that are saved have texts or numbers as keys. */
export class OpenTable<Key, Value> {
	readonly #entries = new Map<Key, { readonly value: Value; readonly time: number }>();
	/** Time of the last word on any of them. */
	#last = Number.NEGATIVE_INFINITY;
	/** The one in front, as long as it is known. */
	#front: { readonly key: Key; readonly time: number } | undefined;

	/** A table that was saved; an empty one for none. */
	static load<Key, Value, Data>(saved: TableState<Key, Data> | undefined, load: (data: Data) => Value): OpenTable<Key, Value> {
		const table = new OpenTable<Key, Value>();
		for (const [key, data, time] of saved?.entries ?? []) table.set(key, load(data), time);
		table.#last = saved?.last ?? table.#last;
		return table;
	}

	save<Data>(save: (value: Value) => Data): TableState<Key, Data> {
		const entries = Array.from(this.#entries, ([key, { value, time }]) => [key, save(value), time] as const);
		return { last: Number.isFinite(this.#last) ? this.#last : undefined, entries };
	}

	get(key: Key): Value | undefined {
		return this.#entries.get(key)?.value;
	}

	/** Adds it, or says that it was heard of again. */
	set(key: Key, value: Value, time: number): void {
		this.#take(key);
		this.#entries.set(key, { value, time });
		this.#last = time;
	}

	delete(key: Key): Value | undefined {
		const value = this.get(key);
		this.#take(key);
		return value;
	}

	#take(key: Key): void {
		if (this.#entries.delete(key) && this.#front?.key === key) this.#front = undefined;
	}

	get size(): number {
		return this.#entries.size;
	}

	keys(): IterableIterator<Key> {
		return this.#entries.keys();
	}

	/** Takes out what was not heard of since a time, from the front to the first that is younger. */
	expired(before: number): Iterable<Value> {
		// Trackers ask with each event, nearly always in vain.
		if (this.#front === undefined) {
			const [first] = this.#entries;
			if (first === undefined) return [];
			this.#front = { key: first[0], time: first[1].time };
		}
		return this.#isYoung(this.#front.time, before) ? [] : this.#expired(before);
	}

	#isYoung(time: number, before: number): boolean {
		return time >= before && time <= this.#last + AHEAD;
	}

	/** Takes out those that were heard of longest ago, until no more than so many are left. */
	*beyond(most: number): Generator<Value> {
		for (const [key, { value }] of this.#entries) {
			if (this.#entries.size <= most) return;
			this.#take(key);
			yield value;
		}
	}

	*#expired(before: number): Generator<Value> {
		for (const [key, { value, time }] of this.#entries) {
			if (this.#isYoung(time, before)) return;
			this.#take(key);
			yield value;
		}
	}
}
