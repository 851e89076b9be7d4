/**
 * bzip2: blocks of up to 900,000 bytes, each with a checksum, which are sorted (Burrows and Wheeler), moved to front and coded by Huffman.
 * A block is decoded when all of it is at hand, and given away when its checksum holds; so nothing wrong is ever given, and of a
 * damaged file the blocks in front of the damage can be had.
 */
import { Bits } from "./bits.js";
import { bzip2Crc } from "./checksums.js";
import { corrupt, cut } from "./damage.js";
import { Pull } from "./pull.js";

/** A block of 900,000 bytes is never longer than this, whatever code it has: 20 bits a symbol, and the tables. */
const LONGEST_BLOCK = (900_050 * 20) / 8 + 20_000;
const OUTPUT = 256 * 1024;
const [RUN_A, RUN_B] = [0, 1];
/** Symbols that one table codes before the next selector counts. */
const GROUP = 50;
const MOST_BITS = 20;

/** Decompresses all streams of a file, one behind the other; zeros behind the last are no data. Throws Damage behind the last block. */
export async function* bunzip2(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
	const input = new Pull(blocks);
	try {
		for (let isFirst = true; ; isFirst = false) {
			if (!isFirst && (await isPadding(input))) return;
			yield* stream(input);
		}
	} finally {
		await input.close();
	}
}

/** Only zeros follow, or nothing. */
async function isPadding(input: Pull): Promise<boolean> {
	if ((await input.has(1)) && input.bytes[input.at] !== 0) return false;
	for await (const piece of input.rest()) if (piece.some((byte) => byte !== 0)) throw corrupt("something else follows them");
	return true;
}

async function* stream(input: Pull): AsyncGenerator<Buffer> {
	if (!(await input.has(4))) throw cut();
	const head = input.take(4);
	const level = (head[3] ?? 0) - 0x30;
	if (head.toString("latin1", 0, 3) !== "BZh" || level < 1 || level > 9) throw corrupt("something else follows them");
	const tree = new Uint32Array(level * 100_000);
	let all = 0;
	// A block may begin within a byte: the bits of it that belong to the block before it are passed again.
	for (let passed = 0; ; ) {
		await input.has(LONGEST_BLOCK);
		const bits = new Bits(input.bytes, input.at, passed);
		const [first, second] = [bits.read(24), bits.read(24)];
		if (first === 0x177245 && second === 0x385090) {
			if (bits.read32() !== all) throw corrupt("the checksum of all blocks is another one");
			input.at = bits.end;
			return;
		}
		if (first !== 0x314159 || second !== 0x265359) throw corrupt("no block begins where one should");
		const checksum = bits.read32();
		const count = decode(bits, tree);
		[input.at, passed] = bits.place;
		const pieces = [...unsorted(tree, count.length, count.origin, checksum)];
		all = (checksum ^ ((all << 1) | (all >>> 31))) >>> 0;
		yield* pieces;
	}
}

/** The bytes of the block that are used, in order. */
function symbolsOf(bits: Bits): Uint8Array {
	const rows = bits.read(16);
	const used: number[] = [];
	for (let row = 0; row < 16; row++) {
		if ((rows & (0x8000 >> row)) === 0) continue;
		const columns = bits.read(16);
		for (let column = 0; column < 16; column++) if ((columns & (0x8000 >> column)) !== 0) used.push(row * 16 + column);
	}
	if (used.length === 0) throw corrupt("a block has no bytes");
	return Uint8Array.from(used);
}

function selectorsOf(bits: Bits, tables: number): Uint8Array {
	const count = bits.read(15);
	if (tables < 2 || tables > 6 || count < 1) throw corrupt("a block has no tables");
	const order = Array.from({ length: tables }, (_, i) => i);
	return Uint8Array.from({ length: count }, () => {
		let at = 0;
		while (bits.read(1) === 1) if (++at >= tables) throw corrupt("a block names a table that it does not have");
		const [table = 0] = order.splice(at, 1);
		order.unshift(table);
		return table;
	});
}

/** A code: by length, the largest code of it and what leads from a code to its place in `symbols`. */
interface Code {
	readonly limit: Int32Array;
	readonly base: Int32Array;
	readonly symbols: Uint16Array;
	readonly shortest: number;
}

function codeOf(bits: Bits, count: number): Code {
	let length = bits.read(5);
	const lengths = Uint8Array.from({ length: count }, () => {
		for (;;) {
			if (length < 1 || length > MOST_BITS) throw corrupt("a code has no such length");
			if (bits.read(1) === 0) return length;
			length += bits.read(1) === 0 ? 1 : -1;
		}
	});
	const symbols = Uint16Array.from([...lengths.keys()].sort((a, b) => (lengths[a] ?? 0) - (lengths[b] ?? 0) || a - b));
	const limit = new Int32Array(MOST_BITS + 2).fill(-1);
	const base = new Int32Array(MOST_BITS + 2);
	let [code, at] = [0, 0];
	for (let bitCount = 1; bitCount <= MOST_BITS; bitCount++) {
		base[bitCount] = code - at;
		while (at < count && lengths[symbols[at] ?? 0] === bitCount) [code, at] = [code + 1, at + 1];
		limit[bitCount] = code - 1;
		code <<= 1;
	}
	return { limit, base, symbols, shortest: Math.min(...lengths) };
}

function nextSymbol(bits: Bits, { limit, base, symbols, shortest }: Code): number {
	let length = shortest;
	let code = bits.read(shortest);
	while (code > (limit[length] ?? -1)) {
		if (++length > MOST_BITS) throw corrupt("a code stands for nothing");
		code = (code << 1) | bits.read(1);
	}
	const symbol = symbols[code - (base[length] ?? 0)];
	if (symbol === undefined) throw corrupt("a code stands for nothing");
	return symbol;
}

/** Reads a block into the low bytes of `tree`, as they were before they were moved to front; gives how many, and which was first. */
function decode(bits: Bits, tree: Uint32Array): { readonly length: number; readonly origin: number } {
	if (bits.read(1) === 1) throw corrupt("a block was written by bzip2 before 0.9.5");
	const origin = bits.read(24);
	const order = symbolsOf(bits);
	const tables = bits.read(3);
	const selectors = selectorsOf(bits, tables);
	const last = order.length + 1;
	const codes = Array.from({ length: tables }, () => codeOf(bits, last + 1));
	let [length, run, weight, group, left] = [0, 0, 1, 0, 0];
	let code = codes[0];
	for (;;) {
		if (left-- === 0) {
			code = codes[selectors[group++] ?? tables];
			left = GROUP - 1;
		}
		if (code === undefined) throw corrupt("a block goes on behind its last table");
		const symbol = nextSymbol(bits, code);
		if (symbol === RUN_A || symbol === RUN_B) {
			run += weight << symbol;
			weight <<= 1;
			if (run > tree.length) throw corrupt("a block is too long");
			continue;
		}
		if (length + run + (symbol === last ? 0 : 1) > tree.length) throw corrupt("a block is too long");
		if (run > 0) tree.fill(order[0] ?? 0, length, length + run);
		length += run;
		[run, weight] = [0, 1];
		if (symbol === last) return { length, origin };
		const byte = order[symbol - 1] ?? 0;
		order.copyWithin(1, 0, symbol - 1);
		order[0] = byte;
		tree[length++] = byte;
	}
}

/** Undoes the sorting, and the runs that were made before it: four bytes alike, then how many more. */
function* unsorted(tree: Uint32Array, length: number, origin: number, checksum: number): Generator<Buffer> {
	if (length > 0 && origin >= length) throw corrupt("a block begins outside of itself");
	sort(tree, length);
	let piece = Buffer.allocUnsafe(OUTPUT);
	let [at, same, before, crc] = [0, 0, -1, 0];
	let place = length === 0 ? 0 : (tree[origin] ?? 0) >>> 8;
	for (let i = 0; i < length; i++) {
		const entry = tree[place] ?? 0;
		const byte = entry & 0xff;
		place = entry >>> 8;
		const isCount = same === 4;
		const count = isCount ? byte : 1;
		const value = isCount ? before : byte;
		if (at + count > OUTPUT) {
			crc = bzip2Crc(crc, piece.subarray(0, at));
			yield piece.subarray(0, at);
			[piece, at] = [Buffer.allocUnsafe(OUTPUT), 0];
		}
		if (count === 1) piece[at++] = value;
		else {
			piece.fill(value, at, at + count);
			at += count;
		}
		same = isCount ? 0 : byte === before ? same + 1 : 1;
		before = isCount ? -1 : byte;
	}
	if (bzip2Crc(crc, piece.subarray(0, at)) !== checksum) throw corrupt("the checksum of a block is another one");
	if (at > 0) yield piece.subarray(0, at);
}

/** Puts into the upper bytes of each entry which one follows it. */
function sort(tree: Uint32Array, length: number): void {
	const starts = new Uint32Array(257);
	for (let i = 0; i < length; i++) {
		const behind = ((tree[i] ?? 0) & 0xff) + 1;
		starts[behind] = (starts[behind] ?? 0) + 1;
	}
	for (let byte = 0; byte < 256; byte++) starts[byte + 1] = (starts[byte + 1] ?? 0) + (starts[byte] ?? 0);
	for (let i = 0; i < length; i++) {
		const byte = (tree[i] ?? 0) & 0xff;
		const to = starts[byte] ?? 0;
		starts[byte] = to + 1;
		tree[to] = ((tree[to] ?? 0) & 0xff) | (i << 8);
	}
}
