import { MailtrailError } from "../errors.js";
import { convert, type Event, emptySummary, readEvents, type Source, type Summary, type Trail } from "../index.js";
import { tellFailure } from "./failure.js";
import { watched } from "./progress.js";
import type { Reading } from "./reading.js";
import type { Terminal } from "./terminal.js";
import type { ExitCode } from "./verb.js";

/** The inputs of a call as events, once or again. */
export class Logs {
	readonly summaries: Map<Source, Summary>;
	worst: ExitCode = 0;

	constructor(
		readonly reading: Reading,
		readonly terminal: Terminal,
	) {
		this.summaries = new Map(reading.sources.map((source) => [source, emptySummary()]));
	}

	/** Opening the output empties it: what can be wrong with any source is told before. */
	async check(): Promise<void> {
		for (const source of this.reading.sources)
			convert(await this.terminal.open(source.path), this.reading.settingsOf(source), emptySummary());
	}

	/** The events of a source, read for the first time: what is wrong with it is told. */
	async *events(source: Source, see: (event: Event) => void): AsyncGenerator<Event> {
		const input = await this.terminal.open(source.path);
		const shown = { ...input, chunks: () => watched(source.name, input.chunks(), this.terminal) };
		const settings = this.reading.settingsOf(source);
		try {
			for await (const event of readEvents(shown, settings, this.summaries.get(source))) {
				see(event);
				yield event;
			}
		} catch (error) {
			this.worst = await tellFailure(damage(error), this.terminal);
		}
	}

	/** The events of some trails, by id; read again. */
	async eventsOf(trails: readonly Trail[]): Promise<Map<string, Event>> {
		const wanted = new Set(trails.flatMap(({ hops }) => hops.flatMap(({ events }) => events)));
		const found = new Map<string, Event>();
		for (const source of this.reading.sources) {
			const input = await this.terminal.open(source.path);
			try {
				for await (const event of readEvents(input, this.reading.settingsOf(source))) if (wanted.has(event.id)) found.set(event.id, event);
			} catch (error) {
				// It was told before.
				damage(error);
			}
		}
		return found;
	}
}

/** One damaged file must not keep the others from being read; all else that is thrown must. */
function damage(error: unknown): MailtrailError {
	if (error instanceof MailtrailError && error.code.startsWith("input.")) return error;
	throw error;
}
