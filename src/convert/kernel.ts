/**
 * The kernel (src/kernel): its memory, what lies where in it, and its functions.
 *
 * A conversion has a kernel of its own from its first block to its last. Who writes where, and how long it is good:
 *
 *     INPUT        Feed: lines, until they were read
 *     TEXT         the kernel and JavaScript: decoded text and JSON of one record, until the next one begins
 *     LOG          matchers: captures of a record, until the next one begins
 *     KEY, VALUES  the kernel: what was computed from them
 *     OUTPUT       the kernel: events or their excerpts, until they are taken
 *     HEAP         JavaScript: plans, shapes, results and names of programs, all of which are forgotten at once when it is full
 *     ARENA        matchers: what is remembered during a match
 *     parsers      switches, tables and heads of memos of each, behind the regions, as long as the kernel
 */
import { readFileSync } from "node:fs";
import { MailtrailError } from "../errors.js";
import type { BytesMatcher, Parser } from "../grammar/parser.js";
import { type Memory, type Table, wasm } from "../grammar/webassembly.js";
import { packageRoot } from "../root.js";
import { codesOf, type KernelExports, NEEDS, type Needs, type Region, STEPS, type Steps } from "./kernel-exports.js";
import { FIRST_PAGES, HEAP, MOST, NoRoom, PAGE, SIZES, SLACK } from "./regions.js";

/** 2 GiB: the kernel gives higher addresses as negative numbers. */
const MOST_PAGES = 32_768;
const MOST_MATCHERS = 4096;
/** Longer texts are written by Node, which takes as long as so many characters to be called. */
const SHORT = 48;
/** A kernel with more memory than this is not used again. */
const MOST_KEPT = 64 * 1024 * 1024;

let compiled: object | undefined;

/** Kernels that nobody uses: a memory reserves much address space, and holds the code of its parsers, so each is used again. */
const idle: Kernel[] = [];

/** Node's own decoder behind `toString("utf8")`, which its types leave out. */
interface Utf8Buffer extends Buffer {
	utf8Slice(start: number, end: number): string;
}

/** A parser in this memory: numbers of its matchers in the table, by start rule. */
interface Placed {
	readonly matchers: ReadonlyMap<string, number>;
	readonly entries: Readonly<Record<string, BytesMatcher>>;
	setSwitches(on: readonly string[]): void;
	lack(): "log" | "arena" | undefined;
}

export class Kernel {
	readonly run: KernelExports;
	/** Why the kernel gave way, and where a record goes on. */
	readonly need: Readonly<Record<Needs, number>>;
	readonly step: Readonly<Record<Steps, number>>;
	/** Indexes in `words` of what is told about a result that is needed. */
	readonly asked: { readonly computation: number; readonly place: number; readonly times: number };
	/** All of its memory, until it grows: an index is an address. */
	bytes: Buffer = Buffer.alloc(0);
	words: Int32Array = new Int32Array(0);
	readonly #memory: Memory;
	readonly #table: Table;
	readonly #parsers = new Map<Parser, Placed>();
	readonly #once = new Map<object, number>();
	readonly #lists = new Map<string, number>();
	/** The regions' starts, here because asking the kernel takes longer. */
	readonly #starts: Record<Region, number> = { INPUT: 0, TEXT: 0, LOG: 0, VALUES: 0, KEY: 0, OUTPUT: 0, ARENA: 0 };
	/** The next number of the table. */
	#matchers = 1;
	/** Behind all that was placed. */
	#placed: number;
	#heap: number;
	#heapSize = HEAP;
	/** Offset of the record for which the heap was cleared last. */
	#clearedFor = Number.NaN;
	#top: number;

	/** One that is used by nobody else until it is given back. */
	static take(): Kernel {
		const kernel = idle.pop() ?? new Kernel();
		kernel.forget();
		return kernel;
	}

	constructor() {
		this.#memory = new wasm.Memory({ initial: FIRST_PAGES, maximum: MOST_PAGES });
		this.#table = new wasm.Table({ initial: MOST_MATCHERS, element: "anyfunc" });
		compiled ??= new wasm.Module(readFileSync(new URL("dist/kernel.wasm", packageRoot)));
		const imports = { env: { memory: this.#memory, table: this.#table } };
		// asc has compiled it from a source that exports these.
		this.run = new wasm.Instance(compiled, imports).exports as KernelExports;
		this.need = codesOf(this.run, NEEDS, "Need");
		this.step = codesOf(this.run, STEPS, "Step");
		const askedAt = (word: "computation" | "place" | "times"): number => this.run.ASKED.value / 4 + this.run[`Asked.${word}`].value;
		this.asked = { computation: askedAt("computation"), place: askedAt("place"), times: askedAt("times") };
		this.#placed = this.run.REGIONS.value;
		for (const region of Object.keys(SIZES) as Region[]) this.#setRegion(region, this.place(SIZES[region]), SIZES[region]);
		this.#heap = this.place(HEAP);
		this.#top = this.#heap;
	}

	/** Where a region begins, and where it ends. */
	start(region: Region): number {
		return this.#starts[region];
	}

	end(region: Region): number {
		return this.run[`${region}_END`].value;
	}

	/** Bytes of a region. */
	size(region: Region): number {
		return this.end(region) - this.start(region);
	}

	/**
	 * Makes a region larger, so that it has room for so many bytes; what stands in it is left behind. The heap is forgotten, and
	 * grows only when it could never hold so much. False when that is too much.
	 */
	enlarge(region: Region | "HEAP", size: number): boolean {
		if (size > MOST) return false;
		if (region === "HEAP") {
			const record = this.run.offset();
			// What was put there for the record since it was cleared for it will be put there again.
			const wanted = record === this.#clearedFor ? this.#top - this.#heap + size : size;
			if (wanted + SLACK > this.#heapSize) {
				const heap = this.#tryPlace(2 * wanted);
				if (heap === undefined) return false;
				this.#heap = heap;
				this.#heapSize = 2 * wanted;
			}
			this.forget();
			this.#clearedFor = record;
			return true;
		}
		const larger = Math.min(MOST, Math.max(size, 2 * this.size(region)));
		const start = this.#tryPlace(larger);
		if (start === undefined) return false;
		this.#setRegion(region, start, larger);
		return true;
	}

	#setRegion(region: Region, start: number, size: number): void {
		this.run[region].value = start;
		this.#starts[region] = start;
		this.run[`${region}_END`].value = start + size;
	}

	/** Address of so many bytes of their own, as long as the kernel. Throws MailtrailError when there is not so much memory. */
	place(size: number): number {
		const start = this.#tryPlace(size);
		if (start !== undefined) return start;
		throw new MailtrailError("kernel.memory", 3, `there is no memory for ${size} more bytes`, "Give fewer --jobs, or end other programs.");
	}

	/** The same; undefined when there is not so much memory. */
	#tryPlace(size: number): number | undefined {
		const start = this.#placed;
		const placed = Math.ceil((start + size + SLACK) / 16) * 16;
		const missing = Math.ceil(placed / PAGE) - this.#memory.buffer.byteLength / PAGE;
		if (missing > 0 && !this.#grow(missing)) return undefined;
		this.#placed = placed;
		if (missing > 0 || this.bytes.length === 0) {
			this.bytes = Buffer.from(this.#memory.buffer);
			this.words = new Int32Array(this.#memory.buffer);
		}
		return start;
	}

	#grow(pages: number): boolean {
		try {
			this.#memory.grow(pages);
			return true;
		} catch {
			return false;
		}
	}

	/** The parser in this memory. */
	parser(parser: Parser): Placed {
		const known = this.#parsers.get(parser);
		if (known !== undefined) return known;
		const base = this.place(parser.size);
		const { ARENA: arena, ARENA_END: arena_end, LOG_END: log_end } = this.run;
		const { entries, setSwitches, lack } = parser.instance({ memory: this.#memory, base, arena, arena_end, log_end });
		const matchers = new Map(
			Object.entries(entries).flatMap(([rule, entry]): [string, number][] => {
				if (!(entry instanceof Function)) return [];
				const number = this.#matchers++;
				this.#table.set(number, entry);
				return [[rule, number]];
			}),
		);
		const placed = { matchers, entries, setSwitches, lack };
		this.#parsers.set(parser, placed);
		return placed;
	}

	/** The region that a parser had not enough of when it trapped; undefined when it was none. */
	lack(): Region | undefined {
		for (const { lack } of this.#parsers.values()) {
			const lacking = lack();
			if (lacking !== undefined) return lacking === "log" ? "LOG" : "ARENA";
		}
		return undefined;
	}

	/** Number of a matcher in the table of functions; 0 when there is no such rule. */
	matcher(parser: Parser, rule: string | undefined): number {
		return rule === undefined ? 0 : (this.parser(parser).matchers.get(rule) ?? 0);
	}

	/** Address of bytes that are made once for a thing, and stay. */
	once(thing: object, make: () => Uint8Array): number {
		const known = this.#once.get(thing);
		if (known !== undefined) return known;
		const made = make();
		const address = this.place(made.length);
		this.bytes.set(made, address);
		this.#once.set(thing, address);
		return address;
	}

	/** Address of numbers that stay, each list of them once. */
	list(numbers: readonly number[], key: string = numbers.join()): number {
		const address = this.#lists.get(key) ?? this.place(numbers.length * 4);
		this.#lists.set(key, address);
		this.words.set(numbers, address / 4);
		return address;
	}

	/** A kernel that has grown, or is full of parsers, is not used again: they may be of formats that were loaded anew since. */
	giveBack(): void {
		if (this.#placed < MOST_KEPT && this.#matchers < MOST_MATCHERS / 2) idle.push(this);
	}

	/** Forgets all that was allocated. */
	forget(): void {
		this.#top = this.#heap;
		this.#clearedFor = Number.NaN;
		this.run.forgetPlans();
		this.run.forgetShapes();
		this.run.forgetPrograms();
	}

	/** Bytes that can still be allocated. */
	get room(): number {
		return this.#heap + this.#heapSize - this.#top - SLACK;
	}

	/** Throws NoRoom unless so many bytes can be allocated. */
	reserve(size: number): void {
		if (size > this.room) throw new NoRoom("HEAP", size);
	}

	/** Throws NoRoom unless so many bytes can be put into TEXT from an address on. */
	reserveText(from: number, size: number): void {
		if (from + size > this.end("TEXT")) throw new NoRoom("TEXT", from - this.start("TEXT") + size);
	}

	/** Address of so many bytes of the heap, which must have room for them. */
	allocate(size: number): number {
		const address = this.#top;
		this.#top += (size + 3) & ~3;
		return address;
	}

	/** Puts numbers into the heap; gives their address. */
	allocateWords(words: ArrayLike<number>): number {
		const address = this.allocate(words.length * 4);
		this.words.set(words, address / 4);
		return address;
	}

	/** Bytes that a text may need in the heap. */
	sizeOfText(text: string): number {
		return text.length * 3 + SLACK + 4;
	}

	/** Puts a text into the heap; gives its address and where it ends. */
	allocateText(text: string): readonly [start: number, end: number] {
		const start = this.allocate(Buffer.byteLength(text) + SLACK);
		return [start, this.putText(start, text)];
	}

	/** Puts a text at an address, in UTF-8; gives where it ends. */
	putText(address: number, text: string): number {
		const { bytes } = this;
		if (text.length > SHORT) return address + bytes.write(text, address);
		for (let i = 0; i < text.length; i++) {
			const code = text.charCodeAt(i);
			if (code > 127) return address + bytes.write(text, address);
			bytes[address + i] = code;
		}
		return address + text.length;
	}

	/** The text at a piece of memory. */
	text(start: number, end: number): string {
		return (this.bytes as Utf8Buffer).utf8Slice(start, end);
	}
}
