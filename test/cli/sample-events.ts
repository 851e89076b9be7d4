import type { Event } from "../../src/index.js";

/** An event with all that the schema asks for, and what a test changes. */
export function sampleEvent(changes: Partial<Event> = {}): Event {
	const raw = changes.raw ?? "Jan  9 10:00:00 mx1 filter[1234]: accepted";
	const source = { file: "mail.log", line: 1, offset: 0, length: Buffer.byteLength(raw), ...changes.source };
	return { schema_version: "1.1.0", id: `${source.file}:${source.offset}`, record: "event", raw, ...changes, source };
}

/** Events of one file with these bytes, as `convert` would give them. */
export function eventsOf(file: string, bytes: Uint8Array): Event[] {
	const text = Buffer.from(bytes).toString("latin1");
	const events: Event[] = [];
	for (const match of text.matchAll(/([^\n]*?)(\r?\n|$)/g)) {
		const [all, content = "", eol] = match;
		if (all === "") break;
		const isUtf8 = Buffer.from(content, "latin1").equals(Buffer.from(Buffer.from(content, "latin1").toString()));
		const source = { file, line: events.length + 1, offset: match.index, length: content.length };
		events.push(
			sampleEvent({
				raw: isUtf8 ? Buffer.from(content, "latin1").toString() : content,
				...(isUtf8 ? {} : { raw_encoding: "latin1" }),
				source: eol === "\r\n" || eol === "" ? { ...source, eol } : source,
			}),
		);
	}
	return events;
}

/** Values as NDJSON. */
export const ndjson = (values: readonly unknown[]): string => values.map((value) => `${JSON.stringify(value)}\n`).join("");
