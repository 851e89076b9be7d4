import { appendFileSync, chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { WholeEvent } from "../../src/index.js";
import { mailtrail, type Outcome, type Surroundings } from "./fake-terminal.js";

const SMTPF = "Nov 21 02:08:27 mx1 smtpf[27461]: 2AK28R274610000200 #599 ready\n";
const MILTER = "Nov 21 02:13:07 mail milter-manager[1]: [statistics] [sessions][finished] 1(+1) 0\n";
const NOBODY = "Nov 21 02:15:20 mail exim[1]: Start queue run: pid=1\n";
const SUN = "19-Jan-1998 19:16:57.64 l            tcp_local    E 1 adam@sesta.com rfc822;marlowe@siroe.com marlowe@siroe.com\n";

let folder = "";
const at = (name: string): string => join(folder, name);
const file = (name: string, content: string | Buffer): string => {
	writeFileSync(at(name), content);
	utimesSync(at(name), new Date("2026-11-22T00:00:00Z"), new Date("2026-11-22T00:00:00Z"));
	return at(name);
};
beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "mailtrail-cli-"));
	file("mixed.log", SMTPF + NOBODY + MILTER);
	file("smtpf.log", SMTPF);
	mkdirSync(at("logs"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = (argv: readonly string[], surroundings?: Surroundings): Promise<Outcome> => mailtrail(["convert", ...argv], surroundings);
const eventsOf = (ndjson: string): WholeEvent[] =>
	ndjson
		.split("\n")
		.slice(0, -1)
		.map((line) => JSON.parse(line) as WholeEvent);

describe("what is converted", () => {
	test("a file: events on standard output, a summary on standard error, exit code 0", async () => {
		const { exit, stdout, stderr } = await run([at("mixed.log")]);
		expect({ exit, stderr }).toEqual({
			exit: 0,
			stderr:
				"mailtrail: 3 records, 1 unparsed (33.33%): milter-manager 1, smtpf 1\n" +
				`mailtrail: year from other records: ${at("mixed.log")} 2026\n` +
				"mailtrail: no zone in the lines: UTC assumed (--tz)\n",
		});
		expect(eventsOf(stdout).map(({ id, format, time_basis }) => [id, format, time_basis?.year])).toEqual([
			[`${at("mixed.log")}:0`, "smtpf", "session_id"],
			[`${at("mixed.log")}:${SMTPF.length}`, undefined, "rollover"],
			[`${at("mixed.log")}:${SMTPF.length + NOBODY.length}`, "milter-manager", "rollover"],
		]);
	});

	test("standard input, named - or not named, and beside files", async () => {
		const stdin = [MILTER.slice(0, 20), MILTER.slice(20)];
		for (const argv of [[], ["-"]]) {
			const { exit, stdout } = await run(argv, { stdin });
			expect(exit).toBe(0);
			expect(eventsOf(stdout)).toMatchObject([{ id: "-:0", format: "milter-manager", source: { file: "-" } }]);
		}
		const { stdout } = await run([at("smtpf.log"), "-"], { stdin });
		expect(eventsOf(stdout).map(({ source }) => source.file)).toEqual([at("smtpf.log"), "-"]);
	});

	test("globs, sorted by name, compressed or not", async () => {
		file("logs/mail.log", SMTPF);
		file("logs/mail.log.1.gz", gzipSync(MILTER));
		const { exit, stdout } = await run([at("logs/mail.log*")]);
		expect(exit).toBe(0);
		expect(eventsOf(stdout).map(({ source, format }) => [source.file, format])).toEqual([
			[at("logs/mail.log"), "smtpf"],
			[at("logs/mail.log.1.gz"), "milter-manager"],
		]);
	});

	test("nothing: an empty file has no events, which is no error", async () => {
		expect(await run([file("empty.log", "")])).toMatchObject({ exit: 0, stdout: "", stderr: "mailtrail: 0 records, 0 unparsed\n" });
	});
});

describe("options", () => {
	test("--unparsed keep, drop, only", async () => {
		const formats = async (...argv: string[]): Promise<unknown[]> =>
			eventsOf((await run([at("mixed.log"), ...argv])).stdout).map(({ format }) => format);
		expect(await formats("--unparsed", "keep")).toEqual(["smtpf", undefined, "milter-manager"]);
		expect(await formats("--unparsed", "drop")).toEqual(["smtpf", "milter-manager"]);
		expect(await formats("--unparsed", "only")).toEqual([undefined]);
	});

	test("--strict: an unparsed record is a finding, whether it is written or not", async () => {
		expect((await run([at("mixed.log"), "--strict"])).exit).toBe(1);
		expect((await run([at("mixed.log"), "--strict", "--unparsed", "drop"])).exit).toBe(1);
		expect((await run([at("smtpf.log"), "--strict"])).exit).toBe(0);
	});

	test("--tz and --year hold for stamps that have none", async () => {
		const { stdout } = await run(["--tz", "Asia/Tokyo", "--year", "2020"], { stdin: [MILTER] });
		expect(eventsOf(stdout)).toMatchObject([{ time: "2020-11-21T02:13:07+09:00", time_basis: { year: "option", zone: "option" } }]);
	});

	test("-f: bare lines are records of this format", async () => {
		const { stdout } = await run(["-f", "smtpf"], { stdin: ["out of memory\n", NOBODY] });
		expect(eventsOf(stdout).map(({ format }) => format)).toEqual(["smtpf", undefined]);
	});

	test("--option and presets; the summary says how the options are known", async () => {
		const stderr = async (...argv: string[]): Promise<string> => (await run(argv, { stdin: [SUN] })).stderr;
		const head = "mailtrail: 1 record, 0 unparsed: sun-mta 1\nmailtrail: sun-mta: options ";
		expect(await stderr("--option", "LOG_FILENAME=0", "--option", "LOG_MESSAGE_ID")).toBe(
			`${head}given: LOG_FILENAME=0 LOG_MESSAGE_ID=1\nmailtrail: no zone in the lines: UTC assumed (--tz)\n`,
		);
		expect(await stderr("--option", "preset=format-4")).toBe(
			`${head}given: LOG_FORMAT=4\nmailtrail: no zone in the lines: UTC assumed (--tz)\n`,
		);
		expect(await stderr()).toMatch(/^mailtrail: 1 record, 0 unparsed: sun-mta 1\nmailtrail: sun-mta: options inferred: LOG_[A-Z_]+=/);
		expect(await stderr("--quiet")).toBe("");
	});

	test("--max-line: longer lines are cut into unparsed records", async () => {
		const { stdout } = await run(["--max-line", "40"], { stdin: [SMTPF] });
		expect(eventsOf(stdout).map(({ record, source }) => [record, source.length])).toEqual([
			["unparsed", 40],
			["unparsed", SMTPF.length - 41],
		]);
	});

	test("-o writes a file, and nothing to standard output", async () => {
		const { exit, stdout } = await run([at("mixed.log"), "-o", at("out.ndjson")]);
		expect({ exit, stdout }).toEqual({ exit: 0, stdout: "" });
		expect(readFileSync(at("out.ndjson"), "utf8")).toBe((await run([at("mixed.log")])).stdout);
	});

	test("what was converted can be validated and restored", async () => {
		const { bytes } = await run([at("mixed.log")]);
		expect((await mailtrail(["validate"], { stdin: [bytes] })).exit).toBe(0);
		expect((await mailtrail(["restore"], { stdin: [bytes] })).stdout).toBe(SMTPF + NOBODY + MILTER);
	});
});

describe("a closed pipe ends the work, quietly", () => {
	test("before the first event and after it", async () => {
		const many = file("many.log", SMTPF.repeat(20_000));
		for (const writesUntilClosed of [0, 1]) {
			const { exit, stderr } = await run([many], { writesUntilClosed });
			expect({ exit, stderr }).toEqual({ exit: 0, stderr: "" });
		}
	});
});

describe("wrong usage exits with 2 and says how to mend it", () => {
	test.each<[string, () => string[], string]>([
		[
			"an unknown format",
			() => ["-f", "sendmail", at("smtpf.log")],
			"there is no format 'sendmail'\n  Formats: milter-manager, postfix, smtpf, sun-mta, sun-service.",
		],
		[
			"an unknown zone",
			() => ["--tz", "Mars/Olympus", at("smtpf.log")],
			'"Mars/Olympus" is no time zone\n  Give a name of the IANA database or an offset: Europe/Berlin, Asia/Tokyo, UTC, +09:00, -03:30.',
		],
		["a year that is none", () => ["--year", "26", at("smtpf.log")], "'26' is no value for --year\n  Write a year such as 2026."],
		[
			"a size that is none",
			() => ["--max-line", "0", at("smtpf.log")],
			"'0' is no value for --max-line\n  Write a size like 65536, 64k or 1M.",
		],
		[
			"an unknown policy",
			() => ["--unparsed", "some", at("smtpf.log")],
			"'some' is no value for --unparsed\n  Write one of keep, drop, only.",
		],
		[
			"an option without a name",
			() => ["--option", "=1", at("smtpf.log")],
			"'=1' is no value for --option\n  Write NAME=VALUE, such as LOG_NODE=1 or preset=6.3.",
		],
		[
			"following two files",
			() => ["--follow", at("smtpf.log"), at("mixed.log")],
			"--follow reads exactly one file\n  Name one file; to follow several, run one command for each.",
		],
		[
			"following standard input",
			() => ["--follow"],
			"--follow reads exactly one file\n  Name one file; to follow several, run one command for each.",
		],
		[
			"an output that is an input",
			() => [at("smtpf.log"), "-o", `${folder}/logs/../smtpf.log`],
			"{folder}/logs/../smtpf.log is an input and cannot be the output too\n  Give -o another path.",
		],
		[
			"a case and files",
			() => ["--config", file("good.json", '{ "sources": [ { "path": "smtpf.log" } ] }'), at("smtpf.log")],
			"--config names the inputs, so no FILE may be given\n  Add the file to the case, or leave --config out.",
		],
		[
			"a case that is no JSON",
			() => ["--config", file("broken.json", '{ "sources": ')],
			"{folder}/broken.json: the case file is not JSON: Unexpected end of JSON input\n  Repair the file.",
		],
		[
			"a case with an unknown key",
			() => ["--config", file("unknown.json", '{ "sources": [ { "path": "a", "tz": "UTC" } ] }')],
			'{folder}/unknown.json:1:37: /sources/0 must NOT have additional properties ("tz")\n  See schemas/config.schema.json for what a case may say.',
		],
		[
			"a case without sources",
			() => ["--config", file("none.json", '{ "sources": [] }')],
			"{folder}/none.json:1:14: /sources must NOT have fewer than 1 items\n  See schemas/config.schema.json for what a case may say.",
		],
	])("%s", async (_, argv, message) => {
		const before = readFileSync(at("smtpf.log"), "utf8");
		const { exit, stdout, stderr } = await run(argv());
		expect({ exit, stdout, stderr: stderr.replaceAll(folder, "{folder}") }).toEqual({
			exit: 2,
			stdout: "",
			stderr: `mailtrail: ${message}\n`,
		});
		expect(readFileSync(at("smtpf.log"), "utf8")).toBe(before);
	});

	test("an option that the program of the log does not have", async () => {
		const { exit, stdout, stderr } = await run(["--option", "LOG_NODES=1"], { stdin: [SUN] });
		expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" });
		expect(stderr).toMatch(/^mailtrail: no format has an option "LOG_NODES"\n {2}Options: LOG_NODE, LOG_PROCESS, .*\.\n$/);
	});

	test("a value that an option cannot have", async () => {
		const { exit, stdout, stderr } = await run(["--option", "LOG_NOTARY=maybe"], { stdin: [SUN] });
		expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" });
		expect(stderr).toBe(
			'mailtrail: "maybe" is no value for LOG_NOTARY\n  Write a number, as in the server\'s configuration. LOG_NOTARY: Recipient flags after the recipient.\n',
		);
	});

	test("a preset that the program of the log does not have", async () => {
		const { exit, stdout, stderr } = await run(["--option", "preset=9"], { stdin: [SUN] });
		expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" });
		expect(stderr).toMatch(/^mailtrail: no format has a preset "9"\n {2}Presets: .*plain.*\.\n$/);
	});

	test("an output that was there stays as it was", async () => {
		for (const wrong of [
			["-f", "sendmail"],
			["--tz", "Mars/Olympus"],
			["--option", "LOG_NODES=1"],
		]) {
			file("kept.ndjson", "precious\n");
			expect((await run([at("smtpf.log"), "-o", at("kept.ndjson"), ...wrong])).exit).not.toBe(0);
			expect(readFileSync(at("kept.ndjson"), "utf8")).toBe("precious\n");
		}
	});
});

describe("what cannot be read or written exits with 3", () => {
	const refused = async (argv: readonly string[]): Promise<string> => {
		const { exit, stdout, stderr } = await run(argv);
		expect({ exit, stdout }).toEqual({ exit: 3, stdout: "" });
		return stderr.replaceAll(folder, "{folder}");
	};

	test("a missing file", async () => {
		expect(await refused([at("nowhere.log")])).toBe(
			"mailtrail: {folder}/nowhere.log: there is no such file\n  Check the spelling and the folder the command runs in.\n",
		);
	});

	test("a glob without a match", async () => {
		expect(await refused([at("*.nothing")])).toBe(
			'mailtrail: no file matches "{folder}/*.nothing"\n  Check the folder and the spelling; * stands for a part of one name, ** for folders.\n',
		);
	});

	test("a folder without files", async () => {
		mkdirSync(at("empty/inner"), { recursive: true });
		expect(await refused([at("empty")])).toBe("mailtrail: {folder}/empty: there is no file in the folder\n  Check the path.\n");
	});

	test("a file of somebody else", async () => {
		const path = file("secret.log", SMTPF);
		chmodSync(folder, 0o755);
		chmodSync(path, 0o000);
		const isRoot = process.geteuid?.() === 0;
		// Root may read everything, so become somebody else for a moment.
		if (isRoot) process.seteuid?.(65534);
		try {
			expect(await refused([path])).toBe(
				"mailtrail: {folder}/secret.log: this user may not read the file\n" +
					"  Run the command as a user who may (often a member of the group adm), or copy the file.\n",
			);
		} finally {
			if (isRoot) process.seteuid?.(0);
		}
	});

	test("a case that is not there", async () => {
		expect(await refused(["--config", at("nowhere.json")])).toBe(
			"mailtrail: {folder}/nowhere.json: the case file cannot be read: ENOENT: no such file or directory, open '{folder}/nowhere.json'\n" +
				"  Check the path given to --config.\n",
		);
	});

	test("an output in a folder that is not there", async () => {
		expect(await refused([at("smtpf.log"), "-o", at("no/where.ndjson")])).toBe(
			"mailtrail: cannot write {folder}/no/where.ndjson: its folder does not exist\n  Make the folder first, or write elsewhere.\n",
		);
		expect(existsSync(at("no"))).toBe(false);
	});

	test("a compressed file that was cut: what could be had was written", async () => {
		const lines = Array.from({ length: 5000 }, (_, i) => SMTPF.replace("ready", `ready ${i}`)).join("");
		const packed = gzipSync(lines);
		const { exit, stdout, stderr } = await run([file("cut.log.gz", packed.subarray(0, packed.length - 100))]);
		expect(exit).toBe(3);
		expect(stderr.replaceAll(folder, "{folder}")).toMatch(
			/^mailtrail: \{folder\}\/cut\.log\.gz \(offset \d+\): the compressed data end too early, the file was cut\n {2}What came before was read\. Copy the file again, whole, to get the rest\.\nmailtrail: [\d,]+ records, 0 unparsed: smtpf \d+\nmailtrail: year from other records: [^\n]*cut\.log\.gz 2026\nmailtrail: no zone in the lines: UTC assumed \(--tz\)\n$/,
		);
		const found = eventsOf(stdout);
		expect(found.length).toBeGreaterThan(3000);
		expect(lines.startsWith(found.map(({ raw }) => raw).join("\n"))).toBe(true);
	});

	test("one damaged file of several: the others are read all the same", async () => {
		const damaged = file("first.log.gz", gzipSync(SMTPF.repeat(100)).subarray(0, 60));
		const { exit, stdout } = await run([damaged, file("second.log", MILTER)]);
		expect(exit).toBe(3);
		expect(eventsOf(stdout).at(-1)?.format).toBe("milter-manager");
	});
});

describe("--config", () => {
	test("each source has its own zone, year, format and options; the command line fills what a source leaves out", async () => {
		mkdirSync(at("case/store1"), { recursive: true });
		mkdirSync(at("case/gateway"), { recursive: true });
		file("case/store1/mail.log", SUN);
		file("case/store1/mail.log.1", SUN);
		file("case/gateway/milter.log", `${MILTER}out of memory\n`);
		file("case/edge.log", MILTER);
		const config = file(
			"case/case.json",
			JSON.stringify({
				sources: [
					{ path: "store1/mail.log*", format: "sun-mta", zone: "+09:00", options: { LOG_FILENAME: 1, LOG_MESSAGE_ID: true } },
					{ path: "gateway/milter.log", zone: "Europe/Berlin", year: 2025, format: "milter-manager" },
					{ path: "edge.log" },
				],
			}),
		);
		const { exit, stdout, stderr } = await run(["--config", config, "--year", "2019", "--tz", "-05:00"]);
		expect({ exit, stderr: stderr.split("\n")[0] }).toEqual({
			exit: 0,
			stderr: "mailtrail: 5 records, 0 unparsed: milter-manager 3, sun-mta 2",
		});
		const found = eventsOf(stdout);
		expect(found.map(({ source, format, time }) => [source.file.slice(folder.length + 1), format, time])).toEqual([
			["case/store1/mail.log", "sun-mta", "1998-01-19T19:16:57.64+09:00"],
			["case/store1/mail.log.1", "sun-mta", "1998-01-19T19:16:57.64+09:00"],
			["case/gateway/milter.log", "milter-manager", "2025-11-21T02:13:07+01:00"],
			["case/gateway/milter.log", "milter-manager", undefined],
			["case/edge.log", "milter-manager", "2019-11-21T02:13:07-05:00"],
		]);
		expect(found[0]?.fields?.log_profile).toEqual({ basis: "given", options: { LOG_FILENAME: "1", LOG_MESSAGE_ID: "1" } });
	});

	test("a source that is not there is an error before anything is written", async () => {
		const config = file("lost.json", '{ "sources": [ { "path": "smtpf.log" }, { "path": "gone/*.log" } ] }');
		const { exit, stdout, stderr } = await run(["--config", config]);
		expect({ exit, stdout }).toEqual({ exit: 3, stdout: "" });
		expect(stderr.replaceAll(folder, "{folder}")).toBe(
			'mailtrail: no file matches "gone/*.log" in {folder}\n  Check the folder and the spelling; * stands for a part of one name, ** for folders.\n',
		);
	});
});

test("--follow goes on with what is added", async () => {
	const path = file("growing.log", SMTPF);
	// The reader goes away after the second write: that ends the command, at the next line that is added.
	let isOver = false;
	const running = run(["--follow", path], { writesUntilClosed: 2 }).finally(() => {
		isOver = true;
	});
	while (!isOver) {
		await new Promise((resolve) => setTimeout(resolve, 50));
		appendFileSync(path, MILTER);
	}
	const { exit, stdout } = await running;
	expect(exit).toBe(0);
	const [first, ...added] = eventsOf(stdout).map(({ format }) => format);
	expect([first, new Set(added)]).toEqual(["smtpf", new Set(["milter-manager"])]);
});
