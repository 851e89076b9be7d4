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

	async *events(source: Source, see: (event: Event) => void): AsyncGenerator<Event> {
		const input = await this.terminal.open(source.path);
		const shown = { ...input, name: source.name, chunks: () => watched(source.name, input.chunks(), this.terminal) };
		try {
			for await (const event of readEvents(shown, this.reading.settingsOf(source), this.summaries.get(source))) {
				see(event);
				yield event;
			}
		} catch (error) {
			// One damaged file must not keep the others from being read.
			if (!(error instanceof MailtrailError) || !error.code.startsWith("input.")) throw error;
			this.worst = await tellFailure(error, this.terminal);
		}
	}

	/** The events of some trails, by id. */
	async eventsOf(trails: readonly Trail[]): Promise<Map<string, Event>> {
		const wanted = new Set(trails.flatMap(({ hops }) => hops.flatMap(({ events }) => events)));
		const found = new Map<string, Event>();
		for (const source of this.reading.sources)
			for await (const event of readEvents(await this.terminal.open(source.path), this.reading.settingsOf(source)))
				if (wanted.has(event.id)) found.set(event.id, event);
		return found;
	}
}
