/** NDJSON on its way out: in the memory of the kernel, and beside it when more comes than fits. */
import type { Kernel } from "./kernel.js";

/** Bytes behind what is written last that copies may write over. */
const SLACK = 16;

export class Output {
	/** Address behind what was written last. */
	end: number;
	readonly #start: number;
	readonly #limit: number;
	/** What did not fit any more, in order. */
	#full: Buffer[] = [];

	constructor(readonly kernel: Kernel) {
		this.#start = kernel.at.OUTPUT;
		this.#limit = kernel.at.OUTPUT_END - SLACK;
		this.end = this.#start;
	}

	get isEmpty(): boolean {
		return this.end === this.#start && this.#full.length === 0;
	}

	/** Makes room for so many bytes at `end`; false when there is never so much. */
	reserve(size: number): boolean {
		if (this.end + size <= this.#limit) return true;
		this.#moveAside();
		return this.end + size <= this.#limit;
	}

	/** Any text, in UTF-8. */
	put(text: string): void {
		if (this.reserve(text.length * 3)) this.end += this.kernel.bytes.write(text, this.end);
		else this.#full.push(Buffer.from(text));
	}

	/** What was written; nothing is left then. A copy stays good, else it is good until something is written again. */
	take(isCopied: boolean): Buffer {
		if (this.#full.length > 0) {
			this.#moveAside();
			const all = Buffer.concat(this.#full);
			this.#full = [];
			return all;
		}
		const taken = this.kernel.bytes.subarray(this.#start, this.end);
		this.end = this.#start;
		return isCopied ? Buffer.from(taken) : taken;
	}

	#moveAside(): void {
		if (this.end > this.#start) this.#full.push(Buffer.from(this.kernel.bytes.subarray(this.#start, this.end)));
		this.end = this.#start;
	}
}
