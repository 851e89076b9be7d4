/** Formats in a folder of a user: found, loaded, and refused with the place and the mend. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { loadFormat } from "../../src/format/load.js";

let root = "";
beforeAll(() => {
	root = mkdtempSync(join(tmpdir(), "mailtrail-"));
});
afterAll(() => rmSync(root, { recursive: true }));

test("x", async () => {
	const f = join(root, "parcel");
	mkdirSync(f);
	writeFileSync(join(f, "format.js"), 'import { defineFormat, text } from "mailtrail/format";\nexport default defineFormat({ id: "parcel", title: "P", grammar: "Parcel", captures: { text: text("text") } });\n');
	writeFileSync(join(f, "parcel.ohm"), "Parcel <: Shared {\n  record = text\n  text = any*\n}\n");
	writeFileSync(join(f, "catalog.json"), '{"format":"parcel","fields":{},"entries":[]}');
	const format = await loadFormat(f);
	expect(format.id).toBe("parcel");
});
