/** Bytes of a stream, as many at a time as somebody needs. */
export class Pull {
	/** What is there: from `at` on nobody has taken it yet. */
	bytes: Buffer = Buffer.alloc(0);
	at = 0;
	/** Offset in the stream of index 0 of `bytes`. */
	#base = 0;
	#isOver = false;
	readonly #blocks: AsyncIterator<Uint8Array>;

	constructor(blocks: AsyncIterable<Uint8Array>) {
		this.#blocks = blocks[Symbol.asyncIterator]();
	}

	/** Bytes that are there. */
	get left(): number {
		return this.bytes.length - this.at;
	}

	/** Offset in the stream of the next byte. */
	get offset(): number {
		return this.#base + this.at;
	}

	/** Waits until so many bytes are there; false when the stream ends before that. */
	async has(count: number): Promise<boolean> {
		while (this.left < count && !this.#isOver) {
			// A block is good until the next one is asked for only.
			const rest: Buffer[] = this.left === 0 ? [] : [Buffer.from(this.bytes.subarray(this.at))];
			this.#base += this.at;
			const next = await this.#blocks.next();
			if (next.done === true) this.#isOver = true;
			else rest.push(Buffer.from(next.value.buffer, next.value.byteOffset, next.value.byteLength));
			this.bytes = rest.length === 1 && rest[0] !== undefined ? rest[0] : Buffer.concat(rest);
			this.at = 0;
		}
		return this.left >= count;
	}

	/** The next bytes, at most so many; good until more are waited for. */
	take(count: number): Buffer {
		const taken = this.bytes.subarray(this.at, this.at + count);
		this.at += taken.length;
		return taken;
	}

	/** Gives the next bytes in pieces, each good until the next one; false when the stream ends before that. */
	async *pass(count: number): AsyncGenerator<Buffer, boolean> {
		let left = count;
		while (left > 0) {
			if (this.left === 0 && !(await this.has(1))) return false;
			const piece = this.take(left);
			left -= piece.length;
			yield piece;
		}
		return true;
	}

	/** All that is left. */
	async *rest(): AsyncGenerator<Buffer> {
		while (this.left > 0 || (await this.has(1))) yield this.take(this.left);
	}

	/** Nobody wants the rest. */
	async close(): Promise<void> {
		await this.#blocks.return?.();
	}
}
