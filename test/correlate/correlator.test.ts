/** A correlator that is saved and loaded goes on as one that never stopped. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { viewOf } from "../../src/format/event-view.js";
import {
	Correlator,
	type CorrelatorState,
	events,
	loadFormats,
	loadFraming,
	openInput,
	type Stamped,
	type Trail,
} from "../../src/index.js";

const RUNS = 4 * Number(process.env.FUZZ_RUNS ?? 1);
const LOGS = {
	"chain-a": ["smtpf/captures/chain-a.log", "milter-manager/captures/chain-a.mail.log", "sun-mta/captures/stand-in-chain-a.log"],
	"chain-b": ["smtpf/captures/chain-b.log", "milter-manager/captures/chain-b.mail.log", "sun-mta/captures/stand-in-chain-b.log"],
	"one host": ["postfix/captures/instances-filters-verify.log"],
	greylisting: ["smtpf/captures/grey.log", "smtpf/captures/delayed-checks.log"],
} as const;
type Name = keyof typeof LOGS;

const [formats, framing] = [await loadFormats(), await loadFraming()];

/** The events of some logs by time. */
async function stampedOf(logs: readonly string[]): Promise<Stamped[]> {
	const found: Stamped[] = [];
	for (const log of logs)
		for await (const event of events(await openInput(`corpus/${log}`), { formats, framing, year: 2026, inputId: log })) {
			const time = Date.parse(event.time ?? "");
			if (event.format === undefined || Number.isNaN(time)) continue;
			found.push({ event: viewOf(event), host: event.host ?? log, isNamed: event.host !== undefined, time, isSorted: false });
		}
	return found.sort((a, b) => a.time - b.time);
}

/** JSON and back, as a file has it. */
const written = (state: CorrelatorState): CorrelatorState => JSON.parse(JSON.stringify(state)) as CorrelatorState;

interface Run {
	readonly trails: string[];
	/** How often it was saved and loaded. */
	readonly stops: number;
}

/** The trails as JSON, in their order, of a correlator that stops after some of the events. */
async function follow(stamped: readonly Stamped[], isStop: (at: number) => boolean): Promise<Run> {
	const trails: string[] = [];
	const tell = (found: Iterable<Trail>): void => {
		for (const trail of found) trails.push(JSON.stringify(trail));
	};
	let correlator = await Correlator.begin({ formats });
	correlator.look(stamped);
	let stops = 0;
	for (const [at, one] of stamped.entries()) {
		if (isStop(at)) {
			stops++;
			correlator = await Correlator.begin({ formats }, written(correlator.snapshot()));
		}
		tell(correlator.add(one));
	}
	correlator = await Correlator.begin({ formats }, written(correlator.snapshot()));
	tell(correlator.end());
	return { trails, stops };
}

const all = new Map<Name, readonly Stamped[]>();
const whole = new Map<Name, readonly string[]>();
beforeAll(async () => {
	for (const [name, logs] of Object.entries(LOGS) as [Name, readonly string[]][]) {
		const stamped = await stampedOf(logs);
		all.set(name, stamped);
		whole.set(name, (await follow(stamped, () => false)).trails);
	}
});

test("the same trails wherever it stops, and however often", async () => {
	const names = Object.keys(LOGS) as Name[];
	await fc.assert(
		fc.asyncProperty(fc.constantFrom(...names), fc.uniqueArray(fc.nat(9999), { minLength: 1, maxLength: 6 }), async (name, places) => {
			const stamped = all.get(name) ?? [];
			const stops = new Set(places.map((place) => Math.floor((place / 10_000) * stamped.length)));
			const { trails } = await follow(stamped, (at) => stops.has(at));
			expect(trails).toEqual(whole.get(name));
		}),
		{ numRuns: RUNS },
	);
});

test("the same trails when it stops again and again", async () => {
	const { trails, stops } = await follow(all.get("greylisting") ?? [], () => true);
	expect(stops).toBeGreaterThan(20);
	expect(trails).toEqual(whole.get("greylisting"));
});

describe("a state is refused", async () => {
	const some = formats.filter(({ id }) => id === "postfix" || id === "smtpf");
	const settings = { formats: some, inputs: ["mx1.log", "mx2.log"] };
	const state = (await Correlator.begin(settings)).snapshot();
	const mend = "\n  Begin anew without the state, or go on as before it was saved.";

	test.each([
		[
			"of another version",
			settings,
			{ ...state, version: 0 },
			"the saved state is of version 0 of correlator; this is version 1 of correlator",
		],
		[
			"of other formats",
			{ ...settings, formats: some.filter(({ id }) => id !== "smtpf") },
			state,
			"the saved state is of the formats postfix, smtpf; these are postfix, or what they tell has changed",
		],
		["of other inputs", { ...settings, inputs: ["mx1.log"] }, state, "the saved state is of mx1.log, mx2.log; the inputs are mx1.log"],
		["that waits for another time", { ...settings, expiryDays: 3 }, state, "the saved state waits 5 days for what is missing; now it is 3"],
	])("%s", async (_, given, saved, reason) => {
		await expect(Correlator.begin(given, saved)).rejects.toThrow(`${reason}${mend}`);
	});

	test("unless the inputs have another order only", async () => {
		const again = await Correlator.begin({ ...settings, inputs: ["mx2.log", "mx1.log"] }, state);
		expect(again.snapshot()).toEqual(state);
	});
});
