/** What an instance keeps beside its code: switches, tables, trees, heads of memos. Offsets count from its base. */
export class Data {
	readonly #bytes: number[] = [];
	readonly #known = new Map<string, number>();

	get size(): number {
		return this.#bytes.length;
	}

	bytes(): Uint8Array {
		return Uint8Array.from(this.#bytes);
	}

	/** Offset of so many bytes of zeros. */
	reserve(size: number): number {
		while (this.#bytes.length % 4 !== 0) this.#bytes.push(0);
		const offset = this.#bytes.length;
		for (let i = 0; i < size; i++) this.#bytes.push(0);
		return offset;
	}

	words(values: readonly number[]): number {
		const offset = this.reserve(0);
		for (const value of values) for (let shift = 0; shift < 32; shift += 8) this.#bytes.push((value >>> shift) & 255);
		return offset;
	}

	// What was asked for before is given again.

	/** A table of bytes. */
	table(entries: Uint8Array): number {
		return this.#kept(entries.join(""), () => {
			const offset = this.reserve(0);
			this.#bytes.push(...entries);
			return offset;
		});
	}

	/** Words, behind their number. */
	numbers(values: readonly number[]): number {
		return this.#kept(values.join(), () => this.words([values.length, ...values]));
	}

	#kept(key: string, put: () => number): number {
		const offset = this.#known.get(key) ?? put();
		this.#known.set(key, offset);
		return offset;
	}
}
