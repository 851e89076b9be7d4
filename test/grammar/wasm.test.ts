/** Small functions that are written, run, and must give what was meant: numbers of all sizes stand where numbers stand. */
import { describe, expect, test } from "vitest";
import {
	Code,
	call,
	callIndirect,
	constant,
	constant16,
	constant64,
	type Func,
	get,
	getGlobal,
	type Label,
	load,
	load8,
	load16,
	load64,
	load128,
	set,
	setGlobal,
	store,
	tee,
	unsigned,
} from "../../src/grammar/wasm.js";
import { moduleOf } from "../../src/grammar/wasm-module.js";
import { wasm } from "../../src/grammar/webassembly.js";

const memory = new wasm.Memory({ initial: 40, maximum: 40 });
const bytes = new Uint8Array(memory.buffer);

type Running = (...numbers: number[]) => number;

function func(index: number, parameters: number, write: (code: Code) => void): Func {
	const code = new Code(parameters);
	write(code);
	return { index, code };
}

/** The functions of a module that has no others, by their number; its data stands at 1000. */
function running(functions: readonly Func[], data: readonly number[] = []): readonly Running[] {
	const module = moduleOf({
		imports: [["base", false]],
		globals: 200,
		exportedGlobals: new Map(),
		functions,
		exports: new Map(functions.map((one) => [`f${one.index}`, one])),
		table: functions,
		data: Uint8Array.from(data),
	});
	const exports = new wasm.Instance(new wasm.Module(module), { env: { memory, base: 1000 } }).exports as Record<string, Running>;
	return functions.map(({ index }) => exports[`f${index}`] as Running);
}

const run = (parameters: number, write: (code: Code) => void, ...numbers: number[]): number | undefined =>
	running([func(0, parameters, write)])[0]?.(...numbers);

/** Around each power of 128 and its half, where another byte is needed. */
const edges = [1, 2, 3, 4].flatMap((count) => [128 ** count / 2, 128 ** count]).flatMap((edge) => [edge - 1, edge, edge + 1]);

describe("numbers", () => {
	test.each([0, 1, -1, ...edges, ...edges.map((edge) => -edge), 2 ** 31 - 1, -(2 ** 31)])("%i", (value) => {
		expect(run(0, (c) => c.add(constant(value)))).toBe(value);
	});

	test("those above 31 bits are the same 32 bits", () => {
		expect(run(0, (c) => c.add(constant(2 ** 32 - 1)))).toBe(-1);
	});

	test.each([0n, 63n, 64n, -64n, -65n, 2n ** 31n, 2n ** 62n, 2n ** 63n - 1n, -(2n ** 63n), 0x7f80_ff00_1234_5678n])(
		"%i of 64 bits",
		(value) => {
			const at = 2048;
			new DataView(memory.buffer).setBigInt64(at, value, true);
			const differs = (other: bigint): number | undefined => run(0, (c) => c.add(constant(at), load64(), constant64(other), "i64.ne"));
			expect([differs(value), differs(value ^ 1n), differs(value ^ (1n << 63n))]).toEqual([0, 1, 1]);
		},
	);

	test("unsigned ones need no byte for the sign", () => {
		expect([0, 127, 128, 16_383, 16_384, 2 ** 32 - 1].map((value) => unsigned(value).length)).toEqual([1, 1, 2, 2, 3, 5]);
	});
});

describe("places", () => {
	test.each([0, ...edges.filter((edge) => edge < 2_500_000)])("memory at an offset of %i", (offset) => {
		bytes.set([0x91, 0x82, 0x73, 0x64], offset);
		expect(run(1, (c) => c.add(get(0), load8(offset)), 0)).toBe(0x91);
		expect(run(1, (c) => c.add(get(0), load16(offset)), 0)).toBe(0x8291);
		expect(run(1, (c) => c.add(get(0), load(offset)), 0)).toBe(0x64738291);
		run(2, (c) => c.add(get(0), get(1), store(offset), get(0)), 0, 0x01020304);
		expect([...bytes.subarray(offset, offset + 4)]).toEqual([4, 3, 2, 1]);
	});

	test("more locals and globals than a byte can number", () => {
		const locals = Array.from({ length: 300 }, (_, i) => i);
		const sum = run(0, (c) => {
			for (const i of locals) c.add(constant(i), set(i));
			c.add(constant(0));
			for (const i of locals) c.add(get(i), "add");
			// Locals are declared by asking for them.
			const ask = (left: number): void => (left === 0 ? undefined : c.locals((_) => ask(left - 1)));
			ask(locals.length);
		});
		expect(sum).toBe((299 * 300) / 2);
		expect(run(1, (c) => c.add(get(0), setGlobal(199), constant(7), setGlobal(127), getGlobal(199), getGlobal(127), "add"), 5)).toBe(12);
	});

	test("a local is given anew when nobody uses it", () => {
		let inside: readonly number[] = [];
		run(2, (c) => {
			c.locals((a, b) => {
				inside = [a, b];
			});
			c.locals((a, b) => expect([a, b]).toEqual(inside));
			c.add(get(0));
		});
		expect(inside).toEqual([2, 3]);
	});

	test("more functions than a byte can number, one of them large", () => {
		const large = func(0, 1, (c) => {
			c.add(get(0));
			for (let i = 0; i < 20_000; i++) c.add(constant(1), "add");
		});
		const functions = [large];
		for (let i = 1; i <= 300; i++) {
			const before = functions[i - 1] ?? large;
			functions.push(func(i, 1, (c) => c.add(get(0), constant(1), "add", call(before))));
		}
		expect(running(functions).at(-1)?.(0)).toBe(20_300);
	});

	test("functions of a table, by their number", () => {
		const functions = [1, 2, 3].map((value, i) => func(i, 2, (c) => c.add(constant(value))));
		const chosen = func(3, 2, (c) => c.add(get(0), get(1), get(0), callIndirect(2)));
		const choose = running([...functions, chosen])[3];
		expect([0, 1, 2].map((number) => choose?.(number, 0))).toEqual([1, 2, 3]);
	});

	test("data stand where the instance was told", () => {
		const data = Array.from({ length: 200 }, (_, i) => i);
		running([func(0, 0, (c) => c.add(constant(0)))], data);
		expect([...bytes.subarray(1000, 1200)]).toEqual(data);
	});
});

describe("control", () => {
	test("branches out of many blocks", () => {
		/** Of 200 blocks inside each other, those that are left by their end when the innermost branches behind the one of a number. */
		const leftByEnd = (target: number): number | undefined =>
			run(0, (c) =>
				c.locals((count) => {
					const nest = (number: number, labels: readonly Label[]): void => {
						if (number === 200) return c.branch(labels[target] as Label);
						c.block((end) => nest(number + 1, [...labels, end]));
						c.add(get(count), constant(1), "add", set(count));
					};
					c.block((end) => nest(1, [end]));
					c.add(get(count));
				}),
			);
		expect([0, 1, 71, 72, 199].map(leftByEnd)).toEqual([0, 1, 71, 72, 199]);
	});

	test("a loop, and both ways of a condition", () => {
		// 3n + 1: how many steps to 1.
		const steps = (n: number): number | undefined =>
			run(
				1,
				(c) =>
					c.locals((count) => {
						c.block((end) =>
							c.loop((again) => {
								c.add(get(0), constant(1), "eq");
								c.branchIf(end);
								c.add(get(count), constant(1), "add", set(count));
								c.add(get(0), constant(1), "and");
								c.if(
									() => c.add(get(0), constant(1), "shl", get(0), "add", constant(1), "add", set(0)),
									() => {
										// Half of it, counted out.
										c.locals((half) => {
											c.add(constant(0), set(half));
											c.loop((more) => {
												c.add(get(half), constant(1), "add", tee(half), constant(1), "shl", get(0), "lt");
												c.branchIf(more);
											});
											c.add(get(half), set(0));
										});
									},
								);
								c.branch(again);
							}),
						);
						c.add(get(count));
					}),
				n,
			);
		expect([1, 2, 7, 27].map(steps)).toEqual([0, 1, 16, 111]);
	});

	test("sixteen bytes at once: those from 4 to 9, and those that are 1", () => {
		bytes.set([1, 3, 4, 9, 10, 0, 255, 5, 1, 1, 2, 8, 128, 127, 4, 1], 3000);
		const bits = run(
			1,
			(c) => {
				c.add(get(0), load128(), constant16(4), "i8x16.sub", constant16(5), "i8x16.le_u");
				c.add(get(0), load128(), constant16(1), "i8x16.eq", "v128.or", "v128.not", "i8x16.bitmask");
			},
			3000,
		);
		expect((~(bits ?? 0) & 0xffff).toString(2).padStart(16, "0")).toBe("1100101110001101");
	});

	test("memory is filled", () => {
		bytes.fill(9, 4000, 4100);
		run(0, (c) => c.add(constant(4010), constant(0), constant(80), "memory.fill", constant(0)));
		expect(bytes.subarray(4000, 4100).filter((byte) => byte === 9)).toHaveLength(20);
	});

	test("what cannot go on is a trap", () => {
		expect(() => run(0, (c) => c.add("unreachable"))).toThrow(wasm.RuntimeError);
	});
});
