import { describe, expect, test } from "vitest";
import type { Hop, HopRecipient } from "../../src/format/trail.js";
import type { TrailRecipient } from "../../src/index.js";
import {
	arrival,
	atFront,
	atMta,
	atStore,
	FILTER,
	FRONT,
	filtering,
	handover,
	hop,
	link,
	linksOf,
	MTA,
	NOON,
	recipient,
	SECOND,
	STORE,
	trailWith,
} from "./mails.js";

const short = ({ address, outcome, decided_by, expanded }: TrailRecipient): string =>
	`${address} ${outcome} by ${decided_by}${expanded === undefined ? "" : ` (${expanded.map(short).join(", ")})`}`;

describe("what became of a recipient", () => {
	test("is what the last layer says, under the name that the first one saw", () => {
		const mail = { at: NOON, to: ["Ben@Example.NET"] };
		const trails = link([
			[FRONT, atFront(mail)],
			[MTA, atMta({ at: NOON })],
			[STORE, atStore({ at: NOON })],
		]);
		expect(trails.map(({ recipients }) => recipients.map(short))).toEqual([["Ben@Example.NET delivered by store"]]);
	});

	test("is told of one that only the next layer knows, when the log of the first lost it", () => {
		const quoted = "4AB1";
		const recipients = (missing: readonly string[]): string[] => {
			const front = hop(NOON - 2 * SECOND, {
				recipients: [recipient("handed_on")],
				handovers: [handover(NOON, { reply: { quoted: [quoted] } })],
				missing,
			});
			const trails = link([
				[FRONT, front],
				[MTA, atMta({ at: NOON, quoted, to: ["ben@example.net", "eva@example.net"] })],
			]);
			return trailWith(trails, front).recipients.map(short);
		};
		expect(recipients(["some of its recipients"])).toEqual(["ben@example.net relayed by mta", "eva@example.net relayed by mta"]);
		// Else it is a copy that the next layer makes of all mails.
		expect(recipients([])).toEqual(["ben@example.net relayed by mta"]);
	});

	test("is told once, though the last layer has the address that it came by from another site", () => {
		const quoted = "0LYX00WC001J6000";
		const mta = hop(NOON - SECOND, {
			arrival: arrival(NOON),
			recipients: [recipient("handed_on")],
			handovers: [handover(NOON, { server: { host: "store1.example.net" }, reply: { quoted: [quoted] } })],
		});
		const store = hop(NOON, {
			arrival: arrival(NOON, { to: ["ben@alumni.example"], told: [quoted] }),
			recipients: [recipient("delivered", { address: "ben@alumni.example", became: ["ben@ims-ms-daemon"] })],
		});
		const trails = link([
			[MTA, mta],
			[STORE, store],
		]);
		expect(trails).toHaveLength(1);
		expect(trailWith(trails, mta).recipients.map(short)).toEqual(["ben@example.net delivered by store"]);
	});

	test("whose delivery the log in the middle lost is what the last layer says", () => {
		const [front, mta, store] = [NOON, NOON, NOON].map((at, index) => {
			const mail = { at, to: ["ben@example.net", "eva@example.net"], messageId: "one@example.org" };
			return index === 0 ? atFront(mail) : index === 1 ? atMta(mail) : atStore(mail);
		});
		if (front === undefined || mta === undefined || store === undefined) throw new Error("no hops");
		const torn = {
			...mta,
			recipients: mta.recipients.slice(0, 1),
			handovers: mta.handovers.map((one) => ({ ...one, to: one.to.slice(0, 1) })),
		};
		const trails = link([
			[FRONT, front],
			[MTA, torn],
			[STORE, store],
		]);
		expect(trailWith(trails, front).recipients.map(short)).toEqual([
			"ben@example.net delivered by store",
			"eva@example.net delivered by store",
		]);
	});

	test("is 'relayed' when the next layer has no log", () => {
		expect(link([[MTA, atMta({ at: NOON })]])[0]?.recipients.map(short)).toEqual(["ben@example.net relayed by mta"]);
	});

	test("was decided by the filter whose verdict the MTA repeats", () => {
		const mta = hop(NOON, {
			arrival: arrival(NOON, { isAccepted: false }),
			recipients: [recipient("rejected", { repeats: "filter" })],
			filterings: [filtering("mta", 1, NOON, NOON + SECOND, { verdict: "reject" })],
		});
		const filter = hop(NOON, { filterings: [filtering("filter", 1, NOON, NOON + SECOND, { verdict: "reject" })] });
		expect(
			trailWith(
				link([
					[MTA, mta],
					[FILTER, filter],
				]),
				mta,
			).recipients.map(short),
		).toEqual(["ben@example.net rejected by filter"]);
	});

	test("was decided by the server whose refusal the MTA turned into a bounce", () => {
		const server = { host: "store1.example.net" };
		const mta = hop(NOON, {
			arrival: arrival(NOON),
			handovers: [handover(NOON, { server, result: "rejected" })],
			recipients: [recipient("bounced", { repeats: "server" })],
		});
		const store = hop(NOON, { arrival: arrival(NOON, { isAccepted: false }), recipients: [recipient("rejected")] });
		expect(
			trailWith(
				link([
					[MTA, mta],
					[STORE, store],
				]),
				mta,
			).recipients.map(short),
		).toEqual(["ben@example.net bounced by store"]);
	});

	test("was decided by a server without a log, which is named", () => {
		const mta = hop(NOON, {
			handovers: [handover(NOON, { server: { host: "mx.elsewhere.example" }, result: "rejected" })],
			recipients: [recipient("bounced", { repeats: "server" })],
		});
		const [found] = link([[MTA, mta]])[0]?.recipients ?? [];
		expect([found?.outcome, found?.decided_by, found?.host]).toEqual(["bounced", undefined, "mx.elsewhere.example"]);
	});

	test("is told for each address of a list", () => {
		const server = { host: "store1.example.net" };
		const [ben, eva] = ["ben@example.net", "eva@example.net"];
		const of = (address: string, outcome: HopRecipient["outcome"], repeats?: "server") =>
			recipient(outcome, { address: "team@example.net", became: [address], repeats });
		const mta = hop(NOON, {
			handovers: [handover(NOON, { server, to: [ben] }), handover(NOON, { server, to: [eva], result: "rejected" })],
			recipients: [of(ben, "handed_on"), of(eva, "bounced", "server")],
		});
		const store = hop(NOON, { arrival: arrival(NOON, { to: [ben] }), recipients: [recipient("delivered", { address: ben })] });
		const trail = trailWith(
			link([
				[MTA, mta],
				[STORE, store],
			]),
			mta,
		);
		expect(trail.recipients.map(short)).toEqual([
			"team@example.net bounced by store (ben@example.net delivered by store, eva@example.net bounced by store)",
		]);
	});

	/** A list whose members the store knows by the address of the list only. */
	const listAtStore = (outcomes: readonly HopRecipient["outcome"][]): string[] => {
		const server = { host: "store1.example.net" };
		const members = ["ben@example.net", "eva@example.net", "gone@example.net"];
		const mta = hop(NOON, {
			arrival: arrival(NOON, { to: ["team@example.net"] }),
			handovers: [
				handover(NOON, { server, to: members.slice(0, 2) }),
				handover(NOON, { server, to: members.slice(2), result: "rejected" }),
			],
			recipients: members.map((address) =>
				recipient(address.startsWith("gone") ? "bounced" : "handed_on", {
					address: "team@example.net",
					became: [address],
					repeats: address.startsWith("gone") ? "server" : undefined,
				}),
			),
		});
		const store = hop(NOON, {
			arrival: arrival(NOON, { to: ["team@example.net"] }),
			recipients: outcomes.map((outcome, index) => recipient(outcome, { address: "team@example.net", became: [`box${index}@store`] })),
		});
		return trailWith(
			link([
				[MTA, mta],
				[STORE, store],
			]),
			mta,
		).recipients.map(short);
	};

	test("is told for each member of a list that the next layer knows by the address of the list, when all fared the same", () => {
		expect(listAtStore(["delivered", "delivered"])).toEqual([
			"team@example.net bounced by store (ben@example.net delivered by store, eva@example.net delivered by store, gone@example.net bounced by store)",
		]);
	});

	test("is told for the list when they did not: whose it was is not known", () => {
		expect(listAtStore(["delivered", "deferred"])).toEqual([
			"team@example.net bounced by store (box0@store delivered by store, box1@store deferred by store, gone@example.net bounced by store)",
		]);
	});

	test("of a forward is not that of another recipient of the same mail", () => {
		const ids = (queueId: string) => ({ session_id: [], transaction_id: [], queue_id: [queueId], file: [], message_id: [] });
		const forwarded = recipient("handed_on", { address: "staff@example.net" });
		const mail = hop(NOON, {
			ids: ids("A1"),
			recipients: [forwarded, recipient("handed_on")],
			handovers: [handover(NOON, { server: { host: "store1.example.net" } })],
			relations: [{ kind: "forward", role: "result", id: "B2", event: forwarded.event }],
		});
		const forward = hop(NOON + SECOND, { ids: ids("B2"), recipients: [recipient("delivered", { address: "eva@example.net" })] });
		const trail = trailWith(
			link([
				[MTA, mail],
				[MTA, forward],
			]),
			mail,
		);
		expect(trail.recipients.map(short)).toEqual(["staff@example.net delivered by mta", "ben@example.net relayed by mta"]);
	});

	test("that a client did not wait for was decided by no layer", () => {
		expect(link([[FRONT, hop(NOON, { recipients: [recipient("aborted")] })]])[0]?.recipients.map(short)).toEqual([
			"ben@example.net aborted by undefined",
		]);
	});

	test("is known when it is the same for all hops that may be the next one", () => {
		const mails = [0, 1].map(() => ({ at: NOON }));
		const trails = link([...mails.map((mail) => [MTA, atMta(mail)] as const), ...mails.map((mail) => [STORE, atStore(mail)] as const)]);
		expect(trails.flatMap(linksOf)).toEqual([]);
		expect(trails[0]?.recipients.map(short)).toEqual(["ben@example.net delivered by store"]);
	});

	test("is not known when those differ", () => {
		const bounced = { ...atStore({ at: NOON }), recipients: [recipient("bounced")] };
		const trails = link([
			[MTA, atMta({ at: NOON })],
			[MTA, atMta({ at: NOON })],
			[STORE, atStore({ at: NOON })],
			[STORE, bounced],
		]);
		expect(trails[0]?.recipients.map(short)).toEqual(["ben@example.net relayed by mta"]);
	});
});

describe("hops of one layer", () => {
	const withQueueId = (queueId: string, start: number, parts: Partial<Hop> = {}): Hop =>
		hop(start, { ids: { session_id: [], transaction_id: [], queue_id: [queueId], file: [], message_id: [] }, ...parts });

	test("are joined where the log relates them, to the one that is nearest in time", () => {
		const mail = withQueueId("A1", NOON, {
			arrival: arrival(NOON),
			relations: [{ kind: "notification", role: "result", id: "B2", event: "log:0" }],
		});
		const notice = withQueueId("B2", NOON + SECOND);
		const later = withQueueId("B2", NOON + 600 * SECOND);
		const trail = trailWith(
			link([
				[MTA, later],
				[MTA, notice],
				[MTA, mail],
			]),
			mail,
		);
		expect(trail.links).toMatchObject([{ from: 0, to: 1, kind: "notification", events: expect.arrayContaining(["log:0"]) }]);
		expect(trail.hops.flatMap(({ events }) => events)).toEqual([...mail.events, ...notice.events]);
	});

	test("are joined with the one that names them, when several of a moment have the Message-ID that they name", () => {
		const related = (own: string, other: string): Hop =>
			hop(NOON, {
				ids: { session_id: [], transaction_id: [], queue_id: [], file: [], message_id: [own] },
				relations: [{ kind: "notification", role: "result", id: other, event: "log:0" }],
			});
		const mails = ["n1@store", "n2@store"].map((notice) => related("1@example.org", notice));
		const notices = ["n1@store", "n2@store"].map((notice) => related(notice, "1@example.org"));
		const trails = link([...mails, ...notices].map((one) => [MTA, one] as const));
		expect(trails.map(({ hops }) => hops.flatMap(({ events }) => events))).toEqual(
			mails.map(({ events }, index) => [...events, ...(notices[index]?.events ?? [])]),
		);
	});

	test("stand in the order of their beginnings, those of one moment as they were complete", () => {
		const at = ["C3", "B2", "A1"].map((id) => withQueueId(id, NOON));
		const mail = {
			...withQueueId("D4", NOON),
			relations: ["A1", "C3", "B2"].map((id) => ({ kind: "forward" as const, role: "result" as const, id, event: "log:0" })),
		};
		const [trail, ...others] = link([...at, mail].map((one) => [MTA, one] as const));
		expect(others).toEqual([]);
		expect(trail?.hops.flatMap(({ ids }) => ids.queue_id)).toEqual(["C3", "B2", "A1", "D4"]);
	});

	test("are in the order in which one came of the other, though both began in the same second", () => {
		const notice = withQueueId("B2", NOON, { relations: [{ kind: "notification", role: "source", id: "A1", event: "log:0" }] });
		const mail = withQueueId("A1", NOON, { recipients: [recipient("bounced")] });
		const trail = trailWith(
			link([
				[MTA, notice],
				[MTA, mail],
			]),
			mail,
		);
		expect(trail.links.map(({ from, to }) => [trail.hops[from]?.ids.queue_id, trail.hops[to]?.ids.queue_id])).toEqual([[["A1"], ["B2"]]]);
		expect(trail.recipients.map(({ outcome }) => outcome)).toEqual(["bounced"]);
	});

	const tried = (at: number, outcome: HopRecipient["outcome"], messageId?: string): Hop => {
		const client = { ip: "203.0.113.1" };
		const message_ids = messageId === undefined ? [] : [messageId];
		return hop(at, {
			arrival: arrival(at, { client, message_ids, isAccepted: outcome === "handed_on" }),
			recipients: [recipient(outcome)],
		});
	};

	test("are tries of one mail when the earlier was put off; the last one counts", () => {
		const tries = [
			tried(NOON, "deferred"),
			tried(NOON + 300 * SECOND, "deferred"),
			tried(NOON + 900 * SECOND, "handed_on", "1@example.org"),
		];
		const [trail, ...others] = link(tries.map((one) => [FRONT, one] as const));
		expect(others).toEqual([]);
		expect(trail?.links.map(({ kind }) => kind)).toEqual(["retry", "retry"]);
		expect(trail?.recipients.map(short)).toEqual(["ben@example.net relayed by front"]);
	});

	test("are told in trails of a length when they never end", () => {
		const tries = Array.from({ length: 450 }, (_, index) => tried(NOON + index * 60 * SECOND, "deferred"));
		expect(link(tries.map((one) => [FRONT, one] as const)).map(({ hops }) => hops.length)).toEqual([200, 200, 50]);
	});

	test("are two mails when the first was taken, or has another Message-ID", () => {
		expect(
			link([
				[FRONT, tried(NOON, "handed_on")],
				[FRONT, tried(NOON + SECOND, "handed_on")],
			]),
		).toHaveLength(2);
		expect(
			link([
				[FRONT, tried(NOON, "deferred", "1@example.org")],
				[FRONT, tried(NOON + SECOND, "handed_on", "2@example.org")],
			]),
		).toHaveLength(2);
	});
});

test("each trail has an id of its own, though hops of one session share records", () => {
	const shared = ["log:a"];
	const [one, other] = [hop(NOON, { events: [...shared, "log:b"] }), hop(NOON, { events: [...shared, "log:c"] })];
	const ids = link([
		[FRONT, one],
		[FRONT, other],
	]).map(({ trail_id }) => trail_id);
	expect(new Set(ids).size).toBe(2);
	expect(ids.every((id) => /^[0-9a-f]{16}$/.test(id))).toBe(true);
});
