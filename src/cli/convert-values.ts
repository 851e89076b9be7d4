/** What `convert` is called with. */
import type { UnparsedPolicy } from "../convert/convert.js";
import type { ReadingValues } from "./reading-options.js";

export interface ConvertValues extends ReadingValues {
	readonly output: string | undefined;
	readonly unparsed: UnparsedPolicy;
	readonly keys: readonly string[] | undefined;
	readonly omit: readonly string[] | undefined;
	readonly jobs: number;
	readonly isStrict: boolean;
	readonly isFollowing: boolean;
	readonly isQuiet: boolean;
	readonly manifest: string | undefined;
	readonly state: string | undefined;
}
