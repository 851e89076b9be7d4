/** zstd: by Node.js where it can (22.15, 23.8 and later), which checks the checksums; else by fzstd, which does not. */
import type { Transform } from "node:stream";
import * as zlib from "node:zlib";
import { corrupt, cut, Damage } from "./damage.js";
import { inflated } from "./inflated.js";

const OUTPUT = 256 * 1024;

/** What Node.js has for zstd; its types for Node.js 20 do not know it. */
const native = Reflect.get(zlib, "createZstdDecompress") as ((options: { readonly chunkSize: number }) => Transform) | undefined;

/** Decompresses all frames of a file. Throws Damage behind all bytes that could be had. */
export const unzstd = (blocks: AsyncIterable<Buffer>, reread?: () => AsyncIterable<Buffer>): AsyncGenerator<Buffer> =>
	native === undefined ? unzstdInSoftware(blocks) : inflated(blocks, () => native({ chunkSize: OUTPUT }), reread);

const CUT = 5;
const WINDOW = 1;

/** The same without Node.js. */
export async function* unzstdInSoftware(blocks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
	const { Decompress } = await import("fzstd");
	const out: Buffer[] = [];
	const frames = new Decompress((piece) => void out.push(Buffer.from(piece.buffer, piece.byteOffset, piece.byteLength)));
	const push = (bytes: Uint8Array, isLast: boolean): Damage | undefined => {
		try {
			frames.push(bytes, isLast);
			return undefined;
		} catch (error) {
			return damageOf(error);
		}
	};
	for await (const block of blocks) {
		// What was pushed is kept until a frame of it is whole, and the block is used again.
		const damage = push(Uint8Array.from(block), false);
		for (const piece of out.splice(0)) yield* inPieces(piece);
		if (damage !== undefined) throw damage;
	}
	const damage = push(new Uint8Array(0), true);
	for (const piece of out.splice(0)) yield* inPieces(piece);
	if (damage !== undefined) throw damage;
}

function* inPieces(bytes: Buffer): Generator<Buffer> {
	for (let at = 0; at < bytes.length; at += OUTPUT) yield bytes.subarray(at, at + OUTPUT);
}

function damageOf(error: unknown): Damage {
	const code = error instanceof Error && "code" in error ? error.code : undefined;
	if (code === CUT) return cut();
	const reason = error instanceof Error ? error.message : String(error);
	return code === WINDOW ? new Damage("unsupported", "they need a window of more than 32 MiB in memory") : corrupt(reason);
}
