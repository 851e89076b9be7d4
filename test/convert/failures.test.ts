/** What fails at one record costs that record alone, and is told. */
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { Kernel } from "../../src/convert/kernel.js";
import { derived, type FormatDefinition, list, text, year } from "../../src/format/define.js";
import type { Format } from "../../src/format/format.js";
import type { Framing } from "../../src/format/frame.js";
import { loadFraming } from "../../src/format/load.js";
import { type Memory, wasm } from "../../src/grammar/webassembly.js";
import type { Settings } from "../../src/index.js";
import { converted } from "../corpus/conversion.js";
import { loadTestFormats } from "../corpus/formats.js";
import { smallFormat } from "../kernel/small-format.js";

let framing: Framing;
beforeAll(async () => {
	framing = await loadFraming();
});
afterEach(() => {
	vi.restoreAllMocks();
});

const settingsFor = (format: Format): Settings => ({ formats: [format], framing, forced: format, year: 2026 });
const line = (payload: string): string => `Nov 21 02:08:09 mx1 small[7]: ${payload}\n`;

const failing = (kind: string): string => {
	if (kind === "bad") throw new Error("it is bad");
	return kind;
};
/** JSON cannot write it. */
const circle: { self?: object } = {};
circle.self = circle;

const small = (captures: FormatDefinition["captures"], more: Partial<FormatDefinition> = {}): Format =>
	smallFormat('record = &"bad" kind -- bad\n | kind -- good\n kind = letter*', captures, { programs: ["small"], ...more });

test.each<readonly [what: string, format: Format]>([
	["what is computed", small({ kind: derived("fields.kind", failing) })],
	["what is computed each time", small({ kind: derived("fields.kind", (kind, lookup) => failing(lookup("kind") ?? kind)) })],
	["the year of an id", small({ kind: [text("fields.kind"), year((kind) => void failing(kind))] })],
	["a value that JSON has not", small({ kind: derived("fields.kind", (kind) => (kind === "bad" ? (circle as never) : kind)) })],
	["captures that are read again", small({ kind: text("fields.kind") }, { expand: { record_bad: () => failing("bad") as never } })],
])("%s", async (_, format) => {
	const { events, summary } = await converted(["good", "bad", "good", "bad", "fine"].map(line).join(""), settingsFor(format));
	const found = events.map(({ record, unparsed_reason, fields }) => unparsed_reason ?? fields?.kind ?? record);
	expect(found).toEqual(["good", "failed", "good", "failed", "fine"]);
	// Its frame is read all the same.
	expect(events[1]).toMatchObject({ record: "unparsed", time: "2026-11-21T02:08:09+00:00", host: "mx1", program: "small", pid: 7 });
	expect(summary.failures).toMatchObject({ records: 2, first: { line: 2, offset: line("good").length, format: "small" } });
	expect(summary.unparsed).toBe(2);
});

test("options that are looked for: they stay unknown, and that is told", async () => {
	const infer = vi.fn(() => {
		throw new Error("what a sample");
	});
	const format = small({ kind: text("fields.kind") }, { profile: { options: {}, switches: [], presets: {}, infer } });
	const { events, summary } = await converted(line("good").repeat(3), settingsFor(format));
	expect(events.map(({ fields }) => fields?.kind)).toEqual(["good", "good", "good"]);
	expect(summary.failures).toMatchObject({ records: 1, first: { line: 1, what: "Error: what a sample" } });
	// Once for each conversion of the two that are compared.
	expect(infer).toHaveBeenCalledTimes(2);
});

describe("a record for which there is not enough memory", () => {
	const format = smallFormat("record = sign*\n sign = any", { sign: list("fields.letters") }, { programs: ["small"] });

	test("is unparsed, with its frame, and those behind it are read", async () => {
		// Kernels that the format is loaded into already, and that nothing has made larger.
		const kernels: Kernel[] = [];
		vi.spyOn(Kernel, "take").mockImplementation(() => {
			const kernel = kernels.pop() ?? new Kernel();
			kernel.forget();
			return kernel;
		});
		vi.spyOn(Kernel.prototype, "giveBack").mockImplementation(function (this: Kernel) {
			kernels.push(this);
		});
		await converted(line("ab"), settingsFor(format));
		vi.spyOn(wasm.Memory.prototype as Memory, "grow").mockImplementation(() => {
			throw new RangeError("WebAssembly.Memory.grow(): Unable to grow instance memory");
		});
		const { events, summary } = await converted(line("ab") + line("x".repeat(100_000)) + line("cd"), settingsFor(format));
		expect(events.map(({ host, fields, unparsed_reason }) => [host, fields?.letters, unparsed_reason])).toEqual([
			["mx1", ["a", "b"], undefined],
			["mx1", undefined, "too_large"],
			["mx1", ["c", "d"], undefined],
		]);
		expect(summary.failures).toBeUndefined();
	});
});

test("JSON that is nested too deep to be written again is left out, and what stands beside it is read", async () => {
	const nested = (depth: number): string =>
		`{"ts":"2014-06-02T22:02:13.94","ac":"E","a":${"[".repeat(depth)}${"]".repeat(depth)},"b":"c"}\n`;
	const { events } = await converted(nested(3) + nested(10_000) + nested(3), await loadTestFormats());
	const shallow = { a: "[[[]]]", b: "c" };
	expect(events.map(({ time, fields }) => [time, fields?.attributes])).toEqual(
		[shallow, { b: "c" }, shallow].map((attributes) => ["2014-06-02T22:02:13.94+00:00", attributes]),
	);
});
