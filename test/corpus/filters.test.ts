/** Filters beside the MTA: values that were checked by hand, line by line, and what the sources of some of them can log. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { valueAt } from "../../src/format/value-at.js";
import type { WholeEvent } from "../../src/index.js";
import { converted } from "./conversion.js";
import { type Formats, loadTestFormats } from "./formats.js";

interface Checked {
	readonly format: string;
	readonly shape: string;
	readonly line: string;
	/** By path; `envelope.to.0.*` is an address or an original address. */
	readonly values: Readonly<Record<string, unknown>>;
}

/** A call of syslog in the sources of a filter, and the text that it writes with plausible arguments. */
interface Logged {
	readonly format: string;
	readonly template: string;
	readonly sample: string;
}

const read = <Data>(name: string): readonly Data[] => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8")) as readonly Data[];
const checked = read<Checked>("filter-values.json");
const logged = read<Logged>("filter-messages.json");

/** How many lines were checked, and how many messages the sources hold. */
const FORMATS: Readonly<Record<string, { readonly checked: number; readonly logged: number }>> = {
	opendkim: { checked: 22, logged: 166 },
	opendmarc: { checked: 11, logged: 71 },
	"policyd-spf": { checked: 16, logged: 31 },
	postgrey: { checked: 16, logged: 19 },
	amavis: { checked: 19, logged: 0 },
	spamassassin: { checked: 23, logged: 0 },
	rspamd: { checked: 23, logged: 0 },
};

let known: Formats;
beforeAll(async () => {
	known = await loadTestFormats();
});

const eventsOf = async (lines: readonly string[]): Promise<readonly WholeEvent[]> =>
	(await converted(lines.map((line) => `${line}\n`).join(""), { ...known, year: 2026 })).events;

describe.each(Object.entries(FORMATS))("%s", (id, counts) => {
	const own = checked.filter(({ format }) => format === id);
	const messages = logged.filter(({ format }) => format === id);

	test("every value that is certain", async () => {
		const events = await eventsOf(own.map(({ line }) => line));
		const wrong = own.flatMap(({ line, values }, i) =>
			Object.entries(values).flatMap(([path, value]) => {
				const found = valueAt(events[i] ?? {}, path);
				return JSON.stringify(found) === JSON.stringify(value) ? [] : [{ path, value, found, line }];
			}),
		);
		expect(wrong).toEqual([]);
		expect([own.length, messages.length]).toEqual([counts.checked, counts.logged]);
	});

	test("every message of the sources has an entry", async () => {
		const events = await eventsOf(messages.map(({ sample }) => `Dec  1 02:40:30 mx1 ${id}[1]: ${sample}`));
		expect(messages.filter((_, i) => events[i]?.format !== id || events[i]?.code === undefined).map(({ template }) => template)).toEqual(
			[],
		);
	});
});
