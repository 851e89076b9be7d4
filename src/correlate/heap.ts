/** A queue by key: what has the lowest comes out first, of equals what was put in first. */
interface Entry<Thing> {
	readonly key: number;
	readonly number: number;
	readonly thing: Thing;
}

const isBefore = <Thing>(one: Entry<Thing>, other: Entry<Thing>): boolean =>
	one.key < other.key || (one.key === other.key && one.number < other.number);

export class Heap<Thing> {
	#entries: Entry<Thing>[] = [];
	#added = 0;

	get size(): number {
		return this.#entries.length;
	}

	add(key: number, thing: Thing): void {
		this.#put({ key, number: this.#added++, thing });
	}

	#put(entry: Entry<Thing>): void {
		const entries = this.#entries;
		let at = entries.length;
		entries.push(entry);
		while (at > 0) {
			const parent = (at - 1) >> 1;
			const above = entries[parent];
			if (above === undefined || !isBefore(entry, above)) break;
			entries[at] = above;
			at = parent;
		}
		entries[at] = entry;
	}

	/** Takes out the first one, unless its key is higher than this. */
	take(most: number): Thing | undefined {
		const entries = this.#entries;
		const first = entries[0];
		if (first === undefined || first.key > most) return undefined;
		const last = entries.pop();
		if (last !== undefined && entries.length > 0) this.#sink(last);
		return first.thing;
	}

	/** Puts an entry in the place of the first one, and down to where it belongs. */
	#sink(entry: Entry<Thing>): void {
		const entries = this.#entries;
		let at = 0;
		for (;;) {
			const [left, right] = [2 * at + 1, 2 * at + 2];
			const [one, other] = [entries[left], entries[right]];
			const isRight = one !== undefined && other !== undefined && isBefore(other, one);
			const below = isRight ? other : one;
			if (below === undefined || isBefore(entry, below)) break;
			entries[at] = below;
			at = isRight ? right : left;
		}
		entries[at] = entry;
	}

	*[Symbol.iterator](): Generator<Thing> {
		for (const { thing } of this.#entries) yield thing;
	}

	/** Leaves out all but some. */
	keep(isKept: (thing: Thing) => boolean): void {
		const kept = this.#entries.filter(({ thing }) => isKept(thing));
		this.#entries = [];
		for (const entry of kept) this.#put(entry);
	}
}
