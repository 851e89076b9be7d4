/** The engine holds no words of formats: what a format needs looked for or said, its definition and its catalog tell. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";
import { readVocabularies, type Vocabulary } from "../src/index.js";
import { readShipped } from "../src/root.js";

/** Code that reads no logs: its help and its examples name what users have. */
const TALKS = "cli/";

const sources = readdirSync("src", { recursive: true, encoding: "utf8" })
	.filter((name) => name.endsWith(".ts") && !name.startsWith(TALKS))
	.sort();

/** All that code compares with or says: texts and regular expressions, without comments and modules that are imported. */
function literalsOf(code: string): string[] {
	const found: string[] = [];
	const visit = (node: ts.Node): void => {
		if (ts.isImportDeclaration(node) || ts.isExportDeclaration(node)) return;
		if (ts.isRegularExpressionLiteral(node) || ts.isStringLiteralLike(node) || ts.isTemplateHead(node)) found.push(node.text);
		if (ts.isTemplateMiddle(node) || ts.isTemplateTail(node)) found.push(node.text);
		ts.forEachChild(node, visit);
	};
	visit(ts.createSourceFile("code.ts", code, ts.ScriptTarget.ES2022, true));
	return found;
}

/** Keys and words of the event schema: all formats share them. */
function sharedWords(schema: unknown, found: Set<string> = new Set()): ReadonlySet<string> {
	if (typeof schema === "string") for (const word of schema.match(/[a-z]+/g) ?? []) found.add(word);
	else if (typeof schema === "object" && schema !== null)
		for (const [key, value] of Object.entries(schema)) {
			if (key === "description" || key === "title") continue;
			sharedWords(key, found);
			sharedWords(value, found);
		}
	return found;
}

/** The letters of a template between its placeholders: `queued as`. */
const literalParts = (template: string): string[] => template.split(/\{[^}]*\}/).map((part) => part.replace(/^\W+|\W+$/g, ""));

/** What only a format can know. */
interface Words {
	/** Found wherever they stand in a text. */
	readonly phrases: ReadonlySet<string>;
	/** Found when they are a whole text. */
	readonly names: ReadonlySet<string>;
}

/** So short a part of a template is a word of any language. */
const SHORT_PART = 12;

function wordsOf(vocabularies: readonly Vocabulary[], shared: ReadonlySet<string>): Words {
	const phrases: string[] = [];
	const names: string[] = [];
	for (const { definition, catalog } of vocabularies) {
		const { told = [], programs = [], words = {}, modifiers = [], replies, profile } = definition;
		const forms = [...catalog.entries, ...catalog.entries.flatMap(({ variants = [] }) => variants), ...(catalog.terms ?? [])];
		phrases.push(...told.flatMap(literalParts).filter((part) => part.includes(" ")));
		phrases.push(...programs.map((program) => program.replace(/[*/]/g, "")).filter((program) => program !== "" && !shared.has(program)));
		phrases.push(
			...forms.flatMap(({ template = "" }) => literalParts(template)).filter((part) => /\s/.test(part) && part.length >= SHORT_PART),
		);
		phrases.push(...Object.keys(catalog.fields).map((name) => `fields.${name}`), ...Object.keys(profile?.options ?? {}));
		names.push(...[...Object.values(words), modifiers, replies?.kind ?? []].flat());
		names.push(...catalog.entries.map(({ code }) => code).filter((code) => code.length > 2));
	}
	return { phrases: new Set(phrases.map((phrase) => phrase.toLowerCase())), names: new Set(names) };
}

/** The words of formats that code holds, each with the text that holds it. */
function held(code: string, { phrases, names }: Words): string[] {
	return literalsOf(code).flatMap((literal) => {
		const text = literal.toLowerCase().replace(/\\s[+*]?/g, " ");
		const isWhole = (phrase: string, at: number): boolean =>
			at >= 0 && !/[\w-]/.test(text[at - 1] ?? " ") && !/[\w-]/.test(text[at + phrase.length] ?? " ");
		const found = [...phrases].filter((phrase) => isWhole(phrase, text.indexOf(phrase)));
		if (names.has(literal)) found.push(literal);
		return found.map((word) => `"${word}" in ${literal}`);
	});
}

const words = wordsOf(await readVocabularies(), sharedWords(readShipped("schemas/event.schema.json")));

describe("no words of formats stand in", () => {
	test.each(sources)("src/%s", (name) => {
		expect(held(readFileSync(join("src", name), "utf8"), words)).toEqual([]);
	});
});

test("the words are those that the formats declare", () => {
	expect(words.phrases.size).toBeGreaterThan(1000);
	for (const phrase of [
		"queued as",
		"envelope id",
		"milter-manager",
		"postsuper",
		"lost connection after",
		"fields.modifiers",
		"log_message_id",
	])
		expect(words.phrases).toContain(phrase);
	for (const name of ["modifier", "reply", "flag", "[session][end][{elapsed}]", "delivery/sent"]) expect(words.names).toContain(name);
	// All formats tell errors, and what SMTP says.
	for (const shared of ["error", "smtp", "discard"]) expect(words.phrases).not.toContain(shared);
});

describe("this test sees", () => {
	test.each([
		["a phrase in an expression", "const QUOTED = /(?:queued as|envelope id)\\s+(\\S+)/gi;", ["queued as", "envelope id"]],
		["a phrase with any blank between its words", "text.match(/queued\\s+as/)", ["queued as"]],
		["a kind of terms", 'termsOf("modifier", letter)', ["modifier"]],
		["a field of a catalog", 'const paths = ["fields.modifiers"];', ["fields.modifiers"]],
		["a program in a template", "const name = `${prefix} milter-manager ${pid}`;", ["milter-manager"]],
		["a code", 'event.code === "delivery/sent"', ["delivery/sent"]],
		["a text of a log", 'if (text.startsWith("lost connection after ")) count++;', ["lost connection after"]],
	])("%s", (_, code, expected) => {
		expect(held(code, words).map((found) => found.split('"')[1])).toEqual(expected);
	});

	test.each([
		["a comment", "// as in: queued as 4AB1\nexport const one = 1;"],
		["a part of a longer word", 'const text = "unqueued assets of milter-managers";'],
		["a name of the code itself", "const modifier = reply(flag);"],
	])("and not: %s", (_, code) => {
		expect(held(code, words)).toEqual([]);
	});
});
