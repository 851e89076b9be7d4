/** What a log is known by when it was renamed or compressed: its first line. */
import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { openInput } from "./input.js";

/** Bytes of the first line that count. */
export const LONGEST_FIRST_LINE = 8192;

/** A place in a log. */
export interface FilePlace {
	/** SHA-256 of its first line; undefined while that is not whole. */
	readonly identity: string | undefined;
	readonly ino: number;
	/** In what is unpacked of it. */
	readonly offset: number;
}

/** The identity of a log by the bytes that it begins with. */
export function identityOfBytes(bytes: Buffer): string | undefined {
	const end = bytes.indexOf(0x0a);
	if (end < 0 && bytes.length < LONGEST_FIRST_LINE) return undefined;
	const line = bytes.subarray(0, end < 0 ? LONGEST_FIRST_LINE : Math.min(end, LONGEST_FIRST_LINE));
	return createHash("sha256").update(line).digest("hex");
}

/** The identity of a log, packed or not; undefined also when it cannot be read. */
export async function identityOf(path: string): Promise<string | undefined> {
	const parts: Buffer[] = [];
	let length = 0;
	try {
		for await (const chunk of (await openInput(path)).chunks()) {
			parts.push(Buffer.from(chunk.subarray(0, LONGEST_FIRST_LINE)));
			length += chunk.length;
			if (length >= LONGEST_FIRST_LINE || chunk.includes(0x0a)) break;
		}
	} catch {
		// Who reads it is told.
	}
	return identityOfBytes(Buffer.concat(parts));
}

/** What rotation puts behind a name: `.1`, `.2.gz`, `-20261121`, `.20261121-0208.xz`, `.old`. */
const ROTATED = /^[.\-_](?:\d[\d.\-_T]*|old|prev)(?:\.(?:gz|bz2|xz|zst))?$/;

/** Rotated logs beside one, the oldest first. */
async function rotatedOf(path: string): Promise<{ readonly path: string; readonly mtimeMs: number; readonly ino: number }[]> {
	const [folder, name] = [dirname(path), basename(path)];
	const names = (await readdir(folder)).filter((other) => other.startsWith(name) && ROTATED.test(other.slice(name.length)));
	const found = [];
	for (const other of names) {
		const status = await stat(join(folder, other)).catch(() => undefined);
		if (status?.isFile() === true) found.push({ path: join(folder, other), mtimeMs: status.mtimeMs, ino: status.ino });
	}
	return found.sort((a, b) => a.mtimeMs - b.mtimeMs);
}

/** Rotated logs that were written to behind a time, the oldest first; not one of this inode. */
export async function newerThan(path: string, mtimeMs: number, ino: number): Promise<string[]> {
	const own = await stat(path).catch(() => undefined);
	return (await rotatedOf(path))
		.filter((other) => other.mtimeMs > mtimeMs && other.ino !== ino && other.ino !== own?.ino)
		.map((other) => other.path);
}

/** Where the log stands now in which a place lies; undefined when it is gone. */
export async function rotatedTo(path: string, { identity, ino, offset }: FilePlace): Promise<string | undefined> {
	const own = await stat(path).catch(() => undefined);
	const isOwn = own !== undefined && (identity === undefined ? own.ino === ino : (await identityOf(path)) === identity);
	// A log of which nothing was read may be any.
	if (isOwn && own.size >= offset) return path;
	for (const other of (await rotatedOf(path)).reverse())
		if (identity === undefined ? other.ino === ino : (await identityOf(other.path)) === identity) return other.path;
	return offset === 0 ? path : undefined;
}
