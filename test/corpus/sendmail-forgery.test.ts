/**
 * Clients and other servers choose addresses, Message-IDs, greetings, user names, headers and replies. Whatever they choose, an event tells
 * the truth or nothing. sendmail quotes local parts that need it; all else stands as it came.
 */
import fc from "fast-check";
import { beforeAll, expect, test } from "vitest";
import type { Event } from "../../src/index.js";
import { converted } from "./conversion.js";
import { type Formats, loadTestFormats } from "./formats.js";

let known: Formats;
beforeAll(async () => {
	known = await loadTestFormats();
});

const PIECES = [
	...['"', "\\", "<", ">", "(", ")", ":", ";", ",", " ", "@", "x", "@x>", "a@b.example"],
	...[
		">, size=1, class=0, nrcpts=9",
		", msgid=<f@f>",
		", proto=ESMTP, daemon=F",
		", relay=f.example [203.0.113.9]",
		", relay=[203.0.113.9]",
	],
	...[
		", delay=00:00:00",
		", mailer=local, pri=1",
		", dsn=2.0.0",
		", reply=250 2.0.0 ok",
		", stat=Sent (Ok: queued as FORGED)",
		", stat=Sent",
	],
	...[
		", discard",
		", reject=250 2.0.0 ok",
		", quarantine=no",
		", arg2=203.0.113.9",
		") from f.example [203.0.113.9]",
		", mech=PLAIN, bits=9",
	],
];
const hostile = fc.array(fc.constantFrom(...PIECES), { maxLength: 12 }).map((pieces) => pieces.join(""));
const address = (local: string): string => `${/^[\w.]+$/.test(local) ? local : `"${local.replace(/["\\]/g, "\\$&")}"`}@c.example`;

const QUEUE_ID = "6B12X2Kt002119";
const CLIENT = { ip: "192.0.2.10", host: "mx.example" };
const CLIENT_TEXT = `${CLIENT.host} [${CLIENT.ip}]`;

const read = async (text: string): Promise<Event> => {
	const { events } = await converted(`Dec  1 02:33:02 sm1 sm-mta[1]: ${QUEUE_ID}: ${text}\n`, { ...known, year: 2026 });
	const [event] = events;
	if (event === undefined || events.length > 1) throw new Error(`${events.length} events`);
	return event;
};

/** Each value of the event is the true one, or absent. */
function expectTrue(event: Event, truth: Readonly<Record<string, unknown>>): void {
	const found: Readonly<Record<string, unknown>> = {
		queue_id: event.message?.queue_id,
		from: event.envelope?.from,
		to: event.envelope?.to?.map((one) => one.address).join("|"),
		ip: event.client?.ip ?? event.server?.ip,
		host: event.client?.host ?? event.server?.host,
		helo: event.client?.helo,
		user: event.auth?.user,
		mechanism: event.auth?.mechanism,
		size: event.message?.size_bytes,
		dsn: event.dsn,
		code: event.smtp?.code,
		action: event.action === "log" ? undefined : event.action,
	};
	const expected: Readonly<Record<string, unknown>> = { queue_id: QUEUE_ID, ...CLIENT, ...truth };
	for (const [name, value] of Object.entries(found))
		if (value !== undefined && value !== expected[name]) expect({ [name]: value, raw: event.raw }).toEqual({ [name]: expected[name] });
}

const RUNS = { numRuns: 200 * Number(process.env.FUZZ_RUNS ?? 1), seed: 20261201 };

test("a mail that was taken, with any sender and Message-ID", () =>
	fc.assert(
		fc.asyncProperty(hostile, hostile, async (sender, id) => {
			const truth = { from: address(sender), size: 230, action: "message.enqueue" };
			const event = await read(
				`from=<${truth.from}>, size=230, class=0, nrcpts=1, msgid=${id}, proto=ESMTP, daemon=MTA-v4, relay=${CLIENT_TEXT}`,
			);
			expectTrue(event, truth);
			expect(event.envelope?.from).toBe(truth.from);
		}),
		RUNS,
	));

test("a delivery that failed, with any recipient and reply", () =>
	fc.assert(
		fc.asyncProperty(hostile, hostile, async (recipient, reply) => {
			const truth = { to: address(recipient), dsn: "5.1.1", code: "550", action: "message.bounce" };
			const event = await read(
				`to=<${truth.to}>, delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=30206, relay=${CLIENT.host}. [${CLIENT.ip}], dsn=5.1.1, reply=550 5.1.1 ${reply}, stat=User unknown`,
			);
			expectTrue(event, truth);
			expect([event.envelope?.to?.[0]?.address, event.outcome]).toEqual([truth.to, "failure"]);
		}),
		RUNS,
	));

test("a recipient that was refused behind the mail, with any words of a filter", () =>
	fc.assert(
		fc.asyncProperty(hostile, hostile, async (recipient, words) => {
			const truth = { to: address(recipient), action: "recipient.reject" };
			const event = await read(`to=<${truth.to}>, delay=00:00:00, pri=60235, stat=x${words}`);
			expectTrue(event, truth);
			expect(event.outcome).toBe("failure");
		}),
		RUNS,
	));

test("rulesets, with any address, header and reply", () =>
	fc.assert(
		fc.asyncProperty(hostile, hostile, fc.constantFrom("check_mail", "check_rcpt", "CheckSubject"), async (asked, reply, ruleset) => {
			const isHeader = ruleset === "CheckSubject";
			const side = ruleset === "check_mail" ? "from" : "to";
			const action = { check_mail: "sender.reject", check_rcpt: "recipient.reject", CheckSubject: "message.reject" }[ruleset];
			const argument = isHeader ? asked : `<${address(asked)}>`;
			const event = await read(`ruleset=${ruleset}, arg1=${argument}, relay=${CLIENT_TEXT}, reject=550 5.7.1 x${reply}`);
			expectTrue(event, { ...(isHeader ? {} : { [side]: address(asked) }), code: "550", action });
			if (!isHeader) expect(event.action).toBe(action);
		}),
		RUNS,
	));

test("greetings, user names and filters", () =>
	fc.assert(
		fc.asyncProperty(hostile, async (text) => {
			expectTrue(await read(`invalid domain name (${text}) from ${CLIENT_TEXT}`), { helo: text, action: "command.reject" });
			const login = `AUTH failure (LOGIN): authentication failure (-13) SASL(-13): authentication failure: checkpass failed, user=${text}, relay=${CLIENT_TEXT}`;
			expectTrue(await read(login), { user: text, mechanism: "LOGIN", action: "auth.failure" });
			const success = `AUTH=server, relay=${CLIENT_TEXT}, authid=${text}, mech=LOGIN, bits=0`;
			expectTrue(await read(success), { user: text, mechanism: "LOGIN", action: "auth.success" });
			const filtered = await read(`Milter: from=<${address(text)}>, reject=554 5.7.7 ${text}`);
			expectTrue(filtered, { from: address(text), code: "554", action: "sender.reject" });
			const greeted = await read(`Milter: helo=${text}, reject=Command rejected`);
			expectTrue(greeted, { helo: text, action: "command.reject" });
		}),
		RUNS,
	));
