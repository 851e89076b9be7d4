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

/** Parts that a thread has at once: with the next one at hand, it need not wait for this one, which is busy, too. */
const MOST_AT_ONCE = 2;

interface Asked {
	resolve(result: PartResult): void;
	reject(error: unknown): void;
}

/** One thread; it answers in the order in which it was asked. */
class Thread {
	readonly #worker: Worker;
	readonly asked: Asked[] = [];
	#death: unknown;

	constructor(setup: WorkerSetup) {
		this.#worker = new Worker(fileURLToPath(WORKER), { workerData: setup });
		this.#worker.on("message", ({ result, failure }: Answer) => {
			const first = this.asked.shift();
			if (result !== undefined) first?.resolve({ ...result, failure: failure === undefined ? undefined : errorOf(failure) });
			else first?.reject(errorOf(failure));
		});
		this.#worker.on("error", (error) => {
			this.#death = error;
			for (const { reject } of this.asked.splice(0)) reject(error);
		});
	}

	ask(task: Task): Promise<PartResult> {
		if (this.#death !== undefined) return Promise.reject(this.#death);
		return new Promise((resolve, reject) => {
			this.asked.push({ resolve, reject });
			this.#worker.postMessage(task, [...(task.used ?? [])]);
		});
	}

	end(): Promise<unknown> {
		return this.#worker.terminate();
	}
}

/** Threads that read parts. */
export class Pool {
	readonly #threads: readonly Thread[];
	/** Memory of blocks that are done with. */
	#used: ArrayBuffer[] = [];

	constructor(size: number, setup: WorkerSetup) {
		this.#threads = Array.from({ length: size }, () => new Thread(setup));
	}

	/** A thread has time for a part. */
	get isFree(): boolean {
		return this.#threads.some(({ asked }) => asked.length < MOST_AT_ONCE);
	}

	/** Lets the thread read a part that has least to do. */
	read(part: Part): Promise<PartResult> {
		const used = this.#used;
		this.#used = [];
		const least = this.#threads.reduce((a, b) => (b.asked.length < a.asked.length ? b : a));
		return least.ask({ part, used });
	}

	/** Takes back the memory of a block. */
	recycle(memory: ArrayBuffer): void {
		this.#used.push(memory);
	}

	async close(): Promise<void> {
		await Promise.all(this.#threads.map((thread) => thread.end()));
	}
}

function errorOf(failure: Answer["failure"]): Error {
	const told = failure?.told;
	if (told === undefined) return new Error(failure?.message);
	return new MailtrailError(told.code, told.exit, told.what, told.mend, told.place, told.excerpt);
}
