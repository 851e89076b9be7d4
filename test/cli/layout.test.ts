import { describe, expect, test } from "vitest";
import { aligned, columnsOf, sheet, wrapped } from "../../src/cli/layout.js";

describe("columns", () => {
	test.each([
		["mail", 4],
		["受信者", 6],
		["「Hung up」", 11],
		["ｶﾅ", 2],
		["e\u0301", 1],
	])("%s takes %i", (text, columns) => {
		expect(columnsOf(text)).toBe(columns);
	});
});

describe("wrapping", () => {
	test("breaks at blanks and keeps words whole", () => {
		expect(wrapped("The peer reset the connection.", 14)).toEqual(["The peer reset", "the", "connection."]);
	});

	test("breaks Japanese anywhere but before what ends a phrase", () => {
		expect(wrapped("応答しませんでした。再開", 18)).toEqual(["応答しませんでし", "た。再開"]);
		expect(wrapped("セッションが切れた", 6)).toEqual(["セッ", "ション", "が切れ", "た"]);
	});

	test("keeps an English word inside Japanese whole", () => {
		expect(wrapped("子のmilterに原因", 9)).toEqual(["子の", "milterに", "原因"]);
	});

	test("cuts what no line can hold, and nothing is lost", () => {
		expect(wrapped("a 0123456789", 5)).toEqual(["a", "01234", "56789"]);
		expect(wrapped("", 5)).toEqual([""]);
	});
});

test("a table is aligned by columns, numbers to the right", () => {
	expect(
		aligned(
			[
				["ID", "COUNT", "TITLE"],
				["受信", "7", "x"],
			],
			[false, true],
		),
	).toEqual(["ID    COUNT  TITLE", "受信      7  x"]);
});

test("a sheet keeps its labels in one column", () => {
	expect(
		sheet(
			[
				["code", "717"],
				["explanation", "one two three and four"],
			],
			35,
			"  ",
			(label) => label,
		),
	).toBe("  code         717\n  explanation  one two three and\n               four\n");
});
