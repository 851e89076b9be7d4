/**
 * The two recorded chains against the truth. The figures are floors: what was reached must not get worse. chain-a logs all
 * that helps; chain-b logs little, with clocks that differ, and its store in another zone, which nobody tells here.
 */
import { beforeAll, describe, expect, test } from "vitest";
import { correlate, type Evaluation, Evaluator, openInput, readEvents, readTruth, type Trail } from "../../src/index.js";
import { type Formats, loadTestFormats } from "../corpus/formats.js";

let known: Formats;
beforeAll(async () => {
	known = await loadTestFormats();
}, 60_000);

const logsOf = (chain: string): string[] => [
	`corpus/smtpf/captures/${chain}.log`,
	`corpus/milter-manager/captures/${chain}.mail.log`,
	`corpus/sun-mta/captures/stand-in-${chain}.log`,
];

async function evaluate(chain: string): Promise<Evaluation> {
	const evaluator = new Evaluator(await readTruth(`corpus/milter-manager/captures/${chain}.truth.json`));
	const sources = logsOf(chain).map((name) => ({
		name,
		async *events() {
			for await (const event of readEvents(await openInput(name), { ...known, year: 2026 })) {
				evaluator.see(event);
				yield event;
			}
		},
	}));
	for await (const trail of correlate(sources, known)) evaluator.add(trail);
	return evaluator.finish();
}

/** The part of a sum in another sum. */
function share<Row>(rows: readonly Row[], part: keyof Row, whole: keyof Row): number {
	const sum = (key: keyof Row): number => rows.reduce((total, row) => total + Number(row[key]), 0);
	return sum(part) / sum(whole);
}

describe.each([
	{
		chain: "chain-a",
		recall: { "smtpf - postfix": 0.98, "postfix - milter-manager": 0.98, "postfix - sun-mta": 0.98 },
		outcomes: 0.984,
		deciders: 0.98,
	},
	{
		chain: "chain-b",
		recall: { "smtpf - postfix": 0.96, "postfix - milter-manager": 0.96, "postfix - sun-mta": 0.9 },
		outcomes: 0.986,
		deciders: 0.98,
	},
])("$chain", ({ chain, recall, outcomes, deciders }) => {
	let found: Evaluation;
	beforeAll(async () => {
		found = await evaluate(chain);
	}, 30_000);

	test.each(Object.entries(recall))("links that are found: %s at least %d", (name, floor) => {
		expect(
			share(
				found.boundaries.filter(({ boundary }) => boundary === name),
				"found",
				"truth",
			),
		).toBeGreaterThanOrEqual(floor);
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

test("the order of the inputs does not matter", async () => {
	const trailsOf = async (names: readonly string[]): Promise<Trail[]> => {
		const sources = names.map((name) => ({
			name,
			async *events() {
				yield* readEvents(await openInput(name), { ...known, year: 2026 });
			},
		}));
		const trails: Trail[] = [];
		for await (const trail of correlate(sources, known)) trails.push(trail);
		return trails;
	};
	const logs = logsOf("chain-a");
	expect(JSON.stringify(await trailsOf(logs.toReversed()))).toBe(JSON.stringify(await trailsOf(logs)));
}, 30_000);
