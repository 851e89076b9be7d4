/** Texts of excerpts. The same ones come again and again, so those that came not long ago are not made anew. */

/** Places for texts: a power of two. */
const PLACES = 8192;
/** Bytes of a text that is kept. */
const LONGEST = 48;
/** Words for each place: the length of the text, then its bytes, four to a word. */
const WORDS = 16;
/** The highest bit of each byte: set beyond ASCII. */
const WIDE = 0x80808080;

/** Node's own decoders behind `toString`, which its types leave out. */
interface SlicedBuffer extends Buffer {
	utf8Slice(start: number, end: number): string;
	latin1Slice(start: number, end: number): string;
}

const texts: (string | undefined)[] = Array.from({ length: PLACES }, () => undefined);
const words = new Int32Array(PLACES * WORDS);

/** The text at a piece of UTF-8, in bytes that a view shows, too. */
export function textIn(bytes: Buffer, view: DataView, start: number, end: number): string {
	const length = end - start;
	// Texts of less than a word are made by the byte.
	if (length > LONGEST || length < 4) return length < 4 ? shortText(bytes, start, end) : (bytes as SlicedBuffer).utf8Slice(start, end);
	let hash = length;
	let all = 0;
	const last = end - 4;
	for (let at = start; at < last; at += 4) {
		const word = view.getInt32(at, true);
		hash = (Math.imul(hash, 0x9e3779b1) ^ word) | 0;
		hash ^= hash >>> 15;
		all |= word;
	}
	// The last word may share bytes with the one before it.
	const word = view.getInt32(last, true);
	hash = (Math.imul(hash, 0x9e3779b1) ^ word) | 0;
	if (((all | word) & WIDE) !== 0) return (bytes as SlicedBuffer).utf8Slice(start, end);
	hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b);
	const place = (hash ^ (hash >>> 13)) & (PLACES - 1);
	const text = texts[place];
	if (text !== undefined && isAt(place * WORDS, view, start, end)) return text;
	const made = (bytes as SlicedBuffer).latin1Slice(start, end);
	texts[place] = made;
	keep(place * WORDS, view, start, end);
	return made;
}

/** The text that is kept at a place is this one. */
function isAt(place: number, view: DataView, start: number, end: number): boolean {
	if (words[place] !== end - start) return false;
	const last = end - 4;
	let at = place + 1;
	for (let from = start; from < last; from += 4) if (words[at++] !== view.getInt32(from, true)) return false;
	return words[at] === view.getInt32(last, true);
}

function keep(place: number, view: DataView, start: number, end: number): void {
	words[place] = end - start;
	const last = end - 4;
	let at = place + 1;
	for (let from = start; from < last; from += 4) words[at++] = view.getInt32(from, true);
	words[at] = view.getInt32(last, true);
}

/** Less than four bytes: strings of one character are the same each time anyway. */
function shortText(bytes: Buffer, start: number, end: number): string {
	let text = "";
	for (let at = start; at < end; at++) {
		const byte = bytes[at] ?? 0;
		if (byte > 127) return (bytes as SlicedBuffer).utf8Slice(start, end);
		text += String.fromCharCode(byte);
	}
	return text;
}
