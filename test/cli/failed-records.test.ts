/** What is said of records at which a format failed. */
import { expect, test, vi } from "vitest";
import { derived } from "../../src/format/define.js";
import { smallFormat } from "../kernel/small-format.js";
import { mailtrail } from "./fake-terminal.js";

const format = smallFormat(
	"record = kind\n kind = any*",
	{
		kind: derived("fields.kind", (kind) => {
			if (kind === "bad") throw new TypeError("not \u001b[31mthis\u001b[0m");
			return kind;
		}),
	},
	{ programs: ["small"] },
);

vi.mock("../../src/format/load.js", async (original) => ({
	...(await original<typeof import("../../src/format/load.js")>()),
	loadFormats: async () => [format],
}));

const line = (payload: string): string => `2026-11-21T02:08:09+00:00 mx1 small[7]: ${payload}\n`;
const log = ["good", "bad", "good", "bad"].map(line).join("");
const FIRST = `mailtrail: standard input:2 (offset ${line("good").length}): this is a bug: the record cannot be read as small, so it is unparsed: TypeError: not \\x1b[31mthis\\x1b[0m\n`;

test("convert tells the first one, and reads the others", async () => {
	const { exit, stdout, stderr } = await mailtrail(["convert"], { stdin: [log] });
	expect(stderr).toBe(
		`${FIRST}  Set MAILTRAIL_DEBUG=1 to see where, and report it together with the record.\n` +
			"mailtrail: 4 records, 2 unparsed (50%): small 2\n",
	);
	expect(exit).toBe(0);
	expect(stdout.match(/"unparsed_reason":"failed"/g)).toHaveLength(2);
});

test("also when it is to be quiet, and where in the code when that is asked for", async () => {
	const { stderr } = await mailtrail(["convert", "--quiet"], { stdin: [log], env: { MAILTRAIL_DEBUG: "1" } });
	expect(stderr.startsWith(`${FIRST}  Report it together with the record.\nTypeError: `)).toBe(true);
	expect(stderr).toContain("failed-records.test.ts:");
	expect(stderr.match(/this is a bug/g)).toHaveLength(1);
});

test("correlate tells it, too", async () => {
	const { stderr } = await mailtrail(["correlate", "-q"], { stdin: [log] });
	expect(stderr).toContain(FIRST);
});
