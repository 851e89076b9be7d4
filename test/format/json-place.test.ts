import { describe, expect, test } from "vitest";
import { placeInJson } from "../../src/format/json-place.js";

const TEXT = `{
  "a": [1, { "b/c": "}]," }, [], [2]],
  "d": {},
  "e~": { "f": { "g": null } }
}
`;

describe("the place of a value in JSON", () => {
	test.each([
		["", 1, 1],
		["/a", 2, 8],
		["/a/0", 2, 9],
		["/a/1", 2, 12],
		["/a/1/b~1c", 2, 21],
		["/a/2", 2, 30],
		["/a/3/0", 2, 35],
		["/d", 3, 8],
		["/e~0/f/g", 4, 23],
	])("%s", (pointer, line, column) => {
		expect(placeInJson("x.json", TEXT, pointer)).toEqual({ file: "x.json", line, column });
	});

	test("of a value that is not there, that around it", () => {
		expect(placeInJson("x.json", TEXT, "/e~0/f/none/at/all")).toEqual({ file: "x.json", line: 4, column: 16 });
		expect(placeInJson("x.json", TEXT, "/a/9")).toEqual({ file: "x.json", line: 2, column: 8 });
	});
});
