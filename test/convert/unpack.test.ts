/** Packed bytes: whole, cut, damaged, one behind the other, and made to fill disks. */
import * as zlib from "node:zlib";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crc32 } from "../../src/convert/unpack/checksums.js";
import { Damage } from "../../src/convert/unpack/damage.js";
import { unpackedBytes } from "../../src/convert/unpack/packing.js";
import { packedFile, packedLog } from "./packed-log.js";

const LOG = packedLog();
const KINDS = ["bz2", "xz", "zst", "gz"] as const;
const packed: Readonly<Record<string, Buffer>> = {
	...Object.fromEntries(["bz2", "xz", "zst"].map((kind) => [kind, packedFile(`mail.log.${kind}`)])),
	gz: zlib.gzipSync(LOG),
};
const of = (kind: string): Buffer => packed[kind] ?? Buffer.alloc(0);

interface Reading {
	readonly bytes: Buffer;
	readonly damage: Damage | undefined;
}

async function readAll(pieces: AsyncIterable<Buffer>): Promise<Reading> {
	const found: Buffer[] = [];
	try {
		for await (const piece of pieces) {
			expect(piece.length).toBeLessThanOrEqual(2 * 1024 * 1024);
			found.push(Buffer.from(piece));
		}
	} catch (error) {
		if (!(error instanceof Damage)) throw error;
		return { bytes: Buffer.concat(found), damage: error };
	}
	return { bytes: Buffer.concat(found), damage: undefined };
}

/** The bytes in blocks of a size; each block's memory is used again for the next one. */
async function* inBlocks(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
	const block = Buffer.alloc(size);
	for (let at = 0; at < bytes.length; at += size) yield block.subarray(0, bytes.copy(block, 0, at, at + size));
}

const unpack = (bytes: Buffer, size = 64 * 1024, canReopen = true): Promise<Reading> =>
	readAll(unpackedBytes(() => inBlocks(bytes, size), canReopen));

const isPrefix = (bytes: Buffer): boolean => LOG.subarray(0, bytes.length).equals(bytes);

describe.each(KINDS)("%s", (kind) => {
	test.each([1, 1000, 1024 * 1024])("is read in blocks of %i bytes", async (size) => {
		const { bytes, damage } = await unpack(of(kind), size);
		expect([bytes.equals(LOG), damage]).toEqual([true, undefined]);
	});

	test("one behind the other, and zeros behind them, are one log", async () => {
		const zeros = Buffer.alloc(kind === "zst" ? 0 : 64);
		const { bytes, damage } = await unpack(Buffer.concat([of(kind), of(kind), zeros]));
		expect([bytes.equals(Buffer.concat([LOG, LOG])), damage]).toEqual([true, undefined]);
	});

	test("that was cut gives what stands in front of the cut", async () => {
		const whole = of(kind);
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: 12, max: whole.length - 1 }), async (length) => {
				const { bytes, damage } = await unpack(whole.subarray(0, length));
				expect([isPrefix(bytes), damage?.kind]).toEqual([true, "cut"]);
			}),
			{ numRuns: 30 },
		);
		const { bytes } = await unpack(whole.subarray(0, whole.length - 20));
		expect(bytes.length).toBeGreaterThan(LOG.length / 3);
	});

	test("with something behind it is told", async () => {
		const { bytes, damage } = await unpack(Buffer.concat([of(kind), Buffer.from("not packed at all, and long enough")]));
		expect(bytes.equals(LOG)).toBe(true);
		expect(damage?.kind).toMatch(/corrupt|cut/);
	});
});

describe.each(["bz2", "xz", "gz"])("a damaged %s", (kind) => {
	test("is told, never taken for another log", async () => {
		const whole = of(kind);
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: 10, max: whole.length - 1 }), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
				const bytes = Buffer.from(whole);
				bytes[at] = (bytes[at] ?? 0) ^ flip;
				const found = await unpack(bytes);
				expect(found.damage !== undefined || found.bytes.equals(LOG)).toBe(true);
			}),
			{ numRuns: 60 },
		);
	});
});

test("of a damaged bzip2 file nothing is given that its checksums do not prove", async () => {
	const bytes = Buffer.from(of("bz2"));
	const at = Math.floor(bytes.length * 0.8);
	bytes[at] = (bytes[at] ?? 0) ^ 0x10;
	const found = await unpack(bytes);
	expect([found.damage?.kind, isPrefix(found.bytes), found.bytes.length > 0]).toEqual(["corrupt", true, true]);
});

describe("xz", () => {
	test.each(["crc32", "sha256"])("with %s as its checksum", async (name) => {
		expect((await unpack(packedFile(`${name}.xz`))).bytes.equals(LOG)).toBe(true);
		const bytes = packedFile(`${name}.xz`);
		const at = bytes.length - 60;
		bytes[at] = (bytes[at] ?? 0) ^ 1;
		expect((await unpack(bytes)).damage?.kind).toBe("corrupt");
	});

	test("that asks for too much memory is refused", async () => {
		const bytes = Buffer.from(of("xz"));
		// The head of the first block: size, flags, filter, size of its properties, dictionary.
		bytes[16] = 40;
		bytes.writeUInt32LE(crc32(0, bytes.subarray(12, 20)), 20);
		expect((await unpack(bytes)).damage).toMatchObject({ kind: "unsupported", reason: "they need a dictionary of 4096 MiB in memory" });
	});
});

describe("what is made to fill disks", () => {
	const zeros = zlib.gzipSync(Buffer.alloc(4 * 1024 * 1024));
	const bomb = { least: 1024 * 1024, ratio: 500 };

	test("is read up to a limit, and told", async () => {
		const { bytes, damage } = await readAll(unpackedBytes(() => inBlocks(zeros, 1000), true, bomb));
		expect(damage).toMatchObject({ kind: "bomb", reason: "they give more than 500 times their size" });
		expect(bytes.length).toBeLessThan(3 * 1024 * 1024);
	});

	test("below that is a log as others are", async () => {
		expect((await unpack(zeros)).damage).toBeUndefined();
	});
});

test("letters that a bzip2 file begins with are text, too", async () => {
	const text = Buffer.from("BZh9 is no log of bzip2\n");
	expect((await unpack(text)).bytes.equals(text)).toBe(true);
});
