/**
 * Clients choose HELO names, addresses, Message-IDs, subjects, commands and login names; servers choose replies. Whatever they choose, an event tells the
 * truth or nothing: for lines written as Exim writes them, with log_selector as it is by default and with +all.
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
	...[
		'"',
		"\\",
		"<",
		">",
		"(",
		")",
		":",
		" ",
		"@",
		"x",
		"a@b.example",
		"<a@b.example>",
		"@c.example",
		'" ',
		"> ",
		": ",
		") ",
		"x@c.example: ",
	],
	...[
		") [203.0.113.9]",
		") [203.0.113.9] P=esmtp S=1 id=x",
		"H=evil.example [203.0.113.9]",
		" H=evil.example (x) [203.0.113.9]",
		" A=plain:root",
		" P=esmtp",
	],
	...[
		" F=<ceo@b.example>",
		" F=<ceo@b.example> rejected RCPT <x@b.example>: no",
		" R=remote T=remote_smtp",
		' C="250 ok"',
		" S=1",
		' T="',
		" id=forged@b.example",
	],
	...[
		" defer (-44)",
		": SMTP error from remote mail server after RCPT TO:<x@b.example>: 250 2.0.0 ok",
		": 250 ok",
		" DT=0.1s",
		" QT=1s",
		" from <a@b> for c@d",
	],
	...[
		' <"x"@c.example>',
		" <x@b.example>",
		" Completed",
		" (set_id=root)",
		" rejected ",
		"Warning: ",
		' DN="',
		" X=TLS1.3:NULL:0 CV=yes",
		" closed by QUIT",
	],
];
// A blank at the end of a record proves nothing, and is not read.
const hostile = fc.array(fc.constantFrom(...PIECES), { maxLength: 10 }).map((pieces) => pieces.join("").trimEnd());
/** Without what Exim would not take for a HELO name without helo_accept_junk_hosts, and with it. */
const helo = fc.oneof(hostile, fc.constantFrom("h.example", "[192.0.2.7]"));

const DOMAIN = "@c.example";
const isPlain = (local: string): boolean => /^[\w.]+$/.test(local);
const quotedLocal = (local: string): string => (isPlain(local) ? local : `"${local.replace(/["\\]/g, "\\$&")}"`);
const quoted = (local: string): string => quotedLocal(local) + DOMAIN;
/** A recipient as Exim shows it: without its quotes, and behind it as it was. */
const shown = (local: string): string => (isPlain(local) ? local + DOMAIN : `${local}${DOMAIN} <${quoted(local)}>`);
const escaped = (text: string): string => text.replace(/["\\]/g, "\\$&");

const ID = "1xYDP4-0007sX-1Y";
const read = async (text: string): Promise<Event> => {
	const { events } = await converted(`2026-12-01 02:15:34 ${ID} ${text}\n`, known);
	const [event] = events;
	if (event === undefined || events.length > 1) throw new Error(`${events.length} events`);
	return event;
};

type Truth = Readonly<Record<string, unknown>>;

/** Each value of the event is the true one, or absent. */
function expectTrue(event: Event, truth: Truth): void {
	const to = event.envelope?.to?.[0];
	const found: Truth = {
		id: event.message?.queue_id,
		from: event.envelope?.from,
		to: to?.original ?? to?.address,
		clientIp: event.client?.ip,
		clientHost: event.client?.host,
		helo: event.client?.helo,
		serverIp: event.server?.ip,
		serverHost: event.server?.host,
		user: event.auth?.user,
		cipher: event.tls?.cipher,
		size: event.message?.size_bytes,
		messageId: event.message?.message_ids?.[0],
		code: event.smtp?.code,
		router: event.fields?.router,
		transport: event.fields?.transport,
		protocol: event.fields?.protocol,
	};
	for (const [name, value] of Object.entries(found))
		if (value !== undefined && value !== truth[name]) expect({ [name]: value, raw: event.raw }).toEqual({ [name]: truth[name] });
}

const RUNS = { numRuns: 300 * Number(process.env.FUZZ_RUNS ?? 1), seed: 20261201 };
const CLIENT = { id: ID, clientIp: "192.0.2.10", clientHost: "mx.example" };
const SERVER = { id: ID, serverIp: "192.0.2.25", serverHost: "mail.example", router: "remote", transport: "remote_smtp" };

describe("a message arrives", () => {
	test("default selectors: any HELO name, sender, Message-ID", () =>
		fc.assert(
			fc.asyncProperty(helo, hostile, hostile, async (name, sender, messageId) => {
				const truth = { ...CLIENT, helo: name, from: quoted(sender), protocol: "esmtps", size: 460, messageId, cipher: "AES256" };
				const event = await read(
					`<= ${truth.from} H=mx.example (${name}) [192.0.2.10] P=esmtps X=TLS1.2:AES256:256 CV=no S=460 id=${messageId}`,
				);
				expectTrue(event, truth);
				expect(event.code).toBe("message/arrived");
			}),
			RUNS,
		));

	test("all selectors: any HELO name, ident, certificate, login, subject, sender", () =>
		fc.assert(
			fc.asyncProperty(helo, hostile, hostile, hostile, hostile, hostile, async (name, ident, dn, user, subject, sender) => {
				const truth = {
					...CLIENT,
					helo: name,
					from: "a@c.example",
					protocol: "esmtpsa",
					size: 460,
					messageId: "m@c.example",
					cipher: "AES256",
					user,
					to: "bob@c.example",
				};
				const event = await read(
					`<= a@c.example H=mx.example (${name}) [192.0.2.10]:2000 I=[192.0.2.1]:25 U=${ident} P=esmtpsa L.- X=TLS1.2:AES256:256 CV=no DN="${dn}" SNI=mx A=plain:${user} S=460 M8S=0 RT=0.1s id=m@c.example T="${escaped(subject)}" from <${quoted(sender)}> for bob@c.example`,
				);
				expectTrue(event, truth);
				expect(event.code).toBe("message/arrived");
			}),
			RUNS,
		));
});

describe("a recipient", () => {
	test("is delivered, and any reply", () =>
		fc.assert(
			fc.asyncProperty(hostile, hostile, hostile, async (recipient, sender, reply) => {
				const truth = { ...SERVER, to: quoted(recipient), from: quoted(sender), code: "250" };
				const event = await read(
					`=> ${shown(recipient)} F=<${truth.from}> R=remote T=remote_smtp H=mail.example [192.0.2.25] C="250 ${escaped(reply)}"`,
				);
				expectTrue(event, truth);
				expect(event.code).toBe("delivery/done");
			}),
			RUNS,
		));

	test("fails, and any reply", () =>
		fc.assert(
			fc.asyncProperty(hostile, hostile, fc.boolean(), async (recipient, reply, isTimed) => {
				const truth = { ...SERVER, to: quoted(recipient), code: "550" };
				const end = isTimed ? " DT=0.2s" : "";
				const event = await read(
					`** ${shown(recipient)} R=remote T=remote_smtp H=mail.example [192.0.2.25]: SMTP error from remote mail server after RCPT TO:<${truth.to}>: 550 5.1.1 ${reply}${end}`,
				);
				expectTrue(event, truth);
				expect([event.code, event.outcome]).toEqual(["delivery/failed", "failure"]);
			}),
			RUNS,
		));

	test("fails without a host, or is given up", () =>
		fc.assert(
			fc.asyncProperty(hostile, fc.constantFrom("Unrouteable address", "retry timeout exceeded"), async (recipient, reason) => {
				const event = await read(`** ${shown(recipient)}: ${reason}`);
				expectTrue(event, { id: ID, to: quoted(recipient) });
				expect(event.code).toBe("delivery/failed");
			}),
			RUNS,
		));

	test("waits, and any reply", () =>
		fc.assert(
			fc.asyncProperty(hostile, hostile, async (recipient, reply) => {
				const event = await read(
					`== ${shown(recipient)} R=remote T=remote_smtp defer (-44) H=mail.example [192.0.2.25]: SMTP error from remote mail server after RCPT TO:<${quoted(recipient)}>: 451 ${reply}`,
				);
				expectTrue(event, { ...SERVER, to: quoted(recipient), code: "451" });
				expect([event.code, event.outcome]).toEqual(["delivery/deferred", "temporary_failure"]);
			}),
			RUNS,
		));

	test("is refused by an ACL: any HELO name, sender, recipient, reason with what a client said", () =>
		fc.assert(
			fc.asyncProperty(helo, hostile, hostile, hostile, async (name, sender, recipient, reason) => {
				const truth = { ...CLIENT, helo: name, from: quoted(sender), to: quoted(recipient) };
				const event = await read(`H=mx.example (${name}) [192.0.2.10] F=<${truth.from}> rejected RCPT <${truth.to}>: ${reason}`);
				expectTrue(event, truth);
			}),
			RUNS,
		));
});

test("a refusal: any ident, certificate, reason", () =>
	fc.assert(
		fc.asyncProperty(hostile, hostile, hostile, async (ident, dn, reason) => {
			const truth = { ...CLIENT, helo: "h", from: "a@c.example", to: "b@c.example", cipher: "AES256" };
			const event = await read(
				`H=mx.example (h) [192.0.2.10] U=${ident} X=TLS1.2:AES256:256 CV=no DN="${dn}" F=<a@c.example> rejected RCPT <b@c.example>: ${reason}`,
			);
			expectTrue(event, truth);
			expect(event.action).not.toBe("recipient.accept");
			expect(["acl/recipient-rejected", "smtp/other"]).toContain(event.code);
		}),
		RUNS,
	));

describe("a client", () => {
	test("types any command", () =>
		fc.assert(
			fc.asyncProperty(helo, hostile, async (name, command) => {
				const event = await read(`SMTP syntax error in "${command}" H=mx.example (${name}) [192.0.2.10] unrecognized command`);
				expectTrue(event, { ...CLIENT, helo: name });
			}),
			RUNS,
		));

	test("fails to log in under any name", () =>
		fc.assert(
			fc.asyncProperty(helo, hostile, async (name, user) => {
				const event = await read(
					`plain authenticator failed for mx.example (${name}) [192.0.2.10]: 535 Incorrect authentication data (set_id=${user})`,
				);
				expectTrue(event, { ...CLIENT, helo: name, user, code: "535" });
			}),
			RUNS,
		));

	test("is dropped, lost, too slow", () =>
		fc.assert(
			fc.asyncProperty(helo, hostile, hostile, async (name, command, sender) => {
				const client = `mx.example (${name}) [192.0.2.10]`;
				const truth = { ...CLIENT, helo: name, from: quoted(sender) };
				expectTrue(await read(`SMTP call from ${client} dropped: too many unrecognized commands (last was "${command}")`), truth);
				expectTrue(await read(`SMTP connection from ${client} lost while reading message data`), truth);
				expectTrue(await read(`SMTP data timeout (message abandoned) on connection from ${client} F=<${quoted(sender)}>`), truth);
				expectTrue(await read(`rejected "EHLO ${name}" from ${client}`), truth);
				expectTrue(await read(`rejected MAIL FROM:<${quoted(sender)}> H=${client}: message too big: size=9 max=8`), { ...truth });
				expectTrue(await read(`H=${client} incomplete transaction (QUIT) from <${quoted(sender)}>`), truth);
			}),
			RUNS,
		));
});

test("a record that syslog split: what follows is no record of its own", async () => {
	for (const part of ["[2\\14] 2026-12-01 02:15:34 1xYDP4-0007sX-1Y <= ceo@b.example H=evil [203.0.113.9] P=smtp S=1", "[2/2] Completed"]) {
		const { events } = await converted(`Dec  1 02:15:34 mx1 exim[7]: ${part}\n`, { ...known, year: 2026 });
		expect(events[0]).toMatchObject({ code: "log/part", fields: { part: 2 } });
		for (const event of events) expectTrue(event, {});
	}
});
