/**
 * What Dovecot can log: templates from the sources of 2.3.19, 2.4.1 and 2.4.5 with Pigeonhole, each `[part, level, template, releases]`, the
 * last only when not all have it. Most have an entry; the rest is an event with level and ids, under the code of its part and level.
 */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import type { WholeEvent } from "../../src/index.js";
import { converted } from "./conversion.js";
import { type Formats, loadTestFormats } from "./formats.js";

type Message = readonly [part: string, level: "info" | "warning" | "error", template: string, releases?: string];
const messages = JSON.parse(readFileSync(new URL("dovecot-messages.json", import.meta.url), "utf8")) as readonly Message[];

/** A process of each part, as it stands in front of its records. */
const SPEAKERS: Readonly<Record<string, string>> = {
	auth: "auth",
	delivery: "lmtp(anna)<15683><XXaXC54zDmtDPQAAHe364Q>",
	imap: "imap(anna)<15860><5GV1c4lhdaF/AAMU>",
	indexer: "indexer-worker(anna)<15860><5GV1c4lhdaF/AAMU>",
	login: "imap-login",
	managesieve: "managesieve(emil)<17199><KvgwdolhwZx/AAMU>",
	master: "master",
	pop3: "pop3(anna)<17010><oKG/dYlhOaN/AAMU>",
	service: "dict",
	sieve: "lmtp(anna)<15683><XXaXC54zDmtDPQAAHe364Q>: sieve",
	stats: "stats",
	storage: "imap(anna)<15860><5GV1c4lhdaF/AAMU>",
	submission: "submission(anna)<15860><5GV1c4lhdaF/AAMU>",
};
const WORDS = { info: "", warning: "Warning: ", error: "Error: " } as const;

const VALUES: Readonly<Record<string, string>> = {
	d: "17",
	i: "17",
	u: "42",
	x: "2a",
	o: "644",
	f: "0.5",
	p: "0x55d0",
	c: "x",
	m: "Permission denied",
};
const DIRECTIVE = /%[-+ #0-9.*]*(?:hh|h|ll|l|z|j|t)?([a-zA-Z%])/g;

/** What stands in the place of a text, by what stands in front of it. */
const TEXTS: readonly (readonly [before: RegExp, value: string])[] = [
	[/<$/, "anna@example.net"],
	[/rip=$/, "192.0.2.7"],
	[/onnect from $/, "local"],
	[/^(?:stored mail into|left message in|store into) mailbox $/, "'Lists'"],
	[/pid=$|uid=$/, "17"],
	[/refusal$/, ""],
];

const filled = (template: string): string =>
	template.replaceAll(DIRECTIVE, (_, kind: string, at: number) => {
		if (kind === "%") return "%";
		if (kind !== "s") return VALUES[kind] ?? "1";
		return TEXTS.find(([before]) => before.test(template.slice(0, at)))?.[1] ?? "inbox";
	});

/** Actions of sieve scripts are logged with the Message-ID in front. */
const SIEVE_ACTION =
	/^(?:stored|left|store into|forwarded|discard|not |sent |rejected|Marked|failed to|piped|reject action|vacation action)/;

/** A line as Dovecot writes it through syslog. */
function lineOf([part, level, template]: Message): string {
	const text = filled(template);
	const about =
		part === "sieve" && SIEVE_ACTION.test(text) ? "msgid=<1@example.org>: " : /^Mailbox \w+$/.test(text) ? "Mailbox Lists: " : "";
	const [speaker, sieve] = (SPEAKERS[part] ?? part).split(/: (?=sieve)/);
	return `Dec  1 02:40:35 mx1 dovecot: ${speaker}: ${WORDS[level]}${sieve === undefined ? "" : "sieve: "}${about}${text}`;
}

let known: Formats;
let read: readonly (readonly [Message, WholeEvent])[];
beforeAll(async () => {
	known = await loadTestFormats();
	const { events } = await converted(`${messages.map(lineOf).join("\n")}\n`, known);
	read = events.map((event, i) => [messages[i] as Message, event]);
});

/** The code of a group: nothing more than part and level is known. */
const isGroup = ({ code = "" }: WholeEvent): boolean => /\/(?:info|warning|error|critical|debug)$/.test(code);

const shareOf = (some: readonly (readonly [Message, WholeEvent])[]): number =>
	some.filter(([, event]) => !isGroup(event)).length / some.length;

test("each message is one event with a code, its level and its process", () => {
	expect(read).toHaveLength(messages.length);
	for (const [[, level], event] of read) {
		expect({ raw: event.raw, format: event.format, level: event.level }).toEqual({ raw: event.raw, format: "dovecot", level });
		expect({ raw: event.raw, code: event.code }).toEqual({ raw: event.raw, code: expect.any(String) });
		expect(event.fields?.process).toBeDefined();
	}
});

describe("messages with an entry", () => {
	test("of ordinary operation", () => expect(shareOf(read.filter(([[, level]]) => level === "info"))).toBeGreaterThanOrEqual(0.97));
	test("of warnings and errors", () => expect(shareOf(read.filter(([[, level]]) => level !== "info"))).toBeGreaterThanOrEqual(0.85));
});
