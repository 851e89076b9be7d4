/** A thread that reads parts of inputs: see jobs.ts. */
import { parentPort, workerData } from "node:worker_threads";
import { MailtrailError } from "../errors.js";
import { loadFormats, loadFraming } from "../format/load.js";
import { PartReader } from "./part.js";
import type { Answer, Task, WorkerSetup } from "./pool.js";

// Whoever starts this gives it such data.
const { formatsDirs } = workerData as WorkerSetup;
const reader = new PartReader(await loadFormats(formatsDirs), await loadFraming(formatsDirs));

const tell = (answer: Answer, moved: readonly ArrayBuffer[] = []): void => parentPort?.postMessage(answer, [...moved]);

async function read({ part, used = [] }: Task): Promise<void> {
	for (const memory of used) reader.recycle(memory);
	try {
		const { failure, ...result } = await reader.read(part);
		tell(
			{ result, ...(failure === undefined ? {} : { failure: failureOf(failure) }) },
			result.blocks.map(({ memory }) => memory),
		);
	} catch (error) {
		tell({ failure: failureOf(error) });
	}
}

/** One part after the other: their reading waits for files, while the next one comes. */
let last: Promise<void> = Promise.resolve();
parentPort?.on("message", (task: Task) => {
	last = last.then(() => read(task));
});

/** An error as plain data. */
function failureOf(error: unknown): NonNullable<Answer["failure"]> {
	if (!(error instanceof MailtrailError)) return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
	const { code, exit, what, mend, place, excerpt, message } = error;
	return { message, told: { code, exit, what, mend, place, excerpt } };
}
