/** Hops for tests, written as little as a reader needs: three hosts, a front that hands to an MTA that hands to a store. */
import { Clocks } from "../../src/correlate/clocks.js";
import { Linker } from "../../src/correlate/linker.js";
import { Names } from "../../src/correlate/names.js";
import type { Layer } from "../../src/correlate/nodes.js";
import type { Arrival, Filtering, Handover, Hop, HopRecipient } from "../../src/format/trail.js";
import type { Trail } from "../../src/index.js";

export const NOON: number = Date.parse("2026-11-21T12:00:00Z");
export const SECOND = 1000;
export const HOUR = 3_600_000;
export const DAY = 86_400_000;

export const layer = (format: string, host: string, isNamed = true): Layer => ({ key: `${format}\n${host}`, format, host, isNamed });
export const FRONT: Layer = layer("front", "mx1");
export const MTA: Layer = layer("mta", "mx2");
export const STORE: Layer = layer("store", "store1");
export const FILTER: Layer = layer("filter", "mx2");

let events = 0;
const nextEvent = (): string => `log:${++events}`;

type Part<Whole> = { readonly [Key in keyof Whole]?: Whole[Key] };

export const hop = (start: number, parts: Part<Hop> = {}): Hop => ({
	ids: { session_id: [], transaction_id: [], queue_id: [], file: [], message_id: [], ...parts.ids },
	start,
	end: start + SECOND,
	events: [nextEvent()],
	handovers: [],
	recipients: [],
	filterings: [],
	relations: [],
	missing: [],
	...parts,
});

export const arrival = (time: number, parts: Part<Arrival> = {}): Arrival => ({
	time,
	client: {},
	server: {},
	from: "anna@example.org",
	to: ["ben@example.net"],
	message_ids: [],
	isAccepted: true,
	told: [],
	...parts,
});

export const handover = (time: number, parts: Part<Handover> = {}): Handover => ({
	time,
	server: {},
	client: {},
	from: "anna@example.org",
	to: ["ben@example.net"],
	message_ids: [],
	reply: { code: "250", quoted: [] },
	result: "accepted",
	events: [nextEvent()],
	...parts,
});

export const recipient = (outcome: HopRecipient["outcome"], parts: Part<HopRecipient> = {}): HopRecipient => ({
	address: "ben@example.net",
	became: [],
	outcome,
	time: NOON,
	event: nextEvent(),
	...parts,
});

export const filtering = (side: Filtering["side"], k: number, begin: number, end: number, parts: Part<Filtering> = {}): Filtering => ({
	side,
	series: "1",
	k,
	begin,
	end,
	verdict: "accept",
	stage: "eom",
	words: [],
	...parts,
});

/** What one mail is, in the words of both ends of each handover. */
export interface Mail {
	/** By the true clock. */
	readonly at: number;
	readonly from?: string;
	readonly to?: readonly string[];
	readonly messageId?: string;
	/** Queue id at the MTA that its reply tells. */
	readonly quoted?: string;
	readonly helo?: string;
	readonly client?: string;
}

/** The front takes a mail, and hands it to the MTA. */
export function atFront({
	at,
	from = "anna@example.org",
	to = ["ben@example.net"],
	messageId,
	quoted,
	helo,
	client = "203.0.113.1",
}: Mail): Hop {
	const message_ids = messageId === undefined ? [] : [messageId];
	return hop(at - 2 * SECOND, {
		arrival: arrival(at, { begun: at - 2 * SECOND, client: { ip: client, helo }, from, to, message_ids }),
		handovers: [handover(at, { from, to, message_ids, reply: { code: "250", quoted: quoted === undefined ? [] : [quoted] } })],
		recipients: to.map((address) => recipient("handed_on", { address, time: at })),
	});
}

/** The MTA takes it from the front, and hands it to the store. Its clock is `ahead` seconds ahead. */
export function atMta({ at, from = "anna@example.org", to = ["ben@example.net"], messageId, quoted, client }: Mail, ahead = 0): Hop {
	const time = at + ahead * SECOND;
	const message_ids = messageId === undefined ? [] : [messageId];
	const queue_id = quoted === undefined ? [] : [quoted];
	return hop(time - SECOND, {
		ids: { session_id: [], transaction_id: [], queue_id, file: [], message_id: message_ids },
		arrival: arrival(time, {
			begun: time - SECOND,
			client: { ip: client ?? "10.1.1.1", host: client === undefined ? "mx1.example.net" : undefined },
			from,
			to,
			message_ids,
			told: queue_id,
		}),
		handovers: [handover(time + SECOND, { from, to, message_ids, server: { ip: "10.1.1.3", host: "store1.example.net" } })],
		recipients: to.map((address) => recipient("handed_on", { address, time })),
		end: time + 2 * SECOND,
	});
}

/** The store takes it, and delivers it. */
export function atStore({ at, from = "anna@example.org", to = ["ben@example.net"], messageId }: Mail, ahead = 0): Hop {
	const time = at + SECOND + ahead * SECOND;
	return hop(time, {
		arrival: arrival(time, { from, to, message_ids: messageId === undefined ? [] : [messageId] }),
		recipients: to.map((address) => recipient("delivered", { address, time })),
	});
}

/** Mails one after the other, each of another sender: what a busy chain looks like around the ones of a test. */
export const traffic = (count: number, from: number = NOON - HOUR, every: number = 7 * SECOND): Mail[] =>
	Array.from({ length: count }, (_, index) => ({
		at: from + index * every,
		from: `sender${index}@example.org`,
		to: [`user${index % 7}@example.net`],
		messageId: `m${index}@example.org`,
	}));

/** The trails of hops, all at once. */
export function link(hops: readonly (readonly [Layer, Hop])[], clocks: Clocks = new Clocks()): Trail[] {
	const linker = new Linker(clocks, new Names(), 5 * DAY);
	for (const [of, one] of hops) {
		clocks.addHost(of.host);
		linker.add(of, one);
	}
	return [...linker.end()];
}

/** The trail of a hop. */
export function trailWith(trails: readonly Trail[], { events: [event = ""] }: Hop): Trail {
	const found = trails.find(({ hops }) => hops.some((one) => one.events.includes(event)));
	if (found === undefined) throw new Error(`no trail has ${event}`);
	return found;
}

/** Formats of the hops of a trail, as they are linked: `front → mta`. */
export const linksOf = ({ hops, links }: Trail): string[] =>
	links.map(({ from, to }) => `${hops[from]?.format} → ${hops[to]?.format}`).sort();
