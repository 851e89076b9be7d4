/** `formats new`: what is written from a sample, and that it reads the sample at once. */
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import fc from "fast-check";
import { beforeAll, beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { readCases } from "../../src/author/cases.js";
import { newWith } from "../../src/cli/formats-new.js";
import { testWith } from "../../src/cli/formats-test.js";
import { loadFormat } from "../../src/format/load.js";
import { type Event, isEvent } from "../../src/index.js";
import { mailtrail, type Outcome } from "../cli/fake-terminal.js";
import { converted } from "../corpus/conversion.js";
import { type Formats, loadTestFormats } from "../corpus/formats.js";
import { loadReaders } from "./parcel.js";

let known: Formats;
beforeAll(async () => {
	known = await loadTestFormats();
});

let folder = "";
beforeEach(() => {
	folder = mkdtempSync(join(tmpdir(), "mailtrail-"));
	onTestFinished(() => rmSync(folder, { recursive: true }));
});

const write = (name: string, text: string | Buffer): string => {
	const file = join(folder, name);
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, text);
	return file;
};
const read = (name: string): string => readFileSync(join(folder, name), "utf8");

const create = (id: string, log: string | Buffer, options: readonly string[] = []): Promise<Outcome> =>
	mailtrail(["new", id, "--from", write("sample.log", log), "--into", folder, ...options], { verbs: [newWith(loadReaders)] });

/** The sample as events, the new format among all others. */
async function events(id: string, log: string | Buffer): Promise<readonly Event[]> {
	const format = await loadFormat(join(folder, id));
	return (await converted(log, { ...known, formats: [...known.formats, format], year: 2026 })).events;
}

const MAIL_LOG = `Nov 21 02:08:35 mx1 mmdf[7]: 1tE0aB-0001yH-Jk <= ann@sender.example H=mx.sender.example [192.0.2.7]:4025 S=1204
Nov 21 02:08:36 mx1 mmdf[7]: 1tE0aB-0001yH-Jk => bob@dest.example H=mx.dest.example [198.51.100.9]:25
Nov 21 02:08:36 mx1 mmdf[7]: 1tE0aB-0001yH-Jk Completed
Nov 21 02:08:37 mx1 mmdf[7]: 1tE0aC-0001yH-Jl Completed
Nov 21 02:08:37 mx1 cron[9]: (root) CMD (true)
Nov 21 02:08:27 mx1 smtpf[27461]: 2AK28R274610000200 #599 ready
`;

describe("of a log that several programs share", () => {
	test("the records of the program that is named like the format count", async () => {
		const { exit, stdout, stderr } = await create("mmdf", MAIL_LOG);
		expect({ exit, stdout: stdout.replaceAll(`${folder}/`, ""), stderr: stderr.replaceAll(folder, "DIR") }).toEqual({
			exit: 0,
			stdout: `mmdf/mmdf.ohm                    the grammar: any text of the program is a record
mmdf/format.js                   who writes the format, and where captures go in the event
mmdf/catalog.json                3 messages, proposed from the shapes of the sample
mmdf/corpus/shapes.txt           3 cases, a shape of the sample each, with blank expectations
mmdf/corpus/captures/SOURCES.md  where real logs come from, when you add some beside it
`,
			stderr: `mailtrail: 4 records of 3 shapes: 4 read as mmdf, 4 with a message of the catalog
mailtrail: next: mailtrail formats test mmdf --formats-dir DIR --watch
`,
		});
	});

	test("all of them are events at once, with what the templates name, and the others are what they were", async () => {
		await create("mmdf", MAIL_LOG);
		const found = await events("mmdf", MAIL_LOG);
		expect(found.map(({ format }) => format)).toEqual(["mmdf", "mmdf", "mmdf", "mmdf", undefined, "smtpf"]);
		expect(found[0]).toMatchObject({
			text: expect.stringMatching(/^1tE0aB/),
			fields: { h: "mx.sender.example", h_ip: "192.0.2.7", s: 1204 },
		});
		expect(found.every(isEvent)).toBe(true);
	});

	test("--program names those that are meant", async () => {
		await create("cronjobs", MAIL_LOG, ["--program", "cron"]);
		expect((await events("cronjobs", MAIL_LOG)).map(({ format }) => format)[4]).toBe("cronjobs");
	});

	test("without a name that tells it, the author is asked", async () => {
		const { exit, stderr } = await create("store", MAIL_LOG);
		expect({ exit, stderr }).toEqual({
			exit: 2,
			stderr: `mailtrail: ${folder}/sample.log: several programs write into this log: mmdf 4, cron 1\n  Name those of the new format: --program NAME, which may be repeated.\n`,
		});
	});
});

describe("what is written", () => {
	test("a grammar that inherits the shared rules, and a definition without any package around it", async () => {
		await create("mmdf", MAIL_LOG);
		expect(read("mmdf/mmdf.ohm")).toBe(`/*
  mmdf. All rules are lower case: in a log, blanks are evidence. Shared has word, rest, integer, decimal, ip, smtp_code and more.
*/
Mmdf <: Shared {
  // --- the record: any text, so that nothing is lost; the templates of the catalog read \`content\` ---
  record = content
  content = text
  text = any*
}
`);
		expect(read("mmdf/format.js")).toBe(`import { defineFormat, text } from "mailtrail/format";

export default defineFormat({
	id: "mmdf",
	title: "mmdf",
	grammar: "Mmdf",
	programs: ["mmdf"],
	captures: {
		text: text("text"),
	},
});
`);
	});

	test("a catalog with a message for each shape, its placeholders named for the words before them", async () => {
		await create("mmdf", MAIL_LOG);
		const { fields, entries } = JSON.parse(read("mmdf/catalog.json"));
		expect(entries).toEqual([
			{ code: "Completed", title: "Completed", template: "{id} Completed" },
			{ code: "H S", title: "H S", template: "{id} <= {address} H={h} [{h_ip:ip}]:{h_port} S={s}" },
			{ code: "H", title: "H", template: "{id} => {address} H={h} [{h_ip:ip}]:{h_port}" },
		]);
		expect(fields.s).toEqual({ type: "integer", title: "S" });
	});

	test("of a record with a thousand quotes, a template that can be compiled", async () => {
		const { exit } = await create("quoted", `Nov 21 02:08:35 mx1 quoted[7]: text ${'"'.repeat(1000)}\n`);
		expect(exit).toBe(0);
		expect(read("quoted/catalog.json")).toMatch(/"template": "text \\"\{text_quoted\}\\"\\"\{text_quoted_2\}.*\{detail\}"/);
	});

	test("a case for each shape, the most frequent first, its expectation blank and its year as convert knows it", async () => {
		await create("mmdf", MAIL_LOG);
		const cases = readCases("shapes.txt", Buffer.from(read("mmdf/corpus/shapes.txt")));
		expect(cases[0]).toMatchObject({ title: "{id} Completed (2 records of the sample)", expected: [] });
		expect(cases[0]?.options.year).toEqual(expect.any(Number));
		expect(cases.map(({ input }) => input.toString())).toEqual([2, 0, 1].map((line) => `${MAIL_LOG.split("\n")[line]}\n`));
	});

	test("formats test runs it, and --update fills the blanks", async () => {
		await create("mmdf", MAIL_LOG);
		const tested = (...options: string[]): Promise<Outcome> =>
			mailtrail(["test", "mmdf", "--formats-dir", folder, ...options], { verbs: [testWith(loadReaders)] });
		expect((await tested()).stderr).toContain("mmdf: 3 cases: 0 hold, 3 blank\n");
		expect((await tested("--update")).stderr).toContain("mmdf: 3 cases: 0 hold, 3 filled\n");
		expect(await tested()).toMatchObject({ exit: 0, stderr: "mailtrail: mmdf: 3 cases: 3 hold\n" });
	});

	test("in a checkout of mailtrail: TypeScript beside the other grammars, and the corpus in its own place", async () => {
		write("package.json", '{ "name": "mailtrail" }');
		write("grammars/shared/shared.ohm", "");
		const { stderr } = await create("mmdf", MAIL_LOG);
		expect(stderr).toBe("mailtrail: next: npm run build, then npx mailtrail formats test mmdf --watch\n");
		expect(readdirSync(join(folder, "grammars/mmdf")).sort()).toEqual(["catalog.json", "format.ts", "mmdf.ohm"]);
		expect(readdirSync(join(folder, "corpus/mmdf")).sort()).toEqual(["captures", "shapes.txt"]);
		expect(read("grammars/mmdf/format.ts")).toContain(
			'import { defineFormat, type FormatDefinition, text } from "../../src/format/define.js";\n',
		);
		expect(read("grammars/mmdf/catalog.json")).toContain('"$schema": "../../schemas/catalog.schema.json"');
	});
});

describe("lines without a frame that is known", () => {
	const lines = (stamps: readonly string[]): string =>
		stamps.map((stamp, i) => `${stamp}${["new msg 7", "end msg 7", "bounce msg 7 qp 8"][i]}\n`).join("");

	test.each([
		[
			"TAI64N labels",
			["@400000006b00fd2d1dcd6500 ", "@400000006b00fd2e1dcd6500 ", "@400000006b00fd2f1dcd6500 "],
			"2026-11-21T02:08:35.500000000+00:00",
		],
		["seconds since 1970", ["1795226915.5 ", "1795226916.5 ", "1795226917.5 "], "2026-11-21T02:08:35.5+00:00"],
		[
			"ISO 8601",
			["2026-11-21 02:08:35,5 ".replace(",", "."), "2026-11-21 02:08:36 ", "2026-11-21 02:08:37 "],
			"2026-11-21T02:08:35.5+00:00",
		],
	])("a stamp in front becomes a frame and the time: %s", async (_, stamps, time) => {
		const log = lines(stamps);
		await create("qmail", log);
		const found = await events("qmail", log);
		expect(found.map(({ format, code }) => [format, code])).toEqual([
			["qmail", "new msg"],
			["qmail", "end msg"],
			["qmail", "bounce msg"],
		]);
		expect(found[0]).toMatchObject({ time, time_basis: { year: "line" }, fields: { msg: 7 } });
	});

	test("bare lines are told by how they begin, and other bare lines are not", async () => {
		const log = lines(["", "", ""]);
		await create("qmail", log);
		expect(read("qmail/qmail.ohm")).toContain('  known = "bounce msg "\n        | "end msg "\n        | "new msg "\n');
		expect((await events("qmail", `${log}now what\n`)).map(({ format }) => format)).toEqual(["qmail", "qmail", "qmail", undefined]);
	});

	test("where they begin with nothing that could tell them, -f is needed, and said", async () => {
		const { stderr } = await create("sums", "1 2 3\n4 5 6\n");
		expect(stderr).toContain(
			"mailtrail: 2 records of 1 shape: 2 read as sums with -f sums, as they have no frame, 0 with a message of the catalog\n",
		);
		expect(read("sums/corpus/shapes.txt")).toContain('options: { "format": "sums" }\n');
	});

	test("a stamp that many programs have does not claim the records of others", async () => {
		await create("qmail", lines(["2026-11-21 02:08:35 ", "2026-11-21 02:08:36 ", "2026-11-21 02:08:37 "]));
		const other = "2026-11-21 02:08:35 somebody else\n";
		expect((await events("qmail", other)).map(({ record }) => record)).toEqual(["unparsed"]);
	});
});

describe("is refused, and nothing is written", () => {
	const SAMPLE = "Nov 21 02:08:35 mx1 mmdf[7]: hello\n";

	test("when there is such a folder", async () => {
		write("mmdf/notes.txt", "mine");
		expect(await create("mmdf", SAMPLE)).toMatchObject({
			exit: 2,
			stderr: `mailtrail: ${folder}/mmdf: this folder is there already, and nothing was written\n  Choose another id, or another place: --into FOLDER.\n`,
		});
		expect(readdirSync(join(folder, "mmdf"))).toEqual(["notes.txt"]);
	});

	test.each([
		["an id that ships", "smtpf", SAMPLE, "there is a format 'smtpf' already\n  Choose another id. Formats: "],
		[
			"an id with capitals",
			"Mmdf",
			SAMPLE,
			"'Mmdf' cannot be the id of a format\n  Write small letters, digits and hyphens, such as qmail or qmail-smtpd.\n",
		],
		["an id that leaves the folder", "../mmdf", SAMPLE, "'../mmdf' cannot be the id of a format\n"],
		["an id of what all share", "shared", SAMPLE, "'shared' is the name of what all formats share\n"],
		["an empty sample", "mmdf", "", "the sample shows nothing of a new format: it is empty\n  Give a log of the program with --from.\n"],
		[
			"a sample that is read already",
			"mmdf",
			"Nov 21 02:08:27 mx1 smtpf[27461]: 2AK28R274610000200 #599 ready\n",
			"the sample shows nothing of a new format: all its records are read already: smtpf 1\n",
		],
	])("%s", async (_, id, log, message) => {
		const { exit, stderr } = await create(id, log);
		expect({ exit, stderr: stderr.replace(`${folder}/sample.log: `, "") }).toEqual({
			exit: 2,
			stderr: expect.stringContaining(`mailtrail: ${message}`),
		});
		expect(readdirSync(folder)).toEqual(["sample.log"]);
	});

	test("no sample", async () => {
		const verbs = [newWith(loadReaders)];
		expect(await mailtrail(["new", "mmdf"], { verbs })).toMatchObject({
			exit: 2,
			stderr: expect.stringContaining("Name one: --from mail.log"),
		});
	});
});

test("bytes of the sample that are no UTF-8, and text that senders chose, stay what they are", async () => {
	const hostile = Buffer.concat([
		Buffer.from('Nov 21 02:08:35 mx1 mmdf[7]: subject {id} \u001b[31m `${1}` "}\n'),
		Buffer.from("Nov 21 02:08:35 mx1 mmdf[7]: name caf\xe9 M\xfcller\n", "latin1"),
		Buffer.from("Nov 21 02:08:35 mx1 mmdf[7]: von Grüßen # ==>\n"),
	]);
	expect((await create("mmdf", hostile)).exit).toBe(0);
	const bytes = readFileSync(join(folder, "mmdf/corpus/shapes.txt"));
	for (const line of hostile.toString("latin1").split("\n")) expect(bytes.toString("latin1")).toContain(line);
	expect((await events("mmdf", hostile)).map(({ format }) => format)).toEqual(["mmdf", "mmdf", "mmdf"]);
	expect(existsSync(join(folder, "mmdf/format.js"))).toBe(true);
});

test("whatever words and signs a program writes, what is written loads and reads the sample", async () => {
	const names = [
		"record",
		"message",
		"text",
		"frame",
		"stop",
		"until_last",
		"port",
		"host",
		"end",
		"any",
		"constructor",
		"epoch",
		"a__b",
		"log-profile",
	];
	const signs = [" ", "=", "{", "}", "{{", '"', "\\", "[", "]:", "<", ">", "/", "-- x", "//", "/*", "é", "=<>", "}}}"];
	const values = [
		"5",
		"0.5",
		"-1",
		"a@b.example",
		"192.0.2.1",
		"::1",
		"mx.example.org",
		"4jWcQ41DfQzJvYf",
		"/var/x/y",
		"2026-11-21",
		'"q"',
		"<>",
		"5.1.1",
	];
	const piece = fc.constantFrom(...names, ...signs, ...values, ...signs);
	const lines = fc.array(
		fc.array(piece, { minLength: 1, maxLength: 12 }).map((pieces) => `Nov 21 02:08:35 mx1 odd[7]: ${pieces.join("")}`),
		{ minLength: 5, maxLength: 30 },
	);
	await fc.assert(
		fc.asyncProperty(lines, async (sample) => {
			const { exit, stderr } = await create("odd", sample.join("\n"));
			rmSync(join(folder, "odd"), { recursive: true, force: true });
			const count = sample.length;
			expect({ exit, stderr }).toEqual({ exit: 0, stderr: expect.stringMatching(`: ${count} read as odd,`) });
		}),
		{ numRuns: 10 * Number(process.env.FUZZ_RUNS ?? 1), seed: 7 },
	);
});

/** Logs of the corpus as if their format were to be written anew: no sample may make a format that cannot be loaded. */
test.each([
	"milter-manager/captures/chain-a.mail.log",
	"smtpf/captures/dialogue.log",
	"sun-mta/captures/stand-in-chain-b.log",
	"sun-service/captures/service-logs.log",
])("what is proposed for %s compiles, and reads most of it", async (name) => {
	const log = readFileSync(join("corpus", name));
	const verbs = [newWith(async () => ({ formats: [], framing: known.framing }))];
	const programs = name.startsWith("milter") ? ["--program", "milter-manager"] : [];
	const outcome = await mailtrail(["new", "again", "--from", write("x.log", log), "--into", folder, ...programs], { verbs });
	expect(outcome.stderr).toMatch(/^mailtrail: ([\d,]+) records? of [\d,]+ shapes?: \1 read as again/);
});
