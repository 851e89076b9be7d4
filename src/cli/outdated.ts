import { shownPath } from "./paths.js";
import { told } from "./printable.js";
import type { Terminal } from "./terminal.js";

/** Sources of a format of this project that were changed since the build. */
export const tellOutdated = (files: readonly string[], terminal: Terminal): Promise<void> =>
	terminal.stderr.write(
		told(files.map((file) => `${shownPath(file)} is newer than what the build made of it; npm run build makes it count`)),
	);
