import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/grammar/compile.js";
import { matcherFor } from "../../src/grammar/ground.js";
import { DEEPEST } from "../../src/grammar/ir.js";
import { readGrammars } from "../../src/grammar/ohm.js";
import { ohmJs } from "../../src/grammar/ohm-js.js";
import { loadParser } from "../../src/grammar/parser.js";
import { bothWays, spansOf } from "./oracle.js";
import { caught, message } from "./specimens.js";

const CAPTURES = ["word", "list", "number"];

const grammar = (rules: string): string => `G {\n${rules}\n}`;
const both = (rules: string): ReturnType<typeof bothWays> => bothWays(grammar(rules), "G", { starts: ["start"], captures: CAPTURES });

/** What is logged, as texts, in the order of the log. */
function logged(rules: string, text: string): readonly string[] | undefined {
	const { parser } = both(rules);
	return spansOf(parser, "start", text)?.map(([name, start, end]) => `${name}: ${text.slice(start, end)}`);
}

/** Rules of the same names as the captures that ohm-js sees, in the order of its semantics. */
function seenByOhm(rules: string, text: string): readonly string[] {
	const { G } = ohmJs().grammars(grammar(rules));
	if (G === undefined) throw new Error("no grammar G");
	const semantics = G.createSemantics().addOperation<string[]>("seen", {
		_terminal: () => [],
		_iter: (...nodes) => nodes.flatMap((node) => node.seen() as string[]),
		_nonterminal(...nodes) {
			const inner = nodes.flatMap((node) => node.seen() as string[]);
			return CAPTURES.includes(this.ctorName) ? [...inner, `${this.ctorName}: ${this.sourceString}`] : inner;
		},
	});
	return semantics(G.match(text, "start")).seen() as string[];
}

const matchedByOhm = (rules: string, text: string): boolean => ohmJs().grammar(grammar(rules)).match(text, "start").succeeded();

const compiled = (rules: string, start = "start"): unknown => bothWays(grammar(rules), "G", { starts: [start], captures: CAPTURES });

describe("deliberate differences from ohm-js", () => {
	it("1. captures inside & are dropped, and there are none inside ~", () => {
		const rules = '\tstart = &(word "!") ~(word "?") any+\n\tword = letter+';
		expect(logged(rules, "ab!")).toEqual([]);
		expect(seenByOhm(rules, "ab!")).toEqual(["word: ab"]);
	});

	it("1. … also what a rule captures further in, but not the same rule elsewhere", () => {
		const rules = '\tstart = &list list\n\tlist = word ("," word)*\n\tword = letter+';
		expect(logged(rules, "a,b")).toEqual(["word: a", "word: b", "list: a,b"]);
		expect(seenByOhm(rules, "a,b")).toHaveLength(6);
	});

	it("2. captures are logged in the order in which their rules end", () => {
		const rules = '\tstart = list (";" list)*\n\tlist = (word "=" number ","?)+\n\tword = letter+\n\tnumber = digit+';
		const [ours, ohms] = [logged(rules, "a=1,b=2;c=3"), seenByOhm(rules, "a=1,b=2;c=3")];
		expect(ours).toEqual(["word: a", "number: 1", "word: b", "number: 2", "list: a=1,b=2", "word: c", "number: 3", "list: c=3"]);
		expect(ohms).toEqual(["word: a", "word: b", "number: 1", "number: 2", "list: a=1,b=2", "word: c", "number: 3", "list: c=3"]);
	});

	it("2. … and what was tried in vain leaves nothing behind", () => {
		const rules = '\tstart = list "." -- list\n\t\t| word ("," word)* -- words\n\tlist = word ("," word)*\n\tword = letter+';
		expect(logged(rules, "a,b")).toEqual(["word: a", "word: b"]);
		expect(logged(rules, "a,b.")).toEqual(["word: a", "word: b", "list: a,b"]);
		expect(logged(rules, "a,b;")).toBe(undefined);
	});

	it("3. a rule name__anything is captured as name", () => {
		expect(logged('\tstart = word__bare ";" number__of__list\n\tword__bare = letter+\n\tnumber__of__list = digit+', "a;1")).toEqual([
			"word: a",
			"number: 1",
		]);
	});

	it("4. an optional part that reads nothing is fine", () => {
		const rules = '\tstart = "a" (word? &",")? any*\n\tword = letter+';
		expect(logged(rules, "a,")).toEqual([]);
		expect(logged(rules, "ab,")).toEqual(["word: b"]);
		expect(() => matchedByOhm(rules, "a,")).toThrow("Nullable expression");
		expect(matchedByOhm(rules, "ab,")).toBe(true);
	});

	it("5. rules that begin with themselves are refused", () => {
		const direct = "\tstart = start_list\n\tstart_list = start_list item\n\titem = letter";
		expect(matchedByOhm(`${direct.replace("start_list item", "start_list item -- more\n\t\t| item -- one")}`, "abc")).toBe(true);
		expect(message(() => compiled(direct))).toBe(`test.ohm:3:15: rule "start_list" begins with itself (left recursion)
  	start_list = start_list item
  	             ^
  Write a list as a loop: item (separator item)*, instead of list = list separator item.`);
	});

	it("5. … also by way of others, and behind what may be empty", () => {
		expect(
			message(() => compiled('\tstart = "-"? first\n\tfirst = &second "x"\n\tsecond = sign start\n\tsign = "+"*')),
		).toBe(`test.ohm:2:10: rule "start" begins with itself (left recursion: start → first → second → start)
  	start = "-"? first
  	        ^
  Write a list as a loop: item (separator item)*, instead of list = list separator item.`);
		// What consumes something before it comes back is recursion, but not to the left.
		expect(() => compiled('\tstart = "-" first\n\tfirst = &second "x"\n\tsecond = start')).not.toThrow();
	});

	it("6. loops over what may be empty are refused when the grammar is compiled", () => {
		const rules = '\tstart = many<sign>\n\tmany<item> = item*\n\tsign = "-"?';
		expect(() => matchedByOhm(rules, "x")).toThrow("Nullable expression");
		expect(message(() => compiled(rules))).toBe(`test.ohm:3:15: rule "many" repeats something that may be empty, which would never end
  	many<item> = item*
  	             ^
  Let the repeated part consume at least one character, or take the * inside it away.`);
	});

	it("7. captures in a loop that may be tried again over the same text are refused", () => {
		const rules = '\tstart = (list | any)*\n\tlist = (word ",")* ";"\n\tword = letter+';
		expect(matchedByOhm(rules, "a,b,c")).toBe(true);
		expect(
			message(() => compiled(rules)),
		).toBe(`test.ohm:3:9: a loop with captures in rule "list" could be tried again and again over the same text
  	list = (word ",")* ";"
  	       ^
  Take the captures out of the loop, or move the loop out of the repeated alternative, so that the time stays linear.`);
	});

	it("8. captures in rules that call themselves are refused", () => {
		const rules = '\tstart = nested\n\tnested = "(" nested ")" -- deeper\n\t\t| word -- word\n\tword = letter+';
		expect(matchedByOhm(rules, "((a))")).toBe(true);
		expect(message(() => compiled(rules))).toBe(`test.ohm:3:11: rule "nested" calls itself and captures inside
  	nested = "(" nested ")" -- deeper
  	         ^
  Capture the whole instead of its parts, or write the repetition as a loop.`);
	});

	it("9. rules that pass ever longer arguments to themselves are refused", () => {
		const rules = '\tstart = grow<"a">\n\tgrow<e> = "(" grow<twice<e>> ")" -- deeper\n\t\t| e -- end\n\ttwice<e> = e e';
		expect(matchedByOhm(rules, "(aa)")).toBe(true);
		expect(message(() => compiled(rules))).toBe(`test.ohm:3:12: rule "grow_deeper" passes ever longer arguments to itself
  	grow<e> = "(" grow<twice<e>> ")" -- deeper
  	          ^
  Recurse without parameters, or with the same ones.`);
	});

	it("10. expressions that plug-ins add to Ohm are refused", () => {
		const base = { namespace: { IndentationSensitive: ohmJs().ExperimentalIndentationSensitive }, files: new Map<string, string>() };
		const grammars = readGrammars([{ file: "test.ohm", text: "G <: IndentationSensitive {\n\tstart = indent\n}" }], base);
		const { G } = grammars.namespace;
		if (G === undefined) throw new Error("no grammar G");
		expect(caught(() => compile(grammars, G, { starts: ["start"], captures: [] }))).toMatchObject({
			code: "grammar.expression",
			mend: "Write it with the expressions of Ohm's syntax reference.",
		});
	});

	it("11. rules that call themselves too deeply match nothing", () => {
		const { parser, ohm: judge } = both('\tstart = "(" start ")" -- deeper\n\t\t| "a" -- end');
		const nested = (depth: number): string => `${"(".repeat(depth)}a${")".repeat(depth)}`;
		const reads = (depth: number): boolean => spansOf(parser, "start", nested(depth)) !== undefined;
		expect([DEEPEST / 2 - 1, DEEPEST / 2, 100_000].map(reads)).toEqual([true, false, false]);
		expect(judge(nested(DEEPEST / 2))).not.toBe(undefined);
		expect(() => judge(nested(100_000))).toThrow(RangeError);
		// The next record is read as if nothing had been.
		expect(reads(3)).toBe(true);
	});

	it("12. switches are off, as in the grammar, until they are turned on", () => {
		const grammars = readGrammars([
			{ file: "test.ohm", text: grammar('\tstart = is_loud "A" -- loud\n\t\t| "a" "" -- soft\n\tis_loud = ~""') },
		]);
		const { G } = grammars.namespace;
		if (G === undefined) throw new Error("no grammar G");
		const parser = loadParser(compile(grammars, G, { starts: ["start"], captures: [], switches: ["is_loud"] }));
		const reads = (text: string, on: readonly string[]): boolean => matcherFor(parser, "start", on)(text) !== undefined;
		expect([reads("a", []), reads("A", []), G.match("A", "start").succeeded()]).toEqual([true, false, false]);
		expect([reads("a", ["is_loud"]), reads("A", ["is_loud"])]).toEqual([true, true]);
		expect(reads("A", [])).toBe(false);
	});

	it("13. a text that holds half of a surrogate pair is refused", () => {
		const rules = '\tstart = "a\\ud83d" any*';
		expect(matchedByOhm(rules, "a😀")).toBe(true);
		expect(
			message(() => compiled(rules)),
		).toBe(`test.ohm:2:10: the text "a\\ud83d" holds half of a surrogate pair, which no text in UTF-8 has
  	start = "a\\ud83d" any*
  	        ^
  Write the whole character, as itself or by its number: "\\u{1f600}".`);
		expect(message(() => compiled('\tstart = caseInsensitive<"\\udc00">'))).toContain('test.ohm:2:26: the text "\\udc00" holds half');
		expect(() => compiled('\tstart = "\\u{1f600}" caseInsensitive<"x😀">')).not.toThrow();
	});

	it("13. … and a range of single units that has some", () => {
		const rules = '\tstart = visible+\n\tvisible = "!".."\\uffff"';
		expect(matchedByOhm(rules, "a😀")).toBe(true);
		expect(
			message(() => compiled(rules)),
		).toBe(`test.ohm:3:12: the range from U+0021 to U+FFFF holds halves of surrogate pairs, which no text in UTF-8 has
  	visible = "!".."\\uffff"
  	          ^
  Write any for all characters, "\\u{10ffff}" as the end for all from the first on, or ranges that leave U+D800 to U+DFFF out.`);
		for (const range of ['"\\ud83d".."\\ud83e"', '"a".."\\ud800"', '"\\udfff".."\\uffff"'])
			expect(() => compiled(`\tstart = ${range}`)).toThrow("halves of surrogate pairs");
		for (const range of ['"!".."\\ud7ff"', '"\\ue000".."\\uffff"', '"!".."\\u{10ffff}"', '"\\uffff".."!"'])
			expect(() => compiled(`\tstart = ${range}`)).not.toThrow();
	});
});

it("each difference of the list in parser.ts has its test here, and there are no others", () => {
	const listed = readFileSync("src/grammar/parser.ts", "utf8")
		.match(/^ \* +\d+\. /gm)
		?.map((head) => Number.parseInt(head.slice(2), 10));
	const tested = readFileSync("test/grammar/differences.test.ts", "utf8")
		.match(/^\tit\("\d+\. /gm)
		?.map((head) => Number.parseInt(head.slice(5), 10));
	expect(listed).toHaveLength(13);
	expect([...new Set(tested)]).toEqual(listed);
});

describe("what is no grammar problem but a wrong request", () => {
	it("is told too: a start rule that does not exist", () => {
		expect(message(() => compiled('\tstart = "a"', "begin"))).toBe(`test.ohm:1:1: grammar "G" has no rule "begin"
  G {
  ^
  Define the rule, or correct the name.`);
	});

	it("or a rule that the parser was not made to start with reads nothing", () => {
		const { parser } = both('\tstart = word\n\tword = "a"');
		expect(matcherFor(parser, "word")("a")).toBe(undefined);
	});
});
