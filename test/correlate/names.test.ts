/** Hosts that their own logs call otherwise than the layers beside them do. */
import { describe, expect, test } from "vitest";
import { Clocks } from "../../src/correlate/clocks.js";
import { Linker } from "../../src/correlate/linker.js";
import { Names } from "../../src/correlate/names.js";
import type { Layer } from "../../src/correlate/nodes.js";
import type { Hop } from "../../src/format/trail.js";
import { correlate, emptyCorrelateSummary, readEvents } from "../../src/index.js";
import { inputOf } from "../corpus/conversion.js";
import { loadTestFormats } from "../corpus/formats.js";
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

test("a mail counts once, though the first ones are looked at ahead", async () => {
	const formats = await loadTestFormats();
	const six = [1, 2, 3, 4, 5, 6].map((minute) => ({ stamp: `Nov 21 10:0${minute}:00`, id: `4A1002205${minute}` }));
	const mail = ({ stamp, id }: (typeof six)[number], host: string, start: string, delivery: string): string => `
		${stamp} ${host} postfix/${start.replace("ID", id)}
		${stamp} ${host} postfix/cleanup[11]: ${id}: message-id=<${id}@example.org>
		${stamp} ${host} postfix/qmgr[12]: ${id}: from=<ann@example.org>, size=900, nrcpt=1 (queue active)
		${stamp} ${host} postfix/${delivery.replace("ID", id)}, delay=2, delays=1/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok)
		${stamp} ${host} postfix/qmgr[12]: ${id}: removed`;
	const gateway = (one: (typeof six)[number]): string =>
		mail(
			one,
			"gw7",
			"pickup[9]: ID: uid=0 from=<ann@example.org>",
			"smtp[13]: ID: to=<bob@example.net>, relay=mx2.example.net[192.0.2.2]:25",
		);
	const mta = (one: (typeof six)[number]): string =>
		mail(one, "mx2", "smtpd[9]: ID: client=mx1.example.net[192.0.2.1]", "local[13]: ID: to=<bob@example.net>, relay=local");
	const sources = [gateway, mta].map((log, index) => ({
		name: `log${index}`,
		events: () =>
			readEvents(
				inputOf(
					six
						.map(log)
						.join("")
						.replaceAll(/^[\n\t]+/gm, ""),
				),
				{ ...formats, year: 2026 },
			),
	}));
	const summary = emptyCorrelateSummary();
	for await (const _ of correlate(sources, formats, summary));
	expect(summary).toMatchObject({ hops: 12, links: 0, names: [] });
});
