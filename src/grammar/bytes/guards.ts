/** Looks at the byte where something costly would be tried, and leaves it alone when that cannot match. */
import { matchesAtEnd, startOf } from "../first.js";
import type { Node } from "../ir.js";
import { type Code, get, load8, set } from "../wasm.js";
import { type Draft, E, type Fail, P } from "./draft.js";
import { isOneOf } from "./scan.js";
import { firstBytes, WIDE } from "./wide.js";

/** Fails when no match of the node begins with the byte here. */
export function writeGuard(draft: Draft, c: Code, node: Node, fail: Fail): void {
	if (isCheap(draft, node)) return;
	if (tellingBytes(node) === undefined) return;
	cannotBegin(draft, c, node, P);
	c.if(() => fail(c));
}

/** Bytes that matches of the node begin with: 256 entries, 1 = some match does. Undefined when that may be any ASCII character. */
export function tellingBytes(node: Node): Uint8Array | undefined {
	const bytes = firstBytes(startOf(node));
	return bytes.subarray(0, WIDE).includes(0) ? bytes : undefined;
}

/** Puts on the stack whether no match of the node can begin at the address in a local. */
export function cannotBegin(draft: Draft, c: Code, node: Node, at: number): void {
	const bytes = firstBytes(startOf(node));
	c.locals((v) => c.add(get(at), load8(), set(v), ...isOneOf(draft, bytes, v), "eqz"));
	// What stands behind the end is another record.
	if (matchesAtEnd(node)) c.add(get(at), get(E), "lt_u", "and");
}

/** What a node does first is as good as a look at the byte. */
function isCheap(draft: Draft, node: Node): boolean {
	switch (node.kind) {
		case "set":
		case "literal":
		case "end":
		case "switch":
			return true;
		case "sequence":
			return node.parts[0] !== undefined && isCheap(draft, node.parts[0]);
		case "call":
			return draft.calls.isInPlace(node.rule) && isCheap(draft, node.rule.body);
		case "and":
			return isCheap(draft, node.body);
		default:
			return false;
	}
}
