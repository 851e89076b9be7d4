/** What speaks for and against a handover: for each kind of evidence a case that nothing else decides, and what is told of it. */
import { describe, expect, test } from "vitest";
import type { Layer } from "../../src/correlate/nodes.js";
import type { Arrival, Handover, Hop } from "../../src/format/trail.js";
import type { TrailLink } from "../../src/index.js";
import {
	arrival,
	atFront,
	atMta,
	FRONT,
	HOUR,
	handover,
	hop,
	link,
	type Mail,
	MTA,
	NOON,
	recipient,
	SECOND,
	STORE,
	traffic,
	trailWith,
} from "./mails.js";

type Part<Whole> = { readonly [Key in keyof Whole]?: Whole[Key] };
type Hops = readonly (readonly [Layer, Hop])[];

const sent = (parts: Part<Handover> = {}, at = NOON, start = at - 2 * SECOND): Hop => hop(start, { handovers: [handover(at, parts)] });
/** The log tells its client, as the front is called and connects. */
const PEER = { client: { ip: "10.1.1.1", host: "mx1.example.net" } };
const taken = (parts: Part<Arrival> = {}, at = NOON): Hop => hop(at - SECOND, { arrival: arrival(at, { ...PEER, ...parts }) });

/** The link between two hops, if there is one. */
function linkOf(one: Hop, other: Hop, around: Hops = []): TrailLink | undefined {
	const { hops, links } = trailWith(link([...around, [FRONT, one], [MTA, other]]), one);
	const [from, to] = [one, other].map(({ events }) => hops.findIndex((each) => each.events[0] === events[0]));
	return links.find((each) => each.from === from && each.to === to);
}

const kindsOf = (found: TrailLink | undefined): readonly unknown[] =>
	(found?.evidence ?? []).map(({ kind, weight, values }) => [kind, weight, values]);

/** Mails from front to MTA that show how they are connected. */
const known = (count: number, mail: (index: number) => Part<Mail> = () => ({})): Hops =>
	traffic(count).flatMap((each, index) => {
		const whole = { ...each, ...mail(index) };
		// What the MTA hands on could be what the front took: that would tell of the clocks, too.
		return [[FRONT, atFront(whole)] as const, [MTA, { ...atMta(whole), handovers: [] }] as const];
	});

/** Of two arrivals that are the same but for something, the one that a mail is linked with. */
function chosen(mail: Hop, first: readonly [Layer, Hop], second: readonly [Layer, Hop], around: Hops = []): string {
	const trails = link([...around, [FRONT, mail], first, second]);
	const { hops, links } = trailWith(trails, mail);
	if (links.length === 0) return "none";
	const has = ([, { events }]: readonly [Layer, Hop]): boolean => hops.some((each) => each.events[0] === events[0]);
	return [has(first) ? "first" : "", has(second) ? "second" : ""].filter(Boolean).join(" and ");
}

test("all that two ends have in common is told, with its weight", () => {
	const of = { message_ids: ["1@example.org"], client: { ip: "10.1.1.1", port: 4711 } };
	const server = { ip: "10.1.1.2", host: "mx2.example.net" };
	const one = sent({ ...of, server, reply: { code: "250", quoted: ["4AB1"] } });
	const other = taken({ ...of, client: { ...of.client, host: "mx1.example.net", helo: "mx1" }, told: ["4AB1"], begun: NOON - SECOND });
	const found = linkOf(one, other);
	expect(kindsOf(found)).toEqual([
		["quoted_id", 12, { value: "4AB1" }],
		["connection", 10, { value: "10.1.1.1:4711" }],
		["message_id", 8, { value: "1@example.org" }],
		["sender", 4, { value: "anna@example.org" }],
		["recipient", 4, { value: "ben@example.net" }],
		["time", expect.any(Number), { seconds: 0 }],
		["peer", 2, { client: "10.1.1.1", client_host: "mx1", helo: "mx1", server: "10.1.1.2", server_host: "mx2" }],
	]);
	expect(found?.confidence).toBe(0.999);
});

test("what is against two ends that are tied otherwise is told, too", () => {
	const server = { host: "mx2.example.net" };
	const one = sent({ server, from: "a@example.org", to: ["b@example.net"], reply: { code: "250", quoted: ["4AB1"] } });
	const found = linkOf(one, taken({ from: "c@example.org", to: ["b@example.net"], told: ["4AB1"] }));
	expect(kindsOf(found).slice(0, 3)).toEqual([
		["quoted_id", 12, { value: "4AB1" }],
		["sender", -9, { from: ["a@example.org"], to: ["c@example.org"] }],
		["recipient", 4, { value: "b@example.net" }],
	]);
});

describe("is decided by", () => {
	test("the connection, of mails that are the same otherwise", () => {
		const at = (port: number) => ({ client: { ip: "10.1.1.1", port } });
		expect(chosen(sent(at(4711)), [MTA, taken(at(4712))], [MTA, taken(at(4711))])).toBe("second");
	});

	test("the sender: of the null sender it says less", () => {
		const weight = (from: string): number | undefined =>
			linkOf(sent({ from }), taken({ from }))?.evidence.find(({ kind }) => kind === "sender")?.weight;
		expect([weight("anna@example.org"), weight("")]).toEqual([4, 1]);
	});

	test("the recipients that the other mail has besides", () => {
		const more = taken({ to: ["ben@example.net", "eva@example.net"] });
		const weight = linkOf(sent(), more)?.evidence.find(({ kind }) => kind === "recipient")?.weight;
		expect(weight).toBe(2.5);
	});

	test("the Message-ID, which says less the more mails have it", () => {
		const ids = { message_ids: ["1@example.org"] };
		const weight = (copies: number): number | undefined => {
			const others = Array.from({ length: copies }, (_, index) => [MTA, taken({ ...ids, to: [`u${index}@example.net`] })] as const);
			return linkOf(sent(ids), taken(ids), others)?.evidence.find(({ kind }) => kind === "message_id")?.weight;
		};
		expect([weight(0), weight(1), weight(3)]).toEqual([8, 6.6, 5.2]);
	});

	test("the result: what was refused was not taken", () => {
		const refused = { ...taken({ isAccepted: false }), recipients: [recipient("rejected")] };
		expect(chosen(sent({ result: "rejected" }), [MTA, taken()], [MTA, refused])).toBe("second");
		expect(chosen(sent({ result: "accepted" }), [MTA, taken()], [MTA, refused])).toBe("first");
		// Nobody knows what became of it.
		expect(chosen(sent({ result: "unknown" }), [MTA, taken()], [MTA, refused])).toBe("none");
	});

	test("the result of one recipient, of a mail that was taken for others", () => {
		const both = { to: ["ben@example.net", "eva@example.net"] };
		const refused = { ...taken(both), recipients: [recipient("rejected"), recipient("delivered", { address: "eva@example.net" })] };
		const all = { ...taken(both), recipients: [recipient("delivered"), recipient("delivered", { address: "eva@example.net" })] };
		expect(chosen(sent({ result: "rejected" }), [MTA, refused], [MTA, all])).toBe("first");
	});

	test("the time", () => {
		expect(chosen(sent(), [MTA, taken({}, NOON + 60 * SECOND)], [MTA, taken({}, NOON)], known(20))).toBe("second");
		const off = (seconds: number): unknown => {
			const found = linkOf(sent(), taken({}, NOON + seconds * SECOND), known(20))?.evidence.find(({ kind }) => kind === "time");
			return found && [found.weight, found.values.seconds];
		};
		expect([0, 1, 2, -2, 20, 149, 151].map(off)).toEqual([[3, 0], [2.9, 1], [1.5, 2], [1.5, -2], [-4, 20], [-4, 149], undefined]);
	});

	test("the time between begin and end, of an arrival that was not taken", () => {
		const seconds = (begun: number, end: number): unknown => {
			const one = sent({ result: "rejected" }, NOON, NOON - 20 * SECOND);
			const other = {
				...taken({ isAccepted: false, begun: NOON + begun * SECOND }, NOON + end * SECOND),
				recipients: [recipient("rejected")],
			};
			return linkOf(one, other, known(20))?.evidence.find(({ kind }) => kind === "time")?.values.seconds;
		};
		expect([seconds(-9, 9), seconds(2, 9), seconds(-9, -2)]).toEqual([0, 2, -2]);
	});

	test("the client, once its address is known", () => {
		const from = (ip: string) => taken({ client: { ip } });
		expect(chosen(sent(), [MTA, from("10.1.1.9")], [MTA, from("10.1.1.1")], known(5))).toBe("second");
		// Before that nobody knows whose it is.
		expect(chosen(sent(), [MTA, from("10.1.1.9")], [MTA, from("10.1.1.1")], known(1))).toBe("none");
	});

	test("the server, once its address is known", () => {
		const to = (ip: string): Handover["server"] => ({ ip });
		const lessons = known(4).map(
			([of, one]) => [of, { ...one, handovers: one.handovers.map((part) => ({ ...part, server: to("10.1.1.2") })) }] as const,
		);
		const others: Hops = traffic(4, NOON - 2 * HOUR).flatMap((mail) => {
			const one = atFront({ ...mail, from: `x${mail.from}` });
			const two = atMta({ ...mail, from: `x${mail.from}` });
			return [
				[FRONT, { ...one, handovers: one.handovers.map((part) => ({ ...part, server: to("10.1.1.3") })) }] as const,
				[STORE, two] as const,
			];
		});
		const mail = sent({ server: to("10.1.1.3") });
		const peer = { client: { ip: "10.1.1.1" } };
		expect(chosen(mail, [MTA, taken(peer)], [STORE, taken(peer)], [...lessons, ...others])).toBe("second");
	});

	test("what a client calls itself: a hint only", () => {
		const weight = (helo: string): number | undefined =>
			linkOf(sent(), taken({ client: { ip: "10.1.1.1", helo } }))?.evidence.find(({ kind }) => kind === "peer")?.weight;
		expect([weight("mx1.example.net"), weight("other.example.net")]).toEqual([0.5, undefined]);
	});

	test("which of two mails was there when the other connection began", () => {
		const [early, late] = [sent({}, NOON, NOON - 6 * SECOND), sent({}, NOON, NOON - SECOND)];
		const other = taken({ begun: NOON - 5 * SECOND });
		const trails = link([...known(20), [FRONT, early], [FRONT, late], [MTA, other]]);
		expect(trailWith(trails, other)).toBe(trailWith(trails, early));
		expect(linkOf(late, other, known(20))?.evidence.find(({ kind }) => kind === "sequence")).toEqual({
			kind: "sequence",
			weight: -9,
			values: { seconds: 3.3 },
		});
	});

	test("the size, once it is known by how much mails grow", () => {
		const grown = (by: number): Hops =>
			traffic(12).flatMap((mail, index) => {
				const size_bytes = 1000 + 100 * index;
				const [one, two] = [atFront(mail), atMta(mail)];
				return [
					[FRONT, { ...one, handovers: one.handovers.map((part) => ({ ...part, size_bytes })) }] as const,
					[MTA, { ...two, arrival: two.arrival && { ...two.arrival, size_bytes: size_bytes + by } }] as const,
				];
			});
		const of = (size_bytes: number) => taken({ size_bytes, client: { ip: "10.1.1.1" } });
		expect(chosen(sent({ size_bytes: 5000 }), [MTA, of(5700)], [MTA, of(5200)], grown(200))).toBe("second");
		expect(chosen(sent({ size_bytes: 5000 }), [MTA, of(5700)], [MTA, of(5200)], grown(200).slice(0, 8))).toBe("none");
		const size = (bytes: number): unknown =>
			linkOf(sent({ size_bytes: 5000 }), of(bytes), grown(200))?.evidence.find(({ kind }) => kind === "size");
		expect([size(5200), size(5216), size(9000)]).toEqual([
			{ kind: "size", weight: 1.5, values: { growth: 200 } },
			{ kind: "size", weight: 1, values: { growth: 216 } },
			{ kind: "size", weight: -2, values: { growth: 4000 } },
		]);
	});

	test("which layers hand to which, once that is known", () => {
		expect(chosen(sent(), [STORE, taken()], [MTA, taken()], known(25))).toBe("second");
		expect(chosen(sent(), [STORE, taken()], [MTA, taken()], known(2))).toBe("none");
	});
});
