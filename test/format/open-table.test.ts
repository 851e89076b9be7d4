import { describe, expect, test } from "vitest";
import { OpenTable } from "../../src/format/open-table.js";

const HOUR = 3_600_000;

const tableOf = (...entries: readonly (readonly [key: string, time: number])[]): OpenTable<string, string> => {
	const table = new OpenTable<string, string>();
	for (const [key, time] of entries) table.set(key, key, time);
	return table;
};

/** Saved, written as JSON, and loaded. */
const again = (table: OpenTable<string, string>): OpenTable<string, string> =>
	OpenTable.load<string, string, string>(JSON.parse(JSON.stringify(table.save((value) => value))), (value) => value);

describe.each([
	["a table", (table: OpenTable<string, string>) => table],
	["a table that was saved and loaded", again],
])("%s", (_, made) => {
	test("gives up what was not heard of since a time, the longest silent first", () => {
		const table = tableOf(["a", 1], ["b", 2], ["c", 3]);
		table.set("a", "a", 4);
		expect([...made(table).expired(4)]).toEqual(["b", "c"]);
	});

	test("gives up nothing behind one that is younger", () => {
		expect([...made(tableOf(["a", 5], ["b", 1])).expired(4)]).toEqual([]);
	});

	test("gives up what is ahead of the last word by more than an hour: its stamp is wrong, or time went back", () => {
		expect([...made(tableOf(["a", 2 * HOUR], ["b", 1])).expired(0)]).toEqual(["a"]);
	});

	test("knows the time of the last word, also when that was on one that is gone", () => {
		const table = tableOf(["a", 2 * HOUR], ["b", 3 * HOUR]);
		table.set("c", "c", 1);
		table.delete("c");
		expect([...made(table).expired(0)]).toEqual(["a", "b"]);
	});

	test("is empty when nothing was added", () => {
		expect([...made(new OpenTable<string, string>()).expired(Number.POSITIVE_INFINITY)]).toEqual([]);
	});
});

test("none that was saved is an empty one", () => {
	expect([...OpenTable.load(undefined, (value: string) => value).keys()]).toEqual([]);
});
