/** Inputs that may be logs, or events that were written before. */
import { beforeAll, describe, expect, test } from "vitest";
import { type Event, emptySummary, type Input, readEvents } from "../../src/index.js";
import { ndjson, sampleEvent } from "../cli/sample-events.js";
import { type Formats, loadTestFormats } from "../corpus/formats.js";

let known: Formats;
beforeAll(async () => {
	known = await loadTestFormats();
});

const LOG = "Nov 21 02:08:27 mx1 smtpf[27461]: 2AK28R274610000200 #599 ready\n".repeat(3);

const input = (...chunks: readonly string[]): Input => ({
	name: "in",
	modified: undefined,
	async *chunks() {
		for (const chunk of chunks) yield Buffer.from(chunk);
	},
});

async function read(...chunks: readonly string[]): Promise<Event[]> {
	const found: Event[] = [];
	for await (const event of readEvents(input(...chunks), known)) found.push(event);
	return found;
}

const events: readonly Event[] = [
	sampleEvent(),
	sampleEvent({ source: { file: "b.log", line: 1, offset: 7, length: 43 }, record: "unparsed" }),
];

test("a log is read, wherever its chunks end", async () => {
	const whole = await read(LOG);
	expect(whole.map(({ id, format }) => `${id} ${format}`)).toEqual(["in:0 smtpf", "in:64 smtpf", "in:128 smtpf"]);
	expect(await read(...LOG)).toEqual(whole);
});

test("a file that is longer than a block is read whole, once for its years and once for its events", async () => {
	const lines = Array.from({ length: 20_000 }, (_, i) => LOG.slice(0, 64).replace("08:27", `0${i % 10}:27`));
	const file = (text: string): Input => ({ ...input(...(text.match(/[^]{1,100000}/g) ?? [])), modified: new Date("2026-12-01T00:00:00Z") });
	const found: Event[] = [];
	for await (const event of readEvents(file(lines.join("")), known)) found.push(event);
	expect(found.length).toBe(20_000);
	expect(new Set(found.map(({ record, time }) => `${record} ${time?.slice(0, 4)}`))).toEqual(new Set(["event 2026"]));
	const again: Event[] = [];
	for await (const event of readEvents(file(ndjson(found)), known)) again.push(event);
	expect(again).toEqual(found);
});

test("events stay as they are, with their own ids", async () => {
	expect(await read(ndjson(events))).toEqual(events);
	expect(await read(...ndjson(events))).toEqual(events);
});

test("events whose keys another program sorted are events too", async () => {
	const [{ raw, ...rest } = sampleEvent()] = events;
	expect(await read(ndjson([{ raw, ...rest }]))).toEqual([events[0]]);
});

test("a first event that is longer than a look into it", async () => {
	const long = sampleEvent({ raw: "x".repeat(200_000) });
	expect(await read(ndjson([long, ...events]))).toEqual([long, ...events]);
});

test("entries in JSON that are no events are a log", async () => {
	expect((await read('{"severity":"info"}\n')).map(({ record }) => record)).toEqual(["unparsed"]);
});

test("nothing gives nothing", async () => {
	expect(await read()).toEqual([]);
	expect(await read("")).toEqual([]);
});

test("both are counted", async () => {
	const summary = emptySummary();
	for await (const _ of readEvents(input(ndjson([sampleEvent({ format: "smtpf" }), ...events])), known, summary));
	expect([summary.records, summary.unparsed, [...summary.byFormat]]).toEqual([3, 1, [["smtpf", 1]]]);
});

describe("a line among events that is none", () => {
	test.each([
		[
			"no JSON",
			"oops\n",
			'in:2: expected one whole JSON object on the line, found "oops"\n  See all that is wrong with: mailtrail validate',
		],
		[
			"another object",
			'{"record":"event"}\n',
			"in:2: /schema_version: expected this key to be present in: One log record. Keys that are unknown are absent; an empty string means that the log " +
				'says "present but empty"., found nothing\n  See all that is wrong with: mailtrail validate',
		],
	])("%s", async (_, line, message) => {
		await expect(read(ndjson(events.slice(0, 1)) + line)).rejects.toMatchObject({ code: "events.invalid", exit: 1, message });
	});
});
