/** What must hold of any log whatever: one record in, one valid event out, the log comes back, and nothing crashes. */
import { convert, emptySummary, eventMismatches, type Input, isEvent, restore, type Settings, type WholeEvent } from "../../src/index.js";

/** The law that is broken; undefined: all hold. */
export async function brokenLaw(bytes: Buffer, settings: Settings, chunk: number): Promise<string | undefined> {
	const parts: Buffer[] = [];
	const summary = emptySummary();
	try {
		for await (const block of convert(inputOf(bytes, chunk), settings, summary)) parts.push(Buffer.from(block));
	} catch (error) {
		return `convert throws: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
	}
	if (summary.failures !== undefined) return `a record fails: ${JSON.stringify(summary.failures)}`;
	const ndjson = Buffer.concat(parts);
	return brokenEvent(ndjson, summary.records) ?? (await brokenBytes(ndjson, bytes));
}

function brokenEvent(ndjson: Buffer, records: number): string | undefined {
	const lines = ndjson.toString().split("\n").slice(0, -1);
	if (lines.length !== records) return `${records} records, but ${lines.length} events`;
	let offset = 0;
	for (const line of lines) {
		const event = JSON.parse(line) as WholeEvent;
		if (!isEvent(event)) return `an event is invalid: ${JSON.stringify(eventMismatches(event))} in ${line}`;
		const { source, raw_encoding } = event;
		if (source.offset !== offset) return `a record should begin at ${offset}: ${line}`;
		offset += source.length + (source.eol ?? "\n").length * (raw_encoding?.startsWith("utf-16") === true ? 2 : 1);
	}
	return undefined;
}

async function brokenBytes(ndjson: Buffer, bytes: Buffer): Promise<string | undefined> {
	const parts: Buffer[] = [];
	try {
		for await (const block of restore("events", once(ndjson))) parts.push(block);
	} catch (error) {
		return `restore throws: ${error instanceof Error ? error.message : String(error)}`;
	}
	return Buffer.concat(parts).equals(bytes) ? undefined : "the events do not give back the log";
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
	if (bytes.length > 0) yield bytes;
}

function inputOf(bytes: Buffer, chunk: number): Input {
	return {
		name: "fuzz.log",
		modified: undefined,
		async *chunks() {
			for (let at = 0; at < bytes.length; at += chunk) yield bytes.subarray(at, at + chunk);
		},
	};
}
