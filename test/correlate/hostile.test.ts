/** Logs that somebody fills with the same again and again: each of these took longer than a test may when work grew with the square. */
import { describe, expect, test } from "vitest";
import type { Event } from "../../src/format/event.js";
import { viewOf } from "../../src/format/event-view.js";
import { loadTestFormats } from "../corpus/formats.js";
import { arrival, atFront, atMta, FRONT, hop, link, linksOf, MTA, NOON, recipient, SECOND } from "./mails.js";
import { sampleEvent } from "./sample-trails.js";

const count = (most: number): number[] => Array.from({ length: most }, (_, index) => index);

test("chunks of a mail to many thousands of recipients", () => {
	const chunks = count(30).map((chunk) => ({
		at: NOON,
		messageId: "1@example.org",
		to: count(600).map((index) => `user${index}@list${chunk}.example`),
	}));
	const trails = link(chunks.flatMap((mail) => [[FRONT, atFront(mail)] as const, [MTA, atMta(mail)] as const]));
	expect(trails.map(linksOf)).toEqual(chunks.map(() => ["front → mta"]));
});

test("mails of one sender to one recipient that are put off, each once", () => {
	const client = { ip: "203.0.113.1" };
	const mails = count(15_000).map((index) => {
		const at = NOON + index * SECOND;
		const message_ids = [`m${index}@example.org`];
		return hop(at, { arrival: arrival(at, { client, message_ids, isAccepted: false }), recipients: [recipient("deferred")] });
	});
	expect(link(mails.map((mail) => [FRONT, mail] as const))).toHaveLength(mails.length);
});

describe("trackers", async () => {
	const { formats } = await loadTestFormats();

	/** Hops of events, a second apart. */
	async function hopsOf(id: string, events: readonly Partial<Event>[]): Promise<number> {
		let hops = 0;
		const tracker = (await formats.find((format) => format.id === id)?.definition.trail?.())?.trail(() => hops++);
		for (const [index, event] of events.entries()) tracker?.add(viewOf(sampleEvent("log", index + 1, id, event)), NOON + index * SECOND);
		tracker?.end();
		return hops;
	}

	test("equal messages in one queue", async () => {
		const envelope = { from: "ann@example.org", to: [{ address: "bob@ims-ms-daemon", original: "bob@example.net" }] };
		const messages = count(19_000).map((index) => ({ envelope, message: { message_ids: [`m${index}@example.org`] } }));
		const [entered, delivered] = [
			{ fields: { action: "E" }, queue: { source_channel: "tcp_local", destination_channel: "ims-ms" } },
			{ fields: { action: "D" }, queue: { source_channel: "ims-ms" } },
		];
		expect(
			await hopsOf("sun-mta", [...messages.map((one) => ({ ...one, ...entered })), ...messages.map((one) => ({ ...one, ...delivered }))]),
		).toBe(messages.length);
	});

	test("recipients that no route serves by name", async () => {
		const mail = { session_id: "S", message: { transaction_id: "T" }, smtp: { code: "250" } };
		const recipients = count(8000).map((index): Partial<Event> => {
			const to = [{ address: `user${index}@domain${index}.example` }];
			return { ...mail, code: "718", action: "recipient.accept", envelope: { to } };
		});
		const answers = ["a.example", "b.example"].map((route) => ({ ...mail, code: "304", fields: { route: `route:${route}` } }));
		const end = ["720", "721"].map((code) => ({ ...mail, code }));
		expect(
			await hopsOf("smtpf", [{ ...mail, code: "717", envelope: { from: "ann@example.org" } }, ...recipients, ...answers, ...end]),
		).toBe(1);
	});
});
