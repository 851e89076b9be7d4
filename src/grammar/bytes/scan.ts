/**
 * Single characters and runs of them. What stands behind the end of a record may be loaded: it is in the same memory.
 *
 * Sets are of three kinds. Of those with all characters beyond ASCII, and those with none, each byte tells by itself: from 0x80 on
 * all are members, or none is. Only sets with some of them have to look such a character up, and only when they come to one.
 */
import { type CharSet, hasAllWide, hasNoWide, hasSomeWide, isEmpty, isEverything } from "../charset.js";
import { type Code, constant, constant16, constants16, get, getGlobal, type Label, load8, load128, type Part, set, tee } from "../wasm.js";
import { advance, BASE, type Draft, E, type Fail, P } from "./draft.js";
import { followers, WIDE, wideMember } from "./wide.js";

/** Bytes that are members by themselves: 256 entries. */
export function memberBytes(chars: CharSet): Uint8Array {
	const bytes = new Uint8Array(256).fill(hasAllWide(chars) ? 1 : 0);
	bytes.set(chars.ascii);
	return bytes;
}

type ByteRange = readonly [first: number, last: number];

/** Ranges of the bytes that are members, and of the others. */
function splitBytes(bytes: Uint8Array): readonly [inside: readonly ByteRange[], outside: readonly ByteRange[]] {
	const inside: [number, number][] = [];
	const outside: [number, number][] = [];
	for (const [byte, is] of bytes.entries()) {
		const found = is === 1 ? inside : outside;
		const last = found.at(-1);
		if (last?.[1] === byte - 1) last[1] = byte;
		else found.push([byte, byte]);
	}
	return [inside, outside];
}

/** Ranges that are compared one after the other; more are looked up in a table. */
const MOST_COMPARED = 2;

/** Puts on the stack whether the byte in a local is one of these. */
export function isOneOf(draft: Draft, bytes: Uint8Array, byte: number): readonly Part[] {
	const [inside, outside] = splitBytes(bytes);
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
	c.add(...wideMember(draft, chars), tee(byte), constant(0), "lt");
	c.if(() => fail(c));
	c.add(get(byte), set(P));
}

/** Goes over members, up to a bound. The last of them may end behind it, in sets with some characters beyond ASCII. */
export function writeRun(draft: Draft, c: Code, chars: CharSet, bound: number): void {
	if (isEverything(chars)) return c.add(get(bound), set(P));
	if (isEmpty(chars)) return;
	c.block((end) =>
		c.loop((again) => {
			c.add(get(P), get(bound), "ge_u");
			c.branchIf(end);
			c.add(...draft.step);
			const members = memberBytes(chars);
			if (members.includes(1)) writeSixteen(c, members, bound, { end, again });
			if (!hasSomeWide(chars)) return;
			c.add(get(P), load8(), constant(WIDE), "lt_u");
			c.branchIf(end);
			c.locals((behind) => {
				c.add(...wideMember(draft, chars), tee(behind), constant(0), "lt");
				c.branchIf(end);
				c.add(get(behind), set(P));
			});
			c.branch(again);
		}),
	);
}

/** Goes over the members among sixteen bytes: again when all are, to the end when that takes it to the bound. */
function writeSixteen(c: Code, members: Uint8Array, bound: number, { end, again }: Record<"end" | "again", Label>): void {
	c.locals((distance) => {
		c.add(...othersOfSixteen(members, 0));
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

/** Ranges that are worth comparing sixteen bytes with. */
const MOST_RANGES = 3;

/** Which of the sixteen bytes at a distance are no members: 255 in their places, 0 in others. */
export function othersOfSixteen(members: Uint8Array, distance: number): readonly Part[] {
	const [inside, outside] = splitBytes(members);
	if (Math.min(inside.length, outside.length) > MOST_RANGES) return othersByHalves(members, distance);
	const isIn = ([first, last]: ByteRange): readonly Part[] =>
		first === last ? ["i8x16.eq"] : ["i8x16.sub", constant16(last - first), "i8x16.le_u"];
	const ranges = inside.length < outside.length ? inside : outside;
	const found = ranges.flatMap((range, i) => [
		...([get(P), load128(distance), constant16(range[0]), ...isIn(range)] as const),
		...(i > 0 ? (["v128.or"] as const) : []),
	]);
	return ranges === inside ? [...found, "v128.not"] : found;
}

/**
 * Tells sixteen bytes at once, of any set of ASCII characters. A byte has two halves of four bits. The first table is asked with the
 * lower half: it gives a bit for each upper half that makes a member with it. The second is asked with the upper half and gives the
 * bit of that half, or none from 0x80 on. A byte that has the bit in both is a member.
 */
function othersByHalves(members: Uint8Array, distance: number): readonly Part[] {
	// The second table says "no" from 0x80 on: where these bytes are members, the others are asked for instead.
	const told = members[WIDE] === 1 ? 0 : 1;
	const upperHalves = Array.from({ length: 16 }, (_, lower) => {
		const bits = Array.from({ length: 8 }, (_, upper) => (members[upper * 16 + lower] === told ? 1 << upper : 0));
		return bits.reduce((sum, bit) => sum | bit);
	});
	const bits = Array.from({ length: 16 }, (_, upper) => (upper < 8 ? 1 << upper : 0));
	return [
		...([constants16(upperHalves), get(P), load128(distance), constant16(0x0f), "v128.and", "i8x16.swizzle"] as const),
		...([constants16(bits), get(P), load128(distance), constant(4), "i8x16.shr_u", "i8x16.swizzle"] as const),
		...(["v128.and", constant16(0), "i8x16.eq"] as const),
		...(told === 1 ? [] : (["v128.not"] as const)),
	];
}
