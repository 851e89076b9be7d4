/** What the built command loads: help and the choice of a verb must not pay for the engine, nor one verb for what others need. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const MAIN = "dist/src/cli/main.js";

/** Runs in the thread of Node.js that resolves modules: writes down each ES module, and each CommonJS one that an ES module imports. */
const HOOK = `import { appendFileSync } from "node:fs";
let list;
export const initialize = (file) => { list = file; };
export async function load(url, context, next) {
	appendFileSync(list, url + "\\n");
	return next(url, context);
}`;

/** What `require` loads is known when the process ends; files of data are written down when they are read. */
const register = (list: string): string => `import fs, { appendFileSync } from "node:fs";
import { createRequire, register, syncBuiltinESMExports } from "node:module";
const { readFileSync } = fs;
fs.readFileSync = (path, ...options) => {
	appendFileSync(${JSON.stringify(list)}, String(path) + "\\n");
	return readFileSync(path, ...options);
};
syncBuiltinESMExports();
register("data:text/javascript,${encodeURIComponent(HOOK)}", { data: ${JSON.stringify(list)} });
const { cache } = createRequire(${JSON.stringify(import.meta.url)});
process.on("exit", () => appendFileSync(${JSON.stringify(list)}, Object.keys(cache).map((path) => path + "\\n").join("")));`;

describe.skipIf(!existsSync(MAIN))("the built command", () => {
	let folder = "";
	beforeAll(() => {
		folder = mkdtempSync(join(tmpdir(), "mailtrail-"));
		writeFileSync(join(folder, "mail.log"), "Nov 21 02:08:09 mail milter-manager[27540]: [statistics] [sessions][finished] 2(+1) 0\n");
	});
	afterAll(() => rmSync(folder, { recursive: true }));

	/** The modules and files of data that a command loads: those of mailtrail as `src/cli/main.js`, of packages the name of the package. */
	function loadedBy(...args: readonly string[]): string[] {
		const list = join(folder, "loaded.txt");
		const hook = join(folder, "hook.mjs");
		writeFileSync(list, "");
		writeFileSync(hook, register(list));
		const { status, stderr } = spawnSync(process.execPath, ["--import", pathToFileURL(hook).href, MAIN, ...args], { encoding: "utf8" });
		expect(status, stderr).toBe(0);
		const names = readFileSync(list, "utf8")
			.split("\n")
			.flatMap((name) => /node_modules\/([^/]+)/.exec(name)?.[1] ?? /\/dist\/((?:src|grammars)\/.*)/.exec(name)?.[1] ?? []);
		return [...new Set(names)].sort();
	}

	const within = (loaded: readonly string[], ...places: readonly string[]): string[] =>
		loaded.filter((name) => places.some((place) => name.startsWith(place)));

	/** What is loaded only to follow mails: the trackers of formats, and what those use. */
	const followers = (loaded: readonly string[]): string[] => [
		...loaded.filter((name) => /^grammars\/.*\/trail\.js$/.test(name)),
		...within(loaded, "src/format/api", "src/format/hop", "src/format/open-table"),
	];

	test("--version: a handful", () => {
		expect(loadedBy("--version")).toEqual([
			...["failure", "main", "printable", "run", "terminal"].map((name) => `src/cli/${name}.js`),
			"src/errors.js",
			"src/root.js",
		]);
	});

	test.each(["--help", "convert --help", "correlate --help", "explain --help", "formats --help", "formats new --help"])(
		"%s: nothing but the command line",
		(line) => {
			const loaded = loadedBy(...line.split(" "));
			expect(loaded).toContain("src/cli/commands.js");
			const engine = within(loaded, "src/author", "src/convert", "src/correlate", "src/grammar", "src/kernel", "grammars");
			expect([...engine, ...within(loaded, "src/cli/run-", "ajv", "luxon", "ohm-js", "tinyglobby")]).toEqual([]);
			expect(within(loaded, "src/format")).toEqual(loaded.includes("src/cli/language.js") ? ["src/format/language.js"] : []);
		},
	);

	test("convert: neither what correlates, explains, checks and compiles, nor what only some inputs need", () => {
		const loaded = loadedBy("convert", join(folder, "mail.log"));
		expect(loaded).toContain("src/convert/convert.js");
		const others = ["correlate", "author", "grammar/compile", "format/compose", "format/lookup", "convert/explain", "convert/validate"];
		expect(within(loaded, ...others.map((name) => `src/${name}`))).toEqual([]);
		const some = ["jobs", "follow", "unpack/gzip", "unpack/leaves", "unpack/members"].map((name) => `src/convert/${name}`);
		expect(within(loaded, "ajv", "luxon", "ohm-js", "tinyglobby", "yauzl", "fzstd", ...some)).toEqual([]);
		expect(followers(loaded)).toEqual([]);
	});

	test("convert: of the formats that its input is of, catalog and parser", () => {
		const data = loadedBy("convert", join(folder, "mail.log")).filter((name) => /^grammars\/.*\.(json|wasm)$/.test(name));
		expect(data).toEqual([
			...["frames.json", "syslog/parser.wasm"].map((name) => `grammars/frames/${name}`),
			...["catalog.json", "parser.json", "parser.wasm"].map((name) => `grammars/milter-manager/${name}`),
		]);
	});

	test("explain of a word: neither parsers nor what reads logs", () => {
		const loaded = loadedBy("explain", "#387");
		expect(loaded).toContain("src/format/lookup.js");
		const lines = ["src/cli/explanation", "src/convert", "src/grammar", "src/format/load"];
		expect(within(loaded, "src/author", "src/correlate", "ajv", "ohm-js", ...lines)).toEqual([]);
		expect(followers(loaded)).toEqual([]);
	});

	test("correlate: what follows mails", () => {
		expect(followers(loadedBy("correlate", join(folder, "mail.log")))).toContain("grammars/milter-manager/trail.js");
	});

	test("this test sees what is loaded", () => {
		const loaded = loadedBy("convert", "--tz", "Asia/Tokyo", join(folder, "mail.*g"));
		expect(within(loaded, "luxon", "tinyglobby")).toEqual(["luxon", "tinyglobby"]);
	});
});
