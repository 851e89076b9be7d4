/** Fills blank expectations with what the records are read as now. */
import { readFileSync, writeFileSync } from "node:fs";
import type { Json } from "../format/json.js";
import type { Trial } from "./trial.js";

/** Keys that say nothing of how a record was read. */
const CONSTANT: ReadonlySet<string> = new Set(["schema_version", "id", "record", "raw", "raw_encoding", "source"]);

/** What a hop does not say is as much of a claim as what it says. */
const UNSAID = {
	ids: null,
	start: null,
	end: null,
	events: null,
	arrival: null,
	recipients: null,
	handovers: null,
	filterings: null,
	relations: null,
	missing: null,
};

/** Columns of an expectation that stands on one line. */
const WIDEST = 140;

/** Blank cases that may be filled: an unparsed record is accepted by the author's own hand only. */
export const isFillable = ({ verdict, wrong, differences }: Trial): boolean =>
	verdict === "blank" && wrong.length === 0 && differences.length === 0;

/** Writes expectations into the blank cases of one file. */
export function fillBlanks(file: string, trials: readonly Trial[]): void {
	// Latin-1 keeps every byte of the inputs.
	const lines = readFileSync(file, "latin1").split("\n");
	const blank = trials.filter((trial) => trial.tried.file === file && isFillable(trial));
	// From the end, so that the lines of those before stay where they are.
	for (const { tried, found } of [...blank].sort((a, b) => b.tried.arrowLine - a.tried.arrowLine)) {
		const { arrowLine } = tried;
		const whole = tried.expects === "hops" ? found.map((hop) => ({ ...UNSAID, ...Object(hop) })) : found;
		const text = whole.map(expectationOf).join("\n");
		const isLast = lines.slice(arrowLine).every((line) => line.trim() === "");
		const next = lines[arrowLine];
		// What follows is a blank line, the next title, or nothing.
		const behind = isLast ? [""] : next?.trim() === "" ? [] : [""];
		lines.splice(arrowLine, isLast ? lines.length : 0, Buffer.from(text).toString("latin1"), ...behind);
	}
	writeFileSync(file, lines.join("\n"), "latin1");
}

/** The keys that a format decides, on one line where they have room, and what is long in a list on lines of its own. */
function expectationOf(found: Json): string {
	const kept = Object.entries(Object(found)).filter(([key, value]) => !CONSTANT.has(key) && value !== undefined);
	const pairs = kept.map(([key, value]) => ({ key: JSON.stringify(key), value, text: spaced(value) }));
	const line = `{ ${pairs.map(({ key, text }) => `${key}: ${text}`).join(", ")} }`;
	if (line.length <= WIDEST) return line;
	const lines = pairs.map(({ key, value, text }) => {
		if (!Array.isArray(value) || key.length + text.length + 4 <= WIDEST) return `  ${key}: ${text}`;
		return `  ${key}: [\n${value.map((one) => `    ${spaced(one)}`).join(",\n")}\n  ]`;
	});
	return `{\n${lines.join(",\n")}\n}`;
}

/** JSON with a blank where the cases have one. */
function spaced(value: unknown): string {
	if (Array.isArray(value)) return value.length === 0 ? "[]" : `[${value.map(spaced).join(", ")}]`;
	if (typeof value !== "object" || value === null) return JSON.stringify(value);
	const pairs = Object.entries(value).filter(([, inner]) => inner !== undefined);
	return pairs.length === 0 ? "{}" : `{ ${pairs.map(([key, inner]) => `${JSON.stringify(key)}: ${spaced(inner)}`).join(", ")} }`;
}
