/** Runs before the tests of each file: commands find the formats that ship compiled, as the build leaves them to `npx mailtrail`. */
import { vi } from "vitest";
import { allFormatFolders } from "../src/format/folders.js";
import type { Format } from "../src/format/format.js";

vi.mock(import("../src/format/load.js"), async (original) => {
	const real = await original();
	// Imported when asked for: it may import the module that is being mocked.
	const known = async () => (await import("./corpus/formats.js")).loadTestFormats();
	/** Formats of users are loaded as they are on the disk. */
	const loadFormat = async (folder: string): Promise<Format> =>
		(await known()).formats.find((format) => format.folder === folder) ?? real.loadFormat(folder);
	return {
		...real,
		loadFormat,
		loadFormats: (folders = []) => Promise.all(allFormatFolders(folders).map(loadFormat)),
		loadFraming: async () => (await known()).framing,
	};
});
