import { run } from "../../src/cli/run.js";
import type { Terminal, Writer } from "../../src/cli/terminal.js";
import { ClosedPipe } from "../../src/cli/terminal.js";
import type { ExitCode, Verb, VerbGroup } from "../../src/cli/verb.js";
import { openInput } from "../../src/index.js";

export interface Surroundings {
	/** What standard input gives, a chunk for each element. */
	readonly stdin?: Iterable<string | Uint8Array>;
	readonly isTTY?: boolean;
	readonly env?: Readonly<Record<string, string>>;
	/** Characters in a line of the terminal. */
	readonly columns?: number;
	/** Milliseconds that the clock runs each time it is looked at. */
	readonly tick?: number;
	/** Standard output is no terminal, though `isTTY` is set. */
	readonly isPiped?: boolean;
	/** Writes to standard output that succeed before the reader goes away. */
	readonly writesUntilClosed?: number;
	readonly verbs?: readonly (Verb | VerbGroup)[];
	/** What the user does while files are watched, one thing after the other, then Ctrl-C; gives the paths that changed. */
	readonly edits?: readonly (() => readonly string[])[];
}

export interface Outcome {
	readonly exit: ExitCode;
	readonly stdout: string;
	readonly stderr: string;
	readonly bytes: Buffer;
	/** What a terminal got, of both streams, in order. */
	readonly screen: string;
}

/** Runs the command line in this process and gives all that it did. */
export async function mailtrail(argv: readonly string[], surroundings: Surroundings = {}): Promise<Outcome> {
	const { stdin = [], isTTY = false, env = {}, writesUntilClosed = Number.POSITIVE_INFINITY } = surroundings;
	const { tick = 0, isPiped = false } = surroundings;
	const screen: string[] = [];
	const stdout = collector(isTTY && !isPiped, writesUntilClosed, screen, surroundings.columns);
	const stderr = collector(isTTY, Number.POSITIVE_INFINITY, screen, surroundings.columns);
	let time = 0;
	const terminal: Terminal = {
		open: async (name) => (name === "-" ? { name, modified: undefined, chunks: () => chunksOf(stdin) } : openInput(name)),
		stdout: stdout.writer,
		stderr: stderr.writer,
		env,
		now: () => (time += tick),
		watch: async () => {
			const edits = (surroundings.edits ?? []).values();
			return { see: () => undefined, next: async () => edits.next().value?.(), close: () => undefined };
		},
	};
	const exit = await run(argv, terminal, surroundings.verbs);
	return { exit, stdout: stdout.bytes().toString(), stderr: stderr.bytes().toString(), bytes: stdout.bytes(), screen: screen.join("") };
}

async function* chunksOf(chunks: Iterable<string | Uint8Array>): AsyncGenerator<Buffer> {
	for (const chunk of chunks) yield Buffer.from(chunk);
}

function collector(
	isTTY: boolean,
	writesUntilClosed: number,
	screen: string[],
	columns?: number,
): { readonly writer: Writer; readonly bytes: () => Buffer } {
	const written: Buffer[] = [];
	return {
		bytes: () => Buffer.concat(written),
		writer: {
			isTTY,
			hasColour: isTTY,
			columns,
			write: async (chunk) => {
				if (written.length >= writesUntilClosed) throw new ClosedPipe("standard output");
				written.push(Buffer.from(chunk));
				if (isTTY) screen.push(Buffer.from(chunk).toString());
			},
		},
	};
}
