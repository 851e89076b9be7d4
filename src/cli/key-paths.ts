/** Options that name keys of events. */
import { ALWAYS } from "../convert/selection.js";
import { type Option, usageError } from "./verb.js";

/** `time,smtp.code`; undefined when it is not given. */
export const keyPaths = (flags: string, title: string): Option<readonly string[] | undefined> => ({
	flags,
	title,
	read: (values) => {
		if (values.length === 0) return undefined;
		const paths = values.flatMap((value) => value.split(",")).map((path) => path.trim());
		if (!paths.includes("")) return paths;
		const option = flags.split(" ")[0];
		throw usageError(`'${values.join(",")}' is no value for ${option}`, "Write keys with commas between them, such as time,smtp.code.");
	},
});

/** What is written although it was to be left out. */
export function alwaysLines(omit: readonly string[] | undefined): string[] {
	const kept = ALWAYS.filter((key) => omit?.includes(key));
	return kept.length === 0 ? [] : [`always written: ${kept.join(", ")}`];
}
