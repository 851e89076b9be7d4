import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { version } from "../../src/root.js";
import { eventsOf, ndjson } from "./sample-events.js";

const MAIN = "dist/src/cli/main.js";

/** What only a real process shows; `npm ci` builds it. */
describe.skipIf(!existsSync(MAIN) || process.platform === "win32")("the built command", () => {
	let folder = "";
	let events = "";
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), "mailtrail-"));
		events = join(folder, "events.ndjson");
		writeFileSync(events, ndjson(eventsOf("mail.log", Buffer.from("a line of a log\n".repeat(20_000)))));
	});
	afterAll(() => rmSync(folder, { recursive: true }));

	const shell = (script: string): { readonly status: number | null; readonly stdout: string; readonly stderr: string } =>
		spawnSync("bash", ["-c", `mailtrail() { "${process.execPath}" ${MAIN} "$@"; }; ${script}`], { encoding: "utf8" });

	test("runs", () => {
		expect(shell("mailtrail --version")).toMatchObject({ status: 0, stdout: `${version}\n`, stderr: "" });
	});

	test("is quiet when the reader goes away", () => {
		const script = `mailtrail restore ${events} | head -c 5; exit "\${PIPESTATUS[0]}"`;
		expect(shell(script)).toMatchObject({ status: 0, stdout: "a lin", stderr: "" });
	});

	test.skipIf(!existsSync("/dev/full"))("tells that the output is full", () => {
		const { status, stderr } = shell(`mailtrail restore ${events} > /dev/full`);
		expect(status).toBe(3);
		expect(stderr).toMatch(/^mailtrail: cannot write standard output: ENOSPC.*\n {2}What was written so far is incomplete\.\n$/);
	});

	test("reads standard input from a pipe and from a file alike", () => {
		const piped = shell(`cat ${events} | mailtrail validate`);
		expect(piped).toMatchObject({ status: 0, stderr: "mailtrail: 20,000 events checked, no findings, 0 unparsed records (0%)\n" });
		expect(shell(`mailtrail validate < ${events}`).stderr).toBe(piped.stderr);
	});

	test("does not read the file that its output goes to, as cat does not", () => {
		const line = "Nov 21 02:08:27 mx1 smtpf[27461]: 2AK28R274610000200 #599 ready";
		const { status, stderr } = shell(
			`cd ${folder} && mkdir own && cd own && echo '${line}' > a.log && echo '${line}' > b.log && ` +
				`"${process.execPath}" ${join(process.cwd(), MAIN)} convert -q *.log all.log > all.log`,
		);
		expect([status, stderr]).toEqual([
			3,
			"mailtrail: all.log: standard output goes to this file, so it is not read\n  Write elsewhere, or leave it out.\n",
		]);
		expect(shell(`wc -l < ${folder}/own/all.log`).stdout.trim()).toBe("2");
	});
});
