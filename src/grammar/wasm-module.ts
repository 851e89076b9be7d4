/** A module of WebAssembly as bytes: https://webassembly.github.io/spec/core/binary/modules.html */
import { END, type Func, I32, typeOf, unsigned } from "./wasm.js";

export interface ModuleParts {
	/** Numbers that who instantiates gives, under `env` beside `memory`: the first globals, and whether they may change. */
	readonly imports: readonly (readonly [name: string, mayChange: boolean])[];
	/** How many globals follow that can change; all begin at 0. */
	readonly globals: number;
	/** Names of globals that can be seen. */
	readonly exportedGlobals: ReadonlyMap<string, number>;
	readonly functions: readonly Func[];
	readonly exports: ReadonlyMap<string, Func>;
	/** Functions that are called by their number. */
	readonly table: readonly Func[];
	/** Bytes that are put where the first import says. */
	readonly data: Uint8Array;
}

const MOST_PARAMETERS = 3;
const FUNCTION_TYPE = 0x60;
const FUNCTION_REFERENCE = 0x70;
/** Kinds of what is imported and exported. */
const KIND = { function: 0, memory: 2, global: 3 } as const;
const IS_CONSTANT = 0;
const CAN_CHANGE = 1;
/** Expressions that initial values and places are given by. */
const ZERO = [0x41, 0, END] as const;
const FIRST_GLOBAL = [0x23, 0, END] as const;

const vector = (items: readonly (readonly number[])[]): number[] => [...unsigned(items.length), ...items.flat()];

function named(name: string): number[] {
	const bytes = Buffer.from(name);
	return [...unsigned(bytes.length), ...bytes];
}

function section(id: number, content: Uint8Array | readonly number[]): Uint8Array[] {
	return [Uint8Array.from([id, ...unsigned(content.length)]), Uint8Array.from(content)];
}

export function moduleOf(parts: ModuleParts): Uint8Array<ArrayBuffer> {
	const types = Array.from({ length: MOST_PARAMETERS + 1 }, (_, count) => [FUNCTION_TYPE, ...vector(Array(count).fill([I32])), 1, I32]);
	const imports = [
		[...named("env"), ...named("memory"), KIND.memory, 0, 1],
		...parts.imports.map(([name, mayChange]) => [...named("env"), ...named(name), KIND.global, I32, mayChange ? CAN_CHANGE : IS_CONSTANT]),
	];
	const exported = [
		...[...parts.exports].map(([name, { index }]) => [...named(name), KIND.function, ...unsigned(index)]),
		...[...parts.exportedGlobals].map(([name, index]) => [...named(name), KIND.global, ...unsigned(index)]),
	];
	const table = parts.table.map(({ index }) => unsigned(index));
	// Bodies are put together as bytes: as arguments of a call there could be too many.
	const bodies = parts.functions.map(({ code }) => Uint8Array.from(code.finished()));
	const pieces = [
		Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]),
		...section(1, vector(types)),
		...section(2, vector(imports)),
		...section(3, vector(parts.functions.map(({ code }) => [typeOf(code.parameters)]))),
		...section(4, vector([[FUNCTION_REFERENCE, 0, ...unsigned(table.length)]])),
		...section(6, vector(Array(parts.globals).fill([I32, CAN_CHANGE, ...ZERO]))),
		...section(7, vector(exported)),
		...section(9, table.length === 0 ? [0] : [1, 0, ...ZERO, ...vector(table)]),
		...section(10, Buffer.concat([Uint8Array.from(unsigned(bodies.length)), ...bodies])),
		...section(11, [1, 0, ...FIRST_GLOBAL, ...unsigned(parts.data.length), ...parts.data]),
	];
	return new Uint8Array(Buffer.concat(pieces));
}
