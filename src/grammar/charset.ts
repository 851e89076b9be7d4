/** Sets of characters: a table for ASCII, a JavaScript expression over the code point `c` for the rest. */

export interface CharSet {
	/** 128 entries, 1 = member. */
	readonly ascii: Uint8Array;
	/** Test of a code point `c` above 127: `"false"`, `"true"`, or an expression such as `U0(c)`. */
	readonly wide: string;
	/** Consumes one UTF-16 unit even of a surrogate pair, as Ohm does for ranges whose ends are single units. */
	readonly unit: boolean;
}

const table = (member: (code: number) => boolean): Uint8Array => Uint8Array.from({ length: 128 }, (_, code) => (member(code) ? 1 : 0));

export const everything: CharSet = { ascii: table(() => true), wide: "true", unit: false };

export const oneOf = (code: number): CharSet => ({
	ascii: table((c) => c === code),
	wide: code < 128 ? "false" : `c===${code}`,
	unit: false,
});

export function range(from: number, to: number, wholeCodePoints: boolean): CharSet {
	return {
		ascii: table((c) => c >= from && c <= to),
		wide: to < 128 ? "false" : `(c>=${from}&&c<=${to})`,
		unit: !wholeCodePoints && to >= 0xd800,
	};
}

export const matching = (pattern: RegExp, name: string): CharSet => ({
	ascii: table((c) => pattern.test(String.fromCharCode(c))),
	wide: `${name}(c)`,
	unit: false,
});

export function union(a: CharSet, b: CharSet): CharSet {
	const wide =
		a.wide === "true" || b.wide === "true" ? "true" : a.wide === "false" ? b.wide : b.wide === "false" ? a.wide : `(${a.wide}||${b.wide})`;
	return { ascii: table((c) => a.ascii[c] === 1 || b.ascii[c] === 1), wide, unit: false };
}

export function difference(a: CharSet, b: CharSet): CharSet {
	const wide = a.wide === "false" || b.wide === "true" ? "false" : b.wide === "false" ? a.wide : `(${a.wide}&&!(${b.wide}))`;
	return { ascii: table((c) => a.ascii[c] === 1 && b.ascii[c] === 0), wide, unit: false };
}

export const members = (set: CharSet): readonly number[] => [...set.ascii.keys()].filter((code) => set.ascii[code] === 1);

export const isEmptyAscii = (set: CharSet): boolean => !set.ascii.includes(1);

export const isEverything = (set: CharSet): boolean => set.wide === "true" && !set.unit && !set.ascii.includes(0);
