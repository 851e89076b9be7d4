/** A growing buffer of NDJSON, filled without making strings. */
import { copyBytes, SLACK, viewOf } from "./bytes.js";
import { integerJson } from "./json.js";
import type { Reading } from "./reading.js";

const BACKSLASH = 92;
const ZERO = 48;
const HEX = Buffer.from("0123456789abcdef");
const SHORT: Readonly<Record<number, number>> = { 8: 98, 9: 116, 10: 110, 12: 102, 13: 114, 34: 34, 92: BACKSLASH };
/** The digits of 00 to 99, as the little-endian number of their two bytes. */
const PAIRS: Uint16Array = Uint16Array.from({ length: 100 }, (_, i) => ZERO + Math.floor(i / 10) + (ZERO + (i % 10)) * 256);
/** Bytes of the longest escape. */
const ESCAPE = 6;

export class Output {
	bytes: Buffer = Buffer.allocUnsafeSlow(512 * 1024);
	length = 0;
	#view: DataView = viewOf(this.bytes);

	/** Makes room for `size` more bytes. */
	reserve(size: number): void {
		if (this.length + size + SLACK > this.bytes.length) this.#grow(size + SLACK);
	}

	#grow(size: number): void {
		const larger = Buffer.allocUnsafeSlow(Math.max(this.bytes.length * 2, this.length + size));
		this.bytes.copy(larger, 0, 0, this.length);
		this.bytes = larger;
		this.#view = viewOf(larger);
	}

	/** What was written, as a copy that stays good; the buffer is empty then. */
	take(): Buffer {
		const taken = Buffer.from(this.bytes.subarray(0, this.length));
		this.length = 0;
		return taken;
	}

	/** Bytes as they are. Room must be reserved, for this and for the numbers below. */
	copy(from: DataView, start: number, end: number): void {
		this.length = copyBytes(from, start, end, this.#view, this.length);
	}

	/** A span of an ASCII record as the inside of a JSON string; makes room for itself, and for `room` bytes more. */
	string(reading: Reading, start: number, end: number, room: number): void {
		this.reserve((end - start) * ESCAPE + room);
		let from = start;
		for (let i = reading.escapeFrom(start); i < reading.escapeCount; i++) {
			const at = reading.escapes[i] as number;
			if (at >= end) break;
			this.copy(reading.view, from, at);
			this.#escape(reading.bytes[at] as number);
			from = at + 1;
		}
		this.copy(reading.view, from, end);
	}

	#escape(code: number): void {
		const { bytes } = this;
		bytes[this.length++] = BACKSLASH;
		const short = SHORT[code];
		if (short !== undefined) {
			bytes[this.length++] = short;
			return;
		}
		bytes[this.length++] = 117;
		bytes[this.length++] = ZERO;
		bytes[this.length++] = ZERO;
		bytes[this.length++] = HEX[code >> 4] as number;
		bytes[this.length++] = HEX[code & 15] as number;
	}

	/** Any text as it is; makes room for itself, and for `room` bytes more. */
	text(text: string, room: number): void {
		this.reserve(text.length * 3 + room);
		this.length += this.bytes.write(text, this.length);
	}

	/** A non-negative integer. */
	count(value: number): void {
		// Whole numbers of 31 bits are divided without floats.
		if (value < 0x40000000) this.#digits(value);
		else {
			const high = Math.floor(value / 1e8);
			this.count(high);
			const start = this.length;
			this.#digits(value - high * 1e8 + 1e8);
			// The 1 in front has kept the zeros.
			this.bytes.copyWithin(start, start + 1, this.length--);
		}
	}

	#digits(value: number): void {
		let digits = 1;
		for (let limit = 10; limit <= value; limit *= 10) digits++;
		const end = this.length + digits;
		let rest = value | 0;
		let w = end;
		for (; rest >= 10; w -= 2) {
			const hundreds = (rest / 100) | 0;
			this.#view.setUint16(w - 2, PAIRS[rest - hundreds * 100] as number, true);
			rest = hundreds;
		}
		if (w > this.length) this.bytes[w - 1] = ZERO + rest;
		this.length = end;
	}

	/** Decimal digits of a record as a JSON number; anything else as text. Makes room as `string` does. */
	integer(reading: Reading, start: number, end: number, room: number): void {
		const { bytes } = reading;
		const first = bytes[start] as number;
		const isPlain = end - start < 16 && end > start && ((first > ZERO && first <= 57) || (first === ZERO && end - start === 1));
		for (let i = start; isPlain && i < end; i++) {
			const code = bytes[i] as number;
			if (code < ZERO || code > 57) return this.text(integerJson(reading.slice(start, end)), room);
		}
		if (!isPlain) return this.text(integerJson(reading.slice(start, end)), room);
		this.copy(reading.view, start, end);
	}
}
