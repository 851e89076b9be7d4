import { MailtrailError } from "../errors.js";
import type { WholeEvent } from "../format/event.js";
import { nothingToRestore } from "./lacking.js";
import { type JsonLine, jsonLines, MAX_JSON_LINE_BYTES } from "./ndjson.js";
import { bytesOf } from "./raw-bytes.js";

export interface RestoreOptions {
	/** Restore this source file (as `source.file` names it) and pass over the others. */
	readonly file?: string;
	/** Go on over gaps, overlaps and lines that are no events; each is told to `onProblem` instead of ending the work. */
	readonly isForced?: boolean;
	readonly onProblem?: (problem: MailtrailError) => void | Promise<void>;
	readonly maxLineBytes?: number;
	/** Told which source the bytes that follow come from. */
	readonly onSource?: (file: string) => void;
}

/** What restoring needs of an event. */
type Restorable = Pick<WholeEvent, "id" | "raw" | "raw_encoding" | "source">;

/** Parts of `source` that restoring needs. */
const PLACE = ["file", "offset", "length"] as const;
const ENCODINGS: readonly unknown[] = [undefined, "latin1", "utf-16le", "utf-16be"];

/** Bytes are given on when this many are together: a write per record would be slow. */
const BLOCK_BYTES = 256 * 1024;

/**
 * The bytes that were converted: each record's `raw` and line end, in order, those of several sources one after another.
 * `name` is what errors call the events. Throws where bytes are missing, doubled or changed, behind all that is whole, unless forced.
 */
export async function* restore(name: string, events: AsyncIterable<Uint8Array>, options: RestoreOptions = {}): AsyncGenerator<Buffer> {
	const { isForced = false, onProblem = () => undefined, maxLineBytes = MAX_JSON_LINE_BYTES } = options;
	const state = new Restoring(name, options);
	for await (const lines of jsonLines(events, maxLineBytes)) {
		for (const line of lines) {
			const problem = state.add(line, isForced);
			if (problem !== undefined && !isForced) {
				yield* state.take();
				throw problem;
			}
			if (problem !== undefined) await onProblem(problem);
			if (state.isChanging) {
				yield* state.take();
				state.change();
			}
		}
		if (state.bytes >= BLOCK_BYTES) yield* state.take();
	}
	yield* state.take();
	if (!state.hasAny && options.file !== undefined) throw unknownSource(name, options.file, [...state.others]);
}

/** What was restored so far. */
class Restoring {
	/** Sources that are passed over. */
	readonly others = new Set<string>();
	readonly #done = new Set<string>();
	#before: Restorable | undefined;
	#block: Buffer[] = [];
	/** Bytes that wait to be taken. */
	bytes = 0;
	#next: Restorable | undefined;

	constructor(
		readonly name: string,
		readonly options: RestoreOptions,
	) {}

	get hasAny(): boolean {
		return this.#before !== undefined;
	}

	/** A record of another source came: what was restored of the one before has to be taken. */
	get isChanging(): boolean {
		return this.#next !== undefined;
	}

	/** Begins with the record that came. */
	change(): void {
		const record = this.#next;
		this.#next = undefined;
		if (record === undefined) return;
		if (this.#before !== undefined) this.#done.add(this.#before.source.file);
		this.options.onSource?.(record.source.file);
		this.#put(record);
	}

	/** Adds the record of a line; gives what is wrong with it. What is no event is passed over, what is changed is added if forced. */
	add(line: JsonLine, isForced: boolean): MailtrailError | undefined {
		const record = readRecord(line, this.name);
		if (record instanceof MailtrailError) return record;
		const { file } = record.source;
		if (this.options.file !== undefined && file !== this.options.file) {
			if (this.others.size < 10) this.others.add(file);
			return undefined;
		}
		const isOther = this.#before?.source.file !== file;
		if (isOther && this.#done.has(file)) return mixedSources(this.name, line.number, this.#before?.source.file ?? "", file);
		const bytes = bytesOf(record.raw, record.raw_encoding);
		const problem =
			wrongLength(record, bytes, this.name, line.number) ?? wrongPlace(isOther ? undefined : this.#before, record, this.name, line.number);
		if (problem !== undefined && !isForced) return problem;
		if (isOther) this.#next = record;
		else this.#put(record);
		return problem;
	}

	#put(record: Restorable): void {
		this.#before = record;
		for (const bytes of [bytesOf(record.raw, record.raw_encoding), eolOf(record)]) {
			this.#block.push(bytes);
			this.bytes += bytes.length;
		}
	}

	/** Gives what waits. */
	*take(): Generator<Buffer> {
		if (this.bytes > 0) yield Buffer.concat(this.#block);
		this.#block = [];
		this.bytes = 0;
	}
}

/** The parts that restoring needs; this is where data enters, so they are looked at one by one. */
function readRecord(line: JsonLine, name: string): Restorable | MailtrailError {
	if ("value" in line && isRecord(line.value)) return line.value;
	const missing = "value" in line ? missingIn(line.value) : undefined;
	if (missing !== undefined) return nothingToRestore(missing.id, missing.keys, { file: name, line: line.number });
	return new MailtrailError(
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

function mixedSources(name: string, line: number, before: string, file: string): MailtrailError {
	return new MailtrailError(
		"restore.mixed_sources",
		1,
		`a record of ${file} comes behind those of ${before}, but ${file} was over before`,
		`Restore one at a time, for example: --file '${file}'`,
		{ file: name, line },
	);
}

function unknownSource(name: string, wanted: string, others: readonly string[]): MailtrailError {
	const mend = others.length === 0 ? "There are no events at all." : `Files in it: ${others.join(", ")}`;
	return new MailtrailError("restore.unknown_source", 2, `no event comes from ${wanted}`, mend, { file: name });
}
