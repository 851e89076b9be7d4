/** `formats check`: for each kind of finding a format that is broken so, and the whole text that its author reads. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { LoadReaders } from "../../src/author/workbench.js";
import { checkWith } from "../../src/cli/formats-check.js";
import { BUILT_IN } from "../../src/format/folders.js";
import { loadFormat, loadFraming } from "../../src/format/load.js";
import { mailtrail, type Outcome } from "../cli/fake-terminal.js";
import { parcel } from "./parcel.js";
import { SPECIMENS, TOLD } from "./specimens.js";

/** The user's own formats only: those that ship are compared in built-in.test.ts. */
const loadOwn: LoadReaders = async (folders) => ({
	formats: await Promise.all(folders.filter((folder) => !folder.startsWith(BUILT_IN)).map(loadFormat)),
	framing: await loadFraming(),
});

const checked = (folder: string, ...options: readonly string[]): Promise<Outcome> =>
	mailtrail(["check", "parcel", "--formats-dir", folder, ...options], { verbs: [checkWith(loadOwn)] });

describe("a whole format", () => {
	test("has no findings", async () => {
		expect(await checked(parcel())).toMatchObject({ exit: 0, stdout: "", stderr: "mailtrail: parcel: no errors, 0 hints\n" });
	});

	test("as JSON, hints are no errors", async () => {
		const folder = parcel({ "corpus/captures/hub.log": undefined });
		const { exit, stdout } = await checked(folder, "--json");
		expect({ exit, ...JSON.parse(stdout) }).toEqual({
			exit: 0,
			format: "parcel",
			errors: 0,
			hints: 1,
			findings: [
				{
					severity: "hint",
					kind: "capture.none",
					what: "there is no capture",
					why: "Cases show what their author thought of; a real log shows the rest.",
					mend: "Put a log into captures/, and tell in captures/SOURCES.md where it comes from.",
					file: join(folder, "parcel/corpus/captures"),
				},
			],
		});
	});

	test("an unknown one is a usage error", async () => {
		expect(await mailtrail(["check", "parcle"], { verbs: [checkWith(loadOwn)] })).toMatchObject({ exit: 2, stdout: "" });
	});
});

describe("each kind of finding", () => {
	test.each(Object.entries(SPECIMENS))("%s", async (kind, files) => {
		const folder = parcel(files);
		const { findings } = JSON.parse((await checked(folder, "--json")).stdout);
		const at = findings.findIndex((finding: { readonly kind: string }) => finding.kind === kind);
		const { exit, stdout } = await checked(folder);
		expect(stdout.replaceAll(`${folder}/`, "").split("\n\n")[at]).toBe(TOLD[kind]);
		expect(exit).toBe(findings[at].severity === "error" || at > 0 ? 1 : 0);
	});

	test("a translation that is no JSON keeps nothing else from being checked", async () => {
		const { findings } = JSON.parse((await checked(parcel({ ...SPECIMENS["case.fails"], "catalog.ja.json": "{ oops" }), "--json")).stdout);
		expect(findings).toMatchObject([
			{ kind: "case.fails" },
			{ kind: "catalog.json", what: expect.stringMatching(/^this is not JSON: /), line: 1, column: 3 },
		]);
	});

	test("that the checks know has a specimen", () => {
		const code = readdirSync("src/author").map((name) => readFileSync(`src/author/${name}`, "utf8"));
		const kinds = code.flatMap((text) =>
			[...text.matchAll(/kind: "([a-z]+\.[a-z]+)"|tell\(\s*"([a-z.]+)"/g)].map((found) => found[1] ?? found[2] ?? ""),
		);
		expect(kinds.length).toBeGreaterThan(20);
		expect(kinds.map((kind) => (kind.includes(".") ? kind : `translation.${kind}`)).filter((kind) => !(kind in SPECIMENS))).toEqual([]);
	});
});
