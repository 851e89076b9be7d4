import { describe, expect, test } from "vitest";
import { Clocks } from "../../src/correlate/clocks.js";
import type { Layer } from "../../src/correlate/nodes.js";
import type { Hop } from "../../src/format/trail.js";
import {
	arrival,
	atFront,
	atMta,
	atStore,
	FRONT,
	HOUR,
	handover,
	hop,
	link,
	linksOf,
	type Mail,
	MTA,
	NOON,
	recipient,
	SECOND,
	STORE,
	traffic,
	trailWith,
} from "./mails.js";

const chain = (mails: readonly Mail[], ahead = 0): (readonly [Layer, Hop])[] =>
	mails.flatMap((mail) => [[FRONT, atFront(mail)] as const, [MTA, atMta(mail, ahead)] as const, [STORE, atStore(mail)] as const]);

describe("two ends of one transaction are linked", () => {
	test("by the queue id that the reply quotes", () => {
		const mail = { at: NOON, quoted: "4AB12" };
		const [front, mta] = [atFront(mail), atMta(mail)];
		const trail = trailWith(
			link([
				[FRONT, front],
				[MTA, mta],
			]),
			front,
		);
		expect(linksOf(trail)).toEqual(["front → mta"]);
		expect(trail.links[0]?.evidence.find(({ kind }) => kind === "quoted_id")?.values).toEqual({ value: "4AB12" });
		expect(trail.links[0]?.events).toContain(front.handovers[0]?.events[0]);
	});

	test("by sender, recipient and time, when nothing else is logged", () => {
		const [front, mta] = [atFront({ at: NOON }), atMta({ at: NOON })];
		expect(
			linksOf(
				trailWith(
					link([
						[FRONT, front],
						[MTA, mta],
					]),
					front,
				),
			),
		).toEqual(["front → mta"]);
	});

	test("through all layers, whatever the clocks say", () => {
		const trails = link(chain(traffic(20), 9 * 3600 - 125));
		expect(trails.map(linksOf)).toEqual(trails.map(() => ["front → mta", "mta → store"]));
		expect(trails).toHaveLength(20);
	});

	test("as the given clocks say; what the mails show instead is told", () => {
		const clocks = new Clocks();
		clocks.addHost("mx1", 0);
		clocks.addHost("mx2", 3600);
		const hops = traffic(20).flatMap((mail) => [[FRONT, atFront(mail)] as const, [MTA, atMta(mail, 37)] as const]);
		expect(link(hops, clocks)).toHaveLength(40);
		const [found, ...others] = clocks.contradicted;
		expect([found?.from, found?.to, others]).toEqual(["mx1", "mx2", []]);
		expect(Math.abs((found?.seconds ?? 0) - 37)).toBeLessThan(1);
	});

	test.each([
		["all mails of the front go to this MTA", 40, 1],
		["that is not known: then each stands alone", 5, 2],
	])("of a mail whose client is not logged, when %s", (_, count, expected) => {
		const [lost, ...mails] = traffic(count).reverse();
		if (lost === undefined) throw new Error("no mails");
		const [front, mta] = [atFront(lost), atMta(lost)];
		const trails = link([
			...mails.reverse().flatMap((mail) => [[FRONT, atFront(mail)] as const, [MTA, atMta(mail)] as const]),
			[FRONT, front],
			[MTA, { ...mta, arrival: arrival(lost.at, { ...mta.arrival, client: {} }) }],
		]);
		expect(new Set([front, mta].map((one) => trailWith(trails, one).trail_id)).size).toBe(expected);
	});

	test("one handover and two arrivals, when they have its recipients between them", () => {
		const to = ["ben@example.net", "eva@example.com"];
		const front = atFront({ at: NOON, to, messageId: "1@example.org" });
		const parts = to.map((address) => atMta({ at: NOON, to: [address], messageId: "1@example.org" }));
		expect(linksOf(trailWith(link([[FRONT, front], ...parts.map((part) => [MTA, part] as const)]), front))).toEqual([
			"front → mta",
			"front → mta",
		]);
	});

	test("a thousand recipients of one mail, each handed over by itself", () => {
		const server = { host: "store1.example.net" };
		const message_ids = ["1@example.org"];
		const to = Array.from({ length: 1000 }, (_, index) => `user${index}@example.net`);
		const mta = hop(NOON, {
			handovers: to.map((address) => handover(NOON, { server, to: [address], message_ids })),
			recipients: to.map((address) => recipient("handed_on", { address })),
		});
		const parts = to.map((address) => hop(NOON, { arrival: arrival(NOON, { to: [address], message_ids }) }));
		const trails = link([[MTA, mta], ...parts.map((part) => [STORE, part] as const)]);
		expect(trails.map(linksOf)).toEqual([to.map(() => "mta → store")]);
	});

	test("a refusal and an acceptance of the same transaction", () => {
		const refused = hop(NOON, {
			arrival: arrival(NOON, { isAccepted: false, to: ["eva@example.net"] }),
			recipients: [recipient("rejected", { address: "eva@example.net" })],
		});
		const taken = hop(NOON, { arrival: arrival(NOON) });
		const server = { host: "store1.example.net" };
		const mta = hop(NOON, {
			handovers: [handover(NOON, { server }), handover(NOON, { server, to: ["eva@example.net"], result: "rejected" })],
		});
		expect(
			linksOf(
				trailWith(
					link([
						[MTA, mta],
						[STORE, refused],
						[STORE, taken],
					]),
					mta,
				),
			),
		).toEqual(["mta → store", "mta → store"]);
	});

	test("an alias, by the recipient that it was before", () => {
		const server = { host: "store1.example.net" };
		const mta = hop(NOON, {
			handovers: [handover(NOON, { server, to: ["anna@example.net", "ben@example.net"] })],
			recipients: [recipient("handed_on", { address: "team@example.net", became: ["anna@example.net", "ben@example.net"] })],
		});
		const store = hop(NOON, { arrival: arrival(NOON, { to: ["team@example.net"] }) });
		expect(
			linksOf(
				trailWith(
					link([
						[MTA, mta],
						[STORE, store],
					]),
					mta,
				),
			),
		).toEqual(["mta → store"]);
	});
});

describe("they stay apart", () => {
	test("when two mails are the same in all that is logged: each is a candidate of both", () => {
		const [one, other] = [atFront({ at: NOON }), atFront({ at: NOON })];
		const trails = link([
			[FRONT, one],
			[FRONT, other],
			[MTA, atMta({ at: NOON })],
			[MTA, atMta({ at: NOON })],
		]);
		expect(trails.flatMap(linksOf)).toEqual([]);
		const { candidates } = trailWith(trails, one);
		expect(candidates.map(({ direction, format, host }) => `${direction} ${format} ${host}`)).toEqual(["next mta mx2", "next mta mx2"]);
		expect(candidates.every(({ confidence }) => confidence < 0.5)).toBe(true);
	});

	test("not when one of them quotes its id: then the others are known too", () => {
		const [one, other] = [{ at: NOON, quoted: "4AB1" }, { at: NOON }];
		const trails = link([
			[FRONT, atFront(one)],
			[FRONT, atFront(other)],
			[MTA, atMta(one)],
			[MTA, atMta({ at: NOON, quoted: "4AB2" })],
		]);
		expect(trails.map(linksOf)).toEqual([["front → mta"], ["front → mta"]]);
	});

	test.each([
		["another Message-ID", { messageId: "2@example.org" }],
		["another sender", { from: "eve@example.org" }],
		["another recipient", { to: ["eva@example.net"] }],
	])("with %s", (_, differs) => {
		const mail = { at: NOON, messageId: "1@example.org" };
		expect(
			link([
				[FRONT, atFront(mail)],
				[MTA, atMta({ ...mail, ...differs })],
			]).flatMap(linksOf),
		).toEqual([]);
	});

	test("when the reply quotes another id than the one that the layer told", () => {
		expect(
			link([
				[FRONT, atFront({ at: NOON, quoted: "4AB1" })],
				[MTA, atMta({ at: NOON, quoted: "4AB2" })],
			]).flatMap(linksOf),
		).toEqual([]);
	});

	test("when the layer between them has no log: no end names the other host, or one names a third", () => {
		const mails = traffic(20);
		const trails = link(mails.flatMap((mail) => [[FRONT, atFront(mail)] as const, [STORE, atStore(mail)] as const]));
		expect(trails.flatMap(linksOf)).toEqual([]);
		expect(trails.flatMap(({ candidates }) => candidates).every(({ confidence }) => confidence < 0.5)).toBe(true);
	});

	test("when the record of one is cut off: the others are not shifted, and it is said what is missing", () => {
		const mails = traffic(60);
		const hops = chain(mails);
		const trails = link(hops.filter(([of], index) => of !== MTA || index > 90));
		expect(trails.flatMap(linksOf).filter((one) => one === "front → store")).toEqual([]);
		const complete = trails.filter((trail) => linksOf(trail).length === 2);
		expect(complete).toHaveLength(30);
		const [first] = trails;
		expect(first?.hops[0]?.missing).toEqual(["its next hop"]);
	});
});

test("a mail is not handed back to where it came from by the same transaction", () => {
	const mails = traffic(30);
	const trails = link(mails.flatMap((mail) => [[FRONT, atFront(mail)] as const, [MTA, atMta(mail)] as const]));
	expect(new Set(trails.flatMap(linksOf))).toEqual(new Set(["front → mta"]));
});

test("tries of one mail are linked with the refusals of each", () => {
	const server = { host: "store1.example.net" };
	const times = [NOON, NOON + HOUR, NOON + 2 * HOUR];
	const mta = hop(NOON, {
		handovers: times.map((time, index) => handover(time, { server, result: index === 2 ? "accepted" : "deferred" })),
		end: NOON + 2 * HOUR,
	});
	const tries = times.map((time, index) => hop(time, { arrival: arrival(time + SECOND / 2, { isAccepted: index === 2 }) }));
	const trail = trailWith(link([[MTA, mta], ...tries.map((one) => [STORE, one] as const)]), mta);
	expect(linksOf(trail)).toEqual(["mta → store", "mta → store", "mta → store"]);
});
