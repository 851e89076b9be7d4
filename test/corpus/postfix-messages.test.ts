/**
 * Postfix to its last message: the format strings of its sources (3.7, 3.10) and of the binaries of 3.5 and 3.11, as Debian has them,
 * each with plausible values filled in. Strings without a word of their own (`%s: %s`) are not in the list.
 */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import type { Event } from "../../src/index.js";
import { packageRoot } from "../../src/root.js";
import { converted } from "./conversion.js";
import { loadTestFormats } from "./formats.js";

interface Message {
	readonly level: string;
	/** Logged with -v or debug_peer_list only. */
	readonly isVerbose: boolean;
	/** As in the source: `%s: queue file size limit exceeded`. */
	readonly format: string;
	readonly event: Event;
}

/** Severities that need an operator: all must be understood. */
const SEVERE = ["error", "fatal", "panic"] as const;
const LEVELS: Readonly<Record<string, string>> = { error: "error", fatal: "critical", panic: "critical" };

let messages: readonly Message[] = [];
beforeAll(async () => {
	const file = fileURLToPath(new URL("test/corpus/postfix-messages.tsv", packageRoot));
	const rows = readFileSync(file, "utf8").trimEnd().split("\n").slice(1);
	const parts = rows.map((row) => row.split("\t"));
	const lines = parts.map(([level, , program, , , , text]) => {
		const severity = level === "info" ? "" : `${level}: `;
		return `Nov 21 02:15:22 mail postfix/${program}[1]: ${severity}${text}\n`;
	});
	const { events } = await converted(lines.join(""), await loadTestFormats());
	expect(events).toHaveLength(rows.length);
	messages = parts.map(([level = "", verbose, , , , format = ""], i) => {
		const event = events[i];
		if (event === undefined) throw new Error(`no event for ${format}`);
		return { level, isVerbose: verbose !== "", format, event };
	});
});

const formatsOf = (found: readonly Message[]): readonly string[] => found.map(({ format }) => format);
const isUnknown = ({ event }: Message): boolean => event.code === undefined;
const isTrace = ({ event }: Message): boolean => event.code?.startsWith("debug/") === true;

/** Of them, the part that has an entry of its own. */
const share = (all: readonly Message[]): number => 1 - all.filter(isUnknown).length / all.length;

test("the list is as long as it was made", () => {
	const counts = new Map<string, number>();
	for (const { level } of messages) counts.set(level, 1 + (counts.get(level) ?? 0));
	expect(Object.fromEntries(counts)).toEqual({
		error: 10,
		fatal: 776,
		info: 1001,
		panic: 603,
		warning: 1257,
	});
});

describe("information and warnings", () => {
	const told = (): readonly Message[] => messages.filter(({ level }) => level === "info" || level === "warning");

	test("98 of 100 have an entry, also of those that only -v brings", () => {
		expect(share(told())).toBeGreaterThan(0.98);
	});

	test("without -v 99 of 100 have", () => {
		const usual = told().filter(({ isVerbose }) => !isVerbose);
		expect(share(usual)).toBeGreaterThan(0.99);
		expect(formatsOf(usual.filter(isUnknown)).length).toBeLessThanOrEqual(5);
	});

	test("no warning is without an entry, or taken for a trace", () => {
		const warnings = messages.filter(({ level }) => level === "warning");
		expect(formatsOf(warnings.filter((one) => isUnknown(one) || isTrace(one)))).toEqual([]);
	});

	test("a text without a severity is never told as a problem of the level warning or worse", () => {
		const loud = messages.filter(({ level, event }) => level === "info" && !["info", "debug", undefined].includes(event.level));
		expect(formatsOf(loud)).toEqual([]);
	});
});

describe.each(SEVERE)("%s", (severity) => {
	const all = (): readonly Message[] => messages.filter(({ level }) => level === severity);

	test("each has a code, a level, an action and an outcome", () => {
		const lacking = all().filter(({ event: { code, level, action, outcome } }) => {
			return code === undefined || level !== LEVELS[severity] || action === undefined || outcome === undefined;
		});
		expect(formatsOf(lacking)).toEqual([]);
	});

	test("none is a trace or a success", () => {
		expect(formatsOf(all().filter((one) => isTrace(one) || one.event.outcome === "success"))).toEqual([]);
	});
});

test("all but a few fatal errors and errors are of a kind, not of the entry for what nobody knows", () => {
	const unsorted = messages.filter(({ level, event }) => level !== "panic" && SEVERE.some((word) => word === event.code));
	expect(formatsOf(unsorted)).toEqual(['%s in "%s"', "%s in server description: %s"]);
});
