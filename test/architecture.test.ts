import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript";
import { describe, expect, test } from "vitest";

/** Top-level folders that belong to the project; what installs and builds make is not part of it. */
const TOP_LEVEL = ["corpus", "grammars", "schemas", "src", "test"];
const MADE = ["node_modules", "dist", "coverage"];

/** A layer may import from itself and from those after it, never from those before it. */
const LAYERS = [["cli"], ["index"], ["author"], ["convert", "correlate"], ["format"], ["grammar"], ["errors", "escapes", "root", "kernel"]];

const folders = (path: string): string[] =>
	readdirSync(path, { withFileTypes: true })
		.filter((entry) => entry.isDirectory())
		.map((entry) => entry.name);

const sources = (folder: string): string[] =>
	readdirSync(folder, { recursive: true, encoding: "utf8" })
		.filter((name) => name.endsWith(".ts"))
		.map((name) => join(folder, name))
		.sort();

/** Modules that a file imports, those of the project as paths from its root. */
function importsOf(path: string, text: string = readFileSync(path, "utf8")): string[] {
	return ts.preProcessFile(text).importedFiles.map(({ fileName }) => {
		if (!fileName.startsWith(".")) return fileName;
		return relative(".", join(dirname(path), fileName)).replace(/\.js$/, ".ts");
	});
}

/** `src/cli/run.ts` → `cli`, `src/index.ts` → `index`. */
const layerName = (path: string): string => path.split("/")[1]?.replace(/\.ts$/, "") ?? "";
const depth = (path: string): number => LAYERS.findIndex((names) => names.includes(layerName(path)));

/** Imports of a source file that run against the layers, or leave `src`. */
function wrongImports(path: string, imported: readonly string[]): string[] {
	const own = depth(path);
	const isWrong = (target: string): boolean => {
		if (target.startsWith("src/")) return depth(target) < own || (depth(target) === own && layerName(target) !== layerName(path));
		return target.startsWith("grammars/") || target.startsWith("test/") || target.startsWith("corpus/");
	};
	return imported.filter(isWrong).map((target) => `${path} imports ${target}`);
}

/** Lines of a file, and of a function. */
const [LONGEST_FILE, LONGEST_FUNCTION] = [300, 60] as const;

/** What is too long in a file; types that are generated of a schema are as long as it is. */
function tooLong(path: string, text: string = readFileSync(path, "utf8")): string[] {
	if (text.startsWith("// Generated ")) return [];
	const source = ts.createSourceFile(path, text, ts.ScriptTarget.ES2022, true);
	const lineOf = (position: number): number => source.getLineAndCharacterOfPosition(position).line + 1;
	const lines = text.trimEnd().split("\n").length;
	const found = lines > LONGEST_FILE ? [`${path} has ${lines} lines`] : [];
	const visit = (node: ts.Node): void => {
		const first = lineOf(node.getStart());
		const length = lineOf(node.end) - first + 1;
		if (ts.isFunctionLike(node) && length > LONGEST_FUNCTION) found.push(`${path}:${first} is a function of ${length} lines`);
		ts.forEachChild(node, visit);
	};
	visit(source);
	return found;
}

describe("files and functions fit on a few screens", () => {
	test("in src and in grammars", () => {
		expect(["src", "grammars"].flatMap(sources).flatMap((path) => tooLong(path))).toEqual([]);
	});

	test("this test sees a long file, and a long function in it", () => {
		const lines = (count: number): string => "one();\n".repeat(count);
		expect(tooLong("a.ts", `${lines(240)}function a() {\n${lines(58)}}\n`)).toEqual([]);
		expect(tooLong("a.ts", `${lines(240)}function a() {\n${lines(59)}}\n`)).toEqual([
			"a.ts has 301 lines",
			"a.ts:241 is a function of 61 lines",
		]);
	});
});

test("nothing but the known folders stands at the top", () => {
	const found = folders(".").filter((name) => !name.startsWith(".") && !MADE.includes(name));
	expect(found.filter((name) => !TOP_LEVEL.includes(name))).toEqual([]);
});

describe("imports run one way", () => {
	test("every source file belongs to a layer", () => {
		expect(sources("src").filter((path) => depth(path) < 0)).toEqual([]);
	});

	test.each(LAYERS.flat().filter((name) => existsSync(`src/${name}`) || existsSync(`src/${name}.ts`)))("%s", (name) => {
		const paths = existsSync(`src/${name}.ts`) ? [`src/${name}.ts`] : sources(`src/${name}`);
		expect(paths.flatMap((path) => wrongImports(path, importsOf(path)))).toEqual([]);
	});

	test("this test sees an import that runs against them, also a dynamic one", () => {
		const path = "src/grammar/broken.ts";
		const text = 'import type { Event } from "../format/event.js";\nconst cli = await import("../cli/run.js");\nimport "../errors.js";';
		expect(wrongImports(path, importsOf(path, text))).toEqual([
			"src/grammar/broken.ts imports src/format/event.ts",
			"src/grammar/broken.ts imports src/cli/run.ts",
		]);
	});
});

/** Files that import each other, directly or by way of others, each circle with all its files. */
function circles(imports: ReadonlyMap<string, readonly string[]>): string[][] {
	const reached = (from: string): ReadonlySet<string> => {
		const found = new Set(imports.get(from));
		for (const one of found) for (const next of imports.get(one) ?? []) found.add(next);
		return found;
	};
	const behind = new Map([...imports.keys()].map((path) => [path, reached(path)]));
	const onCircle = [...imports.keys()].filter((path) => behind.get(path)?.has(path) === true);
	const together = (path: string): string[] =>
		onCircle.filter((other) => behind.get(path)?.has(other) === true && behind.get(other)?.has(path) === true);
	return [...new Set(onCircle.map((path) => together(path).sort().join(" ↔ ")))].sort().map((names) => names.split(" ↔ "));
}

describe("no files import each other", () => {
	test("in src and in grammars, values and types alike", () => {
		const paths = ["src", "grammars"].flatMap(sources);
		expect(circles(new Map(paths.map((path) => [path, importsOf(path)])))).toEqual([]);
	});

	test("this test sees a circle of three, also one of types alone", () => {
		const files = {
			"src/format/one.ts": 'import { two } from "./two.js";',
			"src/format/two.ts": 'import type { Three } from "./three.js";',
			"src/format/three.ts": 'export type * from "./one.js";',
			"src/format/four.ts": 'import { one } from "./one.js";',
		};
		const imports = Object.entries(files).map(([path, text]) => [path, importsOf(path, text)] as const);
		expect(circles(new Map(imports))).toEqual([["src/format/one.ts", "src/format/three.ts", "src/format/two.ts"]]);
		expect(circles(new Map(imports.slice(1)))).toEqual([]);
	});
});

describe("a format", () => {
	const ids = folders("grammars").filter((id) => id !== "shared" && id !== "frames");
	const allowed = (id: string, target: string): boolean =>
		target === "src/format/define.ts" ||
		target === "src/format/api.ts" ||
		target === "src/format/event.ts" ||
		(id === "frames" && target === "src/format/frame.ts") ||
		target.startsWith(`grammars/${id}/`) ||
		target.startsWith("grammars/shared/") ||
		target.startsWith("node:");

	test.each(["shared", "frames", ...ids])("%s imports the definition API, the event types and its own files only", (id) => {
		const wrong = sources(`grammars/${id}`).flatMap((path) =>
			importsOf(path)
				.filter((target) => !allowed(id, target))
				.map((target) => `${path} imports ${target}`),
		);
		expect(wrong).toEqual([]);
	});

	/** The ids that stand in the code of a file, comments left out: those may tell which real line forced a guard. */
	const named = (text: string): string[] => {
		const scanner = ts.createScanner(ts.ScriptTarget.ES2022, true, ts.LanguageVariant.Standard, text);
		const code: string[] = [];
		for (let token = scanner.scan(); token !== ts.SyntaxKind.EndOfFileToken; token = scanner.scan()) code.push(scanner.getTokenText());
		const words = new Set<string>(code.join(" ").match(/[a-z0-9]+(?:-[a-z0-9]+)*/gi));
		return ids.filter((id) => words.has(id));
	};

	test.each(sources("src").filter((path) => layerName(path) !== "cli"))("is not named in %s", (path) => {
		expect(named(readFileSync(path, "utf8"))).toEqual([]);
	});

	test("would be seen by this test if code named it, and not if a comment does", () => {
		const [id = ""] = ids;
		expect(named(`// ${id} writes such lines\nexport const format = 1;`)).toEqual([]);
		expect(named(`if (format === "${id}") throw new Error();`)).toEqual([id]);
	});
});
