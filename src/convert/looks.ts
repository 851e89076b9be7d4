/** What bytes look like that are no log: for people who named the wrong file. */
import { isTarHead } from "./unpack/tar.js";
import { isZipHead } from "./unpack/zip.js";

/** How files begin, as hexadecimal digits. */
const MAGICS: readonly (readonly [name: string, magic: string])[] = [
	["a zip archive", "504b0304"],
	["a 7z archive", "377abcaf271c"],
	["a RAR archive", "526172211a07"],
	["data of compress (.Z)", "1f9d"],
	["data of lzip", "4c5a4950"],
	["data of lz4", "04224d18"],
	["data of lzma", "5d0000"],
	["data of gzip", "1f8b"],
	["data of xz", "fd377a585a00"],
	["data of zstd", "28b52ffd"],
	["data of bzip2", "425a68"],
	["an image (PNG)", "89504e470d0a1a0a"],
	["an image (JPEG)", "ffd8ff"],
	["an image (GIF)", "47494638"],
	["a PDF document", "255044462d"],
	["a program (ELF)", "7f454c46"],
	["a database of SQLite", "53514c69746520666f726d6174203300"],
	["a journal of systemd: journalctl --file NAME -o json writes what it holds", "4c504b5348485248"],
	["an event log of Windows", "456c6646696c6500"],
	["a network capture", "d4c3b2a1"],
	["a network capture", "0a0d0d0a"],
];

/** How text looks, by its first lines. */
const TEXTS: readonly (readonly [name: string, test: (text: string, lines: readonly string[]) => boolean])[] = [
	["events of mailtrail: it was converted already", (text) => /^\{"schema_version":"[^"]*","id":/.test(text)],
	["trails of mailtrail", (text) => /^\{"schema_version":"[^"]*","trail_id":/.test(text)],
	["mail in a mailbox", (text) => /^From \S+ .*\d{4}\r?\n/.test(text)],
	["a mail", (text) => /^(?:Return-Path|Received|Delivered-To|Message-ID|MIME-Version):/i.test(text)],
	["HTML", (text) => /^\s*<(?:!doctype html|html)/i.test(text)],
	["XML", (text) => /^\s*<\?xml/.test(text)],
	["a script", (text) => text.startsWith("#!")],
	["JSON, a value on each line", (_, lines) => lines.length > 0 && lines.every((line) => /^\s*\{.*\}\s*$/.test(line))],
	["JSON", (text) => /^\s*[[{]\s*["[{\]}]/.test(text)],
	["a table (CSV)", (_, lines) => isTable(lines, ",")],
	["a table (CSV)", (_, lines) => isTable(lines, ";")],
	["a table (TSV)", (_, lines) => isTable(lines, "\t")],
];

const SEVERAL = 3;

/** The lines have the same number of columns. */
function isTable(lines: readonly string[], separator: string): boolean {
	const columns = lines.slice(0, 20).map((line) => line.replace(/"[^"]*"/g, "").split(separator).length);
	return columns.length >= SEVERAL && (columns[0] ?? 0) >= SEVERAL && columns.every((count) => count === columns[0]);
}

/** What the beginning of an input looks like; undefined for text that nothing is known of. */
export function looksLike(bytes: Buffer): string | undefined {
	const hex = bytes.toString("hex", 0, 16);
	const magic = MAGICS.find(([, begin]) => hex.startsWith(begin))?.[0];
	if (magic !== undefined) return magic;
	if (isTarHead(bytes) || isZipHead(bytes)) return "an archive";
	if (isWideText(bytes)) return "text in UTF-16 without a byte order mark";
	if (bytes.includes(0)) return "binary data";
	const text = bytes.toString("latin1").replace(/^\u00ef\u00bb\u00bf/, "");
	const lines = text.split(/\r?\n/);
	// The last one may be cut.
	const whole = (lines.length === 1 ? lines : lines.slice(0, -1)).filter((line) => line !== "");
	return TEXTS.find(([, test]) => test(text, whole))?.[0];
}

/** Every other byte is a zero. */
function isWideText(bytes: Buffer): boolean {
	const zeros = [0, 0];
	for (let i = 0; i < bytes.length; i++) if (bytes[i] === 0) zeros[i % 2] = (zeros[i % 2] ?? 0) + 1;
	const [even = 0, odd = 0] = zeros;
	return bytes.length >= 8 && Math.max(even, odd) > bytes.length * 0.4 && Math.min(even, odd) < bytes.length * 0.05;
}
