/** A sender who knows another mail copies all that a sender can choose, and writes ids where logs show them. */
import { describe, expect, test } from "vitest";
import {
	atFront,
	atMta,
	atStore,
	FILTER,
	FRONT,
	filtering,
	hop,
	link,
	linksOf,
	type Mail,
	MTA,
	NOON,
	SECOND,
	STORE,
	traffic,
	trailWith,
} from "./mails.js";

/** The mails around: they show which hosts hand to which. */
const around = traffic(40).flatMap((mail) => [
	[FRONT, atFront(mail)] as const,
	[MTA, atMta(mail)] as const,
	[STORE, atStore(mail)] as const,
]);
const victim: Mail = { at: NOON, messageId: "secret@example.org", helo: "mail.example.org" };

/** Links between hops of a mail and hops of its copy. */
function wrongLinks(own: readonly (typeof around)[number][], copy: readonly (typeof around)[number][]): string[] {
	const trails = link([...around, ...own, ...copy]);
	const copied = new Set(copy.flatMap(([, { events }]) => events));
	return own.flatMap(([, one]) => {
		const { hops } = trailWith(trails, one);
		return hops.filter(({ events }) => events.some((event) => copied.has(event))).map(({ format }) => format);
	});
}

describe("a copy of Message-ID, HELO, sender and recipient is not taken for the mail", () => {
	test("in the same second, through the same hosts", () => {
		const own = [[FRONT, atFront(victim)] as const, [MTA, atMta(victim)] as const];
		const copy = [[FRONT, atFront({ ...victim, client: "198.51.100.66" })] as const, [MTA, atMta(victim)] as const];
		expect(wrongLinks(own, copy)).toEqual([]);
	});

	test("sent straight to the MTA, while the record of the mail is lost there", () => {
		expect(wrongLinks([[FRONT, atFront(victim)]], [[MTA, atMta({ ...victim, client: "198.51.100.66" })]])).toEqual([]);
	});

	test("sent straight to the MTA, beside the mail: that one has its link", () => {
		const [front, mta] = [atFront(victim), atMta(victim)];
		const trails = link([...around, [FRONT, front], [MTA, mta], [MTA, atMta({ ...victim, client: "198.51.100.66" })]]);
		const trail = trailWith(trails, front);
		expect(linksOf(trail)).toEqual(["front → mta"]);
		expect(trail).toBe(trailWith(trails, mta));
	});

	test("refused by the front, while the mail is not in its log", () => {
		const refused = { ...atFront(victim), handovers: [] };
		expect(wrongLinks([[MTA, atMta(victim)]], [[FRONT, refused]])).toEqual([]);
	});

	test("when the replies quote ids, both have the right ones", () => {
		const [own, copy] = [
			{ ...victim, quoted: "4AB1" },
			{ ...victim, quoted: "4AB2" },
		];
		const fronts = [atFront(own), atFront(copy)];
		const trails = link([...around, ...fronts.map((one) => [FRONT, one] as const), [MTA, atMta(copy)], [MTA, atMta(own)]]);
		expect(fronts.map((one) => trailWith(trails, one).hops[1]?.ids.queue_id)).toEqual([["4AB1"], ["4AB2"]]);
	});
});

test("a thousand copies in one second are not told apart, and cost no more than a thousand mails", () => {
	const copies = Array.from({ length: 1000 }, () => victim);
	const trails = link(copies.flatMap((mail) => [[FRONT, atFront(mail)] as const, [MTA, atMta(mail)] as const]));
	expect(trails.flatMap(linksOf)).toEqual([]);
	expect(Math.max(...trails.map(({ candidates }) => candidates.length))).toBeLessThanOrEqual(10);
});

test("a server elsewhere that answers with an id of this case gets no link: the envelope is another", () => {
	const own = { at: NOON, quoted: "4AB1" };
	const elsewhere = atFront({ at: NOON, from: "eve@example.org", to: ["eve@example.com"], quoted: "4AB1" });
	const trails = link([...around, [FRONT, elsewhere], [MTA, atMta(own)]]);
	expect(linksOf(trailWith(trails, elsewhere))).toEqual([]);
});

test("a copy does not become the next try of a mail that was put off: another client sent it", () => {
	const putOff = { ...atFront(victim), handovers: [] };
	const copy = atFront({ ...victim, at: NOON + 60 * SECOND, client: "198.51.100.66" });
	expect(link([...around, [FRONT, putOff], [FRONT, copy]]).flatMap(({ links }) => links.filter(({ kind }) => kind === "retry"))).toEqual(
		[],
	);
});

test("a queue id in a header that a sender wrote does not move a filter session to a mail of another time", () => {
	const mail = { ...atMta({ at: NOON, quoted: "4AB1" }), filterings: [filtering("mta", 1, NOON, NOON + SECOND)] };
	const forged = hop(NOON + 300 * SECOND, {
		filterings: [filtering("filter", 9, NOON + 300 * SECOND, NOON + 301 * SECOND, { words: ["4AB1"] })],
	});
	expect(
		link([
			[MTA, mail],
			[FILTER, forged],
		]).flatMap(linksOf),
	).toEqual([]);
});
