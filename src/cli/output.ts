import { type FileHandle, open, stat } from "node:fs/promises";
import { fileOf } from "../convert/input.js";
import { MailtrailError } from "../errors.js";
import { type Terminal, writeFailure } from "./terminal.js";
import { usageError } from "./verb.js";

/** Where a verb's result goes: the file of `-o`, or standard output. */
export interface Output {
	readonly write: (chunk: string | Uint8Array) => Promise<void>;
	/** To be awaited at the end, also after an error. */
	readonly close: () => Promise<void>;
}

/** Opens the file of `-o` (undefined or `-`: standard output). `inputs` are the files that must not be overwritten. */
export async function openOutput(path: string | undefined, terminal: Terminal, inputs: readonly string[]): Promise<Output> {
	if (path === undefined || path === "-") return { write: terminal.stdout.write, close: async () => undefined };
	await refuseInput(path, inputs);
	const file = await openFile(path);
	return {
		write: async (chunk) => {
			try {
				await file.writeFile(chunk);
			} catch (error) {
				throw error instanceof Error ? writeFailure(error, path) : error;
			}
		},
		close: () => file.close(),
	};
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

async function openFile(path: string): Promise<FileHandle> {
	try {
		return await open(path, "w");
	} catch (error) {
		const code = error instanceof Error && "code" in error ? String(error.code) : "";
		const [reason, mend] = REASONS[code] ?? [String(error), "Check the path."];
		throw new MailtrailError("output.failed", 3, `cannot write ${path}: ${reason}`, mend);
	}
}
