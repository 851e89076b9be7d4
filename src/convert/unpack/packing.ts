/** Compressed bytes → what is packed in them. They are known by how they begin, and read by what is loaded then. */
import { Damage, damageError } from "./damage.js";

type Unpack = (blocks: AsyncIterable<Buffer>, reread?: () => AsyncIterable<Buffer>) => AsyncGenerator<Buffer>;

interface Packing {
	/** As people call it. */
	readonly name: string;
	readonly magic: Buffer;
	readonly load: () => Promise<Unpack>;
}

/** Each with as many bytes as tell it from text. */
const PACKINGS: readonly Packing[] = [
	{ name: "gzip", magic: Buffer.from([0x1f, 0x8b]), load: async () => (await import("./gzip.js")).gunzip },
	{ name: "bzip2", magic: Buffer.from("BZh"), load: async () => (await import("./bzip2.js")).bunzip2 },
	{ name: "xz", magic: Buffer.from([0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00]), load: async () => (await import("./xz.js")).unxz },
	{ name: "zstd", magic: Buffer.from([0x28, 0xb5, 0x2f, 0xfd]), load: async () => (await import("./zstd.js")).unzstd },
];

/** What a block of bzip2 begins with, or the end of an empty file: three letters may begin a line of text, too. */
const BZIP2_BLOCKS = ["314159265359", "177245385090"];

/** Bytes that tell how a file is packed. */
const MAGIC_BYTES = 10;

/** More bytes may tell that it is packed. */
const isUndecided = (bytes: Buffer): boolean =>
	bytes.length < MAGIC_BYTES && PACKINGS.some(({ magic }) => bytes.subarray(0, magic.length).equals(magic.subarray(0, bytes.length)));

/** How bytes that begin so are packed; undefined for those that are not. */
export const packingOf = (bytes: Buffer): Packing | undefined =>
	PACKINGS.find(
		({ name, magic }) =>
			bytes.subarray(0, magic.length).equals(magic) && (name !== "bzip2" || BZIP2_BLOCKS.includes(bytes.toString("hex", 4, 10))),
	);

/** A log is packed to a tenth, seldom to a hundredth; what is beyond that, when much was unpacked already, is made to fill disks. */
export interface Bomb {
	readonly least: number;
	readonly ratio: number;
}
const BOMB: Bomb = { least: 1024 ** 3, ratio: 500 };

/**
 * The bytes, unpacked if they are packed, in blocks that are good until the next one is asked for.
 * @param open gives the packed bytes; is called a second time when they are damaged, if `canReopen`
 * @throws Damage behind all bytes that could be had
 */
export async function* unpackedBytes(open: () => AsyncIterable<Buffer>, canReopen: boolean, bomb: Bomb = BOMB): AsyncGenerator<Buffer> {
	const blocks = open()[Symbol.asyncIterator]();
	const first = await firstBytes(blocks);
	if (first === undefined) return;
	const packing = packingOf(first);
	if (packing === undefined) return yield* continued(first, blocks);
	const unpack = await packing.load();
	const packed = { bytes: 0 };
	let given = 0;
	for await (const piece of unpack(counted(continued(first, blocks), packed), canReopen ? open : undefined)) {
		given += piece.length;
		yield piece;
		if (given > bomb.least && given > bomb.ratio * packed.bytes)
			throw new Damage("bomb", `they give more than ${bomb.ratio} times their size`);
	}
}

/**
 * The same, with errors for users.
 * @param name what they call the input
 * @throws MailtrailError `input.truncated`, `input.corrupt`, `input.unsupported`, `input.bomb`, behind all bytes that could be had
 */
export async function* unpacked(name: string, open: () => AsyncIterable<Buffer>, canReopen: boolean): AsyncGenerator<Buffer> {
	let given = 0;
	try {
		for await (const piece of unpackedBytes(open, canReopen)) {
			given += piece.length;
			yield piece;
		}
	} catch (error) {
		throw error instanceof Damage ? damageError(name, error, given) : error;
	}
}

async function* counted(blocks: AsyncIterable<Buffer>, packed: { bytes: number }): AsyncGenerator<Buffer> {
	for await (const block of blocks) {
		packed.bytes += block.length;
		yield block;
	}
}

/** The first block; a pipe may deliver a single byte, too little to recognize anything. */
async function firstBytes(blocks: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
	let first: Buffer | undefined;
	while (first === undefined || isUndecided(first)) {
		// The block is good until the next is asked for only.
		const kept: Buffer | undefined = first === undefined ? undefined : Buffer.from(first);
		const { value, done } = await blocks.next();
		if (done === true) return kept;
		first = kept === undefined ? value : Buffer.concat([kept, value]);
	}
	return first;
}

async function* continued(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
	try {
		yield first;
		for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
	} finally {
		await rest.return?.();
	}
}
