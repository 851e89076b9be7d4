/** Bytes of an input → UTF-8, when a byte order mark says that they are UTF-16. Windows programs write logs so. */

export type Wide = "utf16le" | "utf16be";

const MARKS: readonly (readonly [kind: Wide, first: number, second: number])[] = [
	["utf16le", 0xff, 0xfe],
	["utf16be", 0xfe, 0xff],
];

/** What a stream begins with says how its characters are written. */
export const wideOf = (bytes: Uint8Array): Wide | undefined =>
	MARKS.find(([, first, second]) => bytes[0] === first && bytes[1] === second)?.[0];

/** Transcodes a stream, block by block. */
export class Transcoder {
	/** Known when two bytes were seen. */
	kind: Wide | "bytes" | undefined;
	/** Bytes that wait for the next block: those of half a character. */
	#held: Buffer = Buffer.alloc(0);

	/** A block as UTF-8; halves of surrogate pairs without the other half become three bytes, as if they were characters. */
	push(block: Uint8Array): Uint8Array {
		if (this.kind === "bytes") return block;
		const bytes = this.#held.length === 0 ? block : Buffer.concat([this.#held, block]);
		if (this.kind === undefined) {
			if (bytes.length < 2 && (bytes[0] ?? 0xff) >= 0xfe) return this.#hold(bytes, 0);
			this.kind = wideOf(bytes) ?? "bytes";
			this.#held = Buffer.alloc(0);
			if (this.kind === "bytes") return bytes;
		}
		const isBig = this.kind === "utf16be";
		let end = bytes.length - (bytes.length % 2);
		// The first half of a pair waits for the second.
		if (end > 0 && ((bytes[end - (isBig ? 2 : 1)] ?? 0) & 0xfc) === 0xd8) end -= 2;
		const units = Buffer.from(bytes.subarray(0, end));
		if (isBig) units.swap16();
		this.#hold(bytes, end);
		return utf8Of(units);
	}

	/** What is left at the end: a half of a pair as UTF-8, and a byte that is none of a character. */
	end(): { readonly text: Uint8Array; readonly odd: Uint8Array } {
		const held = this.#held;
		this.#held = Buffer.alloc(0);
		if (this.kind === undefined || this.kind === "bytes") return { text: held, odd: Buffer.alloc(0) };
		const units = Buffer.from(held.subarray(0, held.length - (held.length % 2)));
		if (this.kind === "utf16be") units.swap16();
		return { text: utf8Of(units), odd: held.subarray(units.length) };
	}

	#hold(bytes: Uint8Array, from: number): Uint8Array {
		this.#held = Buffer.from(bytes.subarray(from));
		return Buffer.alloc(0);
	}
}

function utf8Of(units: Buffer): Buffer {
	const text = units.toString("utf16le");
	return isWellFormed(text) ? Buffer.from(text) : Buffer.concat(pieces(text));
}

/** No half of a surrogate pair stands alone. */
const isWellFormed = (text: string): boolean => !/\p{Surrogate}/u.test(text);

function pieces(text: string): Buffer[] {
	return text.split(/(\p{Surrogate})/u).map((piece, i) => {
		if (i % 2 === 0) return Buffer.from(piece);
		const unit = piece.charCodeAt(0);
		return Buffer.from([0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f)]);
	});
}
