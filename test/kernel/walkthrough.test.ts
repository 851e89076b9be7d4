/** "A line from bytes to event" in CONTRIBUTING.md: what it shows of one line is what happens. */
import { readFileSync } from "node:fs";
import { beforeAll, expect, test } from "vitest";
import { Kernel } from "../../src/convert/kernel.js";
import { Records } from "../../src/convert/records.js";
import { UNKNOWN } from "../../src/convert/walk.js";
import { frameSlot } from "../../src/format/define.js";
import { convert, emptySummary } from "../../src/index.js";
import { inputOf } from "../corpus/conversion.js";
import { type Formats, loadTestFormats } from "../corpus/formats.js";
import { blocksOf } from "../documents.js";

const blocks = new Map(blocksOf(readFileSync("CONTRIBUTING.md", "utf8")).map(({ info, text }) => [info.split(" ")[1], text]));
/** The number of a template changes with its catalog. */
const withoutNumber = (name: string): string => name.replace(/^message_t\d+$/, "message_tN");

const shown = (file: string): string => blocks.get(`line/${file}`) ?? "";

let known: Formats;
beforeAll(async () => {
	known = await loadTestFormats();
});

test("the captures of its frame, its record and its message", () => {
	const records = new Records(Kernel.take(), { ...known, input: "", isReading: true }, { walk: UNKNOWN });
	records.readOne(Buffer.from(shown("mail.log").trimEnd()));
	const { captures, router } = records;
	const nameOf = (slot: number): string => withoutNumber(router.format?.parser.captures[slot] ?? "");
	const lines = Array.from({ length: captures.count }, (_, at) => {
		const span = captures.spanAt(at);
		return `${String(at).padStart(2)}  ${nameOf(captures.slot(at)).padEnd(15)}  ${String(span?.from).padStart(2)}-${span?.to}  ${captures.textAt(at)}\n`;
	});
	expect(lines.join("")).toBe(shown("captures.txt"));
	expect(captures.slot(captures.framed - 1)).toBe(frameSlot("payload"));
	records.kernel.giveBack();
});

test("the event that it becomes", async () => {
	const written: Buffer[] = [];
	const settings = { ...known, year: 2026 };
	for await (const block of convert(inputOf(shown("mail.log"), [4096], "mail.log"), settings, emptySummary())) written.push(block);
	const [event] = Buffer.concat(written).toString().split("\n");
	expect(JSON.stringify(JSON.parse(event ?? ""), null, "  ")).toBe(shown("event.json").trimEnd());
});
