/** milter manager: what its log says of each connection of the MTA. */
import { expect, test } from "vitest";
import { type ToldHop, told } from "./hops.js";

const read = (log: string): Promise<readonly ToldHop[]> => told("milter-manager", log);
const line = (text: string, second = 10, pid = 4471): string => `Nov 21 03:00:${second} mx2 milter-manager[${pid}]: [statistics] ${text}`;

test("a session is a hop with the records of its filters, and the words that may be queue ids", async () => {
	const log = [
		line("[milter][header][add](2): <DKIM-Filter>=<OpenDKIM Filter mx2.example.net 4jWcQ41DfQzJvYf>: opendkim"),
		line("[milter][header][add](6): <X-Seen>=<again>: other"),
		line("[session][header][add](1): <DKIM-Filter>=<OpenDKIM Filter mx2.example.net 4jWcQ41DfQzJvYf>"),
		line("[session][end][end-of-message][pass][1.5](1)", 12),
		line("[milter][end][end-of-message][accept][1.2](3): spamass-milter", 12),
		line("[session][end][envelope-recipient][reject][0.25](4)", 13),
	];
	expect(await read(log.join("\n"))).toMatchObject([
		{
			ids: "session_id 1 2 3",
			lines: [1, 3, 4, 5],
			filterings: ["filter 4471 1 03:00:10.50-03:00:12 accept eom mx2.example.net 4jWcQ41DfQzJvYf"],
		},
		{ ids: "session_id 4 6", lines: [2, 6], filterings: ["filter 4471 4 03:00:12.75-03:00:13 reject rcpt"] },
	]);
});

test("a record that names session and filter decides whose filter it is", async () => {
	const log = [
		"Nov 21 03:00:10 mx2 milter-manager[4471]: [1] [children][error][connection] [7] Failed to connect: clamav",
		line("[milter][end][start][pass][0](7): clamav"),
		line("[session][end][end-of-message][pass][0.5](1)", 11),
		line("[session][end][end-of-message][pass][0.5](4)", 11),
	];
	expect((await read(log.join("\n"))).map(({ ids, lines }) => [ids, lines])).toEqual([
		["session_id 1 7", [1, 2, 3]],
		["session_id 4", [4]],
	]);
});

test("of sessions that begin at once, the same header tells whose filter it is", async () => {
	const header = "<DKIM-Filter>=<OpenDKIM Filter mx2.example.net 4jWcQS452rzJvfc>";
	const log = [
		line(`[milter][header][add](6): ${header}: opendkim`),
		line(`[session][header][add](4): ${header}`),
		line("[milter][header][add](7): <X-Seen>=<once>: other"),
		line("[session][end][end-of-message][pass][0.5](5)", 11),
		line("[session][end][end-of-message][pass][0.5](4)", 11),
	];
	expect((await read(log.join("\n"))).map(({ ids, lines, missing }) => [ids, lines, missing])).toEqual([
		["session_id 4 6", [1, 2, 5], []],
		["session_id 5 7", [3, 4], ["what proves that the filters are its own: the order of ids says so"]],
	]);
});

test("of sessions that begin at once, whose filter it is stays open when nothing tells", async () => {
	const log = [
		line("[milter][header][add](6): <X-Seen>=<once>: other"),
		line("[milter][header][add](7): <X-Seen>=<once>: other"),
		line("[session][header][add](4): <X-Seen>=<once>"),
		line("[session][header][add](5): <X-Seen>=<once>"),
		line("[session][end][end-of-message][pass][0.5](5)", 11),
		line("[session][end][end-of-message][pass][0.5](4)", 11),
	];
	expect((await read(log.join("\n"))).map(({ ids }) => ids)).toEqual(["session_id 4", "session_id 5"]);
});

test("ids begin with 1 in each process", async () => {
	const log = [line("[session][end][connect][accept][0](1)", 10, 100), line("[session][end][helo][temporary-failure][0](1)", 11, 200)];
	expect((await read(log.join("\n"))).flatMap(({ filterings }) => filterings)).toEqual([
		"filter 100 1 03:00:10-03:00:10 accept connect",
		"filter 200 1 03:00:11-03:00:11 temporary_failure helo",
	]);
});

test("a quarantined mail passes, a client that is gone aborts", async () => {
	const log = [
		line("[reply][end-of-message][quarantine](1)"),
		line("[session][end][end-of-message][pass][0](1)"),
		line("[session][disconnected][2.0](4)", 12),
	];
	expect((await read(log.join("\n"))).flatMap(({ filterings }) => filterings)).toEqual([
		"filter 4471 1 03:00:10-03:00:10 quarantine eom",
		"filter 4471 4 03:00:10-03:00:12 abort ?",
	]);
});
