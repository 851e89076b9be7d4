/** One input through everything that convert does, and what must hold for any input at all. */
import { expect } from "vitest";
import {
	convert,
	emptySummary,
	eventMismatches,
	events,
	type Input,
	isEvent,
	restore,
	type Settings,
	type Summary,
	type WholeEvent,
} from "../../src/index.js";

export interface Conversion {
	readonly events: readonly WholeEvent[];
	readonly summary: Summary;
}

/** An input of these bytes, in chunks of these sizes (the last one repeated), each good until the next is asked for, as with files. */
export function inputOf(bytes: Buffer | string, sizes: readonly number[] = [65_536], name = "case.log", modified?: Date): Input {
	const whole = Buffer.from(bytes);
	return {
		name,
		modified,
		async *chunks() {
			let reused = Buffer.alloc(0);
			for (let at = 0, i = 0; at < whole.length; i++) {
				const size = sizes[Math.min(i, sizes.length - 1)] ?? 1;
				const chunk = whole.subarray(at, at + size);
				if (reused.length < chunk.length) reused = Buffer.alloc(chunk.length);
				chunk.copy(reused);
				yield reused.subarray(0, chunk.length);
				// Whoever still reads the chunk now reads rubbish.
				reused.fill(0x23);
				at += size;
			}
		},
	};
}

async function collected(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
	const all: Buffer[] = [];
	for await (const chunk of chunks) all.push(chunk);
	return Buffer.concat(all);
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
	if (bytes.length > 0) yield bytes;
}

/**
 * Converts as bytes and as objects, and checks that both are the same, that each event is valid, that the events
 * give back the input byte for byte, and that each physical line is in exactly one of them.
 */
export async function converted(
	bytes: Buffer | string,
	settings: Settings,
	options: { sizes?: readonly number[]; modified?: Date } = {},
): Promise<Conversion> {
	const whole = Buffer.from(bytes);
	const input = inputOf(whole, options.sizes, settings.inputId, options.modified);
	const summary = emptySummary();
	const ndjson = await collected(convert(input, settings, summary));
	const objects: WholeEvent[] = [];
	for await (const event of events(input, settings)) objects.push(event);
	const lines = ndjson.toString().split("\n").slice(0, -1);
	const parsed = lines.map((line): unknown => JSON.parse(line));
	// Compared as texts: keys stand in the same order too. The second comparison shows the difference.
	if (JSON.stringify(parsed) !== JSON.stringify(objects)) expect(parsed).toStrictEqual(objects);
	expect(objects).toHaveLength(summary.records);
	for (const event of parsed) if (!isEvent(event)) expect({ event, mismatches: eventMismatches(event) }).toEqual({ event, mismatches: [] });
	const restored = await collected(restore("events", once(ndjson)));
	expect(restored.equals(whole), "the events give back the input").toBe(true);
	checkPlaces(objects, whole);
	// Nothing that a terminal would obey gets out.
	expect(/[^\n -~\u00a0-\ud7ff\ue000-\u{10ffff}]|[\u2028\u2029]/u.exec(ndjson.toString())?.[0]).toBeUndefined();
	return { events: objects, summary };
}

/** Lines in = records out: records follow each other without a gap, and their lines are those of the input. */
function checkPlaces(found: readonly WholeEvent[], whole: Buffer): void {
	let offset = 0;
	let line = 1;
	for (const { source, raw, raw_encoding } of found) {
		expect([source.offset, source.line]).toEqual([offset, line]);
		const width = raw_encoding?.startsWith("utf-16") === true ? 2 : 1;
		offset += source.length + width * (source.eol ?? "\n").length;
		if (source.eol !== "") line += source.lines ?? 1;
		if (source.lines === undefined) expect(raw.includes("\n")).toBe(false);
	}
	expect(offset).toBe(whole.length);
}
