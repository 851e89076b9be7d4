/** What users name → inputs: files, what globs match, what is in folders and archives. */
import { lstatSync, readdirSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { MailtrailError } from "../errors.js";
import { beginningOf } from "./files.js";
import { packingOf } from "./unpack/packing.js";

/**
 * Names and globs → names of inputs, in the order given; what a glob matches is sorted by name (`mail.log`, `mail.log.1`,
 * `mail.log.10`, `mail.log.2`: not by age). A name that exists is taken literally, also with `*` or `[` in it. A folder stands for the
 * files in it and in folders in it, an archive for its members, `case.tgz!mail.log`; when the archive is damaged, `case.tgz!` is one of them,
 * which tells that. Of globs and folders, each file is read once, however many links lead to it. Relative names are relative to `base`.
 * @throws MailtrailError `input.no_match`, `input.empty_folder`
 */
export async function expandInputs(patterns: readonly string[], base?: string): Promise<string[]> {
	const names = new Set<string>();
	const seen = new Set<string>();
	for (const pattern of patterns) {
		const found = await matchesOf(pattern, base);
		const literal = literalOf(pattern, base);
		if (found === undefined) seen.add(identityOf(literal) ?? literal);
		const files = found ?? (isFolder(literal) ? filesOf(literal) : undefined);
		for (const file of files === undefined ? [literal] : distinct(files, seen)) for (const name of await inputsIn(file)) names.add(name);
	}
	return [...names];
}

/** The files in a folder, of which there is one at least. */
function filesOf(folder: string): string[] {
	const files = filesIn(folder);
	if (files.length > 0) return files;
	throw new MailtrailError("input.empty_folder", 3, "there is no file in the folder", "Check the path.", { file: folder });
}

const literalOf = (pattern: string, base: string | undefined): string =>
	pattern === "-" || base === undefined || pattern.startsWith("/") ? pattern : join(base, pattern);

const statusOf = (path: string): ReturnType<typeof statSync> | undefined => {
	try {
		return statSync(path, { throwIfNoEntry: false });
	} catch {
		// A circle of links, or a folder that this user may not enter: opening it says so.
		return undefined;
	}
};

const isFolder = (path: string): boolean => path !== "-" && statusOf(path)?.isDirectory() === true;

/** What a glob matches; undefined for what is none, as it exists, or can be nothing else than a name. */
async function matchesOf(pattern: string, base: string | undefined): Promise<string[] | undefined> {
	if (pattern === "-" || statusOf(literalOf(pattern, base)) !== undefined) return undefined;
	const { glob, isDynamicPattern } = await import("tinyglobby");
	// A name that is neither there nor a glob is kept: opening it says what is wrong with it.
	if (!isDynamicPattern(pattern)) return undefined;
	const found = await glob(pattern, { cwd: base ?? process.cwd(), expandDirectories: false, absolute: false });
	if (found.length === 0) {
		throw new MailtrailError(
			"input.no_match",
			3,
			`no file matches "${pattern}"${base === undefined ? "" : ` in ${base}`}`,
			"Check the folder and the spelling; * stands for a part of one name, ** for folders.",
		);
	}
	// Matches come back relative to the folder searched; an absolute pattern must give absolute names.
	return found
		.map((match) => (pattern.startsWith("/") ? resolve(base ?? ".", match) : base === undefined ? match : join(base, match)))
		.sort(byCodePoint);
}

const byCodePoint = (a: string, b: string): number => Buffer.compare(Buffer.from(a), Buffer.from(b));

/** The file itself, whatever leads to it; undefined when it cannot be looked at. */
function identityOf(path: string): string | undefined {
	const status = statusOf(path);
	return status === undefined ? undefined : `${status.dev}:${status.ino}`;
}

/** Each file once, by the shortest way to it that is no link; not those that were seen before. */
function distinct(paths: readonly string[], seen: Set<string>): string[] {
	const ways = paths.map((path) => ({ path, depth: path.split("/").length, isLink: isLink(path) }));
	const best = new Set<string>();
	for (const { path } of ways.sort((a, b) => a.depth - b.depth || Number(a.isLink) - Number(b.isLink))) {
		const identity = identityOf(path) ?? path;
		if (seen.has(identity)) continue;
		seen.add(identity);
		best.add(path);
	}
	return paths.filter((path) => best.has(path));
}

function isLink(path: string): boolean {
	return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
}

/** Bytes that tell a log from what may be an archive. */
const HEAD = 512;

/** Heads of archives hold zeros, which no text does. */
function mayBeArchive(path: string): boolean {
	try {
		const head = beginningOf(path, HEAD);
		return head.includes(0) || packingOf(head) !== undefined;
	} catch {
		return false;
	}
}

/** The inputs that a file stands for; what cannot be looked at stands for itself, and opening it says why. */
async function inputsIn(file: string): Promise<string[]> {
	if (file === "-" || statusOf(file)?.isFile() !== true || !mayBeArchive(file)) return [file];
	const { isArchive } = await import("./unpack/leaves.js");
	if (!(await isArchive(file))) return [file];
	const { listingOf, WITHIN } = await import("./unpack/members.js");
	const { members, damage } = await listingOf(file);
	return [...members.keys(), ...(damage === undefined ? [] : [""])].map((member) => `${file}${WITHIN}${member}`);
}

/** Regular files in a folder, and in folders in it; links to folders are not followed, as they may lead in a circle. */
function filesIn(folder: string): string[] {
	const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => byCodePoint(a.name, b.name));
	return entries.flatMap((entry) => {
		const path = join(folder, entry.name);
		if (entry.isDirectory()) return filesIn(path);
		const isFile = entry.isSymbolicLink() ? statusOf(path)?.isFile() === true : entry.isFile();
		return isFile ? [path] : [];
	});
}
