/** Logs are followed through views of what was captured; how many of them come at a time changes nothing. */
import { expect, test } from "vitest";
import { eventsIn, type ReadView } from "../../src/format/event-view.js";
import {
	correlate,
	type Event,
	type EventBatch,
	type EventSource,
	emptyCorrelateSummary,
	events,
	loadFormats,
	loadFraming,
	openInput,
	readBatches,
	type Trail,
	viewOf,
} from "../../src/index.js";
import { sampleEvent } from "./sample-trails.js";

const [formats, framing] = [await loadFormats(), await loadFraming()];
const LOGS = ["smtpf/captures/chain-b.log", "milter-manager/captures/chain-b.mail.log", "sun-mta/captures/stand-in-chain-b.log"];
const settingsOf = (log: string) => ({ formats, framing, year: 2026, inputId: log });

async function outcomeOf(sources: readonly EventSource[]): Promise<string> {
	const summary = emptyCorrelateSummary();
	const trails: Trail[] = [];
	for await (const trail of correlate(sources, { formats }, summary)) trails.push(trail);
	expect(trails.length).toBeGreaterThan(0);
	return JSON.stringify({ trails, summary });
}

/** The views of a log, so many at a time; also none at all. */
async function* cut(log: string, size: number): AsyncGenerator<EventBatch> {
	let waiting: ReadView[] = [];
	for await (const batch of readBatches(await openInput(`corpus/${log}`), settingsOf(log)))
		for (const view of eventsIn(batch)) {
			waiting.push(view);
			if (waiting.length < size) continue;
			yield waiting;
			yield [];
			waiting = [];
		}
	yield waiting;
}

test("the same trails as of events that were parsed, whatever the size of batches", async () => {
	const parsed = LOGS.map(
		(log): EventSource => ({
			name: log,
			async *events() {
				yield* events(await openInput(`corpus/${log}`), settingsOf(log));
			},
		}),
	);
	const expected = await outcomeOf(parsed);
	for (const size of [1, 7, 100_000])
		expect(await outcomeOf(LOGS.map((log) => ({ name: log, batches: () => cut(log, size) })))).toBe(expected);
});

/** A stamp far ahead is judged by the event behind it, which may come later. */
test("a wrong stamp at the end of a batch is judged by the first event of the next one", async () => {
	const at = (minute: string): Event => sampleEvent("mx.log", Number(minute), "postfix", { host: "mx1", time: `2026-11-21T${minute}:00Z` });
	const all = [
		{ ...at("10"), time: "2026-11-21T10:00:00Z" },
		{ ...at("11"), time: "2027-11-21T10:00:01Z" },
		{ ...at("12"), time: "2026-11-21T10:00:02Z" },
	];
	for (const size of [1, 2, 3]) {
		const summary = emptyCorrelateSummary();
		async function* batches(): AsyncGenerator<EventBatch> {
			for (let from = 0; from < all.length; from += size) yield all.slice(from, from + size).map(viewOf);
		}
		for await (const _ of correlate([{ name: "mx.log", batches }], { formats }, summary));
		// Its year would be told as a clock that was set back.
		expect([summary.events, summary.backward]).toEqual([3, []]);
	}
});
