/**
 * The kernel (src/kernel): its memory, what lies where in it, and its functions.
 *
 * A conversion has a kernel of its own from its first block to its last. Who writes where, and how long it is good:
 *
 *     INPUT           LineSplitter: lines, until the next one is asked for
 *     LOG             matchers: captures of a record, until the next one begins (`Reading`)
 *     VALUES to SIZE  findResults: what was computed from them, until it is called again
 *     TIME, STAMP     Stamps: the last time and what it was read from
 *     OUTPUT          the kernel, or text: events, until they are taken (`Output`)
 *     HEAP            Assembler: plans, shapes and results, all of which are forgotten at once when it is full
 *     PARSERS         switches, tables and heads of memos of the parsers, as long as the kernel
 *     ARENA           matchers: what is remembered during a match
 */
import { readFileSync } from "node:fs";
import type { BytesMatcher, Parser } from "../grammar/parser.js";
import { type Global, type Memory, wasm } from "../grammar/webassembly.js";
import { packageRoot } from "../root.js";
import type { Home } from "./lines.js";

/** Pages of 64 KiB, as src/kernel/asconfig.json has it. */
const PAGES = 192;

const PLACES = [
	"LOG",
	"LOG_END",
	"YEARS",
	"PRESENT",
	"SIZE",
	"TIME",
	"TIME_END",
	"STAMP",
	"STAMP_END",
	"INPUT",
	"INPUT_END",
	"OUTPUT",
	"OUTPUT_END",
	"HEAP",
	"HEAP_END",
	"PARSERS",
	"PARSERS_END",
	"ARENA",
	"ARENA_END",
	"TABLE_SIZE",
] as const;

/** Addresses; what stands there is told in src/kernel/kernel.ts, as are the functions. */
export type Layout = Readonly<Record<(typeof PLACES)[number], number>>;

interface Functions {
	findLineFeed(from: number, limit: number): number;
	isSame(a: number, end: number, b: number): number;
	findResults(plan: number): number;
	resultOf(computation: number): number;
	putResult(computation: number, result: number): void;
	write(shape: number, start: number, end: number, line: number, lines: number, offset: number, timeEnd: number, to: number): number;
}

type Exports = Functions & Readonly<Record<keyof Layout, { readonly value: number }>>;

let compiled: object | undefined;

/** Kernels that nobody uses: a memory reserves much address space, and holds the code of its parsers, so each is used again. */
const idle: Kernel[] = [];

/** What lies behind a piece in the heap, because copies move sixteen bytes at a time. */
const SLACK = 16;

export class Kernel {
	readonly at: Layout;
	readonly run: Functions;
	/** All of its memory: an index is an address. */
	readonly bytes: Buffer;
	readonly words: Int32Array;
	/** Where input is put, to be read. */
	readonly home: Home;
	/** Where captures are put. */
	readonly log: Int32Array;
	readonly #memory: Memory;
	readonly #matchers = new Map<Parser, Readonly<Record<string, BytesMatcher>>>();
	#parsersEnd: number;
	#isFull = false;
	#top = 0;

	/** One that is used by nobody else until it is given back. */
	static take(): Kernel {
		const kernel = idle.pop() ?? new Kernel();
		kernel.clear();
		return kernel;
	}

	constructor() {
		const memory = new wasm.Memory({ initial: PAGES, maximum: PAGES });
		compiled ??= new wasm.Module(readFileSync(new URL("dist/kernel.wasm", packageRoot)));
		// asc has compiled it from a source that exports these.
		const exports = new wasm.Instance(compiled, { env: { memory } }).exports as Exports;
		this.#memory = memory;
		this.run = exports;
		this.at = Object.fromEntries(PLACES.map((name) => [name, exports[name].value])) as Layout;
		this.bytes = Buffer.from(memory.buffer);
		this.words = new Int32Array(memory.buffer);
		this.home = {
			bytes: this.bytes,
			start: this.at.INPUT,
			end: this.at.INPUT_END - SLACK,
			findLineFeed: exports.findLineFeed,
		};
		this.log = this.words.subarray(this.at.LOG / 4, this.at.LOG_END / 4);
		this.#parsersEnd = this.at.PARSERS;
	}

	/** The parser's matchers for bytes in this memory, by start rule; undefined when there is no room for one more parser. */
	matchers(parser: Parser): Readonly<Record<string, BytesMatcher>> | undefined {
		const known = this.#matchers.get(parser);
		if (known !== undefined) return known;
		const { at } = this;
		const base = this.#parsersEnd;
		if (base + parser.size > at.PARSERS_END) {
			this.#isFull = true;
			return undefined;
		}
		this.#parsersEnd = base + Math.ceil(parser.size / 8) * 8;
		const global = (value: number): Global => new wasm.Global({ value: "i32", mutable: true }, value);
		const { entries: made } = parser.instance({
			memory: this.#memory,
			base,
			arena: global(at.ARENA),
			arena_end: global(at.ARENA_END),
			log_end: global(at.LOG_END - SLACK),
		});
		this.#matchers.set(parser, made);
		return made;
	}

	/** A kernel full of parsers is not used again: they may be of formats that were loaded anew since. */
	giveBack(): void {
		if (!this.#isFull) idle.push(this);
	}

	/** Forgets all that was allocated. */
	clear(): void {
		this.#top = this.at.HEAP;
	}

	/** Bytes that can still be allocated. */
	get room(): number {
		return this.at.HEAP_END - this.#top - SLACK;
	}

	/** Address of so many bytes of the heap, which must have room for them. */
	allocate(size: number): number {
		const address = this.#top;
		this.#top += (size + 3) & ~3;
		return address;
	}

	/** Puts a text at an address, in UTF-8; gives where it ends. For short ones: a call of Node would cost them 80 ns. */
	putText(address: number, text: string): number {
		const { bytes } = this;
		for (let i = 0; i < text.length; i++) {
			const code = text.charCodeAt(i);
			if (code > 127) return address + bytes.write(text, address);
			bytes[address + i] = code;
		}
		return address + text.length;
	}

	/** Puts numbers at an address. */
	putWords(address: number, words: readonly number[]): void {
		this.words.set(words, address / 4);
	}
}
