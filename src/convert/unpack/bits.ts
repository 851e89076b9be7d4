/** Bits of bytes, the highest first. */
import { cut } from "./damage.js";

export class Bits {
	#hold = 0;
	/** Bits in it that are not read. */
	#held = 0;

	/** @param passed bits of the first byte that are read already */
	constructor(
		readonly bytes: Buffer,
		public at: number,
		passed = 0,
	) {
		if (passed > 0) this.read(passed);
	}

	/** The next bits as a number, up to 24 of them. Throws Damage at the end of the bytes. */
	read(count: number): number {
		while (this.#held < count) {
			const byte = this.bytes[this.at++];
			if (byte === undefined) throw cut();
			this.#hold = (this.#hold << 8) | byte;
			this.#held += 8;
		}
		this.#held -= count;
		return (this.#hold >>> this.#held) & ((1 << count) - 1);
	}

	read32(): number {
		return ((this.read(16) << 16) | this.read(16)) >>> 0;
	}

	/** Index of the byte in which the next bit stands, and how many of its bits are read. */
	get place(): [at: number, passed: number] {
		const whole = this.#held >>> 3;
		const part = this.#held & 7;
		return part === 0 ? [this.at - whole, 0] : [this.at - whole - 1, 8 - part];
	}

	/** Index of the first byte of which nothing is read. */
	get end(): number {
		return this.at - (this.#held >>> 3);
	}
}
