/** Matchers for bytes that take their input from anywhere, by copying it into a memory of their own. */
import type { BytesMatcher, CaptureLog, Parser } from "../../src/grammar/parser.js";
import { type Memory, wasm } from "../../src/grammar/webassembly.js";

const PAGE = 0x10000;
/** What lies where: the log, the input, what parsers have for themselves, the arena. */
const LOG = PAGE;
const INPUT = 16 * PAGE;
const PARSERS = 48 * PAGE;
const ARENA = 96 * PAGE;
const END = 1024 * PAGE;

let memory: Memory | undefined;
let free = PARSERS;

const known = new WeakMap<Parser, { readonly entries: Readonly<Record<string, BytesMatcher>>; readonly memory: Memory }>();

function instanceOf(parser: Parser): { readonly entries: Readonly<Record<string, BytesMatcher>>; readonly memory: Memory } {
	const found = known.get(parser);
	if (found !== undefined) return found;
	if (memory === undefined || free + parser.size > ARENA) {
		memory = new wasm.Memory({ initial: END / PAGE, maximum: END / PAGE });
		free = PARSERS;
	}
	const base = free;
	free += Math.ceil(parser.size / 8) * 8;
	const made = { entries: parser.instance({ memory, base, arena: ARENA, arena_end: END, log_end: INPUT - 16 }), memory };
	known.set(parser, made);
	return made;
}

/** Matches like a matcher for text: offsets in the log count from 0 of the input. */
export function bytesMatcher(parser: Parser, rule: string): (input: Uint8Array, start: number, end: number, log: CaptureLog) => boolean {
	const { entries, memory } = instanceOf(parser);
	const bytes = new Uint8Array(memory.buffer);
	const words = new Int32Array(memory.buffer);
	return (input, start, end, log) => {
		bytes.set(input, INPUT);
		const behind = entries[rule]?.(INPUT + start, INPUT + end, LOG) ?? 0;
		if (behind === 0) return false;
		const found = words.slice(LOG / 4, behind / 4).map((word, i) => (i % 3 === 0 ? word : word - INPUT));
		const all = new Int32Array(log.length + found.length);
		all.set(log.data.subarray(0, log.length));
		all.set(found, log.length);
		log.data = all;
		log.length = all.length;
		return true;
	};
}
