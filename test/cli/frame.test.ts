import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openOutput } from "../../src/cli/output.js";
import type { Terminal } from "../../src/cli/terminal.js";
import { writeFailure } from "../../src/cli/terminal.js";
import { choice, defineVerb, flag, text, texts, type Verb, type VerbGroup } from "../../src/cli/verb.js";
import { allVerbs } from "../../src/cli/verbs.js";
import { MailtrailError } from "../../src/index.js";
import { version } from "../../src/root.js";
import { mailtrail } from "./fake-terminal.js";

const verbs = await allVerbs();

/** A verb that tells what it was called with. */
const echo: Verb = defineVerb({
	name: "echo",
	summary: "tell the call",
	args: [{ name: "WORD", title: "words", isRepeated: true }],
	options: {
		tone: choice("--tone <tone>", "tone", ["low", "high"], "low"),
		name: text("-n, --given-name <name>", "name"),
		tags: texts("--tag <tag>", "tags"),
		isLoud: flag("--loud", "loud"),
	},
	examples: [{ command: "mailtrail echo a", title: "tell a" }],
	async run({ args, options, terminal }) {
		await terminal.stdout.write(JSON.stringify({ args, ...options }));
		return 0;
	},
});

const failing = (error: unknown): Verb =>
	defineVerb({
		name: "fail",
		summary: "fail",
		args: [],
		options: {},
		examples: [],
		run: () => Promise.reject(error),
	});

const group: VerbGroup = { name: "all", summary: "a group of verbs", verbs: [echo] };

describe("options", () => {
	const call = async (...argv: string[]): Promise<unknown> => JSON.parse((await mailtrail(["echo", ...argv], { verbs: [echo] })).stdout);

	test("have their fallbacks when not given", async () => {
		expect(await call()).toEqual({ args: [], tone: "low", tags: [], isLoud: false });
	});

	test("carry what was typed, the last one when repeated", async () => {
		expect(await call("a", "--tone", "high", "-n", "x", "-n", "-05:00", "--tag", "1", "--tag", "2", "--loud", "b")).toEqual({
			args: ["a", "b"],
			tone: "high",
			name: "-05:00",
			tags: ["1", "2"],
			isLoud: true,
		});
	});

	test("end at --, and a lone - is an argument", async () => {
		expect(await call("-", "--", "--loud")).toMatchObject({ args: ["-", "--loud"], isLoud: false });
	});
});

describe("wrong usage exits with 2 and tells the mend", () => {
	test.each([
		["an unknown verb", ["ecko"], "mailtrail: unknown command 'ecko'\n  Did you mean echo? See mailtrail --help.\n"],
		[
			"an unknown option",
			["echo", "--tnoe", "x"],
			"mailtrail: unknown option '--tnoe'\n  Did you mean --tone? See mailtrail echo --help.\n",
		],
		["a value that is none of the words", ["echo", "--tone", "x"], "mailtrail: 'x' is no value for --tone\n  Write one of low, high.\n"],
		["a missing value", ["echo", "--tone"], "mailtrail: option '--tone <tone>' argument missing\n  See mailtrail echo --help.\n"],
		["an unknown verb of a group", ["all", "x"], "mailtrail: unknown command 'x'\n  See mailtrail all --help.\n"],
		["terminal escapes", ["\u001b[2J"], "mailtrail: unknown command '\\x1b[2J'\n  See mailtrail --help.\n"],
	])("%s", async (_, argv, stderr) => {
		expect(await mailtrail(argv, { verbs: [echo, group] })).toMatchObject({ exit: 2, stdout: "", stderr });
	});

	test.each([
		["nothing at all", []],
		["a group without a verb", ["all"]],
	])("%s: help on standard error", async (_, argv) => {
		const { exit, stdout, stderr } = await mailtrail(argv, { verbs: [echo, group] });
		expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" });
		expect(stderr).toMatch(/^Usage: mailtrail /);
	});
});

describe("help and version go to standard output and exit with 0", () => {
	test("--version", async () => {
		expect(await mailtrail(["--version"])).toMatchObject({ exit: 0, stdout: `${version}\n`, stderr: "" });
	});

	test("--help lists the verbs and the exit codes", async () => {
		const { exit, stdout } = await mailtrail(["--help"]);
		expect(exit).toBe(0);
		expect(stdout).toContain("Exit codes:");
		const words = stdout.replace(/\s+/g, " ");
		for (const { name, summary } of verbs) {
			expect(words).toContain(` ${name} `);
			expect(words).toContain(summary);
		}
	});

	const leaves = verbs.flatMap((verb) =>
		"verbs" in verb
			? verb.verbs.map((below): [string, Verb] => [`${verb.name} ${below.name}`, below])
			: [[verb.name, verb] as [string, Verb]],
	);

	test.each(leaves)("%s --help has examples, each an own call of this verb", async (path, verb) => {
		const { exit, stdout } = await mailtrail([...path.split(" "), "--help"]);
		expect(exit).toBe(0);
		expect(stdout).toContain(`Usage: mailtrail ${path}`);
		expect(verb.examples).not.toHaveLength(0);
		for (const { command } of verb.examples) expect(stdout).toContain(`  ${command}\n`);
		for (const { command } of verb.examples) expect(command).toContain(`mailtrail ${path}`);
	});
});

describe("failures", () => {
	const fail = (error: unknown, env: Record<string, string> = {}): ReturnType<typeof mailtrail> =>
		mailtrail(["fail"], { verbs: [failing(error)], env });

	test.each([1, 2, 3] as const)("an error of ours is one message with its exit code %i", async (exit) => {
		const error = new MailtrailError(
			"some.code",
			exit,
			"the thing is broken",
			"Mend the thing.",
			{ file: "a.log", line: 3, column: 2 },
			"x\u001b]0;y",
		);
		expect(await fail(error)).toMatchObject({
			exit,
			stdout: "",
			stderr: "mailtrail: a.log:3:2: the thing is broken\n  x\\x1b]0;y\n   ^\n  Mend the thing.\n",
		});
	});

	test("a failed system call is an input or output failure", async () => {
		const error = Object.assign(new Error("EIO: i/o error, read"), { code: "EIO", syscall: "read" });
		const { exit, stderr } = await fail(error);
		expect(exit).toBe(3);
		expect(stderr).toMatch(/^mailtrail: EIO: i\/o error, read\n {2}The operating system refused/);
	});

	test("anything else is a bug, told without a stack trace", async () => {
		const { exit, stderr } = await fail(new TypeError("x is not a function"));
		expect({ exit, stderr }).toEqual({
			exit: 3,
			stderr:
				"mailtrail: this is a bug in mailtrail: TypeError: x is not a function\n" +
				"  Set MAILTRAIL_DEBUG=1 to see where, and report it together with the command line.\n",
		});
	});

	test("MAILTRAIL_DEBUG shows the stack trace", async () => {
		expect((await fail(new TypeError("x"), { MAILTRAIL_DEBUG: "1" })).stderr).toContain("\n    at ");
	});

	test("a reader that goes away is not an error", async () => {
		expect(await mailtrail(["echo", "x"], { verbs: [echo], writesUntilClosed: 0 })).toMatchObject({ exit: 0, stderr: "" });
		expect(await mailtrail(["--help"], { verbs: [echo], writesUntilClosed: 0 })).toMatchObject({ exit: 0, stderr: "" });
	});

	test("a full disk is one", () => {
		expect(writeFailure(Object.assign(new Error("write EPIPE"), { code: "EPIPE" }), "standard output").name).toBe("ClosedPipe");
		expect(writeFailure(Object.assign(new Error("no space left"), { code: "ENOSPC" }), "x.ndjson")).toMatchObject({
			exit: 3,
			message: "cannot write x.ndjson: no space left\n  What was written so far is incomplete.",
		});
	});
});

describe("-o", () => {
	let folder = "";
	let terminal: Terminal;
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), "mailtrail-"));
		const writer = { isTTY: false, hasColour: false, write: async () => undefined };
		const notUsed = (): never => {
			throw new Error("not used");
		};
		terminal = { open: notUsed, stdout: writer, stderr: writer, env: {}, now: () => 0, watch: notUsed };
	});
	afterAll(() => rmSync(folder, { recursive: true }));

	test("refuses to overwrite an input, whatever it is called", async () => {
		const log = join(folder, "a.log");
		writeFileSync(log, "x\n");
		await expect(openOutput(log, terminal, [`${folder}/./a.log`])).rejects.toMatchObject({ exit: 2 });
	});

	test.each([
		["a folder that does not exist", "no/such/out", "its folder does not exist"],
		["a folder", ".", "it is a folder"],
	])("says why it cannot write: %s", async (_, name, reason) => {
		await expect(openOutput(join(folder, name), terminal, [])).rejects.toMatchObject({ exit: 3, what: expect.stringContaining(reason) });
	});
});
