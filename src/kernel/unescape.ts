/** Texts as carriers write them, back to the bytes that they stand for. What is written is never longer than what is read. */

const BACKSLASH: u8 = 92;
const QUOTE: u8 = 34;
const ESCAPE: u8 = 27;

/** There is a backslash in a piece. */
export function hasBackslash(from: usize, end: usize): bool {
	const backslash = i8x16.splat(BACKSLASH);
	for (; from < end; from += 16) {
		const found = i8x16.bitmask(i8x16.eq(v128.load(from), backslash));
		if (found !== 0) return from + <usize>ctz(found) < end;
	}
	return false;
}

/** Letters of short escapes, and what they stand for. */
const LETTERS: usize = memory.data<u8>([98, 8, 116, 9, 110, 10, 102, 12, 114, 13]);

function shortEscape(letter: u8): u8 {
	for (let i: usize = 0; i < 10; i += 2) if (load<u8>(LETTERS + i) === letter) return load<u8>(LETTERS + i, 1);
	return letter;
}

function hexOf(digit: u8): u32 {
	return digit < 58 ? digit - 48 : (digit | 32) - 87;
}

/** The unit of `\u002d` at its digits. */
function unitAt(at: usize): u32 {
	let unit: u32 = 0;
	for (let i: usize = 0; i < 4; i++) unit = (unit << 4) | hexOf(load<u8>(at + i));
	return unit;
}

export function putPoint(point: u32, to: usize): usize {
	if (point < 0x80) {
		store<u8>(to, <u8>point);
		return to + 1;
	}
	if (point < 0x800) {
		store<u8>(to, <u8>(0xc0 | (point >> 6)));
		store<u8>(to, <u8>(0x80 | (point & 63)), 1);
		return to + 2;
	}
	if (point < 0x10000) {
		store<u8>(to, <u8>(0xe0 | (point >> 12)));
		store<u8>(to, <u8>(0x80 | ((point >> 6) & 63)), 1);
		store<u8>(to, <u8>(0x80 | (point & 63)), 2);
		return to + 3;
	}
	store<u8>(to, <u8>(0xf0 | (point >> 18)));
	store<u8>(to, <u8>(0x80 | ((point >> 12) & 63)), 1);
	store<u8>(to, <u8>(0x80 | ((point >> 6) & 63)), 2);
	store<u8>(to, <u8>(0x80 | (point & 63)), 3);
	return to + 4;
}

const REPLACEMENT: u32 = 0xfffd;

function isUnitEscape(at: usize, end: usize): bool {
	return at + 6 <= end && load<u8>(at) === BACKSLASH && load<u8>(at, 1) === 117;
}

/** The inside of a JSON string, which a grammar has read; a half of a surrogate pair becomes U+FFFD. Gives where the text ends. */
export function putJsonText(from: usize, end: usize, to: usize): usize {
	while (from < end) {
		const byte = load<u8>(from);
		if (byte !== BACKSLASH || from + 1 >= end) {
			store<u8>(to++, byte);
			from++;
			continue;
		}
		if (!isUnitEscape(from, end)) {
			store<u8>(to++, shortEscape(load<u8>(from, 1)));
			from += 2;
			continue;
		}
		let point = unitAt(from + 2);
		from += 6;
		if (point >= 0xd800 && point < 0xe000) {
			const low: u32 = point < 0xdc00 && isUnitEscape(from, end) ? unitAt(from + 2) : 0;
			if (low >= 0xdc00 && low < 0xe000) {
				point = 0x10000 + ((point - 0xd800) << 10) + (low - 0xdc00);
				from += 6;
			} else point = REPLACEMENT;
		}
		to = putPoint(point, to);
	}
	return to;
}

/** The inside of a field of CSV: two quotes stand for one. */
export function putCsvText(from: usize, end: usize, to: usize): usize {
	while (from < end) {
		const byte = load<u8>(from++);
		if (byte === QUOTE && from < end && load<u8>(from) === QUOTE) from++;
		store<u8>(to++, byte);
	}
	return to;
}

/** A text without the sequences that tell a terminal colours and the like: ESC, `[`, digits and semicolons, a letter. */
export function putPlainText(from: usize, end: usize, to: usize): usize {
	while (from < end) {
		const byte = load<u8>(from);
		if (byte !== ESCAPE || from + 1 >= end || load<u8>(from, 1) !== 91) {
			store<u8>(to++, byte);
			from++;
			continue;
		}
		from += 2;
		while (from < end && (load<u8>(from) - 48 < 10 || load<u8>(from) === 59)) from++;
		from++;
	}
	return to;
}

/** Numbers of bytes, between commas and blanks: `102, 111`. */
export function putBytes(from: usize, end: usize, to: usize): usize {
	while (from < end) {
		let value: u32 = 0;
		let digits = 0;
		for (; from < end && load<u8>(from) - 48 < 10; from++, digits++) value = value * 10 + (load<u8>(from) - 48);
		if (digits > 0) store<u8>(to++, <u8>value);
		else from++;
	}
	return to;
}
