/** Progress on a terminal: what it shows, when, and that it never stands in the way of output. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { Progress } from "../../src/cli/progress.js";
import type { Terminal } from "../../src/cli/terminal.js";
import type { Input } from "../../src/index.js";
import { mailtrail, type Surroundings } from "./fake-terminal.js";
import { ndjson, sampleEvent } from "./sample-events.js";

const CLEAR = "\r\u001b[K";

/** A terminal on which both streams are written, with a clock that is set by hand. */
class Screen {
	text = "";
	time = 0;
	readonly terminal: Terminal;

	constructor(inputs: Readonly<Record<string, number | undefined>>, columns = 100, stdoutIsTTY = false) {
		const writer = (isTTY: boolean): Terminal["stderr"] => ({
			isTTY,
			hasColour: false,
			columns,
			write: async (chunk) => {
				if (isTTY) this.text += chunk;
			},
		});
		this.terminal = {
			open: async (name) => input(name, inputs[name]),
			stdout: writer(stdoutIsTTY),
			stderr: writer(true),
			env: {},
			now: () => this.time,
			watch: () => {
				throw new Error("not used");
			},
		};
	}

	/** What was written since it was asked last. */
	take(): string {
		const { text } = this;
		this.text = "";
		return text;
	}
}

const input = (name: string, size: number | undefined): Input => ({
	name,
	modified: undefined,
	...(size === undefined ? {} : { file: { size, read: () => size } }),
	async *chunks() {
		yield Buffer.alloc(1e6);
	},
});

describe("a line tells", () => {
	test("name, bytes, rate, time left and unparsed records of a file; it is told four times a second at most, and cleared at the end", async () => {
		const screen = new Screen({ "mail\u001b.log": 48e6 });
		let unparsed = 0;
		const progress = new Progress(screen.terminal, { isQuiet: false, unparsed: () => unparsed });
		await progress.begin(["mail\u001b.log"]);
		screen.time = 249;
		await progress.reach("mail\u001b.log", 1e6);
		expect(screen.take()).toBe("");
		screen.time = 500;
		await progress.reach("mail\u001b.log", 12e6);
		expect(screen.take()).toBe(`${CLEAR}mail\\x1b.log: 12.0 of 48.0 MB, 24.0 MB/s, 2 s left, 0 unparsed`);
		screen.time = 700;
		await progress.reach("mail\u001b.log", 13e6);
		expect(screen.take()).toBe("");
		screen.time = 1000;
		unparsed = 12_345;
		await progress.reach("mail\u001b.log", 20e6);
		expect(screen.take()).toBe(`${CLEAR}mail\\x1b.log: 20.0 of 48.0 MB, 20.0 MB/s, 2 s left, 12,345 unparsed`);
		await progress.end();
		await progress.end();
		expect(screen.take()).toBe(CLEAR);
	});

	test("all files together", async () => {
		const screen = new Screen({ a: 2e9, b: 1e9 });
		const progress = new Progress(screen.terminal, { isQuiet: false });
		await progress.begin(["a", "b"]);
		await progress.reach("a", 2e9);
		screen.time = 100_000;
		await progress.reach("b", 5e8);
		expect(screen.take()).toBe(`${CLEAR}2 files: 2.5 of 3.0 GB, 25.0 MB/s, 20 s left`);
		screen.time = 2_000_000;
		await progress.reach("b", 6e8);
		expect(screen.take()).toBe(`${CLEAR}2 files: 2.6 of 3.0 GB, 1.3 MB/s, 5 min 8 s left`);
		screen.time = 20_000_000;
		await progress.reach("b", 6e8);
		expect(screen.take()).toBe(`${CLEAR}2 files: 2.6 of 3.0 GB, 0.1 MB/s, 52 min left`);
	});

	test("no time left when the size of one input is not known", async () => {
		const screen = new Screen({ a: 2e9, "-": undefined });
		const progress = new Progress(screen.terminal, { isQuiet: false });
		for (const names of [["-"], ["a", "-"]]) {
			await progress.begin(names);
			screen.time += 1000;
			await progress.reach("-", 5e6);
		}
		expect(screen.take()).toBe(`${CLEAR}standard input: 5.0 MB, 5.0 MB/s${CLEAR}2 files: 5.0 MB, 5.0 MB/s`);
	});

	test("no more than fits: a second line could not be cleared", async () => {
		for (const [columns, line] of [
			[60, "…g/archive/2026/mail.log: 1.0 of 2.0 MB, 1.0 MB/s, 1 s left"],
			[20, "…ail.log: 1.0 of 2."],
		] as const) {
			const screen = new Screen({ "/var/log/archive/2026/mail.log": 2e6 }, columns);
			const progress = new Progress(screen.terminal, { isQuiet: false });
			await progress.begin(["/var/log/archive/2026/mail.log"]);
			screen.time = 1000;
			await progress.reach("/var/log/archive/2026/mail.log", 1e6);
			expect(screen.take()).toBe(CLEAR + line);
		}
	});
});

describe("output on the same terminal", () => {
	test("is written on a line that is clear, and progress only where a line begins", async () => {
		const screen = new Screen({ a: 9e6 }, 100, true);
		const progress = new Progress(screen.terminal, { isQuiet: false });
		const { stdout, stderr } = progress.terminal;
		await progress.begin(["a"]);
		const step = async (bytes: number): Promise<string> => {
			screen.time += 1000;
			await progress.reach("a", bytes);
			return screen.take();
		};
		expect(await step(1e6)).toContain("1.0 of 9.0 MB");
		await stdout.write("half a line");
		expect(screen.take()).toBe(`${CLEAR}half a line`);
		expect(await step(2e6)).toBe("");
		await stdout.write(Buffer.from(" and the rest\n"));
		expect(screen.take()).toBe(" and the rest\n");
		expect(await step(3e6)).toContain("3.0 of 9.0 MB");
		await stderr.write("mailtrail: something\n");
		expect(screen.take()).toBe(`${CLEAR}mailtrail: something\n`);
		await progress.end();
		expect(screen.take()).toBe("");
	});
});

describe("the verbs", () => {
	const LOG = readFileSync("corpus/smtpf/captures/chain-a.log", "utf8");
	let folder = "";
	const file = (name: string, content: string | Buffer): string => {
		writeFileSync(join(folder, name), content);
		return join(folder, name);
	};
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), "mailtrail-progress-"));
		file("mail.log", `${LOG}no frame\n`.repeat(4));
		file("mail.log.gz", gzipSync(`${LOG}no frame\n`.repeat(4)));
		file(
			"events.ndjson",
			ndjson(Array.from({ length: 5000 }, (_, i) => sampleEvent({ id: `a:${i}`, record: i % 2 === 0 ? "event" : "unparsed" }))),
		);
	});
	afterAll(() => rmSync(folder, { recursive: true }));

	const stderrOf = async (argv: readonly string[], surroundings: Surroundings): Promise<string> => {
		const words = argv.map((word) => word.replace("{}", `${folder}/`));
		return (await mailtrail(words, { tick: 300, columns: 200, ...surroundings })).stderr.replaceAll(`${folder}/`, "");
	};

	test.each<[string[], RegExp]>([
		[["convert", "{}mail.log", "-o", "{}out"], /^mail\.log: \d\.\d of \d\.\d MB, \d\.\d MB\/s, \d s left, \d+ unparsed$/],
		[["convert", "{}mail.log.gz", "-o", "{}out"], /^mail\.log\.gz: 0\.\d of 0\.\d MB, .* left, \d+ unparsed$/],
		[["convert", "{}mail.log", "{}mail.log.gz"], /^2 files: \d\.\d of \d\.\d MB, /],
		[["correlate", "{}mail.log", "--year", "2026"], /^mail\.log: \d\.\d of \d\.\d MB, .* left, \d+ unparsed$/],
		[["validate", "{}events.ndjson"], /^events\.ndjson: \d\.\d of \d\.\d MB, .* left, [\d,]+ unparsed$/],
		[["restore", "{}events.ndjson", "--force"], /^events\.ndjson: \d\.\d of \d\.\d MB, .* left$/],
	])("%j", async (argv, line) => {
		const lines = (await stderrOf(argv, { isTTY: true, isPiped: true })).split(CLEAR).slice(1);
		expect(lines[0]).toMatch(line);
		expect(await stderrOf(argv, { isTTY: false })).not.toContain(CLEAR);
		expect(await stderrOf([...argv, "-q"], { isTTY: true, isPiped: true })).not.toContain(CLEAR);
	});

	test("end with nothing of it on the screen but output and summary", async () => {
		const argv = ["convert", join(folder, "mail.log"), "--year", "2026"];
		const { screen, stdout, stderr } = await mailtrail(argv, { tick: 300, isTTY: true });
		expect(screen).toContain(CLEAR);
		const left = screen.split("\n").map((line) => line.split(CLEAR).at(-1));
		expect(left.join("\n")).toBe(stdout + stderr.split(CLEAR).at(-1));
	});
});
