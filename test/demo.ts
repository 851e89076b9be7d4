/**
 * `npm run demo`: the main job on the real logs of the corpus. Shows lines and the events they become, what a message
 * means, and a table of what was read. Ends with 0 only if every event was valid and every file came back byte for byte.
 */
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { coloursOf } from "../src/cli/colours.js";
import { aligned, type Row, sheet, widthOf } from "../src/cli/layout.js";
import { printable } from "../src/cli/printable.js";
import { run } from "../src/cli/run.js";
import { processTerminal } from "../src/cli/terminal.js";
import {
	convert,
	type Event,
	emptySummary,
	isEvent,
	loadFormats,
	loadFraming,
	openInput,
	restore,
	type Settings,
	type Summary,
} from "../src/index.js";
import { packageRoot } from "../src/root.js";

/** Captures to show, and texts that single out the records to show of them. */
const SHOWN = [
	{ file: "smtpf/captures/grey.log", records: ["#637 start", "#387 grey listed", "#720 message"] },
	{
		file: "milter-manager/captures/postfix-mixed.mail.log",
		records: ["[header][add]", "[session][end]", "milter-reject: RCPT", "status=sent"],
	},
	{ file: "sun-mta/captures/stand-in-chain-a.log", records: [" ims-ms       EE ", " Q ", " TCP|"] },
	{ file: "sun-service/captures/service-logs.log", records: ["badlogin"] },
];

/** What every event has, and what repeats the line. */
const LEFT_OUT = ["schema_version", "id", "time_basis", "level_basis", "host", "program", "pid", "text", "raw", "source"];

const terminal = processTerminal();
const { bold, cyan, dim, green, red } = coloursOf(terminal.stdout.hasColour);
const print = (text: string): Promise<void> => terminal.stdout.write(text);
const width = widthOf(terminal.stdout);
const known = { formats: await loadFormats(), framing: await loadFraming() };
const corpus = fileURLToPath(new URL("corpus/", packageRoot));

interface Outcome {
	readonly summary: Summary;
	readonly events: readonly Event[];
	readonly invalid: number;
	readonly isRestored: boolean;
}

/** A whole log to NDJSON, each line of it checked against the schema, and back to the log. */
async function read(file: string): Promise<Outcome> {
	const input = await openInput(join(corpus, file));
	// Syslog stamps have no year; all these logs are of 2026, or have it.
	const settings: Settings = { ...known, inputId: file, year: 2026 };
	const summary = emptySummary();
	const ndjson = await collected(convert(input, settings, summary));
	const lines = ndjson.toString().trimEnd().split("\n");
	const all = lines.filter((line) => line !== "").map((line): unknown => JSON.parse(line));
	const events = all.filter(isEvent);
	const restored = await collected(restore(file, once(ndjson)));
	return { summary, events, invalid: all.length - events.length, isRestored: restored.equals(readFileSync(join(corpus, file))) };
}

async function collected(chunks: AsyncIterable<Buffer>): Promise<Buffer> {
	const all: Buffer[] = [];
	for await (const chunk of chunks) all.push(chunk);
	return Buffer.concat(all);
}

async function* once(bytes: Buffer): AsyncGenerator<Buffer> {
	yield bytes;
}

/** `client.ip`, `envelope.to.0.address`: the leaves of an event, as paths. */
function leaves(value: unknown, path: string): Row[] {
	const isFlat = typeof value !== "object" || value === null || (Array.isArray(value) && value.every((one) => typeof one !== "object"));
	if (isFlat) return [[path, typeof value === "string" ? printable(value) : JSON.stringify(value)]];
	return Object.entries(value).flatMap(([key, inner]) => leaves(inner, path === "" ? key : `${path}.${key}`));
}

function shown(event: Event): string {
	const kept = Object.fromEntries(Object.entries(event).filter(([key]) => !LEFT_OUT.includes(key)));
	// The options of a Sun log are told in each of its events.
	const rows = leaves(kept, "").filter(([path]) => !path.startsWith("fields.log_profile"));
	return `${sheet([["line", printable(event.raw ?? "")]], width, "  ", bold)}${sheet(rows, width, "    ", cyan)}`;
}

const outcomes = new Map<string, Outcome>();
for (const format of known.formats) {
	const captures = join(corpus, format.id, "captures");
	for (const name of readdirSync(captures).sort())
		if (name.endsWith(".log")) {
			const file = relative(corpus, join(captures, name));
			outcomes.set(file, await read(file));
		}
}

for (const { file, records } of SHOWN) {
	await print(`\n${bold(`corpus/${file}`)}\n`);
	for (const text of records) {
		const event = outcomes.get(file)?.events.find(({ raw }) => raw?.includes(text));
		if (event === undefined) throw new Error(`no record of ${file} has "${text}"`);
		await print(`\n${shown(event)}`);
	}
}

const explained = "#387";
await print(`\n${bold(`mailtrail explain '${explained}'`)}\n\n`);
const exit = await run(["explain", explained], terminal);

const holds = ({ invalid, isRestored, summary, events }: Outcome): boolean =>
	invalid === 0 && isRestored && events.length === summary.records;
const verdict = (isGood: boolean, good: string, bad: string): string => (isGood ? green(good) : red(bad));

function row(title: string, these: readonly Outcome[]): string[] {
	const sum = (count: (outcome: Outcome) => number): number => these.reduce((total, outcome) => total + count(outcome), 0);
	const ids = [...new Set(these.flatMap(({ summary }) => [...summary.byFormat.keys()]))];
	const invalid = sum((outcome) => outcome.invalid);
	return [
		title,
		String(sum(({ summary }) => summary.records)),
		ids.map((id) => `${id} ${sum(({ summary }) => summary.byFormat.get(id) ?? 0)}`).join(", "),
		String(sum(({ summary }) => summary.unparsed)),
		invalid === 0 ? "all" : `${invalid} not`,
		these.every(({ isRestored }) => isRestored) ? "byte for byte" : "DIFFERS",
	];
}

const one = SHOWN.map(({ file }) =>
	row(
		file.replace("/captures", ""),
		[...outcomes].flatMap(([name, outcome]) => (name === file ? [outcome] : [])),
	),
);
const others = known.formats.flatMap(({ id }) => {
	const these = [...outcomes].flatMap(([file, outcome]) =>
		file.startsWith(`${id}/`) && SHOWN.every((other) => other.file !== file) ? [outcome] : [],
	);
	return these.length === 0 ? [] : [row(`${id}: ${these.length} more logs`, these)];
});
const table = [["FILE", "RECORDS", "EVENTS", "UNPARSED", "VALID", "RESTORED"], ...one, ...others, row("all", [...outcomes.values()])];
const [head = "", ...body] = aligned(table, [false, true, false, true]);
await print(`\n${[bold(head), ...body].join("\n")}\n\n`);
await print(dim("Unparsed are records of programs without a format. They are events too: nothing of them is lost.\n"));

const failed = [...outcomes].filter(([, outcome]) => !holds(outcome)).map(([file]) => file);
const silent = SHOWN.filter(({ file }) => (outcomes.get(file)?.summary.byFormat.size ?? 0) === 0).map(({ file }) => file);
const isGood = failed.length === 0 && silent.length === 0 && exit === 0;
await print(
	`\n${verdict(isGood, "Everything held.", `Did not hold: ${[...failed, ...silent, ...(exit === 0 ? [] : ["explain"])].join(", ")}`)}\n`,
);
process.exitCode = isGood ? 0 : 1;
