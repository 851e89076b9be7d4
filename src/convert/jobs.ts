/**
 * Inputs on several cores: large files are cut at boundaries that the survey has found, small ones and compressed ones are read whole, each
 * part by a thread with a kernel of its own. This thread is one of them: it reads the part whose turn it is, while others read those behind
 * it. What comes out is the same bytes in the same order as with one thread: a part is begun in the state that the survey expects there,
 * and is read again when the part before it ended in another one that matters to it.
 */
import { setImmediate } from "node:timers/promises";
import { beginningOf } from "./files.js";
import type { Input } from "./input.js";
import { type Ending, type Part, PartReader, type PartResult, type PartSettings } from "./part.js";
import { Pool, type WorkerSetup } from "./pool.js";
import type { RecordState } from "./records.js";
import { addReport } from "./report.js";
import { MOST_PROGRAMS, type RouteSettings } from "./route.js";
import type { Summary } from "./summary.js";
import { Surveying } from "./survey.js";
import { packingOf } from "./unpack/packing.js";
import { wideOf } from "./utf16.js";

/** An input to convert, and what it is read with. */
export interface Job {
	readonly input: Input;
	readonly path: string;
	readonly settings: PartSettings;
	readonly summary: Summary;
	/** Told how many bytes of the file were read. */
	readonly onRead?: (bytes: number) => void;
}

/** So many parts, or this share of a compressed one, give events that are held in memory. */
const LARGEST = 8;
const LARGEST_PACKED = 1 / 4;

/** A part on its way. */
interface Step {
	readonly job: Job;
	readonly part: Part;
	/** It is the last one of its input. */
	readonly isLast: boolean;
	/** Absent until somebody reads it. */
	reading?: Reading;
}

/** A part that is read before its turn has come. */
interface Reading {
	/** As it was begun. */
	readonly part: Part;
	readonly result: Promise<PartResult>;
	/** Who takes back the memory of its blocks. */
	readonly reader: Pool | PartReader;
	isDone: boolean;
}

/** How an input is spread. */
export interface Spreading extends RouteSettings, WorkerSetup {
	readonly threads: number;
	/** Bytes of a part. */
	readonly part: number;
}

/** A block of NDJSON, good until the next one is asked for; or the error that ended an input. */
export type JobOutcome = { readonly job: Job; readonly block: Uint8Array } | { readonly job: Job; readonly error: unknown };

/** It is the first of several parts of its input. */
const isFirst = ({ part, isLast }: Step): boolean => part.range?.start === 0 && !isLast;

/** It may be read before its turn has come, and nobody does. */
const isUnread = ({ part, reading }: Step): boolean => reading === undefined && part.isLarge !== true;

/** Converts inputs on several threads; what comes out is in the order of the inputs. */
export async function* convertAll(jobs: readonly Job[], { threads, formatsDirs, part, ...reading }: Spreading): AsyncGenerator<JobOutcome> {
	const pool = new Pool(threads - 1, { formatsDirs });
	const runner = new Runner(pool, reading, part);
	try {
		const ahead: Step[] = [];
		const steps = runner.steps(jobs)[Symbol.asyncIterator]();
		let isOver = false;
		for (;;) {
			// What the first part of an input tells, those behind it need: until then each thread has no more than one.
			while (!isOver && ahead.length < (ahead.some(isFirst) ? threads : 3 * threads)) {
				const next = await steps.next();
				if (next.done === true) isOver = true;
				else ahead.push(next.value);
			}
			const [first, ...others] = ahead;
			if (first === undefined) return;
			for (const step of others) if (isUnread(step) && pool.isFree) void runner.begin(step, pool);
			const unread = others.find(isUnread);
			// Rather than wait for a thread, this one reads another part.
			if (first.reading?.isDone === false && unread !== undefined) await runner.begin(unread, runner.own);
			else {
				ahead.shift();
				yield* runner.finish(first);
			}
			// Threads are heard when others have their turn.
			await setImmediate();
		}
	} finally {
		runner.stop();
		await pool.close();
	}
}

class Runner {
	/** Of inputs that are not through: where the parts that are done with have ended. */
	readonly #ended = new Map<Job, RecordState>();
	/** Of inputs that are read in parts. */
	readonly #surveys = new Map<Job, Surveying>();
	/** Inputs that failed: what is left of them is passed over. */
	readonly #failed = new Set<Job>();
	/** For parts that are read here. */
	readonly own: PartReader;

	constructor(
		readonly pool: Pool,
		readonly reading: RouteSettings,
		readonly bytes: number,
	) {
		this.own = new PartReader(reading.formats, reading.framing);
	}

	/** The parts of all inputs, in order, as they are asked for. */
	async *steps(jobs: readonly Job[]): AsyncGenerator<Step> {
		for (const [source, job] of jobs.entries()) {
			const { year } = job.settings;
			if (year !== undefined) job.summary.givenYear = year;
			for await (const { part, isLast } of this.#partsOf(job, source)) yield { job, part, isLast };
		}
	}

	/** Lets a part be read before its turn has come. */
	async begin(step: Step, reader: Pool | PartReader): Promise<void> {
		const part = this.#expected(step.job, step.part);
		const reading = { part, result: reader.read(part), reader, isDone: false };
		step.reading = reading;
		// What went wrong is told when its turn has come.
		await reading.result.catch(() => undefined);
		reading.isDone = true;
	}

	/** Nobody wants the rest. */
	stop(): void {
		for (const surveying of this.#surveys.values()) surveying.stop();
	}

	/** A part as the survey expects it, with what the parts that are done with have learned. */
	#expected(job: Job, part: Part): Part {
		const ended = this.#ended.get(job);
		if (part.state === undefined || ended === undefined) return part;
		const { routes, profiles } = ended;
		return { ...part, state: { ...part.state, routes: { ...routes, framing: part.state.routes.framing }, profiles } };
	}

	/** A part as it is, when all before it are done with. */
	async #informed(job: Job, part: Part): Promise<Part> {
		if (part.state === undefined) return part;
		const ended = this.#ended.get(job);
		if (ended === undefined) {
			const walk = (await this.#surveys.get(job)?.whole)?.walk ?? part.state.walk;
			return { ...part, state: { ...part.state, walk } };
		}
		// Which framing was seen last is told by the line behind the border as well.
		const { framing } = part.state.routes;
		return {
			...part,
			state: { ...ended, place: { ...ended.place, offset: part.state.place.offset }, routes: { ...ended.routes, framing } },
		};
	}

	async *#partsOf(job: Job, source: number): AsyncGenerator<{ readonly part: Part; readonly isLast: boolean }> {
		const { input, path, settings } = job;
		const size = input.file?.size ?? 0;
		const whole: Part = { source, path, settings };
		// Each thread would read all that stands before it.
		if (input.isMember === true) return yield { part: { ...whole, isLarge: true }, isLast: true };
		const isPacked = isTransformed(path);
		if (isPacked || size < 2 * this.bytes)
			return yield { part: { ...whole, isLarge: isPacked && size > LARGEST_PACKED * this.bytes }, isLast: true };
		const { maxLine, year, options } = settings;
		const forced = this.reading.formats.find(({ id }) => id === settings.forced);
		const surveying = new Surveying(input, { ...this.reading, forced, maxLine, year, options, part: this.bytes });
		this.#surveys.set(job, surveying);
		for (let i = 0; ; i++) {
			const next = await surveying.part(i + 1);
			const begun = await surveying.part(i);
			if (begun === undefined) return;
			const { place, walk, framing } = begun;
			const state: RecordState = { version: 1, place, walk, routes: { framing, programs: [] }, profiles: [] };
			// What was added since is read, too.
			const end = next?.place.offset ?? Number.MAX_SAFE_INTEGER;
			const isLarge = Math.min(end, size) - place.offset > LARGEST * this.bytes;
			yield { part: { ...whole, range: { start: place.offset, end }, state, isLarge }, isLast: next === undefined };
			if (next === undefined) return;
		}
	}

	/** Gives the events of a part that was read before; it is read again when it was not begun as it should have been. */
	async *#taken(job: Job, { part, result, reader }: Reading, informed: Part): AsyncGenerator<JobOutcome, Ending> {
		const found = await result;
		const isOther = part.state !== undefined && informed.state !== undefined && isSuperseded(found, part.state, informed.state);
		for (const { memory, length } of found.blocks) {
			if (!isOther) yield { job, block: new Uint8Array(memory, 0, length) };
			reader.recycle(memory);
		}
		return isOther ? yield* this.#readNow(job, informed) : found;
	}

	async *#readNow(job: Job, part: Part): AsyncGenerator<JobOutcome, Ending> {
		const blocks = this.own.stream(part);
		for (let next = await blocks.next(); ; next = await blocks.next()) {
			if (next.done === true) return next.value;
			yield { job, block: next.value };
		}
	}

	/** Gives what became of a part whose turn has come. */
	async *finish({ job, part, reading, isLast }: Step): AsyncGenerator<JobOutcome> {
		if (this.#failed.has(job)) return;
		try {
			const informed = await this.#informed(job, part);
			const found = yield* reading === undefined ? this.#readNow(job, informed) : this.#taken(job, reading, informed);
			this.#ended.set(job, merged(this.#ended.get(job), found.state));
			addReport(job.summary, found.report);
			job.onRead?.(part.range === undefined || isLast ? (job.input.file?.size ?? 0) : part.range.end);
			if (found.failure !== undefined) throw found.failure;
			if (isLast) {
				this.#ended.delete(job);
				this.#surveys.delete(job);
			}
		} catch (error) {
			this.#failed.add(job);
			yield { job, error };
		}
	}
}

/** A part was begun in another state than that in which the part before it ended, and would have been read otherwise in that. */
function isSuperseded({ state, asked, inferred }: PartResult, begun: RecordState, ended: RecordState): boolean {
	const isSame = (key: "walk" | "repeated"): boolean => JSON.stringify(begun[key]) === JSON.stringify(ended[key]);
	if (!isSame("walk") || !isSame("repeated")) return true;
	if (begun.place.line !== ended.place.line) return true;
	const learned = new Map(begun.routes.programs);
	const others = ended.routes.programs.filter(([name, format]) => learned.get(name) !== format);
	if (asked === "many" ? others.length > 0 : others.some(([name]) => asked.includes(name))) return true;
	// Behind so many programs nothing is learned any more.
	if (others.length > 0 && ended.routes.programs.length + state.routes.programs.length > MOST_PROGRAMS) return true;
	const decided = new Set(begun.profiles.map(([format]) => format));
	return ended.profiles.some(([format]) => !decided.has(format) && inferred.includes(format));
}

/** The end of a part, with what those before it have learned. */
function merged(before: RecordState | undefined, ended: RecordState): RecordState {
	if (before === undefined) return ended;
	const programs = [...new Map([...ended.routes.programs, ...before.routes.programs])];
	return {
		...ended,
		routes: { framing: ended.routes.framing, programs },
		profiles: [...new Map([...ended.profiles, ...before.profiles])],
	};
}

/** Places in a file are not those in what is read of it; one that cannot be read is no such file, as whoever reads it tells. */
function isTransformed(path: string): boolean {
	try {
		const head = beginningOf(path, 16);
		return packingOf(head) !== undefined || wideOf(head) !== undefined;
	} catch {
		return false;
	}
}
