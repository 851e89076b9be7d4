/** Pieces of memory: hashes, comparisons, copies, and the bytes of UTF-8. */

function mixed(hash: u32, four: u32): u32 {
	return ((hash ^ four) * 0x5bd1e995) ^ (hash >>> 15);
}

export function hashed(begun: u32, start: usize, end: usize): u32 {
	let hash = begun;
	let r = start;
	for (; r + 4 <= end; r += 4) hash = mixed(hash, load<u32>(r));
	const left = <u32>(end - r);
	// Bytes behind the end are shifted out.
	return left === 0 ? hash : mixed(hash, load<u32>(r) << (32 - (left << 3)));
}

/** The head of the list for a hash, of the 1024 that stand at an address. */
export function headFor(hash: u32, heads: usize): usize {
	return heads + ((<usize>((hash ^ (hash >>> 15)) & 1023)) << 2);
}

/** The pieces, of the same length, hold the same bytes. */
export function areSame(a: usize, end: usize, b: usize): bool {
	const shift = b - a;
	for (; a + 8 <= end; a += 8) if (load<u64>(a) !== load<u64>(a + shift)) return false;
	const left = <u64>(end - a);
	// Bytes behind the end are shifted out.
	return left === 0 || (load<u64>(a) ^ load<u64>(a + shift)) << (64 - (left << 3)) === 0;
}

/** Copies a piece; gives the end of the copy. Most pieces are short: they are copied without a question how long they are. */
export function copied(from: usize, end: usize, to: usize): usize {
	const shift = to - from;
	v128.store(to, v128.load(from));
	v128.store(to, v128.load(from, 16), 16);
	for (from += 32; from < end; from += 16) v128.store(from + shift, v128.load(from));
	return end + shift;
}

/** What `findLineFeed` passed holds bytes beyond ASCII; some bytes behind the line are looked at, too. */
export let isWide: bool = false;

/** Address of the first line feed in a piece, or its end. */
export function findLineFeed(from: usize, end: usize): usize {
	const feed = i8x16.splat(10);
	let seen = i8x16.splat(0);
	for (; from < end; from += 32) {
		const first = v128.load(from);
		const second = v128.load(from, 16);
		seen = v128.or(seen, v128.or(first, second));
		const isFeed = i8x16.eq(first, feed);
		const isNextFeed = i8x16.eq(second, feed);
		if (!v128.any_true(v128.or(isFeed, isNextFeed))) continue;
		isWide = i8x16.bitmask(seen) !== 0;
		const found = from + <usize>ctz(i8x16.bitmask(isFeed) | (i8x16.bitmask(isNextFeed) << 16));
		return found < end ? found : end;
	}
	isWide = i8x16.bitmask(seen) !== 0;
	return end;
}

/** Behind the ASCII characters that a piece begins with. */
function behindAscii(from: usize, end: usize): usize {
	for (; from < end; from += 16) {
		const wide = i8x16.bitmask(v128.load(from));
		if (wide === 0) continue;
		from += <usize>ctz(wide);
		break;
	}
	return from < end ? from : end;
}

function isBetween(byte: u32, first: u32, last: u32): bool {
	return byte - first <= last - first;
}

/** Behind the sequence of UTF-8 that begins at a byte beyond ASCII; 0 when it is none (RFC 3629, section 4). */
function behindSequence(at: usize, end: usize): usize {
	const first = load<u8>(at);
	if (isBetween(first, 0xc2, 0xdf)) return at + 2 <= end && isBetween(load<u8>(at, 1), 0x80, 0xbf) ? at + 2 : 0;
	if (isBetween(first, 0xe0, 0xef)) {
		const low: u32 = first === 0xe0 ? 0xa0 : 0x80;
		// Halves of surrogate pairs are no characters.
		const high: u32 = first === 0xed ? 0x9f : 0xbf;
		const isWhole = at + 3 <= end && isBetween(load<u8>(at, 1), low, high) && isBetween(load<u8>(at, 2), 0x80, 0xbf);
		return isWhole ? at + 3 : 0;
	}
	if (!isBetween(first, 0xf0, 0xf4)) return 0;
	const low: u32 = first === 0xf0 ? 0x90 : 0x80;
	const high: u32 = first === 0xf4 ? 0x8f : 0xbf;
	const isWhole = at + 4 <= end && isBetween(load<u8>(at, 1), low, high);
	return isWhole && isBetween(load<u8>(at, 2), 0x80, 0xbf) && isBetween(load<u8>(at, 3), 0x80, 0xbf) ? at + 4 : 0;
}

export function isUtf8(from: usize, end: usize): bool {
	for (from = behindAscii(from, end); from < end; from = behindAscii(from, end)) {
		from = behindSequence(from, end);
		if (from === 0) return false;
	}
	return true;
}

/** Latin-1 as UTF-8, which takes up to twice the room; gives where it ends. */
export function putLatin1(from: usize, end: usize, to: usize): usize {
	for (; from < end; from++) {
		const byte = load<u8>(from);
		if (byte < 0x80) store<u8>(to++, byte);
		else {
			store<u8>(to, 0xc0 | (byte >> 6));
			store<u8>(to, 0x80 | (byte & 0x3f), 1);
			to += 2;
		}
	}
	return to;
}

/** Units of UTF-16 of a text in UTF-8: one for each character, two for those that take four bytes. */
export function unitsIn(from: usize, end: usize): u32 {
	let units: u32 = 0;
	for (; from < end; from++) {
		const byte = load<u8>(from);
		if ((byte & 0xc0) !== 0x80) units += byte >= 0xf0 ? 2 : 1;
	}
	return units;
}

/** The piece begins with a byte order mark, as UTF-8. */
export function hasByteOrderMark(from: usize, end: usize): bool {
	return from + 3 <= end && load<u16>(from) === 0xbbef && load<u8>(from, 2) === 0xbf;
}

/** The same, of bytes that were read as Latin-1. */
export function hasLatin1ByteOrderMark(from: usize, end: usize): bool {
	return from + 6 <= end && load<u32>(from) === 0xbbc2afc3 && load<u16>(from, 4) === 0xbfc2;
}
