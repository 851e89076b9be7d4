/**
 * What is done when the kernel has too little memory for what it reads: a region grows, or the heap is cleared. Whoever works begins
 * anew then, as nothing that stood in the region is there any more.
 */
import type { Captured } from "../format/define.js";
import type { Format } from "../format/format.js";
import { wasm } from "../grammar/webassembly.js";
import { matchText } from "./captures.js";
import type { Kernel } from "./kernel.js";
import type { Region } from "./kernel-exports.js";
import { NoRoom } from "./regions.js";

/** What an error says that there was too little of, also when it is a trap of a parser; undefined for errors of all other kinds. */
export function lackOf(kernel: Kernel, error: unknown): NoRoom | undefined {
	if (error instanceof NoRoom) return error;
	const lacking = error instanceof wasm.RuntimeError ? kernel.lack() : undefined;
	return lacking === undefined ? undefined : new NoRoom(lacking, 4 * kernel.size(lacking));
}

/**
 * Makes room where it was missed; gives what grew or was cleared, undefined when that is too much for all memory. Throws errors of all
 * other kinds again.
 */
export function makeRoom(kernel: Kernel, error: unknown): Region | "HEAP" | undefined {
	const lack = lackOf(kernel, error);
	if (lack === undefined) throw error;
	return kernel.enlarge(lack.region, lack.size) ? lack.region : undefined;
}

/** Applies a rule of a format to a text while no record is read; undefined also when there is too little memory for that. */
export function matchAlone(kernel: Kernel, format: Format, rule: string, text: string): Captured | undefined {
	for (;;) {
		kernel.run.beginEmpty();
		try {
			return matchText(kernel, format, rule, text);
		} catch (error) {
			if (makeRoom(kernel, error) === undefined) return undefined;
		}
	}
}
