/** Exim: what its log says of each message. */
import { describe, expect, test } from "vitest";
import { told } from "./hops.js";

const read = (log: string) => told("exim", log);

const MAIL = `
	2026-12-01 02:16:38 1xYDQ6-000232-1f <= ann@example.org H=mx1.example.net (helo.example.org) [192.0.2.1] P=esmtp S=473 id=m1@example.org
	2026-12-01 02:16:39 1xYDQ6-000232-1f => bob@accept.example <team@ex.example.net> R=remote T=remote_smtp H=mail.accept.example [192.0.2.25] C="250 2.0.0 Ok: queued as B33A4BB3D4"
	2026-12-01 02:16:39 1xYDQ6-000232-1f -> cat@accept.example <team@ex.example.net> R=remote T=remote_smtp H=mail.accept.example [192.0.2.25] C="250 2.0.0 Ok: queued as B33A4BB3D4"
	2026-12-01 02:16:39 1xYDQ6-000232-1f => anna <anna@ex.example.net> R=localusers T=local_delivery
	2026-12-01 02:16:39 1xYDQ6-000232-1f Completed`;

test("an id is a hop: aliases, one try for several recipients, a mailbox", async () => {
	expect(await read(MAIL)).toEqual([
		{
			ids: "queue_id 1xYDQ6-000232-1f, message_id m1@example.org",
			lines: [1, 2, 3, 4, 5],
			arrival: "02:16:38 from mx1.example.net[192.0.2.1] helo helo.example.org, <ann@example.org>, 473 bytes, accepted 1xYDQ6-000232-1f",
			recipients: [
				"team@ex.example.net → bob@accept.example handed_on 250 2.0.0 (2)",
				"team@ex.example.net → cat@accept.example handed_on 250 2.0.0 (3)",
				"anna@ex.example.net → anna delivered (4)",
			],
			handovers: ["02:16:39 accepted bob@accept.example cat@accept.example by mail.accept.example[192.0.2.25] 250 quotes B33A4BB3D4"],
			filterings: [],
			relations: [],
			missing: [],
		},
	]);
});

describe("where a recipient ends", () => {
	const START = "2026-12-01 02:16:38 1xYDQ6-000232-1f <= ann@example.org H=(h) [192.0.2.1] P=esmtp S=473\n";
	const line = (text: string): string => `2026-12-01 02:16:39 1xYDQ6-000232-1f ${text}\n`;
	const recipientsOf = async (...texts: readonly string[]): Promise<readonly string[] | undefined> =>
		(await read(`\n${START}${texts.map(line).join("")}`))[0]?.recipients;

	test.each([
		["in a file", "=> /var/mail/tofile <tofile@c.example> R=a T=address_file", ["tofile@c.example → /var/mail/tofile delivered (2)"]],
		["in a command", "=> |/bin/cat <topipe@c.example> R=a T=address_pipe", ["topipe@c.example → |/bin/cat delivered (2)"]],
		["in a store, by LMTP", '=> u <u@c.example> R=b T=lmtp_t C="250 2.0.0 Saved"', ["u@c.example → u delivered 250 2.0.0 (2)"]],
		["nowhere", "=> :blackhole: <black@c.example> R=aliases", ["black@c.example discarded (2)"]],
		["at an error of Exim", "** x@c.example: Unrouteable address", ["x@c.example bounced (2)"]],
		[
			"at the next server's refusal",
			"** x@c.example R=r T=t H=mx.c.example [192.0.2.9]: SMTP error from remote mail server after RCPT TO:<x@c.example>: 550 5.1.1 no",
			["x@c.example bounced as the server said 550 5.1.1 (2)"],
		],
	])("%s", async (_, text, expected) => {
		expect(await recipientsOf(text, "Completed")).toEqual(expected);
	});

	test("a recipient that waits is the one that is given up, in whatever case", async () => {
		const waits = "== some.one@c.example <Some.One@c.example> R=r T=t defer (-1): host lookup did not complete";
		expect(await recipientsOf(waits)).toEqual(["Some.One@c.example deferred (2)"]);
		expect(await recipientsOf(waits, "** Some.One@c.example: retry timeout exceeded", "Completed")).toEqual([
			"Some.One@c.example bounced (3)",
		]);
	});

	test("of an alias, given up under its own name", async () => {
		const waits = "== later@c.example <list@ex.example.net> R=r T=t defer (-44): 451 later";
		expect(await recipientsOf(waits, "** later@c.example <list@ex.example.net>: retry timeout exceeded")).toEqual([
			"list@ex.example.net → later@c.example bounced (3)",
		]);
	});

	test("a frozen message keeps who waits, until it is thawed", async () => {
		const waits = "== x@c.example R=r T=t defer (-44): 451 later";
		expect(await recipientsOf(waits, "frozen by root")).toEqual(["x@c.example quarantined (3)"]);
		expect(await recipientsOf(waits, "frozen by root", "unfrozen by root")).toEqual(["x@c.example deferred (2)"]);
		expect(await recipientsOf("frozen by ACL", "Unfrozen by forced delivery", "=> a <a@c.example> R=r T=t", "Completed")).toEqual([
			"a@c.example → a delivered (4)",
		]);
	});

	test("what an administrator removes, or marks as delivered, may have gone another way: it waited", async () => {
		const waits = "== x@c.example R=r T=t defer (-44): 451 later";
		expect(await recipientsOf(waits, "removed by root", "Completed")).toEqual(["x@c.example deferred (2)"]);
		expect(await recipientsOf(waits, "address <x@c.example> marked delivered by root", "Completed")).toEqual(["x@c.example deferred (2)"]);
	});

	test("thrown away by an ACL, where the log lists the recipients; else the log lacks them", async () => {
		const listed = START.replace("S=473", "S=473 for a@c.example b@c.example");
		const rest = line("=> blackhole (DATA ACL discarded recipients)") + line("Completed");
		expect((await read(`\n${listed}${rest}`))[0]?.recipients).toEqual(["a@c.example discarded (2)", "b@c.example discarded (2)"]);
		expect(await read(`\n${START}${rest}`)).toMatchObject([{ recipients: [], missing: ["its deliveries"] }]);
	});
});

describe("refusals", () => {
	const refused = (rcpt: string, pid = "", from = "ann@example.org", second = "38"): string =>
		`2026-12-01 02:16:${second} ${pid}H=mx1.example.net (helo.example.org) [192.0.2.1] F=<${from}> rejected RCPT <${rcpt}>: Unknown user\n`;

	test("of the same second, client and sender belong to the message that is then accepted", async () => {
		const [mail, ...others] = await read(`\n${refused("gone@ex.example.net")}${MAIL.trim()}`);
		expect(others).toEqual([]);
		expect(mail?.recipients[0]).toBe("gone@ex.example.net rejected (1)");
		expect(mail?.arrival).toContain("accepted 1xYDQ6-000232-1f");
	});

	test("of another sender, or long before, are a hop of their own", async () => {
		for (const other of [
			refused("gone@ex.example.net", "", "eve@example.com"),
			refused("gone@ex.example.net", "", "ann@example.org", "30"),
		]) {
			const [first, second] = await read(`\n${other}${MAIL.trim()}`);
			expect(first).toMatchObject({ recipients: ["gone@ex.example.net rejected (1)"], lines: [1] });
			expect(first?.arrival).toContain("not accepted");
			expect(second?.recipients).toHaveLength(3);
		}
	});

	test("of the same process belong to it, however long before; of another one they do not", async () => {
		const accepted = MAIL.trim().replace("02:16:38 ", "02:16:38 [7] ");
		expect(await read(`\n${refused("gone@ex.example.net", "[7] ", "ann@example.org", "01")}${accepted}`)).toHaveLength(1);
		expect(await read(`\n${refused("gone@ex.example.net", "[8] ")}${accepted}`)).toHaveLength(2);
	});

	test("of the content name the recipients in rejectlog", async () => {
		const [hop] = await read(`
			2026-12-01 02:15:40 1xYDPA-000065-2z H=out1.example.org (h) [192.0.2.1] F=<ann@example.org> rejected after DATA: no
			Envelope-from: <ann@example.org>
			Envelope-to: <anna@ex.example.net>
			    <bernd@ex.example.net>
			I Message-ID: <m1@mua.example.org>`);
		expect(hop).toMatchObject({
			ids: "queue_id 1xYDPA-000065-2z, message_id m1@mua.example.org",
			recipients: ["anna@ex.example.net rejected (1)", "bernd@ex.example.net rejected (1)"],
			missing: [],
		});
	});

	test("that discard tell the client nothing: the recipient is thrown away", async () => {
		const trap =
			"2026-12-01 02:16:38 H=mx1.example.net (helo.example.org) [192.0.2.1] F=<ann@example.org> RCPT <trap@ex.example.net>: discarded by RCPT ACL: spamtrap\n";
		expect((await read(`\n${trap}${MAIL.trim()}`))[0]?.recipients[0]).toBe("trap@ex.example.net discarded (1)");
	});
});

describe("messages that came of others", () => {
	test("a bounce and its message know each other; it has no arrival", async () => {
		const [mail, bounce] = await read(`
			2026-12-01 02:15:35 1xYDP5-0007xh-13 <= ann@example.org H=(h) [192.0.2.1] P=esmtp S=3202
			2026-12-01 02:15:35 1xYDP5-0007xh-13 ** x@c.example: Unrouteable address
			2026-12-01 02:15:35 1xYDP5-0007yf-1a <= <> R=1xYDP5-0007xh-13 U=Debian-exim P=local S=4849
			2026-12-01 02:15:35 1xYDP5-0007xh-13 Completed
			2026-12-01 02:15:35 1xYDP5-0007yf-1a => ann@example.org R=remote T=smtp H=mx.example.org [192.0.2.9] C="250 ok"
			2026-12-01 02:15:35 1xYDP5-0007yf-1a Completed`);
		expect(mail?.relations).toEqual(["notification 1xYDP5-0007yf-1a (3)"]);
		expect(bounce).toMatchObject({ arrival: "none", relations: ["notification 1xYDP5-0007xh-13 (3)"] });
	});

	test("a filter gives a message back by loopback; another host may quote what it likes", async () => {
		const log = (ip: string): string => `
			2026-12-01 02:15:35 1xYDP5-0007xh-13 <= ann@example.org H=(h) [192.0.2.1] P=esmtp S=32
			2026-12-01 02:15:36 1xYDP6-0007yf-1a <= ann@example.org H=localhost (scan) [127.0.0.1] P=esmtp S=40
			2026-12-01 02:15:36 1xYDP5-0007xh-13 => bob@c.example R=scan T=scan H=filter [${ip}] C="250 OK id=1xYDP6-0007yf-1a"
			2026-12-01 02:15:36 1xYDP5-0007xh-13 Completed`;
		expect((await read(log("127.0.0.1"))).map(({ relations }) => relations)).toEqual([
			["reinjection 1xYDP6-0007yf-1a (3)"],
			["reinjection 1xYDP5-0007xh-13 (3)"],
		]);
		expect((await read(log("192.0.2.9"))).map(({ relations }) => relations)).toEqual([[], []]);
	});
});

test("what the log lacks is told", async () => {
	const lines = MAIL.trim().split("\n");
	expect((await read(`\n${lines.slice(1).join("\n")}`))[0]?.missing).toEqual(["its beginning"]);
	expect((await read(`\n${lines.slice(0, -1).join("\n")}`))[0]?.missing).toEqual(["its end"]);
});
