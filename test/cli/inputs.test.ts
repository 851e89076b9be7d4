/** What `convert` does with inputs that are no logs, or cannot be read, and when its output gets its name. */
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { WholeEvent } from "../../src/index.js";
import { mailtrail, type Outcome, type Surroundings } from "./fake-terminal.js";

const SMTPF = "Nov 21 02:08:27 mx1 smtpf[27461]: 2AK28R274610000200 #599 ready\n";

let folder = "";
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "mailtrail-inputs-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);
const file = (name: string, content: string | Buffer): string => {
	writeFileSync(at(name), content);
	return at(name);
};
const run = (argv: readonly string[], surroundings?: Surroundings): Promise<Outcome> => mailtrail(["convert", ...argv], surroundings);
const eventsOf = (ndjson: string): WholeEvent[] =>
	ndjson
		.split("\n")
		.slice(0, -1)
		.map((line) => JSON.parse(line) as WholeEvent);

describe("what is no log is told", () => {
	const looks = async (name: string, bytes: Buffer | string): Promise<{ readonly exit: number; readonly told: string | undefined }> => {
		const { exit, stderr } = await run(["-q", file(name, bytes)]);
		return { exit, told: /: (nothing .*|\d.*)\n/.exec(stderr.slice(stderr.indexOf(name)))?.[1] };
	};

	test.each([
		["image.png", Buffer.from("89504e470d0a1a0a0000000d49484452", "hex"), "an image (PNG)"],
		["events.ndjson", '{"schema_version":"1.1.0","id":"a:0","record":"unparsed"}\n', "events of mailtrail: it was converted already"],
		["table.csv", "a,b,c\n1,2,3\n4,5,6\n", "a table (CSV)"],
		["old.Z", Buffer.from("1f9d9061c2", "hex"), "data of compress (.Z)"],
		["wide.log", Buffer.from("Nov 21 02:08:27 mx1 smtpf[1]: x\n", "utf16le"), "text in UTF-16 without a byte order mark"],
		["mbox", "From ann@example.org Sat Nov 21 02:08:27 2026\nSubject: x\n", "mail in a mailbox"],
		["noise.bin", Buffer.from([1, 0, 2, 3, 4, 5, 6, 7, 8, 9, 10]), "binary data"],
	])("%s", async (name, bytes, look) => {
		expect(await looks(name, bytes)).toEqual({ exit: 1, told: `nothing was understood; it looks like ${look}` });
	});

	test("text that nobody knows", async () => {
		expect(await looks("text.log", "hello\n")).toEqual({ exit: 1, told: "nothing was understood; it may be the log of another program" });
	});

	test("standard input, too, which is read once", async () => {
		expect(await run([], { stdin: ["a,b,c\n1,2", ",3\n4,5,6\n"] })).toMatchObject({
			exit: 1,
			stderr: expect.stringContaining("mailtrail: standard input: nothing was understood; it looks like a table (CSV)\n"),
		});
	});

	test("also when next to nothing of it was understood, or others wrote it; a log beside it is enough for success", async () => {
		const { exit, stderr } = await run(["-q", file("few.log", `${SMTPF}${"x\n".repeat(101)}`), file("good.log", SMTPF)]);
		expect([exit, stderr]).toEqual([
			0,
			expect.stringContaining("few.log: 1 of 102 records was understood; it may be the log of another program"),
		]);
		const others = await run(["-q", "--year", "2026", file("others.log", "Nov 21 02:08:27 mx1 cron[1]: x\n")]);
		expect([others.exit, others.stderr]).toEqual([
			0,
			expect.stringContaining(
				"others.log: no record of a known format; its lines have frames that are known, so other programs wrote them",
			),
		]);
	});

	test("an empty file is a log", async () => {
		expect(await run(["-q", file("empty.log", "")])).toMatchObject({ exit: 0, stderr: "" });
	});
});

describe("one input that cannot be read keeps no other from being read", () => {
	test("it is told, and the exit code is 3", async () => {
		const { exit, stdout, stderr } = await run(["-q", at("nowhere.log"), file("there.log", SMTPF)]);
		expect([exit, eventsOf(stdout).length]).toEqual([3, 1]);
		expect(stderr).toContain("nowhere.log: there is no such file\n");
	});

	test.skipIf(process.geteuid?.() !== 0)("nor does a folder that this user may not look into", async () => {
		mkdirSync(at("closed/inner"), { recursive: true });
		writeFileSync(at("closed/mail.log"), SMTPF);
		writeFileSync(at("closed/inner/secret.log"), SMTPF);
		chmodSync(folder, 0o755);
		chmodSync(at("closed/inner"), 0o000);
		process.seteuid?.(65534);
		try {
			const { exit, stdout, stderr } = await run(["-q", at("closed")]);
			expect([exit, eventsOf(stdout).length]).toEqual([3, 1]);
			expect(stderr).toContain("closed/inner: this user may not read the file\n");
		} finally {
			process.seteuid?.(0);
		}
	});
});

describe("-o", () => {
	test("gets its name when it is whole, and keeps its rights", async () => {
		const path = file("out.ndjson", "old\n");
		chmodSync(path, 0o640);
		let during = "";
		const { exit } = await mailtrail(["convert", "-", "-o", path], {
			stdin: (function* () {
				yield SMTPF;
				during = readFileSync(path, "utf8");
			})(),
		});
		expect([exit, during]).toEqual([0, "old\n"]);
		expect(eventsOf(readFileSync(path, "utf8"))).toHaveLength(1);
		expect(statSync(path).mode & 0o777).toBe(0o640);
	});

	test("of a link is what it leads to", async () => {
		const target = file("target.ndjson", "");
		symlinkSync(target, at("link.ndjson"));
		await run([file("linked.log", SMTPF), "-o", at("link.ndjson")]);
		expect(eventsOf(readFileSync(target, "utf8"))).toHaveLength(1);
		expect(readlinkSync(at("link.ndjson"))).toBe(target);
	});
});
