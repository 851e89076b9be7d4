/** Hosts that their own logs call otherwise than the layers beside them do. */
import { describe, expect, test } from "vitest";
import { Clocks } from "../../src/correlate/clocks.js";
import { Linker } from "../../src/correlate/linker.js";
import { Names } from "../../src/correlate/names.js";
import type { Layer } from "../../src/correlate/nodes.js";
import type { Hop } from "../../src/format/trail.js";
import { arrival, atFront, atMta, DAY, FRONT, handover, hop, link, linksOf, MTA, NOON, SECOND, traffic, trailWith } from "./mails.js";

/** The MTA calls it `mx1.example.net`. */
const GATEWAY: Layer = { ...FRONT, key: "front\ngw7", host: "gw7" };
const mails = traffic(40);
const linked = (hops: readonly (readonly [Layer, Hop])[]): number => link(hops).flatMap(linksOf).length;

describe("a name that others have for a host is learned", () => {
	test("when nearly all mails come from it", () => {
		expect(linked(mails.flatMap((mail) => [[GATEWAY, atFront(mail)] as const, [MTA, atMta(mail)] as const]))).toBe(mails.length);
	});

	test("and mails that come under another one stay apart", () => {
		const [copied = { at: NOON }, ...others] = mails;
		const copy = atMta({ ...copied, client: "198.51.100.66" });
		const trails = link([
			...others.flatMap((mail) => [[GATEWAY, atFront(mail)] as const, [MTA, atMta(mail)] as const]),
			[GATEWAY, atFront(copied)],
			[MTA, copy],
		]);
		expect(linksOf(trailWith(trails, copy))).toEqual([]);
	});

	test("not from a few mails", () => {
		const few = mails.slice(0, 5);
		expect(linked(few.flatMap((mail) => [[GATEWAY, atFront(mail)] as const, [MTA, atMta(mail)] as const]))).toBe(0);
	});

	test("not when it is that of another host of the case", () => {
		const filter: Layer = { key: "filter\nmx1", format: "filter", host: "mx1", isNamed: true };
		expect(
			linked([
				[filter, hop(NOON - 3600 * SECOND)],
				...mails.flatMap((mail) => [[GATEWAY, atFront(mail)] as const, [MTA, atMta(mail)] as const]),
			]),
		).toBe(0);
	});
});

test("what was learned is told", () => {
	const [clocks, names] = [new Clocks(), new Names()];
	const linker = new Linker(clocks, names, DAY);
	for (const mail of mails) {
		linker.add(GATEWAY, atFront(mail));
		linker.add(MTA, atMta(mail));
	}
	for (const _ of linker.end());
	expect(names.learned).toEqual([{ host: "gw7", name: "mx1.example.net" }]);
});

describe("a layer that stands between two is not taken for one of them", () => {
	test("when both call it by the same name", () => {
		const server = { host: "relay.example.com" };
		const hops = mails.flatMap(({ at, from = "", to = [], messageId = "" }) => {
			const same = { from, to, message_ids: [messageId] };
			return [
				[GATEWAY, hop(at, { handovers: [handover(at, { ...same, server })] })] as const,
				[MTA, hop(at, { arrival: arrival(at, { ...same, client: server }) })] as const,
			];
		});
		expect(linked(hops)).toBe(0);
	});

	test("when the later one refuses what the earlier one handed on", () => {
		const hops = mails.flatMap((mail, index) => {
			const taken = atMta(mail);
			const refused = taken.arrival === undefined ? taken : { ...taken, arrival: { ...taken.arrival, isAccepted: false }, handovers: [] };
			return [[GATEWAY, atFront(mail)] as const, [MTA, index % 10 === 0 ? refused : taken] as const];
		});
		expect(linked(hops)).toBe(0);
	});
});
