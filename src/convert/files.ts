/** Files → blocks of bytes, and what is told when that fails. */
import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import { join } from "node:path";
import { MailtrailError } from "../errors.js";

const BLOCK = 256 * 1024;

/** Bytes of a file that were read. */
export interface ReadSoFar {
	bytes: number;
}

/** Blocking reads: on a local file they cost half of what a stream of the largest blocks does. A block is good until the next one. */
export async function* fileBlocks(path: string, read: ReadSoFar = { bytes: 0 }): AsyncGenerator<Buffer> {
	const descriptor = openSync(path, "r");
	try {
		yield* descriptorBlocks(descriptor, read);
	} finally {
		closeSync(descriptor);
	}
}

export async function* descriptorBlocks(descriptor: number, read: ReadSoFar): AsyncGenerator<Buffer> {
	const block = Buffer.allocUnsafeSlow(BLOCK);
	read.bytes = 0;
	for (let length = readSync(descriptor, block); length > 0; length = readSync(descriptor, block)) {
		read.bytes += length;
		yield block.subarray(0, length);
	}
}

/** Pipes and terminals: a blocking read could give EAGAIN, or keep the process from seeing a signal. */
export async function* streamed(path: string): AsyncGenerator<Buffer> {
	yield* createReadStream(path, { highWaterMark: BLOCK });
}

/** The first bytes of a file, as many as there are up to a number. */
export function beginningOf(path: string, most: number): Buffer {
	const descriptor = openSync(path, "r");
	try {
		const bytes = Buffer.alloc(most);
		return bytes.subarray(0, readSync(descriptor, bytes, 0, most, 0));
	} finally {
		closeSync(descriptor);
	}
}

export const isDirectory = (path: string): MailtrailError =>
	new MailtrailError(
		"input.directory",
		3,
		"this is a directory, not a log",
		`Name the files in it, for example "${join(path, "*.log")}".`,
		{ file: path },
	);

/** What a user is told when an input cannot be opened or read; errors that tell it already stay as they are. */
export function inputError(path: string, error: unknown): MailtrailError {
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
