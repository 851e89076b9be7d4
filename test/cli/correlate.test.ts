/** `mailtrail correlate`: what it reads, what it writes and where, and how it ends. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { Ajv2020 } from "ajv/dist/2020.js";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Evaluation, Trail } from "../../src/index.js";
import { mailtrail, type Outcome, type Surroundings } from "./fake-terminal.js";

/** One mail of the recorded chain through Postfix and the store, whose clock is 100 s ahead here. */
const POSTFIX = `\
Nov 21 03:00:12 mx2 postfix/smtpd[5615]: connect from mx1.example.net[10.1.1.1]:25723
Nov 21 03:00:12 mx2 postfix/smtpd[5615]: 4jWcQ41DfQzJvYf: client=mx1.example.net[10.1.1.1]:25723
Nov 21 03:00:12 mx2 postfix/cleanup[5617]: 4jWcQ41DfQzJvYf: message-id=<m1@beta.example.com>
Nov 21 03:00:12 mx2 postfix/qmgr[5607]: 4jWcQ41DfQzJvYf: from=<rita@beta.example.com>, size=1689, nrcpt=1 (queue active)
Nov 21 03:00:12 mx2 postfix/smtp[5618]: 4jWcQ41DfQzJvYf: to=<elena@example.net>, relay=store1.example.net[10.1.1.3]:25, delay=0.3, delays=0.2/0/0/0.1, dsn=2.5.0, status=sent (250 2.5.0 Ok, envelope id 0LYX00WC001J6000@store1.example.net)
Nov 21 03:00:12 mx2 postfix/qmgr[5607]: 4jWcQ41DfQzJvYf: removed
Nov 21 03:00:13 mx2 postfix/smtpd[5615]: disconnect from mx1.example.net[10.1.1.1]:25723 ehlo=1 mail=1 rcpt=1 data=1 quit=1 commands=5
`;
const STORE = `\
21-Nov-2026 03:01:52.86 tcp_local    ims-ms       E 2 rita@beta.example.com rfc822;elena@example.net elena@ims-ms-daemon /q/ims-ms/ZZ1.00 <0LYX00WC001J6000@store1.example.net> <m1@beta.example.com>
21-Nov-2026 03:01:53.05 ims-ms                    D 2 rita@beta.example.com rfc822;elena@example.net elena@ims-ms-daemon /q/ims-ms/ZZ1.00 <0LYX00WC001J6000@store1.example.net> <m1@beta.example.com>
`;

let folder = "";
const at = (name: string): string => join(folder, name);
const file = (name: string, content: string): string => {
	writeFileSync(at(name), content);
	return at(name);
};
const CHAIN = [
	"corpus/smtpf/captures/chain-a.log",
	"corpus/milter-manager/captures/chain-a.mail.log",
	"corpus/sun-mta/captures/stand-in-chain-a.log",
];
beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "mailtrail-correlate-"));
	file("mail.log", POSTFIX);
	file("store.log", STORE);
	const options = { LOG_FILENAME: 1, LOG_ENVELOPE_ID: 1, LOG_MESSAGE_ID: 1 };
	const store = { path: "store.log", host: "store1", clock_offset_seconds: 100, options };
	file("case.json", JSON.stringify({ sources: [{ path: "mail.log", year: 2026, clock_offset_seconds: 0 }, store] }));
});
afterAll(() => rmSync(folder, { recursive: true }));

const run = async (argv: readonly string[], surroundings?: Surroundings): Promise<Outcome> => {
	const outcome = await mailtrail(["correlate", ...argv], surroundings);
	const plain = (text: string): string => text.replaceAll(`${folder}/`, "");
	return { ...outcome, stdout: plain(outcome.stdout), stderr: plain(outcome.stderr) };
};
const trailsOf = ({ stdout }: Outcome): Trail[] =>
	stdout
		.split("\n")
		.slice(0, -1)
		.map((line) => JSON.parse(line) as Trail);

describe("trails", () => {
	test("a case: hosts and clocks are those that it tells", async () => {
		const outcome = await run(["--config", at("case.json")]);
		const [trail, ...others] = trailsOf(outcome);
		expect(others).toEqual([]);
		expect(trail?.hops.map(({ format, host }) => `${format} ${host}`)).toEqual(["postfix mx2", "sun-mta store1"]);
		expect(trail?.links).toMatchObject([{ from: 0, to: 1, kind: "handover" }]);
		expect(trail?.recipients).toMatchObject([
			{ address: "elena@example.net", outcome: "delivered", decided_by: "sun-mta", host: "store1" },
		]);
		expect(trail?.clock_offsets.map(({ from, to, seconds }) => (from === "mx2" ? [to, seconds] : [from, -seconds]))).toEqual([
			["store1", 100],
		]);
		expect(outcome.exit).toBe(0);
		expect(outcome.stderr).toContain("mailtrail: 9 records, 0 unparsed: postfix 7, sun-mta 2\n");
		expect(outcome.stderr).toContain("mailtrail: 1 trail of 2 hops; links: postfix - sun-mta 1\n");
	});

	test("of a log alone, from standard input: it ends where the log does", async () => {
		const [trail] = trailsOf(await run(["--year", "2026"], { stdin: [POSTFIX] }));
		expect(trail?.recipients).toMatchObject([{ address: "elena@example.net", outcome: "relayed", decided_by: "postfix" }]);
	});

	test("of events, the same as of the log they are from", async () => {
		const { bytes } = await mailtrail(["convert", at("mail.log"), "--year", "2026"]);
		writeFileSync(at("events.ndjson"), bytes);
		const { stdout } = await run([at("events.ndjson")]);
		expect(stdout).toBe((await run([at("mail.log"), "--year", "2026"])).stdout);
		expect(stdout).not.toBe("");
	});

	test("are valid by their schema, each with an id of its own", async () => {
		const isTrail = new Ajv2020({ allErrors: true, allowUnionTypes: true }).compile(
			JSON.parse(readFileSync("schemas/trail.schema.json", "utf8")) as object,
		);
		const trails = trailsOf(await run([...CHAIN, "--year", "2026"]));
		expect(trails.flatMap((trail) => (isTrail(trail) ? [] : [isTrail.errors]))).toEqual([]);
		expect(new Set(trails.map(({ trail_id }) => trail_id)).size).toBe(trails.length);
	});

	test("go to a file when asked", async () => {
		const outcome = await run(["--config", at("case.json"), "-o", at("trails.ndjson")]);
		expect(outcome.stdout).toBe("");
		expect(JSON.parse(readFileSync(at("trails.ndjson"), "utf8"))).toHaveProperty("trail_id");
	});

	test("an input that fails is told, the others are read, exit code 3", async () => {
		writeFileSync(at("half.gz"), gzipSync(STORE).subarray(0, 60));
		const outcome = await run([at("half.gz"), at("mail.log"), "--year", "2026"]);
		expect(outcome.exit).toBe(3);
		expect(outcome.stderr).toContain("half.gz");
		expect(trailsOf(outcome)).toHaveLength(1);
		const asText = await run([at("half.gz"), at("mail.log"), "--year", "2026", "--text", "-q"]);
		expect([asText.exit, asText.stderr.split("\n").length]).toEqual([3, 3]);
		expect(asText.stdout).toMatch(/^Mail <m1@beta\.example\.com>$/m);
	});
});

describe("--trace", () => {
	test.each(["<m1@beta.example.com>", "Elena@Example.NET", "4jWcQ41DfQzJvYf", "10.1.1.1", "ZZ1.00"])("%s", async (word) => {
		expect(trailsOf(await run(["--config", at("case.json"), "--trace", word]))).toHaveLength(1);
	});

	test("what touches nothing is told, exit code 1", async () => {
		const outcome = await run(["--config", at("case.json"), "--trace", "x\x1b[2J@example.net"]);
		expect([outcome.exit, outcome.stdout]).toEqual([1, ""]);
		expect(outcome.stderr).toContain("mailtrail: 1 trail of 2 hops, 0 of them chosen; links: postfix - sun-mta 1\n");
		expect(outcome.stderr).toContain("mailtrail: nothing touches 'x\\x1b[2J@example.net'\n");
	});
});

test("--trace tells when only records of no mail hold what it asks for", async () => {
	const log = "Nov 21 03:00:12 mx2 postfix/postscreen[1]: CONNECT from [192.0.2.9]:4001 to [192.0.2.1]:25\n";
	const { exit, stderr } = await run(["--year", "2026", "--trace", "192.0.2.9"], { stdin: [log] });
	expect(stderr).toContain("mailtrail: what --trace asks for stands in records of no mail only\n");
	expect(exit).toBe(1);
});

describe("--text", () => {
	test("shows events with the time corrected, what happened in words, and what became of the mail", async () => {
		const { exit, stdout } = await run(["--config", at("case.json"), "--text", "-q"]);
		expect(exit).toBe(0);
		expect(stdout).toMatch(/^Mail <m1@beta\.example\.com>\n {2}trail +[0-9a-f]{16}\n/);
		expect(stdout).toContain(
			"  clocks   store1 is 1 min 40 s ahead of mx2 (given)\n  assumed  mail.log, store.log: UTC, as no line tells a zone (z)\n  given    mail.log: year\n",
		);
		expect(stdout).toMatch(
			/^ {2}2026-11-21 03:00:12 z +1 {2}postfix mx2 +The Message-ID of the mail: <m1@beta\.example\.com> \[mail\.log:183\]$/m,
		);
		expect(stdout).toMatch(
			/^ {2}2026-11-21 03:00:12\.86 z {2}-0:01:40 {2}2 {2}sun-mta store1 {2}Recipient queued: from <rita@beta\.example\.com>, to .* \[store\.log:0\]$/m,
		);
		expect(stdout).toMatch(/^ {2}elena@example\.net {2}delivered, decided by sun-mta on store1 \[store\.log:\d+\]$/m);
	});

	test("in Japanese where there are words; who has none is told", async () => {
		const { stdout, stderr } = await run([...CHAIN, "--year", "2026", "--trace", "4jWcQ41DfQzJvYf", "--text", "--lang", "ja"]);
		expect(stdout).toContain("セッションが終了");
		expect(stderr).toContain("mailtrail: postfix has no Japanese catalog; what has none is in English\n");
	});
});

test("parts of a log that names no host are told to be taken for several hosts, unless a case says of which they are", async () => {
	const lines = readFileSync("corpus/sun-mta/captures/stand-in-chain-b.log", "latin1").split("\n");
	const parts = [file("mail.log_yesterday", `${lines.slice(0, 100).join("\n")}\n`), file("mail.log_current", lines.slice(100).join("\n"))];
	const { stderr } = await run([...parts]);
	expect(stderr).toMatch(
		/mailtrail: 2 logs name no host \(.*mail\.log_current, .*mail\.log_yesterday\), so each is taken for one of its own/,
	);
	file("parts.json", JSON.stringify({ sources: [{ path: "mail.log_*", host: "store1" }] }));
	const whole = await run(["--config", at("parts.json")]);
	expect(whole.stderr).not.toContain("name no host");
	expect(trailsOf(whole).filter(({ hops }) => hops.some(({ missing }) => missing.includes("its beginning")))).toEqual([]);
});

describe("--evaluate", () => {
	const truth = ["--evaluate", "corpus/milter-manager/captures/chain-a.truth.json"];

	test("tells how right trails are", async () => {
		const { stdout } = await run([...CHAIN, "--year", "2026", ...truth, "-q"]);
		expect(stdout).toMatch(/^BOUNDARY +TRUTH +FOUND +RECALL +LINKS +RIGHT +PRECISION\n/);
		expect(stdout).toMatch(/^postfix - sun-mta +96 +\d+ +\d+/m);
		expect(stdout).toMatch(/^all +128 /m);
	});

	test("the truth of other logs is told as such", async () => {
		const { stderr } = await run(["corpus/smtpf/captures/chain-b.log", ...truth]);
		expect(stderr).toContain("mailtrail: nothing in the logs stands in corpus/milter-manager/captures/chain-a.truth.json: it is the truth");
		// A log of the chain that shows no links alone is none.
		const mails = readFileSync(CHAIN[1] ?? "", "utf8").split("\n");
		const filter = file("filter.log", mails.filter((line) => line.includes("milter-manager[")).join("\n"));
		expect((await run([filter, "--year", "2026", ...truth])).stderr).not.toContain("it is the truth of others");
	});

	test("--json tells the same as data", async () => {
		const evaluation = JSON.parse((await run([...CHAIN, "--year", "2026", ...truth, "--json", "-q"])).stdout) as Evaluation;
		expect(evaluation.boundaries.find(({ boundary }) => boundary === "postfix - sun-mta")?.truth).toBe(96);
	});
});

test("of a compressed file that was cut, what came before the cut is followed", async () => {
	const whole = gzipSync(readFileSync(CHAIN[0] ?? ""));
	writeFileSync(at("cut.gz"), whole.subarray(0, whole.length / 2));
	const outcome = await run([at("cut.gz"), "--year", "2026"]);
	expect(outcome.stderr).toMatch(/the file was cut\n[^]*mailtrail: [1-9]\d* records, 0 unparsed: smtpf/);
	expect([outcome.exit, trailsOf(outcome).length > 10]).toEqual([3, true]);
});

test("--expire says how long a mail is waited for", async () => {
	const [before = "", after = ""] = POSTFIX.split(/(?=^.*status=sent)/m);
	const deferred = before + after.split("\n")[0]?.replace("status=sent (250 2.5.0 Ok", "status=deferred (451 4.3.0 try later");
	const between = "Nov 22 02:00:12 mx2 postfix/smtpd[5700]: connect from mx1.example.net[10.1.1.1]:25799";
	const log = file(
		"deferred.log",
		`${deferred}\n${between}\n${after.split("\n").slice(0, 2).join("\n").replaceAll("Nov 21 03", "Nov 22 03")}\n`,
	);
	const ends = async (days: string): Promise<string[][]> =>
		trailsOf(await run([log, "--year", "2026", "--expire", days]))
			.map(({ recipients }) => recipients.map(({ outcome }) => outcome))
			.filter((outcomes) => outcomes.length > 0);
	expect(await ends("5")).toEqual([["relayed"]]);
	expect(await ends("0.5")).toEqual([["deferred"], ["relayed"]]);
});

describe("a command line that makes no sense", () => {
	test.each([
		[["--evaluate", "t.json", "--text"], "--evaluate judges all trails, so --text and --trace have no place beside it"],
		[["--json"], "--json is the form of --evaluate; trails are JSON as they are"],
		[["--text"], "--text reads its inputs twice, and standard input can be read once only"],
		[["--text", "/dev/null"], "--text reads its inputs twice, and /dev/null can be read once only"],
		[["--expire", "0"], "'0' is no value for --expire"],
		[["--config", "case.json", "mail.log"], "--config names the inputs, so no FILE may be given"],
	])("%j", async (argv, message) => {
		const { exit, stderr } = await run(argv.map((word) => (word === "case.json" ? at(word) : word)));
		expect(stderr).toContain(`mailtrail: ${message}\n`);
		expect(exit).toBe(2);
	});
});

test("explain --event shows the record that a trail names, from the log and from events", async () => {
	const [trail] = trailsOf(await run(["--config", at("case.json")]));
	const id = trail?.hops[1]?.events[0] ?? "";
	const options = ["--option", "LOG_FILENAME=1", "--option", "LOG_ENVELOPE_ID=1", "--option", "LOG_MESSAGE_ID=1"];
	const ofLog = await mailtrail(["explain", "--event", id, "--in", at("store.log"), ...options]);
	expect(ofLog.stdout).toContain("elena@ims-ms-daemon");
	expect(ofLog.stdout).toMatch(/message\.message_ids +m1@beta\.example\.com/);
	expect(ofLog.exit).toBe(0);
	const { bytes } = await mailtrail(["convert", at("store.log"), ...options]);
	writeFileSync(at("events.ndjson"), bytes);
	expect((await mailtrail(["explain", "--event", "store.log:0", "--in", at("events.ndjson")])).stdout).toBe(ofLog.stdout);
	const missing = await mailtrail(["explain", "--event", "store.log:1", "--in", at("events.ndjson")]);
	expect([missing.exit, missing.stderr]).toEqual([1, "mailtrail: there is no event 'store.log:1' in what --in names\n"]);
});

// Short queue ids tell no year.
test("a pipe without any year is told --year", async () => {
	const { exit, stdout, stderr } = await run([], { stdin: [POSTFIX.replaceAll("4jWcQ41DfQzJvYf", "1DE8A2245E2")] });
	expect([exit, stdout]).toEqual([0, ""]);
	expect(stderr).toContain("mailtrail: standard input: nothing tells the year, so its records have no time; give it with --year\n");
});

test.each([
	[["--event", "a:0"], "--event and --in go together"],
	[["--in", "a"], "--event and --in go together"],
	[["--event", "a:0", "--in", "a", "717"], "--event says what is explained, so no WHAT may be given"],
])("explain refuses %j", async (argv, message) => {
	const { exit, stderr } = await mailtrail(["explain", ...argv]);
	expect(stderr).toContain(`mailtrail: ${message}\n`);
	expect(exit).toBe(2);
});
