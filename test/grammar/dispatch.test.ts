import { describe, expect, it } from "vitest";
import { compile } from "../../src/grammar/compile.js";
import { matcherFor } from "../../src/grammar/ground.js";
import { readGrammars } from "../../src/grammar/ohm.js";
import { loadParser, type Parser } from "../../src/grammar/parser.js";
import { composeTemplates, type Names, type Template } from "../../src/grammar/templates.js";
import { runCompiled } from "./oracle.js";

/** The rules that templates of these tests may name. */
const BASE = `Base {
	word = (~" " any)+
	rest = any*
	integer = "-"? digit+
	decimal = integer ("." digit+)?
	until_last<stop> = (&(any (~stop any)* stop) any)*
	client = word " [" (~"]" any)+ "]"
	tag = "open" | "closed"
}`;
const RULES = ["word", "client", "tag"];
const FIELDS: Readonly<Record<string, string>> = { count: "integer", share: "number", who: "text", why: "text" };

const names: Names = { hasRule: (name) => RULES.includes(name), fieldType: (name) => FIELDS[name] };
const CAPTURES = ["client", "tag", ...Object.keys(FIELDS)];

interface Form {
	readonly prefix?: string;
	readonly template: string;
	readonly rule?: string;
}

function compose(forms: readonly Form[], count = false): Parser {
	const templates: Template[] = forms.map(({ prefix = "", template, rule }, i) => ({ prefix, template, rule, where: `entry ${i}` }));
	const grammars = readGrammars([{ file: "base.ohm", text: BASE }]);
	const composed = readGrammars([{ file: "base.ohm with catalog.json", text: composeTemplates("Base", templates, names) }], grammars);
	const grammar = composed.namespace.BaseCatalog;
	if (grammar === undefined) throw new Error("no composed grammar");
	const captures = [...CAPTURES, ...forms.map((_, i) => `message_t${i}`)];
	return loadParser(compile(composed, grammar, { starts: ["message"], captures, count }));
}

/** `message_t3(who=Ann)`: the template that matched and what it captured. */
function read(parser: Parser, text: string): string | undefined {
	const spans = runCompiled(parser, "message", text);
	if (spans === undefined) return undefined;
	const parts = spans.filter(([name]) => !name.startsWith("message_t")).map(([name, start, end]) => `${name}=${text.slice(start, end)}`);
	return `${spans.find(([name]) => name.startsWith("message_t"))?.[0]}(${parts.join(", ")})`;
}

describe("finding the template of a message", () => {
	const numbered = (count: number): Form[] =>
		Array.from({ length: count }, (_, i) => ({ prefix: `${i + 1000} `, template: `client {client} did {count} things: {why}` }));
	const worded = (count: number): Form[] =>
		Array.from({ length: count }, (_, i) => ({
			template: `[${(i * 7919).toString(36).padStart(5, "m")}] client {client} did {count} things: {why}`,
		}));
	/** Steps for the first and the last template, and for a text that none reads. */
	const steps = (forms: readonly Form[], other: string): readonly number[] => {
		const parser = compose(forms, true);
		const fill = ({ prefix = "", template }: Form): string =>
			`${prefix}${template}`.replace("{client}", "mx [192.0.2.1]").replace("{count}", "12").replace("{why}", "because");
		return [forms[0], forms[9], other].map((form) => {
			const text = typeof form === "string" ? form : fill(form ?? { template: "" });
			parser.steps();
			expect(matcherFor(parser, "message")(text) !== undefined).toBe(form !== other);
			return parser.steps();
		});
	};

	it.each([
		["number", numbered, "999999 client"],
		["tag", worded, "[zzzzz] client"],
	] as const)("costs the same among 10 and among 100, by %s", (_, make, other) => {
		const [few, many] = [steps(make(10), other), steps(make(100), other)];
		many.forEach((count, i) => {
			expect(Math.abs(count - (few[i] ?? 0))).toBeLessThanOrEqual(2);
		});
	});
});

describe("among templates that could all match", () => {
	const parser = compose([
		{ template: "{why}" },
		{ template: "lost {who}" },
		{ template: "lost {who} after {count} s" },
		{ template: "lost {client}" },
		{ template: "lost connection" },
		{ template: "{tag}: {why}" },
		{ template: "{who:word} said {{{why}}}" },
		{ template: "", rule: "client" },
		{ template: "{share} %" },
	]);

	it.each([
		["the literal wins over the placeholder", "lost connection", "message_t4()"],
		["the longer text after a placeholder wins over its end", "lost Ann after 12 s", "message_t2(count=12, who=Ann)"],
		["free text takes the rest where the special one does not fit", "lost Ann after x s", "message_t1(who=Ann after x s)"],
		["a forged end does not end free text early", "lost Ann after 1 s after 2 s", "message_t2(count=2, who=Ann after 1 s)"],
		["the general one is the last resort", "nothing known", "message_t0(why=nothing known)"],
		["braces are written twice", "Ann said {no}", "message_t6(who=Ann, why=no)"],
		[
			"a rule stands for a whole template, and wins over free text in the same place",
			"mx [192.0.2.1]",
			"message_t7(client=mx [192.0.2.1])",
		],
		["text beyond ASCII is read the same way", "lost Zoë after 12 s", "message_t2(count=12, who=Zoë)"],
		["a number with a fraction", "12.5 %", "message_t8(share=12.5)"],
	])("%s", (_, text, expected) => {
		const found = read(parser, text);
		expect(found).toBe(expected);
	});

	it("none is found without templates", () => {
		expect(read(compose([]), "")).toBe(undefined);
		expect(read(compose([]), "x")).toBe(undefined);
	});
});

describe("a template that cannot be used says why", () => {
	it.each([
		["lost {who", '"{who" at column 6 is no placeholder; write {name} or {name:rule}, or "{{" for a brace'],
		["lost {Who}", '"{Who}" at column 6 is no placeholder; write {name} or {name:rule}, or "{{" for a brace'],
		["lost {}", '"{}" at column 6 is no placeholder; write {name} or {name:rule}, or "{{" for a brace'],
		["lost who}", '"}" at column 9 closes nothing; write "}}" for a brace'],
		["lost {whom}", "placeholder {whom} is neither a rule of the grammar nor declared in the catalog's fields"],
		["lost {who:name}", "placeholder {who:name} names no rule of the grammar"],
	])("%s", (template, reason) => {
		expect(() => compose([{ template }])).toThrow(expect.objectContaining({ message: reason, where: "entry 0" }));
	});

	it("also when a whole rule is missing", () => {
		expect(() => compose([{ template: "", rule: "server" }])).toThrow('rule "server" is not in the grammar');
	});
});
