import { describe, expect, it } from "vitest";
import { grammarNamed, readGrammars } from "../../src/grammar/ohm.js";
import { message } from "./specimens.js";

/** A grammar with one mistake, and all that is said about it. */
const SPECIMENS: Readonly<Record<string, readonly [grammar: string, said: string]>> = {
	"a rule that begins in the middle of nothing": [
		`G {
	start = "a" |
	x = = "b"
}`,
		`x.ohm:3:6: the grammar cannot be read from here on: expected "}"
  	x = = "b"
  	    ^
  See https://ohmjs.org/docs/syntax-reference for the syntax of grammars.`,
	],
	"a text that is not closed": [
		`G {
	start = "a
}`,
		`x.ohm:2:12: the grammar cannot be read from here on: expected "\\""
  	start = "a
  	          ^
  See https://ohmjs.org/docs/syntax-reference for the syntax of grammars.`,
	],
	"a grammar that is not closed": [
		`G {
	start = "a"
`,
		`x.ohm:3:1: the grammar cannot be read from here on: expected "}", an identifier, "|", "(", "\\"", "#", "&", "~", "..", "?", "+", "*", or "--"
  
  ^
  See https://ohmjs.org/docs/syntax-reference for the syntax of grammars.`,
	],
	"no grammar at all": [
		`start = "a"`,
		`x.ohm:1:7: the grammar cannot be read from here on: expected "{" or "<:"
  start = "a"
        ^
  See https://ohmjs.org/docs/syntax-reference for the syntax of grammars.`,
	],
	"an undeclared rule": [
		`G {
	start = "a" wrod
}`,
		`x.ohm:2:14: grammar G has no rule "wrod"
  	start = "a" wrod
  	            ^
  Define the rule, correct the name, or inherit from the grammar that has it.`,
	],
	"an undeclared grammar to inherit from": [
		`Base {
	x = "a"
}
G <: Bsae {
	start = x
}`,
		`x.ohm:4:6: there is no grammar "Bsae" to inherit from
  G <: Bsae {
       ^
  Grammars defined before this one: Base.`,
	],
	"alternatives of different size": [
		`G {
	start = "a" "b" | "c"
}`,
		`x.ohm:2:20: the alternatives of rule "start" differ: the first has 2 parts, this one 1 part
  	start = "a" "b" | "c"
  	                  ^
  End each alternative with a case label (-- name), or give all the same number of parts: "" is one that reads nothing.`,
	],
	"several mistakes: the first one": [
		`G {
	start = "a" "b" | "c"
	x = "a" | "b" "c"
}`,
		`x.ohm:2:20: the alternatives of rule "start" differ: the first has 2 parts, this one 1 part (and one more mistake)
  	start = "a" "b" | "c"
  	                  ^
  End each alternative with a case label (-- name), or give all the same number of parts: "" is one that reads nothing.`,
	],
	"a rule defined twice": [
		`G {
	start = "a"
	start = "b"
}`,
		`x.ohm:3:2: grammar G defines the rule "start" twice
  	start = "b"
  	^
  Rename one of them (a case label makes a rule too: rule_label), or join them with |.`,
	],
	"a case label used twice": [
		`G {
	start = "a" -- x
		| "b" -- x
}`,
		`x.ohm:3:5: grammar G defines the rule "start_x" twice
  		| "b" -- x
  		  ^
  Rename one of them (a case label makes a rule too: rule_label), or join them with |.`,
	],
	"an inherited rule defined again": [
		`Base {
	start = "a"
}
G <: Base {
	start = "b"
}`,
		`x.ohm:5:2: grammar Base, which this one inherits from, has a rule "start" already
  	start = "b"
  	^
  Choose another name, or write start := … to replace it, start += … to add alternatives.`,
	],
	"a rule of Ohm defined again": [
		`G {
	letter = "b"
}`,
		`x.ohm:2:2: Ohm has a rule "letter" of its own
  	letter = "b"
  	^
  Choose another name, or write letter := … to replace it.`,
	],
	"an override of nothing": [
		`G {
	start := "a"
}`,
		`x.ohm:2:2: there is no inherited rule "start" to override
  	start := "a"
  	^
  Write start = … to define it, or correct the name.`,
	],
	"an extension of nothing": [
		`G {
	start += "a"
}`,
		`x.ohm:2:2: there is no inherited rule "start" to extend
  	start += "a"
  	^
  Write start = … to define it, or correct the name.`,
	],
	"too few arguments": [
		`G {
	start = two<"a">
	two<a, b> = a b
}`,
		`x.ohm:2:10: rule "two" takes 2 parameters, not 1
  	start = two<"a">
  	        ^
  Give each parameter its argument between < and >, with commas.`,
	],
	"too few parameters of an inherited rule": [
		`Base {
	x<a> = a
}
G <: Base {
	x := "b"
}`,
		`x.ohm:5:2: the inherited rule "x" has 1 parameter, not 0
  	x := "b"
  	^
  Give it the same parameters here.`,
	],
	"an argument of several parts": [
		`G {
	start = list<("a" "b")>
	list<x> = x x
}`,
		`x.ohm:2:15: an argument of rule "list" has 2 parts, it must have one
  	start = list<("a" "b")>
  	             ^
  Make a rule of these parts and pass that.`,
	],
	"parameters of the same name": [
		`G {
	two<a, a> = a
	start = two<"x", "y">
}`,
		`x.ohm:2:2: rule "two" has two parameters of the same name: a
  	two<a, a> = a
  	^
  Rename one of them.`,
	],
	"a syntactic rule in a lexical one": [
		`G {
	start = Word
	Word = "a"
}`,
		`x.ohm:2:10: rule "Word" begins with a capital letter, so it skips blanks; a lexical rule cannot call it
  	start = Word
  	        ^
  Write its name in lower case (in a log, blanks are evidence), or applySyntactic<Word>.`,
	],
	"a loop over an optional part": [
		`G {
	start = ("a"?)*
}`,
		`x.ohm:2:11: what * repeats here may be empty, so it would never end
  	start = ("a"?)*
  	         ^
  Let the repeated part consume at least one character, or take the * or ? inside it away.`,
	],
	"a loop over a loop": [
		`G {
	start = word+
	word = letter*
}`,
		`x.ohm:2:10: what + repeats here may be empty, so it would never end
  	start = word+
  	        ^
  Let the repeated part consume at least one character, or take the * or ? inside it away.`,
	],
	"a rule in any case": [
		`G {
	start = caseInsensitive<letter>
}`,
		`x.ohm:2:26: caseInsensitive takes a text in quotes
  	start = caseInsensitive<letter>
  	                        ^
  Write caseInsensitive<"text">.`,
	],
	"a character that does not exist": [
		`G {
	start = "\\u{999999}"
}`,
		`x.ohm:2:14: the grammar cannot be read: U+999999 is not a valid Unicode code point
  	start = "\\u{999999}"
  	            ^
  See https://ohmjs.org/docs/syntax-reference for the syntax of grammars.`,
	],
	"two grammars of one name": [
		`G {
	start = "a"
}
G {
	start = "b"
}`,
		`x.ohm:4:1: there is a grammar "G" already
  G {
  ^
  Choose another name.`,
	],
	"the inherited alternatives twice": [
		`Base {
	x = "a"
}
G <: Base {
	x := ... | "b" | ...
}`,
		`x.ohm:5:19: "...", the alternatives of the inherited rule, stands twice in a rule
  	x := ... | "b" | ...
  	                 ^
  Take one of them away.`,
	],
};

describe("a mistake in a grammar is told with its place, its reason and its mend", () => {
	it.each(Object.entries(SPECIMENS))("%s", (_, [grammar, said]) => {
		expect(message(() => readGrammars([{ file: "x.ohm", text: grammar }]))).toBe(said);
	});

	it("names the file of the mistake, not of the grammar that is inherited", () => {
		const base = readGrammars([{ file: "base.ohm", text: 'Base { x = "a" }' }]);
		expect(message(() => readGrammars([{ file: "own.ohm", text: "Own <: Bse { y = x }" }], base))).toBe(
			'own.ohm:1:8: there is no grammar "Bse" to inherit from\n  Own <: Bse { y = x }\n         ^\n  Grammars defined before this one: Base.',
		);
		expect(message(() => readGrammars([{ file: "own.ohm", text: 'Own <: Base { x = "b" }' }], base))).toContain("own.ohm:1:15: ");
	});

	it("knows a grammar that is not there", () => {
		const grammars = readGrammars([{ file: "x.ohm", text: 'A { x = "a" }\nB { x = "b" }' }]);
		expect(message(() => grammarNamed(grammars, "C", "x.ohm"))).toBe('x.ohm: there is no grammar "C"\n  Grammars defined here: A, B.');
	});
});
