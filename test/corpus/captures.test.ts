/** Every real log of the corpus: nothing lost, nothing left unread, every event valid, in both zones the tests run in. */
import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { type Event, events, openInput } from "../../src/index.js";
import { packageRoot } from "../../src/root.js";
import { converted } from "./conversion.js";
import { type Formats, loadTestFormats } from "./formats.js";

const CORPUS = fileURLToPath(new URL("corpus/", packageRoot));
const NO_LOGS = ["SOURCES.md", "expected.json", "chain-a.truth.json", "chain-b.truth.json"];

/** Captures of several programs: the other format in them, and why. */
const MIXED: Readonly<Record<string, { readonly other: string; readonly why: string }>> = {
	"milter-manager/captures/postfix-mixed.mail.log": {
		other: "postfix",
		why: "the mail server that asks the milters logs into the same file",
	},
	"milter-manager/captures/chain-a.mail.log": { other: "postfix", why: "the mail server of the chain logs into the same file" },
	"milter-manager/captures/chain-b.mail.log": { other: "postfix", why: "the mail server of the chain logs into the same file" },
};

const captures = readdirSync(CORPUS).flatMap((format) =>
	readdirSync(`${CORPUS}${format}/captures`)
		.filter((name) => !NO_LOGS.includes(name))
		.map((name) => ({ format, name: `${format}/captures/${name}` })),
);

let known: Formats;
beforeAll(async () => {
	known = await loadTestFormats();
}, 60_000);

const countLines = (bytes: Buffer): number => bytes.toString("latin1").split("\n").length - (bytes.at(-1) === 0x0a ? 1 : 0);

/** Keys of `fields` that the catalog of the event's format does not declare. */
function undeclared(event: Event): string[] {
	const declared = known.formats.find(({ id }) => id === event.format)?.catalog.fields ?? {};
	return Object.keys(event.fields ?? {}).filter((key) => key !== "log_profile" && !(key in declared));
}

describe.each(captures)("$name", ({ format, name }) => {
	const bytes = readFileSync(`${CORPUS}${name}`);

	test("each line is in one record, each record is an event of this format", async () => {
		const { events } = await converted(bytes, known);
		expect(events.reduce((lines, { source }) => lines + (source.lines ?? 1), 0)).toBe(countLines(bytes));
		const formats = [format, ...(MIXED[name] === undefined ? [] : [MIXED[name].other])];
		expect(events.filter((event) => !formats.includes(event.format ?? "none"))).toEqual([]);
		expect([...new Set(events.map((event) => event.format))].sort()).toEqual(formats.toSorted());
		expect(events.flatMap(undeclared)).toEqual([]);
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
