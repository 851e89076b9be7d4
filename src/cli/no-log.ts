/** Inputs of which nothing, or next to nothing, was understood: what they look like is told, as the wrong file may have been named. */
import type { Source } from "../convert/case.js";
import type { Input } from "../convert/input.js";
import type { Summary } from "../convert/summary.js";
import { counted, grouped } from "./numbers.js";
import { shownName } from "./paths.js";
import type { Terminal } from "./terminal.js";

/** Bytes that are enough to tell. */
const LOOK = 8192;

/** Of fewer records than this share, chance may understand one. */
const LEAST_SHARE = 0.01;

/** Keeps the beginning of what is read. */
export class Beginnings {
	readonly #kept = new Map<string, Buffer>();

	constructor(readonly terminal: Terminal) {}

	/** The same input, whose beginning is kept: a pipe is read once. */
	watch(input: Input): Input {
		return input.modified === undefined ? { ...input, chunks: () => this.#watched(input) } : input;
	}

	async *#watched(input: Input): AsyncGenerator<Buffer> {
		const kept = this.#kept.get(input.name) ?? Buffer.alloc(0);
		this.#kept.set(input.name, kept);
		for await (const chunk of input.chunks()) {
			const before = this.#kept.get(input.name) ?? kept;
			if (before.length < LOOK) this.#kept.set(input.name, Buffer.concat([before, chunk.subarray(0, LOOK - before.length)]));
			yield chunk;
		}
	}

	/** The beginning of an input that was read. */
	async of(path: string): Promise<Buffer> {
		const kept = this.#kept.get(path);
		if (kept !== undefined || path === "-") return kept ?? Buffer.alloc(0);
		const parts: Buffer[] = [];
		try {
			for await (const chunk of (await this.terminal.open(path)).chunks()) {
				parts.push(Buffer.from(chunk.subarray(0, LOOK)));
				if (parts.reduce((sum, { length }) => sum + length, 0) >= LOOK) break;
			}
		} catch {
			// What is wrong with it was told when it was read.
		}
		return Buffer.concat(parts).subarray(0, LOOK);
	}
}

/** A line for each input that seems to be no log, or none of mail software. */
export async function noLogLines(summaries: ReadonlyMap<Source, Summary>, beginnings: Beginnings): Promise<string[]> {
	const lines: string[] = [];
	for (const [source, { records, unknown, byFormat }] of summaries) {
		if (records === 0) continue;
		const name = shownName(source.name);
		const known = records - unknown;
		if (known < records * LEAST_SHARE) {
			const { looksLike } = await import("../convert/looks.js");
			const look = looksLike(await beginnings.of(source.path));
			const share = known === 0 ? "nothing" : `${grouped(known)} of ${counted(records, "record")}`;
			lines.push(
				`${name}: ${share} ${known > 1 ? "were" : "was"} understood; ${look === undefined ? "it may be the log of another program" : `it looks like ${look}`}`,
			);
		} else if (byFormat.size === 0)
			lines.push(`${name}: no record of a known format; its lines have frames that are known, so other programs wrote them`);
	}
	return lines;
}

/** There are records, and none of them has a known frame or format. */
export function isNothingKnown(summaries: ReadonlyMap<Source, Summary>): boolean {
	const filled = [...summaries.values()].filter(({ records }) => records > 0);
	return filled.length > 0 && filled.every(({ records, unknown }) => records === unknown);
}
