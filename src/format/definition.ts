/** `format.js` of a format folder: loads it, and says where it is wrong. */
import { readdirSync, readFileSync, statSync } from "node:fs";
import * as nodeModule from "node:module";
import { basename, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { MailtrailError, type Place } from "../errors.js";
import type { Field, FormatDefinition, TrailModule } from "./define.js";
import { BUILT_IN, definitionFile } from "./folders.js";

/** What Node.js calls for each import: `next` gives what it would do itself, in older versions as a promise. */
type Resolve = (
	specifier: string,
	context: { readonly parentURL?: string },
	next: (specifier: string, context: object) => Found | Promise<Found>,
) => Found | Promise<Found>;

interface Found {
	readonly url: string;
	readonly format?: string;
	readonly shortCircuit?: boolean;
}

/**
 * How the imports of a format outside of this package are resolved: `mailtrail/format` is that of the mailtrail which runs, wherever that
 * is installed, and a format's own files are modules without any package.json saying so. The query of the format file tells its own files from all
 * others, and passes on to them: a tracker that was changed is loaded again, too. Older versions of Node.js run this as a text in another
 * thread, so it uses nothing from around it.
 */
function resolver({ api, mark }: { readonly api: string; readonly mark: string }): Resolve {
	const markOf = (url: string | undefined): string => {
		const search = url?.startsWith("file:") === true ? new URL(url).search : "";
		return search.startsWith(`?${mark}=`) ? search : "";
	};
	return (specifier, context, next) => {
		if (specifier === "mailtrail/format") return { url: api, shortCircuit: true };
		const marked = (found: Found): Found => {
			const search = markOf(found.url) || (/^[.]{1,2}[/]/.test(specifier) ? markOf(context.parentURL) : "");
			if (search === "") return found;
			const url = new URL(found.url);
			url.search = search;
			const own = { ...found, url: url.href };
			if (url.pathname.endsWith(".js")) return { ...own, format: "module" };
			const isTypeScript = url.pathname.endsWith(".ts") && "typescript" in process.features && process.features.typescript !== false;
			return isTypeScript ? { ...own, format: "module-typescript" } : own;
		};
		const found = next(specifier, context);
		return found instanceof Promise ? found.then(marked) : marked(found);
	};
}

/** Begins the query under which the files of a format are loaded. */
const MARK = "mailtrail";

let isRegistered = false;

/** Takes some milliseconds, so only for those who have formats of their own. */
function resolveFormatApi(): void {
	if (isRegistered) return;
	isRegistered = true;
	const data = { api: new URL("./api.js", import.meta.url).href, mark: MARK };
	// From Node.js 22.15 on; the types are those of the oldest version that we support.
	const { registerHooks } = nodeModule as { readonly registerHooks?: (hooks: { readonly resolve: Resolve }) => void };
	if (registerHooks !== undefined) return registerHooks({ resolve: resolver(data) });
	const text = `let inner; export const initialize = (data) => { inner = (${resolver})(data); };
export const resolve = (...call) => inner(...call);`;
	// Not in the first versions of Node.js 20.
	if (nodeModule.register === undefined)
		throw new MailtrailError("format.node", 2, "this Node.js cannot load formats of your own", "Use Node.js 20.6 or later.");
	nodeModule.register(`data:text/javascript,${encodeURIComponent(text)}`, { data });
}

/** Another one when a file of code in a folder has changed. */
export const codeVersion = (folder: string): string =>
	readdirSync(folder)
		.filter((name) => /\.(?:[cm]?js|ts)$/.test(name))
		.map((name) => statSync(join(folder, name)).mtimeMs)
		.join();

/**
 * What the file of a format or a frame exports by default, which nobody has looked at. Throws MailtrailError (exit 2) that names the file, and
 * where it can the line and column.
 */
export async function defaultOf<T>(file: string, folder: string): Promise<T | undefined> {
	const url = pathToFileURL(file);
	if (!file.startsWith(BUILT_IN)) {
		resolveFormatApi();
		// Authors change it while `formats test --watch` runs; a module is loaded once, and again only under another name.
		url.search = `${MARK}=${codeVersion(folder)}`;
	}
	let loaded: { default?: T };
	try {
		loaded = (await import(url.href)) as { default?: T };
	} catch (error) {
		throw await broken(error, file);
	}
	return loaded.default;
}

/** Throws MailtrailError (exit 2) that names the file, and where it can the line and column. */
export async function readDefinition(folder: string): Promise<FormatDefinition> {
	const file = definitionFile(folder);
	if (file === undefined)
		throw new MailtrailError(
			"format.missing",
			2,
			"this folder holds no format",
			"A format folder has format.js, a grammar and a catalog; `mailtrail formats new` writes them.",
			{ file: folder },
		);
	const definition = await defaultOf<FormatDefinition>(file, folder);
	const refuse = (code: string, what: string, mend: string): never => {
		throw new MailtrailError(code, 2, what, mend, { file });
	};
	if (definition?.id === undefined || definition.grammar === undefined || definition.captures === undefined)
		return refuse(
			"format.definition",
			"the format file has no `export default defineFormat({ id, title, grammar, captures, … })`",
			"See CONTRIBUTING.md.",
		);
	if (definition.id !== basename(folder))
		refuse("format.id", `the format calls itself "${definition.id}", its folder "${basename(folder)}"`, "Give both the same name.");
	for (const [name, fields] of Object.entries(definition.captures))
		if (![fields].flat().every((field) => typeof field === "object" && typeof field.kind === "string"))
			refuse(
				"format.capture",
				`the capture "${name}" is no field`,
				`Write ${name}: text("client.ip"), or integer, list, derived, … of "mailtrail/format".`,
			);
	const endless = Object.entries(definition.captures).find(([, fields]) => [fields].flat().some((field) => isEndless(field)));
	if (endless !== undefined)
		refuse(
			"format.separator",
			`the list "${endless[0]}" has an empty separator`,
			"Name what stands between its elements, or leave it out.",
		);
	const silent = definition.told?.find((template) => !template.includes("{id}"));
	if (silent !== undefined)
		refuse("format.told", `"${silent}" does not say where the id stands`, `Write {id} in its place: "${silent} {id}".`);
	return definition;
}

/** An empty text stands between any two signs, and there without end. */
const isEndless = (field: Field): boolean => field.kind === "list" && field.separator === "";

/** What follows mails through the events of a format, when it says how. Throws MailtrailError (exit 2) as `readDefinition` does. */
export async function readTrail({ trail }: FormatDefinition, folder: string): Promise<TrailModule["trail"] | undefined> {
	if (trail === undefined) return undefined;
	const file = definitionFile(folder) ?? folder;
	let loaded: Partial<TrailModule> | undefined;
	try {
		loaded = await trail();
	} catch (error) {
		throw await broken(error, file);
	}
	if (loaded?.trail instanceof Function) return loaded.trail;
	throw new MailtrailError(
		"format.trail",
		2,
		"the `trail` of the format gives no module with a function `trail`",
		'Write trail: () => import("./trail.js"), and export the function there.',
		{ file },
	);
}

/** An error of the file itself, of what it imports, or of this node. */
async function broken(error: unknown, file: string): Promise<MailtrailError> {
	const reason = error instanceof Error ? error.message : String(error);
	const code = error instanceof Error && "code" in error ? error.code : undefined;
	const refusal = (mend: string, { place = { file }, excerpt }: Partial<Shown> = {}): MailtrailError =>
		new MailtrailError("format.broken", 2, `the format file cannot be loaded: ${reason}`, mend, place, excerpt);
	if (code === "ERR_UNKNOWN_FILE_EXTENSION")
		return refusal("This Node.js reads no TypeScript: write the same as format.js, or use Node.js 22.18 or later.");
	if (code === "ERR_MODULE_NOT_FOUND")
		return refusal('A format imports "mailtrail/format", files of its own folder, and modules of Node.js.');
	const found =
		error instanceof SyntaxError ? (shownPlace(error.stack, file) ?? shownPlace(await syntaxReport(file), file)) : thrownAt(error, file);
	return refusal("Correct the file.", found);
}

interface Shown {
	readonly place: Place;
	readonly excerpt: string | undefined;
}

/** `import` tells no place of a syntax error, but the syntax check of node does. */
async function syntaxReport(file: string): Promise<string> {
	const { spawnSync } = await import("node:child_process");
	const { stderr } = spawnSync(process.execPath, ["--input-type=module", "--check", "-"], { input: readFileSync(file), encoding: "utf8" });
	return stderr ?? "";
}

/** Line, source and caret, as node shows them: `[stdin]:3`, `  x: = 3`, `     ^`. */
function shownPlace(report: string | undefined, file: string): Shown | undefined {
	const [, line, excerpt = "", indent = ""] = /^\S+:(\d+)\n(.*)\n(\s*)\^/.exec(report ?? "") ?? [];
	return line === undefined ? undefined : { place: { file, line: Number(line), column: indent.length + 1 }, excerpt };
}

/** The place in the file where an error was thrown. */
function thrownAt(error: unknown, file: string): Shown | undefined {
	const stack = error instanceof Error ? (error.stack ?? "") : "";
	for (const [, at = "", line, column] of stack.matchAll(/\(?(file:\/\/[^\s()]+):(\d+):(\d+)\)?$/gm)) {
		if (fileURLToPath(at) !== file) continue;
		const excerpt = readFileSync(file, "utf8").split("\n")[Number(line) - 1];
		return { place: { file, line: Number(line), column: Number(column) }, excerpt };
	}
	return undefined;
}
