/** `formats test`, as the author of a small format sees it. */
import { mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { watchFolders } from "../../src/author/watch.js";
import { testWith } from "../../src/cli/formats-test.js";
import { mailtrail, type Outcome, type Surroundings } from "../cli/fake-terminal.js";
import { loadTestFormats } from "../corpus/formats.js";
import { CASES, FORMAT, FRAME, GRAMMAR, loadReaders, parcel, put } from "./parcel.js";

beforeAll(loadTestFormats);

const verbs = [testWith(loadReaders)];

const tested = (folder: string, options: readonly string[] = [], edits: Surroundings["edits"] = []): Promise<Outcome> =>
	mailtrail(["test", "parcel", "--formats-dir", folder, ...options], { verbs, edits });

const casesOf = (folder: string): string => readFileSync(join(folder, "parcel/corpus/cases.txt"), "utf8");

describe("formats test", () => {
	test("counts cases that hold", async () => {
		expect(await tested(parcel())).toMatchObject({ exit: 0, stdout: "", stderr: "mailtrail: parcel: 3 cases: 3 hold\n" });
	});

	test("shows the first failing case, with a caret under the furthest place and what was expected there", async () => {
		const folder = parcel({ "corpus/cases.txt": CASES.replace("11 lost in van", "11 lost in van 7").replace("10 came,", "10 comes,") });
		const { exit, stdout, stderr } = await tested(folder);
		expect({ exit, stderr }).toEqual({
			exit: 1,
			stderr: "mailtrail: parcel: 3 cases: 1 holds, 2 fail\nmailtrail: the first is shown, --all shows all 2\n",
		});
		expect(stdout).toBe(`${folder}/parcel/corpus/cases.txt:1: fails: A parcel comes
  /0/fields: expected {"weight":500,"place":"shelf B"}, found none

  record /0, line 2
Nov 21 02:08:35 hub parceld[7]: 10 comes, 500 g, to shelf B
                                    ^
  not understood   the text is none that the catalog knows under the code 10
  expected         at column 37: "ame, "
  by the template  came, {weight} g, to {place}

`);
	});

	test("--all shows every one", async () => {
		const folder = parcel({
			"corpus/cases.txt": CASES.replace('"level": "error"', '"level": "info"').replace('"code": "10"', '"code": "12"'),
		});
		const { stdout } = await tested(folder, ["--all"]);
		expect(stdout).toBe(`${folder}/parcel/corpus/cases.txt:1: fails: A parcel comes
  /0/code: expected "12", found "10"

  record /0, line 2
${FRAME}10 came, 500 g, to shelf B

${folder}/parcel/corpus/cases.txt:6: fails: A parcel is lost
  /0/level: expected "info", found "error"

  record /0, line 7
${FRAME}11 lost in van

`);
	});

	test("a line that no format reads has a caret too", async () => {
		const cases = '# Bare\nparcel 1\n==>\n{ "code": "10" }\n';
		const { stdout } = await tested(parcel({ "corpus/cases.txt": cases }));
		expect(stdout).toContain(`  /0/code: expected "10", found none

  record /0, line 2
parcel 1
        ^
  not understood  no frame that a syslog daemon or a program of these formats writes
  expected        at column 9: a digit
  by the rule     Parcel.bare
`);
	});

	test("counts of records that differ are told", async () => {
		const { stdout } = await tested(
			parcel({ "corpus/cases.txt": `# Two\n${FRAME}11 lost in van\n==>\n{ "code": "11" }\n{ "code": "11" }\n` }),
		);
		expect(stdout).toContain("expected an object for each record: 1 record, 2 objects\n");
	});

	test("without a case there is something to do", async () => {
		const folder = parcel({ "corpus/cases.txt": undefined });
		expect(await tested(folder)).toMatchObject({
			exit: 1,
			stderr: `mailtrail: parcel: there is no case; write the first into ${folder}/parcel/corpus/cases.txt\n`,
		});
	});

	test("a format that does not exist, and one that does not compile", async () => {
		expect(await mailtrail(["test", "parcle"], { verbs })).toMatchObject({
			exit: 2,
			stderr: expect.stringMatching(/^mailtrail: there is no format 'parcle'\n {2}Formats: .*smtpf/),
		});
		const folder = parcel({ "parcel.ohm": GRAMMAR.replace("number = digit digit", "number = digt digit") });
		expect(await tested(folder)).toMatchObject({
			exit: 2,
			stderr: `mailtrail: ${folder}/parcel/parcel.ohm:6:12: grammar Parcel has no rule "digt"
    number = digt digit
             ^
  Define the rule, correct the name, or inherit from the grammar that has it.
`,
		});
	});

	test("a case can be read in the formats that ship too", async () => {
		const smtpf = `# Another's record\n${FRAME.replace("parceld", "smtpf")}#599 ready\n==>\n{ "format": "smtpf" }\n`;
		expect(await tested(parcel({ "corpus/cases.txt": smtpf }))).toMatchObject({ exit: 0 });
	});
});

describe("formats test --update", () => {
	const blank = `# Gr\u00fc\u00dfe\n${FRAME}10 came, 500 g, to shelf B\n${FRAME}11 lost in van\n==>\n\n`;

	test("fills what is blank, and nothing else", async () => {
		const folder = parcel({ "corpus/cases.txt": `${blank}${CASES}# The last\n${FRAME}1\n==>\n` });
		expect(await tested(folder)).toMatchObject({ exit: 1, stderr: expect.stringContaining("3 hold, 2 blank") });
		const { exit, stderr } = await tested(folder, ["--update"]);
		expect({ exit, stderr }).toEqual({
			exit: 0,
			stderr: "mailtrail: parcel: 5 cases: 3 hold, 2 filled\nmailtrail: read what was filled: from now on it is what must be\n",
		});
		const first = `{
  "format": "parcel",
  "host": "hub",
  "program": "parceld",
  "pid": 7,
  "level": "info",
  "level_basis": "catalog",
  "code": "10",
  "fields": { "place": "shelf B", "weight": 500 }
}
{
  "format": "parcel",
  "host": "hub",
  "program": "parceld",
  "pid": 7,
  "level": "error",
  "level_basis": "catalog",
  "code": "11",
  "fields": { "place": "van" }
}
`;
		expect(casesOf(folder)).toBe(
			`${blank.trimEnd()}\n${first}\n${CASES}# The last\n${FRAME}1\n==>\n{ "format": "parcel", "host": "hub", "program": "parceld", "pid": 7, "remainder": "1" }\n`,
		);
		expect(await tested(folder, ["--update"])).toMatchObject({ exit: 0, stderr: "mailtrail: parcel: 5 cases: 5 hold\n" });
	});

	test("does not accept an unparsed record: it says which, and the author must", async () => {
		const text = `# Of nobody\nNov 21 02:08:35 hub kernel: 10 came, 5 g, to van\n==>\n`;
		const folder = parcel({ "corpus/cases.txt": text });
		const { exit, stdout, stderr } = await tested(folder, ["--update"]);
		expect({ exit, stderr }).toEqual({
			exit: 1,
			stderr: `mailtrail: ${folder}/parcel/corpus/cases.txt:1: not filled: a record of it is unparsed; write { "record": "unparsed" } yourself if that is meant (Of nobody)
mailtrail: parcel: 1 case: 0 hold, 1 blank
`,
		});
		expect(stdout).toContain(`cases.txt:1: blank: Of nobody
  nothing is expected yet

  record /0, line 2
`);
		expect(stdout).toContain('no format is known for the program "kernel", and none recognizes its text');
		expect(casesOf(folder)).toBe(text);
		put(folder, "corpus/cases.txt", `${text}{ "record": "unparsed" }\n`);
		expect(await tested(folder)).toMatchObject({ exit: 0 });
	});

	test("keeps bytes that are no UTF-8, and the cases of a failing neighbour", async () => {
		const failing = CASES.replace('"code": "10"', '"code": "12"');
		const folder = parcel({ "corpus/cases.txt": failing });
		const file = join(folder, "parcel/corpus/cases.txt");
		const bytes = Buffer.from(`# Latin\n${FRAME}11 lost in \xfc\n==>\n\n`, "latin1");
		writeFileSync(file, Buffer.concat([bytes, Buffer.from(failing)]));
		await tested(folder, ["--update"]);
		const updated = readFileSync(file);
		expect(updated.subarray(0, bytes.length - 1)).toEqual(bytes.subarray(0, -1));
		expect(updated.toString("latin1")).toContain(failing);
	});
});

describe("formats test --watch", () => {
	test("runs again from the sources after each change, until Ctrl-C; a broken format does not end it", async () => {
		const folder = parcel();
		const edit = (name: string, text: string) => (): readonly string[] => {
			put(folder, name, text);
			return [join(folder, "parcel", name)];
		};
		const { exit, stdout, stderr } = await tested(
			folder,
			["--watch"],
			[
				edit("parcel.ohm", GRAMMAR.replace('"van"', '"lorry"')),
				edit("parcel.ohm", GRAMMAR.replace('"van"', '"van')),
				edit("parcel.ohm", GRAMMAR),
				edit("format.js", FORMAT.replace("fields.place", "fields.where")),
				edit("corpus/cases.txt", CASES.replaceAll('"place"', '"where"')),
			],
		);
		expect(exit).toBe(0);
		expect(stdout).toContain("cases.txt:6: fails: A parcel is lost");
		const told = stderr.split("\n").filter((line) => line.includes(" cases: ") || line.includes("parcel.ohm:"));
		expect(told).toEqual([
			"mailtrail: parcel: 3 cases: 3 hold",
			"mailtrail: parcel: 3 cases: 2 hold, 1 fails",
			expect.stringMatching(/^mailtrail: .*parcel\.ohm:9:\d+: the grammar cannot be read from here on/),
			"mailtrail: parcel: 3 cases: 3 hold",
			"mailtrail: parcel: 3 cases: 1 holds, 2 fail",
			"mailtrail: parcel: 3 cases: 3 hold",
		]);
		expect(stderr.match(/waiting for changes/g)).toHaveLength(6);
		expect(stderr).toContain(`mailtrail: changed: ${folder}/parcel/format.js\n`);
	});
});

describe("changes in folders", () => {
	const made = (): string => {
		const folder = mkdtempSync(join(tmpdir(), "mailtrail-"));
		onTestFinished(() => rmSync(folder, { recursive: true }));
		return folder;
	};

	test("are seen whether an editor writes in place or renames; other files are not told", async () => {
		const folder = made();
		const corpus = join(folder, "corpus");
		const watched = new Map([
			[folder, /\.ohm$/],
			[corpus, /\.txt$/],
		]);
		const watcher = watchFolders(new AbortController().signal);
		onTestFinished(watcher.close);
		watcher.see(watched);
		writeFileSync(join(folder, "a.ohm"), "1");
		expect(await watcher.next()).toEqual([join(folder, "a.ohm")]);
		// Copies of editors, and the output of the command itself.
		writeFileSync(join(folder, ".a.ohm.swp"), "2");
		writeFileSync(join(folder, "out.txt"), "2");
		writeFileSync(join(folder, "a.ohm~"), "2");
		renameSync(join(folder, "a.ohm~"), join(folder, "a.ohm"));
		expect(await watcher.next()).toEqual([join(folder, "a.ohm")]);
		mkdirSync(corpus);
		expect(await watcher.next()).toEqual([corpus]);
		watcher.see(watched);
		writeFileSync(join(corpus, "cases.txt"), "3");
		expect(await watcher.next()).toEqual([join(corpus, "cases.txt")]);
		// A checkout replaces the folder as a whole.
		renameSync(corpus, join(folder, "old"));
		mkdirSync(corpus);
		expect(await watcher.next()).toEqual([corpus]);
		watcher.see(watched);
		writeFileSync(join(corpus, "more.txt"), "4");
		expect(await watcher.next()).toEqual([join(corpus, "more.txt")]);
	});

	test("of what stands beside a watched folder are not told", async () => {
		const folder = made();
		const own = join(folder, "own");
		mkdirSync(own);
		const watcher = watchFolders(new AbortController().signal);
		onTestFinished(watcher.close);
		watcher.see(new Map([[own, /\.ohm$/]]));
		writeFileSync(join(folder, "beside.ohm"), "1");
		writeFileSync(join(own, "in.ohm"), "1");
		expect(await watcher.next()).toEqual([join(own, "in.ohm")]);
	});

	test("end with Ctrl-C, also while they are waited for", async () => {
		const ended = new AbortController();
		const watcher = watchFolders(ended.signal);
		watcher.see(new Map([[made(), /./]]));
		const next = watcher.next();
		ended.abort();
		expect(await next).toBeUndefined();
		expect(await watcher.next()).toBeUndefined();
		watcher.close();
	});
});
