/** zip → its files, by the list at its end. */
import { createInflateRaw } from "node:zlib";
import type { Entry as ZipEntry, ZipFile } from "yauzl";
import { crc32 } from "./checksums.js";
import { corrupt, cut, Damage } from "./damage.js";
import { type Entry, plainName, utf8Name } from "./entry.js";
import { inflated } from "./inflated.js";

const OUTPUT = 256 * 1024;
const [STORED, DEFLATED] = [0, 8];

/** A file begins as a zip archive does; also an empty one. */
export const isZipHead = (bytes: Buffer): boolean => ["504b0304", "504b0506"].includes(bytes.toString("hex", 0, 4));

/** Gives the files of an archive, one after the other. */
export async function* zipEntries(path: string): AsyncGenerator<Entry> {
	const { default: yauzl } = await import("yauzl");
	const file = await opened(yauzl, path);
	try {
		for (let next = await entryOf(file); next !== undefined; next = await entryOf(file)) {
			const entry = next;
			const { fileNameRaw: raw, generalPurposeBitFlag: flags, extraFields } = entry;
			// Many a program writes UTF-8 without saying so.
			const name = utf8Name(raw) ?? yauzl.getFileNameLowLevel(flags, raw, extraFields, false);
			if (name.endsWith("/")) continue;
			const modified = entry.getLastModDate({ timezone: "UTC" });
			yield {
				name: plainName(name),
				modified: Number.isNaN(modified.getTime()) ? undefined : modified,
				size: entry.uncompressedSize,
				bytes: () => bytesOf(file, entry),
			};
		}
	} finally {
		file.close();
	}
}

type Yauzl = typeof import("yauzl");

/** Names are read by us: those that lead out of a folder are no danger to who writes no files. */
function opened(yauzl: Yauzl, path: string): Promise<ZipFile> {
	return new Promise((resolve, reject) => {
		yauzl.open(path, { autoClose: false, lazyEntries: true, decodeStrings: false }, (error, file) => {
			if (error === null) resolve(file);
			else reject("syscall" in error ? error : damageOf(error));
		});
	});
}

function damageOf(error: Error): Damage {
	return /end of central directory|EOF/i.test(error.message)
		? new Damage("cut", "the list of its members is missing")
		: corrupt(error.message);
}

function entryOf(file: ZipFile): Promise<ZipEntry | undefined> {
	return new Promise((resolve, reject) => {
		const done = (): void => void file.removeAllListeners();
		file.once("entry", (entry: ZipEntry) => {
			done();
			resolve(entry);
		});
		file.once("end", () => {
			done();
			resolve(undefined);
		});
		file.once("error", (error: Error) => {
			done();
			reject(damageOf(error));
		});
		file.readEntry();
	});
}

async function* bytesOf(file: ZipFile, entry: ZipEntry): AsyncGenerator<Buffer> {
	if (entry.isEncrypted()) throw new Damage("unsupported", "the member of the archive is encrypted");
	const { compressionMethod: method } = entry;
	if (method !== STORED && method !== DEFLATED) throw new Damage("unsupported", `zip packs the member by method ${method}`);
	let [crc, size] = [0, 0];
	const packed = (): AsyncIterable<Buffer> => packedBytes(file, entry);
	const pieces = method === STORED ? packed() : inflated(packed(), () => createInflateRaw({ chunkSize: OUTPUT }), packed);
	for await (const piece of pieces) {
		crc = crc32(crc, piece);
		size += piece.length;
		yield piece;
	}
	if (size < entry.uncompressedSize) throw cut();
	if (crc !== entry.crc32 || size !== entry.uncompressedSize) throw corrupt("the checksum of the member is another one");
}

async function* packedBytes(file: ZipFile, entry: ZipEntry): AsyncGenerator<Buffer> {
	const stream = await new Promise<NodeJS.ReadableStream>((resolve, reject) => {
		const decompress = entry.compressionMethod === DEFLATED ? false : null;
		file.openReadStream(entry, { decompress, decrypt: null, start: null, end: null }, (error, found) => {
			if (error === null) resolve(found);
			else reject(corrupt(error.message));
		});
	});
	for await (const piece of stream) yield Buffer.from(piece as Buffer);
}
