/** What is said of records at which a format failed. */
import { expect, test } from "vitest";
import { parcel } from "../author/parcel.js";
import { mailtrail } from "./fake-terminal.js";

const FORMAT = `import { defineFormat, derived } from "mailtrail/format";
const kindOf = (kind) => {
  if (kind === "bad") throw new TypeError("not \\u001b[31mthis\\u001b[0m");
  return kind;
};
export default defineFormat({
  id: "parcel", title: "Parcel service", grammar: "Parcel", programs: ["small"], captures: { kind: derived("fields.kind", kindOf) },
});
`;
const folder = (): string =>
	parcel({
		"format.js": FORMAT,
		"parcel.ohm": "Parcel <: Shared {\n  record = kind\n  kind = any*\n}\n",
		"catalog.json": '{ "format": "parcel", "fields": { "kind": { "type": "text", "title": "Kind" } }, "entries": [] }',
	});

const line = (payload: string): string => `2026-11-21T02:08:09+00:00 mx1 small[7]: ${payload}\n`;
const log = ["good", "bad", "good", "bad"].map(line).join("");
const FIRST = `mailtrail: standard input:2 (offset ${line("good").length}): this is a bug: the record cannot be read as parcel, so it is unparsed: TypeError: not \\x1b[31mthis\\x1b[0m\n`;

test("convert tells the first one, and reads the others", async () => {
	const { exit, stdout, stderr } = await mailtrail(["convert", "--formats-dir", folder()], { stdin: [log] });
	expect(stderr).toBe(
		`${FIRST}  Set MAILTRAIL_DEBUG=1 to see where, and report it together with the record.\n` +
			"mailtrail: 4 records, 2 unparsed (50%): parcel 2\n",
	);
	expect(exit).toBe(0);
	expect(stdout.match(/"unparsed_reason":"failed"/g)).toHaveLength(2);
});

test("also when it is to be quiet, and where in the code when that is asked for", async () => {
	const { stderr } = await mailtrail(["convert", "--quiet", "--formats-dir", folder()], { stdin: [log], env: { MAILTRAIL_DEBUG: "1" } });
	expect(stderr.startsWith(`${FIRST}  Report it together with the record.\nTypeError: `)).toBe(true);
	expect(stderr).toContain("parcel/format.js");
	expect(stderr.match(/this is a bug/g)).toHaveLength(1);
});

test("correlate tells it, too", async () => {
	const { stderr } = await mailtrail(["correlate", "-q", "--formats-dir", folder()], { stdin: [log] });
	expect(stderr).toContain(FIRST);
});
