/** Texts of excerpts. The same ones come again and again, so those that came not long ago are not made anew. */

/** Places for texts: a power of two. */
const PLACES = 8192;
/** Bytes of a text that is kept. */
const LONGEST = 48;

/** Node's own decoders behind `toString`, which its types leave out. */
interface SlicedBuffer extends Buffer {
	utf8Slice(start: number, end: number): string;
	latin1Slice(start: number, end: number): string;
}

const known: (string | undefined)[] = Array.from({ length: PLACES }, () => undefined);

/** The text at a piece of UTF-8. */
export function textIn(bytes: Buffer, start: number, end: number): string {
	const length = end - start;
	if (length > LONGEST) return (bytes as SlicedBuffer).utf8Slice(start, end);
	let hash = length;
	let all = 0;
	for (let i = start; i < end; i++) {
		const byte = bytes[i] as number;
		hash = (Math.imul(hash, 31) + byte) | 0;
		all |= byte;
	}
	if (all > 127) return (bytes as SlicedBuffer).utf8Slice(start, end);
	const place = (hash ^ (hash >>> 15)) & (PLACES - 1);
	const text = known[place];
	if (text !== undefined && isText(text, bytes, start, length)) return text;
	const made = (bytes as SlicedBuffer).latin1Slice(start, end);
	known[place] = made;
	return made;
}

function isText(text: string, bytes: Buffer, start: number, length: number): boolean {
	if (text.length !== length) return false;
	for (let i = 0; i < length; i++) if (text.charCodeAt(i) !== bytes[start + i]) return false;
	return true;
}
