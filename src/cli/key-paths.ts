/** Options that name keys of events. */
import { badValue, type Option } from "./verb.js";

/** `time,smtp.code`; undefined when it is not given. */
export const keyPaths = (flags: string, title: string): Option<readonly string[] | undefined> => ({
	flags,
	title,
	read: (values) => {
		if (values.length === 0) return undefined;
		const paths = values.flatMap((value) => value.split(",")).map((path) => path.trim());
		if (!paths.includes("")) return paths;
		throw badValue(flags, values.join(","), "keys with commas between them, such as time,smtp.code");
	},
});
