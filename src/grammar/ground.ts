/**
 * A parser on ground of its own, for texts from anywhere: tools for authors, and tests. `convert` has its kernel instead.
 *
 *     const matches = matcherFor(parser, "record");
 *     const spans = matches(line);
 *     if (spans !== undefined) textsOf(line, spans);
 */
import type { Instance, Parser } from "./parser.js";
import { type Global, type Memory, wasm } from "./webassembly.js";

/**
 * Reads a text, or what stands from `start` up to `end` of it, counted in bytes of UTF-8. Gives its captures: triples of slot, start
 * and end, counted in the same way, in the order in which the captured rules ended; undefined when it does not match. Bytes must
 * be valid UTF-8; halves of surrogate pairs in a string are read as U+FFFD. Throws a RangeError when the text needs more than 2 GB.
 */
export type Matcher = (text: string | Uint8Array, start?: number, end?: number) => Int32Array | undefined;

/** @param switches rules that are on; all others are off */
export function matcherFor(parser: Parser, rule: string, switches: readonly string[] = []): Matcher {
	const ground = known.get(parser) ?? new OwnGround(parser);
	known.set(parser, ground);
	return (text, start = 0, end) => {
		const bytes = bytesOf(text);
		return ground.match(rule, switches, bytes, start, end ?? bytes.length);
	};
}

/** The text of each capture. */
export function textsOf(text: string | Uint8Array, spans: Int32Array): string[] {
	const bytes = bytesOf(text);
	return Array.from({ length: spans.length / 3 }, (_, i) => bytes.toString("utf8", spans[i * 3 + 1], spans[i * 3 + 2]));
}

const bytesOf = (text: string | Uint8Array): Buffer =>
	typeof text === "string" ? Buffer.from(text) : Buffer.from(text.buffer, text.byteOffset, text.length);

const known = new WeakMap<Parser, OwnGround>();

const PAGE = 0x10000;
/** Addresses are compared as numbers with a sign. */
const MOST_PAGES = 0x7fff;
/** What is loaded, or written, behind what is there. */
const SLACK = 16;

/** A memory with, in this order: what the parser has for itself, the log, the text, the arena. */
class OwnGround {
	readonly #memory: Memory;
	readonly #instance: Instance;
	readonly #arena = globalAt(0);
	readonly #arenaEnd = globalAt(0);
	readonly #logEnd = globalAt(0);
	readonly #log: number;
	#logSize = PAGE / 4;
	#arenaSize = PAGE;

	constructor(parser: Parser) {
		this.#log = aligned(parser.size);
		this.#memory = new wasm.Memory({ initial: 1 + Math.ceil(parser.size / PAGE), maximum: MOST_PAGES });
		this.#instance = parser.instance({
			memory: this.#memory,
			base: 0,
			arena: this.#arena,
			arena_end: this.#arenaEnd,
			log_end: this.#logEnd,
		});
	}

	match(rule: string, switches: readonly string[], bytes: Uint8Array, start: number, end: number): Int32Array | undefined {
		const entry = this.#instance.entries[rule];
		if (entry === undefined) return undefined;
		this.#instance.setSwitches(switches);
		for (;;) {
			const at = this.#put(bytes);
			try {
				const behind = entry(at + start, at + end, this.#log);
				if (behind === 0) return undefined;
				const log = new Int32Array(this.#memory.buffer, this.#log, (behind - this.#log) / 4);
				return log.map((word, i) => (i % 3 === 0 ? word : word - at));
			} catch (error) {
				this.#enlarge(error);
			}
		}
	}

	/** Puts a text where it has room, and gives its address. */
	#put(bytes: Uint8Array): number {
		const logEnd = this.#log + this.#logSize;
		const at = logEnd + SLACK;
		const arena = aligned(at + bytes.length + SLACK);
		const pages = Math.ceil((arena + this.#arenaSize) / PAGE) - this.#memory.buffer.byteLength / PAGE;
		if (pages > 0) this.#memory.grow(pages);
		this.#logEnd.value = logEnd;
		this.#arena.value = arena;
		this.#arenaEnd.value = this.#memory.buffer.byteLength;
		new Uint8Array(this.#memory.buffer).set(bytes, at);
		return at;
	}

	#enlarge(error: unknown): void {
		const lack = this.#instance.lack();
		if (lack === undefined) throw error;
		if (lack === "log") this.#logSize *= 2;
		else this.#arenaSize = 2 * (this.#arenaEnd.value - this.#arena.value);
	}
}

const aligned = (size: number): number => Math.ceil(size / SLACK) * SLACK;

function globalAt(value: number): Global {
	return new wasm.Global({ value: "i32", mutable: true }, value);
}
