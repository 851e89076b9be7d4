/** The inputs of a call that can be read: what is wrong with one is told, and keeps no other from being read. */

import { statSync } from "node:fs";
import type { Source } from "../convert/case.js";
import { fileOf, type Input } from "../convert/input.js";
import { MailtrailError } from "../errors.js";
import { damage, tellFailure } from "./failure.js";
import { shownName } from "./paths.js";
import type { Terminal } from "./terminal.js";
import type { ExitCode } from "./verb.js";

/** What was opened, in order, and the exit code for what was not. */
export interface Readable {
	readonly inputs: Map<Source, Input>;
	readonly worst: ExitCode;
}

/** Opens all sources. Nothing may be written before: an output may be one of them. */
export async function readable(
	sources: readonly Source[],
	terminal: Terminal,
	open: (path: string) => Promise<Input> = terminal.open,
): Promise<Readable> {
	const inputs = new Map<Source, Input>();
	let worst: ExitCode = 0;
	for (const source of sources)
		try {
			refuseOutput(source.path, terminal);
			inputs.set(source, await open(source.path));
		} catch (error) {
			worst = await tellFailure(damage(error), terminal);
		}
	return { inputs, worst };
}

/** A file that standard output goes to grows while it is read, so that reading it never ends: cat does not read it either. */
function refuseOutput(path: string, { stdout }: Terminal): void {
	if (stdout.file === undefined || path === "-") return;
	const status = statSync(fileOf(path), { throwIfNoEntry: false });
	if (status === undefined || status.dev !== stdout.file.dev || status.ino !== stdout.file.ino) return;
	throw new MailtrailError(
		"input.is_output",
		3,
		"standard output goes to this file, so it is not read",
		"Write elsewhere, or leave it out.",
		{
			file: shownName(path),
		},
	);
}
