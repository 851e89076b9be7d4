import { relative } from "node:path";
import { printable } from "./printable.js";

/** The name of an input as people know it. */
export const shownName = (name: string): string => (name === "-" ? "standard input" : name);

/** A path as a user here would type it, safe for a terminal. */
export function shownPath(path: string): string {
	const from = relative(process.cwd(), path);
	return printable(from === "" || from.startsWith("..") ? path : from);
}
