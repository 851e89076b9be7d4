/**
 * Names of inputs → bytes. Standard input, files, named pipes and members of archives; packed ones are recognized by their first bytes.
 */
import { closeSync, existsSync, fstatSync, openSync, statSync } from "node:fs";
import { stat } from "node:fs/promises";
import type { MailtrailError } from "../errors.js";
import { descriptorBlocks, fileBlocks, inputError, isDirectory, streamed } from "./files.js";
import { unpacked } from "./unpack/packing.js";

export { expandInputs } from "./expand.js";

export interface Input {
	/** As the user named it, `-` for standard input. */
	readonly name: string;
	/** Last modification; undefined for standard input and pipes, which have none that says anything. */
	readonly modified: Date | undefined;
	/** Of a file that is followed, the bytes it had then: what comes behind them was added after its modification. */
	readonly size?: number | undefined;
	/** Of a regular file, or a member of an archive: its bytes, and how many of them were read so far; of a packed one those that are stored. */
	readonly file?: { readonly size: number; read(): number } | undefined;
	/** It stands in an archive, so it is found by reading what stands before it. */
	readonly isMember?: boolean | undefined;
	/**
	 * The bytes, unpacked, in blocks up to 1 MB. A block is good until the next one is asked for: its memory is used again.
	 * A file may be read more than once, standard input only once.
	 * @throws MailtrailError `input.truncated`, `input.corrupt` (after all bytes that could be had), `input.read`
	 */
	chunks(): AsyncIterable<Buffer>;
	/** The same for a look ahead, where somebody is told what `chunks` gives. */
	look?(): AsyncIterable<Buffer>;
	/** The bytes as they are stored, of what can be read more than once. */
	stored?(): AsyncIterable<Buffer>;
}

/** The bytes of an input that may be read more than once, for a look that nobody is told of. */
export const lookAt = (input: Input): AsyncIterable<Buffer> => input.look?.() ?? input.chunks();

/** @throws MailtrailError `input.missing`, `input.directory`, `input.permission`, `input.read` */
export async function openInput(path: string): Promise<Input> {
	if (path === "-") return openStandardInput();
	try {
		const place = memberPlace(path);
		if (place !== undefined) return await openMember(path, ...place);
		const status = await stat(path);
		if (status.isDirectory()) throw isDirectory(path);
		if (!status.isFile()) return { name: path, modified: undefined, chunks: () => told(path, () => streamed(path), false) };
		closeSync(openSync(path, "r"));
		const read = { bytes: 0 };
		return {
			name: path,
			modified: status.mtime,
			file: { size: status.size, read: () => read.bytes },
			chunks: () => told(path, () => fileBlocks(path, read), true),
			stored: () => fileBlocks(path),
		};
	} catch (error) {
		throw inputError(path, error);
	}
}

function openStandardInput(): Input {
	const status = fstatSync(0);
	const read = { bytes: 0 };
	return {
		name: "-",
		modified: undefined,
		...(status.isFile() ? { file: { size: status.size, read: () => read.bytes } } : {}),
		chunks: () => told("-", () => (status.isFile() ? descriptorBlocks(0, read) : process.stdin), false),
	};
}

/** Archive and member, when a name has both: `case.tgz!mail.log`. A file of that name goes before. */
function memberPlace(path: string): readonly [archive: string, member: string] | undefined {
	if (!path.includes("!") || existsSync(path)) return undefined;
	for (let at = path.indexOf("!"); at >= 0; at = path.indexOf("!", at + 1)) {
		const archive = path.slice(0, at);
		if (statSync(archive, { throwIfNoEntry: false })?.isFile() === true) return [archive, path.slice(at + 1)];
	}
	return undefined;
}

/** The file in which an input stands: that of its archive, or its own. */
export const fileOf = (path: string): string => memberPlace(path)?.[0] ?? path;

async function openMember(path: string, archive: string, name: string): Promise<Input> {
	const { listingOf, memberBlocks, noMember } = await import("./unpack/members.js");
	const { members, damage } = await listingOf(archive);
	// It stands for what is wrong with the archive.
	if (name === "" && damage !== undefined) return { name: path, modified: undefined, chunks: () => failing(damage) };
	const member = members.get(name);
	if (member === undefined) throw damage ?? noMember(archive, name, [...members.keys()]);
	const read = { bytes: 0 };
	return {
		name: path,
		modified: member.modified,
		file: { size: member.size, read: () => read.bytes },
		isMember: true,
		chunks: () => told(path, () => counted(memberBlocks(archive, name), read), true),
		stored: () => memberBlocks(archive, name),
	};
}

// biome-ignore lint/correctness/useYield: it gives nothing before the error.
async function* failing(error: MailtrailError): AsyncGenerator<Buffer> {
	throw error;
}

async function* counted(blocks: AsyncIterable<Buffer>, read: { bytes: number }): AsyncGenerator<Buffer> {
	read.bytes = 0;
	for await (const block of blocks) {
		read.bytes += block.length;
		yield block;
	}
}

/** Unpacked, and what is wrong told to users. */
async function* told(name: string, open: () => AsyncIterable<Buffer>, canReopen: boolean): AsyncGenerator<Buffer> {
	try {
		yield* unpacked(name, open, canReopen);
	} catch (error) {
		throw inputError(name, error);
	}
}
