import { describe, expect, test } from "vitest";
import { posteriors } from "../../src/correlate/alignment.js";
import type { Filtering } from "../../src/format/trail.js";
import { FILTER, filtering, hop, link, linksOf, MTA, NOON, SECOND, trailWith } from "./mails.js";

const connection = (k: number, seconds: number, parts: Partial<Filtering> = {}, queueId = `Q${k}`) =>
	hop(NOON + seconds * SECOND, {
		ids: { session_id: [], transaction_id: [], queue_id: [queueId], file: [], message_id: [] },
		filterings: [filtering("mta", k, NOON + seconds * SECOND, NOON + (seconds + 2) * SECOND, parts)],
	});

/** Session ids grow with each session and with each of its children. */
const session = (k: number, seconds: number, parts: Partial<Filtering> = {}) =>
	hop(NOON + seconds * SECOND, {
		ids: { session_id: [`${1 + 3 * k}`], transaction_id: [], queue_id: [], file: [], message_id: [] },
		filterings: [filtering("filter", 1 + 3 * k, NOON + seconds * SECOND, NOON + (seconds + 2) * SECOND, parts)],
	});

const sessionIdsOf = (
	connections: readonly ReturnType<typeof connection>[],
	sessions: readonly ReturnType<typeof session>[],
): (string | undefined)[] => {
	const trails = link([...connections.map((one) => [MTA, one] as const), ...sessions.map((one) => [FILTER, one] as const)]);
	return connections.map((one) => trailWith(trails, one).hops.find(({ format }) => format === "filter")?.ids.session_id[0]);
};

const count = (most: number): number[] => Array.from({ length: most }, (_, index) => index);

describe("the k-th connection has the k-th session", () => {
	test("though three begin in each second", () => {
		const [connections, sessions] = [
			count(6).map((k) => connection(k, Math.floor(k / 3))),
			count(6).map((k) => session(k, Math.floor(k / 3))),
		];
		expect(sessionIdsOf(connections, sessions)).toEqual(["1", "4", "7", "10", "13", "16"]);
	});

	test("also when a session is not logged: those after it are not shifted", () => {
		const connections = count(6).map((k) => connection(k, 3 * k));
		const sessions = count(6).flatMap((k) => (k === 2 ? [] : session(k, 3 * k)));
		expect(sessionIdsOf(connections, sessions)).toEqual(["1", "4", undefined, "10", "13", "16"]);
	});

	test("also when a connection is not logged", () => {
		const connections = count(6).flatMap((k) => (k === 2 ? [] : connection(k, 3 * k)));
		expect(
			sessionIdsOf(
				connections,
				count(6).map((k) => session(k, 3 * k)),
			),
		).toEqual(["1", "4", "10", "13", "16"]);
	});

	test("unless how they ended tells that the logs have them in another order", () => {
		const refused = { verdict: "reject" } as const;
		expect(sessionIdsOf([connection(0, 0, refused), connection(1, 0)], [session(0, 0), session(1, 0, refused)])).toEqual(["4", "1"]);
	});

	test("unless a header quotes the queue id", () => {
		const sessions = [session(0, 0, { words: ["Q1"] }), session(1, 0, { words: ["Q0"] })];
		expect(sessionIdsOf([connection(0, 0), connection(1, 0)], sessions)).toEqual(["4", "1"]);
	});
});

test("those of one second are less sure than one that is alone", () => {
	const trails = link([
		...[0, 0, 60].map((seconds, k) => [MTA, connection(k, seconds)] as const),
		...[0, 0, 60].map((seconds, k) => [FILTER, session(k, seconds)] as const),
	]);
	const confidences = trails.flatMap(({ links }) => links.map(({ confidence }) => confidence));
	expect(confidences[0]).toBeLessThan(confidences[2] ?? 0);
	expect(confidences[2]).toBeGreaterThan(0.99);
});

test("a session of several mails stands in the trail of each, and does not join them", () => {
	const seen = filtering("mta", 1, NOON, NOON + 5 * SECOND);
	const mails = [hop(NOON, { filterings: [seen] }), hop(NOON + 3 * SECOND, { filterings: [seen] })];
	const one = hop(NOON, { filterings: [filtering("filter", 1, NOON, NOON + 5 * SECOND)] });
	const trails = link([...mails.map((mail) => [MTA, mail] as const), [FILTER, one]]);
	expect(trails.map(linksOf)).toEqual([["mta → filter"], ["mta → filter"]]);
});

describe("posteriors", () => {
	test("are those of all alignments that keep the order", () => {
		// Two by two with odds 2, 1, 1, 3: nothing 1, one pair 2 + 1 + 1 + 3, both in order 2 · 3.
		const odds = [
			[2, 1],
			[1, 3],
		];
		const rows = odds.map((row) => ({ from: 0, scores: row.map(Math.log) }));
		const all = 1 + 2 + 1 + 1 + 3 + 6;
		const expected = [
			[(2 + 6) / all, 1 / all],
			[1 / all, (3 + 6) / all],
		];
		posteriors(rows).forEach((row, index) => {
			row.forEach((one, column) => {
				expect(one).toBeCloseTo(expected[index]?.[column] ?? Number.NaN, 12);
			});
		});
	});

	test("of a band are those of the whole with no odds elsewhere", () => {
		const none = Math.log(1e-9);
		const whole = posteriors([
			{ from: 0, scores: [1, 2, none, none] },
			{ from: 0, scores: [none, 1, 0, none] },
			{ from: 0, scores: [none, none, 2, 1] },
		]);
		const band = posteriors([
			{ from: 0, scores: [1, 2] },
			{ from: 1, scores: [1, 0] },
			{ from: 2, scores: [2, 1] },
		]);
		band.forEach((row, index) => {
			row.forEach((one, column) => {
				expect(one).toBeCloseTo(whole[index]?.[index + column] ?? Number.NaN, 6);
			});
		});
	});

	test("of long sequences are finite", () => {
		const rows = count(20_000).map((index) => ({ from: index, scores: [20, 1, -5] }));
		expect(posteriors(rows).every((row) => row.every((one) => one >= 0 && one <= 1.000001))).toBe(true);
	});
});
