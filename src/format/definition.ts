/** `format.js` of a format folder: loads it, and says where it is wrong. */
import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { register } from "node:module";
import { basename } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { MailtrailError, type Place } from "../errors.js";
import type { FormatDefinition } from "./define.js";
import { BUILT_IN, definitionFile } from "./folders.js";

/**
 * How node resolves the imports of a format outside of this package: `mailtrail/format` is that of the mailtrail which runs,
 * wherever that is installed, and a format's own .js files are modules without any package.json saying so.
 */
const RESOLUTION = `
let api, loader;
const own = new Set();
export const initialize = (data) => ({ api, loader } = data);
export const resolve = async (specifier, context, next) => {
	if (specifier === "mailtrail/format") return { url: api, shortCircuit: true };
	const found = await next(specifier, context);
	const isOwn = (context.parentURL === loader || own.has(context.parentURL)) && /^(file:|[.]{1,2}[/])/.test(specifier);
	if (!isOwn) return found;
	own.add(found.url);
	return new URL(found.url).pathname.endsWith(".js") ? { ...found, format: "module" } : found;
};`;

let isRegistered = false;

/** Takes some 30 ms, so only for those who have formats of their own. */
function resolveFormatApi(): void {
	if (isRegistered) return;
	isRegistered = true;
	const data = { api: new URL("./define.js", import.meta.url).href, loader: import.meta.url };
	register(`data:text/javascript,${encodeURIComponent(RESOLUTION)}`, { data });
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
	const url = pathToFileURL(file);
	if (!file.startsWith(BUILT_IN)) {
		resolveFormatApi();
		// Authors change it while `formats test --watch` runs; a module is loaded once, and again only under another name.
		url.search = String(statSync(file).mtimeMs);
	}
	let loaded: { default?: FormatDefinition };
	try {
		loaded = (await import(url.href)) as { default?: FormatDefinition };
	} catch (error) {
		throw broken(error, file);
	}
	const refuse = (code: string, what: string, mend: string): never => {
		throw new MailtrailError(code, 2, what, mend, { file });
	};
	const definition = loaded.default;
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
	return definition;
}

/** An error of the file itself, of what it imports, or of this node. */
function broken(error: unknown, file: string): MailtrailError {
	const reason = error instanceof Error ? error.message : String(error);
	const code = error instanceof Error && "code" in error ? error.code : undefined;
	const refusal = (mend: string, { place = { file }, excerpt }: Partial<Found> = {}): MailtrailError =>
		new MailtrailError("format.broken", 2, `the format file cannot be loaded: ${reason}`, mend, place, excerpt);
	if (code === "ERR_UNKNOWN_FILE_EXTENSION")
		return refusal("This Node.js reads no TypeScript: write the same as format.js, or use Node.js 22.18 or later.");
	if (code === "ERR_MODULE_NOT_FOUND")
		return refusal('A format imports "mailtrail/format", files of its own folder, and modules of Node.js.');
	const found =
		error instanceof SyntaxError ? (shownPlace(error.stack, file) ?? shownPlace(syntaxReport(file), file)) : thrownAt(error, file);
	return refusal("Correct the file.", found);
}

interface Found {
	readonly place: Place;
	readonly excerpt: string | undefined;
}

/** `import` tells no place of a syntax error, but the syntax check of node does. */
function syntaxReport(file: string): string {
	const { stderr } = spawnSync(process.execPath, ["--input-type=module", "--check", "-"], { input: readFileSync(file), encoding: "utf8" });
	return stderr ?? "";
}

/** Line, source and caret, as node shows them: `[stdin]:3`, `  x: = 3`, `     ^`. */
function shownPlace(report: string | undefined, file: string): Found | undefined {
	const [, line, excerpt = "", indent = ""] = /^\S+:(\d+)\n(.*)\n(\s*)\^/.exec(report ?? "") ?? [];
	return line === undefined ? undefined : { place: { file, line: Number(line), column: indent.length + 1 }, excerpt };
}

/** The place in the file where an error was thrown. */
function thrownAt(error: unknown, file: string): Found | undefined {
	const stack = error instanceof Error ? (error.stack ?? "") : "";
	for (const [, at = "", line, column] of stack.matchAll(/\(?(file:\/\/[^\s()]+):(\d+):(\d+)\)?$/gm)) {
		if (fileURLToPath(at) !== file) continue;
		const excerpt = readFileSync(file, "utf8").split("\n")[Number(line) - 1];
		return { place: { file, line: Number(line), column: Number(column) }, excerpt };
	}
	return undefined;
}
