/** zstd, by fzstd: what Node.js has from 22.15 on ends at the first frame, and tells nothing of what was cut. Checksums are not checked. */
import { corrupt, cut, Damage } from "./damage.js";

const OUTPUT = 256 * 1024;

const CUT = 5;
const WINDOW = 1;

/** Decompresses all frames of a file. Throws Damage behind all bytes that could be had. */
export async function* unzstd(blocks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
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
