/** sendmail: values that were checked by hand, line by line, and all that its sources can log. */
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { valueAt } from "../../src/format/value-at.js";
import { converted } from "./conversion.js";
import { type Formats, loadTestFormats } from "./formats.js";

interface Checked {
	readonly shape: string;
	readonly line: string;
	/** By path. */
	readonly values: Readonly<Record<string, unknown>>;
}

/** A call of sm_syslog in the sources of 8.17 and 8.18, and the text that it writes with plausible arguments. */
interface Logged {
	readonly source: string;
	readonly level: "error" | "warning" | "notice" | "info" | "debug";
	readonly template: string;
	readonly sample: string;
}

const read = <Data>(name: string): readonly Data[] => JSON.parse(readFileSync(new URL(name, import.meta.url), "utf8")) as readonly Data[];
const checked = read<Checked>("sendmail-values.json");
const logged = read<Logged>("sendmail-messages.json");

let known: Formats;
beforeAll(async () => {
	known = await loadTestFormats();
});

test("every value that is certain", async () => {
	const { events } = await converted(checked.map(({ line }) => `${line}\n`).join(""), { ...known, year: 2026 });
	const wrong = checked.flatMap(({ shape, line, values }, i) =>
		Object.entries(values).flatMap(([path, value]) => {
			const event = events[i];
			const found = event === undefined ? undefined : valueAt(event, path);
			return JSON.stringify(found) === JSON.stringify(value) ? [] : [{ shape, path, value, found, line }];
		}),
	);
	expect(wrong).toEqual([]);
	expect(checked.length).toBe(154);
});

test("every message of the sources has an entry of its own", async () => {
	const lines = logged.map(({ sample }) => `Dec  1 02:33:00 sm1 sm-mta[7]: 6B12X0nA002004: ${sample}\n`);
	const { events } = await converted(lines.join(""), { ...known, year: 2026 });
	const isOwn = (i: number): boolean => events[i]?.code !== undefined && events[i]?.code !== "session/other";
	const unknown = logged.filter((_, i) => !isOwn(i)).map(({ source, template }) => `${source}: ${template}`);
	// A reply to MAIL or RCPT in any words.
	expect(unknown).toEqual([]);
	expect(logged.length).toBe(583);
});
