/**
 * WebAssembly, written instruction by instruction: as much of it as compiled grammars need.
 *
 *     code.add(get(P), get(E), "ge_u");
 *     code.if(() => code.add(constant(-1), "return"));
 *
 * All numbers are of 32 bits (i32) where nothing else is said.
 */

/** An instruction as its bytes. */
export type Instruction = readonly number[];

/** Instructions without arguments, by their name in the standard; those without a type are of i32. */
const NAMED = {
	unreachable: [0x00],
	return: [0x0f],
	eqz: [0x45],
	eq: [0x46],
	ne: [0x47],
	lt: [0x48],
	lt_u: [0x49],
	gt_u: [0x4b],
	le_u: [0x4d],
	ge: [0x4e],
	ge_u: [0x4f],
	"i64.ne": [0x52],
	ctz: [0x68],
	add: [0x6a],
	sub: [0x6b],
	and: [0x71],
	or: [0x72],
	shl: [0x74],
	shr_u: [0x76],
	/** Address, byte and size are on the stack. */
	"memory.fill": [0xfc, 11, 0],
	/** Bytes of the first operand, by the numbers in the second. */
	"i8x16.swizzle": [0xfd, 0x0e],
	"i8x16.eq": [0xfd, 0x23],
	"i8x16.le_u": [0xfd, 0x2a],
	"v128.not": [0xfd, 0x4d],
	"v128.and": [0xfd, 0x4e],
	"v128.or": [0xfd, 0x50],
	"i8x16.bitmask": [0xfd, 0x64],
	"i8x16.shr_u": [0xfd, 0x6d],
	"i8x16.sub": [0xfd, 0x71],
} as const;

/** What code is made of. */
export type Part = keyof typeof NAMED | Instruction;

/** A number as LEB128, in as few bytes as it takes. */
export function unsigned(value: number): number[] {
	const bytes: number[] = [];
	for (let rest = value; ; rest = Math.floor(rest / 128)) {
		if (rest < 128) return [...bytes, rest];
		bytes.push((rest % 128) + 128);
	}
}

/** The same for numbers that may be negative: the highest bit of the last seven tells. */
function signed(value: bigint): number[] {
	const bytes: number[] = [];
	for (let rest = value; ; rest >>= 7n) {
		const seven = Number(rest & 127n);
		if (rest >= -64n && rest < 64n) return [...bytes, seven];
		bytes.push(seven + 128);
	}
}

export const constant = (value: number): Instruction => [0x41, ...signed(BigInt(value | 0))];
/** Of 64 bits. */
export const constant64 = (value: bigint): Instruction => [0x42, ...signed(BigInt.asIntN(64, value))];
/** Sixteen bytes. */
export const constants16 = (bytes: readonly number[]): Instruction => [0xfd, 0x0c, ...bytes];
/** The same byte sixteen times. */
export const constant16 = (byte: number): Instruction => constants16(Array<number>(16).fill(byte));

export const get = (local: number): Instruction => [0x20, ...unsigned(local)];
export const set = (local: number): Instruction => [0x21, ...unsigned(local)];
/** Sets a local, and leaves the value on the stack. */
export const tee = (local: number): Instruction => [0x22, ...unsigned(local)];
export const getGlobal = (index: number): Instruction => [0x23, ...unsigned(index)];
export const setGlobal = (index: number): Instruction => [0x24, ...unsigned(index)];

// Memory: the address is on the stack, an offset is added to it. The second byte is the alignment: none is promised.
export const load = (offset = 0): Instruction => [0x28, 0, ...unsigned(offset)];
export const load64 = (offset = 0): Instruction => [0x29, 0, ...unsigned(offset)];
export const load8 = (offset = 0): Instruction => [0x2d, 0, ...unsigned(offset)];
export const load16 = (offset = 0): Instruction => [0x2f, 0, ...unsigned(offset)];
export const load128 = (offset = 0): Instruction => [0xfd, 0x00, 0, ...unsigned(offset)];
export const store = (offset = 0): Instruction => [0x36, 0, ...unsigned(offset)];

export const call = (func: Func): Instruction => [0x10, ...unsigned(func.index)];
/** Calls the function of the table whose number is on the stack. */
export const callIndirect = (parameters: number): Instruction => [0x11, ...unsigned(typeOf(parameters)), 0];

/** Functions have this type, by their number of parameters: all numbers in and one out. */
export const typeOf = (parameters: number): number => parameters;

const BLOCK = 0x02;
const LOOP = 0x03;
const IF = 0x04;
const ELSE = 0x05;
export const END = 0x0b;
const NOTHING = 0x40;
export const I32 = 0x7f;

/** What a branch goes to: the end of a block, the start of a loop. */
export interface Label {
	readonly depth: number;
}

/** A function: its code may be written later than it is called. */
export interface Func {
	readonly index: number;
	readonly code: Code;
}

/** The code of a function, in the order of its instructions. Parameters are the first locals. */
export class Code {
	readonly #bytes: number[] = [];
	#depth = 0;
	#locals: number;
	readonly #free: number[] = [];

	constructor(readonly parameters: number) {
		this.#locals = parameters;
	}

	add(...parts: readonly Part[]): void {
		for (const part of parts) this.#bytes.push(...(typeof part === "string" ? NAMED[part] : part));
	}

	block(inside: (end: Label) => void): void {
		this.#nested(BLOCK, inside);
	}

	loop(inside: (start: Label) => void): void {
		this.#nested(LOOP, inside);
	}

	/** When the number on the stack is not 0. */
	if(then: () => void, otherwise?: () => void): void {
		this.#nested(IF, () => {
			then();
			if (otherwise === undefined) return;
			this.#bytes.push(ELSE);
			otherwise();
		});
	}

	branch(to: Label): void {
		this.#bytes.push(0x0c, ...unsigned(this.#depth - to.depth));
	}

	/** Branches when the number on the stack is not 0. */
	branchIf(to: Label): void {
		this.#bytes.push(0x0d, ...unsigned(this.#depth - to.depth));
	}

	/** Gives `use` as many locals of its own as it has parameters, for as long as it writes code. */
	locals(use: (...locals: number[]) => void): void {
		const own = Array.from({ length: use.length }, () => this.#free.pop() ?? this.#locals++);
		use(...own);
		this.#free.push(...own.reverse());
	}

	/** The body as it stands in a module: behind its size and its locals. */
	finished(): number[] {
		const own = this.#locals - this.parameters;
		const body = [...(own === 0 ? [0] : [1, ...unsigned(own), I32]), ...this.#bytes, END];
		return [...unsigned(body.length), ...body];
	}

	#nested(kind: number, inside: (label: Label) => void): void {
		this.#bytes.push(kind, NOTHING);
		this.#depth++;
		inside({ depth: this.#depth });
		this.#depth--;
		this.#bytes.push(END);
	}
}
