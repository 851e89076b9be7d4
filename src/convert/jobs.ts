/**
 * Inputs on several cores: large files are cut at boundaries that the survey has found, small ones and compressed ones are read whole, each
 * part by a thread with a kernel of its own. What comes out is the same bytes in the same order as with one thread: a part is begun in
 * the state that the survey expects there, and is read again when the part before it ended in another one that matters to it.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { type Input, isGzip } from "./input.js";
import { BEGINNING } from "./lines.js";
import { type Ending, type Part, PartReader, type PartResult, type PartSettings } from "./part.js";
import { Pool, type WorkerSetup } from "./pool.js";
import type { RecordState } from "./records.js";
import { addReport } from "./report.js";
import { MOST_PROGRAMS, type RouteSettings } from "./route.js";
import type { Summary } from "./summary.js";
import { survey } from "./survey.js";

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
interface Begun {
	readonly job: Job;
	readonly part: Part;
	/** Absent for one whose events may not have room in memory: it is read here, when its turn has come. */
	readonly result: Promise<PartResult> | undefined;
	/** It is the last one of its input. */
	readonly isLast: boolean;
}

/** How an input is spread. */
export interface Spreading extends RouteSettings, WorkerSetup {
	readonly threads: number;
	/** Bytes of a part. */
	readonly part: number;
}

/** A block of NDJSON, good until the next one is asked for; or the error that ended an input. */
export type JobOutcome = { readonly job: Job; readonly block: Uint8Array } | { readonly job: Job; readonly error: unknown };

/** Converts inputs on several threads; what comes out is in the order of the inputs. */
export async function* convertAll(jobs: readonly Job[], { threads, formatsDirs, part, ...reading }: Spreading): AsyncGenerator<JobOutcome> {
	const pool = new Pool(threads, { formatsDirs });
	const runner = new Runner(pool, reading, part);
	try {
		const ahead: Begun[] = [];
		const begun = runner.begin(jobs)[Symbol.asyncIterator]();
		let isOver = false;
		for (;;) {
			while (!isOver && ahead.length < 2 * threads) {
				const next = await begun.next();
				if (next.done === true) isOver = true;
				else ahead.push(next.value);
				// The first part of a large file tells what the others may depend on.
				if (next.done !== true && !next.value.isLast && runner.isFirst(next.value)) break;
			}
			const first = ahead.shift();
			if (first === undefined) return;
			yield* runner.finish(first);
		}
	} finally {
		await pool.close();
	}
}

class Runner {
	/** Of inputs that are not through: where the parts that are done with have ended. */
	readonly #ended = new Map<Job, RecordState>();
	/** Inputs that failed: what is left of them is passed over. */
	readonly #failed = new Set<Job>();
	/** For parts that are read here. */
	#own: PartReader | undefined;

	constructor(
		readonly pool: Pool,
		readonly reading: RouteSettings,
		readonly bytes: number,
	) {}

	/** Begins the parts of all inputs, in order, as they are asked for. */
	async *begin(jobs: readonly Job[]): AsyncGenerator<Begun> {
		for (const [source, job] of jobs.entries()) {
			const { year } = job.settings;
			if (year !== undefined) job.summary.givenYear = year;
			const parts = await this.#partsOf(job, source);
			for (const [i, part] of parts.entries()) {
				const own = this.#expected(job, part);
				const result = own.isLarge === true ? undefined : this.pool.read(own);
				// It is awaited later.
				result?.catch(() => undefined);
				yield { job, part: own, result, isLast: i === parts.length - 1 };
			}
		}
	}

	/** A part as the survey expects it, with what the parts that are done with have learned. */
	#expected(job: Job, part: Part): Part {
		const ended = this.#ended.get(job);
		if (part.state === undefined || ended === undefined) return part;
		const { routes, profiles } = ended;
		return { ...part, state: { ...part.state, routes: { ...routes, framing: part.state.routes.framing }, profiles } };
	}

	/** A part as it is, when all before it are done with. */
	#informed(job: Job, part: Part): Part {
		const ended = this.#ended.get(job);
		if (part.state === undefined || ended === undefined) return part;
		// Which framing was seen last is told by the line behind the border as well.
		const { framing } = part.state.routes;
		return {
			...part,
			state: { ...ended, place: { ...ended.place, offset: part.state.place.offset }, routes: { ...ended.routes, framing } },
		};
	}

	isFirst({ part }: Begun): boolean {
		return part.range?.start === 0;
	}

	async #partsOf({ input, path, settings }: Job, source: number): Promise<readonly Part[]> {
		const size = input.file?.size ?? 0;
		const whole: Part = { source, path, settings };
		const isPacked = isGzip(beginning(path));
		if (isPacked && size > LARGEST_PACKED * this.bytes) return [{ ...whole, isLarge: true }];
		if (isPacked || size < 2 * this.bytes) return [whole];
		const { maxLine, year, options } = settings;
		const forced = this.reading.formats.find(({ id }) => id === settings.forced);
		const { walk, boundaries } = await survey(input, { ...this.reading, forced, maxLine, year, options, part: this.bytes });
		const begin = { version: 1, place: BEGINNING, walk, routes: { framing: 0, programs: [] }, profiles: [] } as const;
		const states = [begin, ...boundaries.map(({ place, walk, framing }) => ({ ...begin, place, walk, routes: { framing, programs: [] } }))];
		return states.map((state, i) => {
			// What was added since is read, too.
			const end = states[i + 1]?.place.offset ?? Number.MAX_SAFE_INTEGER;
			const { offset: start } = state.place;
			return { ...whole, range: { start, end }, state, isLarge: Math.min(end, size) - start > LARGEST * this.bytes };
		});
	}

	/** Gives the events of a part that a thread has read; it is read again when it was not begun as it should have been. */
	async *#taken(job: Job, part: Part, informed: Part, result: PartResult): AsyncGenerator<JobOutcome, Ending> {
		const isOther = part.state !== undefined && informed.state !== undefined && isSuperseded(result, part.state, informed.state);
		const found = isOther ? await this.pool.read(informed) : result;
		for (const { memory, length } of found.blocks) {
			yield { job, block: new Uint8Array(memory, 0, length) };
			this.pool.recycle(memory);
		}
		return found;
	}

	async *#readHere(job: Job, part: Part): AsyncGenerator<JobOutcome, Ending> {
		this.#own ??= new PartReader(this.reading.formats, this.reading.framing);
		const blocks = this.#own.stream(part);
		for (let next = await blocks.next(); ; next = await blocks.next()) {
			if (next.done === true) return next.value;
			yield { job, block: next.value };
		}
	}

	/** Gives what became of a part. */
	async *finish({ job, part, result, isLast }: Begun): AsyncGenerator<JobOutcome> {
		if (this.#failed.has(job)) return;
		try {
			const informed = this.#informed(job, part);
			const found = result === undefined ? yield* this.#readHere(job, informed) : yield* this.#taken(job, part, informed, await result);
			this.#ended.set(job, merged(this.#ended.get(job), found.state));
			addReport(job.summary, found.report);
			job.onRead?.(part.range === undefined || isLast ? (job.input.file?.size ?? 0) : part.range.end);
			if (found.failure !== undefined) throw found.failure;
			if (isLast) this.#ended.delete(job);
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

/** The first bytes of a file; none of one that cannot be read, as whoever reads it tells. */
function beginning(path: string): Buffer {
	const bytes = Buffer.alloc(8);
	try {
		const descriptor = openSync(path, "r");
		try {
			return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, 0));
		} finally {
			closeSync(descriptor);
		}
	} catch {
		return bytes.subarray(0, 0);
	}
}
