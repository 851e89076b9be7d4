import { MailtrailError } from "../errors.js";
import type { WholeEvent } from "../format/event.js";
import { nothingToRestore } from "./lacking.js";
import { type JsonLine, jsonLines, MAX_JSON_LINE_BYTES } from "./ndjson.js";
import { bytesOf } from "./raw-bytes.js";

export interface RestoreOptions {
	/** Restore this source file (as `source.file` names it) and pass over the others. Needed when there are several. */
	readonly file?: string;
	/** Go on over gaps and overlaps; each is told to `onProblem` instead of ending the work. */
	readonly isForced?: boolean;
	readonly onProblem?: (problem: MailtrailError) => void | Promise<void>;
	readonly maxLineBytes?: number;
}

/** What restoring needs of an event. */
type Restorable = Pick<WholeEvent, "id" | "raw" | "raw_encoding" | "source">;

/** Parts of `source` that restoring needs. */
const PLACE = ["file", "offset", "length"] as const;
const ENCODINGS: readonly unknown[] = [undefined, "latin1", "utf-16le", "utf-16be"];

/** Bytes are given on when this many are together: a write per record would be slow. */
const BLOCK_BYTES = 256 * 1024;

/**
 * The bytes that were converted, from the events of one source: each record's `raw` and line end, in order.
 * `name` is what errors call the events. Throws where bytes are missing, doubled or changed, unless forced.
 */
export async function* restore(name: string, events: AsyncIterable<Uint8Array>, options: RestoreOptions = {}): AsyncGenerator<Buffer> {
	const { isForced = false, onProblem = () => undefined, maxLineBytes = MAX_JSON_LINE_BYTES } = options;
	const others = new Set<string>();
	let source = options.file;
	let before: Restorable | undefined;
	let block: Buffer[] = [];
	let blockBytes = 0;
	for await (const lines of jsonLines(events, maxLineBytes)) {
		for (const line of lines) {
			const record = readRecord(line, name);
			source ??= record.source.file;
			if (record.source.file !== source) {
				if (options.file === undefined) throw severalSources(name, line.number, source, record.source.file);
				if (others.size < 10) others.add(record.source.file);
				continue;
			}
			const bytes = bytesOf(record.raw, record.raw_encoding);
			const problem = wrongLength(record, bytes, name, line.number) ?? wrongPlace(before, record, name, line.number);
			if (problem !== undefined && !isForced) throw problem;
			if (problem !== undefined) await onProblem(problem);
			before = record;
			const eol = eolOf(record);
			block.push(bytes, eol);
			blockBytes += bytes.length + eol.length;
		}
		if (blockBytes >= BLOCK_BYTES) {
			yield Buffer.concat(block);
			block = [];
			blockBytes = 0;
		}
	}
	if (blockBytes > 0) yield Buffer.concat(block);
	if (before === undefined && options.file !== undefined) throw unknownSource(name, options.file, [...others]);
}

/** The parts that restoring needs; this is where data enters, so they are looked at one by one. */
function readRecord(line: JsonLine, name: string): Restorable {
	if ("value" in line && isRecord(line.value)) return line.value;
	const missing = "value" in line ? missingIn(line.value) : undefined;
	if (missing !== undefined) throw nothingToRestore(missing.id, missing.keys, { file: name, line: line.number });
	throw new MailtrailError(
		"restore.not_an_event",
		1,
		"mismatch" in line
			? `expected ${line.mismatch.expected}`
			: "this is no event: raw, raw_encoding or source is missing or of the wrong type",
		"See all that is wrong with: mailtrail validate",
		{ file: name, line: line.number },
	);
}

function isRecord(value: unknown): value is Restorable {
	if (!isObject(value) || typeof value.id !== "string" || typeof value.raw !== "string" || !isObject(value.source)) return false;
	if (!ENCODINGS.includes(value.raw_encoding)) return false;
	const { file, offset, length, eol } = value.source;
	return typeof file === "string" && isCount(offset) && isCount(length) && (eol === undefined || eol === "" || eol === "\r\n");
}

const isObject = (value: unknown): value is { readonly [key: string]: unknown } => typeof value === "object" && value !== null;

const isCount = (value: unknown): boolean => Number.isSafeInteger(value) && Number(value) >= 0;

/** The keys that an event was written without, of those that restoring needs; undefined for what is no event. */
function missingIn(value: unknown): { readonly id: string; readonly keys: readonly string[] } | undefined {
	if (!isObject(value) || typeof value.id !== "string" || typeof value.schema_version !== "string") return undefined;
	const { id, raw, source } = value;
	const parts = isObject(source) ? PLACE.filter((part) => source[part] === undefined).map((part) => `source.${part}`) : [];
	const keys = [raw === undefined ? ["raw"] : [], source === undefined ? ["source"] : parts].flat();
	return keys.length === 0 ? undefined : { id, keys };
}

const eolOf = ({ source, raw_encoding }: Restorable): Buffer => bytesOf(source.eol ?? "\n", raw_encoding);

/** Offset behind the record and its line end. */
const endOf = (record: Restorable): number => record.source.offset + record.source.length + eolOf(record).length;

function wrongPlace(before: Restorable | undefined, record: Restorable, name: string, line: number): MailtrailError | undefined {
	const expected = before === undefined ? 0 : endOf(before);
	const { offset } = record.source;
	if (offset === expected) return undefined;
	const behind = before === undefined ? "the beginning of the file" : `record ${before.id}, which ends at ${expected},`;
	const what =
		offset > expected
			? `${offset - expected} bytes are missing between ${behind} and record ${record.id} at ${offset}`
			: `record ${record.id} at ${offset} lies before the end of ${behind}`.replace(/,$/, "");
	const mend =
		offset > expected
			? "Convert with --unparsed keep and keep every event, or write what is there with --force."
			: "Keep the events in the order and number in which convert wrote them, or write what is there with --force.";
	return new MailtrailError(offset > expected ? "restore.gap" : "restore.overlap", 1, what, mend, { file: name, line });
}

function wrongLength(record: Restorable, bytes: Buffer, name: string, line: number): MailtrailError | undefined {
	if (bytes.length === record.source.length) return undefined;
	// Each character was one byte, and what says so was left out.
	if (record.raw_encoding === undefined && Buffer.from(record.raw, "latin1").length === record.source.length)
		return nothingToRestore(record.id, ["raw_encoding"], { file: name, line });
	return new MailtrailError(
		"restore.changed",
		1,
		`record ${record.id} had ${record.source.length} bytes, but its raw text has ${bytes.length}: it was changed after it was converted`,
		"Use the events as convert wrote them, or write what is there with --force.",
		{ file: name, line },
	);
}

function severalSources(name: string, line: number, first: string, second: string): MailtrailError {
	return new MailtrailError(
		"restore.several_sources",
		2,
		`the events come from several files: ${first}, ${second}`,
		`Choose the one to restore with --file, for example: --file '${first}'`,
		{ file: name, line },
	);
}

function unknownSource(name: string, wanted: string, others: readonly string[]): MailtrailError {
	const mend = others.length === 0 ? "There are no events at all." : `Files in it: ${others.join(", ")}`;
	return new MailtrailError("restore.unknown_source", 2, `no event comes from ${wanted}`, mend, { file: name });
}
