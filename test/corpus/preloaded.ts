/** A stand-in for src/format/load.ts: the formats that ship are compiled once for all tests, not for every command. */
import { allFormatFolders } from "../../src/format/folders.js";
import type { Format } from "../../src/format/format.js";
import type { Formats } from "./formats.js";

type Load = typeof import("../../src/format/load.js");

/** For `vi.mock`. Formats of users are loaded as they are on the disk. */
export function preloaded(real: Load): Load {
	// Imported when asked for: it imports the module that is being mocked.
	const load = async (): Promise<Formats> => (await import("./formats.js")).loadTestFormats();
	let loaded: Promise<Formats> | undefined;
	const known = (): Promise<Formats> => {
		loaded ??= load();
		return loaded;
	};
	const loadFormat = async (folder: string): Promise<Format> =>
		(await known()).formats.find((format) => format.folder === folder) ?? real.loadFormat(folder);
	return {
		...real,
		loadFormat,
		loadFormats: (folders = []) => Promise.all(allFormatFolders(folders).map(loadFormat)),
		loadFraming: async () => (await known()).framing,
	};
}
