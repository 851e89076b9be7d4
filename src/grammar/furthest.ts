/**
 * Why a text did not match: how far reading got, and what could have stood there. Ohm's own matcher finds it, so it is
 * slow and only for people who ask (`explain`, `formats test`), never for the conversion of a log.
 */
import { type Grammars, grammarNamed } from "./ohm.js";
import { attempt, failuresOf } from "./ohm-js.js";

export interface Furthest {
	/** UTF-16 units from the beginning of the text. */
	readonly offset: number;
	/** What could have stood there, readable, in the order of the grammar; empty when the text matches. */
	readonly expected: readonly string[];
}

/** Longer texts are cut for this purpose: Ohm's time grows with the square of a text that has no end mark. */
export const LONGEST = 2048;

/** Matches `text` against a rule of the grammar called `grammarName` and says where that got furthest. Only the first LONGEST units count. */
export function furthest(grammars: Grammars, grammarName: string, rule: string, text: string): Furthest {
	const grammar = grammarNamed(grammars, grammarName, grammarName);
	const cut = text.length <= LONGEST ? text : text.slice(0, isLow(text, LONGEST) ? LONGEST - 1 : LONGEST);
	const match = attempt(grammar, rule, cut);
	if (match === undefined) return { offset: 0, expected: [`text that the rule "${rule}" can read`] };
	if (!match.failed()) return { offset: cut.length, expected: [] };
	const failures = failuresOf(match);
	const firm = failures.filter((failure) => !failure.isFluffy());
	const expected = (firm.length === 0 ? failures : firm).map((failure) => readable(failure.toString()));
	// Ohm lists the last attempt first.
	return { offset: match.getRightmostFailurePosition(), expected: [...new Set(expected.reverse())].filter((one) => one !== "") };
}

/** Half of a character stands here. */
const isLow = (text: string, at: number): boolean => /[\udc00-\udfff]/.test(text.charAt(at));

/** Ohm's words → ours. */
function readable(failure: string): string {
	// A switch that is off.
	if (failure === 'not ""' || failure === "nothing") return "";
	if (failure === "any object") return "any character";
	if (failure === "end of input") return "the end";
	const range = /^("(?:[^"\\]|\\.)*")\.\.("(?:[^"\\]|\\.)*")$/.exec(failure);
	if (range !== null) return `${range[1]} to ${range[2]}`;
	const property = /^a Unicode \[(.*)\] character$/.exec(failure);
	if (property !== null) return `a character of the Unicode class ${property[1]}`;
	return failure.replace(/^not /, "anything but ");
}
