/** Archive → the files in it, also those of archives that stand in it, one after the other. */
import { beginningOf, fileBlocks } from "../files.js";
import type { Entry } from "./entry.js";
import { packingOf, unpackedBytes } from "./packing.js";
import { Pull } from "./pull.js";

/** Bytes that tell a tar archive. */
const TAR_HEAD = 512;

/** A file in an archive, by a name that no other one has there; of an archive in it, `inner.tar!mail.log`. */
export interface Leaf {
	readonly name: string;
	readonly modified: Date | undefined;
	/** Its bytes as they are stored, which may be packed once more. */
	readonly size: number;
	/** These bytes: good once, before the next leaf is asked for. */
	stored(): AsyncGenerator<Buffer>;
}

/**
 * The files in an archive.
 * @throws Damage of the archive itself, behind all that can be had; that a file in it was cut is told by who reads it
 */
export async function* leavesOf(path: string): AsyncGenerator<Leaf> {
	const names = new Map<string, number>();
	for await (const leaf of flat(entriesOf(path))) {
		// An archive may hold several files of one name, as one that was added to.
		const count = (names.get(leaf.name) ?? 0) + 1;
		names.set(leaf.name, count);
		yield count === 1 ? leaf : { ...leaf, name: `${leaf.name}#${count}` };
	}
}

/** The file is an archive, packed or not. */
export async function isArchive(path: string): Promise<boolean> {
	const head = beginningOf(path, TAR_HEAD);
	const { isZipHead } = await import("./zip.js");
	if (isZipHead(head)) return true;
	const { isTarHead } = await import("./tar.js");
	if (packingOf(head) === undefined) return isTarHead(head);
	const input = new Pull(unpackedBytes(() => fileBlocks(path), false));
	try {
		return (await input.has(TAR_HEAD)) && isTarHead(input.take(TAR_HEAD));
	} catch {
		// What is wrong with it is told when it is read.
		return false;
	} finally {
		await input.close();
	}
}

async function* entriesOf(path: string): AsyncGenerator<Entry> {
	const { isZipHead, zipEntries } = await import("./zip.js");
	if (isZipHead(beginningOf(path, TAR_HEAD))) return yield* zipEntries(path);
	const { tarEntries } = await import("./tar.js");
	const input = new Pull(unpackedBytes(() => fileBlocks(path), true));
	try {
		yield* tarEntries(input);
	} finally {
		await input.close();
	}
}

async function* flat(entries: AsyncIterable<Entry>): AsyncGenerator<Leaf> {
	const { isTarHead, tarEntries } = await import("./tar.js");
	for await (const { name, modified, size, bytes } of entries) {
		const stored = new Replay(bytes());
		const inner = new Pull(unpackedBytes(() => stored.recorded(), false));
		const isInner = await hasTarHead(inner, isTarHead);
		stored.isRecording = false;
		if (isInner)
			for await (const member of tarEntries(inner)) yield { ...member, name: `${name}!${member.name}`, stored: () => member.bytes() };
		await inner.close();
		if (!isInner) yield { name, modified, size, stored: () => stored.again() };
	}
}

async function hasTarHead(input: Pull, isTarHead: (block: Buffer) => boolean): Promise<boolean> {
	try {
		return (await input.has(TAR_HEAD)) && isTarHead(input.bytes.subarray(input.at, input.at + TAR_HEAD));
	} catch {
		// What is wrong with it is told when it is read.
		return false;
	}
}

/** Bytes that were looked at, and are given once more. */
class Replay {
	readonly #seen: Buffer[] = [];
	readonly #blocks: AsyncGenerator<Buffer>;
	#failure: { readonly error: unknown } | undefined;
	/** What is read is kept. */
	isRecording = true;

	constructor(blocks: AsyncGenerator<Buffer>) {
		this.#blocks = blocks;
	}

	async *recorded(): AsyncGenerator<Buffer> {
		for (let next = await this.#next(); next !== undefined; next = await this.#next()) yield next;
	}

	async *again(): AsyncGenerator<Buffer> {
		yield* this.#seen;
		this.#seen.length = 0;
		yield* this.recorded();
	}

	async #next(): Promise<Buffer | undefined> {
		if (this.#failure !== undefined) throw this.#failure.error;
		try {
			const { value, done } = await this.#blocks.next();
			if (done === true) return undefined;
			if (this.isRecording) this.#seen.push(Buffer.from(value));
			return value;
		} catch (error) {
			this.#failure = { error };
			throw error;
		}
	}
}
