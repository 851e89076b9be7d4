import { describe, expect, test } from "vitest";
import { Clocks } from "../../src/correlate/clocks.js";
import { DAY, HOUR, NOON, SECOND } from "./mails.js";

/** Pairs of stamps of two hosts, a minute apart; `late` is what the second host's stamp is behind the first's, in seconds. */
function clocksOf(late: (index: number) => number, count = 40, every = 60 * SECOND): Clocks {
	const clocks = new Clocks();
	for (const host of ["mx1", "mx2"]) clocks.addHost(host);
	for (let index = 0; index < count; index++) {
		const time = NOON + index * every;
		clocks.witness("mx1", "mx2", time, time + late(index) * SECOND, 1, true);
	}
	clocks.settle();
	return clocks;
}

describe("the offset of two clocks is estimated", () => {
	test("as the median of their differences", () => {
		const [offset] = clocksOf((index) => 37 + (index % 3) / 2).offsets(["mx1", "mx2"], NOON);
		expect(offset).toMatchObject({ from: "mx1", to: "mx2", seconds: 37.5, witnesses: 40 });
		expect(offset?.uncertainty_seconds).toBeLessThanOrEqual(1);
	});

	test("though a third of the pairs are wrong", () => {
		expect(clocksOf((index) => (index % 3 === 0 ? index * 977 : -125)).offsets(["mx1", "mx2"], NOON)).toMatchObject([{ seconds: -125 }]);
	});

	test("the other way round with the other sign", () => {
		expect(clocksOf(() => 37).offsets(["mx2", "mx1"], NOON)).toMatchObject([{ from: "mx2", to: "mx1", seconds: -37 }]);
	});

	test.each([
		["nine hours", 9 * 3600 - 125, 32400],
		["a half hour west", -3.5 * 3600 + 2, -12600],
	])("with a zone that is mistaken by %s", (_, seconds, zone_seconds) => {
		expect(clocksOf(() => seconds).offsets(["mx1", "mx2"], NOON)).toMatchObject([{ seconds, zone_seconds }]);
	});

	test("but twenty minutes are no zone", () => {
		expect(clocksOf(() => 1200).offsets(["mx1", "mx2"], NOON)[0]).not.toHaveProperty("zone_seconds");
	});

	test("with its drift", () => {
		const clocks = clocksOf((index) => 10 + index / 2, 48, HOUR);
		expect(clocks.offsets(["mx1", "mx2"], NOON)).toMatchObject([{ seconds: 10, drift_seconds_per_day: 12 }]);
		expect(clocks.corrected("mx2", NOON + DAY + 22 * SECOND) - clocks.corrected("mx1", NOON + DAY)).toBeLessThan(SECOND);
	});
});

test("few witnesses, and stamps of whole seconds, leave more doubt", () => {
	const doubt = (count: number, part: number): number | undefined =>
		clocksOf(() => 37 + part, count).offsets(["mx1", "mx2"], NOON)[0]?.uncertainty_seconds;
	expect([doubt(40, 0), doubt(40, 0.25), doubt(3, 0)]).toEqual([0.5, 0.5, 0.6]);
	const fine = new Clocks();
	for (const host of ["mx1", "mx2"]) fine.addHost(host);
	for (let index = 0; index < 100; index++) fine.witness("mx1", "mx2", NOON + index * 1001, NOON + index * 1001 + 250, 1, true);
	fine.settle();
	expect(fine.offsets(["mx1", "mx2"], NOON)).toMatchObject([{ seconds: 0.3, uncertainty_seconds: 0.1 }]);
});

test("two pairs that agree by chance are not believed", () => {
	expect(clocksOf((index) => [500, 501, -3000, 9000][index] ?? 0, 4).offsets(["mx1", "mx2"], NOON)).toEqual([]);
});

test("a clock that is two hosts away is corrected over both", () => {
	const clocks = clocksOf(() => 37);
	clocks.addHost("store1");
	for (let index = 0; index < 9; index++) clocks.witness("mx2", "store1", NOON + index, NOON + index - 162 * SECOND, 1, true);
	clocks.settle();
	expect(clocks.corrected("store1", NOON - 125 * SECOND)).toBe(clocks.corrected("mx1", NOON));
});

test("a given offset is used as it is", () => {
	const clocks = clocksOf(() => 5);
	clocks.addHost("mx1", 0);
	clocks.addHost("mx2", 3600);
	expect(clocks.corrected("mx2", NOON + HOUR)).toBe(NOON);
	expect(clocks.offsets(["mx1", "mx2"], NOON)).toEqual([
		{ from: "mx1", to: "mx2", seconds: 3600, uncertainty_seconds: 0, witnesses: 0, is_pinned: true },
	]);
});

test("what mails show instead of given offsets is told", () => {
	const clocks = clocksOf(() => 37);
	clocks.addHost("mx1", -1);
	clocks.addHost("mx2", 38);
	expect(clocks.contradicted).toEqual([]);
	const mistaken = clocksOf(() => 37);
	mistaken.addHost("mx1", 0);
	mistaken.addHost("mx2", -37);
	expect(mistaken.contradicted).toMatchObject([{ from: "mx1", to: "mx2", seconds: 37 }]);
});

test("a clock has one given offset", () => {
	const clocks = new Clocks();
	clocks.addHost("mx1", 2);
	clocks.addHost("mx1", 2);
	clocks.addHost("mx1");
	expect(() => clocks.addHost("mx1", 3)).toThrow("the clock of mx1 cannot be 2 s and 3 s ahead");
});
