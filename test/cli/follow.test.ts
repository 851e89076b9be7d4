/** `convert --follow` as a process of its own: rotations, restarts, and how it is ended. Each step waits for what the one before has brought about. */
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
	appendFileSync,
	chmodSync,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readFileSync,
	renameSync,
	rmSync,
	utimesSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import type { WholeEvent } from "../../src/index.js";

const MAIN = "dist/src/cli/main.js";
const NOBODY = 65534;
/** Root may read anything, so another user runs the command: one who may read it, and Node.js, where they are installed. */
const isNobodyAble = process.geteuid?.() === 0 && spawnSync(process.execPath, [MAIN, "--version"], { uid: NOBODY }).status === 0;

const line = (text: string): string => `Nov 21 02:08:27 mx1 smtpf[27461]: #599 ${text}\n`;

describe.skipIf(!existsSync(MAIN) || process.platform === "win32")("convert --follow", () => {
	let base = "";
	let count = 0;
	beforeAll(() => {
		base = mkdtempSync(join(tmpdir(), "mailtrail-follow-"));
		chmodSync(base, 0o755);
	});
	afterAll(() => rmSync(base, { recursive: true }));

	const running = new Set<ChildProcess>();
	afterEach(() => {
		for (const child of running) child.kill("SIGKILL");
	});

	/** A folder with a log that is followed, its events in a file. */
	class Place {
		readonly folder = join(base, String(count++));
		readonly log = join(this.folder, "mail.log");
		readonly out = join(this.folder, "events.ndjson");
		readonly state = join(this.folder, "state.json");
		stderr = "";

		constructor(text: string) {
			mkdirSync(this.folder);
			chmodSync(this.folder, 0o777);
			writeFileSync(this.log, text);
		}

		start(options: readonly string[] = [], uid?: number): ChildProcess {
			const argv = [MAIN, "convert", "--follow", this.log, "--year", "2026", "-o", this.out, ...options];
			const child = spawn(process.execPath, argv, { stdio: ["ignore", "ignore", "pipe"], ...(uid === undefined ? {} : { uid }) });
			child.stderr?.on("data", (chunk) => {
				this.stderr += chunk;
			});
			running.add(child);
			return child;
		}

		events(): WholeEvent[] {
			const text = existsSync(this.out) ? readFileSync(this.out, "utf8") : "";
			return text
				.slice(0, text.lastIndexOf("\n") + 1)
				.split("\n")
				.slice(0, -1)
				.map((event) => JSON.parse(event) as WholeEvent);
		}

		texts(): (string | undefined)[] {
			return this.events().map(({ raw }) => raw.slice(raw.indexOf("#599 ") + 5));
		}

		/** Waits until the events are those of these texts. */
		async until(...texts: readonly string[]): Promise<void> {
			while (this.texts().length < texts.length) await wait(10);
			expect(this.texts()).toEqual(texts);
		}
	}

	const ended = (child: ChildProcess): Promise<number | null> =>
		new Promise((resolve) => {
			running.delete(child);
			if (child.exitCode !== null || child.signalCode !== null) resolve(child.exitCode);
			else child.once("exit", (code) => resolve(code));
		});

	const end = (child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> => {
		child.kill(signal);
		return ended(child);
	};

	test("half a line before a rotation is a record of its own", async () => {
		const place = new Place(line("one"));
		const child = place.start();
		await place.until("one");
		appendFileSync(place.log, line("half").slice(0, -1));
		renameSync(place.log, `${place.log}.1`);
		writeFileSync(place.log, line("two"));
		await place.until("one", "half", "two");
		expect(place.events().map(({ source }) => [source.line, source.eol])).toEqual([
			[1, undefined],
			[2, ""],
			[3, undefined],
		]);
		await end(child, "SIGKILL");
	});

	test.each(["SIGTERM", "SIGINT"] as const)("%s writes what is held, and the summary", async (signal) => {
		const place = new Place(line("one") + line("half").slice(0, -1));
		const child = place.start();
		await place.until("one");
		expect(await end(child, signal)).toBe(0);
		await place.until("one", "half");
		expect(place.stderr).toContain("mailtrail: 2 records, 0 unparsed: smtpf 2\n");
	});

	test("a new file that is not there yet is waited for", async () => {
		const place = new Place(line("one"));
		const child = place.start();
		await place.until("one");
		renameSync(place.log, `${place.log}.1`);
		appendFileSync(`${place.log}.1`, line("behind the rotation"));
		await place.until("one", "behind the rotation");
		writeFileSync(place.log, line("two"));
		await place.until("one", "behind the rotation", "two");
		await end(child, "SIGKILL");
	});

	test.skipIf(!isNobodyAble)("a new file that may not be read yet is waited for", async () => {
		const place = new Place(line("one"));
		const child = place.start([], NOBODY);
		await place.until("one");
		writeFileSync(`${place.log}.new`, "");
		chmodSync(`${place.log}.new`, 0o000);
		renameSync(place.log, `${place.log}.1`);
		renameSync(`${place.log}.new`, place.log);
		appendFileSync(`${place.log}.1`, line("behind the rotation"));
		await place.until("one", "behind the rotation");
		chmodSync(place.log, 0o644);
		appendFileSync(place.log, line("two"));
		await place.until("one", "behind the rotation", "two");
		await end(child, "SIGKILL");
	});

	describe("--state", () => {
		const options = (place: Place): string[] => ["--state", place.state];
		const remembered = async (place: Place, offset: number): Promise<void> => {
			for (;;) {
				const found = existsSync(place.state) ? JSON.parse(readFileSync(place.state, "utf8")) : undefined;
				if (found?.place.offset === offset) return;
				await wait(10);
			}
		};

		test("goes on where it stood, half a line waits for its end", async () => {
			const place = new Place(line("one") + line("two").slice(0, 20));
			const child = place.start(options(place));
			await place.until("one");
			expect(await end(child, "SIGTERM")).toBe(0);
			expect(place.texts()).toEqual(["one"]);
			appendFileSync(place.log, line("two").slice(20));
			const again = place.start(options(place));
			await place.until("one", "two");
			expect(place.events().map(({ source }) => [source.line, source.offset])).toEqual([
				[1, 0],
				[2, line("one").length],
			]);
			await end(again, "SIGKILL");
		});

		test("after kill -9, with two rotations and compression in between, nothing is lost or doubled", async () => {
			const place = new Place(line("one"));
			const child = place.start(options(place));
			await place.until("one");
			await remembered(place, line("one").length);
			await end(child, "SIGKILL");
			// Written, but not remembered.
			appendFileSync(place.out, `${JSON.stringify({ raw: "#599 not remembered" })}\n`);
			appendFileSync(place.log, line("two"));
			writeFileSync(`${place.log}.2.gz`, gzipSync(readFileSync(place.log)));
			writeFileSync(`${place.log}.1`, line("three") + line("four").slice(0, -1));
			// Compression keeps the time of the last record.
			for (const [i, name] of [`${place.log}.2.gz`, `${place.log}.1`].entries()) utimesSync(name, 1_800_000_000 + i, 1_800_000_000 + i);
			rmSync(place.log);
			writeFileSync(place.log, line("five"));
			const again = place.start(options(place));
			await place.until("one", "two", "three", "four", "five");
			expect(new Set(place.events().map(({ id }) => id)).size).toBe(5);
			await end(again, "SIGTERM");
			const third = place.start(options(place));
			appendFileSync(place.log, line("six"));
			await place.until("one", "two", "three", "four", "five", "six");
			await end(third, "SIGKILL");
		});

		test("of another call is refused, and so is one whose log is gone", async () => {
			const place = new Place(line("one"));
			const child = place.start(options(place));
			await place.until("one");
			await remembered(place, line("one").length);
			await end(child, "SIGKILL");
			const other = new Place(line("one"));
			expect(await ended(other.start(["--state", place.state]))).toBe(2);
			expect(other.stderr).toContain(`${place.state}: the state is that of ${place.log}\n`);
			writeFileSync(place.log, line("another log"));
			expect(await ended(place.start(options(place)))).toBe(3);
			expect(place.stderr).toContain("the log that the state tells of is not there any more, neither under this name nor rotated\n");
		});
	});
});
