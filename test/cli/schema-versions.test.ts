/** Events of this version of the schema, of earlier ones, and of others. */
import { describe, expect, test } from "vitest";
import { mailtrail, type Outcome } from "./fake-terminal.js";
import { ndjson, sampleEvent } from "./sample-events.js";

const validate = (lines: readonly unknown[]): Promise<Outcome> => mailtrail(["validate"], { stdin: [ndjson(lines)] });

describe("events of earlier versions", () => {
	test("are valid", async () => {
		const event = { ...sampleEvent(), schema_version: "1.0.0" };
		expect(await validate([event])).toMatchObject({
			exit: 0,
			stderr: "mailtrail: 1 event checked, no findings, 0 unparsed records (0%)\n",
		});
		expect((await mailtrail(["restore"], { stdin: [ndjson([event])] })).stdout).toBe(`${event.raw}\n`);
	});

	test("are checked by the same rules", async () => {
		expect((await validate([{ ...sampleEvent(), schema_version: "1.0.0", pid: -1 }])).stdout).toBe(
			"-:1: /pid: expected a number of at least 0, found -1\n",
		);
	});
});

test("an event needs no more than its version, its id and what kind of record it is of", async () => {
	const events = ["event", "unparsed", "blank"].map((record, i) => ({ schema_version: "1.1.0", id: `a:${i}`, record }));
	expect(await validate(events)).toMatchObject({
		exit: 0,
		stderr: "mailtrail: 3 events checked, no findings, 1 unparsed record (33.33%)\n",
	});
});

describe("what version 1.1 adds", () => {
	test("is valid", async () => {
		const carrier = { kind: "docker_json", stream: "stdout", container: "mail", time: "2026-01-09T10:00:00.123456789+00:00" };
		const event = {
			...sampleEvent(),
			carrier: {
				...carrier,
				outer: [
					{ kind: "relay", host: "log1", program: "dockerd", pid: 12 },
					{ kind: "grep", file: "a", line: 3 },
				],
			},
			repeat: 3,
			dsn: "5.1.1",
			delay_seconds: 0.25,
			filter: { name: "spamd", verdict: "spam", score: 7.5, required_score: 5, symbols: ["BAYES_99"], virus: "Eicar" },
			authentication: [{ method: "dkim", result: "pass", domain: "example.org", selector: "s1" }],
			mailbox: "INBOX",
			action: "recipient.probe",
			raw_encoding: "utf-16le",
		};
		expect(await validate([event])).toMatchObject({ exit: 0, stdout: "" });
	});

	test.each([
		[{ repeat: 0 }, "/repeat: expected a number of at least 1, found 0"],
		[{ dsn: "5.1" }, "/dsn: expected text like"],
		[{ carrier: { kind: "parcel" } }, '/carrier/kind: expected one of "docker_json", "docker_time", "dockerd", '],
		[{ authentication: [{ method: "spf", result: "hardfail" }] }, '/authentication/0/result: expected one of "none", "pass", "fail", '],
		[{ raw_encoding: "utf-16" }, '/raw_encoding: expected one of "latin1", "utf-16le", "utf-16be", found "utf-16"'],
	])("%j is not", async (changes, expected) => {
		expect((await validate([{ ...sampleEvent(), ...changes }])).stdout).toContain(`-:1: ${expected}`);
	});
});

describe("a schema version that is not known", () => {
	test("is one finding that names both versions, however many events have it", async () => {
		const foreign = { ...sampleEvent(), schema_version: "2.1.0", news: 1 };
		const { exit, stdout, stderr } = await validate([sampleEvent(), foreign, foreign, foreign]);
		expect({ exit, stdout, stderr }).toEqual({
			exit: 1,
			stdout:
				"-:2: /schema_version: expected schema version 1.0.0 or 1.1.0, which this mailtrail knows; validate with the mailtrail that wrote these events, " +
				'or convert the log again, found "2.1.0"\n',
			stderr: "mailtrail: 4 events checked, 1 finding, 3 invalid events, 0 unparsed records (0%), 3 events of another schema version\n",
		});
	});

	test("is not what a missing or broken version is", async () => {
		expect((await validate([{ ...sampleEvent(), schema_version: 1 }])).stdout).toBe(
			'-:1: /schema_version: expected one of "1.0.0", "1.1.0", found 1\n',
		);
	});
});
