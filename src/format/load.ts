/** Format folders → formats that can read records. What compiles grammars (`compose.ts`) is loaded for those that the build has not compiled. */
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { loadParser, Parser, type ParserNames } from "../grammar/parser.js";
import { type Catalog, readCatalog } from "./catalog.js";
import { readDefinition } from "./definition.js";
import { allFormatFolders, BUILT_IN, FRAMES, frameFolders } from "./folders.js";
import { Format } from "./format.js";
import type { Frame, FrameDefinition, Framing } from "./frame.js";
import { FRAME_CAPTURES } from "./frame-captures.js";

/** Names of what the build writes into a folder: the parser, and what is known of it without its code. */
export const BUILT = { bytes: "parser.wasm", names: "parser.json", frames: "frames.json" } as const;

/** What is known of a frame without its parser. */
export interface BuiltFrame {
	readonly definition: FrameDefinition;
	/** Bytes that each instance of the parser needs for itself. */
	readonly size: number;
	/** `Frame.begins` in Base64. */
	readonly begins: string;
}

/** The parser that the build wrote into a folder, which is read when it is needed. */
function builtParser(folder: string): Parser | undefined {
	const names = join(folder, BUILT.names);
	if (!existsSync(names)) return undefined;
	return new Parser({
		names: () => JSON.parse(readFileSync(names, "utf8")) as ParserNames,
		bytes: () => readFileSync(join(folder, BUILT.bytes)),
	});
}

/** All frames: those that ship, and those of the user's folders. */
export async function loadFraming(folders: readonly string[] = []): Promise<Framing> {
	const own: Frame[] = [];
	for (const root of new Set(folders.map((folder) => resolve(folder))))
		for (const folder of frameFolders(root)) own.push(await loadFrame(folder));
	return inOrder([...(builtFrames() ?? (await compiledFrames())), ...own]);
}

/** Frames are tried by their place, then by name. */
export const inOrder = (frames: readonly Frame[]): Framing =>
	[...frames].sort((a, b) => a.definition.place - b.definition.place || (a.definition.id < b.definition.id ? -1 : 1));

/** What the build wrote of the frames that ship; undefined when there was none. */
function builtFrames(): readonly Frame[] | undefined {
	const file = join(BUILT_IN, FRAMES, BUILT.frames);
	if (!existsSync(file)) return undefined;
	// Written by the build.
	const built = JSON.parse(readFileSync(file, "utf8")) as readonly BuiltFrame[];
	return built.map(({ definition, size, begins }) => {
		const folder = join(BUILT_IN, FRAMES, definition.id);
		const names = (): ParserNames => ({ captures: FRAME_CAPTURES, switches: [], size });
		const parser = new Parser({ names, bytes: () => readFileSync(join(folder, BUILT.bytes)) });
		return { definition, parser, begins: Buffer.from(begins, "base64"), folder };
	});
}

async function compiledFrames(): Promise<readonly Frame[]> {
	const frames: Frame[] = [];
	for (const folder of frameFolders(BUILT_IN)) frames.push(await loadFrame(folder));
	return frames;
}

/** Loads one folder of a frame, and compiles its grammar. */
export async function loadFrame(folder: string): Promise<Frame> {
	const [{ readFrame }, { compileFrame }] = await Promise.all([import("./frame-definition.js"), import("./compose.js")]);
	const definition = await readFrame(folder);
	const { source, begins } = compileFrame(definition, folder);
	return { definition, parser: loadParser(source), begins, folder };
}

/** Loads one format folder: the built parser when there is one, else compiled now. */
export async function loadFormat(folder: string): Promise<Format> {
	const definition = await readDefinition(folder);
	const built = builtParser(folder);
	const read = (isChecked: boolean): Catalog => readCatalog(join(folder, "catalog.json"), isChecked);
	if (built !== undefined) return new Format(definition, () => read(true), built, folder);
	const catalog = read(false);
	const { compileFormat, composeGrammar } = await import("./compose.js");
	const source = compileFormat(definition, catalog, composeGrammar(definition, folder, catalog));
	return new Format(definition, () => catalog, loadParser(source), folder);
}

/** All formats: those that ship, then those of the user's folders. */
export async function loadFormats(folders: readonly string[] = []): Promise<Format[]> {
	const formats: Format[] = [];
	for (const folder of allFormatFolders(folders)) formats.push(await loadFormat(folder));
	return formats;
}
