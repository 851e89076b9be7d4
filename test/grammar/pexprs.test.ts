import { describe, expect, it } from "vitest";
import { bothWays, runCompiled } from "./oracle.js";

/** One kind of expression: rules of a grammar, texts that the rule `start` (or `Start`) reads, and texts that it refuses. */
interface Example {
	readonly rules: string;
	readonly reads: readonly string[];
	readonly refuses: readonly string[];
	/** Grammars that stand before `G`. */
	readonly before?: string;
	/** Name of a grammar that `G` inherits from. */
	readonly from?: string;
}

const EXAMPLES: Readonly<Record<string, Example>> = {
	"a terminal": { rules: 'start = "ab"', reads: ["ab"], refuses: ["", "a", "abc", "AB", "ba"] },
	"an empty terminal": { rules: 'start = ""', reads: [""], refuses: ["a", "é"] },
	"a terminal longer than is compared in place": {
		rules: 'start = "milter-manager"',
		reads: ["milter-manager"],
		refuses: ["milter-manage", "milter-manageR"],
	},
	"a terminal beyond ASCII": { rules: 'start = "é😀" x\nx = "ü"', reads: ["é😀ü"], refuses: ["é", "e😀ü", "é😀u"] },
	"escapes in a terminal": { rules: 'start = "\\"\\\\\\n\\t\\u{1F600}\\u00e9\\x41"', reads: ['"\\\n\t😀éA'], refuses: ['"\\\n\t😀eA'] },

	"a sequence": { rules: 'start = x y "!"\nx = "a"\ny = "b"', reads: ["ab!"], refuses: ["a!", "b!", "ab", "ba!"] },
	alternatives: { rules: 'start = x | y\nx = "a"\ny = "b"', reads: ["a", "b"], refuses: ["", "c", "ab"] },
	"alternatives in their order: the first that matches is kept": {
		rules: 'start = x "c"\nx = "a" | "ab"',
		reads: ["ac"],
		refuses: ["abc"],
	},
	"alternatives with case labels": {
		rules: 'start = "a" x -- one\n | "b" y -- other\nx = "1"\ny = "2"',
		reads: ["a1", "b2"],
		refuses: ["a2", "b1", "ab"],
	},
	"alternatives found by their first letters": {
		rules: 'start = x | y | z | other\nx = "alpha"\ny = "alp" "ine"\nz = "beta"\nother = letter+',
		reads: ["alpha", "alpine", "beta", "alpinist", "a", "alp"],
		refuses: ["", "1", "alpha1", "beta ", "alphabet"],
	},
	"a group": { rules: 'start = ("a" | x) "c"\nx = "b"', reads: ["ac", "bc"], refuses: ["c", "abc"] },

	"any number": { rules: "start = x*\nx = letter digit", reads: ["", "a1", "a1b2c3"], refuses: ["a", "a1b", "1a"] },
	"one or more": { rules: 'start = x+ "."\nx = digit', reads: ["1.", "12."], refuses: [".", "1", ""] },
	"none or one": { rules: 'start = "a" x? "c"\nx = "b"', reads: ["ac", "abc"], refuses: ["abbc", "a"] },
	"loops take all they can get": { rules: 'start = x* "a"\nx = any', reads: [], refuses: ["a", "aa", ""] },
	"loops of several characters": {
		rules: 'start = (x ",")* y\nx = digit+\ny = letter*',
		reads: ["", "1,", "1,23,abc", "abc"],
		refuses: ["1,2", "1,,", ",a"],
	},

	"what follows, looked at": { rules: 'start = &"ab" x any*\nx = letter', reads: ["ab", "abc"], refuses: ["a", "ba", "ac"] },
	"what must not follow": { rules: 'start = x ~"b" any*\nx = "a"', reads: ["a", "ac", "aéb"], refuses: ["ab", "abc", "b"] },
	"neither of two characters": { rules: 'start = x+\nx = ~"a" ~"b" any', reads: ["c", "é😀"], refuses: ["a", "cb", ""] },
	"looking twice": { rules: 'start = ~(~"a") &(&x) any\nx = "a"', reads: ["a"], refuses: ["b", "aa"] },
	"up to a stop": { rules: 'start = x ": " y\nx = (~": " any)*\ny = any*', reads: [": ", "a: b", "a:b: c: d"], refuses: ["a:b", ""] },
	"up to the last stop": {
		rules: 'start = x until_stop y\nuntil_stop = ": "\nx = until_last<": ">\ny = any*\nuntil_last<stop> = (&(any (~stop any)* stop) any)*',
		reads: [": ", "a: b", "a: b: c", ": : ", "😀: é: 😀"],
		refuses: ["a:b", "", "a:"],
	},

	"up to the last stop, looked for again from further left": {
		rules:
			'start = y | z\ny = "abc" x "!"\nz = x "d?"\nx = until_last<"d"> ("zz1" | "zz2" | "yy3" | "xx4" | "")\nuntil_last<stop> = (&(any (~stop any)* stop) any)*',
		reads: ["abcd?", "abcdd?", "abczz1!"],
		refuses: ["abcd", "abd!"],
	},

	any: { rules: "start = x any\nx = any", reads: ["ab", "é😀", "😀é", "\u2028a", "\n\r"], refuses: ["a", "", "😀", "abc"] },
	end: { rules: 'start = x end "" | x ";" any*\nx = letter+', reads: ["a", "ab;c"], refuses: ["a,", ""] },
	"a range": { rules: 'start = x+\nx = "a".."f"', reads: ["a", "f", "face"], refuses: ["g", "A", "`", ""] },
	"a range beyond ASCII": { rules: 'start = x+\nx = "à".."ý"', reads: ["é", "àý"], refuses: ["a", "ÿ", "😀"] },
	"a range from ASCII up to the surrogates": {
		rules: 'start = x+ y*\nx = "~".."\\ud7ff"\ny = any',
		reads: ["~", "é", "é😀a", "\u0080\ud7fb"],
		refuses: ["a", "}~", "😀", "\ue000"],
	},
	"a range from behind the surrogates to the end of the first plane": {
		rules: 'start = x+ y*\nx = "\\ue000".."\\uffff"\ny = any',
		reads: ["\ue000", "\ufeff\uffff😀"],
		refuses: ["a", "\ud7fb", "😀"],
	},
	"what is in neither of two ranges": {
		rules: 'start = x+\nx = ~"à".."ý" ~lower any',
		reads: ["A", "ß".toUpperCase(), "É😀".slice(1)],
		refuses: ["é", "a", "ß"],
	},
	"a range of astral characters": { rules: 'start = x+\nx = "😀".."🙏"', reads: ["😀", "😃🙏"], refuses: ["🚀", "\uffff", "a"] },
	"a range from a unit to an astral character, by characters": {
		rules: 'start = x y?\nx = "a".."😀"\ny = any',
		reads: ["a", "😀", "é", "z😀"],
		refuses: ["🙏", "A"],
	},

	"letters of all alphabets": { rules: "start = x+\nx = letter", reads: ["a", "éßж語ǅªʰ", "𝒳𐐨"], refuses: ["1", " ", "😀", "\u0301"] },
	"lower and upper case": { rules: "start = x+ y+\nx = upper\ny = lower", reads: ["Aa", "ÉÀß", "ЖΩжω"], refuses: ["aA", "語", "ǅ"] },
	"the other letters": { rules: "start = x+\nx = unicodeLtmo", reads: ["語", "ǅ", "ʰª"], refuses: ["a", "É"] },
	digits: { rules: "start = x+\nx = digit", reads: ["0", "0123456789"], refuses: ["٣", "a", ""] },
	"hexadecimal digits": { rules: "start = x+\nx = hexDigit", reads: ["0aF", "cafe"], refuses: ["g", "é"] },
	"letters and digits": { rules: "start = x+\nx = alnum", reads: ["a1", "é9"], refuses: ["_", "-"] },
	blanks: { rules: "start = x+\nx = space", reads: [" \t\n\r\f\v", "\u0000\u001f"], refuses: ["a", "\u00a0", "\u2003"] },
	"blanks in a row": { rules: 'start = "a" spaces "b"', reads: ["ab", "a \n b"], refuses: ["a", "a_b"] },

	"a terminal in any case": {
		rules: 'start = x y*\nx = caseInsensitive<"aB1">\ny = any',
		reads: ["ab1", "AB1", "Ab1x"],
		refuses: ["ab", "aé1"],
	},
	"é in any case": { rules: 'start = caseInsensitive<"é">', reads: ["é", "É"], refuses: ["e", "E", "e\u0301"] },
	"ß in any case, whose upper case is two letters": {
		rules: 'start = caseInsensitive<"ß">',
		reads: ["ß"],
		refuses: ["ẞ", "SS", "ss", "s"],
	},
	"İ and ı in any case": {
		rules: 'start = x ":" y\nx = caseInsensitive<"İ">\ny = caseInsensitive<"ı">',
		reads: ["İ:ı", "İ:I", "İ:i"],
		refuses: ["i:i", "I:I", "ı:ı"],
	},
	"k in any case, not the sign of the Kelvin, whose upper case is itself": {
		rules: 'start = caseInsensitive<"k">',
		reads: ["k", "K"],
		refuses: ["\u212a"],
	},
	"s in any case: also the long s": { rules: 'start = caseInsensitive<"s">', reads: ["s", "S", "ſ"], refuses: ["ß"] },
	"an astral letter in any case is compared by units": { rules: 'start = caseInsensitive<"𐐨">', reads: ["𐐨"], refuses: ["𐐀", "a"] },

	parameters: { rules: 'start = pair<x, y>\npair<a, b> = a "=" b\nx = letter\ny = digit', reads: ["a=1"], refuses: ["1=a", "a=", "=1"] },
	"parameters handed on": {
		rules: 'start = quoted<list<x, ",">>\nquoted<inner> = "\\"" inner "\\""\nlist<item, between> = item (between item)*\nx = letter',
		reads: ['"a"', '"a,b,c"'],
		refuses: ['""', '"a,"', "a,b", '"a;b"'],
	},
	"the same rule with other parameters": {
		rules: 'start = in<"a"> in<"b">\nin<x> = "<" x ">"',
		reads: ["<a><b>"],
		refuses: ["<a><a>", "<b><a>"],
	},
	lists: { rules: 'start = listOf<x, ","> ";" nonemptyListOf<x, "/">\nx = digit', reads: [";1", "1,2;3/4"], refuses: ["1,;2", ";", "1;"] },

	"an inherited rule": {
		before: "Base { x = letter y = x digit }",
		from: "Base",
		rules: "start = y+",
		reads: ["a1", "a1b2"],
		refuses: ["a", "1"],
	},
	"a rule that overrides, also for what was inherited": {
		before: "Base { x = letter y = x digit }",
		from: "Base",
		rules: 'x := "-"\nstart = y+',
		reads: ["-1", "-1-2"],
		refuses: ["a1", "1"],
	},
	"a rule that extends: its own alternatives come first": {
		before: 'Base { x = "a" | "b" y = x digit }',
		from: "Base",
		rules: 'x += "ab" | "c"\nstart = y+',
		reads: ["a1", "b1", "ab1", "c1"],
		refuses: ["d1", "abc1"],
	},
	"a rule that overrides around the inherited one": {
		before: 'Base { x = "a" | "ab" y = x digit }',
		from: "Base",
		rules: 'x := "abc" | ... | "z"\nstart = y+',
		reads: ["a1", "abc1", "z1a1"],
		refuses: ["ab1", "zz1"],
	},
	"a grandparent's rule": {
		before: 'Oldest { x = "a" }\nBase <: Oldest { x += "b" }',
		from: "Base",
		rules: 'x += "c"\nstart = x+',
		reads: ["abc", "cba"],
		refuses: ["d", ""],
	},
	"a built-in rule that overrides": { rules: 'digit := "x"\nstart = alnum+', reads: ["ax", "xx"], refuses: ["a1"] },

	"a syntactic rule skips blanks": {
		rules: 'Start = x "=" y\nx = letter+\ny = digit+',
		reads: ["ab=12", " ab = 12 ", "\nab\t=12\n"],
		refuses: ["a b=1", "ab=1 2", "ab"],
	},
	"blanks skipped in loops and before lookaheads": {
		rules: 'Start = (x ~"!")* &end\nx = letter',
		reads: ["", "a b", " ab c "],
		refuses: ["a !", "a1"],
	},
	"a syntactic rule that calls others": {
		rules: 'Start = Pair ("," Pair)*\nPair = x ":" y\nx = letter+\ny = digit+',
		reads: ["a:1", " a : 1 , b:2 "],
		refuses: ["a:1,", "a:1 b:2"],
	},
	"lists in a syntactic rule": {
		rules: 'Start = "[" ListOf<x, ","> "]"\nx = letter',
		reads: ["[]", "[ a , b ]", " [a,b]"],
		refuses: ["[a b]", "[,]"],
	},
	"one more thing to skip": {
		rules: 'space += comment\ncomment = "/*" (~"*/" any)* "*/"\nStart = x y\nx = letter\ny = digit',
		reads: ["a1", "a /* b */ 1", "/**/a1/* */ "],
		refuses: ["a/1", "a /* 1"],
	},
	"nothing but dots to skip": { rules: 'space := "."\nStart = x y\nx = letter\ny = digit', reads: ["a1", "..a.1."], refuses: ["a 1"] },
	"no skipping behind #": {
		rules: 'Start = x #(y z) x\nx = letter\ny = "("\nz = ")"',
		reads: ["a()b", "a() b"],
		refuses: ["a ()b", "a( )b"],
	},
	"a syntactic rule inside a lexical one": {
		rules: 'start = "<" applySyntactic<Inner> ">"\nInner = x y\nx = letter\ny = digit',
		reads: ["<a1>", "< a 1 >"],
		refuses: ["<a>", " <a1>"],
	},
};

const grammarOf = (example: Example): string => {
	const rules = example.rules
		.split("\n")
		.map((line) => `\t${line}`)
		.join("\n");
	return `${example.before ?? ""}\nG ${example.from === undefined ? "" : `<: ${example.from} `}{\n${rules}\n}`;
};

describe("what Ohm's grammars can say, compiled, reads what ohm-js reads", () => {
	it.each(Object.entries(EXAMPLES))("%s", (_, example) => {
		const start = /^Start =/m.test(example.rules) ? "Start" : "start";
		const pair = bothWays(grammarOf(example), "G", { starts: [start], captures: ["x", "y", "z"] });
		for (const [texts, isRead] of [
			[example.reads, true],
			[example.refuses, false],
		] as const)
			for (const text of texts) {
				const judged = pair.ohm(text);
				expect([text, judged !== undefined]).toEqual([text, isRead]);
				expect([text, runCompiled(pair.parser, start, text)]).toEqual([text, judged]);
			}
	});
});
