import type { ValidateFunction } from "ajv/dist/2020.js";
import { newAjv } from "../format/ajv.js";
import { type Event, SCHEMA_VERSIONS } from "../format/event.js";
import { readShipped } from "../root.js";
import { type Mismatch, mismatch, quoted } from "./expectation.js";
import { type JsonLine, jsonLines, MAX_JSON_LINE_BYTES } from "./ndjson.js";

/** One thing that is wrong in a file of events. */
export interface Finding extends Mismatch {
	readonly file: string;
	/** Counted from 1; absent when the finding is about all input. */
	readonly line?: number;
}

/** What was seen, over all files. */
export interface Tally {
	/** Lines that hold something. */
	readonly events: number;
	/** Lines with at least one finding. */
	readonly invalid: number;
	readonly findings: number;
	/** Events with `record` = `unparsed`. */
	readonly unparsed: number;
	/** Lines that follow a schema this version does not know; told once for each version and file. */
	readonly foreign: number;
}

/** How many records may be unparsed: a share of all events, or a number of them. */
export type UnparsedLimit = { readonly percent: number } | { readonly count: number };

export interface ValidateOptions {
	/** Lines longer than this are findings. */
	readonly maxLineBytes?: number;
	/** An `id` that stands in two events is a finding; keeps every id in memory. */
	readonly hasUniqueIds?: boolean;
	readonly maxUnparsed?: UnparsedLimit;
}

export interface Validator {
	/** Findings of one file, in batches, in the order of its lines. */
	readonly check: (file: string, chunks: AsyncIterable<Uint8Array>) => AsyncGenerator<readonly Finding[]>;
	/** Adds a finding of somebody else. */
	readonly note: (finding: Finding) => readonly Finding[];
	/** Findings about all input together; call it once, after the last file. */
	readonly finish: () => readonly Finding[];
	readonly tally: Tally;
}

/** A line with thousands of errors is one broken line, not thousands of lines of report. */
const MAX_FINDINGS_PER_LINE = 20;
/** Version texts are input too: no more than this many are remembered to be told once. */
const MAX_FOREIGN_VERSIONS = 64;

/** Reads files of events against the event schema. One validator for all files of a run. */
export function createValidator(options: ValidateOptions = {}): Validator {
	const tally = { events: 0, invalid: 0, findings: 0, unparsed: 0, foreign: 0 };
	const foreignSeen = new Set<string>();
	const ids = options.hasUniqueIds ? createIdMemory() : undefined;
	let firstUnparsed: { readonly file: string; readonly line: number } | undefined;

	const checkEvent = (value: unknown, file: string, line: number): readonly Mismatch[] => {
		const version = foreignVersion(value);
		if (version !== undefined) {
			tally.foreign += 1;
			const key = `${version} ${file}`;
			if (foreignSeen.has(key) || foreignSeen.size >= MAX_FOREIGN_VERSIONS) return [];
			foreignSeen.add(key);
			return [unknownVersion(version)];
		}
		if (!isEvent(value)) return eventMismatches(value);
		if (value.record === "unparsed") {
			tally.unparsed += 1;
			firstUnparsed ??= { file, line };
		}
		const isRepeated = ids !== undefined && !ids.add(value.id);
		return isRepeated ? [{ pointer: "/id", expected: "an id that no other event has", found: quoted(value.id) }] : [];
	};

	const checkLine = (line: JsonLine, file: string): readonly Mismatch[] => {
		const before = tally.foreign;
		tally.events += 1;
		const found = "mismatch" in line ? [line.mismatch] : checkEvent(line.value, file, line.number);
		if (found.length > 0 || tally.foreign > before) tally.invalid += 1;
		return found;
	};

	return {
		tally,
		async *check(file, chunks) {
			for await (const lines of jsonLines(chunks, options.maxLineBytes ?? MAX_JSON_LINE_BYTES)) {
				const findings: Finding[] = [];
				for (const line of lines) {
					for (const found of checkLine(line, file)) findings.push({ file, line: line.number, ...found });
				}
				tally.findings += findings.length;
				if (findings.length > 0) yield findings;
			}
		},
		note(finding) {
			tally.findings += 1;
			return [finding];
		},
		finish() {
			const findings: Finding[] = [];
			if (options.maxUnparsed !== undefined && firstUnparsed !== undefined && isOver(tally, options.maxUnparsed)) {
				findings.push({ ...firstUnparsed, ...tooManyUnparsed(tally, options.maxUnparsed) });
			}
			tally.findings += findings.length;
			return findings;
		},
	};
}

/** The schema version an event claims, when this mailtrail does not know it. Anything but text is for the schema to refuse. */
function foreignVersion(value: unknown): string | undefined {
	if (typeof value !== "object" || value === null || !("schema_version" in value)) return undefined;
	const { schema_version: version } = value;
	return typeof version === "string" && !SCHEMA_VERSIONS.includes(version) ? version : undefined;
}

function unknownVersion(version: string): Mismatch {
	return {
		pointer: "/schema_version",
		expected: `schema version ${SCHEMA_VERSIONS.join(" or ")}, which this mailtrail knows; validate with the mailtrail that wrote these events, or convert the log again`,
		found: quoted(version),
	};
}

const compileSchema = (isThorough: boolean): ValidateFunction<Event> =>
	newAjv({ allErrors: isThorough, verbose: isThorough }).compile<Event>(readShipped("schemas/event.schema.json"));

let fast: ValidateFunction<Event> | undefined;
let thorough: ValidateFunction<Event> | undefined;

/** The value is an event by the schema. */
export function isEvent(value: unknown): value is Event {
	fast ??= compileSchema(false);
	return fast(value);
}

/** Everything that keeps a value from being an event, the first twenty. Slow: meant for values that `isEvent` refused. */
export function eventMismatches(value: unknown): readonly Mismatch[] {
	thorough ??= compileSchema(true);
	if (thorough(value)) return [];
	const errors = thorough.errors ?? [];
	const found = errors.slice(0, MAX_FINDINGS_PER_LINE).map(mismatch);
	const more = errors.length - found.length;
	return more === 0 ? found : [...found, { pointer: "", expected: `a valid event, but ${more} more value(s) are wrong` }];
}

function isOver({ unparsed, events }: Tally, limit: UnparsedLimit): boolean {
	return "count" in limit ? unparsed > limit.count : unparsed * 100 > limit.percent * events;
}

function tooManyUnparsed({ unparsed, events }: Tally, limit: UnparsedLimit): Mismatch {
	const allowed = "count" in limit ? `${limit.count}` : `${limit.percent}%`;
	const share = `${((unparsed / events) * 100).toPrecision(2)}%`;
	return {
		pointer: "/record",
		expected: `at most ${allowed} unparsed records in all; this is the first of them`,
		found: `${unparsed} of ${events} (${share})`,
	};
}

/** A Set holds 16 million values at most; files of events hold more. */
function createIdMemory(): { readonly add: (id: string) => boolean } {
	const full: Set<string>[] = [];
	let current = new Set<string>();
	return {
		add(id) {
			if (current.has(id) || full.some((set) => set.has(id))) return false;
			if (current.size >= 2 ** 23) {
				full.push(current);
				current = new Set();
			}
			current.add(id);
			return true;
		},
	};
}
