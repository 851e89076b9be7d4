import { type Option, texts } from "./verb.js";

/** `--formats-dir`, the same for every verb that knows formats. */
export const formatsDirs: Option<readonly string[]> = texts(
	"--formats-dir <folder>",
	"folder that holds formats of your own; may be repeated",
);
