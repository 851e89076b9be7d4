/**
 * Names of inputs → bytes. Standard input, files and named pipes; compressed ones are recognized by their first bytes.
 */

import { closeSync, createReadStream, fstatSync, openSync, readSync } from "node:fs";
import { access, type FileHandle, open, stat } from "node:fs/promises";
import { join, resolve } from "node:path";
import { MailtrailError } from "../errors.js";

const BLOCK = 256 * 1024;

export interface Input {
	/** As the user named it, `-` for standard input. */
	readonly name: string;
	/** Last modification; undefined for standard input and pipes, which have none that says anything. */
	readonly modified: Date | undefined;
	/** Of a file that is followed, the bytes it had then: what comes behind them was added after its modification. */
	readonly size?: number | undefined;
	/** Of a regular file: its bytes, and how many of them were read so far; of a compressed one those of the file. */
	readonly file?: { readonly size: number; read(): number } | undefined;
	/**
	 * The bytes, decompressed, in blocks up to 1 MB. A block is good until the next one is asked for: its memory is used again.
	 * A file may be read more than once, standard input only once.
	 * @throws MailtrailError `input.truncated`, `input.corrupt` (after all bytes that could be had), `input.read`
	 */
	chunks(): AsyncIterable<Buffer>;
	/** The same for a look ahead, where somebody is told what `chunks` gives. */
	look?(): AsyncIterable<Buffer>;
}

/** The bytes of an input that may be read more than once, for a look that nobody is told of. */
export const lookAt = (input: Input): AsyncIterable<Buffer> => input.look?.() ?? input.chunks();

/** @throws MailtrailError `input.missing`, `input.directory`, `input.permission`, `input.read` */
export async function openInput(path: string): Promise<Input> {
	if (path === "-") return openStandardInput();
	try {
		const status = await stat(path);
		if (status.isDirectory()) throw isDirectory(path);
		if (!status.isFile()) return { name: path, modified: undefined, chunks: () => decompressed(path, () => streamed(path), false) };
		const handle: FileHandle = await open(path);
		await handle.close();
		const read = { bytes: 0 };
		return {
			name: path,
			modified: status.mtime,
			file: { size: status.size, read: () => read.bytes },
			chunks: () => decompressed(path, () => fileBlocks(path, read), true),
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
		chunks: () => decompressed("-", () => (status.isFile() ? descriptorBlocks(0, read) : process.stdin), false),
	};
}

/**
 * Names and globs → names, in the order given; what a glob matches is sorted by name (`mail.log`, `mail.log.1`,
 * `mail.log.10`, `mail.log.2`: not by age). A name that exists is taken literally, also with `*` or `[` in it; each
 * file is read once, however often it was named. Relative names are relative to `base`.
 * @throws MailtrailError `input.no_match`
 */
export async function expandInputs(patterns: readonly string[], base?: string): Promise<string[]> {
	const names = new Set<string>();
	for (const pattern of patterns) {
		const literal = pattern === "-" || base === undefined || pattern.startsWith("/") ? pattern : join(base, pattern);
		if (pattern === "-" || (await exists(literal))) {
			names.add(literal);
			continue;
		}
		const { glob, isDynamicPattern } = await import("tinyglobby");
		// A name that is neither there nor a glob is kept: opening it says what is wrong with it.
		if (!isDynamicPattern(pattern)) {
			names.add(literal);
			continue;
		}
		const found = await glob(pattern, { cwd: base ?? process.cwd(), expandDirectories: false, absolute: false });
		if (found.length === 0) {
			throw new MailtrailError(
				"input.no_match",
				3,
				`no file matches "${pattern}"${base === undefined ? "" : ` in ${base}`}`,
				"Check the folder and the spelling; * stands for a part of one name, ** for folders.",
			);
		}
		// Matches come back relative to the folder searched; an absolute pattern must give absolute names.
		const named = found.map((match) =>
			pattern.startsWith("/") ? resolve(base ?? ".", match) : base === undefined ? match : join(base, match),
		);
		for (const name of named.sort(byCodePoint)) names.add(name);
	}
	return [...names];
}

const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

const exists = (path: string): Promise<boolean> =>
	access(path).then(
		() => true,
		() => false,
	);

async function* decompressed(name: string, source: () => AsyncIterable<Buffer>, canReread: boolean): AsyncGenerator<Buffer> {
	try {
		const blocks = source()[Symbol.asyncIterator]();
		const first = await firstBytes(blocks);
		if (first === undefined) return;
		if (!isGzip(first)) return yield* continued(first, blocks);
		const { gunzip } = await import("./gunzip.js");
		yield* gunzip(name, continued(first, blocks), canReread ? source : undefined);
	} catch (error) {
		throw inputError(name, error);
	}
}

export const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** The first block; a pipe may deliver a single byte, too little to recognize anything. */
async function firstBytes(blocks: AsyncIterator<Buffer>): Promise<Buffer | undefined> {
	let first: Buffer | undefined;
	while (first === undefined || first.length < 2) {
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

/** Bytes of a file that were read. */
interface ReadSoFar {
	bytes: number;
}

/** Blocking reads: on a local file they cost half of what a stream of the largest blocks does. */
async function* fileBlocks(path: string, read: ReadSoFar): AsyncGenerator<Buffer> {
	const descriptor = openSync(path, "r");
	try {
		yield* descriptorBlocks(descriptor, read);
	} finally {
		closeSync(descriptor);
	}
}

async function* descriptorBlocks(descriptor: number, read: ReadSoFar): AsyncGenerator<Buffer> {
	const block = Buffer.allocUnsafeSlow(BLOCK);
	read.bytes = 0;
	for (let length = readSync(descriptor, block); length > 0; length = readSync(descriptor, block)) {
		read.bytes += length;
		yield block.subarray(0, length);
	}
}

/** Pipes and terminals: a blocking read could give EAGAIN, or keep the process from seeing a signal. */
async function* streamed(path: string): AsyncGenerator<Buffer> {
	yield* createReadStream(path, { highWaterMark: BLOCK });
}

const isDirectory = (path: string): MailtrailError =>
	new MailtrailError(
		"input.directory",
		3,
		"this is a directory, not a log",
		`Name the files in it, for example "${join(path, "*.log")}".`,
		{
			file: path,
		},
	);

function inputError(path: string, error: unknown): MailtrailError {
	if (error instanceof MailtrailError) return error;
	const code = error instanceof Error && "code" in error ? String(error.code) : "";
	const place = { file: path === "-" ? "standard input" : path };
	if (code === "EISDIR") return isDirectory(path);
	if (code === "ENOENT" || code === "ENOTDIR")
		return new MailtrailError("input.missing", 3, "there is no such file", "Check the spelling and the folder the command runs in.", place);
	if (code === "EACCES" || code === "EPERM")
		return new MailtrailError(
			"input.permission",
			3,
			"this user may not read the file",
			"Run the command as a user who may (often a member of the group adm), or copy the file.",
			place,
		);
	const reason = error instanceof Error ? error.message : String(error);
	return new MailtrailError(
		"input.read",
		3,
		`reading failed: ${reason}`,
		"Check the disk or the connection it comes over, then try again.",
		place,
	);
}
