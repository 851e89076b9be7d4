/** Which keys of an event are written. */
import { readFileSync } from "node:fs";
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { convert, type Event, emptySummary, isEvent, type SelectionPaths, selectionOf } from "../../src/index.js";
import { inputOf } from "../corpus/conversion.js";
import { type Formats, loadTestFormats } from "../corpus/formats.js";

let known: Formats;
beforeAll(async () => {
	known = await loadTestFormats();
});

describe("a value is written", () => {
	test.each<[string, SelectionPaths, readonly string[], readonly string[]]>([
		["when its path is named", { keys: ["smtp.code"] }, ["smtp.code", "smtp"], ["smtp.text", "time", "smtp.code_2"]],
		["when a part is named that holds it", { keys: ["smtp"] }, ["smtp", "smtp.code", "smtp.text"], ["server.ip"]],
		["unless it is omitted", { omit: ["smtp.code", "raw"] }, ["smtp", "smtp.text", "time"], ["smtp.code", "raw"]],
		["unless a part is omitted that holds it", { omit: ["source"] }, ["raw"], ["source", "source.file"]],
		["when it is named and not omitted", { keys: ["smtp", "time"], omit: ["smtp.text"] }, ["smtp.code", "time"], ["smtp.text", "host"]],
		[
			"in each element of an array",
			{ keys: ["envelope.to.address"] },
			["envelope.to.0.address", "envelope.to.12.address"],
			["envelope.to.0.type"],
		],
		["below fields by any name", { keys: ["fields.a.0.b"] }, ["fields.a", "fields.a.0.b"], ["fields.b"]],
		["always, when it says what the event is", { keys: ["time"], omit: ["id"] }, ["schema_version", "id", "record"], ["format"]],
		["when all is", {}, ["time", "fields.x", "envelope.to.0.address"], []],
		["by no name", { keys: [] }, ["id"], ["time", "fields.x"]],
		["when more is named than a part of it", { keys: ["smtp.code", "smtp", "smtp.text"] }, ["smtp.reference"], []],
	])("%s", (_, paths, written, left) => {
		const { includes } = selectionOf(paths);
		expect(written.filter((path) => !includes(path))).toEqual([]);
		expect(left.filter(includes)).toEqual([]);
	});
});

describe("of a value with parts those are written that are chosen", () => {
	const counts = { mail: { accepted: 1, all: 2 }, data: { accepted: 0, all: 1 } };

	test.each<[string, SelectionPaths, unknown]>([
		["all", { keys: ["fields"] }, counts],
		["one", { keys: ["fields.counts.mail"] }, { mail: counts.mail }],
		["one, two levels down", { keys: ["fields.counts.mail.all"] }, { mail: { all: 2 } }],
		["all but one", { omit: ["fields.counts.mail"] }, { data: counts.data }],
		["none that is there", { keys: ["fields.counts.rcpt"] }, undefined],
		["none", { omit: ["fields.counts"] }, undefined],
		["all but all", { omit: ["fields.counts.mail", "fields.counts.data"] }, undefined],
	])("%s", (_, paths, expected) => {
		expect(selectionOf(paths).pick("fields.counts", counts)).toEqual(expected);
	});

	test("of the elements of a list, each the same", () => {
		const list = [{ a: 1, b: 2 }, { b: 3 }, { a: 4 }];
		expect(selectionOf({ keys: ["fields.list.a"] }).pick("fields.list", list)).toEqual([{ a: 1 }, { a: 4 }]);
		expect(selectionOf({ omit: ["fields.list.a"] }).pick("fields.list", list)).toEqual([{ b: 2 }, { b: 3 }]);
	});

	test("what is no object has no parts, and stays when parts of it are omitted", () => {
		expect(selectionOf({ keys: ["fields.x.y"] }).pick("fields.x", "text")).toBeUndefined();
		expect(selectionOf({ omit: ["fields.x.y"] }).pick("fields.x", "text")).toBe("text");
	});

	test("empty ones are values", () => {
		expect(selectionOf({ keys: ["fields.x"] }).pick("fields.x", {})).toEqual({});
		expect(selectionOf({ keys: ["tags"] }).pick("tags", [])).toEqual([]);
	});
});

describe("a path that no event has", () => {
	const SEE = "schemas/event.schema.json has all keys; below fields any may be named.";
	test.each([
		["smtp.cod", `Did you mean smtp.code? ${SEE}`],
		["queue_id", `Did you mean message.queue_id? ${SEE}`],
		["evelope", `Did you mean envelope? ${SEE}`],
		["envelope.to.0.address", `Did you mean envelope.to.address? ${SEE}`],
		["Time", `Did you mean time? ${SEE}`],
		["host.name", SEE],
		["constructor", SEE],
		["", SEE],
		["smtp.", `Did you mean smtp? ${SEE}`],
		["fields.", `Did you mean fields? ${SEE}`],
		["fields..x", SEE],
	])("%j", (path, mend) => {
		expect(() => selectionOf({ keys: ["time", path] })).toThrow(
			expect.objectContaining({ code: "selection.unknown", exit: 2, what: `an event has no key '${path}'`, mend }),
		);
		expect(() => selectionOf({ omit: [path] })).toThrow(`an event has no key '${path}'`);
	});
});

/** Logs with arrays, nested and computed values, options, recipients. */
const LOGS = [
	"corpus/smtpf/captures/relay-denied.log",
	"corpus/milter-manager/captures/chain-a.mail.log",
	"corpus/sun-mta/captures/stand-in-chain-b.log",
].map((path) => Buffer.from(`${readFileSync(path, "latin1").split("\n").slice(0, 150).join("\n")}\nno frame\n`, "latin1"));

async function eventsOf(bytes: Buffer, paths?: SelectionPaths): Promise<Event[]> {
	const settings = { ...known, year: 2026, inputId: "in", ...(paths === undefined ? {} : { selection: selectionOf(paths) }) };
	let text = "";
	for await (const block of convert(inputOf(bytes, undefined, "in"), settings, emptySummary())) text += block.toString();
	return text
		.split("\n")
		.slice(0, -1)
		.map((line) => JSON.parse(line) as Event);
}

/** The same by the event as it is: leaves whose paths are chosen, where numbers of elements do not count. */
function selected(value: unknown, path: readonly string[], { keys, omit = [] }: SelectionPaths): unknown {
	const isBelow = (paths: readonly string[]): boolean => paths.some((one) => `${path.join(".")}.`.startsWith(`${one}.`));
	if (["schema_version", "id", "record"].includes(path[0] ?? "")) return value;
	if (isBelow(omit)) return undefined;
	if (Array.isArray(value)) {
		const elements = value.map((element) => selected(element, path, { keys, omit })).filter((element) => element !== undefined);
		return elements.length > 0 || (value.length === 0 && (keys === undefined || isBelow(keys))) ? elements : undefined;
	}
	if (typeof value !== "object" || value === null) return keys === undefined || isBelow(keys) ? value : undefined;
	const entries = Object.entries(value).flatMap(([key, inner]) => {
		const kept = selected(inner, [...path, key], { keys, omit });
		return kept === undefined ? [] : [[key, kept]];
	});
	return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

function pathsIn(value: unknown, path: string): string[] {
	const own = path === "" ? [] : [path];
	if (Array.isArray(value)) return [...own, ...value.flatMap((element) => pathsIn(element, path).slice(1))];
	if (typeof value !== "object" || value === null) return own;
	return [...own, ...Object.entries(value).flatMap(([key, inner]) => pathsIn(inner, path === "" ? key : `${path}.${key}`))];
}

test("whatever is selected: each event is the part of the whole one, with its keys in the same order, and valid", async () => {
	for (const bytes of LOGS) {
		const whole = await eventsOf(bytes);
		const paths = [...new Set(whole.flatMap((event) => pathsIn(event, "")))];
		const some = fc.subarray(paths, { maxLength: 12 });
		await fc.assert(
			fc.asyncProperty(fc.option(some, { nil: undefined }), some, async (keys, omit) => {
				const found = await eventsOf(bytes, { keys, omit });
				expect(JSON.stringify(found)).toBe(JSON.stringify(whole.map((event) => selected(event, [], { keys, omit }))));
				expect(found.filter((event) => !isEvent(event))).toEqual([]);
			}),
			{ seed: 5, numRuns: 40 },
		);
	}
});

test("the summary counts all the same", async () => {
	const [bytes = Buffer.alloc(0)] = LOGS;
	const counted = async (paths: SelectionPaths): Promise<unknown> => {
		const summary = emptySummary();
		for await (const _ of convert(inputOf(bytes), { ...known, selection: selectionOf(paths) }, summary));
		return summary;
	};
	expect(await counted({ keys: [] })).toEqual(await counted({}));
});
