import { describe, expect, it } from "vitest";
import { furthest, LONGEST } from "../../src/grammar/furthest.js";
import { readGrammars } from "../../src/grammar/ohm.js";

const grammars = readGrammars([
	{
		file: "greeting.ohm",
		text: `Greeting {
			line = "#" number " " (hello | bye | short)
			number = digit+
			hello = "hello " name "!"
			bye = "bye " name (", see you at " clock)?
			short = is_terse any+
			is_terse = ~""
			name = upper lower+
			clock = two ":" two
			two = "0".."5" digit
			quoted = "\\"" (~"\\"" any)* "\\""
			symbol = "\\u{1F600}".."\\u{1F64F}" ~"x" any end
			may_be_empty = "a" ("b"? &"c")? "d"
		}`,
	},
]);
const at = (rule: string, text: string): ReturnType<typeof furthest> => furthest(grammars, "Greeting", rule, text);

describe("a failed match says where it got furthest and what could have stood there", () => {
	it.each([
		["nothing written", "line", "", 0, ['"#"']],
		["a wrong word, with all words that could follow", "line", "#7 hi", 3, ['"hello "', '"bye "']],
		["the middle of a word, which may also go on", "line", "#7 hello Ann?", 12, ['"!"']],
		["the end of the text too early", "line", "#7 hello Ann", 12, ['"!"']],
		["more text than the rule reads", "line", "#7 bye Ann.", 10, ["the end"]],
		["a range", "line", "#7 bye Ann, see you at 9:00", 23, ['"0" to "5"']],
		["a quote that is never closed", "quoted", '"abc', 4, ['"\\""']],
		["a character behind a pair of surrogates", "symbol", "😀x", 2, ['anything but "x"']],
		["a rule that is not described", "name", "Ä", 1, ["a lowercase letter"]],
	])("%s", (_, rule, text, offset, expected) => {
		expect(at(rule, text)).toEqual({ offset, expected });
	});

	it("and of a text that matches only that it does", () => {
		expect(at("line", "#7 bye Ann, see you at 09:00")).toEqual({ offset: 28, expected: [] });
	});

	it("reads long texts only so far, and never half a character", () => {
		expect(at("quoted", `"${"a".repeat(1_000_000)}"`)).toEqual({ offset: LONGEST, expected: ['"\\""'] });
		expect(at("quoted", `"${"😀".repeat(5000)}"`).offset).toBe(LONGEST - 1);
	});

	it("does not stumble over optional parts that match nothing, where ohm-js throws", () => {
		expect(at("may_be_empty", "acd")).toEqual({ offset: 0, expected: ['text that the rule "may_be_empty" can read'] });
	});
});
