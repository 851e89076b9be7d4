/** Rules of a format applied to texts of their own: what they capture, and where. */
import { byName } from "../convert/by-name.js";
import type { Span } from "../convert/captures.js";
import type { Captured } from "../format/define.js";
import { matcherFor, textsOf } from "../grammar/ground.js";
import type { Parser } from "../grammar/parser.js";

export interface Match {
	/** Of the captures, in their order. */
	readonly slots: readonly number[];
	/** Where the last capture of a slot stands. */
	readonly last: (slot: number) => Span | undefined;
}

/** Undefined when the rule does not match. */
export function matchOf(parser: Parser, rule: string, text: string, switches: readonly string[] = []): Match | undefined {
	const bytes = Buffer.from(text);
	const found = matcherFor(parser, rule, switches)(bytes);
	if (found === undefined) return undefined;
	const slots = Array.from({ length: found.length / 3 }, (_, at) => found[at * 3] ?? -1);
	return {
		slots,
		last(slot) {
			const at = slots.lastIndexOf(slot) * 3;
			if (at < 0) return undefined;
			const from = bytes.toString("utf8", 0, found[at + 1]).length;
			return { from, to: from + bytes.toString("utf8", found[at + 1], found[at + 2]).length };
		},
	};
}

/** The texts that a rule captures, by name; undefined when it does not match. */
export function capturedBy(parser: Parser, rule: string, text: string, switches: readonly string[]): Captured | undefined {
	const found = matcherFor(parser, rule, switches)(text);
	if (found === undefined) return undefined;
	return byName(textsOf(text, found).map((one, at) => [parser.captures[found[at * 3] ?? -1] ?? "", one]));
}
