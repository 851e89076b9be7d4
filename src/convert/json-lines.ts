/**
 * Bytes → physical lines of NDJSON, with bounded memory and no object per line. Logs are split in the kernel instead (lines.ts).
 *
 *     splitter.push(chunk);                       // or splitter.end() after the last one
 *     for (let line = splitter.next(); line !== undefined; line = splitter.next()) …
 *
 * Ownership: a line and its bytes are good until the next call of `next`. A chunk is read in place, and must not change until `next` has
 * answered undefined; then what is still needed of it has been copied.
 */

const LF = 0x0a;
const CR = 0x0d;

type LineEnd = "\n" | "\r\n" | "";

export interface Line {
	/** Holds the bytes `start` to `end` (without the line end), and others that are none of the reader's business. */
	readonly buffer: Buffer;
	readonly start: number;
	readonly end: number;
	/** Of `start` in the stream, in bytes. */
	readonly offset: number;
	/** Carriage returns belong to the line end only directly before the line feed. Empty: cut, or the input ended. */
	readonly eol: LineEnd;
	/** The physical line was longer than `maxLine`; this is one piece of it. Only the last piece has an `eol`. */
	readonly cut: boolean;
	/** Of the physical line, from 1; pieces of a cut line share it. */
	readonly number: number;
}

interface Span {
	buffer: Buffer;
	start: number;
	end: number;
	offset: number;
	eol: LineEnd;
	cut: boolean;
	number: number;
}

const emptySpan = (): Span => ({ buffer: Buffer.alloc(0), start: 0, end: 0, offset: 0, eol: "", cut: false, number: 0 });

export class LineSplitter {
	readonly #maxLine: number;
	/** What is there to read, up to the limit: a pushed chunk in place, or `#own`. */
	#bytes: Buffer = Buffer.alloc(0);
	#limit = 0;
	#own: Buffer = Buffer.alloc(0);
	#isInPlace = false;
	/** Where the next line begins, and where the search for its end goes on. */
	#position = 0;
	#searched = 0;
	/** Offset in the stream of index 0 of `#bytes`. */
	#base = 0;
	#ended = false;
	#number = 1;
	#isWithinCutLine = false;
	readonly #line: Span = emptySpan();

	/** @param maxLine longest line in bytes, without its line end; at least 1 */
	constructor(maxLine: number) {
		this.#maxLine = Math.max(1, maxLine);
	}

	push(chunk: Buffer): void {
		if (chunk.length === 0) return;
		if (this.#position === this.#limit) {
			this.#base += this.#limit;
			this.#bytes = chunk;
			this.#limit = chunk.length;
			this.#isInPlace = true;
			this.#position = 0;
			this.#searched = 0;
			return;
		}
		this.#makeRoom(this.#position, chunk.length);
		chunk.copy(this.#bytes, this.#limit);
		this.#limit += chunk.length;
	}

	/** No more bytes will come: `next` gives what is left, also without a line end. */
	end(): void {
		this.#ended = true;
	}

	/** The next physical line, or undefined: push more, or after `end` there are no more. */
	next(): Line | undefined {
		const found = this.#findLineFeed();
		if (found === this.#limit) return this.#unterminated();
		const isCrLf = found > this.#position && this.#bytes[found - 1] === CR;
		const contentEnd = isCrLf ? found - 1 : found;
		if (contentEnd - this.#position > this.#maxLine) {
			this.#searched = found;
			return this.#piece();
		}
		this.#show(contentEnd, isCrLf ? "\r\n" : "\n", this.#isWithinCutLine);
		this.#isWithinCutLine = false;
		this.#position = found + 1;
		this.#searched = this.#position;
		this.#number++;
		return this.#line;
	}

	#findLineFeed(): number {
		// Behind the limit stand bytes of before; a line feed among them is none.
		const found = this.#searched < this.#limit ? this.#bytes.indexOf(LF, this.#searched) : -1;
		return found < 0 || found > this.#limit ? this.#limit : found;
	}

	#unterminated(): Line | undefined {
		this.#searched = this.#limit;
		const length = this.#limit - this.#position;
		if (this.#ended) {
			if (length === 0) return undefined;
			if (length > this.#maxLine) return this.#piece();
			this.#show(this.#limit, "", this.#isWithinCutLine);
			this.#position = this.#limit;
			return this.#line;
		}
		// Two bytes more than the limit: the last may be the CR of a line end, which does not count. So the
		// pieces are the same however the input was chunked.
		if (length >= this.#maxLine + 2) return this.#piece();
		if (this.#isInPlace && length > 0) this.#makeRoom(this.#position, length);
		return undefined;
	}

	#piece(): Line {
		this.#isWithinCutLine = true;
		this.#show(this.#position + this.#maxLine, "", true);
		this.#position += this.#maxLine;
		return this.#line;
	}

	#show(end: number, eol: LineEnd, cut: boolean): void {
		const line = this.#line;
		line.buffer = this.#bytes;
		line.start = this.#position;
		line.end = end;
		line.offset = this.#base + this.#position;
		line.eol = eol;
		line.cut = cut;
		line.number = this.#number;
	}

	/** Moves the bytes from `keepFrom` on to where there is room for `extra` more. */
	#makeRoom(keepFrom: number, extra: number): void {
		const kept = this.#limit - keepFrom;
		if (!this.#isInPlace && this.#bytes === this.#own && this.#limit + extra <= this.#own.length) return;
		// Twice what is needed: many small chunks of one long line then move its bytes only now and then.
		const room = 2 * (kept + extra);
		this.#move(keepFrom, this.#own.length < room ? Buffer.allocUnsafeSlow(room) : this.#own, 0);
		this.#own = this.#bytes;
	}

	#move(keepFrom: number, into: Buffer, at: number): void {
		this.#bytes.copy(into, at, keepFrom, this.#limit);
		const shift = at - keepFrom;
		this.#bytes = into;
		this.#isInPlace = false;
		this.#limit += shift;
		this.#base -= shift;
		this.#position += shift;
		this.#searched += shift;
	}
}
