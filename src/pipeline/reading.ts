/** One record while it is read: its bytes, its text where needed, and what the grammars captured in it. */
import { isAscii, isUtf8 } from "node:buffer";
import { type CaptureLog, newCaptureLog } from "../grammar/parser.js";
import { SLACK, viewOf } from "./bytes.js";
import type { LineEnd } from "./lines.js";

/** Node's own decoder behind `toString("latin1")`, which its types leave out. */
interface Latin1Buffer extends Buffer {
	latin1Slice(start: number, end: number): string;
}

/** 1 for ASCII characters that JSON strings escape; DEL too, for terminals. */
const ESCAPED: Uint8Array = Uint8Array.from({ length: 256 }, (_, code) =>
	code < 32 || code === 34 || code === 92 || code === 127 ? 1 : 0,
);

/** Escapes among which one is found by looking at all of them. */
const FEW = 12;

export class Reading {
	readonly log: CaptureLog = newCaptureLog();
	bytes: Buffer = Buffer.alloc(0);
	view: DataView = viewOf(this.bytes);
	start = 0;
	end = 0;
	/** Byte offset in the stream. */
	offset = 0;
	/** Number of the first physical line. */
	line = 1;
	/** Physical lines of the record. */
	lines = 1;
	eol: LineEnd = "\n";
	/** A piece of a line that was longer than the limit. */
	isCut = false;
	/** Plain ASCII: parsed as bytes, and captures are offsets into `bytes`. Else they are offsets into `text`. */
	isAscii = true;
	/** Not valid UTF-8: each character of the text is one byte. */
	isLatin1 = false;
	text = "";
	/** `text` holds the record, also when it is ASCII. */
	#isDecoded = false;
	/** Positions, in order, of the characters that JSON strings escape: of ASCII records, once `findEscapes` was called. */
	escapes: Int32Array = new Int32Array(64);
	escapeCount = 0;
	/** Integers of the log that belong to the frame. */
	frameLength = 0;
	/** Texts by position in the log, when `expand` replaced the captures. */
	expanded: readonly string[] | undefined;

	/** Begins a record; the bytes must stay as they are until it is written. */
	begin(bytes: Buffer, start: number, end: number, isKnownAscii: boolean): void {
		// Copying may read some bytes beyond a record: the last of a block may have to move away from the end of the memory.
		if (bytes.byteOffset + end + SLACK > bytes.buffer.byteLength) {
			end -= start;
			const moved = Buffer.allocUnsafeSlow(end + SLACK);
			bytes.copy(moved, 0, start, start + end);
			bytes = moved;
			start = 0;
		}
		if (this.bytes !== bytes) {
			this.bytes = bytes;
			this.view = viewOf(bytes);
		}
		this.start = start;
		this.end = end;
		this.log.length = 0;
		this.frameLength = 0;
		this.expanded = undefined;
		this.isLatin1 = false;
		this.#isDecoded = false;
		this.isAscii = isKnownAscii || isAscii(bytes.subarray(start, end));
		if (this.isAscii) return;
		const raw = bytes.subarray(start, end);
		this.isLatin1 = !isUtf8(raw);
		this.text = this.isLatin1 ? raw.toString("latin1") : raw.toString("utf8");
	}

	/** Captures are spans of ASCII bytes. */
	get isPlain(): boolean {
		return this.isAscii && this.expanded === undefined;
	}

	/** Where the text begins and ends, in the offsets of the log. */
	get from(): number {
		if (this.isAscii) return this.start;
		// Windows programs begin a file with a byte order mark; it belongs to the record, but to no frame.
		return this.text.startsWith(this.isLatin1 ? "\u00ef\u00bb\u00bf" : "\ufeff") ? (this.isLatin1 ? 3 : 1) : 0;
	}

	get to(): number {
		return this.isAscii ? this.end : this.text.length;
	}

	/** Captures in the log. */
	get count(): number {
		return this.log.length / 3;
	}

	slot(at: number): number {
		return this.log.data[at * 3] ?? -1;
	}

	/** Text of a capture. */
	textAt(at: number): string {
		if (this.expanded !== undefined) return this.expanded[at] ?? "";
		const start = this.log.data[at * 3 + 1] ?? 0;
		const end = this.log.data[at * 3 + 2] ?? 0;
		return this.isAscii ? this.#decoded().slice(start - this.start, end - this.start) : this.text.slice(start, end);
	}

	/** The text of a capture begins with this one. */
	startsWith(at: number, beginning: string): boolean {
		if (!this.isPlain) return this.textAt(at).startsWith(beginning);
		const start = this.log.data[at * 3 + 1] as number;
		if (start + beginning.length > (this.log.data[at * 3 + 2] as number)) return false;
		for (let i = 0; i < beginning.length; i++) if (this.bytes[start + i] !== beginning.charCodeAt(i)) return false;
		return true;
	}

	/** The text of a capture is this one. */
	is(at: number, text: string): boolean {
		if (this.expanded !== undefined) return this.expanded[at] === text;
		const length = (this.log.data[at * 3 + 2] as number) - (this.log.data[at * 3 + 1] as number);
		return length === text.length && this.startsWith(at, text);
	}

	/** Position in the log of the last capture of a slot, -1 for none. */
	last(slot: number): number {
		const { data, length } = this.log;
		for (let i = length - 3; i >= 0; i -= 3) if (data[i] === slot) return i / 3;
		return -1;
	}

	/** The record without its line end. */
	raw(): string {
		return this.isAscii ? this.#decoded() : this.text;
	}

	/** One call for the record is cheaper than one for each capture. */
	#decoded(): string {
		if (!this.#isDecoded) this.text = (this.bytes as Latin1Buffer).latin1Slice(this.start, this.end);
		this.#isDecoded = true;
		return this.text;
	}

	/** A span of an ASCII record has characters that JSON strings escape. */
	hasEscape(start: number, end: number): boolean {
		const count = this.escapeCount;
		const { escapes } = this;
		let i = 0;
		if (count > FEW) i = this.escapeFrom(start);
		else while (i < count && (escapes[i] as number) < start) i++;
		return i < count && (escapes[i] as number) < end;
	}

	/** Index in `escapes` of the first one not before a position. */
	escapeFrom(position: number): number {
		let low = 0;
		for (let high = this.escapeCount; low < high; ) {
			const middle = (low + high) >>> 1;
			if ((this.escapes[middle] as number) < position) low = middle + 1;
			else high = middle;
		}
		return low;
	}

	/** One search for the record is cheaper than one for each capture. */
	findEscapes(): void {
		const { bytes, view, end } = this;
		if (this.escapes.length < end - this.start) this.escapes = new Int32Array(end - this.start);
		const { escapes } = this;
		let count = 0;
		let i = this.start;
		for (; i + 4 <= end; i += 4) {
			// Subtracting borrows into the high bit of those of the four bytes that are less than a blank, or equal to `"`, `\` or DEL.
			const four = view.getInt32(i, true);
			const borrowed =
				(four - 0x20202020) | ((four ^ 0x22222222) - 0x01010101) | ((four ^ 0x5c5c5c5c) - 0x01010101) | ((four ^ 0x7f7f7f7f) - 0x01010101);
			if ((borrowed & 0x80808080) === 0) continue;
			for (let k = i; k < i + 4; k++) if (ESCAPED[bytes[k] as number] === 1) escapes[count++] = k;
		}
		for (; i < end; i++) if (ESCAPED[bytes[i] as number] === 1) escapes[count++] = i;
		this.escapeCount = count;
	}

	/** Puts other captures into the log: slots and their texts. */
	replace(slots: readonly number[], texts: readonly string[]): void {
		if (slots.length * 3 > this.log.data.length) this.log.data = new Int32Array(slots.length * 6);
		slots.forEach((slot, at) => {
			this.log.data[at * 3] = slot;
		});
		this.log.length = slots.length * 3;
		this.expanded = texts;
	}
}
