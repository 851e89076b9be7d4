/**
 * Inputs on several cores: large files are cut at boundaries that the survey has found, small ones and compressed ones are read whole, each
 * part by a thread with a kernel of its own. What comes out is the same bytes in the same order as with one thread: a part is begun with
 * what was known then of programs and options, and is read again when what came before it turns out to say more.
 */
import { closeSync, openSync, readSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { MailtrailError } from "../errors.js";
import { packageRoot } from "../root.js";
import { type Input, isGzip } from "./input.js";
import { type Ending, type Part, PartReader, type PartResult, type PartSettings } from "./part.js";
import type { RecordState } from "./records.js";
import { addReport } from "./report.js";
import type { RouteSettings } from "./route.js";
import type { Summary } from "./summary.js";
import { survey } from "./survey.js";

export interface WorkerSetup {
	/** Folders of formats of users. */
	readonly formatsDirs: readonly string[];
}

export interface Task {
	readonly part: Part;
	/** Memory of blocks that are done with. */
	readonly used?: readonly ArrayBuffer[];
}

export interface Answer {
	/** Also of an input that failed, as far as it could be read. */
	readonly result?: Omit<PartResult, "failure">;
	readonly failure?: {
		readonly message: string;
		readonly told?: Pick<MailtrailError, "code" | "exit" | "what" | "mend" | "place" | "excerpt">;
	};
}

/** An input to convert, and what it is read with. */
export interface Job {
	readonly input: Input;
	readonly path: string;
	readonly settings: PartSettings;
	readonly summary: Summary;
	/** Told how many bytes of the file were read. */
	readonly onRead?: (bytes: number) => void;
}

/** Bytes of a part; what it becomes is kept until its turn has come. */
const PART = 1024 * 1024;
/** Bytes of a part, and of a compressed file, of which the events are held in memory. */
const LARGEST = 8 * PART;
const LARGEST_PACKED = PART / 4;

const WORKER = new URL("dist/src/convert/worker.js", packageRoot);

/** Threads that read parts. */
class Pool {
	readonly #idle: Worker[] = [];
	readonly #waiting: ((worker: Worker) => void)[] = [];
	readonly #all: Worker[];
	/** Memory of blocks that are done with. */
	#used: ArrayBuffer[] = [];

	constructor(size: number, setup: WorkerSetup) {
		this.#all = Array.from({ length: size }, () => new Worker(fileURLToPath(WORKER), { workerData: setup }));
		this.#idle.push(...this.#all);
	}

	async read(part: Part): Promise<PartResult> {
		const worker = this.#idle.pop() ?? (await new Promise<Worker>((resolve) => this.#waiting.push(resolve)));
		try {
			const used = this.#used;
			this.#used = [];
			return await answerOf(worker, { part, used });
		} finally {
			const next = this.#waiting.shift();
			if (next === undefined) this.#idle.push(worker);
			else next(worker);
		}
	}

	/** Takes back the memory of a block. */
	recycle(memory: ArrayBuffer): void {
		this.#used.push(memory);
	}

	async close(): Promise<void> {
		await Promise.all(this.#all.map((worker) => worker.terminate()));
	}
}

function answerOf(worker: Worker, task: Task): Promise<PartResult> {
	return new Promise((resolve, reject) => {
		const done = (): void => {
			worker.off("message", onAnswer);
			worker.off("error", onError);
		};
		const onError = (error: unknown): void => {
			done();
			reject(error);
		};
		const onAnswer = ({ result, failure }: Answer): void => {
			done();
			if (result !== undefined) resolve({ ...result, failure: failure === undefined ? undefined : errorOf(failure) });
			else reject(errorOf(failure));
		};
		worker.on("message", onAnswer);
		worker.on("error", onError);
		worker.postMessage(task, [...(task.used ?? [])]);
	});
}

function errorOf(failure: Answer["failure"]): Error {
	const told = failure?.told;
	if (told === undefined) return new Error(failure?.message);
	return new MailtrailError(told.code, told.exit, told.what, told.mend, told.place, told.excerpt);
}

/** A part on its way. */
interface Begun {
	readonly job: Job;
	readonly part: Part;
	/** Absent for one whose events may not have room in memory: it is read here, when its turn has come. */
	readonly result: Promise<PartResult> | undefined;
	/** It is the last one of its input. */
	readonly isLast: boolean;
}

/** What is known of an input when a part of it is begun. */
type Known = Pick<RecordState, "routes" | "profiles">;
const NOTHING: Known = { routes: { framing: 0, programs: [] }, profiles: [] };

/** A block of NDJSON, good until the next one is asked for; or the error that ended an input. */
export type JobOutcome = { readonly job: Job; readonly block: Uint8Array } | { readonly job: Job; readonly error: unknown };

/** Converts inputs on several threads; what comes out is in the order of the inputs. */
export async function* convertAll(
	jobs: readonly Job[],
	{ threads, formatsDirs, ...reading }: RouteSettings & WorkerSetup & { readonly threads: number },
): AsyncGenerator<JobOutcome> {
	const pool = new Pool(threads, { formatsDirs });
	const runner = new Runner(pool, reading);
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
	/** Of inputs that are not through: what their parts have told so far. */
	readonly #known = new Map<Job, Known>();
	/** Inputs that failed: what is left of them is passed over. */
	readonly #failed = new Set<Job>();
	/** For parts that are read here. */
	#own: PartReader | undefined;

	constructor(
		readonly pool: Pool,
		readonly reading: RouteSettings,
	) {}

	/** Begins the parts of all inputs, in order, as they are asked for. */
	async *begin(jobs: readonly Job[]): AsyncGenerator<Begun> {
		for (const [source, job] of jobs.entries()) {
			const parts = await this.#partsOf(job, source);
			for (const [i, part] of parts.entries()) {
				const own = this.#informed(job, part);
				const result = own.isLarge === true ? undefined : this.pool.read(own);
				// It is awaited later.
				result?.catch(() => undefined);
				yield { job, part: own, result, isLast: i === parts.length - 1 };
			}
		}
	}

	/** A part with what is known of its input by now. */
	#informed(job: Job, part: Part): Part {
		return part.state === undefined ? part : { ...part, state: { ...part.state, ...(this.#known.get(job) ?? NOTHING) } };
	}

	isFirst({ part }: Begun): boolean {
		return part.range?.start === 0;
	}

	async #partsOf({ input, path, settings }: Job, source: number): Promise<readonly Part[]> {
		const size = input.file?.size ?? 0;
		const whole: Part = { source, path, settings };
		const isPacked = isGzip(beginning(path));
		if (isPacked && size > LARGEST_PACKED) return [{ ...whole, isLarge: true }];
		if (isPacked || size < 2 * PART) return [whole];
		const { maxLine, year } = settings;
		const { walk, boundaries } = await survey(input, { ...this.reading, maxLine, year, part: PART });
		const begin = { version: 1, place: { offset: 0, line: 1, isWithinCutLine: false }, walk, ...NOTHING } as const;
		const states: RecordState[] = [begin, ...boundaries.map((boundary) => ({ ...begin, ...boundary }))];
		return states.map((state, i) => {
			// What was added since is read, too.
			const end = states[i + 1]?.place.offset ?? Number.MAX_SAFE_INTEGER;
			const { offset: start } = state.place;
			return { ...whole, range: { start, end }, state, isLarge: Math.min(end, size) - start > LARGEST };
		});
	}

	/** Gives the events of a part that a thread has read; it is read again when more is known by now than it was begun with. */
	async *#taken(job: Job, part: Part, informed: Part, result: PartResult): AsyncGenerator<JobOutcome, Ending> {
		const isOld = part.state !== undefined && informed.state !== undefined && isSuperseded(result, part.state, informed.state);
		const found = isOld ? await this.pool.read(informed) : result;
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

	/** Gives what became of a part, when it was read with all that was known before it. */
	async *finish({ job, part, result, isLast }: Begun): AsyncGenerator<JobOutcome> {
		if (this.#failed.has(job)) return;
		try {
			const informed = this.#informed(job, part);
			const found = result === undefined ? yield* this.#readHere(job, informed) : yield* this.#taken(job, part, informed, await result);
			this.#known.set(job, merged(this.#known.get(job) ?? NOTHING, found.state));
			addReport(job.summary, found.report);
			job.onRead?.(part.range === undefined || isLast ? (job.input.file?.size ?? 0) : part.range.end);
			if (found.failure !== undefined) throw found.failure;
			if (isLast) this.#known.delete(job);
		} catch (error) {
			this.#failed.add(job);
			yield { job, error };
		}
	}
}

/** More is known before a part than it was begun with, and it would have been read otherwise. */
function isSuperseded({ asked, inferred }: PartResult, begun: Known, known: Known): boolean {
	const learned = new Set(begun.routes.programs.map(([name]) => name));
	const hasLearned = known.routes.programs.some(([name]) => !learned.has(name) && asked.includes(name));
	const decided = new Set(begun.profiles.map(([format]) => format));
	return hasLearned || known.profiles.some(([format]) => !decided.has(format) && inferred.includes(format));
}

function merged(before: Known, { routes, profiles }: RecordState): Known {
	return {
		routes: { framing: routes.framing, programs: [...new Map([...routes.programs, ...before.routes.programs])] },
		profiles: [...new Map([...profiles, ...before.profiles])],
	};
}

/** The first bytes of a file. */
function beginning(path: string): Buffer {
	const descriptor = openSync(path, "r");
	try {
		const bytes = Buffer.alloc(8);
		return bytes.subarray(0, readSync(descriptor, bytes, 0, bytes.length, 0));
	} finally {
		closeSync(descriptor);
	}
}
