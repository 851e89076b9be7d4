/**
 * Clients choose user names, senders choose Message-IDs, headers and addresses, scripts and users choose names of mailboxes. Whatever they
 * choose, an event tells the truth or nothing: for lines written as Dovecot 2.3 and 2.4 write them.
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
	...['"', "\\", "<", ">", "(", ")", ":", ";", ",", " ", "@", "'", "x", "<a@x>", "a@b.example", ": "],
	...[">, method=PLAIN", ", rip=203.0.113.9", ", lip=203.0.113.1", ", mpid=1", ", TLS", ", TLS: x", ", session=<AAAA>", ": user=<root>"],
	...["(root,203.0.113.9,<AAAA>): unknown user", ",203.0.113.9,<AAAA>): ", "): ", "passwd-file(", "sasl:plain)<AAAA>: "],
	...[", uid=9", ", msgid=<f@x>", ", size=5", ", from=<f@x>", ", subject=f", ", flags=(\\Seen)", "save: box=A", ": save: box=A, uid=1, "],
	...[
		": saved mail to A",
		": save failed to A: Quota exceeded",
		": stored mail into mailbox 'A'",
		": fileinto action: ",
		"discard action: Marked ",
	],
	...[": forwarded to <f@x>", ": rejected message from <f@x> (reject)", "> (reject)", ">: ", "' aborted"],
	...[": rcpt f@x: ", " (auth failed, 1 attempts in 2 secs)", "Error: ", "\t", "\tuser=root", "\trip=203.0.113.9"],
];
// A blank at the end of a record proves nothing, and is not read.
const hostile = fc.array(fc.constantFrom(...PIECES), { maxLength: 10 }).map((pieces) => pieces.join("").trimEnd());
/** Values that the rest of the line holds elsewhere, too. */
const plain = hostile.map((text) => text.replaceAll("\t", " "));

type Truth = Readonly<Record<string, unknown>>;

const read = async (text: string): Promise<Event> => {
	const { events } = await converted(`Dec  1 02:40:35 mx1 dovecot: ${text}\n`, known);
	const [event] = events;
	if (event === undefined || events.length > 1) throw new Error(`${events.length} events`);
	return event;
};

/** Each value of the event is the true one, or absent. */
function expectTrue(event: Event, truth: Truth): void {
	const found: Truth = {
		process: event.fields?.process,
		level: event.level,
		session: event.session_id,
		user: event.auth?.user,
		mailbox_user: event.fields?.mailbox_user,
		mechanism: event.auth?.mechanism,
		ip: event.client?.ip,
		port: event.client?.port,
		local: event.server?.ip,
		mail_pid: event.fields?.mail_pid,
		pid: event.pid,
		id: event.message?.message_ids?.[0],
		size: event.message?.size_bytes,
		uid: event.fields?.uid,
		mailbox: event.mailbox,
		from: event.envelope?.from,
		to: event.envelope?.to?.[0]?.address,
	};
	for (const [name, value] of Object.entries(found))
		if (value !== undefined && value !== truth[name]) expect({ [name]: value, raw: event.raw }).toEqual({ [name]: truth[name] });
}

const RUNS = { numRuns: 150 * Number(process.env.FUZZ_RUNS ?? 1), seed: 20261201 };
const check = (property: fc.IAsyncProperty<[string]>): Promise<void> => fc.assert(property, RUNS);

const SESSION = "tUe1dYlhQ5x/AAMb";
const LOGIN = { process: "imap-login", level: "info", session: SESSION, mechanism: "PLAIN", ip: "127.0.3.27", local: "127.0.0.40" };
const items = `method=PLAIN, rip=${LOGIN.ip}, lip=${LOGIN.local}`;

describe("a login fails under any name", () => {
	test.each([
		["2.3", "Disconnected: Aborted login by logging out (auth failed, 1 attempts in 1 secs)"],
		["2.4", "Login aborted: Logged out (auth failed, 1 attempts in 1 secs) (auth_failed)"],
	])("%s", (_, text) =>
		check(
			fc.asyncProperty(plain, async (user) => {
				const event = await read(`imap-login: ${text}: user=<${user}>, ${items}, TLS, session=<${SESSION}>`);
				expectTrue(event, { ...LOGIN, user });
				expect([event.code, event.action]).toEqual(["login/failed", "auth.failure"]);
			}),
		),
	);

	test("with an error of TLS, which may hold what the client's certificate says", () =>
		check(
			fc.asyncProperty(plain, async (subject) => {
				const event = await read(
					`imap-login: Disconnected: Connection closed (no auth attempts in 0 secs): user=<>, rip=${LOGIN.ip}, lip=${LOGIN.local}, TLS handshaking: SSL_accept() failed: /CN=${subject}, session=<${SESSION}>`,
				);
				expectTrue(event, { ...LOGIN, user: "", mechanism: undefined });
			}),
		));

	test("the databases know it or not", () =>
		check(
			fc.asyncProperty(plain, async (user) => {
				const truth = { process: "auth", level: "info", session: SESSION, ip: LOGIN.ip };
				expectTrue(await read(`auth: sql(${user},${LOGIN.ip},<${SESSION}>): Password mismatch`), { ...truth, user });
				expectTrue(await read(`auth: sql(anna,${LOGIN.ip},<${SESSION}>): Password mismatch (given password: ${user})`), {
					...truth,
					user: "anna",
				});
				const worker = `auth-worker(7): conn unix:auth-worker (pid=1,uid=2): auth-worker<3>: sql(${user},${LOGIN.ip}): unknown user`;
				expectTrue(await read(worker), { process: "auth-worker", level: "info", pid: 7, ip: LOGIN.ip, user });
			}),
		));
});

const DELIVERY = { process: "lmtp", level: "info", session: "XXaXC54zDmtDPQAAHe364Q", mailbox_user: "anna", pid: 15683 };
const lmtp = (text: string): Promise<Event> => read(`lmtp(anna)<15683><${DELIVERY.session}>: ${text}`);

describe("a mail is stored", () => {
	test("by LMTP, with any Message-ID", () =>
		check(
			fc.asyncProperty(plain, async (id) => {
				const event = await lmtp(`msgid=<${id}>: saved mail to INBOX`);
				expectTrue(event, { ...DELIVERY, id, mailbox: "INBOX" });
				if (event.action === "message.deliver") expect(event.mailbox).toBe("INBOX");
			}),
		));

	test.each(["stored mail into mailbox 'Lists'", "fileinto action: stored mail into mailbox 'Lists'"])("by a script: %s", (text) =>
		check(
			fc.asyncProperty(plain, async (id) => {
				expectTrue(await lmtp(`sieve: msgid=<${id}>: ${text}`), { ...DELIVERY, id, mailbox: "Lists" });
			}),
		),
	);

	test("by a script, into a mailbox of any name", () =>
		check(
			fc.asyncProperty(plain, async (mailbox) => {
				const event = await lmtp(`sieve: msgid=<1@x>: fileinto action: stored mail into mailbox '${mailbox}'`);
				expectTrue(event, { ...DELIVERY, id: "1@x", mailbox });
			}),
		));

	test("forwarded or rejected, with any address", () =>
		check(
			fc.asyncProperty(plain, async (local) => {
				const address = `"${local.replaceAll(/["\\]/g, "\\$&")}"@c.example`;
				expectTrue(await lmtp(`sieve: msgid=<1@x>: redirect action: forwarded to <${address}>`), { ...DELIVERY, id: "1@x", to: address });
				const rejected = await lmtp(`sieve: msgid=<1@x>: reject action: rejected message from <${address}> (reject)`);
				expectTrue(rejected, { ...DELIVERY, id: "1@x", from: address });
				const failed = await lmtp(`Error: lmtp-server: conn 127.0.3.20:37179 [9]: rcpt ${address}: stat(/x) failed: Permission denied`);
				expectTrue(failed, { ...DELIVERY, level: "error", ip: "127.0.3.20", port: 37179, to: address });
			}),
		));
});

describe("mail_log, with any headers and mailbox", () => {
	const IMAP = { process: "imap", level: "info", session: SESSION, user: "anna", pid: 17255, uid: 27, size: 122 };
	const imap = (text: string): Promise<Event> => read(`imap(anna)<17255><${SESSION}>: ${text}`);

	test.each([
		["2.3", (mailbox: string) => `save: box=${mailbox}`, ", flags=()"],
		["2.4", (mailbox: string) => `Mailbox ${mailbox}: save: box=${mailbox}`, ""],
	])("%s", (_, start, flags) =>
		fc.assert(
			fc.asyncProperty(plain, plain, plain, async (id, from, subject) => {
				// With brackets of its own it is told as the header has it.
				const told = /[<>]/.test(id) ? `<${id}>` : id;
				const event = await imap(`${start("INBOX")}, uid=27, msgid=<${id}>, size=122, from=${from}, subject=${subject}${flags}`);
				expectTrue(event, { ...IMAP, id: told, mailbox: "INBOX" });
				if (event.message?.subject !== undefined) expect(event.message.subject).toBe(subject);
			}),
			RUNS,
		),
	);

	test("any mailbox", () =>
		check(
			fc.asyncProperty(plain, async (mailbox) => {
				const event = await imap(`save: box=${mailbox}, uid=27, msgid=<1@x>, size=122, from=<a@x>, subject=y`);
				expectTrue(event, { ...IMAP, id: "1@x", mailbox });
			}),
		));
});

test("auth is asked for any name: the values hold no tab", () =>
	check(
		fc.asyncProperty(hostile, async (name) => {
			const user = name.replaceAll("\t", "\\001t");
			const event = await read(`auth: Debug: client passdb out: FAIL\t1\tuser=${user}\toriginal_user=${user}`);
			expectTrue(event, { process: "auth", level: "debug", user });
		}),
	));
