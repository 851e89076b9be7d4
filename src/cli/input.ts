import { createReadStream } from "node:fs";
import type { Terminal } from "./terminal.js";

/** The bytes of a file named on the command line, `-` for standard input. */
export function readInput(name: string, terminal: Terminal): AsyncIterable<Uint8Array> {
	return name === "-" ? terminal.stdin : createReadStream(name, { highWaterMark: 1024 * 1024 });
}
