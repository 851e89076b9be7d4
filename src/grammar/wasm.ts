/** WebAssembly, written instruction by instruction: as much of it as compiled grammars need. */

/** Instructions without arguments, and those of memory (which take an alignment and an offset). */
export const OP = {
	unreachable: 0x00,
	return: 0x0f,
	load: 0x28,
	load64: 0x29,
	load8: 0x2d,
	load16: 0x2f,
	store: 0x36,
	eqz: 0x45,
	eq: 0x46,
	ne: 0x47,
	lt: 0x48,
	lt_u: 0x49,
	gt_u: 0x4b,
	le_u: 0x4d,
	ge: 0x4e,
	ge_u: 0x4f,
	ne64: 0x52,
	add: 0x6a,
	sub: 0x6b,
	mul: 0x6c,
	and: 0x71,
	or: 0x72,
	shl: 0x74,
	ctz: 0x68,
} as const;

export type Op = keyof typeof OP;

const MEMORY: ReadonlySet<Op> = new Set<Op>(["load", "load64", "load8", "load16", "store"]);

/** Instructions on sixteen bytes at once. */
const SIXTEEN = { load: 0x00, constant: 0x0c, eq: 0x23, le_u: 0x2a, not: 0x4d, or: 0x50, bitmask: 0x64, sub: 0x71 } as const;

const BLOCK = 0x02;
const LOOP = 0x03;
const IF = 0x04;
const ELSE = 0x05;
const END = 0x0b;
const NOTHING = 0x40;
const I32 = 0x7f;
const FUNCTION = 0x60;

function unsigned(value: number): number[] {
	const bytes: number[] = [];
	for (let rest = value; ; rest = Math.floor(rest / 128)) {
		if (rest < 128) return [...bytes, rest];
		bytes.push((rest % 128) + 128);
	}
}

function signed(value: bigint): number[] {
	const bytes: number[] = [];
	for (let rest = value; ; rest >>= 7n) {
		const seven = Number(rest & 127n);
		if ((rest >= -64n && rest < 64n) || rest === 0n) return [...bytes, seven];
		bytes.push(seven + 128);
	}
}

/** What a branch goes to: the end of a block, the start of a loop. */
export interface Label {
	readonly depth: number;
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

	op(...names: Exclude<Op, "load" | "load64" | "load8" | "load16" | "store">[]): this {
		for (const name of names) this.#bytes.push(OP[name]);
		return this;
	}

	/** Reads or writes memory at the address on the stack and an offset. */
	memory(name: "load" | "load64" | "load8" | "load16" | "store", offset = 0): this {
		if (!MEMORY.has(name)) throw new Error(`${name} does not go to memory`);
		this.#bytes.push(OP[name], 0, ...unsigned(offset));
		return this;
	}

	constant(value: number): this {
		this.#bytes.push(0x41, ...signed(BigInt(value | 0)));
		return this;
	}

	constant64(value: bigint): this {
		this.#bytes.push(0x42, ...signed(BigInt.asIntN(64, value)));
		return this;
	}

	get(local: number): this {
		this.#bytes.push(0x20, ...unsigned(local));
		return this;
	}

	set(local: number): this {
		this.#bytes.push(0x21, ...unsigned(local));
		return this;
	}

	tee(local: number): this {
		this.#bytes.push(0x22, ...unsigned(local));
		return this;
	}

	getGlobal(index: number): this {
		this.#bytes.push(0x23, ...unsigned(index));
		return this;
	}

	setGlobal(index: number): this {
		this.#bytes.push(0x24, ...unsigned(index));
		return this;
	}

	call(index: number): this {
		this.#bytes.push(0x10, ...unsigned(index));
		return this;
	}

	/** Calls a function of the table whose index is on the stack. */
	callIndirect(type: number): this {
		this.#bytes.push(0x11, ...unsigned(type), 0);
		return this;
	}

	/** Puts the sixteen bytes at the address on the stack in its place. */
	load16Bytes(): this {
		this.#bytes.push(0xfd, SIXTEEN.load, 0, 0);
		return this;
	}

	/** The same byte sixteen times. */
	constant16(byte: number): this {
		this.#bytes.push(0xfd, SIXTEEN.constant, ...Array<number>(16).fill(byte));
		return this;
	}

	op16(...names: Exclude<keyof typeof SIXTEEN, "load" | "constant">[]): this {
		for (const name of names) this.#bytes.push(0xfd, SIXTEEN[name]);
		return this;
	}

	/** Fills memory with a byte: address, byte and size are on the stack. */
	fill(): this {
		this.#bytes.push(0xfc, 11, 0);
		return this;
	}

	block(inside: (end: Label) => void): this {
		return this.#nested(BLOCK, inside);
	}

	loop(inside: (start: Label) => void): this {
		return this.#nested(LOOP, inside);
	}

	/** When the number on the stack is not 0. */
	if(then: () => void, otherwise?: () => void): this {
		return this.#nested(IF, () => {
			then();
			if (otherwise === undefined) return;
			this.#bytes.push(ELSE);
			otherwise();
		});
	}

	branch(to: Label): this {
		this.#bytes.push(0x0c, ...unsigned(this.#depth - to.depth));
		return this;
	}

	/** Branches when the number on the stack is not 0. */
	branchIf(to: Label): this {
		this.#bytes.push(0x0d, ...unsigned(this.#depth - to.depth));
		return this;
	}

	/** A local of its own for as long as `use` writes code. */
	local(use: (local: number) => void): this {
		const local = this.#free.pop() ?? this.#locals++;
		use(local);
		this.#free.push(local);
		return this;
	}

	/** The body as it stands in a module: behind its size and its locals. */
	finished(): number[] {
		const own = this.#locals - this.parameters;
		const body = [...(own === 0 ? [0] : [1, ...unsigned(own), I32]), ...this.#bytes, END];
		return [...unsigned(body.length), ...body];
	}

	#nested(kind: number, inside: (label: Label) => void): this {
		this.#bytes.push(kind, NOTHING);
		this.#depth++;
		inside({ depth: this.#depth });
		this.#depth--;
		this.#bytes.push(END);
		return this;
	}
}

/** A function: its code may be written later than it is called. */
export interface Func {
	readonly index: number;
	code: Code;
}

export interface ModuleParts {
	/** Names of immutable numbers that who instantiates gives, under `env` beside `memory`: the first globals. */
	readonly imports: readonly string[];
	/** Globals that can change; all begin at 0. */
	readonly globals: number;
	/** Names of globals that can be seen. */
	readonly exportedGlobals: ReadonlyMap<string, number>;
	readonly functions: readonly Func[];
	readonly exports: ReadonlyMap<string, Func>;
	/** Functions of two parameters that are called by their number. */
	readonly table: readonly Func[];
	/** Bytes that are put where the first import says. */
	readonly data: Uint8Array;
}

const vector = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];
const named = (name: string): number[] => [...unsigned(name.length), ...Buffer.from(name)];

function section(id: number, content: number[]): Uint8Array[] {
	return [Uint8Array.from([id, ...unsigned(content.length)]), Uint8Array.from(content)];
}

/** Functions have this type, by their number of parameters: all numbers in and one out. */
export const typeOf = (parameters: number): number => parameters;

const MOST_PARAMETERS = 3;

/** The module as bytes. */
export function moduleOf(parts: ModuleParts): Uint8Array<ArrayBuffer> {
	const types = Array.from({ length: MOST_PARAMETERS + 1 }, (_, count) => [FUNCTION, ...vector(Array(count).fill([I32])), 1, I32]);
	const imports = [
		[...named("env"), ...named("memory"), 2, 0, 1],
		...parts.imports.map((name) => [...named("env"), ...named(name), 3, I32, 0]),
	];
	const exported = [
		...[...parts.exports].map(([name, { index }]) => [...named(name), 0, ...unsigned(index)]),
		...[...parts.exportedGlobals].map(([name, index]) => [...named(name), 3, ...unsigned(index)]),
	];
	const bodies = parts.functions.map(({ code }) => Uint8Array.from(code.finished()));
	const count = Uint8Array.from(unsigned(bodies.length));
	const size = bodies.reduce((sum, body) => sum + body.length, count.length);
	const pieces = [
		Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]),
		...section(1, vector(types)),
		...section(2, vector(imports)),
		...section(3, vector(parts.functions.map(({ code }) => [typeOf(code.parameters)]))),
		...section(4, vector([[0x70, 0, ...unsigned(parts.table.length)]])),
		...section(6, vector(Array(parts.globals).fill([I32, 1, 0x41, 0, END]))),
		...section(7, vector(exported)),
		...section(9, parts.table.length === 0 ? [0] : [1, 0, 0x41, 0, END, ...vector(parts.table.map(({ index }) => unsigned(index)))]),
		Uint8Array.from([10, ...unsigned(size)]),
		count,
		...bodies,
		...section(11, [1, 0, 0x23, 0, END, ...unsigned(parts.data.length), ...parts.data]),
	];
	return new Uint8Array(Buffer.concat(pieces));
}
