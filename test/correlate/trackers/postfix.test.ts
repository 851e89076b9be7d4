/** Postfix: what its log says of each mail. */
import { describe, expect, test } from "vitest";
import { told } from "./hops.js";

const read = (log: string) => told("postfix", log);

const MAIL = `
	Nov 21 10:00:01 mx2 postfix/smtpd[10]: connect from mx1.example.net[192.0.2.1]
	Nov 21 10:00:01 mx2 postfix/smtpd[10]: 4A10022054A: client=mx1.example.net[192.0.2.1]
	Nov 21 10:00:02 mx2 postfix/cleanup[11]: 4A10022054A: message-id=<m1@example.org>
	Nov 21 10:00:02 mx2 postfix/qmgr[12]: 4A10022054A: from=<ann@example.org>, size=900, nrcpt=2 (queue active)
	Nov 21 10:00:03 mx2 postfix/smtp[13]: 4A10022054A: to=<bob@example.net>, relay=store.example.net[192.0.2.3]:25, delay=2, delays=1/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 9F9)
	Nov 21 10:00:03 mx2 postfix/smtp[13]: 4A10022054A: to=<cat@example.net>, relay=store.example.net[192.0.2.3]:25, delay=2, delays=1/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 Ok: queued as 9F9)
	Nov 21 10:00:03 mx2 postfix/qmgr[12]: 4A10022054A: removed
	Nov 21 10:00:04 mx2 postfix/smtpd[10]: disconnect from mx1.example.net[192.0.2.1] ehlo=1 mail=1 rcpt=2 data=1 quit=1 commands=6`;

test("a queue id is a hop, with its connection; recipients of one try are one handover", async () => {
	expect(await read(MAIL)).toEqual([
		{
			ids: "queue_id 4A10022054A, message_id m1@example.org",
			lines: [1, 2, 3, 4, 5, 6, 7, 8],
			arrival: "10:00:02 from mx1.example.net[192.0.2.1], <ann@example.org>, 900 bytes, accepted 4A10022054A",
			recipients: ["bob@example.net handed_on 250 2.0.0 (5)", "cat@example.net handed_on 250 2.0.0 (6)"],
			handovers: ["10:00:03 accepted bob@example.net cat@example.net by store.example.net[192.0.2.3]:25 250 quotes 9F9"],
			filterings: ["mta postfix/smtpd 1 10:00:01-10:00:04 accept eom"],
			relations: [],
			missing: [],
		},
	]);
});

test("an id that is used again is another mail", async () => {
	const again = MAIL.replaceAll("10:00:", "10:30:").replaceAll("ann@", "eve@");
	expect((await read(MAIL + again)).map(({ arrival }) => arrival)).toEqual([
		"10:00:02 from mx1.example.net[192.0.2.1], <ann@example.org>, 900 bytes, accepted 4A10022054A",
		"10:30:02 from mx1.example.net[192.0.2.1], <eve@example.org>, 900 bytes, accepted 4A10022054A",
	]);
});

describe("refusals", () => {
	const refusal = (rcpt: string, from = "ann@example.org") =>
		`Nov 21 10:00:02 mx2 postfix/smtpd[10]: NOQUEUE: reject: RCPT from mx1.example.net[192.0.2.1]: 550 5.1.1 <${rcpt}>: Recipient address rejected: User unknown; from=<${from}> to=<${rcpt}> proto=ESMTP helo=<mx1>`;
	const [connect = "", client = "", ...rest] = MAIL.trim().split("\n");

	test("before the queue id they belong to the mail of the same sender", async () => {
		const [mail, ...others] = await read([connect, refusal("gone@example.net"), client, ...rest].join("\n"));
		expect(others).toEqual([]);
		expect(mail?.lines).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9]);
		expect(mail?.arrival).toContain("from mx1.example.net[192.0.2.1] helo mx1");
		expect(mail?.recipients[0]).toBe("gone@example.net rejected 550 5.1.1 (2)");
	});

	test("of another sender they are a hop of their own, also in the same connection", async () => {
		const hops = await read([connect, refusal("gone@example.net", "eve@example.com"), client, ...rest].join("\n"));
		expect(hops.map(({ recipients }) => recipients.length).toSorted()).toEqual([1, 2]);
		expect(hops.map(({ arrival }) => arrival.includes("eve@example.com")).toSorted()).toEqual([false, true]);
	});

	test("a filter's are told as those of the filter, and tell how the connection ended for it", async () => {
		const [hop] = await read(`
			Nov 21 10:00:01 mx2 postfix/smtpd[10]: connect from mx1.example.net[192.0.2.1]
			Nov 21 10:00:01 mx2 postfix/smtpd[10]: 4A10022054A: client=mx1.example.net[192.0.2.1]
			Nov 21 10:00:02 mx2 postfix/cleanup[11]: 4A10022054A: message-id=<m1@example.org>
			Nov 21 10:00:02 mx2 postfix/cleanup[11]: 4A10022054A: milter-reject: END-OF-MESSAGE from mx1.example.net[192.0.2.1]: 5.7.1 Blocked; from=<ann@example.org> to=<bob@example.net> proto=ESMTP helo=<mx1>
			Nov 21 10:00:03 mx2 postfix/smtpd[10]: disconnect from mx1.example.net[192.0.2.1] ehlo=1 mail=1 rcpt=1 data=0/1 quit=1 commands=4/5`);
		expect(hop).toMatchObject({
			arrival: "10:00:02 from mx1.example.net[192.0.2.1] helo mx1, <ann@example.org>, not accepted",
			recipients: ["bob@example.net rejected as the filter said 5.7.1 (4)"],
			filterings: ["mta postfix/smtpd 1 10:00:01-10:00:03 reject eom"],
		});
	});
});

describe("when records are lost", () => {
	const without = (...lost: readonly RegExp[]): string =>
		MAIL.split("\n")
			.filter((line) => !lost.some((one) => one.test(line)))
			.join("\n");

	test("a delivery shows that the queue manager had the mail", async () => {
		expect(await read(without(/queue active/))).toMatchObject([
			{ arrival: "10:00:02 from mx1.example.net[192.0.2.1], accepted 4A10022054A", missing: [] },
		]);
	});

	test("a mail without a client came by the connection that took one more than is known", async () => {
		const lost = without(/client=/);
		expect(await read(lost)).toMatchObject([
			{
				lines: [1, 2, 3, 4, 5, 6, 7],
				arrival: "10:00:02 from mx1.example.net[192.0.2.1], <ann@example.org>, 900 bytes, accepted 4A10022054A",
				filterings: ["mta postfix/smtpd 1 10:00:01-10:00:04 accept eom"],
				missing: ["its beginning"],
			},
		]);
		// Of two nobody knows which.
		const other = lost.replaceAll("4A10022054A", "5B10022054A").replaceAll(/smtpd\[10\]/g, "smtpd[20]");
		const hops = await read(`${lost}${other}`.split("\n").sort().join("\n").trimStart());
		expect(hops.map(({ ids, arrival }) => [ids.split(",")[0], arrival.includes("mx1")])).toEqual([
			["", true],
			["", true],
			["queue_id 4A10022054A", false],
			["queue_id 5B10022054A", false],
		]);
	});

	describe("no other mail is taken for that of a connection", () => {
		const NOTICE = `
			Nov 21 10:00:02 mx2 postfix/cleanup[11]: 7D10022054D: message-id=<7D10022054D@mx2.example.net>
			Nov 21 10:00:04 mx2 postfix/qmgr[12]: 7D10022054D: from=<SENDER>, size=400, nrcpt=1 (queue active)
			Nov 21 10:00:04 mx2 postfix/local[13]: 7D10022054D: to=<root@example.net>, relay=local, delay=0, delays=0/0/0/0, dsn=2.0.0, status=sent (delivered to mailbox)
			Nov 21 10:00:04 mx2 postfix/qmgr[12]: 7D10022054D: removed`;
		const arrivalOf = async (log: string, id: string): Promise<string | undefined> =>
			(await read(log)).find(({ ids }) => ids.includes(id))?.arrival;
		const inserted = (log: string, mark: string, other: string): string =>
			log.replace(new RegExp(`^(?=.*${mark})`, "m"), `${other.trim()}\n`);

		test("a mail that came in pieces is one", async () => {
			const log = inserted(MAIL.replace("data=1", "bdat=2"), "disconnect", NOTICE.replace("SENDER", "eve@example.org"));
			expect(await arrivalOf(log, "7D10022054D")).toBe("10:00:04 from ?, <eve@example.org>, 400 bytes, accepted 7D10022054D");
		});

		test("a filter in front of the queue took the mail", async () => {
			const log = inserted(
				without(/ 4A10022054A: (?!client)/).replace("4A10022054A", "NOQUEUE"),
				"disconnect",
				NOTICE.replace("SENDER", "eve@example.org"),
			);
			expect(await arrivalOf(log, "7D10022054D")).toBe("10:00:04 from ?, <eve@example.org>, 400 bytes, accepted 7D10022054D");
		});

		test("probes and notices come by none", async () => {
			const log = inserted(without(/4A10022054A/), "disconnect", NOTICE.replace("SENDER", "double-bounce@mx2.example.net"));
			expect((await read(log)).map(({ ids, lines }) => [ids.split(",")[0], lines])).toEqual([
				["", [1, 6]],
				["queue_id 7D10022054D", [2, 3, 4, 5]],
			]);
		});

		test("the log began in the middle of the connection", async () => {
			const log = without(/ connect from/, /client=/).replace("10:00:04", "10:00:02");
			expect(await arrivalOf(log, "4A10022054A")).toContain("from ?");
		});

		test("the mail waited in the queue when the log began", async () => {
			const log = without(/client=/, /message-id/);
			expect(await arrivalOf(log, "4A10022054A")).toContain("from ?");
		});

		test("the mail was told before, and the connection stays what it is", async () => {
			const [mail, connection, ...others] = (await read(without(/client=/).replace(/10:00:04(.* disconnect)/, "11:00:04$1"))).toReversed();
			expect(others).toEqual([]);
			expect([mail?.lines, connection?.lines]).toEqual([
				[2, 3, 4, 5, 6],
				[1, 7],
			]);
		});
	});

	test("what cleanup returns was never in the queue", async () => {
		const [mail] = await read(`
			Nov 21 10:00:01 mx2 postfix/pickup[10]: 4A10022054A: uid=0 from=<ann@example.org>
			Nov 21 10:00:01 mx2 postfix/cleanup[11]: 4A10022054A: message-id=<m1@example.org>
			Nov 21 10:00:01 mx2 postfix/cleanup[11]: 4A10022054A: to=<bob@example.net>, relay=none, delay=0, delays=0/0/0/0, dsn=5.7.1, status=bounced (Command rejected)
			Nov 21 10:00:01 mx2 postfix/bounce[12]: 4A10022054A: sender non-delivery notification: 5B10022054B`);
		expect(mail).toMatchObject({ recipients: ["bob@example.net bounced 5.7.1 (3)"], missing: [] });
	});

	test("what the operator took out of the queue was handed to nobody", async () => {
		const log = without(/status=sent/).replace("postfix/qmgr[12]: 4A10022054A: removed", "postfix/postsuper[14]: 4A10022054A: removed");
		expect(await read(log)).toMatchObject([{ recipients: [], handovers: [], missing: [] }]);
	});

	test("a mail that left the queue was handed to somebody, or nobody", async () => {
		expect(await read(without(/status=sent/))).toMatchObject([
			{ recipients: [], handovers: ["10:00:03 unknown"], missing: ["its deliveries"] },
		]);
		expect(await read(without(/status=sent/, /removed/))).toMatchObject([{ recipients: [], handovers: [], missing: ["its end"] }]);
		expect(await read(without(/status=sent/).replace("nrcpt=2", "nrcpt=0"))).toMatchObject([{ handovers: [], missing: [] }]);
	});
});

test("a log that stops in mid-connection loses nothing of it", async () => {
	const log = `
		Nov 21 10:00:01 mx2 postfix/smtpd[10]: connect from mx1.example.net[192.0.2.1]
		Nov 21 10:00:02 mx2 postfix/smtpd[10]: NOQUEUE: reject: RCPT from mx1.example.net[192.0.2.1]: 550 5.1.1 <gone@example.net>: Recipient address rejected: User unknown; from=<ann@example.org> to=<gone@example.net> proto=ESMTP helo=<mx1>
		Nov 21 10:00:03 mx2 postfix/smtpd[11]: connect from mx1.example.net[192.0.2.1]`;
	expect((await read(log)).map(({ lines, recipients }) => [lines, ...recipients])).toEqual([
		[[1, 2], "gone@example.net rejected 550 5.1.1 (2)"],
		[[3]],
	]);
});

test("a client that goes away leaves a hop without recipients", async () => {
	expect(
		await read(`
			Nov 21 10:00:01 mx2 postfix/smtpd[10]: connect from mx1.example.net[192.0.2.1]
			Nov 21 10:00:01 mx2 postfix/smtpd[10]: 4A10022054A: client=mx1.example.net[192.0.2.1]
			Nov 21 10:00:09 mx2 postfix/smtpd[10]: lost connection after RCPT from mx1.example.net[192.0.2.1]
			Nov 21 10:00:09 mx2 postfix/smtpd[10]: disconnect from mx1.example.net[192.0.2.1] ehlo=1 mail=1 rcpt=1 commands=3`),
	).toMatchObject([
		{
			lines: [1, 2, 3, 4],
			arrival: "10:00:09 from mx1.example.net[192.0.2.1], not accepted",
			recipients: [],
			filterings: ["mta postfix/smtpd 1 10:00:01-10:00:09 abort rcpt"],
			missing: [],
		},
	]);
});

describe("mails that come of mails", () => {
	const START = `
		Nov 21 10:00:01 mx2 postfix/pickup[9]: 4A10022054A: uid=0 from=<ann@example.org>
		Nov 21 10:00:02 mx2 postfix/cleanup[11]: 4A10022054A: message-id=<m1@example.org>
		Nov 21 10:00:02 mx2 postfix/qmgr[12]: 4A10022054A: from=<ann@example.org>, size=900, nrcpt=1 (queue active)`;

	test("a notification, of what the next server refused", async () => {
		const hops = await read(`${START}
			Nov 21 10:00:03 mx2 postfix/smtp[13]: 4A10022054A: to=<gone@example.net>, relay=store.example.net[192.0.2.3]:25, delay=2, delays=1/0/0/1, dsn=5.1.1, status=bounced (host store.example.net[192.0.2.3] said: 550 5.1.1 unknown (in reply to RCPT TO command))
			Nov 21 10:00:03 mx2 postfix/cleanup[11]: 4B20022054B: message-id=<m2@mx2.example.net>
			Nov 21 10:00:03 mx2 postfix/bounce[14]: 4A10022054A: sender non-delivery notification: 4B20022054B
			Nov 21 10:00:03 mx2 postfix/qmgr[12]: 4A10022054A: removed`);
		expect(hops).toMatchObject([
			{
				arrival: "none",
				recipients: ["gone@example.net bounced as the server said 550 5.1.1 (4)"],
				handovers: ["10:00:03 rejected gone@example.net by store.example.net[192.0.2.3]:25 550"],
				relations: ["notification 4B20022054B (6)"],
			},
			{ ids: "queue_id 4B20022054B, message_id m2@mx2.example.net", arrival: "none", relations: ["notification 4A10022054A (6)"] },
		]);
	});

	test("a notification that is only named is no hop", async () => {
		const hops = await read(`${START}
			Nov 21 10:00:03 mx2 postfix/bounce[14]: 4A10022054A: sender non-delivery notification: 4B20022054B`);
		expect(hops.map(({ ids, relations }) => [ids, ...relations])).toEqual([
			["queue_id 4A10022054A, message_id m1@example.org", "notification 4B20022054B (4)"],
		]);
	});

	test("an alias of local delivery", async () => {
		const hops = await read(`${START}
			Nov 21 10:00:03 mx2 postfix/cleanup[11]: 4B20022054B: message-id=<m1@example.org>
			Nov 21 10:00:03 mx2 postfix/local[15]: 4A10022054A: to=<root@mx2.example.net>, orig_to=<root>, relay=local, delay=2, delays=1/0/0/1, dsn=2.0.0, status=sent (forwarded as 4B20022054B)
			Nov 21 10:00:03 mx2 postfix/qmgr[12]: 4A10022054A: removed
			Nov 21 10:00:04 mx2 postfix/qmgr[12]: 4B20022054B: removed`);
		expect(hops.map(({ recipients, relations }) => [...recipients, ...relations])).toEqual([
			["root → root@mx2.example.net handed_on (5)", "forward 4B20022054B (5)"],
			["forward 4A10022054A (5)"],
		]);
	});

	test("a content filter gives it back: only a connection from where it was handed over is that", async () => {
		const given = (ip: string) => `${START}
			Nov 21 10:00:03 mx2 postfix/smtpd[20]: connect from localhost[127.0.0.1]
			Nov 21 10:00:03 mx2 postfix/smtpd[20]: 4B20022054B: client=localhost[127.0.0.1]
			Nov 21 10:00:04 mx2 postfix/smtp[13]: 4A10022054A: to=<bob@example.net>, relay=${ip}[${ip}]:10024, delay=2, delays=1/0/0/1, dsn=2.0.0, status=sent (250 2.0.0 from MTA(smtp:[127.0.0.1]:10025): 250 2.0.0 Ok: queued as 4B20022054B)
			Nov 21 10:00:04 mx2 postfix/qmgr[12]: 4A10022054A: removed`;
		const relations = async (log: string) => (await read(log)).flatMap((hop) => hop.relations);
		expect(await relations(given("127.0.0.1"))).toEqual(
			expect.arrayContaining(["reinjection 4B20022054B (6)", "reinjection 4A10022054A (6)"]),
		);
		expect(await relations(given("192.0.2.66"))).toEqual([]);
	});
});

test("who waits until the mail expires, expires", async () => {
	const [hop] = await read(`
		Nov 21 10:00:02 mx2 postfix/qmgr[12]: 4A10022054A: from=<ann@example.org>, size=900, nrcpt=2 (queue active)
		Nov 21 10:00:03 mx2 postfix/virtual[13]: 4A10022054A: to=<bob@example.net>, relay=virtual, delay=2, delays=1/0/0/1, dsn=2.0.0, status=sent (delivered to maildir)
		Nov 21 10:00:33 mx2 postfix/smtp[13]: 4A10022054A: to=<cat@example.com>, relay=none, delay=2, delays=1/0/0/1, dsn=4.4.1, status=deferred (connect to example.com[192.0.2.9]:25: Connection refused)
		Nov 22 10:00:33 mx2 postfix/qmgr[12]: 4A10022054A: from=<ann@example.org>, status=expired, returned to sender
		Nov 22 10:00:33 mx2 postfix/qmgr[12]: 4A10022054A: removed`);
	expect(hop).toMatchObject({
		recipients: ["bob@example.net delivered 2.0.0 (2)", "cat@example.com expired 4.4.1 (4)"],
		handovers: [],
		missing: ["its beginning"],
	});
});

test("a mail on hold waits", async () => {
	const log = MAIL.trim().split("\n").slice(0, 3);
	const hold =
		"Nov 21 10:00:02 mx2 postfix/cleanup[11]: 4A10022054A: milter-hold: END-OF-MESSAGE from mx1.example.net[192.0.2.1]: milter triggers HOLD action; from=<ann@example.org> to=<bob@example.net> proto=ESMTP helo=<mx1>";
	const [held] = await read([...log, hold].join("\n"));
	expect(held?.recipients).toEqual(["bob@example.net quarantined as the filter said (4)"]);
	expect(held?.arrival).toContain("accepted 4A10022054A");
	const [released] = await read([...log, hold, ...MAIL.trim().split("\n").slice(3)].join("\n"));
	expect(released?.recipients.map((words) => words.split(" ")[1])).toEqual(["handed_on", "handed_on"]);
});
