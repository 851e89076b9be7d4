import { describe, expect, it } from "vitest";
import { matcherFor, textsOf } from "../../src/grammar/ground.js";
import type { Instance, Parser } from "../../src/grammar/parser.js";
import { type Global, type Memory, wasm } from "../../src/grammar/webassembly.js";
import { bothWays } from "./oracle.js";

const RULES = `G {
	start = is_loud? (word " "*)* rest
	word = letter+
	rest = (~";" any)* (mark | any)*
	mark = (letter | "-")+ "!"
	is_loud = ~""
	shout = is_loud "A" -- on
		| "a" ""          -- off
}`;

const compiled = (): Parser =>
	bothWays(RULES, "G", { starts: ["start", "shout"], captures: ["word", "rest"], switches: ["is_loud"] }).parser;

describe("a parser on ground of its own", () => {
	const parser = compiled();
	const matches = matcherFor(parser, "start");

	it("captures places in bytes, which can be made texts", () => {
		const text = "Zoë été 語 😀x";
		const spans = matches(text);
		expect(spans).toEqual(Int32Array.of(0, 0, 4, 0, 5, 10, 0, 11, 14, 1, 15, 20));
		expect(textsOf(text, spans ?? new Int32Array())).toEqual(["Zoë", "été", "語", "😀x"]);
		expect(textsOf(Buffer.from(text), spans ?? new Int32Array())).toEqual(["Zoë", "été", "語", "😀x"]);
	});

	it("reads a part of bytes, wherever they stand", () => {
		const bytes = new Uint8Array(Buffer.from("__..é ü..")).subarray(2);
		const spans = matches(bytes, 2, 7);
		expect(spans).toEqual(Int32Array.of(0, 2, 4, 0, 5, 7, 1, 7, 7));
		expect(textsOf(bytes, spans ?? new Int32Array())).toEqual(["é", "ü", ""]);
	});

	it("has as much memory as a text needs: for itself, for captures, for what is remembered", () => {
		const many = "ab ".repeat(20_000);
		expect(matches(many)?.length).toBe(3 * 20_001);
		expect(matches(`;${"é-".repeat(100_000)}`)?.length).toBe(3);
		expect(matches(many.repeat(10))?.length).toBe(3 * 200_001);
		expect(matches("ab;")).toEqual(Int32Array.of(0, 0, 2, 1, 2, 3));
	});

	it("has the switches it is asked with, and reads nothing with a rule that it has not", () => {
		const reads = (text: string, on: readonly string[]): boolean => matcherFor(parser, "shout", on)(text) !== undefined;
		expect([reads("A", []), reads("A", ["is_loud"]), reads("a", ["is_loud"]), reads("A", [])]).toEqual([false, true, true, false]);
		expect(matcherFor(parser, "nothing")("a")).toBe(undefined);
	});
});

describe("an instance in somebody's memory", () => {
	const PAGE = 0x10000;
	interface Place {
		readonly instance: Instance;
		readonly memory: Memory;
		readonly arena: Global;
		readonly arena_end: Global;
		readonly log_end: Global;
	}
	const place = (parser: Parser, memory: Memory, base: number): Place => {
		const [arena, arena_end, log_end] = [3 * PAGE, 3 * PAGE + 64, 2 * PAGE].map(
			(value) => new wasm.Global({ value: "i32", mutable: true }, value),
		) as [Global, Global, Global];
		return { instance: parser.instance({ memory, base, arena, arena_end, log_end }), memory, arena, arena_end, log_end };
	};
	const INPUT = 2 * PAGE + 64;
	const read = ({ instance, memory }: Place, text: string, rule = "start"): number => {
		const length = Buffer.from(memory.buffer).write(text, INPUT);
		return instance.entries[rule]?.(INPUT, INPUT + length, PAGE) ?? -1;
	};

	it("has switches of its own", () => {
		const parser = compiled();
		const memory = new wasm.Memory({ initial: 4 });
		const [one, other] = [place(parser, memory, 0), place(parser, memory, PAGE / 2)];
		one.instance.setSwitches(["is_loud"]);
		const seen = (): boolean[] => [one, other].map((instance) => read(instance, "A", "shout") > 0);
		expect(seen()).toEqual([true, false]);
		other.instance.setSwitches(["is_loud"]);
		expect(seen()).toEqual([true, true]);
		other.instance.setSwitches([]);
		memory.grow(1);
		one.instance.setSwitches([]);
		expect(seen()).toEqual([false, false]);
	});
	it("says what it has not enough of, and reads on when it has more", () => {
		const one = place(compiled(), new wasm.Memory({ initial: 4 }), 0);
		const [words, dashes] = ["ab ".repeat(50), `;${"é-".repeat(200)}`];
		expect(one.instance.lack()).toBe(undefined);
		one.log_end.value = PAGE + 12 * 50;
		expect(() => read(one, words)).toThrow(wasm.RuntimeError);
		expect([one.instance.lack(), one.instance.lack()]).toEqual(["log", undefined]);
		one.log_end.value += 12;
		expect(read(one, words)).toBe(PAGE + 12 * 51);

		expect(() => read(one, dashes)).toThrow(wasm.RuntimeError);
		expect(one.instance.lack()).toBe("arena");
		one.arena.value = one.memory.grow(1) * PAGE;
		one.arena_end.value = one.memory.buffer.byteLength;
		expect(read(one, dashes)).toBe(PAGE + 12);
		expect(one.instance.lack()).toBe(undefined);
	});
});
