/** Logs in, events out: bytes → lines → records → captures → events, in input order, one event for each record. */
import type { WholeEvent } from "../format/event.js";
import type { EventBatch } from "../format/event-view.js";
import type { Format } from "../format/format.js";
import type { Framing } from "../format/frame.js";
import { ExcerptShapes } from "./excerpt-shape.js";
import { Excerpts } from "./excerpts.js";
import { BREAK, type Input } from "./input.js";
import { Kernel } from "./kernel.js";
import { Moments } from "./moments.js";
import { checkOptions, type GivenOptions } from "./options.js";
import { type RecordSettings, type RecordState, Records } from "./records.js";
import { addCounts, addFailures, addReport, reportOf } from "./report.js";
import { inferring } from "./sample.js";
import type { Selection } from "./selection.js";
import { emptySummary, type Summary } from "./summary.js";
import { survey } from "./survey.js";
import { checkYear, givenWalk, type Walk } from "./walk.js";
import { readZone, type Zone } from "./zone.js";

export { emptySummary, type Summary } from "./summary.js";

export interface Settings {
	readonly formats: readonly Format[];
	readonly framing: Framing;
	/** Bare lines are records of this format. */
	readonly forced?: Format | undefined;
	/** IANA zone or offset of stamps without one. */
	readonly zone?: string | undefined;
	/** Year of the first record. */
	readonly year?: number | undefined;
	/** Longest record in bytes. */
	readonly maxLine?: number | undefined;
	/** Options of the logging program, by name. */
	readonly options?: GivenOptions | undefined;
	/** Which keys of events `convert` writes; `events` always gives all. */
	readonly selection?: Selection | undefined;
	/** Input id, the first part of event ids; the name of the input by default. */
	readonly inputId?: string | undefined;
	/** Nothing is held back for a sample: options of the logging program are not inferred. */
	readonly isLive?: boolean | undefined;
	/** Where the conversion goes on, instead of at the beginning. */
	readonly from?: RecordState | undefined;
	/** Told where it stands when all events up to there were taken; then what has no end waits for the next time, and is not written. */
	readonly onState?: ((state: RecordState) => void) | undefined;
	/** The memory of a block of NDJSON is used again when the next one is asked for: for those who are done with it then. */
	readonly isReusing?: boolean | undefined;
}

export type UnparsedPolicy = "keep" | "drop" | "only";

/** The records that are written. */
export const writtenBy = (unparsed: UnparsedPolicy): { readonly events: boolean; readonly unparsed: boolean } => ({
	events: unparsed !== "only",
	unparsed: unparsed !== "drop",
});

/** An input as NDJSON, in blocks that stay good, unless `isReusing` is set. Throws MailtrailError at once for settings that cannot be obeyed. */
export function convert(input: Input, settings: Settings, summary: Summary, unparsed: UnparsedPolicy = "keep"): AsyncGenerator<Buffer> {
	const own = { zone: checked(settings, summary), written: writtenBy(unparsed) };
	const all = blocks(input, settings, own, summary);
	return settings.isReusing === true ? all : copies(all);
}

async function* copies(blocks: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
	for await (const block of blocks) yield Buffer.from(block);
}

/**
 * An input as views of its events, a batch for each block of bytes. No object is made of an event, and no JSON: a view reads what it is asked for from
 * a copy of the record, and is good as long as somebody holds it. Throws MailtrailError at once for settings that cannot be obeyed.
 */
export function excerpts(input: Input, settings: Settings, summary: Summary = emptySummary()): AsyncGenerator<EventBatch> {
	const own = { zone: checked(settings, summary), shapes: new ExcerptShapes() };
	return batches(blocks(input, { ...settings, selection: undefined }, own, summary), own.shapes);
}

async function* batches(blocks: AsyncIterable<Buffer>, shapes: ExcerptShapes): AsyncGenerator<EventBatch> {
	const moments = new Moments();
	for await (const block of blocks) yield new Excerpts(shapes.take(), new Uint8Array(block), moments);
}

/** Gives the zone. Throws MailtrailError for settings that cannot be obeyed. */
function checked({ formats, options = {}, year, zone }: Settings, summary: Summary): Zone | undefined {
	checkOptions(formats, options);
	checkYear(year);
	const known = zone === undefined ? undefined : readZone(zone);
	if (year !== undefined) summary.givenYear = year;
	return known;
}

/** Takes a kernel when the first block is asked for, and gives it back after the last one, also when nobody asks for that. */
async function* blocks(
	input: Input,
	settings: Settings,
	own: Pick<RecordSettings, "written" | "shapes"> & { readonly zone: Zone | undefined },
	summary: Summary,
): AsyncGenerator<Buffer> {
	// Before a kernel is taken: the look ahead gives back those that it used.
	const begun = settings.from ?? { walk: await beginning(input, settings) };
	const kernel = Kernel.take();
	try {
		const infer = settings.isLive === true ? undefined : inferring(settings);
		const records = new Records(kernel, { ...settings, ...own, input: settings.inputId ?? input.name, infer }, begun);
		try {
			for await (const block of read(input, records, settings.onState)) {
				addCounts(summary, records.takeCounts());
				addFailures(summary, records.takeFailures());
				yield block;
			}
		} finally {
			addReport(summary, reportOf(records));
		}
	} finally {
		kernel.giveBack();
	}
}

/** Where the dating of stamps begins: a file is looked at before, a pipe can be read only once. */
async function beginning(input: Input, settings: Settings): Promise<Walk> {
	return input.modified === undefined ? givenWalk(settings.year) : (await survey(input, settings)).walk;
}

/** Reads all records of an input; gives their events, and after each block of bytes what is written by then. */
async function* read(input: Input, records: Records, onState: Settings["onState"]): AsyncGenerator<Buffer> {
	const chunks = input.chunks()[Symbol.asyncIterator]();
	try {
		for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
			yield* next.value === BREAK ? records.convertBreak() : records.convert(next.value);
			onState?.(records.state);
		}
	} catch (error) {
		// What was read before an input failed is not lost.
		yield* records.convertRest();
		throw error;
	} finally {
		await chunks.return?.();
	}
	if (onState === undefined) yield* records.convertRest();
}

/** An input as event objects. Throws MailtrailError for settings that cannot be obeyed, before anything is read. */
export async function* events(input: Input, settings: Settings, summary: Summary = emptySummary()): AsyncGenerator<WholeEvent> {
	for await (const block of convert(input, { ...settings, selection: undefined, isReusing: true }, summary))
		for (const line of block.toString().split("\n")) if (line !== "") yield JSON.parse(line) as WholeEvent;
}
