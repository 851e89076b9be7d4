/** Runs the case files of the corpus: corpus/<format>/*.txt and corpus/frames/<frame>/*.txt. */
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { type CorpusCase, corpusOf, differences, readCases } from "../src/author/cases.js";
import { inputOf, judge, settingsOf } from "../src/author/trial.js";
import { BUILT_IN, FRAMES, formatFolders, frameFolders } from "../src/format/folders.js";
import { converted } from "./corpus/conversion.js";
import { type Formats, loadTestFormats } from "./corpus/formats.js";

let known: Formats;
beforeAll(async () => {
	known = await loadTestFormats();
});

async function run(one: CorpusCase, id: string): Promise<void> {
	const { modified } = inputOf(one);
	const format = known.formats.find((own) => own.id === id);
	if (id.startsWith(FRAMES)) return runFrame(one);
	if (format === undefined) throw new Error(`there is no format ${id}`);
	const { events } = await converted(one.input, settingsOf(one, known), modified === undefined ? {} : { modified });
	expect(await judge(one, events, { ...known, format })).toMatchObject({ verdict: "holds", differences: [] });
}

/** Frames have no hops. */
async function runFrame(one: CorpusCase): Promise<void> {
	const { events } = await converted(one.input, settingsOf(one, known));
	expect(one.expected).toHaveLength(events.length);
	expect(one.expected.flatMap((expected, i) => differences(expected, JSON.parse(JSON.stringify(events[i]))))).toEqual([]);
}

for (const folder of [...formatFolders(BUILT_IN), ...frameFolders(BUILT_IN)]) {
	const id = folder.startsWith(join(BUILT_IN, FRAMES)) ? join(FRAMES, basename(folder)) : basename(folder);
	describe(id, () => {
		const { caseFiles } = corpusOf({ id, folder });
		test("has cases", () => {
			expect(caseFiles).not.toEqual([]);
		});
		for (const file of caseFiles) {
			describe(basename(file), () => {
				let cases: CorpusCase[];
				try {
					cases = readCases(file, readFileSync(file));
				} catch (error) {
					test("can be read", () => {
						throw error;
					});
					return;
				}
				for (const one of cases) test(one.title, () => run(one, id));
			});
		}
	});
}

describe("a case file that proves nothing is refused", () => {
	test.each([
		["an empty file", "\n", "f.txt:1: there is no case in this file"],
		["text before the first title", "hello\n", 'f.txt:1: a case begins with "# " and its title'],
		["no expectation", "# A\nline\n", 'f.txt:1: the case "A" has no ==>'],
		["no expectation before the next case", "# A\nline\n# B\nline\n==>\n{}\n", 'f.txt:1: the case "A" has no ==>'],
		["no input", '# A\n==>\n{ "code": "1" }\n', 'f.txt:1: the case "A" has no input'],
		["only expectations without keys", "# A\nline\n==>\n{}\n", 'f.txt:1: the case "A" expects nothing'],
		["the same title twice", '# A\nx\n==>\n{ "code": "1" }\n\n# A\nx\n==>\n{ "code": "1" }\n', 'f.txt:6: there is another case "A"'],
		["no JSON", "# A\nx\n==>\nfoo\n", 'f.txt:1: the case "A" expects something that is no JSON object: foo'],
		["an open brace", '# A\nx\n==>\n{ "code": "1"\n', 'f.txt:1: the case "A" has an expectation without its last }'],
		["an unknown option", '# A\noptions: { "zone": "UTC" }\nx\n==>\n{ "code": "1" }\n', 'f.txt:2: there is no option "zone"'],
		["broken options", '# A\noptions: {\nx\n==>\n{ "code": "1" }\n', "f.txt:2: the options are no JSON"],
	])("%s", (_, text, message) => {
		expect(() => readCases("f.txt", Buffer.from(text))).toThrow(`${message}\n  A case is "# " and a title`);
	});

	test("but for a blank expectation, which `formats test --update` fills", () => {
		const [first, second] = readCases("f.txt", Buffer.from('# A\nline\n==>\n\n# B\nline\n==>\n{ "code": "1" }\n'));
		expect(first).toMatchObject({ title: "A", line: 1, inputLine: 2, arrowLine: 3, expected: [] });
		expect(second).toMatchObject({ title: "B", line: 5, inputLine: 6, arrowLine: 7, expected: [{ code: "1" }] });
	});

	test("an expectation is met by the keys it states, and by the absence of those it forbids", () => {
		const event = { code: "1", fields: { a: 1 }, tags: ["x", "y"] };
		expect(differences({ code: "1", text: null, fields: { b: null }, tags: ["x", "y"] }, event)).toEqual([]);
		expect(differences({ code: null, fields: { a: "1" }, tags: ["x"], text: "t" }, event)).toEqual([
			'/code: expected none, found "1"',
			'/fields/a: expected "1", found 1',
			'/tags: expected ["x"], found ["x","y"]',
			'/text: expected "t", found none',
		]);
		expect(differences({ fields: null }, event)).not.toEqual([]);
		expect(differences({}, undefined)).not.toEqual([]);
	});
});
