import { constants } from "node:fs";
import { access, chmod, type FileHandle, lstat, open, rename, rm, stat } from "node:fs/promises";
import { fileOf } from "../convert/input.js";
import { MailtrailError } from "../errors.js";
import { type Terminal, writeFailure } from "./terminal.js";
import { usageError } from "./verb.js";

/** Where a verb's result goes: the file of `-o`, or standard output. */
export interface Output {
	readonly write: (chunk: string | Uint8Array) => Promise<void>;
	/** Bytes that stand in its file; undefined for standard output. */
	readonly bytes: () => number | undefined;
	/** All was written: the file gets its name. */
	readonly finish: () => Promise<void>;
	/** What was written is kept beside, when it is not all: gives its path, undefined where it stands already or there is nothing. */
	readonly keep: () => Promise<string | undefined>;
	/** To be awaited at the end, also after an error; what was not finished is gone then. */
	readonly close: () => Promise<void>;
}

export interface OutputOptions {
	/** The file is read while it is written, so it has its name from the beginning. */
	readonly isLive?: boolean;
	/** So many bytes of it stay, and what is written comes behind them. */
	readonly keptBytes?: number;
}

/**
 * Opens the file of `-o` (undefined or `-`: standard output). `inputs` are the files that must not be overwritten. A file is written beside
 * the one that is asked for, and gets its name when it is whole, so that half an output never looks like one. Pipes, devices and what a
 * link leads to are written as they are.
 */
export async function openOutput(
	path: string | undefined,
	terminal: Terminal,
	inputs: readonly string[],
	{ isLive = false, keptBytes = 0 }: OutputOptions = {},
): Promise<Output> {
	if (path === undefined || path === "-")
		return { write: terminal.stdout.write, bytes: () => undefined, finish: nothing, keep: nothing, close: nothing };
	await refuseInput(path, inputs);
	const before = await lstat(path).catch(() => undefined);
	const isOrdinary = before === undefined || before.isFile();
	const beside = isOrdinary && !isLive ? await openBeside(path, before !== undefined) : undefined;
	if (beside === undefined) return written(await openFile(path, keptBytes), path, keptBytes);
	if (before !== undefined) await chmod(beside.path, before.mode & 0o7777).catch(() => undefined);
	return renamed(beside.file, beside.path, path);
}

const nothing = async (): Promise<undefined> => undefined;

function written(file: FileHandle, path: string, keptBytes = 0): Output {
	let bytes = keptBytes;
	return {
		bytes: () => bytes,
		write: async (chunk) => {
			try {
				await file.writeFile(chunk);
				bytes += chunk.length;
			} catch (error) {
				throw error instanceof Error ? writeFailure(error, path) : error;
			}
		},
		finish: nothing,
		keep: nothing,
		close: () => file.close(),
	};
}

function renamed(file: FileHandle, part: string, path: string): Output {
	const { write, bytes, close } = written(file, path);
	let isFinished = false;
	return {
		write,
		bytes,
		keep: async () => {
			if (bytes() === 0) return undefined;
			await rename(part, `${path}.part`);
			isFinished = true;
			return `${path}.part`;
		},
		finish: async () => {
			try {
				// A full disk may tell so only now.
				await file.sync();
				await rename(part, path);
			} catch (error) {
				throw error instanceof Error ? writeFailure(error, path) : error;
			}
			isFinished = true;
		},
		close: async () => {
			await close();
			if (!isFinished) await rm(part, { force: true });
		},
	};
}

/** A new file beside the one that is asked for; undefined where none may be made, but the file itself may be written. */
async function openBeside(path: string, isThere: boolean): Promise<{ readonly file: FileHandle; readonly path: string } | undefined> {
	const part = `${path}.${process.pid}.part`;
	try {
		if (isThere) await access(path, constants.W_OK);
		return { file: await open(part, "wx"), path: part };
	} catch (error) {
		if (isThere) return undefined;
		throw cannotWrite(path, error);
	}
}

/** Opening for writing empties the file: a log that is its own output would be gone before its first line was read. */
async function refuseInput(path: string, inputs: readonly string[]): Promise<void> {
	const output = await stat(path).catch(() => undefined);
	if (output?.isFile() !== true) return;
	for (const input of inputs) {
		const other = await stat(fileOf(input)).catch(() => undefined);
		if (other?.dev === output.dev && other.ino === output.ino) {
			throw usageError(`${path} is an input and cannot be the output too`, "Give -o another path.");
		}
	}
}

const REASONS: Readonly<Record<string, readonly [reason: string, mend: string]>> = {
	ENOENT: ["its folder does not exist", "Make the folder first, or write elsewhere."],
	EISDIR: ["it is a folder", "Name a file in it."],
	EACCES: ["permission denied", "Write where you may, or ask for the right to write there."],
	EROFS: ["the file system is read-only", "Write elsewhere."],
};

async function openFile(path: string, keptBytes: number): Promise<FileHandle> {
	try {
		if (keptBytes === 0) return await open(path, "w");
		const file = await open(path, "a");
		await file.truncate(keptBytes);
		return file;
	} catch (error) {
		throw cannotWrite(path, error);
	}
}

function cannotWrite(path: string, error: unknown): MailtrailError {
	const code = error instanceof Error && "code" in error ? String(error.code) : "";
	const [reason, mend] = REASONS[code] ?? [String(error), "Check the path."];
	return new MailtrailError("output.failed", 3, `cannot write ${path}: ${reason}`, mend);
}
