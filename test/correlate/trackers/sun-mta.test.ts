/** Sun MTA: what its transaction log says of each message. */
import { describe, expect, test } from "vitest";
import { type ToldHop, told } from "./hops.js";

const read = (log: string): Promise<readonly ToldHop[]> => told("sun-mta", log);

const QUEUE = "/opt/queue/ims-ms/009";

test("recipients of one moment are one message, from the connection to the mailbox", async () => {
	expect(
		await read(`
			21-Nov-2026 03:00:12.81 5a37.1.1 tcp_local    +            O TCP|10.1.1.3|25|10.1.1.2|28828 SMTP
			21-Nov-2026 03:00:12.86 5a37.1.2 tcp_local    ims-ms       EE 2 ann@example.org rfc822;bob+2Bnews@example.net bob@ims-ms-daemon ${QUEUE}/ZZfbPwuEDOb6s.00 <0LYX@store1.example.net> <m1@example.org> mx2 (mx2.example.net [10.1.1.2])
			21-Nov-2026 03:00:12.86 5a37.1.2 tcp_local    ims-ms       EE 2 ann@example.org rfc822;cat@example.net cat@ims-ms-daemon ${QUEUE}/ZZfbPwuEDOb6s.00 <0LYX@store1.example.net> <m1@example.org> mx2 (mx2.example.net [10.1.1.2])
			21-Nov-2026 03:00:12.88 5a37.1.3 tcp_local    +            C TCP|10.1.1.3|25|10.1.1.2|28828 SMTP
			21-Nov-2026 03:00:13.05 5a43.2.1 ims-ms                    D 2 ann@example.org rfc822;bob+2Bnews@example.net bob@ims-ms-daemon ${QUEUE}/ZZfbPwuEDOb6s.00 <0LYX@store1.example.net> <m1@example.org>
			21-Nov-2026 03:00:13.05 5a43.2.1 ims-ms                    Q 2 ann@example.org rfc822;cat@example.net cat@ims-ms-daemon ${QUEUE}/ZZfbPwuEDOb6s.00 <0LYX@store1.example.net> <m1@example.org> Mailbox is busy
			21-Nov-2026 03:05:13.05 5a43.2.9 ims-ms                    D 2 ann@example.org rfc822;cat@example.net cat@ims-ms-daemon ${QUEUE}/ZYfbPwuEDOb6s.01 <0LYX@store1.example.net> <m1@example.org>`),
	).toEqual([
		{
			ids: `queue_id 0LYX@store1.example.net, file ${QUEUE}/ZZfbPwuEDOb6s.00 ${QUEUE}/ZYfbPwuEDOb6s.01, message_id m1@example.org`,
			lines: [1, 2, 3, 4, 5, 6, 7],
			arrival: "03:00:12.86 from mx2.example.net[10.1.1.2]:28828 helo mx2, <ann@example.org>, 2048 bytes, accepted 0LYX@store1.example.net",
			recipients: ["bob+news@example.net → bob@ims-ms-daemon delivered (5)", "cat@example.net → cat@ims-ms-daemon delivered (7)"],
			handovers: [],
			filterings: [],
			relations: [],
			missing: [],
		},
	]);
});

describe("without any option", () => {
	const taken = (time: string, to: string): string =>
		`21-Nov-2026 ${time} tcp_local    ims-ms       E 2 ann@example.org rfc822;${to}@example.net ${to}@ims-ms-daemon`;
	const delivered = (time: string, to: string): string =>
		`21-Nov-2026 ${time} ims-ms                    D 2 ann@example.org rfc822;${to}@example.net ${to}@ims-ms-daemon`;

	test("entries of other messages may stand between those of one", async () => {
		const other = taken("03:00:12.86", "eve").replaceAll("ann@", "zoe@");
		const hops = await read(
			[
				taken("03:00:12.86", "bob"),
				other,
				taken("03:00:12.86", "cat"),
				delivered("03:00:13.00", "bob"),
				delivered("03:00:13.00", "cat"),
			].join("\n"),
		);
		expect(hops.map(({ lines }) => lines)).toEqual([[1, 3, 4, 5], [2]]);
		expect(hops.map(({ missing }) => missing)).toEqual([[], ["its end"]]);
	});

	test("a message whose E entry is lost came in before, when it was not made here", async () => {
		const notification = delivered("03:00:14.00", "ann").replace(" ann@example.org ", "  ");
		expect(await read([delivered("03:00:13.00", "bob"), notification].join("\n"))).toMatchObject([
			{ arrival: "03:00:13 from ?, <ann@example.org>, accepted", missing: ["its beginning"] },
			{ arrival: "none", missing: ["its beginning"] },
		]);
	});

	test("a channel that passes a message on is not told to have taken it once more", async () => {
		const [enter, ...passed] = [
			"tcp_local    conversion   E",
			"conversion   ims-ms       E",
			"conversion                D",
			"ims-ms                    D",
		].map((what) => `21-Nov-2026 03:00:13.00 ${what} 2 ann@example.org rfc822;bob@example.net bob@ims-ms-daemon`);
		expect((await read([enter, ...passed].join("\n"))).map(({ lines }) => lines)).toEqual([[1, 2, 3, 4]]);
		// Without the first entry nobody knows where the third belongs.
		expect((await read(passed.join("\n"))).map(({ lines, arrival }) => [lines, arrival === "none"])).toEqual([
			[[1, 3], false],
			[[2], true],
		]);
	});

	test("a recipient that comes again is of an equal message, and nobody knows which of them was delivered first", async () => {
		const hops = await read(
			[taken("03:00:12.86", "bob"), taken("03:00:12.87", "bob"), delivered("03:00:13.00", "bob"), delivered("03:00:14.00", "bob")].join(
				"\n",
			),
		);
		expect(hops).toMatchObject([
			{
				lines: [1],
				recipients: ["bob@example.net → bob@ims-ms-daemon delivered (3)"],
				missing: ["ids that tell it from an equal message"],
			},
			{
				lines: [2],
				recipients: ["bob@example.net → bob@ims-ms-daemon delivered (4)"],
				missing: ["ids that tell it from an equal message"],
			},
		]);
	});

	test("one after the other they are told apart", async () => {
		const hops = await read(
			[taken("03:00:12.86", "bob"), delivered("03:00:13.00", "bob"), taken("03:00:14.87", "bob"), delivered("03:00:15.00", "bob")].join(
				"\n",
			),
		);
		expect(hops).toMatchObject([
			{ lines: [1, 2], missing: [] },
			{ lines: [3, 4], missing: [] },
		]);
	});
});

test("a refused recipient was in no queue: it is a hop of its own", async () => {
	expect(
		await read(
			"28-May-1998 12:02:23 tcp_local                 J 0 ann@example.org rfc822; gone@example.net 550 5.1.1 unknown: gone@example.net",
		),
	).toMatchObject([
		{ arrival: "12:02:23 from ?, <ann@example.org>, not accepted", recipients: ["gone@example.net rejected 550 5.1.1 (1)"] },
	]);
});

test("what channels pass on is the same message, and its last server is told", async () => {
	const [hop, ...others] = await read(`
		15-Jan-1998 10:31:05.18 tcp_internal conversion   E 3 ann@example.org rfc822;bob@example.net bob@example.net imta/queue/conversion/ZZ01IT5UAMZ4QW98518O.00 <m1@example.org>
		15-Jan-1998 10:31:09.06 conversion   tcp_local    E 3 ann@example.org rfc822;bob@example.net bob@mail.example.net imta/queue/tcp_local/ZZ01IT5UAOXLDW98509E.00 <m2@example.org>
		15-Jan-1998 10:31:09.31 conversion                D 3 ann@example.org rfc822;bob@example.net bob@example.net imta/queue/conversion/ZZ01IT5UAMZ4QW98518O.00 <m1@example.org>
		15-Jan-1998 10:31:19.31 tcp_local                 D 3 ann@example.org rfc822;bob@example.net bob@mail.example.net imta/queue/tcp_local/ZZ01IT5UAOXLDW98509E.00 <m2@example.org> dns;mail.example.net (TCP|192.0.2.12|2788|192.0.2.66|25) (mail.example.net ESMTP) smtp;250 2.0.0 Ok: queued as 4A1`);
	expect(others).toEqual([]);
	expect(hop).toMatchObject({
		lines: [1, 2, 3, 4],
		recipients: ["bob@example.net → bob@mail.example.net handed_on 250 2.0.0 (4)"],
		handovers: ["10:31:19.31 accepted bob@mail.example.net by mail.example.net[192.0.2.66]:25 from [192.0.2.12]:2788 250 quotes 4A1"],
	});
});

describe("notifications", () => {
	const log = (ids: boolean): string => {
		const id = (text: string): string => (ids ? ` ${text}` : "");
		return `
			21-Nov-2026 11:58:30.00 tcp_local    ims-ms       E 2 ann@example.org rfc822;full@example.net full@ims-ms-daemon${id("<m1@example.org>")}
			21-Nov-2026 11:58:33.21 ims-ms       process      E 2  rfc822;ann@example.org ann@example.org${id("<m2@store>,<m1@example.org>")}
			21-Nov-2026 11:58:33.21 ims-ms                    R 2 ann@example.org rfc822;full@example.net full@ims-ms-daemon${id("<m1@example.org>")} smtp;552 5.2.2 user over quota
			21-Nov-2026 11:58:33.68 process      tcp_local    E 3  rfc822;ann@example.org ann@example.org${id("<m2@store>")}
			21-Nov-2026 11:58:33.68 process                   D 1  rfc822;ann@example.org ann@example.org${id("<m2@store>")}
			21-Nov-2026 11:58:33.97 tcp_local                 D 3  rfc822;ann@example.org ann@example.org${id("<m2@store>")} dns;mx2.example.net (TCP|10.1.1.3|32434|10.1.1.2|25) (mx2 ESMTP) smtp;250 2.0.0 Ok: queued as DD14`;
	};

	test.each([
		["by Message-ID", true, "m2@store", "m1@example.org"],
		["by channel, addressee and moment; without ids by the first event", false, "2", "1"],
	])("%s", async (_, ids, notification, failed) => {
		expect(await read(log(ids))).toMatchObject([
			{
				lines: [1, 3],
				recipients: ["full@example.net → full@ims-ms-daemon bounced 552 5.2.2 (3)"],
				relations: [`notification ${notification} (3)`],
			},
			{
				lines: [2, 4, 5, 6],
				arrival: "none",
				recipients: ["ann@example.org handed_on 250 2.0.0 (6)"],
				handovers: ["11:58:33.97 accepted ann@example.org by mx2.example.net[10.1.1.2]:25 from [10.1.1.3]:32434 250 quotes DD14"],
				relations: [`notification ${failed} (3)`],
			},
		]);
	});
});
