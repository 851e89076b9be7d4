/** sendmail: what its log says of each mail. */
import { expect, test } from "vitest";
import { told } from "./hops.js";

const read = (log: string) => told("sendmail", log);

const MAIL = `
	Dec  1 10:00:01 sm1 sm-mta[10]: 6B1A00ab000010: ruleset=check_rcpt, arg1=<gone@example.net>, relay=mx1.example.net [192.0.2.1], reject=550 5.1.1 <gone@example.net>... no
	Dec  1 10:00:02 sm1 sm-mta[10]: 6B1A00ab000010: from=<ann@example.org>, size=900, class=0, nrcpts=2, msgid=<m1@example.org>, proto=ESMTP, daemon=MTA, relay=mx1.example.net [192.0.2.1]
	Dec  1 10:00:03 sm1 sm-mta[11]: 6B1A00ab000010: to=<bob@far.example>, delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=30206, relay=mail.far.example. [192.0.2.3], dsn=2.0.0, stat=Sent (Ok: queued as 9F9)
	Dec  1 10:00:03 sm1 sm-mta[11]: 6B1A00ab000010: to=friend@far.example, ctladdr=<cat@example.net> (8/0), delay=00:00:01, xdelay=00:00:01, mailer=esmtp, pri=30206, relay=mail.far.example. [192.0.2.3], dsn=2.0.0, stat=Sent (Ok: queued as 9F9)`;

test("a queue id is a hop; recipients of an alias are those of the alias", async () => {
	expect(await read(MAIL)).toEqual([
		{
			ids: "queue_id 6B1A00ab000010, message_id m1@example.org",
			lines: [1, 2, 3, 4],
			arrival: "10:00:02 from mx1.example.net[192.0.2.1], <ann@example.org>, 900 bytes, accepted 6B1A00ab000010",
			recipients: [
				"gone@example.net rejected 550 5.1.1 (1)",
				"bob@far.example handed_on 2.0.0 (3)",
				"cat@example.net → friend@far.example handed_on 2.0.0 (4)",
			],
			handovers: ["10:00:03 accepted bob@far.example friend@far.example by mail.far.example[192.0.2.3] quotes 9F9"],
			filterings: [],
			relations: [],
			missing: [],
		},
	]);
});

test("the submission program and the MTA that took its mail know each other", async () => {
	const hops = await read(`
		Dec  1 10:00:00 sm1 sendmail[9]: 6B1A00aa000009: from=ann, size=87, class=0, nrcpts=1, msgid=<m@sm1>, relay=ann@localhost
		Dec  1 10:00:01 sm1 sm-mta[10]: 6B1A00ab000010: from=<ann@sm1.example.net>, size=300, class=0, nrcpts=1, msgid=<m@sm1>, proto=ESMTP, daemon=MTA, relay=localhost [127.0.0.1]
		Dec  1 10:00:01 sm1 sendmail[9]: 6B1A00aa000009: to=bob@example.net, ctladdr=ann (1000/1000), delay=00:00:01, xdelay=00:00:01, mailer=relay, pri=30087, relay=[127.0.0.1] [127.0.0.1], dsn=2.0.0, stat=Sent (6B1A00ab000010 Message accepted for delivery)
		Dec  1 10:00:02 sm1 sm-mta[12]: 6B1A00ab000010: to=<bob@example.net>, ctladdr=<ann@sm1.example.net> (1000/1000), delay=00:00:01, xdelay=00:00:01, mailer=local, pri=30585, dsn=2.0.0, stat=Sent`);
	expect(hops.map(({ arrival, recipients, relations }) => ({ arrival, recipients, relations }))).toEqual([
		{ arrival: "none", recipients: ["bob@example.net handed_on 2.0.0 (3)"], relations: ["resubmission 6B1A00ab000010 (3)"] },
		{
			arrival: "10:00:01 from localhost[127.0.0.1], <ann@sm1.example.net>, 300 bytes, accepted 6B1A00ab000010",
			recipients: ["bob@example.net delivered 2.0.0 (4)"],
			relations: ["resubmission 6B1A00aa000009 (3)"],
		},
	]);
});

test("the words of another server name no mail of this host", async () => {
	const [, first = "", second = ""] = MAIL.split("\n");
	const hops = await read(`${first}\n${second}
		Dec  1 10:00:02 sm1 sm-mta[13]: 6B1A00ac000013: from=<eve@example.org>, size=9, class=0, nrcpts=1, proto=ESMTP, daemon=MTA, relay=[203.0.113.9]
		Dec  1 10:00:03 sm1 sm-mta[14]: 6B1A00ac000013: to=<x@evil.example>, delay=00:00:01, mailer=esmtp, pri=1, relay=mx.evil.example. [203.0.113.9], dsn=2.0.0, stat=Sent (6B1A00ab000010 Message accepted for delivery)`);
	expect(hops.map(({ relations }) => relations)).toEqual([[], []]);
});

const taken = (id = "6B1A00ab000010"): string =>
	`Dec  1 10:00:02 sm1 sm-mta[10]: ${id}: from=<ann@example.org>, size=900, class=0, nrcpts=1, proto=ESMTP, daemon=MTA, relay=mx1.example.net [192.0.2.1]`;
const line = (text: string): string => `Dec  1 10:00:03 sm1 sm-mta[11]: 6B1A00ab000010: ${text}`;
const outcomes = async (...lines: readonly string[]) => (await read(lines.join("\n"))).flatMap(({ recipients }) => recipients);

test("what a filter refuses behind the mail, its recipients are refused", async () => {
	const refused = [
		"Milter: data, reject=451 4.7.9 asks for patience",
		"to=<bob@example.net>, delay=00:00:00, pri=1, stat=asks for patience, stat=Sent",
	];
	expect(await outcomes(taken(), ...refused.map(line))).toEqual(["bob@example.net deferred as the filter said 451 4.7.9 (3)"]);
});

test("discarded: told of those whom the log names", async () => {
	expect(await outcomes(line("Milter: rcpts: <bob@example.net>"), taken(), line("Milter: data, discard"), line("discarded"))).toEqual([
		"bob@example.net discarded as the filter said (3)",
	]);
	expect(
		await outcomes(
			taken(),
			line("to=/dev/null, ctladdr=<bob@example.net> (8/0), delay=00:00:00, mailer=*file*, pri=1, dsn=2.0.0, stat=Sent"),
		),
	).toEqual(["bob@example.net → /dev/null discarded 2.0.0 (2)"]);
});

test("what waited too long has expired; the notification is a mail of its own", async () => {
	const deferred = line(
		"to=<bob@down.example>, delay=00:00:13, xdelay=00:00:00, mailer=esmtp, pri=1, relay=down.example., dsn=4.4.1, stat=Deferred: Connection refused by down.example.",
	);
	const hops = await read(
		[
			taken(),
			deferred,
			line("6B1A05ab000015: sender notify: Cannot send message for 5 days"),
			line("6B1A05ab000015: x").replace("6B1A00ab000010: ", ""),
		].join("\n"),
	);
	expect(hops.map(({ recipients, relations }) => [recipients, relations])).toEqual([
		[["bob@down.example expired 4.4.1 (3)"], ["notification 6B1A05ab000015 (3)"]],
		[[], ["notification 6B1A00ab000010 (3)"]],
	]);
});

test("a session without a mail is no hop", async () => {
	expect(await read(line("mx1.example.net [192.0.2.1] did not issue MAIL/EXPN/VRFY/ETRN during connection to MTA"))).toEqual([]);
});
