/**
 * Case files of a corpus: input and expected events side by side.
 *
 *     # Title of the case, a fact
 *     options: { "tz": "+09:00" }
 *     Nov 21 02:08:27 mx1 smtpf[27461]: #599 ready
 *     ==>
 *     { "code": "599", "session_id": null }
 *
 * Behind `==> hops` stands what the tracker makes of the records: an object for each hop, see `follow.ts`.
 * Nothing behind the arrow is a blank expectation, which `formats test --update` fills; it proves nothing until then.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, sep } from "node:path";
import { fileURLToPath } from "node:url";
import { MailtrailError } from "../errors.js";
import type { Json } from "../format/define.js";
import { BUILT_IN } from "../format/folders.js";
import type { Vocabulary } from "../format/vocabulary.js";
import { packageRoot } from "../root.js";

/** Options of convert, as a case may state them. */
export interface CaseOptions {
	readonly format?: string;
	readonly tz?: string;
	readonly year?: number;
	/** Time of modification of the input, RFC 3339. */
	readonly modified?: string;
	readonly max_line?: number;
	/** Options of the logging program. */
	readonly options?: Readonly<Record<string, string>>;
}

export interface CorpusCase {
	readonly file: string;
	readonly title: string;
	/** Lines of the title, of the first line of the input, and of the arrow, in the file. */
	readonly line: number;
	readonly inputLine: number;
	readonly arrowLine: number;
	readonly options: CaseOptions;
	readonly input: Buffer;
	/** Whether `expected` tells of the records, or of the mails that the tracker follows through them. */
	readonly expects: "events" | "hops";
	/** One object for each of them: the keys that matter; null says that the key is absent. Empty: the expectation is blank. */
	readonly expected: readonly Json[];
}

/** What proves a format: its cases, and real logs with their provenance. Paths exist. */
export interface Corpus {
	readonly folder: string;
	/** `*.txt` */
	readonly caseFiles: readonly string[];
	/** `captures/*`, but for SOURCES.md and data (`*.json`) beside the logs. */
	readonly captures: readonly string[];
	/** `captures/SOURCES.md`, whether it exists or not. */
	readonly sources: string;
}

const ROOT = fileURLToPath(packageRoot);

/** Sources of the formats that ship: only in a checkout of the project. */
export const SOURCES_OF_BUILT_IN: string = join(ROOT, "grammars", sep);

/** The format ships with the package, whether the folder is that of its sources or what the build made of them. */
export const isBuiltIn = (folder: string): boolean =>
	[BUILT_IN, SOURCES_OF_BUILT_IN].some((formats) => join(folder, sep).startsWith(formats));

/** Where the corpus of a format stands: `corpus/<id>/` of a checkout for formats that ship, `corpus/` in the folder of any other. */
export function corpusOf({ id, folder }: Pick<Vocabulary, "id" | "folder">): Corpus {
	const corpus = isBuiltIn(folder) ? join(ROOT, "corpus", id) : join(folder, "corpus");
	const captures = join(corpus, "captures");
	return {
		folder: corpus,
		caseFiles: filesIn(corpus, (name) => name.endsWith(".txt")),
		captures: filesIn(captures, (name) => name !== SOURCES && !name.endsWith(".json")),
		sources: join(captures, SOURCES),
	};
}

const SOURCES = "SOURCES.md";

const filesIn = (folder: string, isMeant: (name: string) => boolean): string[] =>
	!existsSync(folder)
		? []
		: readdirSync(folder, { withFileTypes: true })
				.filter((entry) => entry.isFile() && isMeant(entry.name))
				.map((entry) => join(folder, entry.name))
				.sort();

/** All cases of a format, in the order of their files. Throws MailtrailError for what is no case file. */
export const casesOf = (corpus: Corpus): CorpusCase[] => corpus.caseFiles.flatMap((file) => readCases(file, readFileSync(file)));

const OPTION_NAMES = ["format", "tz", "year", "modified", "max_line", "options"];

const FORM =
	'A case is "# " and a title, perhaps "options: { … }", the lines of the log, "==>", and a JSON object for each record. Behind "==> hops" stands one for each hop.';

/** What follows the input, and what is expected behind it. */
const ARROWS: Readonly<Record<string, CorpusCase["expects"]>> = { "==>": "events", "==> hops": "hops" };

/** A line that ends the input of a case. */
export const isArrow = (line: string): boolean => Object.hasOwn(ARROWS, line);

/** Throws MailtrailError with file and line for anything that is no case, and for a case that could never prove anything. */
export function readCases(file: string, bytes: Buffer): CorpusCase[] {
	// Latin-1 keeps every byte of the input; titles and expectations are UTF-8.
	const lines = bytes.toString("latin1").split("\n");
	const cases: CorpusCase[] = [];
	let at = 0;
	const fail = (line: number, reason: string): never => {
		throw new MailtrailError("case.invalid", 2, reason, FORM, { file, line: line + 1 });
	};
	const isTitle = (line: string | undefined): boolean => line?.startsWith("# ") === true;
	for (; at < lines.length && !isTitle(lines[at]); at++) if (lines[at]?.trim() !== "") fail(at, 'a case begins with "# " and its title');
	while (at < lines.length) {
		const line = at;
		const title = utf8(lines[at++]?.slice(2) ?? "").trim();
		if (cases.some((one) => one.title === title)) fail(line, `there is another case "${title}"`);
		const stated = lines[at]?.startsWith("options:") ? lines[at++]?.slice("options:".length) : undefined;
		const inputLine = at + 1;
		const input: string[] = [];
		for (; at < lines.length && !isArrow(lines[at] ?? ""); at++) {
			if (isTitle(lines[at])) fail(line, `the case "${title}" has no ==>`);
			input.push(lines[at] ?? "");
		}
		if (at === lines.length) fail(line, `the case "${title}" has no ==>`);
		const arrowLine = at + 1;
		const expects = ARROWS[lines[at] ?? ""] ?? "events";
		const from = ++at;
		while (at < lines.length && !isTitle(lines[at])) at++;
		const expected = readObjects(utf8(lines.slice(from, at).join("\n")), (reason) => fail(line, `the case "${title}" ${reason}`));
		const lack = lackOf(input, expected);
		if (lack !== undefined) fail(line, `the case "${title}" ${lack}`);
		const options = stated === undefined ? {} : readOptions(utf8(stated), (reason) => fail(line + 1, reason));
		const places = { file, line: line + 1, inputLine, arrowLine };
		cases.push({ ...places, title, options, input: Buffer.from(`${input.join("\n")}\n`, "latin1"), expects, expected });
	}
	if (cases.length === 0) fail(0, "there is no case in this file");
	return cases;
}

/** Why a case could never prove anything. */
function lackOf(input: readonly string[], expected: readonly Json[]): string | undefined {
	if (input.length === 0) return "has no input";
	const isEmpty = expected.length > 0 && !expected.some((one) => Object.keys(Object(one)).length > 0);
	return isEmpty ? "expects nothing" : undefined;
}

const utf8 = (latin1: string): string => Buffer.from(latin1, "latin1").toString();

function readOptions(text: string, fail: (reason: string) => never): CaseOptions {
	let options: unknown;
	try {
		options = JSON.parse(text);
	} catch {
		return fail("the options are no JSON");
	}
	const unknown = Object.keys(Object(options)).find((name) => !OPTION_NAMES.includes(name));
	if (unknown !== undefined) return fail(`there is no option "${unknown}"`);
	// Here data enters; what is in it shows when the case runs.
	return options as CaseOptions;
}

/** JSON objects one after the other, with anything blank between them. */
function readObjects(text: string, fail: (reason: string) => never): Json[] {
	const found: Json[] = [];
	let depth = 0;
	let from = 0;
	for (const { index, 0: token } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}]|[^\s]/g)) {
		if (depth === 0 && token !== "{") fail(`expects something that is no JSON object: ${text.slice(index, index + 40).trimEnd()}`);
		if (token === "{" && depth++ === 0) from = index;
		if (token !== "}" || --depth > 0) continue;
		const object = text.slice(from, index + 1);
		try {
			found.push(JSON.parse(object));
		} catch (error) {
			fail(`expects something that is no JSON: ${String(error)}\n${object}`);
		}
	}
	if (depth > 0) fail("has an expectation without its last }");
	return found;
}

/** What of the expectation does not hold, by JSON pointer. Objects may have more keys than expected, arrays not more elements. */
export function differences(expected: Json, found: Json | undefined, pointer = ""): string[] {
	const differs = (): string[] => [
		`${pointer || "/"}: expected ${JSON.stringify(expected)}, found ${found === undefined ? "none" : JSON.stringify(found)}`,
	];
	if (expected === null) return found === undefined ? [] : [`${pointer || "/"}: expected none, found ${JSON.stringify(found)}`];
	if (typeof expected !== "object") return expected === found ? [] : differs();
	if (typeof found !== "object" || found === null || Array.isArray(expected) !== Array.isArray(found)) return differs();
	const at = (value: Json, key: string): Json | undefined =>
		Object.entries(Object(value)).find(([name]) => name === key)?.[1] as Json | undefined;
	if (Array.isArray(expected) && Array.isArray(found) && expected.length !== found.length) return differs();
	return Object.entries(expected).flatMap(([key, value]) => differences(value, at(found, key), `${pointer}/${key}`));
}
