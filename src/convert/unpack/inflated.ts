/** What a decompressor of Node.js makes of packed bytes, as far as it goes: every line that can still be had of a damaged file is evidence. */
import { once } from "node:events";
import type { Transform } from "node:stream";
import { corrupt, cut, type Damage } from "./damage.js";

/** What the decompressor gets at a time; where the data are damaged, what the failing slice held is lost, so slices are small. */
const SLICE = 16 * 1024;

/** Thrown by who reads in slices. */
class SliceDamage extends Error {
	constructor(
		readonly damage: Damage,
		/** Packed bytes before the slice in which it showed. */
		readonly start: number,
	) {
		super(damage.message);
	}
}

/**
 * Decompresses a file; zeros behind the data (tapes, disk images) are none.
 * @param reread opens the same bytes again; then damaged data are read once more, byte by byte, up to the damage
 */
export async function* inflated(
	blocks: AsyncIterable<Uint8Array>,
	create: () => Transform,
	reread?: () => AsyncIterable<Uint8Array>,
): AsyncGenerator<Buffer> {
	let delivered = 0;
	let found: SliceDamage | undefined;
	try {
		for await (const piece of sliced(blocks, create, Number.POSITIVE_INFINITY)) {
			delivered += piece.length;
			yield piece;
		}
	} catch (error) {
		found = sliceDamageOf(error);
	}
	if (found?.damage.kind === "corrupt" && reread !== undefined) {
		let skip = delivered;
		try {
			for await (const piece of sliced(reread(), create, found.start)) {
				const fresh = piece.subarray(Math.min(skip, piece.length));
				skip -= piece.length - fresh.length;
				if (fresh.length > 0) yield fresh;
			}
		} catch (error) {
			sliceDamageOf(error);
		}
	}
	if (found !== undefined) throw found.damage;
}

function sliceDamageOf(error: unknown): SliceDamage {
	if (error instanceof SliceDamage) return error;
	throw error;
}

/** Up to `fineFrom` (packed bytes) in slices, from there byte by byte, so that nothing before the damage is lost. */
async function* sliced(blocks: AsyncIterable<Uint8Array>, create: () => Transform, fineFrom: number): AsyncGenerator<Buffer> {
	const inflater = create();
	const out: Buffer[] = [];
	let fed = 0;
	let isOver = false;
	inflater.on("data", (piece: Buffer) => out.push(piece));
	inflater.once("end", () => {
		isOver = true;
	});
	try {
		for await (const block of blocks) {
			for (let start = 0; start < block.length; ) {
				const slice = block.subarray(start, start + (fed >= fineFrom ? 1 : SLICE));
				if (isOver) {
					// The data were over in an earlier slice.
					if (slice.some((byte) => byte !== 0)) throw new SliceDamage(corrupt("something else follows them"), fed);
				} else {
					const reason = await write(inflater, slice);
					yield* out.splice(0);
					if (reason !== undefined) throw new SliceDamage(corrupt(reason), fed);
				}
				start += slice.length;
				fed += slice.length;
			}
		}
		if (isOver) return;
		const isWhole = await finish(inflater);
		yield* out.splice(0);
		if (!isWhole) throw new SliceDamage(cut(), fed);
	} finally {
		inflater.destroy();
	}
}

/** The reason when the bytes are no compressed data. Whatever they decompress to has been emitted when this returns. */
function write(inflater: Transform, bytes: Uint8Array): Promise<string | undefined> {
	return new Promise((resolve) => {
		const fail = (error: Error): void => resolve(error.message);
		inflater.once("error", fail);
		inflater.write(bytes, (error) => {
			// On an error the listener stays, or the stream would throw it.
			if (error !== null && error !== undefined) return;
			inflater.off("error", fail);
			resolve(undefined);
		});
	});
}

/** Ended apart from the last write: zlib throws away what a failing call gave, and only the end can tell a cut file. */
async function finish(inflater: Transform): Promise<boolean> {
	inflater.end();
	try {
		await once(inflater, "end");
		return true;
	} catch {
		return false;
	}
}
