import type { Verb, VerbGroup } from "./verb.js";

/** The verbs in the order of help. A new one is a file beside this and a line here. */
const VERBS: ReadonlyMap<string, () => Promise<Verb | VerbGroup>> = new Map([
	["convert", async (): Promise<Verb | VerbGroup> => (await import("./convert.js")).convert],
	["validate", async () => (await import("./validate.js")).validate],
	["explain", async () => (await import("./explain.js")).explain],
	["correlate", async () => (await import("./correlate.js")).correlate],
	["restore", async () => (await import("./restore.js")).restore],
	["formats", async () => (await import("./formats.js")).formats],
]);

export const allVerbs = (): Promise<(Verb | VerbGroup)[]> => Promise.all([...VERBS.values()].map((load) => load()));

/** The verb that the command line begins with, or all verbs when help or a complaint has to name them. */
export async function verbsFor([name = ""]: readonly string[]): Promise<(Verb | VerbGroup)[]> {
	const load = VERBS.get(name);
	return load === undefined ? await allVerbs() : [await load()];
}
