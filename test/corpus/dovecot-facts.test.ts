/** The values in expected.json, checked by hand for lines of the captures: each that is certain is right, and none is wrong. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { valueAt } from "../../src/format/value-at.js";
import type { WholeEvent } from "../../src/index.js";
import { packageRoot } from "../../src/root.js";
import { converted } from "./conversion.js";
import { type Formats, loadTestFormats } from "./formats.js";

const CAPTURES = fileURLToPath(new URL("corpus/dovecot/captures/", packageRoot));

interface Fact {
	readonly file: string;
	/** From 1. */
	readonly line: number;
	readonly shape: string;
	/** Path of the event → its value. */
	readonly expected: Readonly<Record<string, unknown>>;
	readonly soft?: Readonly<Record<string, unknown>>;
}
const facts = JSON.parse(readFileSync(`${CAPTURES}expected.json`, "utf8")) as readonly Fact[];

let known: Formats;
const events = new Map<string, readonly WholeEvent[]>();
beforeAll(async () => {
	known = await loadTestFormats();
	for (const file of new Set(facts.map(({ file }) => file)))
		events.set(file, (await converted(readFileSync(`${CAPTURES}${file.replace(/^.*\//, "")}`), known)).events);
});

const eventOf = ({ file, line }: Fact): WholeEvent => {
	const event = events.get(file)?.[line - 1];
	if (event === undefined) throw new Error(`${file} has no line ${line}`);
	return event;
};

/** What the events say where the facts say something. */
const found = (event: WholeEvent, paths: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> =>
	Object.fromEntries(Object.keys(paths).map((path) => [path, valueAt(event, path)]));

describe.each([...new Set(facts.map(({ shape }) => shape))])("%s", (shape) => {
	test.each(facts.filter((fact) => fact.shape === shape))("$file:$line", (fact) => {
		const event = eventOf(fact);
		expect({ raw: event.raw, ...found(event, fact.expected) }).toEqual({ raw: event.raw, ...fact.expected });
		expect({ raw: event.raw, ...found(event, fact.soft ?? {}) }).toEqual({ raw: event.raw, ...fact.soft });
	});
});

test("every record of the captures has a code", () => {
	for (const [file, all] of events)
		for (const { raw, code } of all) expect({ file, raw, code }).toEqual({ file, raw, code: expect.any(String) });
});
