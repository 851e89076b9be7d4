/** Inputs as hostile as they come: arbitrary bytes, and real lines of the corpus that somebody damaged. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import fc from "fast-check";
import { readCases } from "../../src/author/cases.js";
import { packageRoot } from "../../src/root.js";

const CORPUS = fileURLToPath(new URL("corpus/", packageRoot));

/** Of longer captures so many lines, spread evenly: a day of traffic repeats itself. */
const MOST = 200;
const spread = (lines: readonly string[]): readonly string[] => lines.filter((_, i) => i % Math.ceil(lines.length / MOST) === 0);

/** Lines in frames of all kinds. */
const framedLines: readonly string[] = readdirSync(`${CORPUS}frames`).flatMap((frame) => {
	const file = `${CORPUS}frames/${frame}/cases.txt`;
	return readCases(file, readFileSync(file)).flatMap(({ input }) => input.toString("latin1").split("\n"));
});

const formats = readdirSync(CORPUS).filter((name) => name !== "frames");

/** Lines of all captures and of all frames, with different texts only; none of them is very long. */
export const corpusLines: readonly string[] = [
	...new Set([
		...framedLines.filter((line) => line.length < 2000),
		...formats.flatMap((format) =>
			readdirSync(`${CORPUS}${format}/captures`)
				.filter((name) => name.endsWith(".log"))
				.flatMap((name) => spread(readFileSync(`${CORPUS}${format}/captures/${name}`, "latin1").split("\n"))),
		),
	]),
];

/** Pieces that mean something to some grammar or to the line reader. */
const pieces = [
	...[
		"\n",
		"\r\n",
		"\r",
		"\0",
		"\t",
		" ",
		"  ",
		"\x1b[0m",
		"\x7f",
		"\xff",
		"\xc3",
		"\xc3\xa9",
		"\xe2\x80\xa8",
		"\xed\xa0\x80",
		"\xf0\x9f\x93\xa7",
		"\xef\xbb\xbf",
	],
	...['"', "\\", "'", "<", ">", "[", "]", "(", ")", "{", "}", ":", ";", ",", "=", "#", "|", "%", "\\n"],
	...["0", "9", "99999999999999999999", "-1", "1e999", "0x10", "007", "65536", "4294967296"],
	...["Nov 21 02:08:27 mx1 smtpf[27461]: ", "Feb 29 00:00:00 h p[1]: ", "<22>", "<999>", "2026-11-21T02:08:27.123456+09:00 ", "mail.info "],
	...[
		"2AK28R274610000200 ",
		"#717 ",
		'x="250 2.1.0 ok #283',
		"tid=",
		'f="',
		"[statistics] ",
		"[session][end]",
		"rfc822;",
		"<>",
		"TCP|1.2.3.4|5|6.7.8.9|99999",
	],
];

const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
const piece = fc.constantFrom(...pieces);
const line = fc.constantFrom(...corpusLines);

/** A real line with a part removed, doubled, or replaced by something unexpected. */
export const damagedLine: fc.Arbitrary<string> = fc
	.tuple(
		line,
		fc.array(
			fc.tuple(
				fc.nat(),
				fc.nat({ max: 20 }),
				fc.oneof(
					piece,
					byte,
					line.map((other) => other.slice(-30)),
				),
			),
			{ maxLength: 3 },
		),
	)
	.map(([text, changes]) =>
		changes.reduce((current, [at, length, put]) => {
			const from = at % (current.length + 1);
			return current.slice(0, from) + put + current.slice(from + length);
		}, text),
	);

const end = fc.constantFrom("\n", "\n", "\n", "\r\n", "");

/** Text in which each character is one byte. */
const log: fc.Arbitrary<string> = fc
	.array(
		fc.oneof(
			{ weight: 3, arbitrary: fc.tuple(line, end) },
			{ weight: 3, arbitrary: fc.tuple(damagedLine, end) },
			fc.tuple(piece, end),
			fc.tuple(byte, fc.constant("")),
		),
		{
			maxLength: 12,
		},
	)
	.map((parts) => parts.map(([text, eol]) => `${text}${eol}`).join(""));

export const logBytes: fc.Arbitrary<Buffer> = fc
	.oneof(
		{ weight: 4, arbitrary: log },
		fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString("latin1")),
	)
	.map((text) => Buffer.from(text, "latin1"));

export const chunkSizes: fc.Arbitrary<number[]> = fc.array(fc.oneof(fc.integer({ min: 1, max: 5 }), fc.integer({ min: 1, max: 500 })), {
	minLength: 1,
	maxLength: 8,
});
