/**
 * The two recorded chains against the truth. The figures are floors: what was reached must not get worse. chain-a logs all
 * that helps; chain-b logs little, with clocks that differ, and its store in another zone, which nobody tells here.
 */
import { beforeAll, describe, expect, test } from "vitest";
import type { Evaluation } from "../../src/index.js";
import { boundary, CHAINS, chainOf, follow, share } from "./chain.js";

describe.each([
	{
		chain: "chain-a" as const,
		recall: { "smtpf - postfix": 99 / 101, "postfix - milter-manager": 1, "postfix - sun-mta": 1 },
		outcomes: 126 / 128,
		deciders: 126 / 128,
	},
	{
		chain: "chain-b" as const,
		recall: { "smtpf - postfix": 105 / 109, "postfix - milter-manager": 111 / 115, "postfix - sun-mta": 101 / 111 },
		outcomes: 145 / 147,
		deciders: 145 / 147,
	},
])("$chain", ({ chain, recall, outcomes, deciders }) => {
	let found: Evaluation;
	beforeAll(async () => {
		found = (await follow(await chainOf(chain))).evaluation;
	});

	test.each(Object.entries(recall))("links that are found: %s at least %d", (name, floor) => {
		expect(share(boundary(found, name), "found", "truth")).toBeGreaterThanOrEqual(floor);
	});

	test("of the links in trails, all are right", () => {
		expect(found.wrong).toEqual([]);
		for (const one of found.boundaries) expect(share([one], "right", "links"), one.boundary).toBe(1);
	});

	test("nine of ten links have a confidence of 0.9 or more", () => {
		const sure = found.confidence.filter(({ from }) => from >= 0.9).reduce((sum, { links }) => sum + links, 0);
		expect(sure / found.confidence.reduce((sum, { links }) => sum + links, 0)).toBeGreaterThan(0.9);
	});

	test("what became of each recipient, and who decided", () => {
		expect(share(found.recipients, "right", "truth")).toBeGreaterThanOrEqual(outcomes);
		expect(share(found.recipients, "decided", "truth")).toBeGreaterThanOrEqual(deciders);
		expect(share(found.recipients, "right_replies", "replies")).toBe(1);
	});

	test("clocks are found within a second, zones in every trail", () => {
		expect(found.clocks.length).toBeGreaterThanOrEqual(2);
		for (const { from, to, worst_error, right_zone, trails } of found.clocks) {
			expect(worst_error, `${from} - ${to}`).toBeLessThanOrEqual(1);
			expect(right_zone, `${from} - ${to}`).toBe(trails);
		}
	});
});

describe.each(CHAINS)("%s gives the same trails", async (name) => {
	const chain = await chainOf(name);
	const trails = async (order: Parameters<typeof follow>[1]): Promise<string> => JSON.stringify((await follow(chain, order)).trails);
	const expected = await trails(undefined);

	test.each([
		["in whatever order its logs are given", ["store", "mta", "front"] as const],
		["in another one", ["mta", "front", "store"] as const],
	])("%s", async (_, order) => {
		expect((await trails(order)) === expected).toBe(true);
	});
});
