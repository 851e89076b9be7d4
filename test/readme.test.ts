/** The examples of README.md, run: what it shows is what the command does. */
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { verbs } from "../src/cli/verbs.js";
import { loadFormats } from "../src/index.js";
import { mailtrail, type Outcome } from "./cli/fake-terminal.js";
import type { Formats } from "./corpus/formats.js";

// The examples load the formats again and again; compiling them each time would take minutes.
vi.mock(import("../src/format/load.js"), async (original) => {
	const real = await original();
	// Imported when asked for: it imports the module that is being mocked.
	const once = async (): Promise<Formats> => (await import("./corpus/formats.js")).loadTestFormats();
	let loaded: Promise<Formats> | undefined;
	const all = (): Promise<Formats> => {
		loaded ??= once();
		return loaded;
	};
	return { ...real, loadFormats: async () => [...(await all()).formats], loadFraming: async () => (await all()).framing };
});

const README = readFileSync("README.md", "utf8");

interface Block {
	/** What follows the fence: a language, and for a file its name. */
	readonly info: string;
	readonly text: string;
	/** From 1. */
	readonly line: number;
}

function blocksOf(markdown: string): Block[] {
	const blocks: Block[] = [];
	for (const { 1: info = "", 2: text = "", index } of markdown.matchAll(/^```(\S.*)\n([^]*?)^```$/gm))
		blocks.push({ info, text, line: markdown.slice(0, index).split("\n").length });
	return blocks;
}

interface Step {
	readonly command: string;
	/** What the terminal shows after it, both streams. */
	readonly shows: string;
}

function stepsOf({ text }: Block): Step[] {
	return text
		.split(/^\$ /m)
		.slice(1)
		.map((step) => {
			const end = step.indexOf("\n");
			return { command: step.slice(0, end), shows: step.slice(end + 1) };
		});
}

/** Parts of a pipe; a bar inside quotes is text. */
const partsOf = (command: string): string[][] => {
	const parts: string[][] = [[]];
	for (const [word, quoted] of [...command.matchAll(/'([^']*)'|[^\s']+/g)].map((found): [string, string | undefined] => [
		found[0],
		found[1],
	]))
		if (word === "|") parts.push([]);
		else parts.at(-1)?.push(quoted ?? word);
	return parts;
};

let folder = "";
beforeAll(async () => {
	await loadFormats();
	folder = mkdtempSync(join(tmpdir(), "mailtrail-readme-"));
	symlinkSync(resolve("corpus"), join(folder, "corpus"));
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true }));

/** Files that the examples write, or that the README shows, stand in a folder of the test. */
const placed = (word: string): string => (/^[\w-]+\.(ndjson|json)$/.test(word) ? join(folder, word) : word);

/** Runs a pipe of `echo`, `mailtrail` and `cmp - FILE`: its standard output, and what the terminal shows. */
async function runPipe(command: string): Promise<string> {
	let stdin: Buffer = Buffer.alloc(0);
	let errors = "";
	for (const [program = "", ...args] of partsOf(command)) {
		if (program === "echo") stdin = Buffer.from(`${args.join(" ")}\n`);
		else if (program === "cmp") {
			const isSame = stdin.equals(readFileSync(args[1] ?? ""));
			stdin = Buffer.from(isSame ? "" : `- ${args[1]} differ\n`);
		} else {
			expect(program).toBe("mailtrail");
			const outcome: Outcome = await mailtrail(args.map(placed), { stdin: [stdin] });
			stdin = outcome.bytes;
			errors += outcome.stderr;
		}
	}
	return stdin.toString() + errors;
}

/** A line `…` stands for any number of lines, `…` at the end of a line for its rest and any lines after it. */
function expectShown(shown: string, expected: string): void {
	const [head = "", ...rest] = expected.split(/…\n/);
	if (rest.length === 0) return expect(shown).toBe(expected);
	expect(shown.slice(0, head.length)).toBe(head);
	let at = head.length;
	for (const part of rest) {
		const found = shown.indexOf(part, at);
		expect(found, `"${part}" in "${shown.slice(at)}"`).toBeGreaterThanOrEqual(0);
		at = found + part.length;
	}
	const tail = rest.at(-1) ?? "";
	expect(shown.endsWith(tail)).toBe(true);
}

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
		for (const { info, text } of blocks) if (info.startsWith("json ")) writeFileSync(join(folder, info.slice(5)), text);
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
		const { properties } = JSON.parse(readFileSync("schemas/event.schema.json", "utf8")) as { readonly properties: object };
		const table = README.slice(README.indexOf("| key | content |"));
		for (const key of Object.keys(properties)) expect(table).toMatch(new RegExp(`^\\|[^|]*\`${key}\``, "m"));
	});

	test("all keys of a source of a case", () => {
		const schema = readFileSync("schemas/config.schema.json", "utf8");
		const { properties } = JSON.parse(schema) as {
			readonly properties: { readonly sources: { readonly items: { readonly properties: object } } };
		};
		for (const key of Object.keys(properties.sources.items.properties)) expect(README).toContain(`\`${key}\``);
	});
});
