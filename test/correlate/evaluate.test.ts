/** Trails by hand, judged by a truth of two mails: mx hands over to relay, relay to store. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { type Evaluation, Evaluator, type Event, readTruth, type Trail, type Truth } from "../../src/index.js";
import { sampleEvent, sampleHop, sampleLink, sampleTrail } from "./sample-trails.js";

const TRUTH: Truth = {
	layers: {
		mx: { skew_s: 0, zone: "+00:00" },
		relay: { skew_s: 37, zone: "+00:00" },
		store: { skew_s: -125, zone: "+09:00" },
	},
	files: { store: "store.log" },
	trails: [
		{
			links: [
				["client:192.0.2.1:4001", "mx:S1/T1"],
				["mx:S1/T1", "relay:Q1"],
				["relay:Q1", "store:line1"],
				["store:line1", "store:line2"],
			],
			recipients: [{ address: "Ann@example.net", final: "delivered", decided_by_layer: "store", smtp_code: "250" }],
		},
		{
			links: [
				["client:192.0.2.1:4002", "mx:S2/T2"],
				["mx:S2/T2", "relay:Q2"],
				["relay:Q2", "store:line3"],
			],
			recipients: [
				{ address: "gone@example.net", final: "rejected", decided_by_layer: "store", smtp_code: "550" },
				{
					address: "team@example.net",
					final: "mixed",
					decided_by_layer: "store",
					smtp_code: null,
					expanded: [
						{ address: "ann@example.net", final: "delivered" },
						{ address: "bob@example.net", final: "bounced" },
					],
				},
			],
		},
	],
};

const EVENTS: readonly Event[] = [
	sampleEvent("mx.log", 1, "mx", { session_id: "S1", client: { ip: "192.0.2.1", port: 4001 } }),
	sampleEvent("mx.log", 2, "mx", { session_id: "S1", message: { transaction_id: "T1" } }),
	sampleEvent("mx.log", 3, "mx", { session_id: "S2", client: { ip: "192.0.2.1", port: 4002 } }),
	sampleEvent("mx.log", 4, "mx", { session_id: "S2", message: { transaction_id: "T2" } }),
	sampleEvent("relay.log", 1, "relay", { message: { queue_id: "Q1" } }),
	sampleEvent("relay.log", 2, "relay", { message: { queue_id: "Q2" } }),
	sampleEvent("relay.log", 3, "relay", { message: { queue_id: "Q3" } }),
	sampleEvent("store.log", 1, "store"),
	sampleEvent("store.log", 2, "store"),
	sampleEvent("store.log", 3, "store"),
];

const mx = (n: 1 | 2) => sampleHop({ format: "mx", host: "mx1", events: n === 1 ? ["mx.log:1", "mx.log:2"] : ["mx.log:3", "mx.log:4"] });
const relay = (n: number) => sampleHop({ format: "relay", host: "mx2", events: [`relay.log:${n}`] });
const store = (...lines: number[]) => sampleHop({ format: "store", host: "store.log", events: lines.map((line) => `store.log:${line}`) });

function evaluate(...trails: readonly Trail[]): Evaluation {
	const evaluator = new Evaluator(TRUTH);
	for (const event of EVENTS) evaluator.see(event);
	for (const trail of trails) evaluator.add(trail);
	return evaluator.finish();
}

const boundaries = ({ boundaries: all }: Evaluation): string[] =>
	all.map(({ boundary, truth, found, links, right }) => `${boundary}: ${found} of ${truth}, ${right} of ${links}`);

describe("links", () => {
	test("trails as the truth has them: all found, all right", () => {
		const first = sampleTrail({ hops: [mx(1), relay(1), store(1, 2)], links: [sampleLink(0, 1, 0.99), sampleLink(1, 2, 0.95)] });
		const second = sampleTrail({ hops: [mx(2), relay(2), store(3)], links: [sampleLink(0, 1, 1), sampleLink(1, 2, 0.6)] });
		const evaluation = evaluate(first, second);
		expect(boundaries(evaluation)).toEqual([
			"client - mx: 2 of 2, 2 of 2",
			"mx - relay: 2 of 2, 2 of 2",
			"relay - store: 2 of 2, 2 of 2",
			"store - store: 1 of 1, 1 of 1",
		]);
		expect(evaluation.confidence).toEqual([
			{ from: 0.99, to: 1, links: 2, right: 2 },
			{ from: 0.9, to: 0.99, links: 1, right: 1 },
			{ from: 0.5, to: 0.9, links: 1, right: 1 },
			{ from: 0, to: 0.5, links: 0, right: 0 },
		]);
		expect([evaluation.wrong, evaluation.missed]).toEqual([[], []]);
	});

	test("hops that stay apart are missed, and nothing is wrong", () => {
		const evaluation = evaluate(...[mx(1), relay(1), store(1), store(2)].map((hop) => sampleTrail({ hops: [hop] })));
		expect(boundaries(evaluation)).toEqual([
			"client - mx: 1 of 2, 1 of 1",
			"mx - relay: 0 of 2, 0 of 0",
			"relay - store: 0 of 2, 0 of 0",
			"store - store: 0 of 1, 0 of 0",
		]);
		expect(evaluation.missed).toContainEqual({ boundary: "mx - relay", from: "mx:S1/T1", to: "relay:Q1" });
	});

	test("hops of different mails, and hops of mails that the truth does not know, must not be linked", () => {
		const crossed = sampleTrail({ hops: [mx(1), relay(2)], links: [sampleLink(0, 1, 0.97)] });
		const foreign = sampleTrail({ hops: [mx(2), relay(3)], links: [sampleLink(0, 1, 0.5)] });
		const evaluation = evaluate(crossed, foreign);
		expect(evaluation.wrong).toEqual([
			{ boundary: "mx - relay", from: "mx:S1/T1", to: "relay:Q2", confidence: 0.97 },
			{ boundary: "mx - relay", from: "mx:S2/T2", to: "relay: relay.log:3", confidence: 0.5 },
		]);
		expect(evaluation.confidence[1]).toEqual({ from: 0.9, to: 0.99, links: 1, right: 0 });
	});

	test("a link past a layer is wrong, also within one mail", () => {
		expect(evaluate(sampleTrail({ hops: [mx(1), store(1)], links: [sampleLink(0, 1, 0.9)] })).wrong).toMatchObject([
			{ boundary: "mx - store" },
		]);
	});

	test("a link against the direction of the mail is counted at the same boundary", () => {
		const evaluation = evaluate(sampleTrail({ hops: [relay(1), mx(1)], links: [sampleLink(0, 1, 0.9)] }));
		expect(boundaries(evaluation)).toContain("mx - relay: 1 of 2, 1 of 1");
	});

	test("one hop made of two mails is wrong within its layer", () => {
		const evaluation = evaluate(sampleTrail({ hops: [store(1, 2, 3)] }));
		expect(boundaries(evaluation)).toContain("store - store: 1 of 1, 1 of 2");
		expect(evaluation.wrong).toEqual([{ boundary: "store - store", from: "store:line1", to: "store:line3" }]);
	});
});

describe("recipients", () => {
	const of = (...recipients: Trail["recipients"]): string[] =>
		evaluate(sampleTrail({ hops: [mx(2), relay(2)], links: [sampleLink(0, 1, 1)], recipients })).recipients.map(
			({ outcome, truth, right, decided, replies, right_replies }) =>
				`${outcome} ${truth}: ${right} ${decided}, ${right_replies} of ${replies}`,
		);
	const decided_by = "store";

	test("outcome, decider and reply are right, each by itself", () => {
		expect(of({ address: "gone@example.net", outcome: "rejected", decided_by, smtp: { code: "550" } })).toContain(
			"rejected 1: 1 1, 1 of 1",
		);
		expect(of({ address: "gone@example.net", outcome: "deferred", decided_by, smtp: { code: "450" } })).toContain(
			"rejected 1: 0 1, 0 of 1",
		);
		expect(of({ address: "gone@example.net", outcome: "rejected" })).toContain("rejected 1: 1 0, 0 of 0");
		expect(of()).toContain("rejected 1: 0 0, 0 of 0");
	});

	test("of a list whose members fared differently, each member counts", () => {
		const team = (...expanded: Trail["recipients"]) => of({ address: "team@example.net", outcome: "bounced", decided_by, expanded });
		const [ann, bob] = ["ann@example.net", "bob@example.net"] as const;
		expect(team({ address: ann, outcome: "delivered" }, { address: bob, outcome: "bounced" })).toContain("mixed 1: 1 1, 0 of 0");
		expect(team({ address: ann, outcome: "delivered" }, { address: bob, outcome: "delivered" })).toContain("mixed 1: 0 1, 0 of 0");
		expect(team({ address: ann, outcome: "delivered" })).toContain("mixed 1: 0 1, 0 of 0");
	});

	test("upper and lower case are the same; of the trails that name a recipient, that which knows most of the mail counts", () => {
		const recipients: Trail["recipients"] = [{ address: "ann@EXAMPLE.net", outcome: "delivered", decided_by, smtp: { code: "250" } }];
		const whole = sampleTrail({ hops: [relay(1), store(1, 2)], links: [sampleLink(0, 1, 1)], recipients });
		const nameless = sampleTrail({ hops: [mx(1), relay(1), store(1, 2)] });
		const part = sampleTrail({ hops: [mx(1)], recipients: [{ address: "ann@example.net", outcome: "relayed" }] });
		expect(evaluate(nameless, part, whole).recipients).toContainEqual({
			outcome: "delivered",
			truth: 1,
			right: 1,
			decided: 1,
			replies: 1,
			right_replies: 1,
		});
	});
});

test("clocks: the skew and the zone that the stamps were not read in", () => {
	const offset = { from: "mx1", to: "store.log", uncertainty_seconds: 1, witnesses: 9 };
	const trail = (seconds: number, zone_seconds: number): Trail =>
		sampleTrail({ hops: [mx(1), store(1)], clock_offsets: [{ ...offset, seconds, zone_seconds }] });
	expect(evaluate(trail(32275.5, 32400), trail(32274, 32400), trail(32275, 0)).clocks).toEqual([
		{
			from: "mx1",
			to: "store.log",
			trails: 3,
			truth: 32275,
			found: 32275,
			worst_error: 1,
			uncertainty: 1,
			truth_zone: 32400,
			right_zone: 2,
		},
	]);
});

describe("a truth file", () => {
	const read = async (text: string): Promise<Truth> => {
		const folder = mkdtempSync(join(tmpdir(), "mailtrail-truth-"));
		try {
			writeFileSync(join(folder, "truth.json"), text);
			return await readTruth(join(folder, "truth.json"));
		} finally {
			rmSync(folder, { recursive: true });
		}
	};

	test("may say more than is known here", async () => {
		const more = { ...TRUTH, set: "a", unrelated: {} };
		expect(await read(JSON.stringify(more))).toEqual(more);
	});

	test.each([
		["no JSON", "{", /truth\.json:1:2: the truth file is not JSON: Expected property name or '}'\n {2}Repair the file\.$/],
		[
			"a wrong value",
			'{ "layers": {}, "trails": [{ "links": [["a:1"]], "recipients": [] }] }',
			/truth\.json:\d+:\d+: \/trails\/0\/links\/0 must NOT have fewer than 2 items\n {2}See schemas\/truth\.schema\.json for what a truth may say\.$/,
		],
	])("that is %s is refused", async (_, text, message) => {
		await expect(read(text)).rejects.toThrow(message);
	});
});
