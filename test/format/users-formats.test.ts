/** Formats in a folder of a user: found by --formats-dir and by a case, compiled when they are loaded, routed like those that ship. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { allFormatFolders } from "../../src/format/folders.js";
import { loadFormat } from "../../src/format/load.js";
import { type Event, readCase } from "../../src/index.js";
import { parcel, put } from "../author/parcel.js";
import { converted } from "../corpus/conversion.js";
import { type Formats, loadTestFormats } from "../corpus/formats.js";

let known: Formats;
beforeAll(async () => {
	known = await loadTestFormats();
});

const FORMAT = `import { defineFormat, text } from "mailtrail/format";
import { programs } from "./programs.js";
export default defineFormat({
  id: "parcel", title: "Parcel service", grammar: "Parcel", programs, bare: "bare", lookup: "number",
  captures: { number: text("code"), place: text("fields.place"), remainder: text("remainder") },
});
`;

test("a format imports mailtrail/format and files of its own, from a folder without any node_modules", async () => {
	const folder = parcel({ "format.js": FORMAT, "programs.js": 'export const programs = ["parceld"];\n' });
	const { definition } = await loadFormat(join(folder, "parcel"));
	expect(definition).toMatchObject({ id: "parcel", programs: ["parceld"], captures: { number: { kind: "text", path: "code" } } });
});

test("its records are found among those of others, by program and by content", async () => {
	const format = await loadFormat(join(parcel(), "parcel"));
	const lines = [
		"Nov 21 02:08:35 hub parceld[7]: 10 came, 500 g, to van",
		"Nov 21 02:08:27 mx1 smtpf[27461]: 2AK28R274610000200 #599 ready",
		"parcel 11 lost in van",
		"Nov 21 02:08:36 hub otherd: parcel 10 comes",
		"Nov 21 02:08:36 hub nobody: hello",
	];
	const { events } = await converted(lines.join("\n"), { ...known, formats: [...known.formats, format], year: 2026 });
	expect(events.map((event: Event) => event.format)).toEqual(["parcel", "smtpf", "parcel", "parcel", undefined]);
	expect(events[0]).toMatchObject({ code: "10", level: "info", fields: { weight: 500, place: "van" } });
});

describe("folders of formats", () => {
	const refusal = (folders: readonly string[]): string => {
		try {
			return allFormatFolders(folders).join(" ");
		} catch (error) {
			return String(error);
		}
	};
	const emptyFolder = (): string => {
		const folder = mkdtempSync(join(tmpdir(), "mailtrail-"));
		onTestFinished(() => rmSync(folder, { recursive: true }));
		return folder;
	};

	test("a folder that is named twice counts once", () => {
		const folder = parcel();
		const found = allFormatFolders([folder, `${folder}/`]);
		expect(found.filter((one) => one.startsWith(folder))).toEqual([join(folder, "parcel")]);
	});

	test("an id that another folder has is refused", () => {
		const [one, other] = [parcel(), parcel()];
		expect(refusal([one, other])).toBe(
			`MailtrailError: ${other}/parcel: there is a format "parcel" already: ${one}/parcel\n  Give this one another id: the name of its folder and of its grammar file, and \`id\` in its format file.`,
		);
	});

	test("an id that ships is refused", () => {
		const folder = emptyFolder();
		mkdirSync(join(folder, "smtpf"));
		writeFileSync(join(folder, "smtpf", "format.js"), "");
		expect(refusal([folder])).toContain('smtpf: there is a format "smtpf" already: it ships with mailtrail\n');
	});

	test.each([
		[
			"a folder that is not there",
			(folder: string) => join(folder, "none"),
			"there is no such folder of formats\n  Check the path after --formats-dir, or formats_dirs of the case.",
		],
		[
			"a folder without formats",
			(folder: string) => folder,
			"there is no format in this folder\n  Each format is a folder in it; `mailtrail formats new` makes one.",
		],
	])("%s is refused", (_, path, message) => {
		const folder = path(emptyFolder());
		expect(refusal([folder])).toBe(`MailtrailError: ${folder}: ${message}`);
	});

	test("the folder of one format is refused, and the right one named", () => {
		const folder = parcel();
		expect(refusal([join(folder, "parcel")])).toBe(
			`MailtrailError: ${folder}/parcel: this is the folder of one format\n  Give the folder above it: ${folder}`,
		);
		const file = join(folder, "parcel", "format.js");
		expect(refusal([file])).toBe(`MailtrailError: ${file}: this is a file\n  Give the folder in which the folders of the formats stand.`);
	});

	test("a case names them relative to itself", async () => {
		const folder = parcel();
		put(folder, "case.json", JSON.stringify({ sources: [{ path: "case.json" }], formats_dirs: [".."] }));
		const { formatsDirs } = await readCase(join(folder, "parcel/case.json"));
		expect(allFormatFolders(formatsDirs).at(-1)).toBe(join(folder, "parcel"));
	});
});
