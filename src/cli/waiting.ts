/** Lines of output that wait for each other: a call for each of them would cost more than making it. */

/** Characters that are written at once. */
const MANY = 256 * 1024;

export class Waiting {
	readonly #write: (text: string) => Promise<void>;
	#lines: string[] = [];
	#size = 0;

	constructor(write: (text: string) => Promise<void>) {
		this.#write = write;
	}

	/** Writes what waits when it is much; whoever waits for more input calls `write` before. */
	async add(line: string): Promise<void> {
		this.#lines.push(line);
		this.#size += line.length;
		if (this.#size >= MANY) await this.write();
	}

	async write(): Promise<void> {
		if (this.#lines.length === 0) return;
		const text = this.#lines.join("");
		this.#lines = [];
		this.#size = 0;
		await this.#write(text);
	}
}
