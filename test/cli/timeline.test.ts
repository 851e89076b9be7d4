/** A trail as text for people. */

import { expect, test } from "vitest";
import { clockText } from "../../src/cli/clock-text.js";
import { coloursOf } from "../../src/cli/colours.js";
import { trailText } from "../../src/cli/timeline.js";
import type { Event, Trail } from "../../src/index.js";
import { sampleEvent, sampleHop, sampleLink, sampleTrail } from "../correlate/sample-trails.js";

const TRAIL: Trail = sampleTrail({
	message_ids: ["m1@example.org"],
	hops: [
		sampleHop({
			format: "mx",
			host: "mx1",
			events: ["case/mx1.log:1", "case/mx1.log:2"],
			ids: { session_id: ["S1"], transaction_id: ["T1"], queue_id: [], file: [], message_id: [] },
		}),
		sampleHop({
			format: "relay",
			host: "mx2",
			events: ["case/mx2.log:1", "case/mx2.log:2"],
			ids: { session_id: [], transaction_id: [], queue_id: ["Q1"], file: [], message_id: ["m1@example.org"] },
			missing: ["its end"],
		}),
	],
	links: [
		{
			...sampleLink(0, 1, 0.9987),
			evidence: [
				{ kind: "quoted_id", weight: 9.2, values: { value: "Q1" } },
				{ kind: "recipient", weight: -4, values: { from: ["jane@example.net", "bob@example.net"], to: ["info@example.net"] } },
				{ kind: "time", weight: 2.1, values: { seconds: 0.41234 } },
				{ kind: "peer", weight: 1, values: { client: "192.0.2.1", client_host: "mx1" } },
			],
		},
	],
	candidates: [
		{
			hop: 1,
			direction: "next",
			format: "store",
			host: "store1",
			ids: { session_id: [], transaction_id: [], queue_id: [], file: ["ZZf01.00"], message_id: [] },
			event: "case/store.log:77",
			evidence: [{ kind: "recipient", weight: 2, values: { value: "jane@example.net" } }],
			confidence: 0.4,
		},
	],
	recipients: [
		{
			address: "info@example.net",
			outcome: "rejected",
			decided_by: "relay",
			host: "mx2",
			smtp: { code: "550", enhanced: "5.1.1", text: "no such user" },
			event: "case/mx2.log:2",
		},
		{
			address: "team@example.net",
			outcome: "bounced",
			expanded: [
				{ address: "bob@example.net", outcome: "delivered", mailbox: "Lists" },
				{ address: "gone@example.net", outcome: "bounced" },
			],
		},
	],
	clock_offsets: [{ from: "mx1", to: "mx2", seconds: 37.2, uncertainty_seconds: 0.45, witnesses: 105 }],
});

const EVENTS: readonly Event[] = [
	sampleEvent("case/mx1.log", 1, "mx", { code: "1", client: { ip: "192.0.2.7", port: 4001, host: "client.example.org" } }),
	sampleEvent("case/mx1.log", 2, "mx", {
		time: "2026-11-21T03:00:14+00:00",
		code: "2",
		smtp: { code: "250", text: "queued as Q1" },
		envelope: { from: "", to: [{ address: "jane@example.net", original: "info@example.net" }] },
		outcome: "success",
	}),
	sampleEvent("case/mx2.log", 1, "relay", { time: "2026-11-21T12:00:50.25+09:00", text: "queue file opened", action: "message.accept" }),
	sampleEvent("case/mx2.log", 2, "relay", {
		time: "2026-11-21T12:00:53.00+09:00",
		code: "3",
		outcome: "failure",
		message: { size_bytes: 1263 },
	}),
];

const TITLES: Readonly<Record<string, string>> = { "1": "A client connected", "2": "Handed over", "3": "Refused" };

const show = (trail: Trail = TRAIL, { events = EVENTS, width = 100, isColoured = false } = {}): string =>
	trailText(trail, {
		events: new Map(events.map((event) => [event.id, event])),
		titleOf: ({ code }) => TITLES[code ?? ""],
		width,
		colours: coloursOf(isColoured),
	});

test("tells the hops, each event by one clock, the links with their reasons, and what became of it", () => {
	expect(show()).toBe(`Mail <m1@example.org>
  trail   case/mx1.log:1
  hop 1   mx on mx1: session S1, transaction T1
  hop 2   relay on mx2: queue id Q1
  clocks  mx2 is 37.2 s ahead of mx1 (± 0.45 s, 105 witnesses)
  times   UTC, by the clock of mx1; the correction stands beside them

  2026-11-21 03:00:12              1  mx mx1     A client connected: client
                                                 client.example.org[192.0.2.7]:4001 [mx1.log:1]
  2026-11-21 03:00:13.05  -37.2 s  2  relay mx2  message.accept: queue file opened [mx2.log:1]
  2026-11-21 03:00:14              1  mx mx1     Handed over: from <>, to <jane@example.net> (was
                                                 <info@example.net>), "250 queued as Q1" [mx1.log:2]
  2026-11-21 03:00:15.80  -37.2 s  2  relay mx2  Refused: 1263 bytes [mx2.log:2]

  How it is known
  1 → 2  handover, confidence 0.999
         quoted id: Q1 (+9.2)
         recipient: jane@example.net, bob@example.net / info@example.net (-4)
         time: 0.412 s apart (+2.1)
         peer: client 192.0.2.1, client host mx1 (+1)

  What became of it
  info@example.net    rejected, decided by relay on mx2: 550 5.1.1 no such user [mx2.log:2]
  team@example.net    delivered and bounced
  → bob@example.net   delivered to Lists
  → gone@example.net  bounced

  What may belong to it; nothing proves it
  after 2  store on store1: file ZZf01.00 [store.log:77]
           confidence 0.4: recipient: jane@example.net (+2)

  What is missing
  2  its end
`);
});

test("tells what was assumed of the times, in the head and beside each of them", () => {
	const assumed: Trail["assumed"] = [
		{ source: "case/mx1.log", year: "file", zone: "assumed" },
		{ source: "case/mx2.log", year: "option", zone: "option" },
	];
	const [first, second, third, fourth] = EVENTS;
	const events = [
		{ ...first, time_basis: { year: "rollover", zone: "assumed" } },
		{ ...second, time_basis: { year: "file", zone: "line" } },
		{ ...third, time_basis: { year: "rollover", zone: "option" } },
		{ ...fourth, time_basis: { year: "option", zone: "assumed" } },
	] as Event[];
	const text = show({ ...TRAIL, assumed }, { events });
	expect(text).toContain(`
  clocks   mx2 is 37.2 s ahead of mx1 (± 0.45 s, 105 witnesses)
  assumed  mx1.log: year from the date of the file (y); UTC, as no line tells a zone (z)
  given    mx2.log: year; zone
  times    UTC, by the clock of mx1; the correction stands beside them

  2026-11-21 03:00:12 yz             1  mx mx1     A client connected: client
`);
	expect(text).toContain("\n  2026-11-21 03:00:14 y              1  mx mx1     Handed over");
	expect(text).toContain("\n  2026-11-21 03:00:13.05    -37.2 s  2  relay mx2  message.accept");
	expect(text).toContain("\n  2026-11-21 03:00:15.80 z  -37.2 s  2  relay mx2  Refused");
});

test("logs of which the same is assumed are told together; of the same name, by their paths", () => {
	const assumed: Trail["assumed"] = [
		{ source: "a/mail.log", zone: "assumed" },
		{ source: "b/mail.log", zone: "assumed" },
		{ source: "b/other.log", year: "file" },
		{ source: "-", year: "session_id", zone: "option" },
	];
	expect(show({ ...TRAIL, assumed })).toContain(`
  assumed  a/mail.log, b/mail.log: UTC, as no line tells a zone (z)
           other.log: year from the date of the file (y)
  given    standard input: zone
`);
});

test("on a narrow terminal what happened stands below time and host", () => {
	expect(show(TRAIL, { width: 60 })).toContain(`
  2026-11-21 03:00:12              1  mx mx1
      A client connected: client
      client.example.org[192.0.2.7]:4001 [mx1.log:1]
  2026-11-21 03:00:13.05  -37.2 s  2  relay mx2
`);
});

test("says why, where there is no reply", () => {
	const refused = { ...EVENTS[3], id: "case/mx2.log:2", fields: { reason: "connection refused" } } as Event;
	expect(show(TRAIL, { events: [refused] })).toContain("Refused: 1263 bytes, connection refused [mx2.log:2]");
	const replied = { ...refused, smtp: { code: "550" } } as Event;
	expect(show(TRAIL, { events: [replied] })).toContain('Refused: 1263 bytes, "550" [mx2.log:2]');
});

test("nothing that a sender wrote can move the cursor, or fake a line", () => {
	const evil = "\x1b[2J\n  2026-11-21 03:00:00  all is well\u202e";
	const events = EVENTS.map((event) => ({ ...event, text: evil, smtp: { text: evil } }));
	const recipients = TRAIL.recipients.map((recipient) => ({ ...recipient, address: evil, smtp: { text: evil } }));
	const text = show({ ...TRAIL, message_ids: [evil], recipients }, { events });
	expect(text).not.toMatch(/[\x1b\u202e]/u);
	expect(text.split("\n").filter((line) => /^ {0,9}2026-11-21 03:00:00/.test(line))).toEqual([]);
});

test("colours what failed, and only when asked", () => {
	expect(show(TRAIL, { isColoured: true })).toContain("\x1b[31mRefused: 1263 bytes [mx2.log:2]\x1b[39m");
});

test("an event without a time stands behind the one before it in the log; one that is not there is passed over", () => {
	const events = EVENTS.slice(0, 3).map(({ time, ...event }) => (event.id.endsWith("mx1.log:2") ? event : { ...event, time: time ?? "" }));
	const lines = show(TRAIL, { events }).split("\n");
	const at = lines.findIndex((line) => line.includes("time unknown"));
	expect(lines[at - 2]).toContain("A client connected");
	expect(lines.join("\n")).not.toContain("Refused");
});

test.each([
	[{ seconds: 0, witnesses: 3 }, "store is with mx1 (± 0.5 s, 3 witnesses)"],
	[{ seconds: -125.04, witnesses: 1 }, "store is 2 min 5 s behind mx1 (± 0.5 s, 1 witness)"],
	[{ seconds: 32275, zone_seconds: 32400 }, "store is 2 min 5 s behind mx1, and 9 h ahead by a mistaken zone (± 0.5 s, 9 witnesses)"],
	[{ seconds: -19800, zone_seconds: -19800 }, "store is 5 h 30 min behind by a mistaken zone (± 0.5 s, 9 witnesses)"],
	[{ seconds: 2, drift_seconds_per_day: 1.5 }, "store is 2 s ahead of mx1 (± 0.5 s, 9 witnesses, drifting 1.5 s a day)"],
	[{ seconds: 2, is_pinned: true }, "store is 2 s ahead of mx1 (given)"],
])("a clock: %j", (changes, text) => {
	expect(clockText({ from: "mx1", to: "store", uncertainty_seconds: 0.5, witnesses: 9, ...changes })).toBe(text);
});

test("records of the same second stand in the order of their log, whatever hop they are of", () => {
	const events = [1, 2, 3].map((line) => sampleEvent("case/mail.log", line, "relay", { code: `step ${line}` }));
	const [first, second, third] = events.map(({ id }) => id) as [string, string, string];
	const text = trailText(
		sampleTrail({
			hops: [
				sampleHop({ format: "relay", host: "mx2", events: [second] }),
				sampleHop({ format: "filter", host: "mx2", events: [first, third] }),
			],
		}),
		{ events: new Map(events.map((event) => [event.id, event])), titleOf: ({ code }) => code, width: 120, colours: coloursOf(false) },
	);
	expect(text.match(/step \d/g)).toEqual(["step 1", "step 2", "step 3"]);
});
