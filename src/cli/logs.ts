import type { Source } from "../convert/case.js";
import { convert } from "../convert/convert.js";
import { readBatches } from "../convert/event-input.js";
import { emptySummary, type Summary } from "../convert/summary.js";
import type { EventSource } from "../correlate/source.js";
import type { Trail } from "../correlate/trail.js";
import type { Event } from "../format/event.js";
import { type EventBatch, eventsIn, type ReadView } from "../format/event-view.js";
import { RecordFailures } from "./failed-records.js";
import { damage, tellFailure } from "./failure.js";
import { Progress } from "./progress.js";
import { type Reading, unparsedIn } from "./reading.js";
import type { Terminal } from "./terminal.js";
import type { ExitCode } from "./verb.js";
import type { Waiting } from "./waiting.js";

/** The inputs of a call as events, once or again. */
export class Logs {
	readonly summaries: Map<Source, Summary>;
	readonly progress: Progress;
	worst: ExitCode = 0;
	readonly #failures = new RecordFailures();

	constructor(
		readonly reading: Reading,
		readonly terminal: Terminal,
		isQuiet: boolean,
	) {
		this.summaries = new Map(reading.sources.map((source) => [source, emptySummary()]));
		this.progress = new Progress(terminal, { isQuiet, unparsed: () => unparsedIn(this.summaries) });
	}

	/** The inputs will be read, once or again. */
	async begin(): Promise<void> {
		await this.progress.begin(this.reading.sources.map(({ path }) => path));
	}

	/** Opening the output empties it: what can be wrong with any source is told before. */
	async check(): Promise<void> {
		for (const source of this.reading.sources)
			convert(await this.terminal.open(source.path), this.reading.settingsOf(source), emptySummary());
	}

	/** What is correlated; `see` is called for each event, and what waits is written before more is read. */
	sources(see: ((event: ReadView) => void) | undefined, waiting: Waiting): EventSource[] {
		return this.reading.sources.map((source) => ({
			name: source.name,
			host: source.host,
			offsetSeconds: source.clockOffsetSeconds,
			batches: () => written(this.batches(source, see), waiting),
		}));
	}

	/** The events of a source, read for the first time: what is wrong with it is told. */
	async *batches(source: Source, see: ((event: ReadView) => void) | undefined): AsyncGenerator<EventBatch> {
		const input = await this.terminal.open(source.path);
		const settings = this.reading.settingsOf(source);
		try {
			for await (const batch of readBatches(this.progress.watch(input), settings, this.summaries.get(source))) {
				if (see !== undefined) for (const event of eventsIn(batch)) see(event);
				yield batch;
			}
		} catch (error) {
			this.worst = await tellFailure(damage(error), this.progress.terminal);
		}
		await this.#failures.tell(this.summaries, this.progress.terminal);
	}

	/** The events of some trails, by id; read again. */
	async eventsOf(trails: readonly Trail[]): Promise<Map<string, Event>> {
		const wanted = new Set(trails.flatMap(({ hops }) => hops.flatMap(({ events }) => events)));
		const found = new Map<string, Event>();
		await this.begin();
		for (const source of this.reading.sources) {
			const input = await this.terminal.open(source.path);
			try {
				for await (const batch of readBatches(this.progress.watch(input), this.reading.settingsOf(source)))
					for (const event of eventsIn(batch)) if (wanted.has(event.id)) found.set(event.id, event.whole());
			} catch (error) {
				// It was told before.
				damage(error);
			}
		}
		await this.progress.end();
		return found;
	}
}

/** Before more is read, what waits is written. */
async function* written(batches: AsyncIterable<EventBatch>, waiting: Waiting): AsyncGenerator<EventBatch> {
	for await (const batch of batches) {
		yield batch;
		await waiting.write();
	}
}
