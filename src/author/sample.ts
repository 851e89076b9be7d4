/** The sample of a new format: which of its records no format reads yet, how they are framed, and what shapes they have. */

import type { Settings } from "../convert/convert.js";
import type { Input } from "../convert/input.js";
import { readableBytes } from "../convert/raw-bytes.js";
import { MailtrailError } from "../errors.js";
import { readRecords } from "./records.js";
import { type Part, shapeOf, shapeText } from "./shapes.js";

/** A stamp that programs write in front of their text themselves, and how a grammar reads it. */
export interface Stamp {
	readonly pattern: RegExp;
	/** Rule that reads it, and its body, unless the shared rules have it. */
	readonly rule: string;
	readonly body?: string;
	/** Function of the definition API that makes a time of it. */
	readonly decoder?: string;
	/** Programs of all kinds begin their lines so: the stamp alone tells none. */
	readonly isCommon?: true;
}

const STAMPS: readonly Stamp[] = [
	{ pattern: /^@[0-9a-f]{24} /, rule: "tai64n", body: '"@" hexDigit+', decoder: "fromTai64n" },
	{
		pattern: /^\d{10}(\.\d+)? /,
		rule: "epoch",
		body: 'digit digit digit digit digit digit digit digit digit digit ("." digit+)?',
		decoder: "fromEpoch",
		isCommon: true,
	},
	{ pattern: /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:?\d\d)? /, rule: "iso_stamp", isCommon: true },
];

/** Records of one shape. */
export interface SampleShape {
	readonly shape: string;
	readonly count: number;
	/** What stands for the classes in each of some records: types follow from it. */
	readonly examples: readonly (readonly Part[])[];
	/** The first of them as it stands in the log, each character a byte, and the year that convert knows it by when the line has none. */
	readonly raw: string;
	readonly year: number | undefined;
}

export interface Sample {
	/** Records of the new format. */
	readonly own: number;
	/** Program names in the frames; none when the records stand without a frame that is known. */
	readonly programs: readonly string[];
	readonly stamp: Stamp | undefined;
	/** The most frequent first. */
	readonly shapes: readonly SampleShape[];
}

interface Candidate {
	readonly program: string | undefined;
	readonly text: string;
	readonly raw: string;
	readonly year: number | undefined;
}

/** Records that are kept of a sample, and their characters: enough for the shapes of any program. */
const MOST = 200_000;
const MOST_CHARACTERS = 50_000_000;

/**
 * Reads the sample of the format `id`. Throws MailtrailError when there is nothing in it that is not read already, or when nobody can
 * tell which programs are meant.
 * @param programs names that belong to the format; when empty, those that no format reads
 */
export async function readSample(id: string, input: Input, settings: Settings, programs: readonly string[]): Promise<Sample> {
	const unread: Candidate[] = [];
	const readBy = new Map<string, number>();
	let records = 0;
	let characters = 0;
	for await (const { event, text } of readRecords(input, settings)) {
		records++;
		const { format, program, raw, raw_encoding, time, time_basis, source } = event;
		if (format !== undefined) readBy.set(format, (readBy.get(format) ?? 0) + 1);
		else if (unread.length < MOST && characters < MOST_CHARACTERS && source.lines === undefined) {
			characters += raw.length + text.length;
			unread.push({
				program,
				text,
				raw: readableBytes(raw, raw_encoding).toString("latin1"),
				year: time === undefined || time_basis?.year === "line" ? undefined : Number(time.slice(0, 4)),
			});
		}
	}
	const framed = unread.filter(({ program }) => program !== undefined);
	const isBare = programs.length === 0 && framed.length * 2 < unread.length;
	const chosen = isBare ? [] : chooseProgram(id, input.name, framed, programs);
	const own = isBare
		? unread.filter(({ program, text }) => program === undefined && text.trim() !== "")
		: framed.filter(({ program }) => chosen.includes(program ?? ""));
	if (own.length === 0) {
		const known = [...readBy].map(([format, count]) => `${format} ${count}`).join(", ");
		const why = records === 0 ? "it is empty" : known === "" ? "it has no text" : `all its records are read already: ${known}`;
		throw new MailtrailError(
			"sample.nothing",
			2,
			`the sample shows nothing of a new format: ${why}`,
			"Give a log of the program with --from.",
			{ file: input.name },
		);
	}
	const stamp = isBare
		? STAMPS.find(({ pattern }) => own.filter(({ text }) => pattern.test(text)).length * 10 >= own.length * 9)
		: undefined;
	return { own: own.length, programs: chosen, stamp, shapes: shapesOf(own, stamp) };
}

/** Those that are given; else those that begin as the id, or the only one. */
function chooseProgram(id: string, file: string, framed: readonly Candidate[], given: readonly string[]): readonly string[] {
	const counts = new Map<string, number>();
	for (const { program = "" } of framed) counts.set(program, (counts.get(program) ?? 0) + 1);
	const known = [...counts].sort((a, b) => b[1] - a[1]).map(([program, count]) => `${program} ${count}`);
	const refuse = (what: string, mend: string): never => {
		throw new MailtrailError("sample.program", 2, what, mend, { file });
	};
	for (const program of given)
		if (!counts.has(program))
			refuse(
				`no record of the program ${program} is left to be read`,
				`Programs without a format: ${known.slice(0, 20).join(", ") || "none"}.`,
			);
	if (given.length > 0) return given;
	const names = [...counts.keys()];
	const named = names.filter((program) => program.toLowerCase().startsWith(id) || id.startsWith(`${program}-`));
	if (named.length > 0) return named;
	if (names.length > 1)
		refuse(
			`several programs write into this log: ${known.slice(0, 20).join(", ")}`,
			"Name those of the new format: --program NAME, which may be repeated.",
		);
	return names;
}

/** Examples of a shape from which types follow. */
const ENOUGH = 100;

function shapesOf(own: readonly Candidate[], stamp: Stamp | undefined): SampleShape[] {
	const found = new Map<string, { shape: string; count: number; examples: (readonly Part[])[]; raw: string; year: number | undefined }>();
	for (const { text, raw, year } of own) {
		const parts = shapeOf(stamp === undefined ? text : text.replace(stamp.pattern, ""));
		const shape = shapeText(parts);
		const known = found.get(shape);
		if (known === undefined) found.set(shape, { shape, count: 1, examples: [parts], raw, year });
		else {
			known.count++;
			if (known.examples.length < ENOUGH) known.examples.push(parts);
		}
	}
	return [...found.values()].sort((a, b) => b.count - a.count);
}
