import { version } from "../root.js";
import { tellFailure } from "./failure.js";
import { ClosedPipe, type Terminal } from "./terminal.js";
import type { ExitCode, Verb, VerbGroup } from "./verb.js";

/** The whole command: arguments (without node and script) in, exit code out. Everything else goes through the terminal. */
export async function run(argv: readonly string[], terminal: Terminal, verbs?: readonly (Verb | VerbGroup)[]): Promise<ExitCode> {
	try {
		if (argv.length === 1 && argv[0] === "--version") {
			// The one answer that needs no reading of the command line, which takes as long to load as node itself.
			await terminal.stdout.write(`${version}\n`);
			return 0;
		}
		const { choose } = await import("./commands.js");
		const { verbsFor } = await import("./verbs.js");
		const choice = choose(argv, verbs ?? (await verbsFor(argv)), version);
		if (choice.kind === "run") return await choice.run(terminal);
		await terminal[choice.on].write(choice.text);
		return choice.exit;
	} catch (error) {
		if (error instanceof ClosedPipe) return 0;
		return await tellFailure(error, terminal);
	}
}
