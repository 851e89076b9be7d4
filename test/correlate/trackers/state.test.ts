/** A tracker that is saved and loaded goes on as one that never stopped. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { viewOf } from "../../../src/format/event-view.js";
import type { TrackerState } from "../../../src/format/tracker-state.js";
import type { Emit, Hop, Tracker } from "../../../src/format/trail.js";
import { followedLogs, type Log } from "./logs.js";

const RUNS = 40 * Number(process.env.FUZZ_RUNS ?? 1);

const logs = await followedLogs();
const ids = [...new Set(logs.map(({ format }) => format.id))];

const followed = ({ trail }: Log, emit: Emit, state?: TrackerState): Tracker => trail(emit, state);

const nothing: Emit = () => undefined;

/** JSON and back, as a file has it. */
const written = <Value>(value: Value): Value => JSON.parse(JSON.stringify(value)) as Value;

interface Run {
	/** The event at this place is lost. */
	readonly isLost: (at: number) => boolean;
	/** After this event, mails are given up of which nothing was heard for two minutes. */
	readonly isExpiry: (at: number) => boolean;
}

/** The hops of a log as JSON, in their order; the tracker is saved and loaded after some of the events. */
function hopsOf(log: Log, { isLost, isExpiry }: Run, isStop: (at: number) => boolean): string[] {
	const hops: string[] = [];
	// As it was when it was emitted: nothing may change it later.
	const emit = (hop: Hop): void => void hops.push(JSON.stringify(hop));
	let tracker = followed(log, emit);
	for (const [at, { event, time }] of log.events.entries()) {
		if (!isLost(at)) tracker.add(viewOf(event), time);
		if (isExpiry(at)) tracker.expire(time - 120_000);
		if (isStop(at)) tracker = followed(log, emit, written(tracker.save()));
	}
	tracker.end();
	return hops;
}

const whole: Run = { isLost: () => false, isExpiry: () => false };

test("these formats follow mails", () => {
	expect(ids.sort()).toEqual(["exim", "milter-manager", "postfix", "sendmail", "smtpf", "sun-mta"]);
});

describe.each(ids)("%s", (id) => {
	const own = logs.filter(({ format }) => format.id === id);

	test("gives the same hops when it stops after every event", () => {
		for (const log of own.filter(({ events }) => events.length < 300))
			expect([log.name, hopsOf(log, whole, () => true)]).toEqual([log.name, hopsOf(log, whole, () => false)]);
	});

	test("gives the same hops wherever it stops, whatever the log lost", () => {
		const places = fc.uniqueArray(fc.nat(9999), { maxLength: 8 });
		fc.assert(
			// By number: a counterexample is shown, and a log is long.
			fc.property(fc.constantFrom(...own.keys()), places, places, fc.nat(4), fc.nat(), (number, stops, expiries, lost, seed) => {
				const log = own[number];
				if (log === undefined) return;
				const at = (chosen: readonly number[]) => {
					const found = new Set(chosen.map((one) => Math.floor((one / 10_000) * log.events.length)));
					return (place: number): boolean => found.has(place);
				};
				const run = { isLost: (place: number) => (place * 7919 + seed) % 17 < lost, isExpiry: at(expiries) };
				expect(hopsOf(log, run, at(stops))).toEqual(hopsOf(log, run, () => false));
			}),
			{ seed: 20261121, numRuns: RUNS },
		);
	});

	test("saves plain data, and what it does later changes nothing of it", () => {
		for (const log of own.slice(0, 5)) {
			const half = Math.floor(log.events.length / 2);
			const tracker = followed(log, nothing);
			const add = (part: Log["events"]): void => {
				for (const { event, time } of part) tracker.add(viewOf(event), time);
			};
			add(log.events.slice(0, half));
			const state = tracker.save();
			const saved = written(state);
			expect(saved).toEqual(state);
			add(log.events.slice(half));
			expect(state).toEqual(saved);
		}
	});

	test("refuses the state of another version, and of another format", () => {
		const [log] = own;
		if (log === undefined) throw new Error("no log");
		const state = followed(log, nothing).save();
		expect(state.format).toBe(id);
		expect(() => followed(log, nothing, { ...state, version: "0.9" })).toThrow(
			`the saved state is of ${id}, version 0.9; this is ${id}, version ${state.version}\n  Begin anew without it, or go on with the version of mailtrail that saved it.`,
		);
		expect(() => followed(log, nothing, { ...state, format: "other" })).toThrow(`the saved state is of other, version ${state.version}`);
	});
});
