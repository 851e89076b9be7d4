/** Options of the logging program: given, from a preset, or found in a sample; the event always says which. */
import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, test } from "vitest";
import { emptySummary, events, type Settings, type Summary } from "../../src/index.js";
import { packageRoot } from "../../src/root.js";
import { converted, inputOf } from "../corpus/conversion.js";
import { type Formats, loadTestFormats } from "../corpus/formats.js";

let known: Formats;
beforeAll(async () => {
	known = await loadTestFormats();
});

const LOG = readFileSync(new URL("corpus/sun-mta/captures/example-21-9.log", packageRoot), "latin1");
const INFERRED = {
	basis: "inferred",
	options: {
		LOG_PROCESS: "1",
		LOG_NODE: "0",
		LOG_NOTARY: "0",
		LOG_FILENAME: "1",
		LOG_MESSAGE_ID: "1",
		LOG_USERNAME: "0",
		LOG_CONNECTION: "3",
	},
};

const profilesOf = async (text: string, settings: Partial<Settings> = {}): Promise<unknown[]> => {
	const { events: found } = await converted(text, { ...known, ...settings });
	return [...new Set(found.map(({ fields }) => JSON.stringify(fields?.log_profile)))].map((json) =>
		json === undefined ? undefined : JSON.parse(json),
	);
};

describe("options that are not given", () => {
	test("are inferred, and every event says so", async () => {
		expect(await profilesOf(LOG)).toEqual([INFERRED]);
	});

	test("are inferred from the last line without its end too", async () => {
		const line = LOG.split("\n")[0] ?? "";
		expect(await profilesOf(line)).toEqual(await profilesOf(`${line}\n`));
	});

	test("are inferred from the first 256 KiB behind the first record, so what comes much later changes nothing", async () => {
		const connections = LOG.split("\n")
			.filter((line) => / O TCP/.test(line))
			.map((line) => `${line}\n`);
		const long = connections.join("").repeat(Math.ceil((300 * 1024) / connections.join("").length));
		const alone = await profilesOf(connections.join(""));
		expect(await profilesOf(`${long}${LOG}`)).toEqual(alone);
		expect(alone).not.toEqual([INFERRED]);
	});

	test("are inferred though other programs fill the file before the first record", async () => {
		const others = "Nov 21 02:15:20 mail mmdf[1]: Start queue run: pid=1\n".repeat(6000);
		expect(await profilesOf(`${others}${LOG}`)).toEqual([undefined, INFERRED]);
	});

	test("are inferred with a line in the sample that is longer than what the memory has room for in the beginning", async () => {
		const long = (LOG.split("\n")[0] ?? "").replace("rfc822;", `rfc822;${"a".repeat(30_000)}`);
		expect(await profilesOf(`${LOG}${long}\n${LOG}`)).toEqual([INFERRED]);
	});

	test("are inferred in the middle of a block, and the lines that waited for that are all found", async () => {
		// The first of them stands more than 64 KiB into its block.
		const before = "Nov 21 02:15:20 mail mmdf[1]: Start queue run: pid=1\n".repeat(6260);
		const entries = LOG.repeat(200);
		const { events: found } = await converted(before + entries, known, { sizes: [131_072] });
		expect(found).toHaveLength(6260 + entries.split("\n").length - 1);
	});

	test("are unknown while a file is followed: nothing is held back for a sample", async () => {
		expect(await profilesOf(LOG, { isLive: true })).toEqual([{ basis: "none", options: {} }]);
	});

	test("are not asked for in records of formats that have none", async () => {
		const summary: Summary = emptySummary();
		for await (const event of events(inputOf("Nov 21 02:08:27 mx1 smtpf[27461]: #599 ready\n"), known, summary))
			expect(event.fields).toBeUndefined();
		expect(summary.profiles.get("sun-mta")).toEqual({ basis: "none", options: {} });
	});
});

describe("options that are given", () => {
	test("are taken as they are, and nothing is inferred", async () => {
		const options = { LOG_PROCESS: "1", LOG_FILENAME: "1", LOG_MESSAGE_ID: "1", LOG_CONNECTION: "3" };
		expect(await profilesOf(LOG, { options })).toEqual([{ basis: "given", options }]);
		expect(await profilesOf(LOG, { options, isLive: true })).toEqual([{ basis: "given", options }]);
	});

	test("come from a preset, and single ones win over it", async () => {
		const [note] = (await profilesOf(LOG, { options: { preset: "plain", LOG_PROCESS: "1" } })) as { options: Record<string, string> }[];
		expect(note?.options).toMatchObject({ LOG_PROCESS: "1", LOG_NODE: "0", LOG_FILENAME: "0" });
		expect(note?.options).not.toHaveProperty("preset");
	});

	test("decide how a line is read", async () => {
		const line = "19-Jan-1998 19:16:57.64 l            tcp_local    E 1 a@x.example rfc822;b@x.example b@x.example 7 mailsrv\n";
		const one = async (options: Record<string, string>): Promise<unknown> => (await converted(line, { ...known, options })).events[0];
		expect(await one({ LOG_NOTARY: "1", LOG_USERNAME: "1" })).toMatchObject({ auth: { user: "mailsrv" }, fields: { notary: 7 } });
		const without = await one({ preset: "plain" });
		expect(without).not.toHaveProperty("auth");
		expect(without).not.toHaveProperty("fields.notary");
	});

	test("that do not exist are refused before anything is read", async () => {
		await expect(profilesOf(LOG, { options: { LOG_NODES: "1" } })).rejects.toMatchObject({
			code: "option.unknown",
			exit: 2,
			what: 'no format has an option "LOG_NODES"',
		});
		await expect(profilesOf(LOG, { options: { preset: "9" } })).rejects.toMatchObject({
			code: "option.preset",
			exit: 2,
			what: 'no format has a preset "9"',
			mend: expect.stringMatching(/^Presets: .*pmdf-6, .*plain, .*format-4\.$/),
		});
	});
});

test("two files that are read at the same time do not disturb each other's options", async () => {
	const plain = readFileSync(new URL("corpus/sun-mta/captures/example-21-10.log", packageRoot), "latin1");
	const alone = [(await converted(LOG, known)).events, (await converted(plain, known)).events];
	const both = [events(inputOf(LOG, [100]), known), events(inputOf(plain, [70]), known)] as const;
	const found: [unknown[], unknown[]] = [[], []];
	for (let isOver = false; !isOver; ) {
		const next = await Promise.all(both.map((one) => one.next()));
		next.forEach(({ done, value }, i) => {
			if (done !== true) found[i === 0 ? 0 : 1].push(value);
		});
		isOver = next.every(({ done }) => done === true);
	}
	expect(found).toEqual(alone);
});
