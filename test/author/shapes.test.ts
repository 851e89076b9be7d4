import { describe, expect, test } from "vitest";
import { ShapeCounter, shapeOf, shapeText } from "../../src/author/shapes.js";

const shape = (text: string): string => shapeText(shapeOf(text));

describe("what varies is replaced by its class", () => {
	test.each([
		["delivery 7: success: 192.0.2.1_has_accepted_it./", "delivery {number}: success: {text}"],
		[
			"info msg 9: bytes 2343 from <a@b.example> qp 18 uid 64",
			"info msg {number}: bytes {number} from <{address}> qp {number} uid {number}",
		],
		["from <> to bob@dest.example.net.", "from <{address}> to {address}."],
		["status: local 0/10 remote 1/20", "status: local {number}/{number} remote {number}/{number}"],
		["delays=0.1/0/12.5/-1", "delays={number}/{number}/{number}/{number}"],
		["connect from mx.example.org[2001:db8::1]:25", "connect from {host}[{ip}]:{number}"],
		["connect from unknown[192.0.2.1]", "connect from {host}[{ip}]"],
		["relay=mx.example.org, dsn=5.1.1, said 550", "relay={host}, dsn={code}, said {number}"],
		["4jWcQ41DfQzJvYf: removed", "{id}: removed"],
		["at 2026-11-21T02:08:35.5Z, or 02:08:35", "at {time}, or {time}"],
		['cannot open /var/spool/x.db: "no such\\" file"', 'cannot open {path}: "{quoted}"'],
		['subject="a b" x=""', 'subject="{quoted}" x="{quoted}"'],
		["ipv6 and utf8 are words, fe80 is none", "ipv6 and utf8 are words, {id} is none"],
		["", ""],
	])("%s", (text, expected) => {
		expect(shape(text)).toBe(expected);
	});

	test("nothing of the text is lost", () => {
		const text = 'msg 7 from <a@b> at "x y" 192.0.2.1 é';
		expect(
			shapeOf(text)
				.map((part) => ("literal" in part ? part.literal : part.text))
				.join(""),
		).toBe(text);
	});

	test.each(["a.", "1.", "_", "a@", "<a", '"', ":", "/a", "-1e"])("of hostile text of %s the beginning is read", (piece) => {
		expect(shape(piece.repeat(100_000))).toBe(shape(piece.repeat(1000).slice(0, 1000)));
	});
});

describe("shapes are counted", () => {
	test("the most frequent first, with the first example, programs apart", () => {
		const counter = new ShapeCounter();
		const file = "mail.log";
		counter.add("x 1", { example: "x 1", file, line: 1 });
		counter.add("new msg 1", { program: "qmail", example: "q new msg 1", file, line: 2 });
		counter.add("new msg 2", { program: "qmail", example: "q new msg 2", file, line: 3 });
		counter.add("new msg 3", { program: "other", example: "o new msg 3", file, line: 4 });
		expect(counter.ranked()).toEqual([
			{ program: "qmail", shape: "new msg {number}", count: 2, example: "q new msg 1", file, line: 2 },
			{ shape: "x {number}", count: 1, example: "x 1", file, line: 1 },
			{ program: "other", shape: "new msg {number}", count: 1, example: "o new msg 3", file, line: 4 },
		]);
	});

	test("memory does not grow with shapes that senders make up", () => {
		const counter = new ShapeCounter();
		const name = (i: number): string => [...String(i)].map((digit) => "abcdefghij"[Number(digit)]).join("");
		for (let i = 0; i < 10_010; i++) counter.add(name(i), { example: "", file: "x", line: i });
		expect([counter.ranked().length, counter.others, counter.total]).toEqual([10_000, 10, 10_010]);
	});
});
