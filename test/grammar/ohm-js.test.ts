import { readdirSync, readFileSync } from "node:fs";
import ts from "typescript";
import { describe, expect, test } from "vitest";

/** The only file that may know the inside of ohm-js: its types do not promise it. */
const KNOWING = "src/grammar/ohm-js.ts";

const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
	.filter((name) => name.endsWith(".ts"))
	.map((name) => `src/${name}`);

/** Modules that a source names, to import or to require them. */
function named(text: string): readonly string[] {
	const required = [...text.matchAll(/\brequire\("([^"]+)"\)/g)].map(([, name = ""]) => name);
	return [...ts.preProcessFile(text).importedFiles.map(({ fileName }) => fileName), ...required];
}

describe("ohm-js stands behind one file", () => {
	test.each(sources.filter((path) => path !== KNOWING))("%s does not name it", (path) => {
		expect(named(readFileSync(path, "utf8"))).not.toContain("ohm-js");
	});

	test("that one does, and this test would see it", () => {
		expect(named(readFileSync(KNOWING, "utf8"))).toContain("ohm-js");
		expect(named('const { pexprs } = require("ohm-js");')).toEqual(["ohm-js"]);
		expect(named('const ohm = await import("ohm-js");')).toEqual(["ohm-js"]);
	});
});
