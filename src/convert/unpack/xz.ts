/**
 * xz: streams of blocks, each packed by LZMA2 and with a checksum. What chunks give is given on at once: the memory that this takes is
 * that of the dictionary. A checksum that does not hold is told behind its block, so of a damaged file all that decodes is had.
 */
import { createHash } from "node:crypto";
import { Crc64, crc32 } from "./checksums.js";
import { corrupt, cut, Damage } from "./damage.js";
import { Lzma } from "./lzma.js";
import { Pull } from "./pull.js";

const MAGIC = Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]);
/** `xz -9` has 64 MiB; larger ones are only had by special options. */
const LARGEST_DICTIONARY = 256 * 1024 * 1024;
const LZMA2 = 0x21;

/** A checksum over what a block gives. */
interface Check {
	update(bytes: Uint8Array): void;
	/** Undefined: nobody here knows it. */
	digest(): Buffer | undefined;
}

const none: Check = { update: () => undefined, digest: () => undefined };

function newCrc32(): Check {
	let crc = 0;
	return {
		update: (bytes) => {
			crc = crc32(crc, bytes);
		},
		digest: () => {
			const bytes = Buffer.alloc(4);
			bytes.writeUInt32LE(crc);
			return bytes;
		},
	};
}

function newSha256(): Check {
	const hash = createHash("sha256");
	return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
}

const CHECKS: Readonly<Record<number, () => Check>> = { 1: newCrc32, 4: () => new Crc64(), 10: newSha256 };
/** Bytes of a checksum, by its number. */
const CHECK_SIZES = [0, 4, 4, 4, 8, 8, 8, 16, 16, 16, 32, 32, 32, 64, 64, 64];

/** Decompresses all streams of a file, one behind the other; zeros between and behind them are no data. Throws Damage behind all bytes that could be had. */
export async function* unxz(blocks: AsyncIterable<Uint8Array>): AsyncGenerator<Buffer> {
	const input = new Pull(blocks);
	try {
		do yield* stream(input);
		while (await hasNext(input));
	} finally {
		await input.close();
	}
}

async function hasNext(input: Pull): Promise<boolean> {
	while (await input.has(1)) {
		if (input.bytes[input.at] !== 0) return true;
		input.take(1);
	}
	return false;
}

/** So many bytes, as a copy: they are looked at while others come. */
async function bytesOf(input: Pull, count: number): Promise<Buffer> {
	if (!(await input.has(count))) throw cut();
	return Buffer.from(input.take(count));
}

function check(bytes: Buffer, expected: number, what: string): void {
	if (crc32(0, bytes) !== expected) throw corrupt(`the checksum of ${what} is another one`);
}

async function* stream(input: Pull): AsyncGenerator<Buffer> {
	const head = await bytesOf(input, 12);
	if (!head.subarray(0, 6).equals(MAGIC)) throw corrupt("something else follows them");
	check(head.subarray(6, 8), head.readUInt32LE(8), "the beginning");
	const kind = (head[7] ?? 0) & 15;
	for (;;) {
		const [size = 0] = await bytesOf(input, 1);
		if (size === 0) return await passIndex(input);
		const rest = await bytesOf(input, (size + 1) * 4 - 1);
		const header = Buffer.concat([Buffer.from([size]), rest]);
		check(header.subarray(0, -4), header.readUInt32LE(header.length - 4), "the head of a block");
		const sum = (CHECKS[kind] ?? (() => none))();
		const start = input.offset;
		for await (const piece of chunks(input, new Lzma(dictionaryOf(header)))) {
			sum.update(piece);
			yield piece;
		}
		const padding = (4 - ((input.offset - start) % 4)) % 4;
		if ((await bytesOf(input, padding)).some((byte) => byte !== 0)) throw corrupt("a block does not end where it should");
		const expected = await bytesOf(input, CHECK_SIZES[kind] ?? 0);
		if (sum.digest()?.equals(expected) === false) throw corrupt("the checksum of a block is another one");
	}
}

/** Numbers of seven bits a byte, the lowest first. */
class Numbers {
	constructor(
		readonly bytes: Buffer,
		public at: number,
	) {}

	next(): number {
		let value = 0;
		for (let shift = 0; shift < 63; shift += 7) {
			const byte = this.bytes[this.at++] ?? 0;
			value += (byte & 0x7f) * 2 ** shift;
			if (byte < 0x80) return value;
		}
		throw corrupt("a number is too long");
	}
}

/** Reads the head of a block: how large its dictionary is. */
function dictionaryOf(header: Buffer): number {
	const flags = header[1] ?? 0;
	const numbers = new Numbers(header, 2);
	if ((flags & 0x40) !== 0) numbers.next();
	if ((flags & 0x80) !== 0) numbers.next();
	const filter = numbers.next();
	if ((flags & 3) !== 0 || filter !== LZMA2) throw new Damage("unsupported", "they went through a filter besides LZMA2");
	numbers.next();
	const bits = header[numbers.at] ?? 0;
	if (bits > 40) throw corrupt("a block has a dictionary that there is not");
	const size = (2 | (bits & 1)) * 2 ** (Math.floor(bits / 2) + 11);
	if (size > LARGEST_DICTIONARY) throw new Damage("unsupported", `they need a dictionary of ${Math.floor(size / 2 ** 20)} MiB in memory`);
	return size;
}

/** What a chunk does to the state before it, by its first byte. */
interface ChunkKind {
	readonly isPacked: boolean;
	readonly forgetsWindow: boolean;
	readonly hasProperties: boolean;
	readonly resetsState: boolean;
}

function kindOf(control: number): ChunkKind {
	if (control < 0x80 && control > 2) throw corrupt("a chunk is of no kind that there is");
	return {
		isPacked: control >= 0x80,
		forgetsWindow: control === 1 || control >= 0xe0,
		hasProperties: control >= 0xc0,
		resetsState: control >= 0xa0,
	};
}

/** What the chunks of a block give. */
async function* chunks(input: Pull, lzma: Lzma): AsyncGenerator<Buffer> {
	let [hasWindow, hasProperties] = [false, false];
	for (;;) {
		const [control = 0] = await bytesOf(input, 1);
		if (control === 0) return;
		const kind = kindOf(control);
		if (!hasWindow && !kind.forgetsWindow) throw corrupt("a block does not begin as it should");
		if (kind.forgetsWindow) lzma.forgetWindow();
		hasWindow = true;
		if (!kind.isPacked) {
			yield lzma.copy(await bytesOf(input, (await bytesOf(input, 2)).readUInt16BE() + 1));
			continue;
		}
		const sizes = await bytesOf(input, 4);
		if (kind.hasProperties) lzma.setProperties((await bytesOf(input, 1))[0] ?? 0);
		hasProperties ||= kind.hasProperties;
		if (!hasProperties) throw corrupt("a chunk has no properties");
		if (kind.resetsState) lzma.resetState();
		yield* packedChunk(input, lzma, ((control & 0x1f) << 16) + sizes.readUInt16BE(0) + 1, sizes.readUInt16BE(2) + 1);
	}
}

async function* packedChunk(input: Pull, lzma: Lzma, length: number, packed: number): AsyncGenerator<Buffer> {
	await input.has(packed);
	const decoded = lzma.decode(input.take(packed), length);
	yield decoded;
	if (decoded.length < length) throw (await input.has(1)) ? corrupt("a chunk ends too early") : cut();
}

/** Behind the blocks stands where each of them is, which who reads all of them need not know. */
async function passIndex(input: Pull): Promise<void> {
	const start = input.offset - 1;
	let crc = crc32(0, Buffer.from([0]));
	const next = async (): Promise<number> => {
		for (let value = 0, shift = 0; ; shift += 7) {
			const bytes = await bytesOf(input, 1);
			crc = crc32(crc, bytes);
			const [byte = 0] = bytes;
			value += (byte & 0x7f) * 2 ** shift;
			if (byte < 0x80) return value;
			if (shift > 56) throw corrupt("a number is too long");
		}
	};
	for (let left = 2 * (await next()); left > 0; left--) await next();
	const padding = await bytesOf(input, (4 - ((input.offset - start) % 4)) % 4);
	if (crc32(crc, padding) !== (await bytesOf(input, 4)).readUInt32LE()) throw corrupt("the checksum of the index is another one");
	const foot = await bytesOf(input, 12);
	check(foot.subarray(4, 10), foot.readUInt32LE(0), "the end");
	if (foot.toString("latin1", 10) !== "YZ") throw corrupt("they do not end where they should");
}
