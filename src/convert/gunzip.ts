/**
 * Compressed logs, as far as they go: archives are cut and damaged, and every line that can still be had is evidence.
 */

import { once } from "node:events";
import { createGunzip, type Gunzip } from "node:zlib";
import { MailtrailError } from "../errors.js";

/** What zlib gets at a time; where the data are damaged, what the failing slice held is lost, so slices are small. */
const SLICE = 16 * 1024;
const OUTPUT_BLOCK = 256 * 1024;

/**
 * Decompresses all members of a file, one behind the other; zeros behind the last (tapes, disk images) are no data.
 * @param reread opens the same bytes again; then damaged data are read once more, byte by byte, up to the damage
 * @throws MailtrailError `input.truncated` or `input.corrupt`, `offset` in the decompressed stream, after the last bytes
 */
export async function* gunzip(name: string, blocks: AsyncIterable<Buffer>, reread?: () => AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
	let delivered = 0;
	let damage: Damage | undefined;
	try {
		for await (const piece of inflate(blocks, Number.POSITIVE_INFINITY)) {
			delivered += piece.length;
			yield piece;
		}
	} catch (error) {
		damage = damageOf(error);
	}
	if (damage?.isCorrupt && reread !== undefined) {
		let skip = delivered;
		try {
			for await (const piece of inflate(reread(), damage.sliceStart)) {
				const fresh = piece.subarray(Math.min(skip, piece.length));
				skip -= piece.length - fresh.length;
				delivered += fresh.length;
				if (fresh.length > 0) yield fresh;
			}
		} catch (error) {
			damageOf(error);
		}
	}
	if (damage !== undefined) throw damageError(name, damage, delivered);
}

class Damage extends Error {
	constructor(
		readonly isCorrupt: boolean,
		/** Compressed bytes before the slice in which it showed. */
		readonly sliceStart: number,
		readonly reason: string,
	) {
		super(reason);
	}
}

function damageOf(error: unknown): Damage {
	if (error instanceof Damage) return error;
	throw error;
}

function damageError(name: string, damage: Damage, offset: number): MailtrailError {
	const place = { file: name === "-" ? "standard input" : name, offset };
	if (damage.isCorrupt)
		return new MailtrailError(
			"input.corrupt",
			3,
			`the compressed data are damaged: ${damage.reason}`,
			"What came before was read. Get an undamaged copy, or decompress it with a rescue tool and read the result.",
			place,
		);
	return new MailtrailError(
		"input.truncated",
		3,
		"the compressed data end too early, the file was cut",
		"What came before was read. Copy the file again, whole, to get the rest.",
		place,
	);
}

/** Up to `fineFrom` (compressed bytes) in slices, from there byte by byte, so that nothing before the damage is lost. */
async function* inflate(blocks: AsyncIterable<Buffer>, fineFrom: number): AsyncGenerator<Buffer> {
	const inflater = createGunzip({ chunkSize: OUTPUT_BLOCK });
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
					if (slice.some((byte) => byte !== 0)) throw new Damage(true, fed, "something else follows them");
				} else {
					const reason = await write(inflater, slice);
					yield* out.splice(0);
					if (reason !== undefined) throw new Damage(true, fed, reason);
				}
				start += slice.length;
				fed += slice.length;
			}
		}
		if (isOver) return;
		const reason = await finish(inflater);
		yield* out.splice(0);
		if (reason !== undefined) throw new Damage(false, fed, reason);
	} finally {
		inflater.destroy();
	}
}

/** The reason when the bytes are no compressed data. Whatever they decompress to has been emitted when this returns. */
function write(inflater: Gunzip, bytes: Buffer): Promise<string | undefined> {
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
async function finish(inflater: Gunzip): Promise<string | undefined> {
	inflater.end();
	try {
		await once(inflater, "end");
		return undefined;
	} catch (error) {
		return error instanceof Error ? error.message : String(error);
	}
}
