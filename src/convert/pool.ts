/** Threads that read parts of inputs, and what is said to them: plain data. */
import { fileURLToPath } from "node:url";
import { Worker } from "node:worker_threads";
import { MailtrailError } from "../errors.js";
import { packageRoot } from "../root.js";
import type { Part, PartResult } from "./part.js";

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

const WORKER = new URL("dist/src/convert/worker.js", packageRoot);

/** Threads that read parts. */
export class Pool {
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
