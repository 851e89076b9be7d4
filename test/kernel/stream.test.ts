/** Kernels under whole conversions: blocks larger than their regions, several at once, given back whatever happens. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import { Kernel } from "../../src/convert/kernel.js";
import { convert, emptySummary, type Settings } from "../../src/index.js";
import { corpusLines } from "../convert/arbitrary-logs.js";
import { converted, inputOf } from "../corpus/conversion.js";
import { type Formats, loadTestFormats } from "../corpus/formats.js";

let known: Formats;
beforeAll(async () => {
	known = await loadTestFormats();
});

/** As a file is read: the memory of a block is used again. */
async function ndjson(bytes: Buffer | string, sizes: readonly number[], settings: Partial<Settings> = {}): Promise<Buffer> {
	const blocks: Buffer[] = [];
	const input = inputOf(bytes, sizes);
	for await (const block of convert(input, { ...known, year: 2026, isReusing: true, ...settings }, emptySummary()))
		blocks.push(Buffer.from(block));
	return Buffer.concat(blocks);
}

describe("blocks of any size", () => {
	test("the same events however a long log is cut, with long lines and line ends on the seams", async () => {
		const lines = corpusLines.filter((_, i) => i % 8 === 0);
		const long = `Nov 21 02:08:35 mx1 smtpf[1]: 2AK28W274610000400 #000 ${"long, \u001b ".repeat(20_000)}`;
		const bytes = Buffer.from([...lines, long, ...lines.toReversed(), long, long, ...lines].join("\r\n"), "latin1");
		expect(bytes.length).toBeGreaterThan(3 * 128 * 1024);
		const whole = await ndjson(bytes, [bytes.length]);
		const size = fc.oneof(
			fc.integer({ min: 131_070, max: 131_074 }),
			fc.integer({ min: 5000, max: 400_000 }),
			fc.integer({ min: 1, max: 50 }),
		);
		await fc.assert(
			fc.asyncProperty(fc.array(size, { minLength: 1, maxLength: 30 }), fc.integer({ min: 20_000, max: 300_000 }), async (sizes, last) => {
				const cut = await ndjson(bytes, [...sizes, last]);
				expect(cut.equals(whole)).toBe(true);
			}),
			{ seed: 9, numRuns: 8 },
		);
	});

	test("more output than its region holds, of tiny lines", async () => {
		const found = (await ndjson("x\n".repeat(40_000), [131_072])).toString().trimEnd().split("\n");
		expect(found).toHaveLength(40_000);
		expect(found.map((line) => (JSON.parse(line) as { readonly source: { readonly offset: number } }).source.offset)).toEqual(
			Array.from({ length: 40_000 }, (_, i) => i * 2),
		);
	});

	test("one event that is larger than the region, between small ones", async () => {
		const huge = `Nov 21 02:08:35 mx1 smtpf[1]: 2AK28W274610000400 #000 ${'"\u0001'.repeat(300_000)}`;
		const { events } = await converted(`x\n${huge}\ny\n`, known, { sizes: [100_000] });
		expect(events.map(({ raw }) => raw.length)).toEqual([1, huge.length, 1]);
	});

	test("a line longer than the region of the input", async () => {
		const huge = `Nov 21 02:08:35 mx1 smtpf[1]: ${"x".repeat(2_000_000)}`;
		const { events } = await converted(`x\n${huge}\ny\n`, { ...known, maxLine: 4_000_000 });
		expect(events.map(({ raw }) => raw.length)).toEqual([1, huge.length, 1]);
	});
});

describe("several conversions", () => {
	test("one after the other use the same kernel, and see nothing of each other", async () => {
		const [first, second] = [0, 1].map((rest) => corpusLines.filter((_, i) => i % 8 === rest).join("\n"));
		const [a, b] = [await ndjson(first ?? "", [50_000]), await ndjson(second ?? "", [50_000])];
		expect((await ndjson(first ?? "", [50_000])).equals(a)).toBe(true);
		expect((await ndjson(second ?? "", [50_000], { inputId: "other" })).equals(b)).toBe(false);
		expect((await ndjson(second ?? "", [50_000])).equals(b)).toBe(true);
	});

	test("at the same time, block by block, with different options", async () => {
		const bytes = corpusLines.filter((_, i) => i % 4 === 1).join("\n");
		const settings: readonly Partial<Settings>[] = [{}, { zone: "Asia/Tokyo" }, { options: { LOG_MESSAGE_ID: "1", LOG_FILENAME: "1" } }];
		const alone = await Promise.all(settings.map((chosen) => ndjson(bytes, [10_000], chosen)));
		const running = settings.map((chosen) =>
			convert(inputOf(bytes, [10_000]), { ...known, year: 2026, isReusing: true, ...chosen }, emptySummary()),
		);
		const blocks: Buffer[][] = settings.map(() => []);
		for (let left = running.length; left > 0; ) {
			left = 0;
			for (const [i, one] of running.entries()) {
				const next = await one.next();
				if (next.done === true) continue;
				left++;
				blocks[i]?.push(Buffer.from(next.value));
			}
		}
		for (const [i, own] of blocks.entries()) expect(Buffer.concat(own).equals(alone[i] ?? Buffer.alloc(0))).toBe(true);
	});
});

describe("a kernel is given back", () => {
	/** The kernel that the next one gets who takes one. */
	const next = (): Kernel => {
		const kernel = Kernel.take();
		kernel.giveBack();
		return kernel;
	};
	// Compared here: of objects with so much memory no difference can be shown.
	const isNext = (kernel: Kernel): boolean => next() === kernel;
	const settings = (): Settings => ({ ...known, year: 2026 });
	const log = "x\n".repeat(200_000);

	test("and taken again, but never by two at once", () => {
		const [one, other] = [Kernel.take(), Kernel.take()];
		expect(other === one).toBe(false);
		one.giveBack();
		expect(isNext(one)).toBe(true);
		other.giveBack();
		expect(isNext(other)).toBe(true);
	});

	test("behind the last block", async () => {
		const kernel = next();
		await ndjson(log, [65_536]);
		expect(isNext(kernel)).toBe(true);
	});

	test("when nobody wants the next block", async () => {
		const kernel = next();
		for await (const _ of convert(inputOf(log), settings(), emptySummary())) {
			expect(isNext(kernel)).toBe(false);
			break;
		}
		expect(isNext(kernel)).toBe(true);
	});

	test("when the input fails", async () => {
		const kernel = next();
		const input = {
			name: "x",
			modified: undefined,
			async *chunks() {
				yield Buffer.from("x\n");
				throw new Error("the disk is gone");
			},
		};
		const all = async (): Promise<void> => {
			for await (const block of convert(input, settings(), emptySummary())) expect(block.length).toBeGreaterThan(0);
		};
		await expect(all()).rejects.toThrow("the disk is gone");
		expect(isNext(kernel)).toBe(true);
	});

	test("but not when a record made it grow beyond measure", async () => {
		const kernel = next();
		await ndjson(`Nov 21 02:08:35 mx1 smtpf[1]: ${"x".repeat(30_000_000)}\n`, [1_000_000], { maxLine: 40_000_000 });
		expect(isNext(kernel)).toBe(false);
	});

	test("or never taken: for settings that cannot be obeyed, and when no block is asked for", () => {
		const kernel = next();
		const start = (wrong: Partial<Settings>): unknown => convert(inputOf(log), { ...settings(), ...wrong }, emptySummary());
		for (const wrong of [{ zone: "Mars/Phobos" }, { year: 12 }, { options: { LOG_NOTHING: "1" } }]) expect(() => start(wrong)).toThrow();
		start({});
		expect(isNext(kernel)).toBe(true);
	});
});
