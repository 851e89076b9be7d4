/** A file that is still written: what it holds, then what is added, also after it was rotated, compressed or cut. */
import { type FileHandle, open, stat } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { MailtrailError } from "../errors.js";
import { beginningOf } from "./files.js";
import { type FilePlace, identityOf, identityOfBytes, LONGEST_FIRST_LINE, newerThan, rotatedTo } from "./identity.js";
import { BREAK, type Input, openInput } from "./input.js";
import { packingOf } from "./unpack/packing.js";

const BLOCK = 256 * 1024;
const POLL_MS = 250;
/** Bytes that tell how a file is packed. */
const HEAD = 16;

/** Where to go on, and how many bytes were given before. */
export interface FollowedBefore {
	readonly place: FilePlace;
	readonly given: number;
}

/** An input that is followed. */
export interface Following extends Input {
	/** Where in the file that is read now the bytes stand that come behind so many. */
	placeOf(given: number): FilePlace;
}

/** Opens a file to be followed; the chunks end when `signal` is aborted. `from` is a place where it stood before. Throws as `openInput` does, `follow.packed` and `follow.lost`. */
export async function followInput(path: string, signal?: AbortSignal, from?: FollowedBefore): Promise<Following> {
	const { modified } = await openInput(path);
	refusePacked(path);
	const { size } = await stat(path);
	const follower = new Follower(path, signal);
	return {
		name: path,
		modified,
		size,
		chunks: () => follower.chunks(from),
		placeOf: (given) => follower.placeOf(given),
	};
}

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

class Follower {
	/** Bytes that were given before the file that is read now. */
	#before = 0;
	#identity: string | undefined;
	#ino = 0;

	constructor(
		readonly path: string,
		readonly signal: AbortSignal | undefined,
	) {}

	placeOf(given: number): FilePlace {
		return { identity: this.#identity, ino: this.#ino, offset: given - this.#before };
	}

	get #isStopped(): boolean {
		return this.signal?.aborted === true;
	}

	async *chunks(from: FollowedBefore | undefined): AsyncGenerator<Buffer> {
		let position = 0;
		if (from !== undefined) {
			this.#before = from.given - from.place.offset;
			const found = await rotatedTo(this.path, from.place);
			if (found === undefined) throw lost(this.path);
			if (found === this.path) position = from.place.offset;
			else yield* this.#catchUp(found, from.place);
		}
		yield* this.#follow(await open(this.path), position);
	}

	/** What is left of a file that was rotated since, then those that came behind it. */
	async *#catchUp(rotated: string, { offset }: FilePlace): AsyncGenerator<Buffer> {
		const { mtimeMs, ino } = await stat(rotated);
		yield* this.#whole(rotated, offset);
		for (const other of await newerThan(this.path, mtimeMs, ino)) yield* this.#whole(other, 0);
	}

	/** A file that is no longer written, from an offset in what is unpacked of it. */
	async *#whole(path: string, offset: number): AsyncGenerator<Buffer> {
		this.#identity = await identityOf(path);
		this.#ino = (await stat(path)).ino;
		let passed = 0;
		for await (const chunk of (await openInput(path)).chunks()) {
			const fresh = chunk.subarray(Math.max(0, offset - passed));
			passed += chunk.length;
			if (fresh.length > 0) yield fresh;
			if (this.#isStopped) return;
		}
		if (passed < offset) throw lost(this.path);
		// Until the next file is read, the place is the end of this one.
		yield BREAK;
		this.#before += passed;
	}

	async *#follow(first: FileHandle, from: number): AsyncGenerator<Buffer> {
		let file = first;
		let position = from;
		const buffer = Buffer.allocUnsafeSlow(BLOCK);
		try {
			await this.#begin(file);
			while (!this.#isStopped) {
				if (await this.#isRewritten(file, position)) {
					this.#before += position;
					position = 0;
					await this.#begin(file);
					yield BREAK;
				}
				const { bytesRead } = await file.read(buffer, 0, BLOCK, position);
				if (bytesRead > 0) {
					position += bytesRead;
					if (this.#identity === undefined) this.#identity = await firstLineOf(file);
					yield buffer.subarray(0, bytesRead);
					continue;
				}
				const next = await this.#next(file);
				if (next === undefined) {
					await wait(POLL_MS, undefined, this.signal === undefined ? {} : { signal: this.signal }).catch(() => undefined);
					continue;
				}
				// What was written between the last read and the rotation.
				for (
					let read = await file.read(buffer, 0, BLOCK, position);
					read.bytesRead > 0;
					read = await file.read(buffer, 0, BLOCK, position)
				) {
					position += read.bytesRead;
					yield buffer.subarray(0, read.bytesRead);
				}
				const { mtimeMs, ino } = await file.stat();
				await file.close();
				file = next;
				yield BREAK;
				this.#before += position;
				position = 0;
				for (const other of await newerThan(this.path, mtimeMs, ino)) yield* this.#whole(other, 0);
				await this.#begin(file);
			}
		} finally {
			await file.close();
		}
	}

	async #begin(file: FileHandle): Promise<void> {
		this.#ino = (await file.stat()).ino;
		this.#identity = await firstLineOf(file);
	}

	/** It was emptied and written anew, in place. */
	async #isRewritten(file: FileHandle, position: number): Promise<boolean> {
		const { size } = await file.stat();
		if (size < position) return true;
		return this.#identity !== undefined && (await firstLineOf(file)) !== this.#identity;
	}

	/** Another file that has the name now; undefined while there is none, or none that may be read. */
	async #next(file: FileHandle): Promise<FileHandle | undefined> {
		const now = await stat(this.path).catch(() => undefined);
		const then = await file.stat();
		if (now === undefined || (now.ino === then.ino && now.dev === then.dev)) return undefined;
		return await open(this.path).catch(() => undefined);
	}
}

async function firstLineOf(file: FileHandle): Promise<string | undefined> {
	const bytes = Buffer.alloc(LONGEST_FIRST_LINE);
	const { bytesRead } = await file.read(bytes, 0, bytes.length, 0);
	return identityOfBytes(bytes.subarray(0, bytesRead));
}

const lost = (path: string): MailtrailError =>
	new MailtrailError(
		"follow.lost",
		3,
		"the log that the state tells of is not there any more, neither under this name nor rotated",
		"Put it back beside the log, or remove the state to begin anew.",
		{ file: path },
	);
