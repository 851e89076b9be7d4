/** smtpf: what its log says of each transaction. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { type ToldHop, told } from "./hops.js";

const read = (log: string): Promise<readonly ToldHop[]> => told("smtpf", log);

const SESSION = "2AK30A274040000100";
const START = `Nov 21 03:00:10 mx1 smtpf[27404]: ${SESSION} #637 start mail.example.org [198.51.100.21]:20174 f="" th=1 cn=1 cs=1`;
const END = `Nov 21 03:00:20 mx1 smtpf[27404]: ${SESSION} #721 end i=198.51.100.21 p="mail.example.org" f="helo_host,quit" h="mail.example.org" m=1/1 b=967 R=0 t=10 l=""`;
const line = (second: number, text: string): string => `Nov 21 03:00:${second} mx1 smtpf[27404]: ${SESSION} ${text}`;
const mail = (tid: string, from = "ann@example.org"): string =>
	line(11, `#717 sender <${from}> tid=${tid} f="" spf-mail=None spf-helo=None x="250 2.1.0 sender <${from}> accepted #283 ${SESSION}"`);
const rcpt = (tid: string, to: string, reply = `250 2.1.5 recipient <${to}> accepted #297`): string =>
	line(12, `#718 recipient ${reply.startsWith("250") ? to : `<${to}>`} tid=${tid} f="" x="${reply} ${SESSION}"`);
const content = (tid: string, reply = `250 2.0.0 message ${tid} accepted #554`): string =>
	line(14, `#720 message tid=${tid} f="" b=860 r=1/0 m=<m1@example.org> R=0 x="${reply} ${SESSION}"`);
const answer = (route: string, reply: string): string => line(13, `#304 route:${route} << ${reply}`);

const [T1, T2] = ["2AK30B274040000102", "2AK30C274040000103"];

test("a transaction is a hop; where the log is terse the client is that of the last line", async () => {
	expect(await read([mail(T1), rcpt(T1, "bob@example.net"), content(T1), END].join("\n"))).toEqual([
		{
			ids: `session_id ${SESSION}, transaction_id ${T1}, message_id m1@example.org`,
			lines: [1, 2, 3, 4],
			arrival: `03:00:14 from mail.example.org[198.51.100.21] helo mail.example.org, <ann@example.org>, 860 bytes, accepted ${T1}`,
			recipients: ["bob@example.net handed_on 250 2.0.0 (3)"],
			// No server and no id: nobody knows how many routes there were.
			handovers: ["03:00:14 accepted bob@example.net"],
			filterings: [],
			relations: [],
			missing: [],
		},
	]);
});

test("several transactions of a session share its beginning and end", async () => {
	const log = [START, mail(T1), rcpt(T1, "bob@example.net"), content(T1), mail(T2, ""), rcpt(T2, "cat@example.net"), content(T2), END];
	expect((await read(log.join("\n"))).map(({ lines, recipients }) => [lines, ...recipients])).toEqual([
		[[1, 2, 3, 4, 8], "bob@example.net handed_on 250 2.0.0 (4)"],
		[[1, 5, 6, 7, 8], "cat@example.net handed_on 250 2.0.0 (7)"],
	]);
});

describe("handovers", () => {
	test("each route has its answer", async () => {
		const log = [
			...[START, mail(T1), rcpt(T1, "bob@example.net"), rcpt(T1, "cat@corp.example.com"), rcpt(T1, "eve@sub.example.net")],
			...[
				answer("corp.example.com", "250 2.0.0 Ok: queued as 4B2"),
				answer("example.net", "250 2.0.0 Ok: queued as 4A1"),
				content(T1),
				END,
			],
		];
		const [hop] = await read(log.join("\n"));
		expect(hop?.handovers.toSorted()).toEqual([
			"03:00:13 accepted bob@example.net eve@sub.example.net 250 quotes 4A1",
			"03:00:13 accepted cat@corp.example.com 250 quotes 4B2",
		]);
	});

	test.each(["mail.example.org", "example.net", ""])(
		"the route '%s' that serves no recipient by name took those that no other serves",
		async (route) => {
			const recipients = [rcpt(T1, "bob@notexample.net"), rcpt(T1, "cat@corp.example.com")];
			const answers = [answer("corp.example.com", "250 2.0.0 Ok: queued as 4B2"), answer(route, "250 2.0.0 Ok: queued as 4A1")];
			const [hop] = await read([START, mail(T1), ...recipients, ...answers, content(T1), END].join("\n"));
			expect(hop?.handovers.toSorted()).toEqual([
				"03:00:13 accepted bob@notexample.net 250 quotes 4A1",
				"03:00:13 accepted cat@corp.example.com 250 quotes 4B2",
			]);
		},
	);

	test("a recipient refused by the forward host belongs to the same one", async () => {
		const refused = rcpt(T1, "gone@example.net", "550 5.1.1 recipient <gone@example.net> denied #300");
		const [hop] = await read(
			[START, mail(T1), rcpt(T1, "bob@example.net"), refused, answer("example.net", "250 Ok: queued as 4A1"), content(T1), END].join("\n"),
		);
		expect(hop?.recipients).toEqual([
			"bob@example.net handed_on 250 2.0.0 (6)",
			"gone@example.net rejected as the server said 550 5.1.1 (4)",
		]);
		expect(hop?.handovers).toEqual(["03:00:13 accepted bob@example.net gone@example.net 250 quotes 4A1"]);
	});

	test("a recipient refused here was never handed over", async () => {
		const refused = rcpt(T1, "retired@example.net", "550 5.7.1 recipient <retired@example.net> black listed #139");
		const [hop] = await read([START, mail(T1), refused, END].join("\n"));
		expect(hop?.recipients).toEqual(["retired@example.net rejected 550 5.7.1 (3)"]);
		expect(hop?.handovers).toEqual([]);
	});

	test("a refusal of the content is the forward host's when its reply says so", async () => {
		const decided = async (reply: string): Promise<unknown> => {
			const [hop] = await read([START, mail(T1), rcpt(T1, "bob@example.net"), content(T1, reply), END].join("\n"));
			return [hop?.recipients, hop?.handovers];
		};
		expect(await decided("554 5.7.0 transaction failed #306")).toEqual([
			["bob@example.net rejected as the server said 554 5.7.0 (4)"],
			["03:00:14 rejected bob@example.net 554"],
		]);
		expect(await decided("550 5.7.1 message rejected #555")).toEqual([
			["bob@example.net rejected 550 5.7.1 (4)"],
			["03:00:14 unknown bob@example.net"],
		]);
	});
});

test("a client is not said to have gone away when the log is cut, or lost the answer to the content", async () => {
	const open = [
		line(
			10,
			'#717 sender <a@example.org> tid=2AK30B27404000011T f="" x="250 2.1.0 sender <a@example.org> accepted #283 2AK30A274040000100"',
		),
		line(
			11,
			'#718 recipient bob@example.net tid=2AK30B27404000011T f="" x="250 2.1.5 recipient <bob@example.net> accepted #297 2AK30A274040000100"',
		),
	];
	const end = line(
		12,
		'#721 end i=198.51.100.21 p="" f="" h="mail.example.org" m=1/1 b=100 R=0 t=2 l="250 2.0.0 accepted 2AK30A274040000100"',
	);
	const ends = async (lines: readonly string[]): Promise<readonly unknown[]> =>
		(await read(lines.join("\n"))).map(({ recipients, missing }) => [recipients[0]?.split(" ")[1], missing]);
	expect(await ends(open)).toEqual([["unknown", ["its end"]]]);
	expect(await ends([...open, end])).toEqual([["unknown", ["the answer to its content"]]]);
	expect(await ends([...open, end.replace("m=1/1", "m=0/1")])).toEqual([["aborted", []]]);
	// Of two mails one was forwarded, and it is known which.
	const [first, second] = [
		[mail(T1), rcpt(T1, "bob@example.net"), content(T1)],
		[mail(T2), rcpt(T2, "bob@example.net")],
	];
	expect(await ends([...first, ...second, end.replace("m=1/1", "m=1/2")])).toEqual([
		["handed_on", []],
		["aborted", []],
	]);
});

describe("when records are lost", () => {
	const [sender, recipient, end] = [mail(T1), rcpt(T1, "bob@example.net"), content(T1)];
	const route = answer("example.net", "250 2.0.0 Ok: queued as 4A1");
	const summary = async (...lines: readonly string[]): Promise<readonly unknown[]> =>
		(await read([START, ...lines, END].join("\n"))).map(({ lines: noted, handovers, missing }) => [noted, handovers, missing]);

	test("a transaction whose MAIL is lost begins with the first record that names it", async () => {
		const handover = "03:00:13 accepted bob@example.net 250 quotes 4A1";
		expect(await summary(recipient, route, end)).toEqual([[[1, 2, 3, 4, 5], [handover], ["its beginning"]]]);
		// The next one of the session is another, also when its MAIL is lost.
		const other = [rcpt(T2, "cat@example.net"), content(T2)];
		expect(await summary(sender, recipient, route, end, ...other)).toEqual([
			[[1, 2, 3, 4, 5, 8], [handover], []],
			[[1, 6, 7, 8], ["03:00:14 accepted cat@example.net"], ["its beginning"]],
		]);
	});

	test("what the forward host answered is a handover without its recipients, too", async () => {
		expect(await summary(sender, route, end)).toEqual([
			[[1, 2, 3, 4, 5], ["03:00:13 accepted 250 quotes 4A1"], ["some of its recipients"]],
		]);
		expect(await summary(route, end)).toEqual([
			[[1, 2, 3, 4], ["03:00:13 accepted 250 quotes 4A1"], ["its beginning", "some of its recipients"]],
		]);
	});

	test.each(["access-map", "chain-a", "chain-b", "several-recipients"])("of %s none is", async (capture) => {
		const hops = await read(readFileSync(`corpus/smtpf/captures/${capture}.log`, "latin1"));
		expect(hops.flatMap(({ missing }) => missing).filter((what) => what !== "its end")).toEqual([]);
	});

	test("a mail that was taken for recipients that are lost was handed over", async () => {
		expect(await summary(sender, end)).toEqual([[[1, 2, 3, 4], ["03:00:14 accepted"], ["some of its recipients"]]]);
	});
});

test("grey listing defers, a client that goes away aborts, a discard is no delivery", async () => {
	const end = async (...lines: string[]): Promise<readonly string[] | undefined> =>
		(await read([START, mail(T1), rcpt(T1, "bob@example.net"), ...lines, END.replace("m=1/1", "m=0/1")].join("\n")))[0]?.recipients;
	expect(await end(line(13, `#719 data tid=${T1} f="" x="451 4.7.0 try again later #552 ${SESSION}"`))).toEqual([
		"bob@example.net deferred 451 4.7.0 (4)",
	]);
	expect(await end(line(13, "#639 client mail.example.org [198.51.100.21]:20174 I/O error: Broken pipe (32)"))).toEqual([
		"bob@example.net aborted (5)",
	]);
	expect(await end(content(T1).replace('f=""', 'f="discard"'))).toEqual(["bob@example.net discarded 250 2.0.0 (4)"]);
});

test("a session without a transaction is a hop, an id that the library made is none", async () => {
	const other = "Nov 21 03:00:10 mx1 smtpf[27404]: 2AK30A274040000200 server-id=1 session-id=1 accept no socket";
	expect(await read([START, other, END].join("\n"))).toMatchObject([
		{
			ids: `session_id ${SESSION}`,
			lines: [1, 3],
			arrival: "03:00:20 from mail.example.org[198.51.100.21]:20174 helo mail.example.org, not accepted",
		},
	]);
});

test("a log that stops in mid-session says so", async () => {
	expect(await read([START, mail(T1), rcpt(T1, "bob@example.net")].join("\n"))).toMatchObject([{ missing: ["its end"] }]);
});
