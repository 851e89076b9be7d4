/**
 * LZMA as LZMA2 has it: chunks of up to 64 KiB, each decoded when all of it is at hand, into a window that holds what later chunks may
 * repeat. Names and numbers are those of the specification in the LZMA SDK.
 */
import { corrupt } from "./damage.js";

/** A chunk gives up to so many bytes. */
const LARGEST_CHUNK: number = 2 * 1024 * 1024;

const STATES = 12;
const POSITIONS = 16;
const HALF = 1024;
/** Where the probabilities of each kind of bit begin. */
const IS_MATCH = 0;
const IS_REP = IS_MATCH + STATES * POSITIONS;
const IS_REP_G0 = IS_REP + STATES;
const IS_REP_G1 = IS_REP_G0 + STATES;
const IS_REP_G2 = IS_REP_G1 + STATES;
const IS_REP0_LONG = IS_REP_G2 + STATES;
const POS_SLOT = IS_REP0_LONG + STATES * POSITIONS;
const POS_SPECIAL = POS_SLOT + 4 * 64;
const ALIGN = POS_SPECIAL + 128;
const MATCH_LENGTH = ALIGN + 16;
/** Of a length: two choices, then trees of 8 for each position, twice, then one of 256. */
const [LENGTH_LOW, LENGTH_MID, LENGTH_HIGH, LENGTH_SIZE] = [2, 2 + POSITIONS * 8, 2 + POSITIONS * 16, 2 + POSITIONS * 16 + 256];
const REP_LENGTH = MATCH_LENGTH + LENGTH_SIZE;
const LITERAL = REP_LENGTH + LENGTH_SIZE;
const LITERAL_SIZE = 0x300;

export class Lzma {
	/** What was decoded: the last bytes are those before `at`. */
	readonly #window: Buffer;
	#at = 0;
	/** Bytes before `at` that may be repeated. */
	#known = 0;
	#probabilities = new Uint16Array(LITERAL);
	#literalContext = 0;
	#literalPosition = 0;
	#position = 0;
	#state = 0;
	#distances: [number, number, number, number] = [0, 0, 0, 0];
	#range = 0;
	#code = 0;
	#input: Uint8Array = new Uint8Array(0);
	#next = 0;

	/** @param dictionary how many bytes before it a chunk may repeat */
	constructor(readonly dictionary: number) {
		this.#window = Buffer.allocUnsafeSlow(dictionary + Math.max(dictionary >>> 1, 2 * LARGEST_CHUNK));
	}

	forgetWindow(): void {
		this.#at = 0;
		this.#known = 0;
	}

	/** Sets the properties: (pb * 5 + lp) * 9 + lc. */
	setProperties(byte: number): void {
		this.#literalContext = byte % 9;
		this.#literalPosition = Math.floor(byte / 9) % 5;
		const positions = Math.floor(byte / 45);
		if (positions > 4 || this.#literalContext + this.#literalPosition > 4) throw corrupt("a chunk has properties that there are not");
		this.#position = (1 << positions) - 1;
		this.#probabilities = new Uint16Array(LITERAL + (LITERAL_SIZE << (this.#literalContext + this.#literalPosition)));
	}

	resetState(): void {
		this.#probabilities.fill(HALF);
		this.#state = 0;
		this.#distances = [0, 0, 0, 0];
	}

	/** Takes bytes that are not compressed; gives them as they stand in the window. */
	copy(bytes: Buffer): Buffer {
		this.#makeRoom(bytes.length);
		const start = this.#at;
		bytes.copy(this.#window, start);
		this.#passed(start + bytes.length);
		return this.#window.subarray(start, this.#at);
	}

	/** Decodes a chunk, of one that was cut as much as there is; what it gives is good until the next one. Throws Damage, and then gives nothing. */
	decode(input: Uint8Array, length: number): Buffer {
		this.#makeRoom(length);
		this.#input = input;
		// The first byte is 0 in all files; the next four are the code.
		this.#next = 5;
		this.#range = 0xffffffff;
		this.#code = (((input[1] ?? 0) << 24) | ((input[2] ?? 0) << 16) | ((input[3] ?? 0) << 8) | (input[4] ?? 0)) >>> 0;
		if (input[0] !== 0) throw corrupt("a chunk does not begin as it should");
		const start = this.#at;
		const end = start + length;
		for (let before = start; this.#at < end; before = this.#at) {
			this.#step(end);
			if (this.#next > input.length) return this.#window.subarray(start, before);
		}
		this.#normalize();
		if (this.#code !== 0 || this.#next !== input.length) throw corrupt("a chunk does not end where it should");
		return this.#window.subarray(start, end);
	}

	#makeRoom(length: number): void {
		if (this.#at + length <= this.#window.length) return;
		const kept = Math.min(this.#known, this.dictionary);
		this.#window.copyWithin(0, this.#at - kept, this.#at);
		this.#at = kept;
		this.#known = kept;
	}

	#passed(at: number): void {
		this.#known += at - this.#at;
		this.#at = at;
	}

	#normalize(): void {
		if (this.#range >= 0x1000000) return;
		this.#range = (this.#range << 8) >>> 0;
		this.#code = ((this.#code << 8) | (this.#input[this.#next++] ?? 0)) >>> 0;
	}

	#bit(at: number): 0 | 1 {
		this.#normalize();
		const probability = this.#probabilities[at] ?? 0;
		const bound = (this.#range >>> 11) * probability;
		if (this.#code < bound) {
			this.#range = bound;
			this.#probabilities[at] = probability + ((2048 - probability) >>> 5);
			return 0;
		}
		this.#range -= bound;
		this.#code -= bound;
		this.#probabilities[at] = probability - (probability >>> 5);
		return 1;
	}

	/** A number of so many bits, the highest first. */
	#tree(at: number, bits: number): number {
		let node = 1;
		for (let i = 0; i < bits; i++) node = (node << 1) | this.#bit(at + node);
		return node - (1 << bits);
	}

	/** The same, the lowest first. */
	#reversed(at: number, bits: number): number {
		let [node, value] = [1, 0];
		for (let i = 0; i < bits; i++) {
			const bit = this.#bit(at + node);
			node = (node << 1) | bit;
			value |= bit << i;
		}
		return value;
	}

	/** Bits that are as likely as not. */
	#direct(bits: number): number {
		let value = 0;
		for (let i = 0; i < bits; i++) {
			this.#normalize();
			this.#range >>>= 1;
			const bit = this.#code >= this.#range ? 1 : 0;
			if (bit === 1) this.#code -= this.#range;
			value = ((value << 1) | bit) >>> 0;
		}
		return value;
	}

	/** A literal, or bytes that stood before. */
	#step(end: number): void {
		const position = this.#known & this.#position;
		const state = this.#state;
		if (this.#bit(IS_MATCH + state * POSITIONS + position) === 0) this.#literal();
		else if (this.#bit(IS_REP + state) === 0) {
			const [first, second, third] = this.#distances;
			const length = this.#length(MATCH_LENGTH, position);
			this.#distances = [this.#distance(length), first, second, third];
			this.#state = state < 7 ? 7 : 10;
			this.#repeat(length, end);
		} else this.#repeated(state, position, end);
	}

	#literal(): void {
		const before = this.#known === 0 ? 0 : (this.#window[this.#at - 1] ?? 0);
		const low = this.#known & ((1 << this.#literalPosition) - 1);
		const base = LITERAL + LITERAL_SIZE * ((low << this.#literalContext) + (before >>> (8 - this.#literalContext)));
		let node = 1;
		if (this.#state >= 7) {
			let match = this.#window[this.#at - this.#distances[0] - 1] ?? 0;
			do {
				const bit = (match >>> 7) & 1;
				match <<= 1;
				const read = this.#bit(base + ((1 + bit) << 8) + node);
				node = (node << 1) | read;
				if (bit !== read) break;
			} while (node < 0x100);
		}
		while (node < 0x100) node = (node << 1) | this.#bit(base + node);
		this.#window[this.#at] = node & 0xff;
		this.#passed(this.#at + 1);
		this.#state = this.#state < 4 ? 0 : this.#state < 10 ? this.#state - 3 : this.#state - 6;
	}

	/** Bytes at one of the last four distances. */
	#repeated(state: number, position: number, end: number): void {
		const [first, second, third, fourth] = this.#distances;
		if (this.#bit(IS_REP_G0 + state) === 0) {
			if (this.#bit(IS_REP0_LONG + state * POSITIONS + position) === 0) {
				this.#state = state < 7 ? 9 : 11;
				this.#repeat(1, end);
				return;
			}
		} else if (this.#bit(IS_REP_G1 + state) === 0) this.#distances = [second, first, third, fourth];
		else if (this.#bit(IS_REP_G2 + state) === 0) this.#distances = [third, first, second, fourth];
		else this.#distances = [fourth, first, second, third];
		this.#state = state < 7 ? 8 : 11;
		this.#repeat(this.#length(REP_LENGTH, position), end);
	}

	#length(at: number, position: number): number {
		if (this.#bit(at) === 0) return 2 + this.#tree(at + LENGTH_LOW + position * 8, 3);
		if (this.#bit(at + 1) === 0) return 10 + this.#tree(at + LENGTH_MID + position * 8, 3);
		return 18 + this.#tree(at + LENGTH_HIGH, 8);
	}

	#distance(length: number): number {
		const slot = this.#tree(POS_SLOT + Math.min(length - 2, 3) * 64, 6);
		if (slot < 4) return slot;
		const bits = (slot >>> 1) - 1;
		const base = (2 | (slot & 1)) << bits;
		if (slot < 14) return base + this.#reversed(POS_SPECIAL + base - slot, bits);
		const high = this.#direct(bits - 4) * 16;
		return ((2 | (slot & 1)) * 2 ** bits + high + this.#reversed(ALIGN, 4)) % 2 ** 32;
	}

	#repeat(length: number, end: number): void {
		const [distance] = this.#distances;
		if (distance >= this.#known || distance >= this.dictionary) throw corrupt("a chunk repeats what is not there");
		if (this.#at + length > end) throw corrupt("a chunk gives more than it should");
		const window = this.#window;
		const back = distance + 1;
		const stop = this.#at + length;
		for (let to = this.#at; to < stop; to++) window[to] = window[to - back] ?? 0;
		this.#passed(stop);
	}
}
