/** How much of what Exim can log has an entry of its own in the catalog: for all messages of its sources, with made-up values. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import type { Level } from "../../src/format/define.js";
import { type Event, events } from "../../src/index.js";
import { inputOf } from "./conversion.js";
import { type Formats, loadTestFormats } from "./formats.js";

interface Message {
	/** Source file without its ending. */
	readonly part: string;
	/** mainlog alone is info, rejectlog notice, paniclog error, and what ends the process critical. */
	readonly level: Level;
	readonly template: string;
}

const { messages } = JSON.parse(readFileSync(new URL("exim-messages.json", import.meta.url), "utf8")) as { messages: readonly Message[] };

const VALUES: Readonly<Record<string, string>> = {
	host: "H=mx.example.org (helo.example.org) [192.0.2.1]",
	client: "mx.example.org (helo.example.org) [192.0.2.1]",
	server: "mail.example.net [192.0.2.25]",
	address: "ann@example.org",
	domain: "example.org",
	error: "No such file or directory",
	number: "7",
	decimal: "1.50",
	letter: "x",
	ip: "192.0.2.1",
	duration: "5s",
	command: "RCPT TO:<ann@example.org>",
	file: "/etc/exim4/exim4.conf",
	id: "1xYDP4-0007sX-1Y",
	text: "word",
};

const textOf = ({ template }: Message): string => template.replaceAll(/\{(\w+)\}/g, (_, name: string) => VALUES[name] ?? name);

/** Entries that say only to which part a message belongs. */
const isOwn = (event: Event | undefined): boolean => event?.code !== undefined && !/\/(other|unknown)$/.test(event.code);

let known: Formats;
const found = new Map<Message, Event>();
beforeAll(async () => {
	known = await loadTestFormats();
	for (const message of messages) {
		const [first = ""] = textOf(message).split("\n");
		for await (const event of events(inputOf(`Dec  1 02:15:34 mx1 exim[7]: ${first}\n`), { ...known, year: 2026 }))
			found.set(message, event);
	}
});

const lacking = (levels: readonly Level[]): { readonly all: number; readonly without: readonly string[] } => {
	const all = messages.filter(({ level }) => levels.includes(level));
	const without = all.filter((message) => !isOwn(found.get(message)));
	return { all: all.length, without: without.map((message) => `${message.part}: ${textOf(message)}`) };
};

describe("messages of the sources with an entry of their own", () => {
	test("at least 95 % of what is logged in ordinary operation", () => {
		const { all, without } = lacking(["info", "notice"]);
		expect(all).toBeGreaterThan(300);
		expect(1 - without.length / all, without.join("\n")).toBeGreaterThanOrEqual(0.95);
	});

	test("at least 70 % of what goes to paniclog", () => {
		const { all, without } = lacking(["error", "critical"]);
		expect(all).toBeGreaterThan(500);
		expect(1 - without.length / all, without.join("\n")).toBeGreaterThanOrEqual(0.7);
	});

	test("all others are events with a level, and a code that names a part", () => {
		const others = messages.map((message) => found.get(message)).filter((event) => !isOwn(event));
		for (const event of others)
			expect(event).toMatchObject({ format: "exim", code: expect.stringMatching(/^\w+\/(other|unknown)$/), level: expect.any(String) });
	});
});
