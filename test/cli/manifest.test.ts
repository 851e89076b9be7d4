/** The custody note of a conversion: what stands in it, and what is found out by it. */
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tarOf } from "../convert/tar-of.js";
import { mailtrail } from "./fake-terminal.js";

const LOG = ["27", "28", "29"].map((second) => `Nov 21 02:08:${second} mx1 smtpf[27461]: #599 ready\n`).join("");

let folder = "";
const at = (name: string): string => join(folder, name);
const sum = (bytes: Buffer | string): object => ({ bytes: bytes.length, sha256: createHash("sha256").update(bytes).digest("hex") });
const archive = gzipSync(tarOf("var/mail.log.gz", gzipSync(LOG)));

beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "mailtrail-manifest-"));
	writeFileSync(at("mail.log"), LOG);
	writeFileSync(at("case.tgz"), archive);
	for (const name of ["mail.log", "case.tgz"]) utimesSync(at(name), new Date("2026-11-22T00:00:00Z"), new Date("2026-11-22T00:00:00Z"));
	const argv = [
		"convert",
		"-q",
		at("mail.log"),
		at("case.tgz"),
		"--tz",
		"+01:00",
		"-o",
		at("events.ndjson"),
		"--manifest",
		at("manifest.json"),
	];
	expect(await mailtrail(argv)).toMatchObject({ exit: 0, stderr: "" });
});
afterAll(() => rmSync(folder, { recursive: true }));

test("tells each input, as stored and unpacked, when it was changed, how it was dated, and what was written", () => {
	const events = readFileSync(at("events.ndjson"));
	expect(JSON.parse(readFileSync(at("manifest.json"), "utf8"))).toEqual({
		manifest_version: "1.0.0",
		mailtrail: expect.any(String),
		settings: { zone: "+01:00", max_line: 1_048_576, unparsed: "keep" },
		archives: [{ file: at("case.tgz"), modified: "2026-11-22T00:00:00.000Z", ...sum(archive) }],
		inputs: [
			{
				file: at("mail.log"),
				modified: "2026-11-22T00:00:00.000Z",
				complete: true,
				stored: sum(LOG),
				content: sum(LOG),
				records: 3,
				unparsed: 0,
				first_time: "2026-11-21T02:08:27+01:00",
				last_time: "2026-11-21T02:08:29+01:00",
				year_basis: "file",
				zone_basis: "option",
			},
			{
				file: `${at("case.tgz")}!var/mail.log.gz`,
				archive: at("case.tgz"),
				modified: "1970-01-01T00:00:00.000Z",
				complete: true,
				stored: sum(gzipSync(LOG)),
				content: sum(LOG),
				records: 3,
				unparsed: 0,
				first_time: "1969-11-21T02:08:27+01:00",
				last_time: "1969-11-21T02:08:29+01:00",
				year_basis: "file",
				zone_basis: "option",
			},
		],
		output: { file: at("events.ndjson"), events: 6, ...sum(events) },
	});
});

test("an input that was cut is not complete", async () => {
	writeFileSync(at("cut.log.gz"), gzipSync(LOG.repeat(500)).subarray(0, 100));
	const { exit } = await mailtrail(["convert", "-q", at("cut.log.gz"), "-o", at("cut.ndjson"), "--manifest", at("cut.json")]);
	expect([exit, JSON.parse(readFileSync(at("cut.json"), "utf8")).inputs[0].complete]).toEqual([3, false]);
});

test("--follow has none", async () => {
	expect(await mailtrail(["convert", "--follow", at("mail.log"), "--manifest", at("none.json")])).toMatchObject({ exit: 2 });
});

describe.each(["restore", "validate"])("%s --manifest", (verb) => {
	const check = (events: string) => {
		writeFileSync(at("checked.ndjson"), events);
		return mailtrail([verb, at("checked.ndjson"), "--manifest", at("manifest.json")]);
	};
	const written = (): string => readFileSync(at("events.ndjson"), "utf8");

	test("takes what was written", async () => {
		expect(await check(written())).toMatchObject({ exit: 0, stdout: verb === "restore" ? LOG + LOG : "" });
	});

	test("finds that the end is missing", async () => {
		const cut = written().split("\n").slice(0, 5).join("\n");
		const { exit, stdout, stderr } = await check(`${cut}\n`);
		expect(exit).toBe(1);
		expect(stdout + stderr).toContain(
			`expected the 6 events (${written().length} bytes) that the manifest names, found 5 (${cut.length + 1} bytes)`,
		);
	});

	test("finds a changed byte", async () => {
		const { exit, stdout, stderr } = await check(written().replaceAll("ready", "reads"));
		expect(exit).toBe(1);
		expect(stdout + stderr).toMatch(
			/: expected events with the SHA-256 [0-9a-f]{64} that the manifest names, found [0-9a-f]{64}: they were changed\n/,
		);
		expect(stdout).not.toContain("reads");
	});

	test("needs a file that can be read twice, and a manifest that is one", async () => {
		expect(await mailtrail([verb, "--manifest", at("manifest.json")])).toMatchObject({ exit: 2 });
		expect(await mailtrail([verb, at("events.ndjson"), "--manifest", at("mail.log")])).toMatchObject({ exit: 2 });
	});
});

test("restore --manifest also compares what it gives back: events may have been left out when they were written", async () => {
	const argv = ["convert", "-q", at("mail.log"), "--unparsed", "only", "-o", at("none.ndjson"), "--manifest", at("none.json")];
	await mailtrail(argv);
	const { exit, stderr } = await mailtrail(["restore", at("none.ndjson"), "--manifest", at("none.json")]);
	expect(exit).toBe(1);
	expect(stderr).toContain(`${at("mail.log")} was restored with 0 bytes and the SHA-256`);
});
