/** Values that are certain, line by line, of the real logs of Exim; made without this project. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import type { Event } from "../../src/index.js";
import { packageRoot } from "../../src/root.js";
import { converted } from "./conversion.js";
import { loadTestFormats } from "./formats.js";

const CAPTURES = fileURLToPath(new URL("corpus/exim/captures/", packageRoot));

interface Line {
	readonly file: string;
	readonly line: number;
	readonly shape: string;
	readonly expected: Readonly<Record<string, unknown>>;
	/** True values, of which the place in the event is a choice. */
	readonly soft?: Readonly<Record<string, unknown>>;
}

const lines = JSON.parse(readFileSync(`${CAPTURES}expected.json`, "utf8")) as readonly Line[];
const files = [...new Set(lines.map(({ file }) => file))];

/** By file, the event of each line. */
const found = new Map<string, ReadonlyMap<number, Event>>();
beforeAll(async () => {
	const known = await loadTestFormats();
	for (const file of files) {
		const { events } = await converted(readFileSync(`${CAPTURES}${file}`), { ...known, year: 2026 });
		found.set(file, new Map(events.map((event) => [event.source.line, event])));
	}
});

const valueAt = (event: unknown, path: string): unknown =>
	path.split(".").reduce<unknown>((value, key) => (typeof value === "object" && value !== null ? Object(value)[key] : undefined), event);

/** `envelope.to.0.*`: in any key of that object. */
const isThere = (event: Event, path: string, value: unknown): boolean =>
	path.endsWith(".*")
		? Object.values(Object(valueAt(event, path.slice(0, -2)))).includes(value)
		: JSON.stringify(valueAt(event, path)) === JSON.stringify(value);

const eventOf = ({ file, line }: Line): Event => {
	const event = found.get(file)?.get(line);
	if (event === undefined) throw new Error(`no event begins in line ${line} of ${file}`);
	return event;
};

describe.each(files)("%s", (file) => {
	test("every value is the one that is certain", () => {
		const own = lines.filter((line) => line.file === file);
		expect(own.length).toBeGreaterThan(2);
		for (const one of own) {
			const event = eventOf(one);
			const got = Object.fromEntries(Object.keys(one.expected).map((path) => [path, valueAt(event, path)]));
			expect({ shape: one.shape, line: one.line, ...got }).toEqual({ shape: one.shape, line: one.line, ...one.expected });
		}
	});

	test("values whose place is a choice are where this project puts them", () => {
		const missed = lines
			.filter((line) => line.file === file)
			.flatMap((one) =>
				Object.entries(one.soft ?? {})
					.filter(([path, value]) => !isThere(eventOf(one), path, value))
					.map(([path]) => `${one.line} ${path}`),
			);
		expect(missed).toEqual([]);
	});
});
