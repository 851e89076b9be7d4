/** Every real log of the corpus: nothing lost, nothing left unread, every event valid, in both zones the tests run in. */
import { readFileSync } from "node:fs";
import { basename, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { corpusOf } from "../../src/author/cases.js";
import { BUILT_IN, formatFolders } from "../../src/format/folders.js";
import { events, openInput } from "../../src/index.js";
import { packageRoot } from "../../src/root.js";
import { converted } from "./conversion.js";
import { type Formats, loadTestFormats } from "./formats.js";

const CORPUS = fileURLToPath(new URL("corpus/", packageRoot));

const CHAIN = "the mail server of the chain logs into the same file";
const SU = "the script became another user to call the commands";

/** Captures with records of others: their formats or, for programs that no format reads, their programs; and why. */
const MIXED: Readonly<Record<string, { readonly others: readonly string[]; readonly why: string }>> = {
	"milter-manager/captures/postfix-mixed.mail.log": { others: ["postfix"], why: "the mail server that asks the milters" },
	"milter-manager/captures/chain-a.mail.log": { others: ["postfix"], why: CHAIN },
	"milter-manager/captures/chain-b.mail.log": { others: ["postfix"], why: CHAIN },
	"postfix/captures/administration.log": { others: ["su"], why: SU },
	"postfix/captures/instances-filters-verify.log": { others: ["su"], why: SU },
};

const captures = formatFolders(BUILT_IN).flatMap((folder) => {
	const format = basename(folder);
	return corpusOf({ id: format, folder }).captures.map((file) => ({ format, name: relative(CORPUS, file) }));
});

let known: Formats;
beforeAll(async () => {
	known = await loadTestFormats();
});

const countLines = (bytes: Buffer): number => bytes.toString("latin1").split("\n").length - (bytes.at(-1) === 0x0a ? 1 : 0);

describe.each(captures)("$name", ({ format, name }) => {
	const bytes = readFileSync(`${CORPUS}${name}`);

	test("each line is in one record, each record is an event of this format", async () => {
		const { events } = await converted(bytes, known);
		expect(events.reduce((lines, { source }) => lines + (source.lines ?? 1), 0)).toBe(countLines(bytes));
		const found = new Set(events.map((event) => event.format ?? event.program));
		expect([...found].sort()).toEqual([format, ...(MIXED[name]?.others ?? [])].sort());
	});
});

test("the list of mixed captures names files that exist", () => {
	expect(captures.map(({ name }) => name)).toEqual(expect.arrayContaining(Object.keys(MIXED)));
});

test("neither the zone of the machine nor its locale is in any event", async () => {
	const { TZ, LC_ALL } = process.env;
	const all = async (zone: string): Promise<string> => {
		process.env.TZ = zone;
		process.env.LC_ALL = "ja_JP.UTF-8";
		let text = "";
		for (const { name } of captures)
			for await (const event of events(await openInput(`${CORPUS}${name}`), { ...known, inputId: name }))
				text += `${JSON.stringify(event)}\n`;
		return text;
	};
	const summerOffset = (): number => new Date(2026, 6, 1).getTimezoneOffset();
	try {
		const east = await all("Pacific/Kiritimati");
		expect(summerOffset()).toBe(-14 * 60);
		const west = await all("America/St_Johns");
		expect(summerOffset()).toBe(2.5 * 60);
		expect(east === west, "the same events in both zones").toBe(true);
	} finally {
		Object.assign(process.env, { TZ });
		if (LC_ALL === undefined) delete process.env.LC_ALL;
		else process.env.LC_ALL = LC_ALL;
	}
});
