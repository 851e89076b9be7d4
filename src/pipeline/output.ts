/** A growing buffer of NDJSON, filled without making strings. */
import { copyBytes, SLACK, viewOf } from "./bytes.js";
import type { Reading } from "./reading.js";

const BACKSLASH = 92;
const ZERO = 48;
const NINE = 57;
const HEX = Buffer.from("0123456789abcdef");
const SHORT: Readonly<Record<number, number>> = { 8: 98, 9: 116, 10: 110, 12: 102, 13: 114, 34: 34, 92: BACKSLASH };
/** The digits of 00 to 99, as the little-endian number of their two bytes. */
const PAIRS: Uint16Array = Uint16Array.from({ length: 100 }, (_, i) => ZERO + Math.floor(i / 10) + (ZERO + (i % 10)) * 256);

export class Output {
	bytes: Buffer = Buffer.allocUnsafeSlow(512 * 1024);
	view: DataView = viewOf(this.bytes);
	length = 0;

	/** Makes room for `size` more bytes: what is written below must have been reserved. */
	reserve(size: number): void {
		if (this.length + size + SLACK > this.bytes.length) this.#grow(size + SLACK);
	}

	#grow(size: number): void {
		const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + size));
		this.bytes.copy(larger, 0, 0, this.length);
		this.bytes = larger;
		this.view = viewOf(larger);
	}

	/** What was written; the buffer is empty then. A copy stays good, else it is good until something is written again. */
	take(isCopied: boolean): Buffer {
		const taken = this.bytes.subarray(0, this.length);
		this.length = 0;
		return isCopied ? Buffer.from(taken) : taken;
	}

	/** Any text as it is; three bytes for each of its units must be reserved. Returns where it ends, as all below do. */
	putText(text: string, at: number): number {
		return at + this.bytes.write(text, at);
	}

	/** A span of an ASCII record as the inside of a JSON string, with its escapes. */
	putEscaped(reading: Reading, start: number, end: number, at: number): number {
		const { escapes, escapeCount } = reading;
		let w = at;
		let from = start;
		for (let i = reading.escapeFrom(start); i < escapeCount; i++) {
			const position = escapes[i] as number;
			if (position >= end) break;
			w = copyBytes(reading.view, from, position, this.view, w);
			w = this.#putEscape(reading.bytes[position] as number, w);
			from = position + 1;
		}
		return copyBytes(reading.view, from, end, this.view, w);
	}

	#putEscape(code: number, at: number): number {
		const { bytes } = this;
		bytes[at] = BACKSLASH;
		const short = SHORT[code];
		if (short !== undefined) {
			bytes[at + 1] = short;
			return at + 2;
		}
		bytes[at + 1] = 117;
		bytes[at + 2] = ZERO;
		bytes[at + 3] = ZERO;
		bytes[at + 4] = HEX[code >> 4] as number;
		bytes[at + 5] = HEX[code & 15] as number;
		return at + 6;
	}

	/** A non-negative integer. */
	putCount(value: number, at: number): number {
		// Numbers of 31 bits are divided without floats.
		if (value < 0x40000000) return this.#putDigits(value | 0, at);
		const high = Math.floor(value / 1e8);
		const end = this.putCount(high, at);
		// The 1 in front keeps the zeros behind it.
		this.#putDigits(value - high * 1e8 + 1e8, end);
		this.bytes.copyWithin(end, end + 1, end + 9);
		return end + 8;
	}

	#putDigits(value: number, at: number): number {
		let digits = 1;
		for (let limit = 10; limit <= value; limit *= 10) digits++;
		const end = at + digits;
		let rest = value;
		let w = end;
		while (w > at + 1) {
			const hundreds = (rest / 100) | 0;
			w -= 2;
			this.view.setUint16(w, PAIRS[rest - hundreds * 100] as number, true);
			rest = hundreds;
		}
		if (w > at) this.bytes[at] = ZERO + rest;
		return end;
	}
}

/** Decimal digits that JSON takes as they are, and that lose nothing when they become a number. */
export function isPlainInteger(bytes: Uint8Array, start: number, end: number): boolean {
	if (end <= start || end - start > 15 || (bytes[start] === ZERO && end - start > 1)) return false;
	for (let i = start; i < end; i++) {
		const code = bytes[i] as number;
		if (code < ZERO || code > NINE) return false;
	}
	return true;
}
