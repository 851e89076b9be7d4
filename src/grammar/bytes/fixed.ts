/** Sequences of a known length: literals, and characters of one byte. Their end is looked at once, then each of their bytes. */
import { type CharSet, hasNoWide, isEmpty } from "../charset.js";
import { literalText } from "../fold.js";
import type { Node } from "../ir.js";
import { type Code, constant, constant64, get, load, load8, load16, load64, type Part, set } from "../wasm.js";
import { advance, type Draft, E, type Fail, P } from "./draft.js";
import { isOneOf, memberBytes, othersOfSixteen, writeOne } from "./scan.js";
import { bytesOf } from "./wide.js";

/** So many bytes, each of which must be a member; or bytes that must be just these. */
type Piece = { readonly count: number; readonly chars: CharSet } | { readonly bytes: Buffer };

const lengthOf = (piece: Piece): number => ("bytes" in piece ? piece.bytes.length : piece.count);

/** The pieces of a node; undefined when its length is not known. */
function piecesOf(node: Node): readonly Piece[] | undefined {
	const text = literalText(node);
	if (text !== undefined) return [{ bytes: bytesOf(text) }];
	return node.kind === "set" && hasNoWide(node.set) && !isEmpty(node.set) ? [{ count: 1, chars: node.set }] : undefined;
}

/** Parts of a sequence, those of sequences in it and of rules that are written in place among them. */
function* partsOf(draft: Draft, parts: readonly Node[], isCapturing: boolean): Generator<Node> {
	for (const part of parts) {
		if (part.kind === "sequence") yield* partsOf(draft, part.parts, isCapturing);
		else if (part.kind === "call" && draft.calls.isInPlace(part.rule) && !(isCapturing && part.rule.slot >= 0))
			yield* partsOf(draft, [part.rule.body], isCapturing);
		else yield part;
	}
}

/** Writes what a node is made of: neighbours of a known length together. */
export function writeParts(draft: Draft, c: Code, node: Node, isCapturing: boolean, fail: Fail): void {
	let pieces: Piece[] = [];
	for (const part of partsOf(draft, [node], isCapturing)) {
		const own = piecesOf(part);
		if (own === undefined) {
			writePieces(draft, c, joined(pieces), fail);
			pieces = [];
			if (part.kind === "set") writeOne(draft, c, part.set, fail);
			else draft.writeNode(draft, c, part, isCapturing, fail);
		} else pieces.push(...own);
	}
	writePieces(draft, c, joined(pieces), fail);
}

/** Neighbours of the same kind are one. */
function joined(pieces: readonly Piece[]): readonly Piece[] {
	const found: Piece[] = [];
	for (const piece of pieces) {
		const last = found.at(-1);
		if (last !== undefined && "bytes" in last && "bytes" in piece)
			found[found.length - 1] = { bytes: Buffer.concat([last.bytes, piece.bytes]) };
		else if (last !== undefined && "chars" in last && "chars" in piece && last.chars === piece.chars)
			found[found.length - 1] = { count: last.count + piece.count, chars: last.chars };
		else found.push(piece);
	}
	return found;
}

/** From so many on, characters of one kind are looked at together. */
const TOGETHER = 4;

function writePieces(draft: Draft, c: Code, pieces: readonly Piece[], fail: Fail): void {
	const length = pieces.reduce((sum, piece) => sum + lengthOf(piece), 0);
	if (length === 0) return;
	c.locals((v) => {
		c.add(get(P), constant(length), "add", get(E), "gt_u");
		let isFirst = true;
		// The first test stays within what may be loaded behind the end.
		for (const test of testsOf(draft, pieces, v)) {
			c.add(...test);
			if (isFirst) c.add("or");
			isFirst = false;
			c.if(() => fail(c));
		}
	});
	c.add(...advance(length));
}

/** Each leaves on the stack whether something is different. */
function* testsOf(draft: Draft, pieces: readonly Piece[], v: number): Generator<readonly Part[]> {
	let at = 0;
	for (const piece of pieces) {
		if ("bytes" in piece)
			for (let i = 0; i < piece.bytes.length; ) {
				const { size, differs } = comparison(piece.bytes, i, at + i);
				yield [get(P), ...differs];
				i += size;
			}
		else yield* membersTested(draft, piece.chars, at, piece.count, v);
		at += lengthOf(piece);
	}
}

function* membersTested(draft: Draft, chars: CharSet, at: number, count: number, v: number): Generator<readonly Part[]> {
	const members = memberBytes(chars);
	for (let i = 0; i < count; ) {
		const size = Math.min(16, count - i);
		if (size >= TOGETHER) {
			yield [...othersOfSixteen(members, at + i), "i8x16.bitmask", constant((1 << size) - 1), "and"];
			i += size;
		} else {
			yield [get(P), load8(at + i), set(v), ...isOneOf(draft, members, v), "eqz"];
			i++;
		}
	}
}

/** Compares up to eight bytes at once, from an index on, with those at a distance from the address on the stack. */
function comparison(bytes: Buffer, i: number, distance: number): { readonly size: number; readonly differs: readonly Part[] } {
	const left = bytes.length - i;
	if (left >= 8) return { size: 8, differs: [load64(distance), constant64(bytes.readBigInt64LE(i)), "i64.ne"] };
	if (left >= 4) return { size: 4, differs: [load(distance), constant(bytes.readInt32LE(i)), "ne"] };
	if (left >= 2) return { size: 2, differs: [load16(distance), constant(bytes.readUInt16LE(i)), "ne"] };
	return { size: 1, differs: [load8(distance), constant(bytes.readUInt8(i)), "ne"] };
}
