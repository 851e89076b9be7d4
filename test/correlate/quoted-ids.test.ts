/**
 * A server elsewhere is handed a mail, and answers with the id that another mail has on a host of the case. It chooses what it answers and when;
 * of mails that it sends itself also HELO, sender, recipients and Message-ID, and the names of its hosts below its own domain.
 */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Layer } from "../../src/correlate/nodes.js";
import type { Hop } from "../../src/format/trail.js";
import type { Trail } from "../../src/index.js";
import {
	arrival,
	atFront,
	atMta,
	atStore,
	FRONT,
	HOUR,
	handover,
	hop,
	layer,
	link,
	linksOf,
	MTA,
	NOON,
	recipient,
	SECOND,
	STORE,
	traffic,
	trailWith,
} from "./mails.js";

const RUNS = 60 * Number(process.env.FUZZ_RUNS ?? 1);
const EVIL = "203.0.113.66";

/** Mails around: they show which hosts hand to which, and how they are called. */
const around = traffic(20).flatMap((mail, index) => {
	const quoted = `4C${index}`;
	return [[FRONT, atFront({ ...mail, quoted })] as const, [MTA, atMta({ ...mail, quoted })] as const, [STORE, atStore(mail)] as const];
});

const isLinked = (trails: readonly Trail[], one: Hop, other: Hop): boolean => {
	const { hops, links } = trailWith(trails, one);
	const [from, to] = [one, other].map(({ events }) => hops.findIndex((each) => each.events[0] === events[0]));
	return links.some((each) => each.from === from && each.to === to);
};

/** A mail that the MTA hands to the server of the other side, which answers with an id. */
const stolen = (quoted: string, host: string | undefined, at = NOON): Hop => {
	const of = { from: "boss@example.org", to: ["eve@evil.example"], message_ids: ["1@example.org"] };
	return hop(at - 5 * SECOND, {
		arrival: arrival(at - 5 * SECOND, { client: { ip: "10.1.1.1", host: "mx1.example.net" }, ...of, told: ["4AB0"] }),
		handovers: [handover(at, { ...of, server: { ip: EVIL, host }, reply: { code: "250", quoted: [quoted] } })],
		recipients: [recipient("handed_on", { address: "eve@evil.example", time: at })],
		end: at + SECOND,
	});
};

interface Other {
	readonly client: { readonly ip?: string; readonly host?: string };
	readonly from: string;
	readonly to: readonly string[];
	readonly message_ids: readonly string[];
	readonly at: number;
}

/** Another mail, as the front took it. */
const other = ({ at, ...of }: Other): Hop => hop(at - SECOND, { arrival: arrival(at, { begun: at - SECOND, ...of, told: ["7F1"] }) });

const names = fc.constantFrom("mx.evil.example", "mx1.evil.example", "mx1.example.net.evil.example", "mx2.evil.example", undefined);

test("no such answer joins two mails, whatever else it chooses", () => {
	const his = fc.record({
		isSent: fc.boolean(),
		server: names,
		client: names,
		from: fc.constantFrom("boss@example.org", "anna@example.org"),
		to: fc.constantFrom("eve@evil.example", "ben@example.net"),
		messageId: fc.constantFrom("1@example.org", "2@example.org", undefined),
		seconds: fc.integer({ min: -300, max: 300 }),
	});
	fc.assert(
		fc.property(his, ({ isSent, server, client, from, to, messageId, seconds }) => {
			const one = stolen("7F1", server);
			const sender = isSent
				? { ip: EVIL, ...(client === undefined ? {} : { host: client }) }
				: { ip: "198.51.100.9", host: "c.example.com" };
			// What others send is of another Message-ID.
			const message_ids = messageId === undefined ? [] : [isSent ? messageId : "2@example.org"];
			const two = other({ client: sender, from, to: [to], message_ids, at: NOON + seconds * SECOND });
			expect(isLinked(link([...around, [MTA, one], [FRONT, two]]), one, two)).toBe(false);
		}),
		{ seed: 20261121, numRuns: RUNS },
	);
});

describe("an id that a reply quotes is believed", () => {
	const mail = { from: "boss@example.org", to: ["ben@example.net"] };
	const front = (server: { readonly ip?: string; readonly host?: string }, message_ids: readonly string[] = []): Hop =>
		hop(NOON - SECOND, { handovers: [handover(NOON, { ...mail, message_ids, server, reply: { code: "250", quoted: ["7F1"] } })] });
	const mta = (client: { readonly ip?: string; readonly host?: string }, message_ids: readonly string[] = []): Hop =>
		hop(NOON - SECOND, { arrival: arrival(NOON, { begun: NOON - SECOND, ...mail, message_ids, client, told: ["7F1"] }) });
	const confidence = (one: Hop, two: Hop): number | undefined =>
		trailWith(
			link([
				[FRONT, one],
				[MTA, two],
			]),
			one,
		).links[0]?.confidence;

	test.each([
		[
			"of a server that has the name of the other host",
			{ host: "mx2.example.net", ip: "10.1.1.2" },
			{ ip: "198.51.100.9", host: "nat.example" },
			[],
			[],
		],
		["of a client that has the name of the other host", {}, { ip: "10.1.1.1", host: "mx1.example.net" }, [], []],
		["of a Message-ID that is the same", {}, { ip: "10.1.1.1" }, ["1@a"], ["1@a"]],
		["of a Message-ID, though the client came by another name", {}, { ip: "10.1.1.1", host: "gw.example.net" }, ["1@a"], ["1@a"]],
		[
			"of client and Message-ID, though the server has another name",
			{ host: "gw.example.net" },
			{ host: "mx1.example.net" },
			["1@a"],
			["1@a"],
		],
		["of the envelope, where the logs name no other end and no Message-ID", { ip: "10.1.1.2" }, { ip: "10.1.1.1" }, [], ["1@a"]],
	])("because %s", (_, server, client, before, behind) => {
		expect(confidence(front(server, before), mta(client, behind))).toBe(0.999);
	});

	test.each([
		["the server has another name", { host: "mx.evil.example" }, {}, ["1@a"], ["1@a"]],
		["the server has another name, and the client that of the host", { host: "mx.evil.example" }, { host: "mx1.example.net" }, [], ["1@a"]],
		["the client has another name", { ip: "10.1.1.2" }, { host: "mx.evil.example" }, ["1@a"], ["1@a"]],
		["the client has another name, and nothing else agrees", {}, { host: "mx.evil.example" }, [], []],
		["a Message-ID is another", { host: "mx2.example.net" }, { host: "mx1.example.net" }, ["1@a"], ["2@a"]],
	])("not when %s", (_, server, client, before, behind) => {
		expect(confidence(front(server, before), mta(client, behind))).toBeUndefined();
	});

	test("not when the server is a host below another domain: a name that has a domain has all of it", () => {
		const whole: Layer = layer("mta", "mx2.example.net");
		const linked = (host: string): boolean => {
			const [one, two] = [front({ host }, ["1@a"]), mta({}, ["1@a"])];
			return isLinked(
				link([
					[FRONT, one],
					[whole, two],
				]),
				one,
				two,
			);
		};
		expect([linked("mx2.example.net"), linked("mx2"), linked("mx2.example.net.evil.example")]).toEqual([true, true, false]);
	});

	test("not of a namesake below another domain, once it is known how the host is called", () => {
		const sees = (count: number) => {
			const [one, two] = [front({ host: "mx2.evil.example", ip: EVIL }, ["1@a"]), mta({ host: "mx1.evil.example", ip: EVIL }, ["1@a"])];
			const known = traffic(count).flatMap((each, index) => {
				const sent = atFront({ ...each, quoted: `4C${index}` });
				const named = sent.handovers.map((part) => ({ ...part, server: { ip: "10.1.1.2", host: "mx2.example.net" } }));
				return [[FRONT, { ...sent, handovers: named }] as const, [MTA, atMta({ ...each, quoted: `4C${index}` })] as const];
			});
			return isLinked(link([...known, [FRONT, one], [MTA, two]]), one, two);
		};
		expect([sees(0), sees(20)]).toEqual([true, false]);
	});
});

describe("times that cannot be", () => {
	const mail = { messageId: "1@example.org", quoted: "4AB1" };
	const linked = (one: Hop, two: Hop): boolean => isLinked(link([...around, [FRONT, one], [MTA, two]]), one, two);
	const at = (seconds: number, begun = seconds): Hop => {
		const { arrival: taken, ...rest } = atMta({ ...mail, at: NOON + seconds * SECOND });
		return taken === undefined ? rest : { ...rest, arrival: { ...taken, begun: NOON + begun * SECOND } };
	};

	test.each([
		["taken with the reply", 0, 0, true],
		["taken before the reply, as servers do that think about it", -60, -60, false],
		["taken long after its connection began", 600, 0, true],
		["begun after the reply", 6, 6, false],
		["begun within the error of whole seconds", 2, 2, true],
	])("%s", (_, taken, begun, expected) => {
		expect(linked(atFront({ ...mail, at: NOON }), at(taken, begun))).toBe(expected);
	});

	test("a reply minutes after the mail was taken is of an id that is used again", () => {
		const slow = { ...atFront({ ...mail, at: NOON }), start: NOON - HOUR };
		expect(linked(slow, at(-140))).toBe(true);
		expect(linked(slow, at(-200))).toBe(false);
	});
});

test("links that rest on quoted ids teach nothing of addresses: the next answer is believed no more than the first", () => {
	const at = (index: number): number => NOON - HOUR / 2 + index * 20 * SECOND;
	const bounce = { from: "", to: ["eve@evil.example"] };
	const handed = (index: number, of: { readonly from: string; readonly to: readonly string[] }): Hop =>
		hop(at(index) - SECOND, {
			handovers: [handover(at(index), { ...of, server: { ip: EVIL }, reply: { code: "250", quoted: [`8F${index}`] } })],
		});
	const taken = (index: number, of: { readonly from: string; readonly to: readonly string[] }): Hop =>
		hop(at(index) - SECOND, { arrival: arrival(at(index), { ...of, told: [`8F${index}`] }) });
	const lessons = Array.from({ length: 20 }, (_, index) => [[MTA, handed(index, bounce)] as const, [FRONT, taken(index, bounce)] as const]);
	const [one, two] = [
		handed(20, { from: "boss@example.org", to: ["eve@evil.example"] }),
		taken(20, { from: "boss@example.org", to: ["ben@example.net"] }),
	];
	const trails = link([...lessons.flat(), [MTA, one], [FRONT, two]]);
	expect(trails.flatMap(linksOf)).toHaveLength(20);
	expect(isLinked(trails, one, two)).toBe(false);
});
