/** Single characters and runs of them, literals. What stands behind the end of a record may be loaded: it is in the same memory. */
import { type CharSet, isEmptyAscii, members } from "../charset.js";
import { type Code, constant, constant16, constant64, get, getGlobal, load, load8, load16, load64, type Part, set, tee } from "../wasm.js";
import { advance, BASE, type Draft, E, type Fail, P } from "./draft.js";

/** Puts on the stack whether the character in a local is a member. */
export function isMember(draft: Draft, chars: CharSet, character: number): readonly Part[] {
	const on = members(chars);
	const off = others(chars);
	const [first = 0, last = 0] = [on[0], on.at(-1)];
	const each = (codes: readonly number[], compare: Part, join: Part): readonly Part[] =>
		codes.flatMap((code, i) => [get(character), constant(code), compare, ...(i > 0 ? [join] : [])]);
	if (off.length === 0) return [constant(1)];
	if (on.length === 0) return [constant(0)];
	if (on.length <= 2) return each(on, "eq", "or");
	if (last - first === on.length - 1) return [get(character), constant(first), "sub", constant(on.length), "lt_u"];
	if (off.length <= 2) return each(off, "ne", "and");
	return [getGlobal(BASE), get(character), "add", load8(draft.data.table(chars.ascii))];
}

const others = (chars: CharSet): readonly number[] => [...chars.ascii.keys()].filter((code) => chars.ascii[code] === 0);

/** Fails unless a member stands here, and goes behind it. */
export function writeOne(draft: Draft, c: Code, chars: CharSet, fail: Fail): void {
	if (isEmptyAscii(chars)) return fail(c);
	c.add(get(P), get(E), "ge_u");
	if (others(chars).length > 0) c.locals((v) => c.add(get(P), load8(), set(v), ...isMember(draft, chars, v), "eqz", "or"));
	c.if(() => fail(c));
	c.add(...advance(1));
}

/** Goes over members, up to a bound. */
export function writeRun(draft: Draft, c: Code, chars: CharSet, bound: number): void {
	if (others(chars).length === 0) return c.add(get(bound), set(P));
	if (isEmptyAscii(chars)) return;
	const ranges = fewRanges(chars);
	if (ranges !== undefined) return writeRunBySixteen(draft, c, ranges, bound);
	c.block((end) =>
		c.loop((again) => {
			c.add(get(P), get(bound), "ge_u");
			c.branchIf(end);
			c.add(...draft.step);
			c.locals((v) => c.add(get(P), load8(), set(v), ...isMember(draft, chars, v)));
			c.add("eqz");
			c.branchIf(end);
			c.add(...advance(1));
			c.branch(again);
		}),
	);
}

/** First and last characters, of members or of all others. */
interface Ranges {
	readonly ranges: readonly (readonly [first: number, last: number])[];
	readonly areMembers: boolean;
}

/** Ranges that are worth looking for in sixteen characters at once. */
const MOST_RANGES = 4;

/** How members are told from others with few ranges; undefined when it takes many. */
function fewRanges(chars: CharSet): Ranges | undefined {
	const rangesOf = (codes: readonly number[]): [number, number][] => {
		const found: [number, number][] = [];
		for (const code of codes) {
			const last = found.at(-1);
			if (last?.[1] === code - 1) last[1] = code;
			else found.push([code, code]);
		}
		return found;
	};
	const [inside, outside] = [rangesOf(members(chars)), rangesOf(others(chars))];
	const areMembers = inside.length < outside.length;
	const ranges = areMembers ? inside : outside;
	return ranges.length <= MOST_RANGES ? { ranges, areMembers } : undefined;
}

/** Goes sixteen characters further as long as all of them are members; then back to the bound, if it went too far. */
function writeRunBySixteen(draft: Draft, c: Code, { ranges, areMembers }: Ranges, bound: number): void {
	const isIn = ([first, last]: readonly [number, number]): readonly Part[] =>
		first === last ? ["i8x16.eq"] : ["i8x16.sub", constant16(last - first), "i8x16.le_u"];
	c.locals((distance) => {
		c.block((end) =>
			c.loop((again) => {
				c.add(get(P), get(bound), "ge_u");
				c.branchIf(end);
				c.add(...draft.step);
				for (const [i, range] of ranges.entries())
					c.add(get(P), "v128.load", constant16(range[0]), ...isIn(range), ...(i > 0 ? (["v128.or"] as const) : []));
				if (areMembers) c.add("v128.not");
				// A bit for each that is no member, and one behind them: the lowest one tells how many members come first.
				c.add("i8x16.bitmask", constant(1 << 16), "or", "ctz", tee(distance), get(P), "add", set(P));
				c.add(get(distance), constant(16), "eq");
				c.branchIf(again);
			}),
		);
		c.add(get(P), get(bound), "gt_u");
		c.if(() => c.add(get(bound), set(P)));
	});
}

/** Compares up to eight characters at once. */
export function writeLiteral(c: Code, text: string, fail: Fail): void {
	if (text === "") return;
	if (/[^\u0000-\u007f]/.test(text)) return fail(c);
	const bytes = Buffer.from(text, "latin1");
	c.add(get(P), constant(bytes.length), "add", get(E), "gt_u");
	for (let i = 0; i < bytes.length; ) {
		// A long one is not compared to its end when it differs at once.
		if (i > 0) {
			c.if(() => fail(c));
			c.add(constant(0));
		}
		const { size, differs } = comparison(bytes, i);
		c.add(get(P), ...differs, "or");
		i += size;
	}
	c.if(() => fail(c));
	c.add(...advance(bytes.length));
}

/** Compares as many bytes as it can from an index on with those at the address on the stack. */
function comparison(bytes: Buffer, i: number): { readonly size: number; readonly differs: readonly Part[] } {
	const left = bytes.length - i;
	if (left >= 8) return { size: 8, differs: [load64(i), constant64(bytes.readBigInt64LE(i)), "i64.ne"] };
	if (left >= 4) return { size: 4, differs: [load(i), constant(bytes.readInt32LE(i)), "ne"] };
	if (left >= 2) return { size: 2, differs: [load16(i), constant(bytes.readUInt16LE(i)), "ne"] };
	return { size: 1, differs: [load8(i), constant(bytes.readUInt8(i)), "ne"] };
}

/** Ohm compares the upper case of single units. */
export function writeAnyCase(c: Code, text: string, fail: Fail): void {
	c.add(get(P), constant(text.length), "add", get(E), "gt_u");
	c.if(() => fail(c));
	for (const [i, unit] of text.split("").entries()) {
		const same = [...Array(128).keys()].filter((code) => String.fromCharCode(code).toUpperCase() === unit.toUpperCase());
		if (same.length === 0) return fail(c);
		same.forEach((code, k) => {
			c.add(get(P), load8(i), constant(code), "ne");
			if (k > 0) c.add("and");
		});
		c.if(() => fail(c));
	}
	c.add(...advance(text.length));
}
