/** All formats for tests, compiled from their sources. */
import { join } from "node:path";
import { readCatalog } from "../../src/format/catalog.js";
import { compileFormat, compileFrame, composeGrammar } from "../../src/format/compose.js";
import { readDefinition } from "../../src/format/definition.js";
import { BUILT_IN, formatFolders, frameFolders, SHARED } from "../../src/format/folders.js";
import { Format } from "../../src/format/format.js";
import type { Frame, FrameDefinition, Framing } from "../../src/format/frame.js";
import { readFrame } from "../../src/format/frame-definition.js";
import { inOrder } from "../../src/format/load.js";
import { loadParser } from "../../src/grammar/parser.js";
import { kept, keptParser } from "../kept.js";

export interface Formats {
	readonly formats: readonly Format[];
	readonly framing: Framing;
}

let loaded: Promise<Formats> | undefined;

/** The same for all test files that a worker runs. */
export const loadTestFormats = (): Promise<Formats> => (loaded ??= load());

async function load(): Promise<Formats> {
	const formats = await Promise.all(formatFolders(BUILT_IN).map(loadOne));
	const frames = await Promise.all(frameFolders(BUILT_IN).map(loadOneFrame));
	return { formats, framing: inOrder(frames) };
}

async function loadOneFrame(folder: string): Promise<Frame> {
	const definition = await readFrame(folder);
	const begins = keptBeginnings(definition, folder);
	const source = keptParser(`frame-${definition.id}`, [folder, SHARED], () => compileFrame(definition, folder).source);
	return { definition, parser: loadParser(source), begins, folder };
}

/** What a frame may begin with. */
function keptBeginnings(definition: FrameDefinition, folder: string): Uint8Array {
	const make = (): string => Buffer.from(compileFrame(definition, folder).begins).toString("base64");
	return Buffer.from(kept(`begins-${definition.id}`, [folder, SHARED, "src/grammar", "src/format"], make), "base64");
}

async function loadOne(folder: string): Promise<Format> {
	const definition = await readDefinition(folder);
	const catalog = readCatalog(join(folder, "catalog.json"));
	const source = keptParser(definition.id, [folder, SHARED], () =>
		compileFormat(definition, catalog, composeGrammar(definition, folder, catalog)),
	);
	return new Format(definition, () => catalog, loadParser(source), folder);
}
