/**
 * Short pieces of bytes, moved, hashed and compared eight or four at a time. A call of `set` or `copy` costs 20 ns and
 * more however short the piece is, a loop over single bytes 1.3 ns for each of them; this costs 5 ns and 0.2 ns a byte.
 *
 * Floats carry only eight whole ASCII or UTF-8 bytes: those are never a NaN, whose bits an engine may change.
 */

/** Bytes and the view to read them with. Reading may go up to three bytes beyond a piece, so there is always that much behind it. */
export interface Bytes {
	readonly bytes: Uint8Array;
	readonly view: DataView;
	readonly length: number;
}

/** What must lie behind a piece that is copied or hashed. */
export const SLACK = 4;

/** A view of the bytes, and of a little of what lies behind them in the same memory. */
export const viewOf = (bytes: Uint8Array): DataView =>
	new DataView(bytes.buffer, bytes.byteOffset, Math.min(bytes.length + SLACK, bytes.buffer.byteLength - bytes.byteOffset));

const ENCODER = new TextEncoder();

export function bytesOf(text: string): Bytes {
	const bytes = new Uint8Array(text.length * 3 + SLACK);
	const { written } = ENCODER.encodeInto(text, bytes);
	return { bytes, view: viewOf(bytes), length: written };
}

/** Copies `[start, end)`, and up to three bytes more, which must be there on both sides. Returns where the copy ends. */
export function copyBytes(from: DataView, start: number, end: number, into: DataView, at: number): number {
	const shift = at - start;
	let r = start;
	for (; r + 8 <= end; r += 8) into.setFloat64(r + shift, from.getFloat64(r, true), true);
	for (; r < end; r += 4) into.setInt32(r + shift, from.getInt32(r, true), true);
	return end + shift;
}

/** A hash of `[start, end)`, begun with another one. */
export function hashBytes(view: DataView, start: number, end: number, begun: number): number {
	let hash = begun;
	let r = start;
	for (; r + 4 <= end; r += 4) hash = Math.imul(hash ^ view.getInt32(r, true), 0x5bd1e995) ^ (hash >>> 15);
	for (; r < end; r++) hash = Math.imul(hash ^ view.getUint8(r), 0x5bd1e995) ^ (hash >>> 15);
	return hash;
}

/** `[start, end)` is the same as what lies at `at` in another place. */
export function areSame(view: DataView, start: number, end: number, other: DataView, at: number): boolean {
	const shift = at - start;
	let r = start;
	for (; r + 4 <= end; r += 4) if (view.getInt32(r, true) !== other.getInt32(r + shift, true)) return false;
	for (; r < end; r++) if (view.getUint8(r) !== other.getUint8(r + shift)) return false;
	return true;
}

/** Bytes `[start, end)` of a view. */
export interface Piece {
	readonly view: DataView;
	readonly start: number;
	readonly end: number;
}

const BLOCK = 8 * 1024;

/** Keeps small pieces together: a typed array of its own would cost each of them 300 ns. A piece keeps its block alive. */
export class Pieces {
	#bytes = new Uint8Array(0);
	#view: DataView = viewOf(this.#bytes);
	#used = 0;

	/** A text in UTF-8. */
	text(text: string): Piece {
		const start = this.#reserve(text.length * 3);
		const bytes = this.#bytes;
		let end = start;
		for (let i = 0; i < text.length; i++) {
			const code = text.charCodeAt(i);
			if (code > 127) {
				end = start + ENCODER.encodeInto(text, bytes.subarray(start)).written;
				break;
			}
			bytes[end++] = code;
		}
		this.#used = end;
		return { view: this.#view, start, end };
	}

	/** Spans of other bytes, each behind its length, so that no part of one can pass for a part of another. */
	spans(view: DataView, spans: Int32Array): Piece {
		let size = 0;
		for (let s = 0; s < spans.length; s += 2) size += 4 + (spans[s + 1] as number) - (spans[s] as number);
		const start = this.#reserve(size);
		let w = start;
		for (let s = 0; s < spans.length; s += 2) {
			const [from, to] = [spans[s] as number, spans[s + 1] as number];
			this.#view.setInt32(w, to - from, true);
			w = copyBytes(view, from, to, this.#view, w + 4);
		}
		this.#used = w;
		return { view: this.#view, start, end: w };
	}

	#reserve(size: number): number {
		if (this.#used + size + SLACK > this.#bytes.length) {
			this.#bytes = new Uint8Array(Math.max(BLOCK, size + SLACK));
			this.#view = viewOf(this.#bytes);
			this.#used = 0;
		}
		return this.#used;
	}
}

/** The spans are those that `Pieces.spans` has kept. */
export function areSpans(piece: Piece, view: DataView, spans: Int32Array): boolean {
	const kept = piece.view;
	let k = piece.start;
	for (let s = 0; s < spans.length; s += 2) {
		const from = spans[s] as number;
		const to = spans[s + 1] as number;
		if (kept.getInt32(k, true) !== to - from || !areSame(view, from, to, kept, k + 4)) return false;
		k += 4 + to - from;
	}
	return true;
}
