/**
 * Single characters and runs of them, literals. What stands behind the end of a record may be loaded: it is in the same memory.
 *
 * Sets are of three kinds. Of those with all characters beyond ASCII, and those with none, each byte tells by itself: from 0x80 on
 * all are members, or none is. Only sets with some of them have to look such a character up, and only when they come to one.
 */
import { type CharSet, hasAllWide, hasNoWide, hasSomeWide, isEmpty, isEmptyAscii, isEverything, onlyMember } from "../charset.js";
import {
	type Code,
	constant,
	constant16,
	constant64,
	get,
	getGlobal,
	type Label,
	load,
	load8,
	load16,
	load64,
	type Part,
	set,
	tee,
} from "../wasm.js";
import { advance, BASE, type Draft, E, type Fail, P } from "./draft.js";
import { bytesOf, followers, WIDE, wideMember } from "./wide.js";

/** Bytes that are members by themselves: 256 entries. */
export function memberBytes(chars: CharSet): Uint8Array {
	const bytes = new Uint8Array(256).fill(hasAllWide(chars) ? 1 : 0);
	bytes.set(chars.ascii);
	return bytes;
}

type ByteRange = readonly [first: number, last: number];

function rangesOf(bytes: Uint8Array, value: 0 | 1): readonly ByteRange[] {
	const found: [number, number][] = [];
	for (const [byte, is] of bytes.entries()) {
		if (is !== value) continue;
		const last = found.at(-1);
		if (last?.[1] === byte - 1) last[1] = byte;
		else found.push([byte, byte]);
	}
	return found;
}

/** Ranges that are compared one after the other; more are looked up in a table. */
const MOST_COMPARED = 2;

/** Puts on the stack whether the byte in a local is one of these. */
export function isOneOf(draft: Draft, bytes: Uint8Array, byte: number): readonly Part[] {
	const [inside, outside] = [rangesOf(bytes, 1), rangesOf(bytes, 0)];
	if (outside.length === 0) return [constant(1)];
	if (inside.length === 0) return [constant(0)];
	const isIn = ([first, last]: ByteRange): readonly Part[] =>
		first === last
			? [get(byte), constant(first), "eq"]
			: first === 0
				? [get(byte), constant(last), "le_u"]
				: [get(byte), constant(first), "sub", constant(last - first), "le_u"];
	const any = (ranges: readonly ByteRange[]): readonly Part[] =>
		ranges.flatMap((range, i) => [...isIn(range), ...(i > 0 ? (["or"] as const) : [])]);
	if (inside.length <= Math.min(MOST_COMPARED, outside.length)) return any(inside);
	if (outside.length <= MOST_COMPARED) return [...any(outside), "eqz"];
	return [getGlobal(BASE), get(byte), "add", load8(draft.data.table(bytes))];
}

/** Fails unless a member stands here, with `P` where it is, and goes behind it. */
export function writeOne(draft: Draft, c: Code, chars: CharSet, fail: Fail): void {
	const only = onlyMember(chars);
	if (only !== undefined) return writeLiteral(c, String.fromCodePoint(only), fail);
	if (isEmpty(chars)) return fail(c);
	c.add(get(P), get(E), "ge_u");
	c.locals((v) => {
		const isIn = isOneOf(draft, memberBytes(chars), v);
		if (hasSomeWide(chars)) {
			c.if(() => fail(c));
			c.add(get(P), load8(), set(v), ...isIn);
			return c.if(
				() => c.add(...advance(1)),
				() => writeLookup(draft, c, chars, v, fail),
			);
		}
		c.add(get(P), load8(), set(v), ...isIn, "eqz", "or");
		c.if(() => fail(c));
		c.add(...advance(1));
		if (hasNoWide(chars)) return;
		c.add(get(v), constant(WIDE), "ge_u");
		c.if(() => c.add(get(P), ...followers(v), "add", set(P)));
	});
}

/** Goes behind the wide member that begins with the byte in a local, which is changed, or fails. */
function writeLookup(draft: Draft, c: Code, chars: CharSet, byte: number, fail: Fail): void {
	c.add(get(byte), constant(WIDE), "lt_u");
	c.if(() => fail(c));
	c.add(...wideMember(draft, chars, get(P)), tee(byte), constant(0), "lt");
	c.if(() => fail(c));
	c.add(get(byte), set(P));
}

/** Goes over members, up to a bound. The last of them may end behind it, in sets with some characters beyond ASCII. */
export function writeRun(draft: Draft, c: Code, chars: CharSet, bound: number): void {
	if (isEverything(chars)) return c.add(get(bound), set(P));
	if (isEmpty(chars)) return;
	const ranges = fewRanges(memberBytes(chars));
	c.block((end) =>
		c.loop((again) => {
			c.add(get(P), get(bound), "ge_u");
			c.branchIf(end);
			c.add(...draft.step);
			if (ranges === undefined) writeStep(draft, c, chars, again);
			else if (!isEmptyAscii(chars)) writeSixteen(c, ranges, bound, { end, again });
			if (!hasSomeWide(chars)) return;
			c.add(get(P), load8(), constant(WIDE), "lt_u");
			c.branchIf(end);
			c.locals((behind) => {
				c.add(...wideMember(draft, chars, get(P)), tee(behind), constant(0), "lt");
				c.branchIf(end);
				c.add(get(behind), set(P));
			});
			c.branch(again);
		}),
	);
}

/** Goes over a member, if its byte tells that it is one. */
function writeStep(draft: Draft, c: Code, chars: CharSet, again: Label): void {
	c.locals((v) => c.add(get(P), load8(), set(v), ...isOneOf(draft, memberBytes(chars), v)));
	c.if(() => {
		c.add(...advance(1));
		c.branch(again);
	});
}

/** Ranges that are worth looking for in sixteen bytes at once. */
const MOST_RANGES = 4;

interface Ranges {
	readonly ranges: readonly ByteRange[];
	/** They are those of members, not of all others. */
	readonly areMembers: boolean;
}

/** How members are told from others with few ranges; undefined when it takes many. */
function fewRanges(bytes: Uint8Array): Ranges | undefined {
	const [inside, outside] = [rangesOf(bytes, 1), rangesOf(bytes, 0)];
	const areMembers = inside.length < outside.length;
	const ranges = areMembers ? inside : outside;
	return ranges.length <= MOST_RANGES ? { ranges, areMembers } : undefined;
}

/** Goes over the members among sixteen bytes: again when all are, to the end when that takes it to the bound. */
function writeSixteen(c: Code, { ranges, areMembers }: Ranges, bound: number, { end, again }: Record<"end" | "again", Label>): void {
	const isIn = ([first, last]: ByteRange): readonly Part[] =>
		first === last ? ["i8x16.eq"] : ["i8x16.sub", constant16(last - first), "i8x16.le_u"];
	c.locals((distance) => {
		for (const [i, range] of ranges.entries())
			c.add(get(P), "v128.load", constant16(range[0]), ...isIn(range), ...(i > 0 ? (["v128.or"] as const) : []));
		if (areMembers) c.add("v128.not");
		// A bit for each that is no member, and one behind them: the lowest one tells how many members come first.
		c.add("i8x16.bitmask", constant(1 << 16), "or", "ctz", tee(distance), get(P), "add", tee(P), get(bound), "ge_u");
		c.if(() => {
			c.add(get(bound), set(P));
			c.branch(end);
		});
		c.add(get(distance), constant(16), "eq");
		c.branchIf(again);
	});
}

/** Compares up to eight bytes at once. */
export function writeLiteral(c: Code, text: string, fail: Fail): void {
	if (text === "") return;
	const bytes = bytesOf(text);
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
