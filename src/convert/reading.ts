/** One record while it is read: its bytes, its text where needed, and what the grammars captured in it. */
import { isAscii, isUtf8 } from "node:buffer";
import { type CaptureLog, newCaptureLog } from "../grammar/parser.js";
import type { Kernel } from "./kernel.js";
import type { LineEnd } from "./lines.js";

/** Node's own decoder behind `toString("latin1")`, which its types leave out. */
interface Latin1Buffer extends Buffer {
	latin1Slice(start: number, end: number): string;
}

const COMMA = 44;

export class Reading {
	readonly log: CaptureLog;
	bytes: Buffer = Buffer.alloc(0);
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
	/** Plain ASCII in the kernel: captures are addresses there. Else they are offsets into `text`. */
	isBytes = true;
	/** Not valid UTF-8: each character of the text is one byte. */
	isLatin1 = false;
	text = "";
	/** `text` holds the record, also when it is ASCII. */
	#isDecoded = false;
	/** Integers of the log that belong to the frame. */
	frameLength = 0;
	/** Texts by position in the log, when `expand` replaced the captures. */
	expanded: readonly string[] | undefined;

	readonly #kernel: Kernel | undefined;

	/** Without a kernel all records are read as text. */
	constructor(kernel?: Kernel) {
		this.#kernel = kernel;
		this.log = kernel === undefined ? newCaptureLog() : { data: kernel.log, length: 0 };
	}

	/** Begins a record; the bytes must stay as they are until it is written. */
	begin(bytes: Buffer, start: number, end: number, isKnownAscii: boolean): void {
		this.bytes = bytes;
		this.start = start;
		this.end = end;
		// A record of very many captures has a log of its own.
		if (this.#kernel !== undefined) this.log.data = this.#kernel.log;
		this.log.length = 0;
		this.frameLength = 0;
		this.expanded = undefined;
		this.isLatin1 = false;
		this.#isDecoded = false;
		this.isBytes = bytes === this.#kernel?.bytes && (isKnownAscii || isAscii(bytes.subarray(start, end)));
		if (!this.isBytes) this.useText();
	}

	/** Begins the record anew, to be read as text. */
	useText(): void {
		const raw = this.bytes.subarray(this.start, this.end);
		this.isBytes = false;
		this.log.length = 0;
		this.isLatin1 = !isUtf8(raw);
		this.text = this.isLatin1 ? raw.toString("latin1") : raw.toString("utf8");
	}

	/** The kernel can work on the captures: they are addresses in it. */
	get isPlain(): boolean {
		return this.isBytes && this.expanded === undefined;
	}

	/** Where the text begins and ends, in the offsets of the log. */
	get from(): number {
		if (this.isBytes) return this.start;
		// Windows programs begin a file with a byte order mark; it belongs to the record, but to no frame.
		return this.text.startsWith(this.isLatin1 ? "\u00ef\u00bb\u00bf" : "\ufeff") ? (this.isLatin1 ? 3 : 1) : 0;
	}

	get to(): number {
		return this.isBytes ? this.end : this.text.length;
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
		return this.isBytes ? this.#decoded().slice(start - this.start, end - this.start) : this.text.slice(start, end);
	}

	/** The text of a capture begins with this one. */
	startsWith(at: number, beginning: string): boolean {
		if (!this.isPlain) return this.textAt(at).startsWith(beginning);
		const start = this.log.data[at * 3 + 1] as number;
		if (start + beginning.length > (this.log.data[at * 3 + 2] as number)) return false;
		return this.#holds(start, beginning);
	}

	/** The text of a capture has this one among its parts, which commas separate. */
	hasWord(at: number, word: string): boolean {
		if (!this.isPlain) return this.textAt(at).split(",").includes(word);
		const { bytes, log } = this;
		const end = log.data[at * 3 + 2] as number;
		for (let start = log.data[at * 3 + 1] as number; start <= end; ) {
			let comma = start;
			while (comma < end && bytes[comma] !== COMMA) comma++;
			if (comma - start === word.length && this.#holds(start, word)) return true;
			start = comma + 1;
		}
		return false;
	}

	#holds(start: number, text: string): boolean {
		for (let i = 0; i < text.length; i++) if (this.bytes[start + i] !== text.charCodeAt(i)) return false;
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
		return this.isBytes ? this.#decoded() : this.text;
	}

	/** One call for the record is cheaper than one for each capture. */
	#decoded(): string {
		if (!this.#isDecoded) this.text = (this.bytes as Latin1Buffer).latin1Slice(this.start, this.end);
		this.#isDecoded = true;
		return this.text;
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
