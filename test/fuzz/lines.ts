/** Damaged lines of all captures, the same for the same seed. */
import { corpusLines } from "../convert/arbitrary-logs.js";

/** Numbers between 0 and 1, the same for the same seed (mulberry32). */
export function randomOf(seed: number): () => number {
	let state = seed >>> 0;
	return () => {
		state = (state + 0x6d2b79f5) >>> 0;
		let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
		mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
		return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
	};
}

/** What stands in front of a line, or around it. */
const FRAMES: readonly ((line: string) => string)[] = [
	(line) => `Nov 21 02:08:27 mx1 smtpf[1]: ${line}`,
	(line) => `Feb 29 23:59:60 mx1 postfix/smtpd[99999]: ${line}`,
	(line) => `<22>Nov 21 02:08:27 mx1 ${line}`,
	(line) => `<165>1 2026-11-21T02:08:27.003Z mx1 postfix/qmgr 12 - - ${line}`,
	(line) => `2026-11-21T02:08:27.123456+09:00 mx1 ${line}`,
	(line) => `${JSON.stringify({ log: `${line}\n`, stream: "stdout", time: "2026-11-21T02:08:27.1Z" })}`,
	(line) => `2026-11-21T02:08:27.1Z stdout P ${line}`,
	(line) => `mail.log:12:${line}`,
	(line) => `${JSON.stringify({ MESSAGE: line, SYSLOG_IDENTIFIER: "postfix/smtp", __REALTIME_TIMESTAMP: "1790000000000000" })}`,
	(line) => `Nov 21 02:08:27 mx1 postfix/smtp[1]: message repeated 3 times: [ ${line}]`,
];

const PIECES = [
	'"',
	"\\",
	"<",
	">",
	"[",
	"]",
	"{",
	"}",
	":",
	"=",
	",",
	" ",
	"\t",
	"\0",
	"\r",
	"\x1b[2J",
	"\xff",
	"\xc3",
	"\xed\xa0\x80",
	"\xe2\x80\xae",
];
const NUMBERS = ["0", "-1", "99999999999999999999", "1e999", "4294967296", "007"];

/** One line, damaged in one way or another. Bytes are characters of Latin-1. */
export function damagedLine(random: () => number): string {
	const below = (limit: number): number => Math.floor(random() * limit);
	const pick = <T>(list: readonly T[]): T | undefined => list[below(list.length)];
	const any = (): string => pick(corpusLines) ?? "";
	const ways: readonly ((line: string, at: number) => string)[] = [
		(line) => line,
		(line, at) => line.slice(0, at),
		(line, at) => line.slice(at),
		(line, at) => line.slice(0, at) + String.fromCharCode(below(256)) + line.slice(at + 1),
		(line, at) => line.slice(0, at) + (pick(PIECES) ?? "").repeat(1 + below(3)) + line.slice(at),
		(line, at) => line.slice(0, at) + any().slice(below(100)),
		(line, at) => line.slice(0, at) + line.slice(at, at + 20).repeat(1 + below(30)) + line.slice(at),
		(line) => line.replace(/\d+/, () => pick(NUMBERS) ?? ""),
		(line, at) => line.slice(0, at) + (pick(PIECES) ?? "").repeat(below(2000)) + line.slice(at),
		(line) => pick(FRAMES)?.(line) ?? line,
	];
	let line = any();
	for (let left = below(4); left >= 0; left--) line = pick(ways)?.(line, below(line.length + 1)) ?? line;
	return line.slice(0, 20_000);
}

/** So many damaged lines as the bytes of a log. */
export function damagedLog(random: () => number, lines: number): Buffer {
	const ends = ["\n", "\n", "\n", "\r\n"];
	const text = Array.from({ length: lines }, () => damagedLine(random) + (ends[Math.floor(random() * ends.length)] ?? "\n")).join("");
	// Some logs are UTF-16, some have no line end at their end.
	const whole = random() < 0.1 ? text.trimEnd() : text;
	return random() < 0.1 ? Buffer.from(`\uFEFF${whole}`, "utf16le") : Buffer.from(whole, "latin1");
}
