/**
 * Senders and servers choose addresses, subjects and replies. Whatever they choose, an event tells the truth or nothing: for
 * lines written as Postfix writes them, with addresses quoted (since 3.5) and as they are (before).
 */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Event } from "../../src/index.js";
import { converted } from "./conversion.js";
import { type Formats, loadTestFormats } from "./formats.js";

let known: Formats;
beforeAll(async () => {
	known = await loadTestFormats();
});

const PIECES = [
	...['"', "\\", "<", ">", "(", ")", ":", ";", ",", " ", "@", "x", "@x>", "a@b.example"],
	...["; from=<", " from=<", "> to=<", " to=<", "> proto=ESMTP", " helo=<h>", " proto=SMTP helo=<", ">: ", " sasl_username=<root>"],
	...[">, relay=none", ", delay=1", ", delays=0/0/0/1, dsn=2.0.0", ", status=sent (250 ok", ")", ", size=1, nrcpt=1 (queue active)"],
	...[" from evil.example[203.0.113.9]; from=<ceo@b.example>", " (in reply to RCPT TO command)", "host mx[192.0.2.1] said: 550 no"],
];
// A blank at the end of a record proves nothing, and is not read.
const hostile = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join("").trimEnd());

/** An address as the log has it: with its local part quoted where that is needed, or not. */
type Form = (localPart: string) => string;
const quoted: Form = (local) => (/^[\w.]+$/.test(local) ? local : `"${local.replace(/["\\]/g, "\\$&")}"`) + DOMAIN;
const bare: Form = (local) => `${local}${DOMAIN}`;
const DOMAIN = "@c.example";

const read = async (text: string, daemon = "smtpd"): Promise<Event> => {
	const { events } = await converted(`Nov 21 02:15:22 mail postfix/${daemon}[1]: ${text}\n`, known);
	const [event] = events;
	if (event === undefined || events.length > 1) throw new Error(`${events.length} events`);
	return event;
};

/** Each value of the event is the true one, or absent. */
function expectTrue(event: Event, truth: Readonly<Record<string, unknown>>): void {
	const found: Readonly<Record<string, unknown>> = {
		from: event.envelope?.from,
		to: event.envelope?.to?.[0]?.address,
		ip: event.client?.ip,
		helo: event.client?.helo,
		user: event.auth?.user,
		relay: event.fields?.relay,
		status: event.fields?.status,
		size: event.message?.size_bytes,
		subject: event.message?.subject,
		said: event.smtp?.text,
		server: event.server?.ip,
		dsn: event.dsn,
		reason: event.fields?.reason,
		value: event.fields?.header_value,
		replacement: event.fields?.replacement,
	};
	for (const [name, value] of Object.entries(found))
		if (value !== undefined && value !== truth[name]) expect({ [name]: value, raw: event.raw }).toEqual({ [name]: truth[name] });
}

const RUNS = { numRuns: 200 * Number(process.env.FUZZ_RUNS ?? 1), seed: 20261121 };

describe.each([
	["quoted", quoted],
	["as they are", bare],
])("addresses %s", (_, form) => {
	test("a refusal, its reply with the sender, the recipient, or neither", () =>
		fc.assert(
			fc.asyncProperty(hostile, hostile, fc.constantFrom("from", "to", "none"), async (sender, recipient, repeated) => {
				const truth = { from: form(sender), to: form(recipient), ip: "192.0.2.10", helo: "h.example" };
				const about = repeated === "none" ? "" : `<${truth[repeated as "from" | "to"]}>: `;
				const said = `${about}Access denied`;
				const event = await read(
					`NOQUEUE: reject: RCPT from mx.example[${truth.ip}]: 554 5.7.1 ${said}; from=<${truth.from}> to=<${truth.to}> proto=ESMTP helo=<${truth.helo}>`,
				);
				expectTrue(event, { ...truth, said });
				expect([event.code, event.smtp?.code, event.fields?.stage]).toEqual(["smtpd/reject", "554", "RCPT"]);
			}),
			RUNS,
		));

	test("a delivery with items that nobody knows, and any reply", () =>
		fc.assert(
			fc.asyncProperty(
				hostile,
				hostile,
				fc.constantFrom("", ", tls=may", ", tls=dane/!requiretls:nocertmatch, mood=fine"),
				async (recipient, reply, items) => {
					const reason = `host mx.example[192.0.2.25] said: 550 5.1.1 ${reply} (in reply to RCPT TO command)`;
					const known = { to: form(recipient), relay: "mx.example[192.0.2.25]:25", status: "bounced", server: "192.0.2.25", dsn: "5.1.1" };
					const start = `3B5A5222819: to=<${known.to}>, relay=${known.relay}, delay=1, delays=0/0/0/1${items}, dsn=5.1.1, status=${known.status}`;
					expectTrue(await read(`${start} (${reason})`), { ...known, reason, said: reply });
				},
			),
			RUNS,
		));

	test("a delivery that found no server", () =>
		fc.assert(
			fc.asyncProperty(hostile, async (recipient) => {
				const reason = "connect to mx.example[192.0.2.25]:25: Connection refused";
				const truth = { to: form(recipient), relay: "none", status: "deferred", server: "192.0.2.25", dsn: "4.4.1", reason };
				expectTrue(await read(`3B5A5222819: to=<${truth.to}>, relay=none, delay=1, dsn=4.4.1, status=deferred (${reason})`, "smtp"), truth);
			}),
			RUNS,
		));

	test("the queue manager takes a mail up", () =>
		fc.assert(
			fc.asyncProperty(hostile, async (sender) => {
				const event = await read(`3B5A5222819: from=<${form(sender)}>, size=446, nrcpt=2 (queue active)`);
				expectTrue(event, { from: form(sender), size: 446 });
			}),
			RUNS,
		));

	test("a header check, any subject, and any addresses", () =>
		fc.assert(
			fc.asyncProperty(hostile, hostile, hostile, fc.constantFrom("reject", "replace"), async (subject, sender, recipient, word) => {
				const truth = { from: form(sender), to: form(recipient), ip: "192.0.2.10", helo: "h.example" };
				const value = subject.trimStart();
				const event = await read(
					`3B5A5222819: ${word}: header Subject: ${subject} from mx.example[${truth.ip}]; from=<${truth.from}> to=<${truth.to}> proto=ESMTP helo=<${truth.helo}>: 5.7.1 no`,
					"cleanup",
				);
				expectTrue(event, { ...truth, subject: value, value, reason: "5.7.1 no", replacement: "5.7.1 no" });
				expect(event.code).toBe(`cleanup/header-${word}`);
			}),
			RUNS,
		));
});

test("a header check of the programs that send has no client behind the subject", () =>
	fc.assert(
		fc.asyncProperty(hostile, fc.constantFrom("smtp", "lmtp", "relay/smtp"), async (subject, daemon) => {
			const event = await read(`3B5A5222819: warning: header Subject: ${subject}`, daemon);
			expectTrue(event, { subject: subject.trimStart(), value: subject.trimStart() });
		}),
		RUNS,
	));

test("a header that is replaced on its way out", () =>
	fc.assert(
		fc.asyncProperty(hostile, async (old) => {
			const event = await read(`3B5A5222819: replace: header Subject: ${old}: Subject: new`, "smtp");
			expectTrue(event, { subject: old.trimStart(), value: old.trimStart(), replacement: "Subject: new" });
		}),
		RUNS,
	));

test("a login fails under any name", () =>
	fc.assert(
		fc.asyncProperty(hostile, async (user) => {
			const event = await read(`warning: mx.example[192.0.2.10]: SASL PLAIN authentication failed: no, sasl_username=${user}`);
			expectTrue(event, { ip: "192.0.2.10", user, reason: "no" });
		}),
		RUNS,
	));
