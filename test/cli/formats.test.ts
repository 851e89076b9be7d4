import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { FormatDescription, FormatOverview } from "../../src/index.js";
import { mailtrail } from "./fake-terminal.js";

/** A format of a user's own: a catalog and a profile, two languages. */
let folder = "";
beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "mailtrail-"));
	const own = join(folder, "parcel");
	mkdirSync(own);
	writeFileSync(join(own, "parcel.ohm"), "Parcel <: Shared {\n  record = content\n  content = any*\n}\n");
	writeFileSync(
		join(own, "format.mjs"),
		`const options = { SHOW_HOST: { title: "Name of the host", switches: () => [] } };
export default { id: "parcel", title: "Parcel service", grammar: "Parcel", programs: ["parceld"], captures: {},
	profile: { options, switches: [], presets: { all: { SHOW_HOST: "1" } }, infer: () => ({}) } };\n`,
	);
	const entries = [
		{
			title: "Parcel came",
			code: "10",
			level: "info",
			template: "came {weight}",
			action: "message.accept",
			explanation: "It was put on the shelf.",
		},
		{ title: "Parcel \u001b[31mlost", code: "11", level: "error", template: "lost" },
	];
	const catalog = {
		format: "parcel",
		fields: { weight: { type: "integer", title: "Weight in grams" } },
		entries,
		terms: [{ kind: "flag", code: "fragile", title: "Do not throw" }],
	};
	writeFileSync(join(own, "catalog.json"), JSON.stringify(catalog));
	const japanese = {
		format: "parcel",
		language: "ja",
		entries: { "10": { title: "荷物が到着", explanation: "棚に置きました。" } },
		terms: { "flag:fragile": { title: "取扱注意" } },
	};
	writeFileSync(join(own, "catalog.ja.json"), JSON.stringify(japanese));
});
afterAll(() => rmSync(folder, { recursive: true }));

const shown = async (...argv: string[]): Promise<string> => (await mailtrail(["formats", ...argv, "--formats-dir", folder])).stdout;

describe("formats list", () => {
	test("is a table of what each format knows", async () => {
		const lines = (await shown("list")).split("\n");
		expect(lines[0]).toMatch(/^ID {2,}MESSAGES {2}EXPLAINED {2}LANGUAGES {2}PROGRAMS {2,}TITLE$/);
		const row = lines.find((line) => line.startsWith("parcel"));
		expect(row?.split(/ {2,}/)).toEqual(["parcel", "2", "1", "en ja", "parceld", "Parcel service"]);
	});

	test("has the formats that ship, without --formats-dir", async () => {
		const { exit, stdout } = await mailtrail(["formats", "list", "--json"]);
		expect(exit).toBe(0);
		const overviews: FormatOverview[] = JSON.parse(stdout);
		expect(overviews.map(({ id }) => id)).toEqual(expect.arrayContaining(["milter-manager", "smtpf", "sun-mta", "sun-service"]));
		for (const { messages, explained } of overviews) expect(messages).toBeGreaterThanOrEqual(explained);
	});
});

describe("formats show", () => {
	test("--json gives the catalog, fields, terms, options and presets", async () => {
		expect(JSON.parse(await shown("show", "parcel", "--json"))).toEqual({
			id: "parcel",
			title: "Parcel service",
			catalog: [
				{
					code: "10",
					level: "info",
					template: "came {weight}",
					title: "Parcel came",
					explanation: "It was put on the shelf.",
					action: "message.accept",
				},
				{ code: "11", level: "error", template: "lost", title: "Parcel \u001b[31mlost" },
			],
			fields: { weight: { type: "integer", title: "Weight in grams" } },
			terms: [{ kind: "flag", code: "fragile", title: "Do not throw" }],
			options: { SHOW_HOST: { title: "Name of the host" } },
			presets: { all: { SHOW_HOST: "1" } },
		});
	});

	test("--lang replaces titles and explanations where there is a translation", async () => {
		const { catalog, terms }: FormatDescription = JSON.parse(await shown("show", "parcel", "--json", "--lang", "ja"));
		expect(catalog.map(({ title, explanation }) => [title, explanation])).toEqual([
			["荷物が到着", "棚に置きました。"],
			["Parcel \u001b[31mlost", undefined],
		]);
		expect(terms).toEqual([{ kind: "flag", code: "fragile", title: "取扱注意" }]);
	});

	test("is readable as text, and free of terminal escapes", async () => {
		expect(await shown("show", "parcel")).toBe(`parcel: Parcel service

Messages (2)

  10
    Parcel came
    info, message.accept
    came {weight}
    It was put on the shelf.

  11
    Parcel \\x1b[31mlost
    error
    lost

Fields (1)
  weight  Weight in grams (integer)

Words: flag (1)
  fragile  Do not throw

Options of the logging program (1)
  SHOW_HOST  Name of the host

Presets (1)
  all  SHOW_HOST=1
`);
	});

	test("tells when there is nothing in the language", async () => {
		const { exit, stdout, stderr } = await mailtrail(["formats", "show", "parcel", "--lang", "fi", "--formats-dir", folder]);
		expect({ exit, stderr }).toEqual({ exit: 0, stderr: "mailtrail: parcel has no Finnish catalog; this is English\n" });
		expect(stdout).toContain("Parcel came");
	});

	test("an unknown id is a usage error that names the known ones", async () => {
		const { exit, stdout, stderr } = await mailtrail(["formats", "show", "parcle", "--formats-dir", folder]);
		expect({ exit, stdout }).toEqual({ exit: 2, stdout: "" });
		expect(stderr).toMatch(/^mailtrail: there is no format 'parcle'\n {2}Formats: .*smtpf.*parcel\.\n$/);
	});

	test("a language cannot name another file", async () => {
		expect(await mailtrail(["formats", "show", "smtpf", "--lang", "../../x"])).toMatchObject({
			exit: 2,
			stderr: "mailtrail: '../../x' is no value for --lang\n  Write a language such as en or ja.\n",
		});
	});

	test.each(["milter-manager", "smtpf", "sun-mta", "sun-service"])("%s: every message is in the text", async (id) => {
		const { catalog }: FormatDescription = JSON.parse((await mailtrail(["formats", "show", id, "--json"])).stdout);
		const { stdout } = await mailtrail(["formats", "show", id]);
		const codes = new Set(stdout.split("\n").map((line) => line.trim()));
		expect(catalog.filter(({ code }) => !codes.has(code)).map(({ code }) => code)).toEqual([]);
	});
});
