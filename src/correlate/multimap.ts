/** Things by key, of which most keys have one. */
class Several<Thing> extends Set<Thing> {}

export class MultiMap<Thing> {
	readonly #things = new Map<string, Thing | Several<Thing>>();

	add(key: string, thing: Thing): void {
		const known = this.#things.get(key);
		if (known instanceof Several) known.add(thing);
		else if (known === undefined) this.#things.set(key, thing);
		else if (known !== thing) this.#things.set(key, new Several<Thing>([known, thing]));
	}

	delete(key: string, thing: Thing): void {
		const known = this.#things.get(key);
		if (known === thing) this.#things.delete(key);
		if (!(known instanceof Several)) return;
		known.delete(thing);
		if (known.size === 0) this.#things.delete(key);
	}

	/** In the order in which they were added. */
	get(key: string): Iterable<Thing> {
		const known = this.#things.get(key);
		return known === undefined ? [] : known instanceof Several ? known : [known];
	}

	count(key: string): number {
		const known = this.#things.get(key);
		return known === undefined ? 0 : known instanceof Several ? known.size : 1;
	}
}
