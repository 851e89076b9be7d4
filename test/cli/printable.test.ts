import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { grouped, parseSize, percentage } from "../../src/cli/numbers.js";
import { printable, printableLines, shortened } from "../../src/cli/printable.js";

describe("printable", () => {
	test.each([
		["a title of the window", "\u001b]0;owned\u0007", "\\x1b]0;owned\\x07"],
		["an eight-bit escape", "\u009b31m", "\\x9b31m"],
		["a line of our own faked", "x\nmailtrail: all fine\r", "x\\nmailtrail: all fine\\r"],
		["right-to-left override", "exe.\u202efdp", "exe.\\u{202e}fdp"],
		["half a surrogate pair", "a\ud800b", "a\\u{d800}b"],
		["line separator", "a\u2028b", "a\\u{2028}b"],
		["what stays: letters of any script, blanks, emoji", "受信者 é \u00a0😀", "受信者 é \u00a0😀"],
	])("%s", (_, text, expected) => {
		expect(printable(text)).toBe(expected);
	});

	test("leaves no control character, whatever comes in", () => {
		fc.assert(fc.property(fc.string({ unit: "binary" }), (text) => !/[\p{Cc}\p{Cf}\p{Cs}]/u.test(printable(text))));
	});

	test("keeps our own line ends when asked to", () => {
		expect(printableLines("a\u001b\n  b")).toBe("a\\x1b\n  b");
	});
});

test("shortened text is never longer than asked and never ends in half a character", () => {
	expect(shortened("abcdef", 6)).toBe("abcdef");
	expect(shortened("abcdefg", 6)).toBe("abcde…");
	expect(shortened("ab😀defg", 4)).toBe("ab…");
});

test.each([
	["65536", 65536],
	["64k", 65536],
	["1MiB", 1048576],
	["2 GB", 2147483648],
	["0", undefined],
	["-1", undefined],
	["1T", undefined],
	["", undefined],
	["k", undefined],
])("size %s", (text, expected) => {
	expect(parseSize(text)).toBe(expected);
});

test("numbers are grouped alike everywhere", () => {
	expect([0, 999, 1000, 1234567].map(grouped)).toEqual(["0", "999", "1,000", "1,234,567"]);
});

test("a share is never 0% or 100% when it is not", () => {
	expect([
		percentage(0, 10),
		percentage(1, 1_000_000),
		percentage(1, 3),
		percentage(999_999, 1_000_000),
		percentage(7, 7),
		percentage(0, 0),
	]).toEqual(["0%", "0.0001%", "33.33%", "99.99%", "100%", "0%"]);
});
