/** Where formats stand: those that ship, and those in the folders of users. */
import { existsSync, readdirSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { MailtrailError } from "../errors.js";

/** Folder of the formats that ship with the package. */
export const BUILT_IN: string = fileURLToPath(new URL("../../grammars/", import.meta.url));

/** Folder of the rules and framings that all formats share. */
export const SHARED: string = join(BUILT_IN, "shared");

/** Folder of frames, in a folder of formats. */
export const FRAMES = "frames";

/** Names that the definition of a frame may have. */
const FRAME_DEFINITIONS = ["frame.js", "frame.mjs", "frame.ts"];

/** The file of a folder that defines a frame; undefined when there is none. */
export const frameFile = (folder: string): string | undefined =>
	FRAME_DEFINITIONS.map((name) => join(folder, name)).find((path) => existsSync(path));

/** Folders of frames in a folder of formats, by name. */
export function frameFolders(root: string): string[] {
	const frames = join(root, FRAMES);
	if (statSync(frames, { throwIfNoEntry: false })?.isDirectory() !== true) return [];
	return readdirSync(frames)
		.map((name) => join(frames, name))
		.filter((folder) => frameFile(folder) !== undefined || existsSync(join(folder, `${basename(folder)}.ohm`)))
		.sort();
}

/** Names that the definition may have, the first that is there counts. Node.js reads the last one from version 22.18 on. */
const DEFINITIONS = ["format.js", "format.mjs", "format.ts"];

/** The file of a format folder that defines it; undefined when there is none. */
export const definitionFile = (folder: string): string | undefined =>
	DEFINITIONS.map((name) => join(folder, name)).find((path) => existsSync(path));

/** Folders of formats in a folder: those with a definition, or with a grammar of their name. */
export function formatFolders(root: string): string[] {
	return readdirSync(root, { withFileTypes: true })
		.filter(
			(entry) =>
				entry.name !== "shared" &&
				entry.name !== FRAMES &&
				statSync(join(root, entry.name), { throwIfNoEntry: false })?.isDirectory() === true,
		)
		.map((entry) => join(root, entry.name))
		.filter(isFormatFolder)
		.sort();
}

const isFormatFolder = (folder: string): boolean =>
	definitionFile(folder) !== undefined || existsSync(join(folder, `${basename(folder)}.ohm`));

/**
 * Folders of all formats: those that ship, then those in the folders of users, in their order. Throws MailtrailError
 * (exit 2) for a folder that is none or has no formats, and for two formats of one id.
 */
export function allFormatFolders(folders: readonly string[]): string[] {
	const found = new Map(formatFolders(BUILT_IN).map((folder) => [basename(folder), folder]));
	for (const root of new Set(folders.map((folder) => resolve(folder))))
		for (const folder of ownFolders(root)) {
			const id = basename(folder);
			const other = found.get(id);
			if (other !== undefined)
				throw new MailtrailError(
					"format.twice",
					2,
					`there is a format "${id}" already: ${other.startsWith(BUILT_IN) ? "it ships with mailtrail" : other}`,
					"Give this one another id: the name of its folder and of its grammar file, and `id` in its format file.",
					{ file: folder },
				);
			found.set(id, folder);
		}
	return [...found.values()];
}

function ownFolders(root: string): string[] {
	const refuse = (what: string, mend: string): never => {
		throw new MailtrailError("format.folder", 2, what, mend, { file: root });
	};
	const kind = statSync(root, { throwIfNoEntry: false });
	if (kind === undefined)
		return refuse("there is no such folder of formats", "Check the path after --formats-dir, or formats_dirs of the case.");
	if (!kind.isDirectory()) return refuse("this is a file", "Give the folder in which the folders of the formats stand.");
	if (isFormatFolder(root)) return refuse("this is the folder of one format", `Give the folder above it: ${resolve(root, "..")}`);
	const folders = formatFolders(root);
	if (folders.length === 0 && frameFolders(root).length === 0)
		return refuse("there is no format in this folder", "Each format is a folder in it; `mailtrail formats new` makes one.");
	return folders;
}
