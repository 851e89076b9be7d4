/** Characters beyond ASCII: sequences of two to four bytes, the first of which tells how many. The text is valid UTF-8. */
import { type CharSet, rangesOf } from "../charset.js";
import { type Code, call, constant, type Func, get, getGlobal, load, load8, type Part, set, tee } from "../wasm.js";
import { BASE, type Draft, P, READER } from "./draft.js";

/** From here on, bytes belong to characters beyond ASCII. */
export const WIDE = 0x80;
/** First bytes of sequences of two, three and four. */
const [TWO, THREE, FOUR] = [0xc0, 0xe0, 0xf0] as const;

/** The bytes that a character has in UTF-8. */
export const bytesOf = (text: string): Buffer => Buffer.from(text);

/** Bytes that members begin with: 256 entries, 1 = some member does. */
export function firstBytes(chars: CharSet): Uint8Array {
	const first = new Uint8Array(256);
	first.set(chars.ascii);
	const leadOf = (code: number): number => bytesOf(String.fromCodePoint(code))[0] ?? 0;
	for (const [from, to] of rangesOf(chars)) first.fill(1, leadOf(from), leadOf(to) + 1);
	return first;
}

/** The number of bytes behind the first one, when that is in a local: 0 for ASCII, and for a byte that goes on. */
export const followers = (byte: number): readonly Part[] => [
	...[get(byte), constant(TWO), "ge_u" as const],
	...[get(byte), constant(THREE), "ge_u" as const, "add" as const],
	...[get(byte), constant(FOUR), "ge_u" as const, "add" as const],
];

/** Puts on the stack the address behind the character at `P`, or -1 when that is no member. */
export function wideMember(draft: Draft, { wide }: CharSet): readonly Part[] {
	const finder = draft.once("wide member", false, () => memberFinder(draft));
	return [get(P), getGlobal(BASE), constant(draft.data.numbers(wide)), "add", call(finder)];
}

/** `(p, table)`: the table holds the number of boundaries, then these. */
function memberFinder(draft: Draft): Func {
	const [p, at] = [0, 1];
	return draft.func(READER, (c) =>
		c.locals((code, low, high, middle) => {
			decode(c, p, code);
			// The number of boundaries up to the character: members have an odd one.
			c.add(constant(0), set(low), get(at), load(), set(high));
			c.block((end) =>
				c.loop((again) => {
					c.add(get(low), get(high), "ge_u");
					c.branchIf(end);
					c.add(get(low), get(high), "add", constant(1), "shr_u", tee(middle), constant(2), "shl", get(at), "add", load(4));
					c.add(get(code), "le_u");
					c.if(
						() => c.add(get(middle), constant(1), "add", set(low)),
						() => c.add(get(middle), set(high)),
					);
					c.branch(again);
				}),
			);
			c.add(get(low), constant(1), "and", "eqz");
			c.if(() => c.add(constant(-1), "return"));
			c.add(get(p));
		}),
	);
}

/** Puts the code point of the sequence at `p` into a local, and moves `p` behind it. */
function decode(c: Code, p: number, code: number): void {
	/** `mask` keeps what the first byte tells of the code point; each other byte tells six bits. */
	const sequence = (length: number, mask: number): void => {
		c.add(get(code), constant(mask), "and", set(code));
		for (let i = 1; i < length; i++) c.add(get(code), constant(6), "shl", get(p), load8(i), constant(0x3f), "and", "or", set(code));
		c.add(get(p), constant(length), "add", set(p));
	};
	c.add(get(p), load8(), tee(code), constant(THREE), "lt_u");
	c.if(
		() => sequence(2, 0x1f),
		() => {
			c.add(get(code), constant(FOUR), "lt_u");
			c.if(
				() => sequence(3, 0x0f),
				() => sequence(4, 0x07),
			);
		},
	);
}
