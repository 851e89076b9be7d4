/** What Unicode says of characters, asked of the JavaScript engine, as ohm-js does, when a grammar is compiled. */
import { BEYOND, boundaries, type CharSet, FIRST_WIDE, oneOf, union } from "./charset.js";

const PLANE = 0x10000;
/**
 * Planes with characters of many kinds, read whole. The others are unassigned or for private use: there, all characters but the last
 * two are of one kind. Should Unicode fill one, `TRIED` differ and it is read whole too.
 */
const MIXED = new Set([0, 1, 2, 3, 14].map((number) => number * PLANE));
const TRIED = [0, 0xfffd, 0xfffe, 0xffff] as const;

/** Asking for a class takes some 20 ms, and `formats test --watch` compiles all the time. */
const known = new Map<string, CharSet>();

/** The characters that a pattern for one of them matches. */
export function matching({ source }: RegExp): CharSet {
	const found = known.get(source) ?? ask(source);
	known.set(source, found);
	return found;
}

function ask(source: string): CharSet {
	const one = new RegExp(source, "u");
	const ranges: (readonly [number, number])[] = [];
	for (let plane = 0; plane < BEYOND; plane += PLANE) {
		const [tried, ...others] = TRIED.map((offset) => one.test(String.fromCodePoint(plane + offset)));
		if (MIXED.has(plane) || others.some((other) => other !== tried)) ranges.push(...rangesIn(plane, source));
		else if (tried === true) ranges.push([plane, plane + PLANE - 1]);
	}
	return {
		ascii: Uint8Array.from({ length: FIRST_WIDE }, (_, code) => (one.test(String.fromCharCode(code)) ? 1 : 0)),
		wide: boundaries(ranges),
	};
}

function* rangesIn(plane: number, source: string): Generator<readonly [number, number]> {
	// One search over a text of all characters is ten times as fast as a test of each.
	for (const [run] of textOf(plane).matchAll(new RegExp(`(?:${source})+`, "gu"))) {
		const first = run.codePointAt(0) ?? 0;
		const last = run.codePointAt(run.length - (plane === 0 ? 1 : 2)) ?? 0;
		yield [first, last];
	}
}

const texts = new Map<number, string>();

/** All characters of a plane, in their order. */
function textOf(plane: number): string {
	const found = texts.get(plane) ?? makeText(plane);
	texts.set(plane, found);
	return found;
}

function makeText(plane: number): string {
	const units = new Uint16Array(plane === 0 ? PLANE : 2 * PLANE);
	let length = 0;
	for (let offset = 0; offset < PLANE; offset++) {
		const isHalf = plane === 0 && offset >= 0xd800 && offset < 0xe000;
		if (isHalf) continue;
		if (plane > 0) units[length++] = 0xd7c0 + ((plane + offset) >> 10);
		units[length++] = plane === 0 ? offset : 0xdc00 + (offset & 0x3ff);
	}
	return Buffer.from(units.buffer, 0, length * 2).toString("utf16le");
}

/** Upper case → units that have it. */
let byUpperCase: ReadonlyMap<string, readonly number[]> | undefined;

/** UTF-16 units whose upper case is that of a unit, which is no half of a surrogate pair: `s`, `S` and `ſ`. */
export function inAnyCase(unit: string): CharSet {
	byUpperCase ??= unitsByUpperCase();
	const same = byUpperCase.get(unit.toUpperCase()) ?? [];
	return same.map(oneOf).reduce(union, oneOf(unit.charCodeAt(0)));
}

function unitsByUpperCase(): ReadonlyMap<string, readonly number[]> {
	const found = new Map<string, number[]>();
	for (let code = 0; code < PLANE; code++) {
		const upper = String.fromCharCode(code).toUpperCase();
		const same = found.get(upper);
		if (same === undefined) found.set(upper, [code]);
		else same.push(code);
	}
	return found;
}
