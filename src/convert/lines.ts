/** The input of the kernel: bytes are put there block by block, and what is not read yet is kept. */
import { MailtrailError } from "../errors.js";
import type { Kernel } from "./kernel.js";
import { Transcoder, type Wide } from "./utf16.js";

/** Longest line in bytes, when nothing else is said. */
export const DEFAULT_MAX_LINE: number = 1024 * 1024;

/** Bytes behind the input that may be looked at. */
const SLACK = 64;

/** Where a stream stands: at the beginning of a line, or of a piece of one that is too long. */
export interface LinePlace {
	/** In the stream, in bytes. */
	readonly offset: number;
	/** Number of the line, from 1. */
	readonly line: number;
	/** A piece of this line was given already. */
	readonly isWithinCutLine: boolean;
}

export const BEGINNING: LinePlace = { offset: 0, line: 1, isWithinCutLine: false };

export class Feed {
	/** Bytes of the stream so far, without those before the place where it began. */
	pushed: number;
	/** Of a stream that is read from its beginning, whose bytes may be UTF-16. */
	#transcoder: Transcoder | undefined;
	/** Bytes behind its last character. */
	#odd: Uint8Array = new Uint8Array(0);

	/** @param maxLine longest line in bytes, without its line end; at least 1 */
	constructor(
		readonly kernel: Kernel,
		maxLine: number = DEFAULT_MAX_LINE,
		place: LinePlace = BEGINNING,
	) {
		kernel.run.maxLine.value = Math.max(1, maxLine);
		this.pushed = 0;
		this.goTo(place);
	}

	/** The bytes that come next are those from a place on. */
	goTo({ offset, line, isWithinCutLine }: LinePlace): void {
		const { run } = this.kernel;
		const start = this.kernel.start("INPUT");
		this.pushed = offset;
		this.#transcoder = offset === 0 ? new Transcoder() : undefined;
		run.isEnded.value = 0;
		run.beginLines(start, line, isWithinCutLine ? 1 : 0);
		run.beginAt(start, offset);
	}

	/** Adds bytes as they are in the stream; they are copied. */
	push(block: Uint8Array): void {
		if (this.#transcoder === undefined) return this.#add(block);
		const { kind } = this.#transcoder;
		const text = this.#transcoder.push(block);
		if (kind === undefined && this.#transcoder.kind !== undefined) this.#setEncoding(this.#transcoder.kind);
		this.#add(text);
	}

	#setEncoding(kind: Wide | "bytes"): void {
		this.kernel.run.setEncoding(this.kernel.run[`Encoding.${kind}`].value);
		if (kind === "bytes") this.#transcoder = undefined;
	}

	#add(block: Uint8Array): void {
		const { kernel } = this;
		const { run } = kernel;
		this.pushed += block.length;
		const from = run.isWithinRecord() !== 0 ? run.start.value : run.position.value;
		if (run.limit.value + block.length + SLACK > kernel.end("INPUT")) this.#makeRoom(from, block.length);
		kernel.bytes.set(block, run.limit.value);
		run.limit.value += block.length;
	}

	/** Puts other bytes in the place of all that was there; gives where they stand. */
	replace(bytes: Uint8Array): readonly [start: number, end: number] {
		const { kernel } = this;
		kernel.run.beginLines(kernel.start("INPUT"), 1, 0);
		if (bytes.length + SLACK > kernel.size("INPUT") && !kernel.enlarge("INPUT", bytes.length + SLACK)) throw tooLong(bytes.length);
		const start = kernel.start("INPUT");
		kernel.bytes.set(bytes, start);
		kernel.run.beginLines(start, 1, 0);
		// Each has an offset of its own, as in a stream.
		kernel.run.beginAt(start, this.pushed);
		this.pushed += Math.max(1, bytes.length);
		return [start, start + bytes.length];
	}

	/** No more bytes will come. */
	end(): void {
		const rest = this.#transcoder?.end();
		if (rest !== undefined) {
			this.#add(rest.text);
			this.#odd = rest.odd;
		}
		this.kernel.run.isEnded.value = 1;
	}

	/** UTF-16 may end with a byte that is none of a character: when all else is read, it is a record of its own. False when there is none. */
	beginOdd(): boolean {
		const odd = this.#odd;
		if (odd.length === 0) return false;
		this.#odd = new Uint8Array(0);
		this.#setEncoding("bytes");
		this.#add(odd);
		return true;
	}

	/** The bytes from an address on, as many as there are, up to a number. */
	from(address: number, most: number): Buffer {
		return this.kernel.bytes.subarray(address, Math.min(address + most, this.kernel.run.limit.value));
	}

	/** Where the next record begins. */
	get place(): LinePlace {
		const { run } = this.kernel;
		if (run.isWithinRecord() !== 0) return { offset: run.startOffset(), line: run.line.value, isWithinCutLine: false };
		return { offset: run.nextOffset(), line: run.lineNumber.value, isWithinCutLine: run.isWithinCutLine.value !== 0 };
	}

	/** Moves what is not read yet to the beginning of the input, in a larger place if it needs one. */
	#makeRoom(from: number, extra: number): void {
		const { kernel } = this;
		const { run } = kernel;
		const kept = run.limit.value - from;
		const size = kept + extra + SLACK;
		// In the same place only when that frees enough: else the same bytes would be moved for every small block.
		if (size * 2 > kernel.size("INPUT") && !kernel.enlarge("INPUT", size * 2)) throw tooLong(size);
		const to = kernel.start("INPUT");
		kernel.bytes.copyWithin(to, from, from + kept);
		run.moved(to - from);
	}
}

const tooLong = (size: number): MailtrailError =>
	new MailtrailError(
		"input.line",
		3,
		`a line of more than ${size} bytes has no room in memory`,
		"Give a smaller --max-line: longer lines are cut then.",
	);
