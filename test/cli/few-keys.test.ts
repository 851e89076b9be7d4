/** Events that were written without some of their keys: what still works, and what is told of the rest. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mailtrail, type Outcome } from "./fake-terminal.js";
import { ndjson } from "./sample-events.js";

const CHAIN = "corpus/smtpf/captures/chain-a.log";
/** One mail of the recorded chain through Postfix. */
const POSTFIX =
	readFileSync("corpus/milter-manager/captures/chain-a.mail.log", "utf8")
		.match(/.*4jWcQ41DfQzJvYf.*\n/g)
		?.join("") ?? "";

let folder = "";
const at = (name: string): string => join(folder, name);
const file = (name: string, content: string): string => {
	writeFileSync(at(name), content);
	return at(name);
};
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "mailtrail-keys-"));
	file("mail.log", POSTFIX);
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = async (argv: readonly string[]): Promise<Outcome> => {
	const outcome = await mailtrail(argv);
	const plain = (text: string): string => text.replaceAll(`${folder}/`, "");
	return { ...outcome, stdout: plain(outcome.stdout), stderr: plain(outcome.stderr) };
};

describe("convert --keys and --omit", () => {
	const keysOf = async (...argv: readonly string[]): Promise<string[]> => {
		const { exit, stdout } = await run(["convert", at("mail.log"), "--year", "2026", ...argv]);
		expect(exit).toBe(0);
		return stdout
			.split("\n")
			.slice(0, 1)
			.flatMap((line) => Object.keys(JSON.parse(line) as object));
	};

	test("write what is asked for, and what every event needs", async () => {
		expect(await keysOf("--keys", "time, client.ip,envelope")).toEqual(["schema_version", "id", "record", "time", "client"]);
		expect(await keysOf("--keys", "time", "--keys", "host")).toEqual(["schema_version", "id", "record", "time", "host"]);
		expect(await keysOf("--keys", "time,source,message", "--omit", "source.line,message")).toEqual([
			"schema_version",
			"id",
			"record",
			"time",
			"source",
		]);
		const all = await keysOf();
		expect(await keysOf("--omit", "raw,source")).toEqual(all.filter((key) => key !== "raw" && key !== "source"));
	});

	test("keep the nesting, for each recipient", async () => {
		const argv = ["convert", "-", "--year", "2026", "--keys", "smtp.code,envelope.to.address,fields.delays.queue", "--omit", "id"];
		const { stdout, stderr } = await mailtrail(argv, { stdin: [POSTFIX.match(/.*status=sent.*\n/)?.[0] ?? ""] });
		expect(JSON.parse(stdout)).toEqual({
			schema_version: "1.1.0",
			id: "-:0",
			record: "event",
			envelope: { to: [{ address: "elena.sommer@example.net" }] },
			smtp: { code: "250" },
			fields: { delays: { queue: 0.01 } },
		});
		expect(stderr).toBe(
			"mailtrail: 1 record, 0 unparsed: postfix 1\nmailtrail: year given: standard input 2026\n" +
				"mailtrail: no zone in the lines: UTC assumed (--tz)\nmailtrail: always written: id\n",
		);
	});

	test("change neither what counts as a finding, nor which records are written", async () => {
		const log = file("mixed.log", `no frame\n${POSTFIX}`);
		const { exit, stdout, stderr } = await run(["convert", log, "--keys", "time", "--strict", "--unparsed", "only"]);
		expect({ exit, stdout }).toEqual({ exit: 1, stdout: '{"schema_version":"1.1.0","id":"mixed.log:0","record":"unparsed"}\n' });
		expect(stderr).toContain("1 unparsed");
	});

	test.each([
		[
			["--keys", "time,smpt.code"],
			"an event has no key 'smpt.code'\n  Did you mean smtp.code? schemas/event.schema.json has all keys; below fields any may be named.",
		],
		[
			["--omit", "rwa"],
			"an event has no key 'rwa'\n  Did you mean raw? schemas/event.schema.json has all keys; below fields any may be named.",
		],
		[["--keys", "time,,host"], "'time,,host' is no value for --keys\n  Write keys with commas between them, such as time,smtp.code."],
		[["--omit", ""], "'' is no value for --omit\n  Write keys with commas between them, such as time,smtp.code."],
	])("%j is wrong usage; an output that was there stays as it was", async (argv, message) => {
		const output = file("kept.ndjson", "precious\n");
		expect(await run(["convert", at("mail.log"), "-o", output, ...argv])).toMatchObject({
			exit: 2,
			stdout: "",
			stderr: `mailtrail: ${message}\n`,
		});
		expect(readFileSync(output, "utf8")).toBe("precious\n");
	});

	test("what they leave out, restore asks for", async () => {
		const { bytes } = await mailtrail(["convert", at("mail.log"), "--omit", "raw,source"]);
		expect(await mailtrail(["restore"], { stdin: [bytes] })).toMatchObject({
			exit: 1,
			stderr:
				`mailtrail: -:1: event ${at("mail.log")}:0 was written without raw and source, so its record cannot be restored\n` +
				"  Convert the log again with raw, raw_encoding and source: leave them out of --omit, or name them in --keys.\n",
		});
	});
});

describe("events that were written without some keys", () => {
	/** The events of the mail at Postfix, changed. */
	const without = async (name: string, ...keys: readonly string[]): Promise<string> => {
		const { stdout } = await mailtrail(["convert", at("mail.log"), "--year", "2026"]);
		const events = stdout.split("\n").slice(0, -1);
		const isKept = ([key]: [string, unknown]): boolean => !keys.includes(key);
		return file(name, ndjson(events.map((line) => Object.fromEntries(Object.entries(JSON.parse(line) as object).filter(isKept)))));
	};

	test("give the same trails without raw and source; what is not seen then is told", async () => {
		const { stdout, stderr, exit } = await run(["correlate", await without("few.ndjson", "raw", "source")]);
		expect(exit).toBe(0);
		expect(stdout).toBe((await run(["correlate", at("mail.log"), "--year", "2026"])).stdout);
		expect(stderr).toContain(
			"mailtrail: few.ndjson: events without source, so filter sessions are told apart by time alone, not by the lines of the log\n" +
				"mailtrail: few.ndjson: events without raw, so nobody sees whether the log was sorted by its text, or is given twice\n",
		);
		const asText = async (path: string): Promise<string> => (await run(["correlate", path, "--text"])).stdout;
		expect(await asText(at("few.ndjson"))).toBe(await asText(await without("all.ndjson")));
	});

	test("without time or format nothing can be followed: that is told also to those who want no summary", async () => {
		expect(
			await run(["correlate", await without("timeless.ndjson", "time", "time_basis"), "-q", "--trace", "4jWcQ41DfQzJvYf"]),
		).toMatchObject({
			exit: 1,
			stdout: "",
			stderr:
				"mailtrail: timeless.ndjson: no record has a time, so its mails cannot be followed; --year tells the year of a log, and events need the key time\n",
		});
		expect((await run(["correlate", await without("formatless.ndjson", "format")])).stderr).toContain(
			"mailtrail: formatless.ndjson: events without format, which nothing can be said of; convert its log again with format\n",
		);
	});

	test("without codes hops miss most: a hundred events of which none has one are enough to say so", async () => {
		const { bytes } = await mailtrail(["convert", CHAIN, "--year", "2026"]);
		const events = bytes.toString().split("\n").slice(0, -1);
		const path = file("codeless.ndjson", ndjson(events.map((line) => ({ ...(JSON.parse(line) as object), code: undefined }))));
		expect((await run(["correlate", path])).stderr).toContain(
			"mailtrail: codeless.ndjson: no event has a code, so hops miss most of what they are made of; convert its log again with code\n",
		);
	});

	test("are read as those of version 1.0.0 are, which have raw and source", async () => {
		const { stdout } = await mailtrail(["convert", at("mail.log"), "--year", "2026"]);
		const old = file("old.ndjson", stdout.replaceAll('"schema_version":"1.1.0"', '"schema_version":"1.0.0"'));
		const trails = async (...argv: readonly string[]): Promise<string> => (await run(["correlate", ...argv])).stdout;
		expect(await trails(old)).toBe(await trails(at("mail.log"), "--year", "2026"));
		const explained = await run(["explain", "--event", "mail.log:0", "--in", old]);
		expect(explained).toMatchObject({ exit: 0, stderr: "" });
		expect(explained.stdout).toContain("postfix");
	});

	test("cannot be explained without raw", async () => {
		const path = await without("rawless.ndjson", "raw");
		const { exit, stderr } = await run(["explain", "--event", "mail.log:0", "--in", path]);
		expect([exit, stderr]).toEqual([
			1,
			"mailtrail: rawless.ndjson: event mail.log:0 was written without raw, so there is no record to explain\n" +
				"  Name the log itself with --in, or convert it again with raw.\n",
		]);
	});
});
