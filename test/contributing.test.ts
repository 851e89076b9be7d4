/** The walk-through of CONTRIBUTING.md, followed to the letter in an empty folder outside of the project. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import * as definitionApi from "../src/format/api.js";
import { sharedGrammars } from "../src/format/compose.js";
import { allFormatFolders, BUILT_IN } from "../src/format/folders.js";
import * as trailApi from "../src/format/hop.js";
import { loadFormats } from "../src/format/load.js";
import { type Block, blocksOf, expectShown, runPipe, stepsOf } from "./documents.js";

const DOCUMENT = readFileSync("CONTRIBUTING.md", "utf8");
const blocks = blocksOf(DOCUMENT);
/** `js qmail/format.js` → the file that the block shows. */
const fileOf = ({ info }: Block): string | undefined => info.split(" ")[1];

/** What a file becomes by a diff whose parts begin with `@@`. */
const patched = (text: string, diff: string): string =>
	diff
		.split("@@\n")
		.filter((part) => part !== "")
		.reduce((before, part) => {
			const lines = part.trimEnd().split("\n");
			const [from, to] = ["-", "+"].map((sign) =>
				lines.filter((line) => line.startsWith(" ") || line.startsWith(sign)).map((line) => line.slice(1)),
			);
			expect(before).toContain(from?.join("\n"));
			return before.replace(from?.join("\n") ?? "", to?.join("\n") ?? "");
		}, text);

const project = process.cwd();
let folder = "";
beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "mailtrail-contributing-"));
	process.chdir(folder);
});
afterAll(() => {
	process.chdir(project);
	rmSync(folder, { recursive: true });
});

test("every block is a file to write or commands to run, and none is passed over", () => {
	const others = blocks.filter((block) => block.info !== "console" && fileOf(block) === undefined);
	expect(others).toEqual([]);
	expect(blocks.filter(({ info }) => info === "console").length).toBeGreaterThan(5);
	expect(DOCUMENT.match(/^```/gm)?.length).toBe(blocks.length * 2);
});

describe("step by step", () => {
	test.each(blocks)("CONTRIBUTING.md:$line $info", async (block) => {
		const file = fileOf(block);
		if (file !== undefined) {
			const path = join(folder, file);
			mkdirSync(dirname(path), { recursive: true });
			return writeFileSync(path, block.info.startsWith("diff ") ? patched(readFileSync(path, "utf8"), block.text) : block.text);
		}
		const steps = stepsOf(block);
		expect(steps).not.toEqual([]);
		for (const { command, shows } of steps) {
			expect(shows.replaceAll("…\n", "")).not.toBe("");
			expectShown(await runPipe(command), shows);
		}
	});

	test("the format that came of it stands among the others", async () => {
		expect(allFormatFolders([folder]).at(-1)).toBe(join(folder, "qmail"));
		const formats = await loadFormats([folder]);
		expect(formats.filter((format) => !format.folder.startsWith(BUILT_IN)).map(({ id }) => id)).toEqual(["qmail"]);
	});
});

describe("says what there is", () => {
	test("all rules that a grammar inherits", () => {
		const { rules } = sharedGrammars().namespace.Shared ?? { rules: {} };
		const own = Object.keys(rules).filter((rule) => Object.hasOwn(rules, rule) && !/_(number|name|utc|offset)$/.test(rule));
		const table = DOCUMENT.slice(DOCUMENT.indexOf("### What a grammar inherits"));
		expect(own.filter((rule) => !new RegExp(`^\\|[^|]*\`${rule}(<\\w+>)?\``, "m").test(table))).toEqual([]);
	});

	test("all that puts captures into an event", () => {
		// What trackers share stands in the example, or in the words before it.
		const others = ["frameSlot", ...Object.keys(trailApi)];
		const made = Object.keys(definitionApi).filter((name) => /^[a-z]/.test(name) && !others.includes(name));
		expect(made.filter((name) => !DOCUMENT.includes(`\`${name}\``) && !new RegExp(`\\b${name}\\b`).test(DOCUMENT))).toEqual([]);
	});
});
