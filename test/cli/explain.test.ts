/** `mailtrail explain`: what it finds for words and lines, and how it shows it. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { explainWith } from "../../src/cli/explain.js";
import {
	type Explanation,
	explain,
	explainLine,
	loadFormat,
	type Meaning,
	meaningsOf,
	readVocabularies,
	Translator,
	type Vocabulary,
} from "../../src/index.js";
import { corpusLines } from "../convert/arbitrary-logs.js";
import { inputOf } from "../corpus/conversion.js";
import { type Formats, loadTestFormats } from "../corpus/formats.js";
import { mailtrail, type Outcome, type Surroundings } from "./fake-terminal.js";

/** A format of a user's own, whose words no one else changes. */
function writeParcel(folder: string): string {
	const own = join(folder, "parcel");
	mkdirSync(own);
	writeFileSync(
		join(own, "parcel.ohm"),
		'Parcel <: Shared {\n  record = content\n  content = numbered | text\n  numbered = number " " text\n  number = digit+\n  text = any+\n  shelf = letter+\n}\n',
	);
	writeFileSync(
		join(own, "format.mjs"),
		`export default { id: "parcel", title: "Parcel service", grammar: "Parcel", programs: ["parceld"], prefix: "{code} ", lookup: "number",
	captures: { number: { kind: "text", path: "code" }, text: { kind: "text", path: "text" } } };\n`,
	);
	const catalog = {
		format: "parcel",
		fields: { weight: { type: "integer", title: "Weight in grams" }, shelf: { type: "text", title: "Shelf" } },
		entries: [
			{
				code: "10",
				level: "info",
				template: "came {weight} g on shelf {shelf}",
				title: "Parcel came",
				explanation: "It was put on the shelf.",
				action: "message.accept",
				outcome: "success",
			},
		],
		terms: [{ kind: "flag", code: "fragile", title: "Do not throw" }],
	};
	writeFileSync(join(own, "catalog.json"), JSON.stringify(catalog));
	const japanese = { format: "parcel", language: "ja", entries: { "10": { title: "荷物が到着", explanation: "棚に置きました。" } } };
	writeFileSync(join(own, "catalog.ja.json"), JSON.stringify(japanese));
	return own;
}

let folder = "";
let known: Formats;
let vocabularies: readonly Vocabulary[] = [];
beforeAll(async () => {
	folder = mkdtempSync(join(tmpdir(), "mailtrail-explain-"));
	const shipped = await loadTestFormats();
	known = { ...shipped, formats: [...shipped.formats, await loadFormat(writeParcel(folder))] };
	vocabularies = await readVocabularies([folder]);
});
afterAll(() => rmSync(folder, { recursive: true }));

const found = (what: string, language = "en"): Meaning[] => meaningsOf(what, vocabularies, new Translator(language));
/** `smtpf message 717`, parts in braces. */
const brief = ({ format, kind, code, parts }: Meaning): string =>
	`${format} ${kind} ${code}${parts === undefined || parts.length === 0 ? "" : ` { ${parts.map((part) => `${part.kind} ${part.code}`).join(", ")} }`}`;

const run = (argv: readonly string[], surroundings: Surroundings = {}): Promise<Outcome> =>
	mailtrail(["explain", ...argv, "--formats-dir", folder], { ...surroundings, verbs: [explainWith(async () => known)] });

describe("a word is found by", () => {
	test.each([
		["a number", "717", ["smtpf message 717"]],
		["a number with its mark", "#717", ["smtpf message 717"]],
		["a number of a reply", "120", ["smtpf reply 120"]],
		["the number of a reply, named so", "reply:283", ["smtpf reply 283"]],
		["a whole reply, by the number it ends in", "550 5.7.1 sender <a@example.com> #717 said #127 2AK28R274610000200", ["smtpf reply 127"]],
		["a whole reply without its number, by its text", "550 5.7.1 host mx.example.com from unknown TLD", ["smtpf reply 122"]],
		["a tag list", "[server][error][connect]", ["milter-manager message [server][error][connect]"]],
		[
			"a tag list with what stood in the line",
			"[children][error][helo][accept]",
			["milter-manager message [children][error][{state}][{fallback_status}] { state helo, status accept }"],
		],
		[
			"a tag list with elapsed time and the id behind it",
			"[milter][end][connect][accept][0.000711](2):",
			["milter-manager message [milter][end][{state}][{status}][{elapsed}] { state connect, status accept }"],
		],
		[
			"a tag list whose literal tags win over placeholders",
			"[children][error][connection]",
			["milter-manager message [children][error][connection]"],
		],
		[
			"a tag list without the values behind it: every message that begins so",
			"[session][end]",
			["milter-manager message [session][end][{elapsed}]", "milter-manager message [session][end][{state}][{status}][{elapsed}]"],
		],
		["a flag, with its kind", "flag:helo_host", ["smtpf flag helo_host"]],
		["an option", "LOG_NODE", ["sun-mta option LOG_NODE"]],
		["an option, whatever its case", "log_node", ["sun-mta option LOG_NODE"]],
		["a connection code", "O", ["sun-mta message O"]],
		["an action and its modifiers", "ESA", ["sun-mta message E { modifier S, modifier A }"]],
		["a letter that is an action and a modifier: both", "E", ["sun-mta message E", "sun-mta modifier E"]],
		["a word of several kinds: all of them", "accept", ["milter-manager status accept", "milter-manager response accept"]],
		["a word of several formats: all of them", "quit", ["milter-manager state quit", "smtpf flag quit"]],
		["a hexadecimal mask", "dispatcher:0x41", ["sun-mta dispatcher 0x41 { dispatcher 1, dispatcher 64 }"]],
		["a decimal mask", "dispatcher:65", ["sun-mta dispatcher 65 { dispatcher 1, dispatcher 64 }"]],
		["a mask of everything", "dispatcher:-1", ["sun-mta dispatcher -1"]],
		["a mask of an option", "log_connection:34", ["sun-mta log_connection 34 { log_connection_bit 2, log_connection_bit 32 }"]],
		[
			"an option with its value",
			"LOG_CONNECTION=34",
			["sun-mta option LOG_CONNECTION", "sun-mta log_connection 34 { log_connection_bit 2, log_connection_bit 32 }"],
		],
	])("%s", (_, what, expected) => {
		expect(found(what).map(brief)).toEqual(expected);
	});

	test("a number that is a message and a reply: both", () => {
		const [own] = vocabularies.filter(({ id }) => id === "parcel");
		if (own === undefined) throw new Error("no parcel");
		const reply = { kind: "reply", code: "10", title: "Parcel refused" };
		const both = meaningsOf("#10", [{ ...own, catalog: { ...own.catalog, terms: [reply] } }], new Translator("en"));
		expect(both.map(brief)).toEqual(["parcel message 10", "parcel reply 10"]);
	});

	test("bits that the format does not know are told", () => {
		expect(found("log_connection:12")[0]).toMatchObject({ title: "12 = 0xc: 4 + 8", unknown_bits: [8] });
	});

	test.each(["nonsense", "[nonsense]", "[children][error][nonsense][accept]", "reply:99999", "dispatcher:0xzz", "EX", "flag:", ""])(
		"not: %s",
		(what) => {
			expect(found(what)).toEqual([]);
		},
	);
});

const line = (
	text: string,
	more: { readonly year?: number; readonly language?: string; readonly format?: string } = {},
): Promise<Explanation> => explainLine(text, { ...known, ...more, forced: known.formats.find(({ id }) => id === more.format) });

/** Path, value and text of each field, as it stands in the line. */
const fieldsOf = ({ line: text, fields }: Explanation): unknown[] =>
	fields.map(({ path, value, from, to }) => [path, value, text.slice(from, to)]);

describe("a line", () => {
	test("is told with its frame, its rule, its template, and each value where it stands", async () => {
		const explanation = await line("Nov 21 02:08:15 mail parceld[27]: 10 came 250 g on shelf B", { year: 2026 });
		expect(explanation).toMatchObject({
			frame: { grammar: "Syslog", rule: "frame_traditional" },
			reader: { format: "parcel", by: "program", grammar: "Parcel", rule: "record" },
			template: "came {weight} g on shelf {shelf}",
			message: { code: "10", title: "Parcel came", language: "en" },
			event: { level: "info", level_basis: "catalog", action: "message.accept", outcome: "success" },
		});
		expect(explanation.mismatch).toBeUndefined();
		expect(fieldsOf(explanation)).toEqual([
			["time", "2026-11-21T02:08:15+00:00", "Nov 21 02:08:15"],
			["host", "mail", "mail"],
			["program", "parceld", "parceld"],
			["pid", 27, "27"],
			["code", "10", "10"],
			["text", "came 250 g on shelf B", "came 250 g on shelf B"],
			["fields.weight", 250, "250"],
			["fields.shelf", "B", "B"],
		]);
	});

	test("of a program that nobody reads still shows its frame", async () => {
		const explanation = await line("<22>1 2026-11-21T02:09:28.6Z mx1 postmand 7 - - hello");
		expect(explanation).toMatchObject({
			frame: { rule: "frame_rfc5424" },
			event: { record: "unparsed" },
			mismatch: { stage: "format", reason: 'no format is known for the program "postmand", and none recognizes its text' },
		});
		expect(explanation.reader).toBeUndefined();
		expect(fieldsOf(explanation)).toEqual([
			["level", "info", "22"],
			["time", "2026-11-21T02:09:28.6+00:00", "2026-11-21T02:09:28.6Z"],
			["host", "mx1", "mx1"],
			["program", "postmand", "postmand"],
			["pid", 7, "7"],
		]);
	});

	test("whose code has modifiers is told with the message of its action", async () => {
		const { message, terms } = await line(
			"21-Nov-2026 03:00:48.93 5a37.46.215 tcp_local    ims-ms       EE 7 a@example.com rfc822;b@example.net b@ims-ms-daemon",
		);
		expect([message?.code, message?.title]).toEqual(["E", "Recipient queued"]);
		expect(terms.map(brief)).toEqual(["sun-mta modifier E"]);
	});

	test("explains its flags and the reply it quotes", async () => {
		const text =
			'Nov 21 02:17:54 mx1 smtpf[580]: 2AK2Hr005800002800 #721 end i=198.51.100.66 p="black.example.org" f="black,local_black" h="" m=0/0 b=0 R=1 t=1 l="550 5.7.1 host black.example.org [198.51.100.66]:48013 black listed #120 2AK2Hr005800002800"';
		const { terms, message } = await line(text);
		expect(message?.code).toBe("721");
		expect(terms.map(brief)).toEqual(["smtpf flag black", "smtpf flag local_black", "smtpf reply 120"]);
	});

	test("of another server that quotes a reply of ours has that reply explained", async () => {
		const text =
			"Nov 21 02:08:09 mail postmand[12]: said: 550 5.7.1 sender <x@example.com> black listed #127 2AK2Hr005800002800 (in reply to MAIL)";
		expect((await line(text)).terms.map(brief)).toEqual(["smtpf reply 127"]);
	});

	test("without any frame is known by its text", async () => {
		const explanation = await line(
			"19-Jan-1998 19:16:57.64 l            tcp_local    E 1 adam@sesta.com rfc822;marlowe@siroe.com marlowe@siroe.com",
		);
		expect(explanation.frame).toBeUndefined();
		expect(explanation.reader).toMatchObject({ format: "sun-mta", by: "content" });
		expect(fieldsOf(explanation)).toContainEqual(["envelope.to.0.original", "marlowe@siroe.com", "marlowe@siroe.com"]);
	});

	test("without any frame is a record of the format that -f names", async () => {
		expect(await line("10 came 1 g on shelf A", { format: "parcel" })).toMatchObject({
			reader: { format: "parcel", by: "option" },
			message: { code: "10" },
		});
	});

	test("with characters of more than one byte has its places in characters", async () => {
		const explanation = await line("Nov 21 02:08:15 mail parceld: 10 came 250 g on shelf 棚");
		expect(fieldsOf(explanation)).toContainEqual(["fields.shelf", "棚", "棚"]);
	});

	test("has its words in the language asked for", async () => {
		const text = "Nov 21 02:08:15 mail parceld: 10 came 250 g on shelf B";
		expect((await line(text, { language: "ja" })).message).toMatchObject({
			title: "荷物が到着",
			explanation: "棚に置きました。",
			language: "ja",
		});
	});
});

test("lines of all captures can be explained, and what is text stands where it is said to", async () => {
	const texts = (path: string): boolean =>
		/^(host|program|session_id|text|client\.(helo|ip)|milter\.name|queue\.file|smtp\.text)$/.test(path);
	const sample = corpusLines.filter((_, i) => i % 12 === 0);
	expect(sample.length).toBeGreaterThan(100);
	for await (const { line: text, fields } of explain(inputOf(Buffer.from(sample.join("\n"), "latin1")), known)) {
		for (const { path, value, from, to } of fields) if (texts(path) && from !== undefined) expect(text.slice(from, to)).toBe(value);
	}
});

test("a hostile line of half a megabyte is explained too", async () => {
	const text = `Nov 21 02:08:15 mail milter-manager[27]: ${"[a".repeat(250_000)}`;
	expect((await line(text)).mismatch).toMatchObject({ stage: "template" });
	expect((await run([text])).exit).toBe(0);
});

describe("a line that is not understood tells where it stopped", () => {
	test("no frame", async () => {
		expect((await line("Nov 31 2:08:15 mail x")).mismatch).toMatchObject({
			stage: "frame",
			offset: 8,
			expected: ["a digit"],
			grammar: "Syslog",
			rule: "frame",
		});
	});

	test("a known code with an unknown text: the template that came nearest, and the first character that differs", async () => {
		const text = "Nov 21 02:08:15 mail parceld: 10 came 250 kg on shelf B";
		const { mismatch, message } = await line(text);
		expect(message?.code).toBe("10");
		expect(mismatch).toMatchObject({
			stage: "template",
			reason: "the text is none that the catalog knows under the code 10",
			expected: ['"g on shelf"'],
			template: "came {weight} g on shelf {shelf}",
		});
		expect(text.slice(mismatch?.offset)).toBe("kg on shelf B");
	});

	test("an unknown text without a code: the template that begins most like it", async () => {
		const text = "Nov 21 02:08:15 mail milter-manager[27]: failed to daemonise: no";
		const { mismatch } = await line(text);
		expect(mismatch).toMatchObject({
			stage: "template",
			reason: "the catalog has no message of this text",
			template: "failed to daemonize: {error}",
		});
		expect(text.slice(mismatch?.offset)).toBe("se: no");
	});

	test("a frame without a text", async () => {
		expect((await line("Nov 21 02:08:15 mail parceld[27]:")).mismatch).toMatchObject({
			stage: "format",
			reason: "the frame carries no text",
		});
	});
});

describe("the verb", () => {
	test("prints a message", async () => {
		expect(await run(["10"])).toMatchObject({
			exit: 0,
			stderr: "",
			stdout: `10  Parcel came
  format    parcel, message
  template  came {weight} g on shelf {shelf}
  level     info
  action    message.accept, success

  It was put on the shelf.
`,
		});
	});

	test("prints a mask with its bits", async () => {
		const { stdout } = await run(["log_connection:12"]);
		expect(stdout).toMatch(
			/^log_connection:12 {2}12 = 0xc: 4 \+ 8\n {2}format {2}sun-mta, log_connection\n\n {2}log_connection_bit 4 {2}[^]+\n {2}Bits without a meaning: 8\n$/,
		);
	});

	test("prints a line over a ruler whose letters stand in the table", async () => {
		const { exit, stdout } = await run(["--year", "2026", "Nov 21 02:08:15 mail parceld[27]: 10 came 250 g on shelf B"]);
		expect(exit).toBe(0);
		expect(stdout).toBe(`Nov 21 02:08:15 mail parceld[27]: 10 came 250 g on shelf B
aaaaaaaaaaaaaaa bbbb ccccccc dd   ee      fff            g

  record    Parcel service (parcel), known by the name of the program
  frame     traditional (Syslog.frame_traditional)
  rule      Parcel.record
  message   10: Parcel came
  template  came {weight} g on shelf {shelf}
  level     info, from the catalog
  action    message.accept
  outcome   success
  time      2026-11-21T02:08:15+00:00; year given, no zone in the line, so UTC is assumed

  a  1-15   time           2026-11-21T02:08:15+00:00
  b  17-20  host           mail
  c  22-28  program        parceld
  d  30-31  pid            27
  e  35-36  code           10
     38-58  text           came 250 g on shelf B
  f  43-45  fields.weight  250  (Weight in grams)
  g  58     fields.shelf   B  (Shelf)

  It was put on the shelf.
`);
	});

	test("puts a caret under what was not expected, and exits with 1", async () => {
		expect(await run(["Nov 31 2:08:15 mail x"])).toMatchObject({
			exit: 1,
			stderr: "",
			stdout: `  record  unparsed
  frame   none

Nov 31 2:08:15 mail x
        ^
  not understood  no frame that a syslog daemon or a program of these formats writes
  expected        at column 9: a digit
  by the rule     Syslog.frame
`,
		});
	});

	test("an unknown text of a known program was read, so it is no failure", async () => {
		const { exit, stdout } = await run(["Nov 21 02:08:15 mail parceld: 10 came 250 kg on shelf B"]);
		expect(exit).toBe(0);
		expect(stdout).toMatch(
			/\n +\^\n {2}not understood {3}the text is none that the catalog knows under the code 10\n {2}expected {9}at column 43: "g on shelf"\n {2}by the template {2}came \{weight\} g on shelf \{shelf\}\n$/,
		);
	});

	test("tells that the year is not known, and invents none", async () => {
		expect((await run(["Nov 21 02:08:15 mail parceld: 10 x"])).stdout).toContain(
			"\n  time     unknown: Nov 21 02:08:15 has no year (--year tells it)",
		);
	});

	test("prints Japanese where there is some", async () => {
		const { stdout, stderr } = await run(["--lang", "ja", "10"]);
		expect(stderr).toBe("");
		expect(stdout).toContain("10  荷物が到着\n");
		expect(stdout).toContain("\n  棚に置きました。\n");
	});

	test.each([
		["a format without such a catalog", "#717", "ja", "mailtrail: smtpf has no Japanese catalog; what has none is in English\n"],
		[
			"a catalog without the word",
			"flag:fragile",
			"ja",
			"mailtrail: not everything of parcel has words in Japanese; what has none is in English\n",
		],
	])("says when it falls back to English: %s", async (_, what, lang, stderr) => {
		expect(await run(["--lang", lang, what])).toMatchObject({ exit: 0, stderr });
	});

	test.each([
		[
			"a code spelt wrong",
			"flag:fragil",
			"mailtrail: nothing is known about 'flag:fragil'\n  Did you mean:\n    flag:fragile  Do not throw\n",
		],
		["a beginning of tags", "[children][eror][helo]", "    [children][error][{state}][{fallback_status}]  Child milter failed"],
		[
			"nothing near",
			"qqqqqqqqqq",
			"mailtrail: nothing is known about 'qqqqqqqqqq'\n  mailtrail formats show lists all that a format knows.\n",
		],
		["terminal escapes", "\u001b[2J", "mailtrail: nothing is known about '\\x1b[2J'\n"],
	])("exits with 1 and near matches: %s", async (_, what, message) => {
		const { exit, stdout, stderr } = await run([what]);
		expect({ exit, stdout }).toEqual({ exit: 1, stdout: "" });
		expect(stderr).toContain(message);
	});

	test("goes on after a word that is not known", async () => {
		const { exit, stdout } = await run(["qqqqqqqqqq", "10", "flag:fragile"]);
		expect(exit).toBe(1);
		expect(stdout).toMatch(/^10 {2}Parcel came\n[^]+\n\nflag:fragile {2}Do not throw\n/);
	});

	test("reads lines from standard input, also codes, without blank ones", async () => {
		const stdin = [
			"10\n\nNov 21 02:08:15 mail parceld: 10 came 1 g on shelf A\n",
			"Nov 21 02:08:16 mail parceld: 10 came 2 g on shelf B\n",
		];
		const { exit, stdout } = await run(["--json"], { stdin });
		expect(exit).toBe(0);
		const told: { what?: string; event?: { fields: unknown } }[] = stdout
			.trimEnd()
			.split("\n")
			.map((json) => JSON.parse(json));
		expect(told.map(({ what, event }) => what ?? event?.fields)).toEqual(["10", { weight: 1, shelf: "A" }, { weight: 2, shelf: "B" }]);
	});

	test("looks only in the format of -f", async () => {
		expect((await run(["-f", "smtpf", "quit"])).stdout).toMatch(/^flag:quit {2}/);
		expect(await run(["-f", "smtpf", "LOG_NODE"])).toMatchObject({ exit: 1, stdout: "" });
		expect(await run(["-f", "nope", "quit"])).toMatchObject({ exit: 2, stderr: expect.stringContaining("there is no format 'nope'") });
	});

	test("shows what senders wrote without obeying it", async () => {
		const hostile = "Nov 21 02:08:15 mail parceld: 10 came 1 g on shelf A \u001b[2J\u009b31m\u202e\u2028x";
		for (const argv of [[hostile], ["--json", hostile]]) {
			const { stdout } = await run(argv);
			expect(stdout).toContain("came 1 g");
			expect(stdout).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202e\u2028]/);
		}
		// The ruler counts what is shown, not what was written.
		const [shown = "", ruler = ""] = (await run(["Nov 21 02:08:15 mail parceld: \u001b!"])).stdout.split("\n");
		expect(ruler.slice(shown.indexOf("\\x1b!"))).toBe("ccccc");
	});

	test("colours a terminal only", async () => {
		const text = "Nov 21 02:08:15 mail parceld: 10 came 1 g on shelf A";
		expect((await run([text], { isTTY: true })).stdout).toContain("\u001b[36m");
		expect((await run([text])).stdout).not.toContain("\u001b");
	});

	test("keeps its lines within 100 columns where there is no terminal", async () => {
		const { stdout } = await run([
			"717",
			"721",
			"[server][error][connect]",
			"dispatcher:0xffff",
			`Nov 21 02:08:15 mail parceld: 10 ${"long ".repeat(200)}`,
		]);
		expect(Math.max(...stdout.split("\n").map((one) => one.length))).toBeLessThanOrEqual(100);
	});
});
