import { version } from "../root.js";
import { choose } from "./commands.js";
import { tellFailure } from "./failure.js";
import { ClosedPipe, type Terminal } from "./terminal.js";
import type { ExitCode, Verb, VerbGroup } from "./verb.js";
import { verbs as allVerbs } from "./verbs.js";

/** The whole command: arguments (without node and script) in, exit code out. Everything else goes through the terminal. */
export async function run(argv: readonly string[], terminal: Terminal, verbs: readonly (Verb | VerbGroup)[] = allVerbs): Promise<ExitCode> {
	try {
		const choice = choose(argv, verbs, version);
		if (choice.kind === "run") return await choice.run(terminal);
		await terminal[choice.on].write(choice.text);
		return choice.exit;
	} catch (error) {
		if (error instanceof ClosedPipe) return 0;
		return await tellFailure(error, terminal);
	}
}
