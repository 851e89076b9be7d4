/** Damaged lines, the same ones in every run. */

export type Random = (below: number) => number;

/** Mulberry32. */
export function random(seed: number): Random {
	let state = seed;
	return (below) => {
		state = (state + 0x6d2b79f5) | 0;
		let mixed = Math.imul(state ^ (state >>> 15), state | 1);
		mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
		return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296) * below);
	};
}

/** What the formats delimit with, and what senders could type in their place. */
const PIECES = [
	...['"', '" x="', "]: ", ">=<", ": ", " (1)", "[tag]", "<", ">", "7", " ", "  ", "dns;", "|", "smtp;", " tid=", ' f="', "#", " #717 "],
	...["(", ")", "[", "]", ",", "/", "'", "250 2.1.5 ", "0", "\u0000", "\t", "\r", "é", "😀", "\ud800", "\udc00", "ß", "\u00a0"],
	...["\u0085", "e\u0301", "語", "\u2028", "\ufeff", "ı", "ſ", "𐐨", "\u202e"],
] as const;

type Mutation = (line: string, random: Random) => string;

const flipped: Mutation = (line, below) => {
	const at = below(line.length);
	return line.slice(0, at) + String.fromCharCode(line.charCodeAt(at) ^ (1 << below(7))) + line.slice(at + 1);
};
const shortened: Mutation = (line, below) => {
	const at = below(line.length);
	return line.slice(0, at) + line.slice(at + 1 + below(below(12) + 1));
};
const truncated: Mutation = (line, below) => line.slice(0, below(line.length));
const beheaded: Mutation = (line, below) => line.slice(below(line.length));
const doubled: Mutation = (line, below) => {
	const at = below(line.length);
	const end = at + 1 + below(24);
	return line.slice(0, end) + line.slice(at);
};
const forged: Mutation = (line, below) => {
	const at = below(line.length + 1);
	return line.slice(0, at) + (PIECES[below(PIECES.length)] ?? "") + line.slice(at);
};
const blown: Mutation = (line, below) => {
	const at = below(line.length + 1);
	return line.slice(0, at) + (PIECES[below(PIECES.length)] ?? "").repeat(20 + below(80)) + line.slice(at);
};

const MUTATIONS: readonly Mutation[] = [flipped, shortened, truncated, beheaded, doubled, forged, forged, blown];

/** One or two damages to a line. */
export function mutated(line: string, below: Random): string {
	const once = (text: string): string => (MUTATIONS[below(MUTATIONS.length)] ?? forged)(text, below);
	return below(3) === 0 ? once(once(line)) : once(line);
}
