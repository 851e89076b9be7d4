/** Each error of loading a user's format, with a broken specimen. */
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { describe, expect, test } from "vitest";
import { loadFormat } from "../../src/format/load.js";
import { CATALOG, FORMAT, GRAMMAR, parcel } from "../author/parcel.js";

const LOAD = resolve("dist/src/format/load.js");
const DEFINITION = resolve("dist/src/format/definition.js");

/** Folders of tests have names of their own each time. */
const withoutFolder = (text: string, folder: string): string => text.replaceAll(`${folder}/parcel/`, "").replaceAll(`${folder}/`, "");

/** What the built command says: there, modules are loaded by node itself. */
function refusalOfNode(files: Readonly<Record<string, string | undefined>>): string {
	const folder = parcel(files);
	const script = `const [load, definition, folder] = process.argv.slice(1);
		const loaded = async () => (await (await import(load)).loadFormat(folder)).definition;
		const trail = async () => (await import(definition)).readTrail(await loaded(), folder);
		trail().then(() => console.log("loaded"), (error) => console.log(error.message));`;
	const { stdout, stderr } = spawnSync(process.execPath, ["-e", script, LOAD, DEFINITION, join(folder, "parcel")], { encoding: "utf8" });
	return withoutFolder(`${stdout}${stderr}`, folder);
}

const API = 'import { defineFormat, text } from "mailtrail/format";\n';
const IMPORTS = 'A format imports "mailtrail/format", files of its own folder, and modules of Node.js.';

describe.skipIf(!existsSync(LOAD))("a broken format file is refused with its place and the mend", () => {
	test("none of these is: modules of node, files of its own, the definition API", () => {
		const own = `${API}import "node:path";\nimport format from "./definition.js";\nexport default defineFormat(format);\n`;
		expect(refusalOfNode({ "format.js": own, "definition.js": FORMAT })).toBe("loaded\n");
		expect(refusalOfNode({ "format.js": undefined, "format.mjs": `${API}${FORMAT}` })).toBe("loaded\n");
	});

	test.each([
		[
			"a syntax error",
			{ "format.js": `${API}export default defineFormat({\n  id: = "parcel",\n});\n` },
			"format.js:3:7: the format file cannot be loaded: Unexpected token '='\n    id: = \"parcel\",\n        ^\n  Correct the file.\n",
		],
		[
			"something that the definition API does not have",
			{ "format.js": `import { defineFormat, txt } from "mailtrail/format";\n${FORMAT}` },
			"format.js:1:24: the format file cannot be loaded: The requested module 'mailtrail/format' does not provide an export named 'txt'\n  import { defineFormat, txt } from \"mailtrail/format\";\n                         ^\n  Correct the file.\n",
		],
		[
			"an error when it runs",
			{ "format.js": `${API}export default defineFormat({ id: parcel });\n` },
			"format.js:2:35: the format file cannot be loaded: parcel is not defined\n  export default defineFormat({ id: parcel });\n                                    ^\n  Correct the file.\n",
		],
		[
			"a file that is not there",
			{ "format.js": `import "./none.js";\n${FORMAT}` },
			`format.js: the format file cannot be loaded: Cannot find module 'none.js' imported from format.js\n  ${IMPORTS}\n`,
		],
		[
			"a package",
			{ "format.js": `import "left-pad";\n${FORMAT}` },
			`format.js: the format file cannot be loaded: Cannot find package 'left-pad' imported from format.js\n  ${IMPORTS}\n`,
		],
		[
			"no tracker where it says that there is one",
			{ "format.js": `${API}${FORMAT.replace("captures", 'trail: () => import("./none.js"), captures')}` },
			`format.js: the format file cannot be loaded: Cannot find module 'none.js' imported from format.js\n  ${IMPORTS}\n`,
		],
		[
			"a tracker that is no module",
			{ "format.js": `${API}${FORMAT.replace("captures", "trail: () => ({ add: () => undefined }), captures")}` },
			'format.js: the `trail` of the format gives no module with a function `trail`\n  Write trail: () => import("./trail.js"), and export the function there.\n',
		],
		[
			"no definition",
			{ "format.js": undefined },
			"parcel: this folder holds no format\n  A format folder has format.js, a grammar and a catalog; `mailtrail formats new` writes them.\n",
		],
		[
			"no export",
			{ "format.js": "export const format = {};\n" },
			"format.js: the format file has no `export default defineFormat({ id, title, grammar, captures, … })`\n  See CONTRIBUTING.md.\n",
		],
		[
			"another id",
			{ "format.js": FORMAT.replace('"parcel"', '"letter"') },
			'format.js: the format calls itself "letter", its folder "parcel"\n  Give both the same name.\n',
		],
		[
			"a capture that is no field",
			{ "format.js": FORMAT.replace('{ kind: "text", path: "code" }', '"code"') },
			'format.js: the capture "number" is no field\n  Write number: text("client.ip"), or integer, list, derived, … of "mailtrail/format".\n',
		],
		[
			"a list with nothing between its elements",
			{ "format.js": FORMAT.replace('{ kind: "text", path: "fields.place" }', '{ kind: "list", path: "fields.place", separator: "" }') },
			'format.js: the list "place" has an empty separator\n  Name what stands between its elements, or leave it out.\n',
		],
		[
			"words that tell no id",
			{ "format.js": FORMAT.replace('bare: "bare"', 'bare: "bare", told: ["accepted as"]') },
			'format.js: "accepted as" does not say where the id stands\n  Write {id} in its place: "accepted as {id}".\n',
		],
	])("%s", (_, files, message) => {
		expect(refusalOfNode(files)).toBe(message);
	});
});

describe("a broken grammar or catalog is refused with its place and the mend", () => {
	test.each([
		[
			"no grammar",
			{ "parcel.ohm": undefined },
			'parcel.ohm: the format "parcel" has no grammar\n  Write parcel.ohm beside its format file.',
		],
		[
			"a rule that the grammar does not have",
			{ "parcel.ohm": GRAMMAR.replace('"van"            -- van', "car              -- car") },
			'parcel.ohm:9:11: grammar Parcel has no rule "car"\n          | car              -- car\n            ^\n  Define the rule, correct the name, or inherit from the grammar that has it.',
		],
		[
			"a start rule that the grammar does not have",
			{ "format.js": FORMAT.replace('bare: "bare"', 'bare: "alone"') },
			'format.js:6:9: grammar Parcel has no rule "alone", with which the format reads records\n  Define the rule, or correct the name; without a name for the rule of records it is `record`.',
		],
		[
			"a rule that Shared has already",
			{ "parcel.ohm": GRAMMAR.replace("  number =", "  word = letter+\n  number =") },
			'parcel.ohm:6:3: grammar Shared, which this one inherits from, has a rule "word" already\n    word = letter+\n    ^\n  Choose another name, or write word := … to replace it, word += … to add alternatives.',
		],
		[
			"a grammar that is not linear",
			{ "parcel.ohm": GRAMMAR.replace("content = any*", 'content = (place* "!" | any "")*') },
			'parcel.ohm:4:14: a loop with captures in rule "content" could be tried again and again over the same text\n    content = (place* "!" | any "")*\n               ^\n  Take the captures out of the loop, or move the loop out of the repeated alternative, so that the time stays linear.',
		],
		[
			"no catalog",
			{ "catalog.json": undefined },
			"catalog.json: the catalog cannot be read: ENOENT: no such file or directory, open 'catalog.json'\n  Every format has a catalog.json, at least with empty `fields` and `entries`.",
		],
		[
			"a catalog that is no JSON",
			{ "catalog.json": CATALOG.replace('"fields":', "fields:") },
			"catalog.json:3:3: this is not JSON: Expected double-quoted property name\n  Repair the file.",
		],
		[
			"a key that a catalog does not have",
			{ "catalog.json": CATALOG.replace('"level": "info"', '"lvl": "info"') },
			'catalog.json:10:14: /entries/0 must NOT have additional properties ("lvl")\n  See schemas/catalog.schema.json for what a catalog may hold.',
		],
		[
			"a code that stands twice",
			{ "catalog.json": CATALOG.replace('"11"', '"10"') },
			'catalog.json:16:15: the code "10" stands twice in the catalog\n  Make one entry of them, with `variants`.',
		],
		[
			"a placeholder that nobody declared",
			{ "catalog.json": CATALOG.replace("lost in {place}", "lost at {spot}") },
			'catalog.json:18:19: the template of "11" cannot be used: placeholder {spot} is neither a rule of the grammar nor declared in the catalog\'s fields\n  Correct the template, or declare the field.',
		],
	])("%s", async (_, files, message) => {
		const folder = parcel(files);
		const refused = await loadFormat(join(folder, "parcel")).then(String, String);
		expect(withoutFolder(refused, folder)).toBe(`MailtrailError: ${message}`);
	});
});
