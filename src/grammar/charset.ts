/** Sets of characters: a table for ASCII, boundaries of code points for the rest. */

export interface CharSet {
	/** 128 entries, 1 = member. */
	readonly ascii: Uint8Array;
	readonly wide: Boundaries;
}

/**
 * Code points above 127 where membership changes, ascending: those from the first boundary on are members, from the second on they
 * are not, and so on. Halves of surrogate pairs are no characters, so no boundary is one of them.
 */
export type Boundaries = readonly number[];

export const FIRST_WIDE = 0x80;
/** One behind the last code point. */
export const BEYOND = 0x110000;
const [FIRST_HALF, BEHIND_HALVES] = [0xd800, 0xe000] as const;

const NONE: Boundaries = [];
const ALL: Boundaries = [FIRST_WIDE, BEYOND];

export const everything: CharSet = { ascii: new Uint8Array(FIRST_WIDE).fill(1), wide: ALL };
export const nothing: CharSet = { ascii: new Uint8Array(FIRST_WIDE), wide: NONE };

export const oneOf = (code: number): CharSet => range(code, code);

/** Both ends belong to it. */
export const range = (first: number, last: number): CharSet => ({
	ascii: new Uint8Array(FIRST_WIDE).fill(1, first, Math.max(first, last + 1)),
	wide: boundaries([[first, last]]),
});

/** @param ranges first and last code points, ascending; those of ASCII are left out */
export function boundaries(ranges: Iterable<readonly [first: number, last: number]>): Boundaries {
	const found: number[] = [];
	for (const [first, last] of ranges) {
		const [from, behind] = [outsideHalves(Math.max(first, FIRST_WIDE)), outsideHalves(last + 1)];
		if (from >= behind) continue;
		if (found.at(-1) === from) found.pop();
		else found.push(from);
		found.push(behind);
	}
	return canonical(found);
}

/** All wide characters are one object, so that they are known without a look at the boundaries. */
const canonical = (found: Boundaries): Boundaries => (found.length === 2 && found[0] === FIRST_WIDE && found[1] === BEYOND ? ALL : found);

const outsideHalves = (code: number): number => (code >= FIRST_HALF && code < BEHIND_HALVES ? BEHIND_HALVES : code);

export function union(a: CharSet, b: CharSet): CharSet {
	if (isEmpty(a) || isEmpty(b)) return isEmpty(a) ? b : a;
	return { ascii: a.ascii.map((is, code) => is | (b.ascii[code] ?? 0)), wide: unionOf(a.wide, b.wide) };
}

export function difference(a: CharSet, b: CharSet): CharSet {
	return { ascii: a.ascii.map((is, code) => is & ~(b.ascii[code] ?? 0)), wide: differenceOf(a.wide, b.wide) };
}

export function intersection(a: CharSet, b: CharSet): CharSet {
	if (isEverything(a) || isEverything(b)) return isEverything(a) ? b : a;
	return { ascii: a.ascii.map((is, code) => is & (b.ascii[code] ?? 0)), wide: intersectionOf(a.wide, b.wide) };
}

// Most sets have all wide characters, none, or those of one class: they are the same object then, and nothing is computed.

function unionOf(a: Boundaries, b: Boundaries): Boundaries {
	if (a === b || b.length === 0 || a === ALL) return a;
	if (a.length === 0 || b === ALL) return b;
	return combined(a, b, (inA, inB) => inA || inB);
}

function differenceOf(a: Boundaries, b: Boundaries): Boundaries {
	if (a === b || a.length === 0 || b === ALL) return NONE;
	return b.length === 0 ? a : combined(a, b, (inA, inB) => inA && !inB);
}

function intersectionOf(a: Boundaries, b: Boundaries): Boundaries {
	if (a === b || a.length === 0 || b === ALL) return a;
	return b.length === 0 || a === ALL ? b : combined(a, b, (inA, inB) => inA && inB);
}

function combined(a: Boundaries, b: Boundaries, isIn: (inA: boolean, inB: boolean) => boolean): Boundaries {
	const found: number[] = [];
	for (let i = 0, k = 0; i < a.length || k < b.length; ) {
		const [x = BEYOND, y = BEYOND] = [a[i], b[k]];
		const at = Math.min(x, y);
		// Behind an odd number of boundaries stand members, behind an even one others.
		if (x === at && i < a.length) i++;
		if (y === at && k < b.length) k++;
		if (isIn(i % 2 === 1, k % 2 === 1) !== (found.length % 2 === 1)) found.push(at);
	}
	return canonical(found);
}

/** ASCII members. */
export const members = (set: CharSet): readonly number[] => [...set.ascii.keys()].filter((code) => set.ascii[code] === 1);

export const hasNoWide = (set: CharSet): boolean => set.wide.length === 0;

export const hasAllWide = (set: CharSet): boolean => set.wide === ALL;

/** Neither all nor none: they have to be looked up. */
export const hasSomeWide = (set: CharSet): boolean => !hasNoWide(set) && !hasAllWide(set);

export const isEmptyAscii = (set: CharSet): boolean => !set.ascii.includes(1);

export const isEmpty = (set: CharSet): boolean => hasNoWide(set) && isEmptyAscii(set);

export const isEverything = (set: CharSet): boolean => hasAllWide(set) && !set.ascii.includes(0);

/** Every character of `inner` is one of `outer`. */
export const isWithin = (inner: CharSet, outer: CharSet): boolean =>
	differenceOf(inner.wide, outer.wide).length === 0 && inner.ascii.every((is, code) => is === 0 || outer.ascii[code] === 1);

/** Some character is in both. */
export const haveCommon = (a: CharSet, b: CharSet): boolean =>
	a.ascii.some((is, code) => is === 1 && b.ascii[code] === 1) || intersectionOf(a.wide, b.wide).length > 0;

/** First and last of the code points above 127. */
export function* rangesOf({ wide }: CharSet): Generator<readonly [first: number, last: number]> {
	for (let i = 0; i < wide.length; i += 2) yield [wide[i] ?? 0, (wide[i + 1] ?? BEYOND) - 1];
}

/** The code point of the only member; undefined when there is none, or more than one. */
export function onlyMember({ ascii, wide }: CharSet): number | undefined {
	const at = ascii.indexOf(1);
	const [first, second] = wide;
	if (first === undefined) return at >= 0 && ascii.indexOf(1, at + 1) < 0 ? at : undefined;
	return at < 0 && wide.length === 2 && second === first + 1 ? first : undefined;
}
