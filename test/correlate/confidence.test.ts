/** How sure a link is told to be, at most and at least, and what is told of what is not sure. */
import { describe, expect, test } from "vitest";
import type { Layer } from "../../src/correlate/nodes.js";
import type { Hop } from "../../src/format/trail.js";
import {
	arrival,
	atFront,
	atMta,
	DAY,
	FILTER,
	FRONT,
	filtering,
	HOUR,
	handover,
	hop,
	link,
	MTA,
	NOON,
	recipient,
	SECOND,
	STORE,
	traffic,
	trailWith,
} from "./mails.js";

const PEER = { client: { ip: "10.1.1.1", host: "mx1.example.net" } };
const sent = (from = "anna@example.org"): Hop => hop(NOON - 2 * SECOND, { handovers: [handover(NOON, { from })] });
const taken = (from = "anna@example.org", at = NOON): Hop => hop(at - SECOND, { arrival: arrival(at, { ...PEER, from }) });

const around = traffic(20).flatMap((mail) => [[FRONT, atFront(mail)] as const, [MTA, { ...atMta(mail), handovers: [] }] as const]);
const trailOf = (hops: readonly (readonly [Layer, Hop])[], one: Hop) => trailWith(link([...around, ...hops]), one);

describe("a handover", () => {
	test.each([
		["of a sender", "anna@example.org", 0, 0.999],
		["of the null sender, twenty seconds off", "", 20, 0.924],
	])("%s is as sure as what speaks for it", (_, from, seconds, confidence) => {
		const one = sent(from);
		expect(
			trailOf(
				[
					[FRONT, one],
					[MTA, taken(from, NOON + seconds * SECOND)],
				],
				one,
			).links.map((each) => each.confidence),
		).toEqual([confidence]);
	});

	test("of which both sides know the connection alone is not sure, and teaches nothing", () => {
		const server = { ip: "10.1.1.7", host: "mx2.example.net" };
		const bare = (at: number): readonly (readonly [Layer, Hop])[] => [
			[FRONT, hop(at, { handovers: [handover(at, { from: undefined, to: [], result: "unknown", server })] })],
			[MTA, hop(at, { arrival: arrival(at + SECOND, { begun: at, ...PEER, from: undefined, to: [], isAccepted: false }) })],
		];
		const pairs = [0, 1, 2].flatMap((hour) => bare(NOON + hour * HOUR));
		const later = hop(NOON + 5 * HOUR, { handovers: [handover(NOON + 5 * HOUR, { server })] });
		const trails = link([...around, ...pairs, [FRONT, later]]);
		const linked = pairs.flatMap(([of, one]) => (of === FRONT ? trailWith(trails, one).links.map(({ confidence }) => confidence) : []));
		expect(linked).toEqual([0.85, 0.85, 0.85]);
		expect(trailWith(trails, later).hops[0]?.missing).toEqual(["the log of mx2.example.net, which took it"]);
	});
});

describe("candidates", () => {
	test("are told with less than one half, the likeliest five of them", () => {
		const [one, ...others] = Array.from({ length: 8 }, () => sent());
		if (one === undefined) throw new Error("no mail");
		const arrivals = Array.from({ length: 8 }, () => taken());
		const { candidates } = trailOf(
			[...[one, ...others].map((each) => [FRONT, each] as const), ...arrivals.map((each) => [MTA, each] as const)],
			one,
		);
		expect(candidates.map(({ confidence, direction }) => [confidence, direction])).toEqual(
			Array.from({ length: 5 }, () => [0.182, "next"]),
		);
	});

	test("of one that is likelier than the other have 0.49 at most", () => {
		const one = sent();
		const { links, candidates } = trailOf(
			[
				[FRONT, one],
				[MTA, taken()],
				[MTA, taken("anna@example.org", NOON + 2 * SECOND)],
			],
			one,
		);
		expect(links).toEqual([]);
		expect(candidates.map(({ confidence }) => confidence)).toEqual([0.49, 0.047]);
	});

	test("between which another layer may stand have 0.3 at most", () => {
		const mail = { from: "anna@example.org", message_ids: ["1@example.org"] };
		const one = hop(NOON - SECOND, { handovers: [handover(NOON, { ...mail, server: { host: "mx.elsewhere.example" } })] });
		const store = hop(NOON, { arrival: arrival(NOON, mail) });
		const { links, candidates } = trailOf(
			[
				[FRONT, one],
				[STORE, store],
			],
			one,
		);
		expect(links).toEqual([]);
		expect(candidates.map(({ confidence, format }) => [confidence, format])).toEqual([[0.3, "store"]]);
	});
});

describe("tries of one mail", () => {
	const tried = (at: number, outcome: "deferred" | "handed_on", messageId?: string, sender = "anna@example.org"): Hop =>
		hop(at, {
			arrival: arrival(at, {
				client: { ip: "203.0.113.1" },
				from: sender,
				message_ids: messageId === undefined ? [] : [messageId],
				isAccepted: outcome === "handed_on",
			}),
			recipients: [recipient(outcome)],
		});
	const linksOf = (...tries: readonly Hop[]) => link(tries.map((one) => [FRONT, one] as const)).flatMap(({ links }) => links);

	test("are surer with the same Message-ID, and tell what they share", () => {
		const [first, second] = [tried(NOON, "deferred", "1@a"), tried(NOON + HOUR, "handed_on", "1@a")];
		expect(linksOf(first, second)).toMatchObject([
			{
				kind: "retry",
				confidence: 0.97,
				evidence: [
					{ kind: "sender", weight: 2, values: { value: "anna@example.org" } },
					{ kind: "recipient", weight: 2, values: { value: ["ben@example.net"] } },
					{ kind: "time", weight: 0, values: { seconds: 3600 } },
					{ kind: "message_id", weight: 4, values: { value: "1@a" } },
				],
			},
		]);
		const [unnamed] = linksOf(tried(NOON, "deferred"), tried(NOON + HOUR, "handed_on"));
		expect([unnamed?.confidence, unnamed?.evidence.length]).toEqual([0.85, 3]);
	});

	test.each([
		[23 * HOUR, 1],
		[DAY, 1],
		[25 * HOUR, 0],
	])("come within a day: %d ms", (later, expected) => {
		expect(linksOf(tried(NOON, "deferred"), tried(NOON + later, "handed_on"))).toHaveLength(expected);
	});

	test("of two mails that wait are nobody's: whose it is is not known", () => {
		const tries = [tried(NOON, "deferred", "1@a"), tried(NOON + SECOND, "deferred", "2@a"), tried(NOON + HOUR, "handed_on")];
		expect(linksOf(...tries)).toEqual([]);
	});

	test("are those of one sender", () => {
		expect(linksOf(tried(NOON, "deferred"), tried(NOON + HOUR, "handed_on", undefined, "eve@example.org"))).toEqual([]);
	});
});

describe("a filter session", () => {
	const pair = (words: readonly string[]): readonly (readonly [Layer, Hop])[] => {
		const ids = { session_id: [], transaction_id: [], queue_id: ["4AB1"], file: [], message_id: [] };
		const place = (line: number) => ({ file: "mail.log", line });
		return [
			[MTA, hop(NOON, { ids, filterings: [filtering("mta", 1, NOON, NOON + SECOND, { end_line: place(10) })] })],
			[FILTER, hop(NOON, { filterings: [filtering("filter", 4, NOON, NOON + SECOND, { end_line: place(11), words })] })],
		];
	};

	test("tells all that both sides have in common", () => {
		const [trail] = link(pair(["4AB1"]));
		expect(trail?.links).toMatchObject([{ kind: "filter", confidence: 0.995 }]);
		expect(trail?.links[0]?.evidence).toEqual([
			{ kind: "quoted_id", weight: 12, values: { value: "4AB1" } },
			{ kind: "sequence", weight: 0, values: { from: 1, to: 4 } },
			{ kind: "time", weight: 0.9, values: { begin: 0 } },
			{ kind: "time", weight: 0.9, values: { end: 0 } },
			{ kind: "sequence", weight: 2.6, values: { lines: 1 } },
			{ kind: "verdict", weight: 1, values: { value: "accept" } },
		]);
	});
});
