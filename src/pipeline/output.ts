/** A growing buffer of NDJSON, filled without making strings. */
import { integerJson, numberOf } from "./json.js";

const QUOTE = 34;
const BACKSLASH = 92;
const HEX = Buffer.from("0123456789abcdef");
/** 1 for ASCII characters that JSON strings escape; DEL too, for terminals. */
const ESCAPED: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) =>
	code < 32 || code === QUOTE || code === BACKSLASH || code === 127 ? 1 : 0,
);
const SHORT: Readonly<Record<number, number>> = { 8: 98, 9: 116, 10: 110, 12: 102, 13: 114, 34: QUOTE, 92: BACKSLASH };

export class Output {
	bytes: Buffer = Buffer.allocUnsafe(512 * 1024);
	length = 0;

	/** Makes room for `size` more bytes. */
	reserve(size: number): void {
		if (this.length + size <= this.bytes.length) return;
		const larger = Buffer.allocUnsafe(Math.max(this.bytes.length * 2, this.length + size));
		this.bytes.copy(larger, 0, 0, this.length);
		this.bytes = larger;
	}

	/** What was written, as a copy that stays good; the buffer is empty then. */
	take(): Buffer {
		const taken = Buffer.from(this.bytes.subarray(0, this.length));
		this.length = 0;
		return taken;
	}

	/** A piece of finished JSON. Room must be reserved, here and below. */
	piece(json: Uint8Array): void {
		const { bytes } = this;
		let w = this.length;
		if (json.length > 64) bytes.set(json, w);
		else for (let i = 0; i < json.length; i++) bytes[w + i] = json[i] ?? 0;
		w += json.length;
		this.length = w;
	}

	/** Any text as it is, outside of a JSON string; three bytes for each of its units must be reserved. */
	text(text: string): void {
		const { bytes } = this;
		const start = this.length;
		let w = start;
		for (let i = 0; i < text.length; i++) {
			const code = text.charCodeAt(i);
			if (code > 127) {
				this.length = start + bytes.write(text, start);
				return;
			}
			bytes[w++] = code;
		}
		this.length = w;
	}

	/** A JSON string of ASCII bytes. */
	string(from: Uint8Array, start: number, end: number): void {
		const { bytes } = this;
		let w = this.length;
		bytes[w++] = QUOTE;
		for (let i = start; i < end; i++) {
			const code = from[i] ?? 0;
			if (ESCAPED[code] === 0) bytes[w++] = code;
			else w = this.#escape(code, w);
		}
		bytes[w++] = QUOTE;
		this.length = w;
	}

	#escape(code: number, at: number): number {
		const { bytes } = this;
		let w = at;
		bytes[w++] = BACKSLASH;
		const short = SHORT[code];
		if (short !== undefined) {
			bytes[w++] = short;
			return w;
		}
		bytes[w++] = 117;
		bytes[w++] = 48;
		bytes[w++] = 48;
		bytes[w++] = HEX[code >> 4] ?? 48;
		bytes[w++] = HEX[code & 15] ?? 48;
		return w;
	}

	/** A non-negative integer. */
	count(value: number): void {
		const { bytes } = this;
		let digits = 1;
		for (let rest = value; rest >= 10; rest = Math.floor(rest / 10)) digits++;
		let rest = value;
		for (let w = this.length + digits - 1; w >= this.length; w--) {
			bytes[w] = 48 + (rest % 10);
			rest = Math.floor(rest / 10);
		}
		this.length += digits;
	}

	/** Decimal digits as a JSON number. */
	integer(from: Uint8Array, start: number, end: number): void {
		const first = from[start] ?? 0;
		const isPlain = end - start < 16 && end > start && ((first > 48 && first <= 57) || (first === 48 && end - start === 1));
		let isDigits = isPlain;
		for (let i = start; i < end && isDigits; i++) isDigits = (from[i] ?? 0) >= 48 && (from[i] ?? 0) <= 57;
		if (!isDigits) return this.text(integerJson(Buffer.from(from.subarray(start, end)).toString("latin1")));
		const { bytes } = this;
		let w = this.length;
		for (let i = start; i < end; i++) bytes[w++] = from[i] ?? 0;
		this.length = w;
	}

	/** A decimal number, written as JavaScript writes it. */
	number(from: Uint8Array, start: number, end: number): void {
		this.text(JSON.stringify(numberOf(Buffer.from(from.subarray(start, end)).toString("latin1"))));
	}
}
