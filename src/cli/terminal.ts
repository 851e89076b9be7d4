import { fstatSync } from "node:fs";
import type { Watcher } from "../author/watch.js";
import type { Input } from "../convert/input.js";
import { MailtrailError } from "../errors.js";

/** Where a verb writes. Waiting for `write` is what keeps memory flat when the reader is slow. */
export interface Writer {
	readonly write: (chunk: string | Uint8Array) => Promise<void>;
	readonly isTTY: boolean;
	/** The regular file that it goes to. */
	readonly file?: { readonly dev: number; readonly ino: number } | undefined;
	/** Colours are wanted: a terminal, and neither NO_COLOR nor TERM=dumb forbid them. */
	readonly hasColour: boolean;
	/** Characters in a line of the terminal. */
	readonly columns?: number | undefined;
}

/** Everything of the outside world that a verb may touch besides files; tests bring their own. */
export interface Terminal {
	/** The bytes behind a name of the command line; `-` is standard input. */
	readonly open: (name: string) => Promise<Input>;
	readonly stdout: Writer;
	readonly stderr: Writer;
	readonly env: Readonly<Record<string, string | undefined>>;
	/** Milliseconds by a clock that only goes forward. */
	readonly now: () => number;
	/** Aborted when the user, or the system, asks this to end (Ctrl-C, SIGTERM). */
	readonly ended?: () => AbortSignal;
	/** Waits for changes of files, until the user ends it (Ctrl-C). */
	readonly watch: () => Promise<Watcher>;
}

/** The reader of our output went away (`mailtrail convert … | head`): reason to stop, not to complain. */
export class ClosedPipe extends Error {
	override readonly name = "ClosedPipe";
}

/** The terminal of this process. */
export function processTerminal(): Terminal {
	const { env, stdout, stderr } = process;
	return {
		open: async (name) => (await import("../convert/input.js")).openInput(name),
		stdout: { ...streamWriter(stdout, "standard output", env), file: regularFile(1) },
		stderr: streamWriter(stderr, "standard error", env),
		env,
		now: () => performance.now(),
		ended: () => {
			const ended = new AbortController();
			for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => ended.abort());
			return ended.signal;
		},
		watch: async () => {
			const { watchFolders } = await import("../author/watch.js");
			const ended = new AbortController();
			process.once("SIGINT", () => ended.abort());
			return watchFolders(ended.signal);
		},
	};
}

function regularFile(descriptor: number): Writer["file"] {
	try {
		const status = fstatSync(descriptor);
		return status.isFile() ? { dev: status.dev, ino: status.ino } : undefined;
	} catch {
		// It is closed.
		return undefined;
	}
}

function streamWriter(stream: NodeJS.WriteStream, name: string, env: Terminal["env"]): Writer {
	// A failed write is told to its callback and as an event; unheard, the event would end the process with a stack trace.
	stream.on("error", () => undefined);
	const isTTY = stream.isTTY === true;
	return {
		isTTY,
		columns: isTTY ? stream.columns : undefined,
		hasColour: isTTY && !env.NO_COLOR && env.TERM !== "dumb",
		write: async (chunk) => {
			if (chunk.length === 0) return;
			await new Promise<void>((resolve, reject) => {
				stream.write(chunk, (error) => (error ? reject(writeFailure(error, name)) : resolve()));
			});
		},
	};
}

/** What a failed write means: nobody reads any more, or the output is incomplete. */
export function writeFailure(error: Error & { readonly code?: string }, name: string): Error {
	if (error.code === "EPIPE" || error.code === "ERR_STREAM_DESTROYED") return new ClosedPipe(name);
	return new MailtrailError("output.failed", 3, `cannot write ${name}: ${error.message}`, "What was written so far is incomplete.");
}
