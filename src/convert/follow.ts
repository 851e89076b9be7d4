/** A file that is still written: what it holds, then what is added, also after it was rotated or cut. */
import { type FileHandle, open, stat } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { MailtrailError } from "../errors.js";
import { beginningOf } from "./files.js";
import { type Input, openInput } from "./input.js";
import { packingOf } from "./unpack/packing.js";

const BLOCK = 256 * 1024;
const POLL_MS = 250;

/** Opens a file to be followed; the chunks end when `signal` is aborted. Throws as `openInput` does, and `follow.packed`. */
export async function followInput(path: string, signal?: AbortSignal): Promise<Input> {
	const { modified } = await openInput(path);
	refusePacked(path);
	const { size } = await stat(path);
	return { name: path, modified, size, chunks: () => follow(path, signal) };
}

/** Bytes that tell how a file is packed. */
const HEAD = 16;

function refusePacked(path: string): void {
	const packing = packingOf(beginningOf(path, HEAD));
	if (packing === undefined) return;
	throw new MailtrailError(
		"follow.packed",
		2,
		`it is compressed (${packing.name}), and nothing is added to a compressed log`,
		"Convert it without --follow, and follow the log that is still written.",
		{ file: path },
	);
}

async function* follow(path: string, signal: AbortSignal | undefined): AsyncGenerator<Buffer> {
	let file = await open(path);
	let position = 0;
	try {
		while (signal?.aborted !== true) {
			const buffer = Buffer.allocUnsafe(BLOCK);
			const { bytesRead } = await file.read(buffer, 0, BLOCK, position);
			if (bytesRead > 0) {
				position += bytesRead;
				yield buffer.subarray(0, bytesRead);
				continue;
			}
			const next = await reopened(path, file, position);
			if (next !== undefined) {
				if (next !== file) {
					// What was written between the last read and the rotation.
					yield* restOf(file, position);
					await file.close();
					file = next;
				}
				position = 0;
				continue;
			}
			await wait(POLL_MS, undefined, signal === undefined ? {} : { signal }).catch(() => undefined);
		}
	} finally {
		await file.close();
	}
}

async function* restOf(file: FileHandle, position: number): AsyncGenerator<Buffer> {
	for (;;) {
		const buffer = Buffer.allocUnsafe(BLOCK);
		const { bytesRead } = await file.read(buffer, 0, BLOCK, position);
		if (bytesRead === 0) return;
		position += bytesRead;
		yield buffer.subarray(0, bytesRead);
	}
}

/** The file to go on with from its beginning: another one of the same name, or the same, shortened. Undefined: wait. */
async function reopened(path: string, file: FileHandle, position: number): Promise<FileHandle | undefined> {
	const now = await stat(path).catch(() => undefined);
	if (now === undefined) return undefined;
	const then = await file.stat();
	if (now.ino !== then.ino || now.dev !== then.dev) return await open(path);
	return now.size < position ? file : undefined;
}
