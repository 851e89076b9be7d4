/** Dovecot: what its log says of each delivery, by LMTP, dovecot-lda and the scripts of users. */
import { describe, expect, test } from "vitest";
import format from "../../../grammars/dovecot/format.js";
import { quotesOf } from "../../../src/correlate/quotes.js";
import { hopsOf, type ToldHop, told } from "./hops.js";

const read = (...lines: readonly string[]): Promise<readonly ToldHop[]> => told("dovecot", lines.join("\n"));

const SESSION = "XXaXC54zDmtDPQAAHe364Q";
const line = (text: string, second = 30): string => `Dec  1 02:40:${second} mx1 dovecot: ${text}`;
const lmtp = (text: string, { user = "anna", session = SESSION, second = 30 } = {}): string =>
	line(`lmtp(${user})<7><${session}>: ${text}`, second);
const CONNECT = line("lmtp(7): Connect from 192.0.2.10", 29);
const DISCONNECT = line("lmtp(7): Disconnect from 192.0.2.10: Logged out (state=READY)", 31);
const sieve = (text: string, id = "1@x.example"): string => lmtp(`sieve: msgid=<${id}>: ${text}`);
const SAVE = lmtp("save: box=INBOX, uid=1, msgid=<1@x.example>, size=614, from=<a@x.example>, subject=hello, flags=()");

test("a recipient of LMTP is a hop, with the id that the reply quotes", async () => {
	expect(await read(CONNECT, SAVE, lmtp("msgid=<1@x.example>: saved mail to INBOX"), DISCONNECT)).toEqual([
		{
			ids: `session_id ${SESSION}, message_id 1@x.example`,
			lines: [2, 3],
			arrival: `02:40:30 from [192.0.2.10], 614 bytes, accepted ${SESSION}`,
			recipients: ["anna delivered (3)"],
			handovers: [],
			filterings: [],
			relations: [],
			missing: [],
		},
	]);
});

test.each([
	["Postfix", "2.0.0 <anna@example.net> XXaXC54zDmtDPQAAHe364Q Saved", SESSION],
	["Exim", "250 2.0.0 <anna@example.net> XXaXC54zDmtDPQAAHe364Q:R2 Saved", `${SESSION}:R2`],
	["Dovecot 2.2", "250 2.0.0 <anna@example.net> a+b/cdef Saved", "a+b/cdef"],
])("the id stands in the reply that %s quotes", (_, text, id) => expect(quotesOf([format])(text)).toEqual([id]));

test("recipients of one mail have sessions of their own", async () => {
	const other = { user: "bernd", session: `${SESSION}:R2` };
	const hops = await read(CONNECT, lmtp("msgid=<1@x>: saved mail to INBOX"), lmtp("msgid=<1@x>: saved mail to INBOX", other), DISCONNECT);
	expect(hops.map(({ arrival, recipients }) => [arrival, ...recipients])).toEqual([
		[`02:40:30 from [192.0.2.10], accepted ${SESSION}`, "anna delivered (2)"],
		[`02:40:30 from [192.0.2.10], accepted ${SESSION}:R2`, "bernd delivered (3)"],
	]);
});

test("the store names the mailbox, and the client's address is not known", async () => {
	const [hop] = await hopsOf("dovecot", [CONNECT, sieve("fileinto action: stored mail into mailbox 'Lists'"), DISCONNECT].join("\n"));
	expect(hop?.recipients).toMatchObject([{ address: "anna", outcome: "delivered", mailbox: "Lists" }]);
	expect(hop?.arrival?.to).toEqual([]);
});

describe("what a script makes of a mail", () => {
	const outcomes = async (...lines: readonly string[]): Promise<readonly string[]> =>
		(await hopsOf("dovecot", [CONNECT, ...lines, DISCONNECT].join("\n"))).flatMap(({ recipients }) =>
			recipients.map(({ outcome, mailbox, became }) => [outcome, mailbox, ...became].filter((word) => word !== undefined).join(" ")),
		);
	const DISCARD = sieve("discard action: Marked message to be discarded if not explicitly delivered (discard action)");
	const INBOX = sieve("stored mail into mailbox 'INBOX'");

	test("filed in two mailboxes", async () =>
		expect(await outcomes(sieve("fileinto action: stored mail into mailbox 'Two'"), INBOX)).toEqual(["delivered Two", "delivered INBOX"]));

	test("discarded, although the MTA is told that it was saved", async () => expect(await outcomes(DISCARD)).toEqual(["discarded"]));

	test("discarded if not delivered, and delivered", async () => expect(await outcomes(DISCARD, INBOX)).toEqual(["delivered INBOX"]));

	test("rejected: the sender gets a message", async () =>
		expect(await outcomes(sieve("reject action: rejected message from <a@x.example> (reject)"))).toEqual(["bounced"]));

	test("forwarded, and kept", async () =>
		expect(await outcomes(sieve("redirect action: forwarded to <friend@y.example>"), INBOX)).toEqual([
			"handed_on friend@y.example",
			"delivered INBOX",
		]));

	test("forwarded twice is dropped", async () =>
		expect(await outcomes(sieve("redirect action: discarded duplicate forward to <friend@y.example>"))).toEqual(["discarded"]));

	test("not stored", async () =>
		expect(await outcomes(sieve("fileinto action: failed to store into mailbox 'Lists': Internal error"))).toEqual(["deferred"]));

	test("a script that does not compile decides nothing", async () => {
		const FAILED = lmtp("sieve: Failed to compile script `/x' (view user logfile `/x.log' for more information)");
		expect(await outcomes(FAILED)).toEqual([]);
		expect(await outcomes(FAILED, INBOX)).toEqual(["delivered INBOX"]);
	});

	test("mail_log alone saw it in a mailbox", async () => expect(await outcomes(SAVE)).toEqual(["delivered"]));
});

test("a forward is handed on to the next server, whichever that is", async () => {
	const [hop] = await read(CONNECT, sieve("redirect action: forwarded to <friend@y.example>"), DISCONNECT);
	expect(hop?.handovers).toEqual(["02:40:30 accepted friend@y.example"]);
});

test.each([
	["save failed to INBOX: Quota exceeded (mailbox for user is full)", "rejected"],
	["save failed to INBOX: Internal error occurred.", "deferred"],
	["save failed to open mailbox INBOX: stat(/x) failed: Permission denied", "deferred"],
	["rejected: no", "rejected"],
])("not taken: %s", async (text, outcome) => {
	const [hop] = await read(CONNECT, lmtp(`msgid=<1@x>: ${text}`), DISCONNECT);
	expect([hop?.arrival, ...(hop?.recipients ?? [])]).toEqual(["02:40:30 from [192.0.2.10], not accepted", `anna ${outcome} (2)`]);
});

test("dovecot-lda logs no end: a delivery is through when its process is silent", async () => {
	const lda = (text: string, user: string, second: number): string => line(`lda(${user})<9><${user}AAAA>: msgid=<1@x>: ${text}`, second);
	const hops = await read(
		lda("saved mail to INBOX", "anna", 10),
		line("lmtp(7): Connect from local", 59),
		lda("saved mail to INBOX", "bernd", 59),
	);
	expect(hops.map(({ recipients, arrival }) => [arrival, ...recipients])).toEqual([
		["02:40:10 from ?, accepted annaAAAA", "anna delivered (1)"],
		["02:40:59 from ?, accepted berndAAAA", "bernd delivered (3)"],
	]);
});

test("without a session the process and the user tell deliveries apart", async () => {
	const old = (user: string): string => line(`lmtp(7, ${user}): msgid=<1@x>: saved mail to INBOX`);
	const hops = await read(old("anna"), old("bernd"));
	expect(hops.map(({ ids, recipients }) => [ids, ...recipients])).toEqual([
		["message_id 1@x", "anna delivered (1)"],
		["message_id 1@x", "bernd delivered (2)"],
	]);
});

describe("the submission service", () => {
	const LOGIN = line(
		"submission-login: Login: user=<anna>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.25, mpid=8, TLS, session=<S1AAAA>",
		20,
	);
	const sent = (text: string): string => line(`submission(anna)<8><S1AAAA>: ${text}`);

	test("a mail that the MTA took has the client that logged in", async () => {
		const relayed =
			"Successfully relayed message: from=<anna@x.example>, to=<bob@y.example>, size=446, id=S1AAAA, rcpt=1/2, reply=`250 2.0.0 Ok: queued as 4F1B'";
		expect(await read(LOGIN, sent(relayed))).toEqual([
			{
				ids: "session_id S1AAAA",
				lines: [2],
				arrival: "02:40:30 from [192.0.2.7], <anna@x.example>, 446 bytes, accepted",
				recipients: ["bob@y.example handed_on 250 2.0.0 (2)"],
				handovers: ["02:40:30 accepted bob@y.example 250 quotes 4F1B"],
				filterings: [],
				relations: [],
				missing: [],
			},
		]);
	});

	test.each([
		["550 5.1.1 no", "rejected", "rejected"],
		["451 4.3.0 later", "deferred", "deferred"],
	])("one that it did not take: %s", async (reply, outcome, result) => {
		const [hop] = await read(
			LOGIN,
			sent(`Failed to relay message: from=<anna@x.example>, to=<bob@y.example>, size=446, rcpt=1/1, reply=\`${reply}'`),
		);
		expect(hop?.recipients[0]).toMatch(new RegExp(`^bob@y.example ${outcome} as the server said`));
		expect(hop?.handovers[0]).toMatch(new RegExp(`^02:40:30 ${result} bob@y.example`));
	});
});

test("logins and sessions are no mails", async () => {
	const login = line("imap-login: Login: user=<anna>, method=PLAIN, rip=192.0.2.7, lip=192.0.2.25, mpid=8, session=<S1AAAA>");
	const upload = line("imap(anna)<8><S1AAAA>: save: box=INBOX, uid=1, msgid=<1@x>, size=3, subject=hello");
	expect(await read(login, upload, line("imap(anna)<8><S1AAAA>: Disconnected: Logged out in=1 out=2"))).toEqual([]);
});
