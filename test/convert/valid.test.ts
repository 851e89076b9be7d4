/** Whatever a line says, its event is valid: `converted` checks that. Lines are made up from the grammars, and damaged. */
import { beforeAll, describe, expect, test } from "vitest";
import { derived, integer, number } from "../../src/format/define.js";
import { loadFraming } from "../../src/format/load.js";
import { lower } from "../../src/grammar/lower.js";
import { bodyOf, picker, sampleOf } from "../../src/grammar/sample.js";
import type { Settings, WholeEvent } from "../../src/index.js";
import { converted } from "../corpus/conversion.js";
import { type Formats, loadTestFormats } from "../corpus/formats.js";
import { type BuiltIn, builtIn, IDS } from "../grammar/built-in.js";
import { mutated, type Random, random } from "../grammar/mutations.js";
import { smallFormat } from "../kernel/small-format.js";
import { corpusLines } from "./arbitrary-logs.js";

let known: Formats;
beforeAll(async () => {
	known = await loadTestFormats();
});

const NUMBERS = ["9".repeat(400), "9".repeat(309), "9".repeat(308), "0".repeat(400), "0", "-1", "1.5", "1e99", `${"9".repeat(300)}e99`, ""];

/** One of the numbers in a line becomes another. */
function renumbered(line: string, below: Random): string {
	const found = [...line.matchAll(/\d+/g)];
	const at = found[below(found.length)];
	if (at === undefined) return line;
	return line.slice(0, at.index) + NUMBERS[below(NUMBERS.length)] + line.slice(at.index + at[0].length);
}

/** Gives texts of a rule. */
function sampler({ grammar, captures }: BuiltIn, starts: readonly string[]): (rule: string, count: number) => string[] {
	const program = lower({ namespace: {}, files: new Map() }, grammar, { starts, captures });
	return (rule, count) => {
		const body = bodyOf(program, rule);
		expect(body, rule).toBeDefined();
		return body === undefined ? [] : Array.from({ length: count }, (_, seed) => sampleOf(body, picker(seed + 1)));
	};
}

async function check(lines: readonly string[], below: Random): Promise<void> {
	const damaged = lines.flatMap((line) => [line, renumbered(line, below), mutated(renumbered(line, below), below)]);
	await converted(damaged.map((line) => line.replaceAll("\n", " ")).join("\n"), known);
}

test.each(IDS)("lines made up from the grammar of %s", async (id) => {
	const built = await builtIn(id);
	const texts = sampler(built, [...built.frames, ...built.payloads, ...built.contents]);
	const below = random(7);
	const count = id === "framing" ? 1500 : 60;
	const payloads = built.payloads.flatMap((rule) => texts(rule, count));
	const messages = built.captures.filter((name) => /^message_t\d+$/.test(name)).flatMap((rule) => texts(rule, 2));
	await check([...built.frames.flatMap((rule) => texts(rule, count)), ...payloads], below);
	const program = built.definition?.programs?.[0]?.replace("*", "x") ?? id;
	await check(
		[...payloads, ...messages].map((text) => `Nov 21 02:08:09 mx1 ${program}[1]: ${text}`),
		below,
	);
});

test("lines of the corpus with numbers of any size", async () => {
	const below = random(5);
	const lines = Array.from({ length: 6000 }, () => renumbered(corpusLines[below(corpusLines.length)] ?? "", below));
	await converted(Buffer.from(lines.join("\n"), "latin1"), known);
});

describe("a number that the schema forbids is left out", () => {
	const format = smallFormat(
		`record = (pair ";")*
		 pair = "port=" port | "free=" free | "attempt=" attempt | "delay=" delay | "half=" half
		 port = rest
		 free = rest
		 attempt = rest
		 delay = rest
		 half = rest
		 rest = (~";" any)*`,
		{
			port: integer("client.port"),
			free: integer("fields.free"),
			attempt: integer("queue.attempt"),
			delay: [number("delay_seconds"), derived("fields.delay", Number)],
			half: number("message.size_bytes"),
		},
	);
	let settings: Settings;
	beforeAll(async () => {
		settings = { formats: [format], framing: await loadFraming(), forced: format };
	});

	const huge = "9".repeat(309);
	test.each<readonly [what: string, line: string, expected: Partial<WholeEvent>]>([
		["a port", "port=25;free=7;", { client: { port: 25 }, fields: { free: 7 } }],
		["too many digits", `port=${huge};free=7;`, { fields: { free: 7 } }],
		["words, where words may not stand", "port=smtp;free=none;", { fields: { free: "none" } }],
		["of several, the last counts", "port=25;port=smtp;attempt=2;", { queue: { attempt: 2 } }],
		["below the least", "port=-1;attempt=0;free=-1;", { fields: { free: -1 } }],
		["infinity", `delay=${"9".repeat(250)}e99;free=1;`, { fields: { free: 1 } }],
		["all at once", `port=x;attempt=x;delay=x;half=x;free=${huge};`, { fields: { free: huge } }],
		["a fraction of a byte", "half=1.5;delay=1.5;", { delay_seconds: 1.5, fields: { delay: 1.5 } }],
	])("%s", async (_, line, expected) => {
		const { events } = await converted(`${line}\nport=1;\n`, settings);
		const [{ schema_version, id, record, format: read, raw, source, ...rest } = {}, second] = events as readonly Partial<WholeEvent>[];
		expect(rest).toEqual(expected);
		expect(second?.client).toEqual({ port: 1 });
	});
});
