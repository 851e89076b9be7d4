/** The examples of README.md, run: what it shows is what the command does. */
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { allVerbs } from "../src/cli/verbs.js";
import { mailtrail } from "./cli/fake-terminal.js";
import { tarOf } from "./convert/tar-of.js";
import { type Block, blocksOf, expectShown, runPipe, stepsOf } from "./documents.js";

const verbs = await allVerbs();

const README = readFileSync("README.md", "utf8");

// The examples read the corpus, and write into a folder that is gone afterwards.
const project = process.cwd();
let folder = "";
beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "mailtrail-readme-"));
	symlinkSync(resolve("corpus"), join(folder, "corpus"));
	writeFileSync(join(folder, "seized.tgz"), gzipSync(tarOf("var/log/grey.log", readFileSync("corpus/smtpf/captures/grey.log"))));
	process.chdir(folder);
});
afterAll(() => {
	process.chdir(project);
	rmSync(folder, { recursive: true });
});

const blocks = blocksOf(README);
const ofKind = (kind: string): Block[] => blocks.filter(({ info }) => info === kind);

test("names the two commands that a fresh clone runs", () => {
	const lines = README.split("\n").map((line) => line.trim());
	expect(lines).toContain("npm ci && npm run demo");
	expect(lines).toContain("npm ci && npm test");
});

test("no example is passed over", () => {
	expect(
		blocks
			.map(({ info }) => info)
			.filter((info) => !["log", "json", "json case.json", "json chain.json", "console", "js", "text"].includes(info)),
	).toEqual([]);
	expect([ofKind("log").length, ofKind("js").length]).toEqual([ofKind("json").length, ofKind("text").length]);
	expect(blocks.length).toBeGreaterThan(8);
});

describe("a line of a log and its event", () => {
	test.each(ofKind("log").map((log, i) => ({ log, json: ofKind("json")[i] })))("README.md:$log.line", async ({ log, json }) => {
		const { stdout } = await mailtrail(["convert"], { stdin: [log.text] });
		expect(JSON.parse(stdout)).toStrictEqual(JSON.parse(json?.text ?? ""));
		expect(Object.keys(JSON.parse(stdout))).toEqual(Object.keys(JSON.parse(json?.text ?? "")));
	});
});

describe("commands", () => {
	beforeAll(() => {
		for (const { info, text } of blocks) if (info.startsWith("json ")) writeFileSync(info.slice(5), text);
	});

	test.each(ofKind("console"))("README.md:$line", async (block) => {
		const steps = stepsOf(block);
		expect(steps).not.toEqual([]);
		for (const { command, shows } of steps) expectShown(await runPipe(command), shows);
	});
});

describe("the library", () => {
	test.each(ofKind("js").map((js, i) => ({ js, text: ofKind("text")[i] })))("README.md:$js.line", async ({ js, text }) => {
		const printed: string[] = [];
		const console = { log: (...values: unknown[]) => printed.push(`${values.join(" ")}\n`) };
		const [, names = "", body = ""] = /^import \{([^}]*)\} from "mailtrail";\n([^]*)$/.exec(js.text) ?? [];
		expect(names).not.toBe("");
		const AsyncFunction = (async () => undefined).constructor as new (...parts: string[]) => (...values: unknown[]) => Promise<void>;
		await new AsyncFunction("mailtrail", "console", `const {${names}} = mailtrail;\n${body}`)(await import("../src/index.js"), console);
		expect(printed.join("")).toBe(text?.text);
	});
});

describe("says what there is", () => {
	test.each(verbs.flatMap((verb) => ("verbs" in verb ? verb.verbs.map(({ name }) => `${verb.name} ${name}`) : [verb.name])))(
		"verb %s",
		(name) => {
			expect(README).toMatch(new RegExp(`^\\|.*\`${name}\\b`, "m"));
		},
	);

	test("all options that it uses are options of a verb", async () => {
		const helps = await Promise.all(
			verbs
				.flatMap((verb) => ("verbs" in verb ? verb.verbs.map(({ name }) => [verb.name, name]) : [[verb.name]]))
				.map((words) => mailtrail([...words, "--help"])),
		);
		const known = new Set(helps.flatMap(({ stdout }) => stdout.match(/--[a-z][a-z-]*/g) ?? []));
		const prose = README.replace(/npm install --global|npm run bench -- --[a-z]+.*/g, "");
		const used = [...prose.matchAll(/(?<![\w-])--[a-z][a-z-]*/g)].map(([option]) => option);
		expect(used.filter((option) => !known.has(option))).toEqual([]);
	});

	test("all formats", async () => {
		const { stdout } = await mailtrail(["formats", "list", "--json"]);
		const formats = JSON.parse(stdout) as readonly { readonly id: string }[];
		for (const { id } of formats) expect(README).toContain(`| \`${id}\` |`);
	});

	test("all keys of the event", () => {
		const { properties } = JSON.parse(readFileSync(join(project, "schemas/event.schema.json"), "utf8")) as { readonly properties: object };
		const table = README.slice(README.indexOf("| key | content |"));
		for (const key of Object.keys(properties)) expect(table).toMatch(new RegExp(`^\\|[^|]*\`${key}\``, "m"));
		// In the order in which `convert` writes them.
		const rows = table.slice(0, table.indexOf("\n\n")).match(/^\|[^|]*/gm) ?? [];
		expect(rows.flatMap((row) => row.match(/[a-z_]+(?=`)/g) ?? [])).toEqual(Object.keys(properties));
	});

	test("all keys of a source of a case", () => {
		const schema = readFileSync(join(project, "schemas/config.schema.json"), "utf8");
		const { properties } = JSON.parse(schema) as {
			readonly properties: { readonly sources: { readonly items: { readonly properties: object } } };
		};
		for (const key of Object.keys(properties.sources.items.properties)) expect(README).toContain(`\`${key}\``);
	});
});
