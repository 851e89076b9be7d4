import { printable } from "./printable.js";
import type { Terminal } from "./terminal.js";

const INTERVAL_MS = 250;
const CLEAR_LINE = "\r\u001b[K";

/**
 * The same chunks, while standard error tells how far they are. Only when standard error is a terminal and standard
 * output is not: on one terminal the two would write into each other's lines.
 */
export function watched<T extends Uint8Array>(
	name: string,
	chunks: AsyncIterable<T>,
	{ stdout, stderr }: Terminal,
	now: () => number = Date.now,
): AsyncIterable<T> {
	return stderr.isTTY && !stdout.isTTY ? told(name, chunks, stderr.write, now) : chunks;
}

async function* told<T extends Uint8Array>(
	name: string,
	chunks: AsyncIterable<T>,
	write: (text: string) => Promise<void>,
	now: () => number,
): AsyncGenerator<T> {
	let bytes = 0;
	let last = now();
	let hasTold = false;
	try {
		for await (const chunk of chunks) {
			yield chunk;
			bytes += chunk.length;
			if (now() - last < INTERVAL_MS) continue;
			last = now();
			hasTold = true;
			await write(`${CLEAR_LINE}${printable(name)}: ${(bytes / 1e6).toFixed(1)} MB`);
		}
	} finally {
		if (hasTold) await write(CLEAR_LINE);
	}
}
