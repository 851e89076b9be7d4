/** On several threads an input becomes the same events as on one, and the same is told of it. Threads run what was built. */
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { convertAll, type Job } from "../../src/convert/jobs.js";
import { convert, emptySummary, type Input, openInput, type Settings } from "../../src/index.js";
import { type Formats, loadTestFormats } from "../corpus/formats.js";
import { bytesOf, datedLog, MAX_LINE } from "./dated-logs.js";
import { dependentLog, dependentSettings, ENTRIES, folded, learned, postfix, untold } from "./dependent-logs.js";

let known: Formats;
const folder = mkdtempSync(join(tmpdir(), "mailtrail-jobs-"));
beforeAll(async () => {
	known = await loadTestFormats();
});
afterAll(() => rmSync(folder, { recursive: true }));

type Given = Pick<Settings, "zone" | "year" | "maxLine" | "options">;

/** A log, and what it is read with. */
interface Log {
	readonly bytes: Buffer | string;
	readonly given: Given;
}

const MODIFIED = new Date("2026-11-22T00:00:00Z");
const PLAIN: Given = { zone: undefined, year: undefined, maxLine: undefined, options: undefined };

function written(name: string, bytes: Buffer | string): string {
	const path = join(folder, name);
	writeFileSync(path, bytes);
	utimesSync(path, MODIFIED, MODIFIED);
	return path;
}

/** What became of an input: its events, what is told of it, and the error that ended it. */
interface Outcome {
	text: string;
	readonly summary: unknown;
	error: unknown;
}

const outcome = (): Outcome & { readonly summary: ReturnType<typeof emptySummary> } => ({
	text: "",
	summary: emptySummary(),
	error: undefined,
});
const codeOf = (error: unknown): unknown => (error instanceof Error ? error.message : error);

async function onOne(path: string, given: Given): Promise<Outcome> {
	const found = outcome();
	try {
		for await (const block of convert(await openInput(path), { ...known, ...given }, found.summary)) found.text += block.toString();
	} catch (error) {
		found.error = codeOf(error);
	}
	return found;
}

/** An input whose look ahead takes many turns: parts begin long before it has ended. */
async function lookedAtSlowly(path: string, size: number): Promise<Input> {
	const input = await openInput(path);
	async function* look(): AsyncGenerator<Buffer> {
		for await (const block of input.chunks()) for (let at = 0; at < block.length; at += size) yield block.subarray(at, at + size);
	}
	return { ...input, look };
}

/** All logs at once, as threads take long to start. */
async function onThreads(paths: readonly string[], given: readonly Given[], part: number): Promise<Outcome[]> {
	const found = new Map<Job, Outcome>();
	const written = { events: true, unparsed: true };
	for (const [i, path] of paths.entries()) {
		const { zone, year, maxLine, options } = given[i] ?? PLAIN;
		const own = outcome();
		const settings = { input: path, forced: undefined, zone, year, maxLine, options, selection: undefined, written };
		found.set({ input: await lookedAtSlowly(path, part), path, settings, summary: own.summary }, own);
	}
	for await (const told of convertAll([...found.keys()], { ...known, formatsDirs: [], threads: 2, part })) {
		const own = found.get(told.job);
		if (own === undefined) throw new Error("nobody asked for this");
		if ("error" in told) own.error = codeOf(told.error);
		else own.text += Buffer.from(told.block).toString();
	}
	return [...found.values()];
}

/** Compares line by line: that of a difference is shown. */
async function expectSame(logs: readonly Log[], part: number, ending = ".log"): Promise<void> {
	const paths = logs.map(({ bytes }, i) => written(`${part}-${i}${ending}`, bytes));
	const all = await onThreads(
		paths,
		logs.map(({ given }) => given),
		part,
	);
	for (const [i, path] of paths.entries()) {
		const { text, ...told } = await onOne(path, logs[i]?.given ?? PLAIN);
		expect(all[i]?.text.split("\n")).toEqual(text.split("\n"));
		expect({ summary: all[i]?.summary, error: all[i]?.error }).toEqual(told);
	}
}

const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join("");

describe("parts of a file are the same events as the whole", () => {
	test.each([60, 300, 1500])("of any log, in parts of %d bytes", async (part) => {
		const logs = fc.sample(fc.record({ bytes: dependentLog(60), given: dependentSettings }), { seed: part, numRuns: 60 });
		await expectSame(logs, part);
	});

	test("of logs with years, ids and records that hold other stamps", async () => {
		const given = fc.constantFrom(undefined, 2024).map((year): Given => ({ ...PLAIN, year, maxLine: MAX_LINE }));
		const logs = fc.sample(fc.record({ bytes: datedLog.map(bytesOf), given }), { seed: 5, numRuns: 120 });
		await expectSame(logs, 150);
	});

	test("packed", async () => {
		const logs = fc.sample(fc.record({ bytes: dependentLog(40).map((bytes) => gzipSync(bytes)), given: dependentSettings }), {
			seed: 6,
			numRuns: 20,
		});
		await expectSame([...logs, { bytes: gzipSync("Nov 21 02:00:00 mx1 a: b\n".repeat(50)).subarray(0, 40), given: PLAIN }], 800, ".log.gz");
	});
});

describe("what is known far in front of a part counts in it", () => {
	const filler = (stamp: string): string[] => Array.from({ length: 40 }, (_, i) => postfix(`${stamp}:${String(i).padStart(2, "0")}`));

	test("the second pass of an hour that happens twice", async () => {
		const clocks = ["Oct 25 02:50", "Oct 25 02:10", "Oct 25 02:20", "Oct 25 02:30", "Oct 25 03:10"];
		await expectSame([{ bytes: lines(clocks.flatMap(filler)), given: { ...PLAIN, zone: "Europe/Berlin" } }], 700);
	});

	test("the format that a program was told by", async () => {
		const at = "Nov 21 02:00:00";
		const log = [...filler("Nov 21 02:00"), untold("otherd", at), ...filler("Nov 21 02:01"), learned("otherd", at, 1)];
		const more = [untold("otherd", at), ...filler("Nov 21 02:02"), untold("otherd", at), ...filler("Nov 21 02:03"), untold("otherd", at)];
		await expectSame([{ bytes: lines([...log, ...more]), given: PLAIN }], 700);
	});

	test("records in several lines, over the border of parts", async () => {
		const log = Array.from({ length: 40 }, (_, i) => folded(i % 12));
		await expectSame([{ bytes: lines(log), given: PLAIN }], 130);
	});

	test("options, found in a sample that goes on behind the part, and told once", async () => {
		const others = lines(filler("Nov 21 02:00")).repeat(30);
		const bytes = others + lines(ENTRIES).repeat(150) + others.repeat(3);
		await expectSame([{ bytes, given: { ...PLAIN, year: 2026 } }], 90_000);
	});

	test("ids that tell another year are counted by record, wherever the parts end", async () => {
		const ids = Array.from({ length: 30 }, (_, i) =>
			learned("smtpf", "Nov 21 02:00:00", i).replace("2AK28W", i < 20 ? "2AK28W" : "0AK28W"),
		);
		const found = written("contradicted.log", lines([...filler("Nov 21 01:00"), ...ids]));
		const { summary } = await onOne(found, PLAIN);
		expect(summary).toMatchObject({ contradictions: 10 });
		await expectSame([{ bytes: lines([...filler("Nov 21 01:00"), ...ids]), given: PLAIN }], 300);
	});
});
