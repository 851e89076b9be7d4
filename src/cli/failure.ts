import { MailtrailError } from "../errors.js";
import { printableLines } from "./printable.js";
import type { Terminal } from "./terminal.js";
import type { ExitCode } from "./verb.js";

/** One clear message on standard error for whatever stopped the command; gives the exit code. */
export async function tellFailure(error: unknown, terminal: Terminal): Promise<ExitCode> {
	const { text, exit } = describe(error, terminal.env.MAILTRAIL_DEBUG !== undefined);
	// When standard error is gone too there is nobody left to tell; the exit code still does.
	await terminal.stderr.write(`mailtrail: ${printableLines(text)}\n`).catch(() => undefined);
	return exit;
}

/** One damaged file must not keep the others from being read; all else that is thrown must. */
export function damage(error: unknown): MailtrailError {
	if (error instanceof MailtrailError && error.code.startsWith("input.")) return error;
	throw error;
}

function describe(error: unknown, isDebugging: boolean): { readonly text: string; readonly exit: ExitCode } {
	const stack = isDebugging && error instanceof Error ? `\n${error.stack ?? ""}` : "";
	if (error instanceof MailtrailError) return { text: `${error.message}${stack}`, exit: error.exit };
	if (isSystemError(error)) {
		return {
			text: `${error.message}\n  The operating system refused; check the path, its permissions and the space left.${stack}`,
			exit: 3,
		};
	}
	const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
	const mend = isDebugging ? "" : "\n  Set MAILTRAIL_DEBUG=1 to see where, and report it together with the command line.";
	return { text: `this is a bug in mailtrail: ${what}${mend}${stack}`, exit: 3 };
}

/** What Node throws for a failed system call. */
function isSystemError(error: unknown): error is NodeJS.ErrnoException {
	return error instanceof Error && "syscall" in error && "code" in error;
}
