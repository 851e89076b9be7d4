/**
 * Where things stand in the one memory that the kernel, the parsers and src/convert/kernel.ts share. All numbers are addresses.
 *
 * The first 80 KiB have fixed places for what is small. Behind them lie regions, which src/convert/kernel.ts places and makes
 * larger when a record needs more. Copies move 32 bytes first, and sixteen at a time then, so as many bytes behind each piece are read, and
 * written behind what is written last: every region ends with that much slack.
 */

/** By slot of the last capture, the plan that it belonged to last time: 4096 places. */
export const RECENT: usize = 0x2000;
/** Heads of lists by hash, 1024 each: plans, shapes, and names of programs. */
export const PLANS: usize = 0x6000;
export const SHAPES: usize = 0x7000;
export const PROGRAMS: usize = 0x8000;
/** Offsets of the zone by quarter of an hour: 1024 times the quarter and two offsets. */
export const ZONES: usize = 0x9000;
/** Events by format: 256 counts, that of unparsed records first. */
export const COUNTS: usize = 0xc000;
/** The times of carriers, as they are written: so many bytes for each, the last four of which tell where it ends. */
export const CARRIER_TIMES: usize = 0xc800;
export const CARRIER_TIME: usize = 64;
/** Framings and formats, in the order in which they are tried; there is room for so many. */
export const FRAMINGS: usize = 0x10000;
export const RULES: usize = 0xd000;
/** Addresses of lists of framings that may begin with a byte; the last one for a text that is empty. Behind the name of a program others count. */
export const BEGINNINGS: usize = 0x12800;
export const PROGRAM_BEGINNINGS: usize = 0x13000;
export const MOST_FRAMINGS: i32 = 320;
export const MOST_FORMATS: i32 = 255;
/** The stamp that the time was read from, and the time as it is written. */
export const STAMP: usize = 0xf000;
export const STAMP_END: usize = 0xf100;
export const TIME: usize = 0xf100;
export const TIME_END: usize = 0xffc0;
/** What JavaScript is asked, in words that it reads without a call: see `Asked` of kernel.ts. */
export const ASKED: usize = 0x1000;
/** Beginnings of lines, for the survey. */
export const PREFIXES: usize = 0x1100;
/** Behind the fixed places. */
export const REGIONS: usize = 0x14000;

/** The bytes that are read. */
export let INPUT: usize = 0;
export let INPUT_END: usize = 0;
/** Text that does not stand in the input as it is: Latin-1 that became UTF-8, values that were decoded, JSON that JavaScript made. */
export let TEXT: usize = 0;
export let TEXT_END: usize = 0;
/** Captures of the record: triples of slot, start, end. */
export let LOG: usize = 0;
export let LOG_END: usize = 0;
/** What parsers remember during a match. */
export let ARENA: usize = 0;
export let ARENA_END: usize = 0;
/** Computed values of the record: pairs of start and end of their JSON; a start of 0 for one that is not there. */
export let VALUES: usize = 0;
export let VALUES_END: usize = 0;
/** What the shape of the record depends on besides its plan: words, see plan.ts. */
export let KEY: usize = 0;
export let KEY_END: usize = 0;
/** The NDJSON that is written. */
export let OUTPUT: usize = 0;
export let OUTPUT_END: usize = 0;

/** Bytes of a capture: slot, start, end. */
export const CAPTURE: usize = 12;
