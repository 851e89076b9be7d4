/** Events of an input, whether it is a log, or events that `convert` wrote. */
import { MailtrailError } from "../errors.js";
import type { Event } from "../format/event.js";
import { type EventBatch, viewOf } from "../format/event-view.js";
import { emptySummary, events, excerpts, type Settings, type Summary } from "./convert.js";
import type { Mismatch } from "./expectation.js";
import { type Input, lookAt } from "./input.js";
import { jsonLines, MAX_JSON_LINE_BYTES } from "./ndjson.js";
import { eventMismatches, isEvent } from "./validate.js";

/** Bytes that tell what an input is. */
const PEEK = 64 * 1024;
const BRACE = 0x7b;

/**
 * The events of a log, or of a file of events: its first line tells which.
 * @throws MailtrailError for settings that cannot be obeyed, for inputs as `Input` does, and `events.invalid` for a line that is no event
 */
export async function* readEvents(input: Input, settings: Settings, summary: Summary = emptySummary()): AsyncGenerator<Event> {
	const logEvents = (log: Input): AsyncIterable<Event> => events(log, settings, summary);
	for await (const found of either(input, logEvents, (all) => writtenEvents(all, summary)))
		if ("id" in found) yield found;
		else yield* found;
}

/** The same as views, as many at a time as are there; of a log no event is made as an object. */
export async function* readBatches(input: Input, settings: Settings, summary: Summary = emptySummary()): AsyncGenerator<EventBatch> {
	const logBatches = (log: Input): AsyncIterable<EventBatch> => excerpts(log, settings, summary);
	async function* writtenBatches(all: Input): AsyncGenerator<EventBatch> {
		for await (const found of writtenEvents(all, summary)) yield found.map(viewOf);
	}
	yield* either(input, logBatches, writtenBatches);
}

/** Reads the input as what it is. */
async function* either<T, U>(
	input: Input,
	log: (input: Input) => AsyncIterable<T>,
	written: (input: Input) => AsyncIterable<U>,
): AsyncGenerator<T | U> {
	// A survey reads a file on its own before it is converted, so only an input that is read once goes on behind what was looked at.
	const isReadOnce = input.modified === undefined;
	const chunks = (isReadOnce ? input.chunks() : lookAt(input))[Symbol.asyncIterator]();
	try {
		const first = await beginning(chunks);
		const all = isReadOnce ? { ...input, chunks: () => continued(first, chunks) } : input;
		yield* isEventLine(first.bytes) ? written(all) : log(all);
	} finally {
		await chunks.return?.();
	}
}

/** Those of a chunk at a time; what is wrong with a line is thrown behind the events before it. */
async function* writtenEvents(input: Input, summary: Summary): AsyncGenerator<readonly Event[]> {
	for await (const lines of jsonLines(input.chunks(), MAX_JSON_LINE_BYTES)) {
		const found: Event[] = [];
		for (const line of lines) {
			if ("mismatch" in line || !isEvent(line.value)) {
				yield found;
				throw notAnEvent(input.name, line.number, "mismatch" in line ? line.mismatch : eventMismatches(line.value)[0]);
			}
			const { format, record } = line.value;
			summary.records++;
			if (record === "unparsed") summary.unparsed++;
			else if (format !== undefined) summary.byFormat.set(format, (summary.byFormat.get(format) ?? 0) + 1);
			found.push(line.value);
		}
		yield found;
	}
}

function notAnEvent(file: string, line: number, mismatch: Mismatch | undefined): MailtrailError {
	const { pointer = "", expected = "an event", found = "nothing" } = mismatch ?? {};
	return new MailtrailError(
		"events.invalid",
		1,
		`${pointer === "" ? "" : `${pointer}: `}expected ${expected}, found ${found}`,
		"See all that is wrong with: mailtrail validate",
		{ file, line },
	);
}

/** Entries of a log may be JSON too, but have no version of this schema. A line that is longer tells it near its beginning. */
function isEventLine(bytes: Buffer): boolean {
	if (bytes[0] !== BRACE) return false;
	const end = bytes.indexOf("\n");
	if (end < 0) return bytes.includes('"schema_version":"');
	try {
		const value: unknown = JSON.parse(bytes.toString("utf8", 0, end));
		return typeof value === "object" && value !== null && "schema_version" in value;
	} catch {
		return false;
	}
}

interface Beginning {
	readonly bytes: Buffer;
	/** What was thrown after these bytes. */
	readonly failure?: { readonly error: unknown };
}

/** Enough of the input to tell what it is; its memory is our own. */
async function beginning(chunks: AsyncIterator<Buffer>): Promise<Beginning> {
	const parts: Buffer[] = [];
	let length = 0;
	try {
		while (length < PEEK) {
			const { value, done } = await chunks.next();
			if (done === true) break;
			// A chunk is good until the next one is asked for only.
			parts.push(Buffer.from(value));
			length += value.length;
		}
	} catch (error) {
		return { bytes: Buffer.concat(parts), failure: { error } };
	}
	return { bytes: Buffer.concat(parts) };
}

async function* continued({ bytes, failure }: Beginning, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer> {
	if (bytes.length > 0) yield bytes;
	if (failure !== undefined) throw failure.error;
	for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
}
