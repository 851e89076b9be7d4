/** A thread that reads parts of inputs: see jobs.ts. */
import { parentPort, workerData } from "node:worker_threads";
import { MailtrailError } from "../errors.js";
import { loadFormats, loadFraming } from "../format/load.js";
import { PartReader } from "./part.js";
import type { Answer, Task, WorkerSetup } from "./pool.js";

// Whoever starts this gives it such data.
const { formatsDirs } = workerData as WorkerSetup;
const reader = new PartReader(await loadFormats(formatsDirs), await loadFraming());

const tell = (answer: Answer, moved: readonly ArrayBuffer[] = []): void => parentPort?.postMessage(answer, [...moved]);

parentPort?.on("message", ({ part, used = [] }: Task) => {
	for (const memory of used) reader.recycle(memory);
	reader.read(part).then(
		({ failure, ...result }) =>
			tell(
				{ result, ...(failure === undefined ? {} : { failure: failureOf(failure) }) },
				result.blocks.map(({ memory }) => memory),
			),
		(error: unknown) => tell({ failure: failureOf(error) }),
	);
});

/** An error as plain data. */
function failureOf(error: unknown): NonNullable<Answer["failure"]> {
	if (!(error instanceof MailtrailError)) return { message: error instanceof Error ? (error.stack ?? error.message) : String(error) };
	const { code, exit, what, mend, place, excerpt, message } = error;
	return { message, told: { code, exit, what, mend, place, excerpt } };
}
