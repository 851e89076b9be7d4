/** What ohm-js says about a grammar that it cannot read → one message with the place, the reason in our words, and the mend. */
import { MailtrailError, type Place } from "../errors.js";
import { complaintOf } from "./ohm-js.js";

interface Mistake {
	/** Ohm's words. */
	readonly said: RegExp;
	readonly code: string;
	readonly what: (...found: string[]) => string;
	readonly mend: (known: readonly string[], ...found: string[]) => string;
}

const SYNTAX = "See https://ohmjs.org/docs/syntax-reference for the syntax of grammars.";

const parts = (count: string): string => (count === "1" ? "1 part" : `${count} parts`);
const parameters = (count: string): string => (count === "1" ? "1 parameter" : `${count} parameters`);

/** The first that matches is meant. */
const MISTAKES: readonly Mistake[] = [
	{
		said: /^Expected ([^]*)$/,
		code: "grammar.syntax",
		what: (expected) => `the grammar cannot be read from here on: expected ${expected}`,
		mend: () => SYNTAX,
	},
	{
		said: /^Rule (\S+) is not declared in grammar (\S+)$/,
		code: "grammar.undeclared_rule",
		what: (rule, grammar) => `grammar ${grammar} has no rule "${rule}"`,
		mend: () => "Define the rule, correct the name, or inherit from the grammar that has it.",
	},
	{
		said: /^Grammar (\S+) is not declared in namespace/,
		code: "grammar.undeclared_grammar",
		what: (grammar) => `there is no grammar "${grammar}" to inherit from`,
		mend: (known) =>
			known.length === 0 ? "No grammar is defined before this one." : `Grammars defined before this one: ${known.join(", ")}.`,
	},
	{
		said: /^Rule (\S+) involves an alternation which has inconsistent arity \(expected (\d+), got (\d+)\)$/,
		code: "grammar.arity",
		what: (rule, expected = "", got = "") =>
			`the alternatives of rule "${rule}" differ: the first has ${parts(expected)}, this one ${parts(got)}`,
		mend: () => 'End each alternative with a case label (-- name), or give all the same number of parts: "" is one that reads nothing.',
	},
	{
		said: /^Duplicate declaration for rule '(\S+)' in grammar '\S+' \(originally declared in 'BuiltInRules'\)$/,
		code: "grammar.duplicate_rule",
		what: (rule) => `Ohm has a rule "${rule}" of its own`,
		mend: (_, rule) => `Choose another name, or write ${rule} := … to replace it.`,
	},
	{
		said: /^Duplicate declaration for rule '(\S+)' in grammar '\S+' \(originally declared in '(\S+)'\)$/,
		code: "grammar.duplicate_rule",
		what: (rule, grammar) => `grammar ${grammar}, which this one inherits from, has a rule "${rule}" already`,
		mend: (_, rule) => `Choose another name, or write ${rule} := … to replace it, ${rule} += … to add alternatives.`,
	},
	{
		said: /^Duplicate declaration for rule '(\S+)' in grammar '(\S+)'$/,
		code: "grammar.duplicate_rule",
		what: (rule, grammar) => `grammar ${grammar} defines the rule "${rule}" twice`,
		mend: () => "Rename one of them (a case label makes a rule too: rule_label), or join them with |.",
	},
	{
		said: /^Cannot (override|extend) rule (\S+) because it is not declared in \S+$/,
		code: "grammar.undeclared_rule",
		what: (how, rule) => `there is no inherited rule "${rule}" to ${how}`,
		mend: (_, __, rule) => `Write ${rule} = … to define it, or correct the name.`,
	},
	{
		said: /^Wrong number of arguments for rule (\S+) \(expected (\d+), got (\d+)\)$/,
		code: "grammar.parameters",
		what: (rule, expected = "", got) => `rule "${rule}" takes ${parameters(expected)}, not ${got}`,
		mend: () => "Give each parameter its argument between < and >, with commas.",
	},
	{
		said: /^Wrong number of parameters for rule (\S+) \(expected (\d+), got (\d+)\)$/,
		code: "grammar.parameters",
		what: (rule, expected = "", got) => `the inherited rule "${rule}" has ${parameters(expected)}, not ${got}`,
		mend: () => "Give it the same parameters here.",
	},
	{
		said: /^Invalid parameter to rule (\S+): [^]* has arity (\d+), but parameter expressions must have arity 1$/,
		code: "grammar.parameters",
		what: (rule, got = "") => `an argument of rule "${rule}" has ${parts(got)}, it must have one`,
		mend: () => "Make a rule of these parts and pass that.",
	},
	{
		said: /^Duplicate parameter names in rule (\S+): (.*)$/,
		code: "grammar.parameters",
		what: (rule, names) => `rule "${rule}" has two parameters of the same name: ${names}`,
		mend: () => "Rename one of them.",
	},
	{
		said: /^Cannot apply syntactic rule (\S+) from here/,
		code: "grammar.syntactic",
		what: (rule) => `rule "${rule}" begins with a capital letter, so it skips blanks; a lexical rule cannot call it`,
		mend: (_, rule) => `Write its name in lower case (in a log, blanks are evidence), or applySyntactic<${rule}>.`,
	},
	{
		said: /^Nullable expression [^]* is not allowed inside '(.)'/,
		code: "grammar.empty_loop",
		what: (operator) => `what ${operator} repeats here may be empty, so it would never end`,
		mend: () => "Let the repeated part consume at least one character, or take the * or ? inside it away.",
	},
	{
		said: /^Incorrect argument type: expected a Terminal/,
		code: "grammar.parameters",
		what: () => "caseInsensitive takes a text in quotes",
		mend: () => 'Write caseInsensitive<"text">.',
	},
	{
		said: /^Grammar (\S+) is already declared in this namespace$/,
		code: "grammar.duplicate_grammar",
		what: (grammar) => `there is a grammar "${grammar}" already`,
		mend: () => "Choose another name.",
	},
	{
		said: /^'\.\.\.' can appear at most once in a rule body$/,
		code: "grammar.super_splice",
		what: () => '"...", the alternatives of the inherited rule, stands twice in a rule',
		mend: () => "Take one of them away.",
	},
];

/** @param known names of the grammars that could be inherited from */
export function grammarError(error: unknown, file: string, text: string, known: readonly string[]): MailtrailError {
	if (!(error instanceof Error)) throw error;
	const complaint = complaintOf(error);
	const { reason, more } = firstOf(complaint.message);
	const offset = complaint.offset ?? untoldOffset(reason, text);
	const { place, excerpt } = offset === undefined ? { place: { file }, excerpt: undefined } : placeOf(file, text, offset);
	const [mistake, found] = mistakeOf(reason);
	const others = more === 0 ? "" : more === 1 ? " (and one more mistake)" : ` (and ${more} more mistakes)`;
	const what = mistake === undefined ? `the grammar cannot be read: ${reason}` : mistake.what(...found);
	// The grammar that inherits begins on the line of the mistake.
	const before = grammarHeads(text).filter((head) => head.offset < text.lastIndexOf("\n", (offset ?? 0) - 1));
	const mend = mistake?.mend([...known, ...before.map((head) => head.name)], ...found) ?? SYNTAX;
	return new MailtrailError(mistake?.code ?? "grammar.syntax", 2, `${what}${others}`, mend, place, excerpt);
}

function mistakeOf(reason: string): readonly [Mistake | undefined, readonly string[]] {
	for (const mistake of MISTAKES) {
		const found = mistake.said.exec(reason);
		if (found !== null) return [mistake, found.slice(1)];
	}
	return [undefined, []];
}

/** Ohm puts several errors into one message, each after "- " and behind the lines it complains about. */
function firstOf(message: string): { readonly reason: string; readonly more: number } {
	if (!message.startsWith("Errors:\n- ")) return { reason: message, more: 0 };
	const [first = "", ...others] = message.slice("Errors:\n- ".length).split("\n- ");
	// "Line 2, col 21:", "> 2 |   start = …", "          ^~~~"
	const isExcerpt = (line: string): boolean => /^Line \d+, col \d+:$|^[> ] *\d+ \||^ +\^~*$/.test(line);
	const reason = first.split("\n").filter((line) => !isExcerpt(line));
	return { reason: reason.join("\n"), more: others.length };
}

/** Places that Ohm does not tell: of the last grammar of a name, of the second "..." in a rule. */
function untoldOffset(reason: string, text: string): number | undefined {
	const name = /^Grammar (\S+) is already/.exec(reason)?.[1];
	if (name !== undefined) return grammarHeads(text).findLast((head) => head.name === name)?.offset;
	if (!reason.startsWith("'...'")) return undefined;
	const twice = /\.\.\.[^=]*?(?=\.\.\.)/.exec(text);
	return twice === null ? undefined : twice.index + twice[0].length;
}

/** `Name {` and `Name <: Base {`. */
const grammarHeads = (text: string): { readonly name: string; readonly offset: number }[] =>
	[...text.matchAll(/^[ \t]*(\w+)(?=\s*(?:<:\s*\w+\s*)?\{)/gm)].map((found) => ({
		name: found[1] ?? "",
		offset: found.index + found[0].length - (found[1]?.length ?? 0),
	}));

function placeOf(file: string, text: string, offset: number): { readonly place: Place; readonly excerpt: string } {
	const lineStart = text.lastIndexOf("\n", offset - 1) + 1;
	const line = text.slice(0, offset).split("\n").length;
	return { place: { file, line, column: offset - lineStart + 1 }, excerpt: text.slice(lineStart).split(/\r?\n/, 1)[0] ?? "" };
}
