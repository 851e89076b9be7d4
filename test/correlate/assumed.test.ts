/** Trails tell what was assumed of the times in their logs. */
import { expect, test } from "vitest";
import { Assumed } from "../../src/correlate/assumed.js";
import { type TimeBasis, type Trail, viewOf } from "../../src/index.js";
import { sampleEvent, sampleHop, sampleTrail } from "./sample-trails.js";

const trailOf = (...ids: readonly string[]): Trail =>
	sampleTrail({ hops: ids.map((id) => sampleHop({ format: "mx", host: "mx1", events: [id] })) });

const after = (events: readonly (readonly [log: string, basis?: TimeBasis])[]): Assumed => {
	const assumed = new Assumed();
	for (const [i, [log, time_basis]] of events.entries())
		assumed.see(viewOf(sampleEvent(log, i, "mx", time_basis === undefined ? {} : { time_basis })));
	return assumed;
};

test("of each log of the trail the least certain way is told", () => {
	const assumed = after([
		["a.log", { year: "line", zone: "line" }],
		["a.log", { year: "rollover", zone: "option" }],
		["b.log", { year: "rollover", zone: "assumed" }],
		["b.log", { year: "session_id", zone: "line" }],
		["c.log", { year: "session_id", zone: "line" }],
		["c.log", { year: "option", zone: "line" }],
		["c.log", { year: "file", zone: "line" }],
		["other.log", { year: "file", zone: "assumed" }],
	]);
	expect(assumed.of(trailOf("b.log:4", "a.log:1", "c.log:9", "a.log:77"))).toEqual([
		{ source: "b.log", year: "session_id", zone: "assumed" },
		{ source: "a.log", year: "rollover", zone: "option" },
		{ source: "c.log", year: "file", zone: "line" },
	]);
});

test("logs whose lines tell all, and events that tell nothing of it, are left out", () => {
	const assumed = after([["told.log", { year: "line", zone: "line" }], ["silent.log"], ["part.log", { zone: "assumed" }]]);
	expect(assumed.of(trailOf("told.log:0", "silent.log:0", "part.log:0", "no id of ours"))).toEqual([
		{ source: "part.log", zone: "assumed" },
	]);
});
