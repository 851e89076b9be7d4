/** The regions of the kernel's memory: how large they are, and what is thrown when one is too small. */
import type { Region } from "./kernel-exports.js";

export const PAGE: number = 65_536;

/** Regions that are placed anew, twice as large or more, when a record needs it; and how large they are in the beginning. */
export const SIZES: Readonly<Record<Region, number>> = {
	INPUT: 512 * 1024,
	TEXT: 64 * 1024,
	LOG: 128 * 1024,
	VALUES: 16 * 1024,
	KEY: 1024,
	OUTPUT: 1024 * 1024,
	ARENA: 2 * 1024 * 1024,
};

/** Bytes for what is remembered. */
export const HEAP: number = 5 * 1024 * 1024;
/** Pages for all of that, and for some parsers. Each time a memory grows, V8 counts all of it once more, and collects garbage the sooner. */
export const FIRST_PAGES: number = Math.ceil((HEAP + Object.values(SIZES).reduce((sum, size) => sum + size, 0)) / PAGE) + 8;
/** Regions that grow beyond this are too much for one record. */
export const MOST: number = 512 * 1024 * 1024;
/** What lies behind a piece of memory, because copies move 32 bytes at once. */
export const SLACK: number = 48;
/** A region has no room for what a record needs: it has to be enlarged, or forgotten, and the record to be read again. */
export class NoRoom extends Error {
	constructor(
		readonly region: Region | "HEAP",
		/** Bytes that the region must have. */
		readonly size: number,
	) {
		super(`the kernel's ${region} needs ${size} bytes`);
	}
}
