/** Logs in UTF-16 are read as they are; places count the bytes of the file, and `restore` gives those back. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { restore } from "../../src/index.js";
import { converted } from "../corpus/conversion.js";
import { type Formats, loadTestFormats } from "../corpus/formats.js";

let known: Formats;
beforeAll(async () => {
	known = await loadTestFormats();
});

const KINDS = ["utf-16le", "utf-16be"] as const;
type Kind = (typeof KINDS)[number];

const bytesOf = (text: string, kind: Kind): Buffer => {
	const bytes = Buffer.from(`\uFEFF${text}`, "utf16le");
	return kind === "utf-16be" ? bytes.swap16() : bytes;
};

async function restored(events: readonly unknown[]): Promise<Buffer> {
	const lines = Buffer.from(events.map((event) => `${JSON.stringify(event)}\n`).join(""));
	const parts: Buffer[] = [];
	for await (const block of restore(
		"-",
		(async function* () {
			yield lines;
		})(),
	))
		parts.push(block);
	return Buffer.concat(parts);
}

const LINE = "Nov 21 02:08:27 mx1 smtpf[27461]: 2AK28R274610000200 #599 ready";

describe.each(KINDS)("%s", (kind) => {
	test("records are those of the text; offsets and lengths count its bytes", async () => {
		const bytes = bytesOf(`${LINE}\r\n${LINE} caf\u00e9 \u{1f4e7}\nend`, kind);
		const { events } = await converted(bytes, known);
		const file = { file: "case.log" };
		expect(events).toMatchObject([
			{ format: "smtpf", raw: `\uFEFF${LINE}`, raw_encoding: kind, source: { ...file, line: 1, offset: 0, length: 128, eol: "\r\n" } },
			{ format: "smtpf", text: "ready caf\u00e9 \u{1f4e7}", raw_encoding: kind, source: { ...file, line: 2, offset: 132, length: 142 } },
			{ record: "unparsed", raw: "end", source: { ...file, line: 3, offset: 276, length: 6, eol: "" } },
		]);
		expect(events[1]?.id).toBe("case.log:132");
		expect((await restored(events)).equals(bytes)).toBe(true);
	});

	test("a half of a pair, and a byte that is none of a character, come back, too", async () => {
		const bytes = Buffer.concat([bytesOf(`${LINE} \ud83d\n\udce7 lone\n\ud83d`, kind), Buffer.from([0xe4])]);
		const { events } = await converted(bytes, known);
		expect(events.map(({ raw, raw_encoding }) => [raw, raw_encoding])).toEqual([
			[`\uFEFF${LINE} \ud83d`, kind],
			["\udce7 lone", kind],
			["\ud83d", kind],
			["\u00e4", "latin1"],
		]);
		expect((await restored(events)).equals(bytes)).toBe(true);
	});

	test("however the file is cut into blocks, and whatever stands in it, the bytes come back", async () => {
		const unit = fc.oneof(fc.constantFrom("\n", "\r\n", "\r", "\ud83d", "\udce7", "\u{1f4e7}", "a", "\u00e9", "\u4e00", LINE), fc.string());
		const text = fc.array(unit, { maxLength: 30 }).map((parts) => parts.join(""));
		await fc.assert(
			fc.asyncProperty(text, fc.boolean(), fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 1 }), async (text, isOdd, sizes) => {
				const bytes = Buffer.concat([bytesOf(text, kind), Buffer.alloc(isOdd ? 1 : 0, 0x41)]);
				const { events } = await converted(bytes, known, { sizes });
				expect((await restored(events)).equals(bytes)).toBe(true);
				const whole = await converted(bytes, known);
				expect(events).toEqual(whole.events);
			}),
			{ numRuns: 60 },
		);
	});

	test("a line that is too long is cut between characters", async () => {
		const bytes = bytesOf(`${"\u4e00".repeat(20)}\n${"x\u{1f4e7}".repeat(20)}\n`, kind);
		const { events } = await converted(bytes, { ...known, maxLine: 10 });
		expect(events.length).toBeGreaterThan(10);
		expect((await restored(events)).equals(bytes)).toBe(true);
	});
});

test("without a byte order mark it is no UTF-16, and the first of its two bytes alone is a byte", async () => {
	const { events } = await converted(Buffer.from([0xff]), known);
	expect(events).toMatchObject([{ raw: "\u00ff", raw_encoding: "latin1", source: { length: 1 } }]);
});
