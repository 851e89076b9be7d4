/** Logs in, events out: bytes → lines → records → captures → events, in input order, one event for each record. */
import { isAscii } from "node:buffer";
import type { Profile } from "../format/define.js";
import type { WholeEvent } from "../format/event.js";
import type { Format } from "../format/format.js";
import type { Parser } from "../grammar/parser.js";
import { type Assembled, Assembler, type ProfileNote } from "./assemble.js";
import { Clock } from "./clock.js";
import type { Input } from "./input.js";
import { Kernel } from "./kernel.js";
import { DEFAULT_MAX_LINE, type Line, LineSplitter } from "./lines.js";
import { Output } from "./output.js";
import { checkOptions, type GivenOptions, inferProfile, MOST_PAYLOADS, switchesOf, withPreset } from "./profile.js";
import { Reader } from "./read.js";
import { Reading } from "./reading.js";
import type { Selection } from "./selection.js";
import { writeEvent } from "./serialize.js";

export interface Settings {
	readonly formats: readonly Format[];
	readonly framing: Parser;
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
	/** The memory of a block of NDJSON is used again when the next one is asked for: for those who are done with it then. */
	readonly isReusing?: boolean | undefined;
}

/** What became of the records. */
export interface Summary {
	records: number;
	unparsed: number;
	/** Events by format. */
	readonly byFormat: Map<string, number>;
	/** How the options of a format's logging program are known. */
	readonly profiles: Map<string, ProfileNote>;
	/** How years are known that stamps leave out, and the first and the last of them; absent when all stamps tell theirs. */
	years?: { readonly basis: "file" | "option" | "anchor" | "none"; readonly first?: number; readonly last?: number };
	/** How the zone is known. */
	zone?: "option" | "assumed" | "line";
}

export const emptySummary = (): Summary => ({ records: 0, unparsed: 0, byFormat: new Map(), profiles: new Map() });

/** Called for each record; its arguments are good until it returns. */
type EachRecord = (reading: Reading, assembled: Assembled, format: Format | undefined) => void;

/** Most physical lines of one record. */
const MOST_LINES = 1000;
/** Bytes that are read before what became of them is given away: as NDJSON, six times as many, it has room in the kernel. */
const BLOCK = 128 * 1024;
/** Bytes, from the first record of a format with options on, from which they are inferred: the same however the input was cut into blocks. */
const SAMPLE = 256 * 1024;

export type UnparsedPolicy = "keep" | "drop" | "only";

/** An input as NDJSON, in blocks that stay good, unless `isReusing` is set. Throws MailtrailError at once for settings that cannot be obeyed. */
export function convert(input: Input, settings: Settings, summary: Summary, unparsed: UnparsedPolicy = "keep"): AsyncGenerator<Buffer> {
	checkOptions(settings.formats, settings.options ?? {});
	const clock = new Clock({ zone: settings.zone, year: settings.year, modified: input.modified });
	return blocks(input, clock, settings, summary, unparsed);
}

/** Takes a kernel when the first block is asked for, and gives it back after the last one, also when nobody asks for that. */
async function* blocks(input: Input, clock: Clock, settings: Settings, summary: Summary, unparsed: UnparsedPolicy): AsyncGenerator<Buffer> {
	const kernel = Kernel.take();
	try {
		const out = new Output(kernel);
		const id = settings.inputId ?? input.name;
		const each: EachRecord = (reading, assembled, format) => {
			if (unparsed === "keep" || (unparsed === "only") === (format === undefined)) writeEvent(reading, assembled, id, out);
		};
		const stream = new Stream(input, clock, settings, summary, each, kernel);
		for await (const _ of records(input, stream)) if (!out.isEmpty) yield out.take(settings.isReusing !== true);
	} finally {
		kernel.giveBack();
	}
}

/** An input as event objects. Throws MailtrailError for settings that cannot be obeyed, before anything is read. */
export async function* events(input: Input, settings: Settings, summary: Summary = emptySummary()): AsyncGenerator<WholeEvent> {
	for await (const block of convert(input, { ...settings, selection: undefined, isReusing: true }, summary))
		for (const line of block.toString().split("\n")) if (line !== "") yield JSON.parse(line) as WholeEvent;
}

/** Reads all records of an input, and yields after each block of them. */
async function* records(input: Input, stream: Stream): AsyncGenerator<undefined> {
	const chunks = input.chunks()[Symbol.asyncIterator]();
	try {
		for (let next = await chunks.next(); next.done !== true; next = await chunks.next()) {
			for (let start = 0; start < next.value.length; start += BLOCK) {
				stream.push(next.value.subarray(start, start + BLOCK));
				yield;
			}
		}
		stream.end();
		yield;
	} catch (error) {
		// What was read before an input failed is not lost.
		stream.end();
		yield;
		throw error;
	} finally {
		await chunks.return?.();
	}
}

/** The state of one input between its blocks. */
class Stream {
	readonly #lines: LineSplitter;
	readonly #reader: Reader;
	readonly #clock: Clock;
	/** Offset from which on records were added after the modification of the input. */
	readonly #grownFrom: number;
	readonly #assembler: Assembler;
	readonly #reading: Reading;
	readonly #maxLine: number;
	/** Formats with options → the switch rules that are on. */
	readonly #switches = new Map<Format, readonly string[]>();
	/** Offset in the stream from which on all bytes were ASCII. */
	#asciiFrom = 0;
	#pushed = 0;
	/** Events in a row of one format: counted here, as a look-up for every record would cost 30 ns. */
	#counted: Format | undefined;
	#count = 0;
	#isEnded = false;
	/** Formats whose options are still to be inferred, when their first record comes. */
	readonly #undecided = new Map<Format, Profile>();
	/** The held record is such a first one, and the sample is not whole yet. */
	#isWaiting = false;

	constructor(
		input: Input,
		clock: Clock,
		readonly settings: Settings,
		readonly summary: Summary,
		readonly each: EachRecord,
		readonly kernel: Kernel,
	) {
		this.#reading = new Reading(kernel);
		this.#maxLine = settings.maxLine ?? DEFAULT_MAX_LINE;
		this.#lines = new LineSplitter(this.#maxLine, kernel.home);
		this.#reader = this.#newReader();
		this.#clock = clock;
		this.#grownFrom = input.size ?? Number.POSITIVE_INFINITY;
		this.#assembler = new Assembler(settings.inputId ?? input.name, clock, kernel, settings.selection);
		for (const [format, profile] of profiled(settings.formats)) {
			this.#useGiven(format, profile);
			if (settings.isLive !== true && !this.#areOptionsGiven()) this.#undecided.set(format, profile);
		}
	}

	push(block: Buffer): void {
		if (this.#pushed === 0 && hasLeapDay(block)) this.#clock.expectLeapDay();
		this.#pushed += block.length;
		if (!isAscii(block)) this.#asciiFrom = this.#pushed;
		this.#lines.push(block);
		this.#drain();
		this.#countNext(undefined);
	}

	end(): void {
		this.#isEnded = true;
		this.#lines.end();
		this.#drain();
		this.#release();
		this.#countNext(undefined);
	}

	#drain(): void {
		this.#setSwitches();
		const lines = this.#lines;
		const first = this.#isWaiting ? lines.held : undefined;
		if (first !== undefined && !this.#record(first, 1)) lines.release();
		if (this.#isWaiting) return lines.keep();
		for (let line = lines.next(); line !== undefined; line = lines.next()) {
			const { held } = lines;
			if (held !== undefined) {
				if (held.lines < MOST_LINES && line.end - held.start <= this.#maxLine && !this.#isFramed(line)) {
					lines.join();
					if (!this.#isUnfinished(lines.held ?? line)) this.#release();
					continue;
				}
				this.#release();
			}
			if (this.#record(line, 1)) lines.hold();
			if (this.#isWaiting) return lines.keep();
		}
	}

	/** Writes the held record, as far as it came. */
	#release(): void {
		const { held } = this.#lines;
		if (held !== undefined) this.#record(held, held.lines, true);
		this.#lines.release();
	}

	#begin(line: Line): Reading {
		const reading = this.#reading;
		reading.begin(line.buffer, line.start, line.end, line.offset >= this.#asciiFrom);
		reading.offset = line.offset;
		reading.line = line.number;
		reading.eol = line.eol;
		reading.isCut = line.cut;
		return reading;
	}

	#isFramed(line: Line): boolean {
		return this.#reader.isFramed(this.#begin(line));
	}

	#isUnfinished(line: Line): boolean {
		const reading = this.#begin(line);
		return this.#reader.isFramed(reading) && this.#reader.isUnfinished(reading);
	}

	/** Writes a record; true when it must wait for its next line instead. */
	#record(line: Line, lines: number, isWhole = false): boolean {
		const reading = this.#begin(line);
		reading.lines = lines;
		let format = this.#reader.read(reading);
		const undecided = format === undefined || isWhole || this.#undecided.size === 0 ? undefined : this.#undecided.get(format);
		this.#isWaiting = undecided !== undefined && !this.#isEnded && this.#pushed - line.offset < SAMPLE;
		if (this.#isWaiting) return true;
		if (format !== undefined && undecided !== undefined) {
			this.#infer(format, undecided, line);
			this.#begin(line);
			format = this.#reader.read(reading);
		}
		if (!isWhole && line.eol !== "" && this.#reader.isUnfinished(reading)) return true;
		if (line.offset >= this.#grownFrom) this.#clock.grow();
		const { summary } = this;
		summary.records++;
		if (format === undefined) summary.unparsed++;
		else if (format === this.#counted) this.#count++;
		else this.#countNext(format);
		this.each(reading, this.#assembler.assemble(reading, format), format);
		return false;
	}

	/** Adds the events that were counted to the summary, and counts those of another format. */
	#countNext(format: Format | undefined): void {
		const { byFormat } = this.summary;
		if (this.#counted !== undefined) byFormat.set(this.#counted.id, (byFormat.get(this.#counted.id) ?? 0) + this.#count);
		this.#counted = format;
		this.#count = format === undefined ? 0 : 1;
	}

	#newReader(): Reader {
		return new Reader(this.settings.formats, this.settings.framing, { forced: this.settings.forced, kernel: this.kernel });
	}

	/** Infers the options of a format from what follows its first record. */
	#infer(format: Format, profile: Profile, first: Line): void {
		this.#undecided.delete(format);
		const payloads = this.#sample(this.#lines.from(first, SAMPLE), format);
		if (payloads.length > 0) this.#use(format, profile, inferProfile(format, profile, payloads));
		this.#setSwitches();
	}

	#sample(block: Buffer, format: Format): string[] {
		const lines = new LineSplitter(this.#maxLine);
		const reader = this.#newReader();
		const reading = new Reading();
		const payloads: string[] = [];
		format.parser.setSwitches([]);
		lines.push(block);
		if (block.length < SAMPLE) lines.end();
		for (let line = lines.next(); line !== undefined && payloads.length < MOST_PAYLOADS; line = lines.next()) {
			reading.begin(line.buffer, line.start, line.end, false);
			if (reader.read(reading) === format) payloads.push(reader.payload(reading));
		}
		return payloads;
	}

	#setSwitches(): void {
		for (const [format, switches] of this.#switches) format.parser.setSwitches(switches);
	}

	#areOptionsGiven(): boolean {
		return Object.keys(this.settings.options ?? {}).length > 0;
	}

	#useGiven(format: Format, profile: Profile): void {
		const given = this.settings.options ?? {};
		const options = withPreset(profile, given);
		this.#use(format, profile, { basis: Object.keys(given).length > 0 ? "given" : "none", options });
	}

	#use(format: Format, profile: Profile, note: ProfileNote): void {
		this.#switches.set(format, switchesOf(profile, note.options));
		this.#assembler.setProfile(format.id, note);
		this.summary.profiles.set(format.id, note);
	}
}

const profiled = (formats: readonly Format[]): (readonly [Format, Profile])[] =>
	formats.flatMap((format) => (format.definition.profile === undefined ? [] : [[format, format.definition.profile] as const]));

/** A line of the block begins with the syslog stamp of a 29 February. */
function hasLeapDay(block: Buffer): boolean {
	for (let at = block.indexOf(LEAP_DAY); at >= 0; at = block.indexOf(LEAP_DAY, at + 1)) {
		const before = at === 0 ? LINE_FEED : block[at - 1];
		if (before === LINE_FEED || before === AFTER_PRIORITY) return true;
	}
	return false;
}

const LEAP_DAY = "Feb 29 ";
const LINE_FEED = 0x0a;
/** `<22>Feb 29` */
const AFTER_PRIORITY = 0x3e;
