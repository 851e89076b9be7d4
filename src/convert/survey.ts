/**
 * A first look at an input, for what depends on all of it: the year in which its stamps begin, and places where a worker may begin.
 * Pipes are read once, so they have none.
 */
import { setImmediate } from "node:timers/promises";
import { Dates, type YearSources } from "./dates.js";
import { type Input, lookAt } from "./input.js";
import { Kernel } from "./kernel.js";
import { BEGINNING, type LinePlace } from "./lines.js";
import type { GivenOptions } from "./options.js";
import { Records } from "./records.js";
import type { RouteSettings } from "./route.js";
import { UNKNOWN, type Walk } from "./walk.js";

export interface SurveySettings extends RouteSettings {
	readonly maxLine?: number | undefined;
	/** Year of the first record. */
	readonly year?: number | undefined;
	/** Options of the logging program, by name. */
	readonly options?: GivenOptions | undefined;
	/** Bytes of a part that a worker may read alone; none are looked for without it. */
	readonly part?: number | undefined;
}

/** A place where a record begins, the dating of stamps up to there, and the framing that was seen last. */
export interface Boundary {
	readonly place: LinePlace;
	readonly walk: Walk;
	readonly framing: number;
}

export interface Survey {
	/** Where the dating of stamps without a year begins. */
	readonly walk: Walk;
	readonly boundaries: readonly Boundary[];
}

/** Bytes that are given to the kernel at a time. */
const BLOCK = 256 * 1024;

/** Looks at an input; its time of modification and `--year` are what else is known of its years. */
export const survey = (input: Input, settings: SurveySettings): Promise<Survey> => new Surveying(input, settings).whole;

/** A survey under way, for those who begin before it has ended: what it tells of years until then is likely, and no more than that. */
export class Surveying {
	/** What the whole input tells. */
	readonly whole: Promise<Survey>;
	#now: Surveyor | undefined;
	#isEnded = false;
	#isStopped = false;
	/** Lets those go on who wait for more. */
	#more: () => void = () => undefined;

	constructor(input: Input, settings: SurveySettings) {
		this.whole = this.#look(input, settings);
		// It is awaited later.
		this.whole.catch(() => undefined);
	}

	async #look(input: Input, settings: SurveySettings): Promise<Survey> {
		const kernel = Kernel.take();
		try {
			const surveyor = new Surveyor(kernel, settings, { year: settings.year, modified: input.modified });
			this.#now = surveyor;
			await asFarAsItGoes(async () => {
				for await (const chunk of bytesOf(input)) {
					if (this.#isStopped) return;
					surveyor.push(chunk);
					this.#more();
					// Others have their turn.
					if (settings.part !== undefined) await setImmediate();
				}
			});
			await asFarAsItGoes(() => surveyor.end());
			return surveyor.finish();
		} finally {
			this.#isEnded = true;
			this.#more();
			kernel.giveBack();
		}
	}

	/** Looks no further. */
	stop(): void {
		this.#isStopped = true;
	}

	/** Where a part begins, the first one at the beginning, as far as is known by now; undefined behind the last one. */
	async part(index: number): Promise<Boundary | undefined> {
		while (!this.#isEnded && (this.#now?.found ?? 0) < Math.max(index, 1))
			await new Promise<void>((resolve) => {
				this.#more = resolve;
			});
		const { walk, boundaries } = this.#isEnded || this.#now === undefined ? await this.whole : { walk: this.#now.walk, boundaries: [] };
		if (index === 0) return { place: BEGINNING, walk, framing: 0 };
		return this.#isEnded ? boundaries[index - 1] : this.#now?.boundary(index - 1, walk);
	}
}

/** The conversion tells what is wrong with the input; what can be read of it counts. */
async function asFarAsItGoes(look: () => void | Promise<void>): Promise<void> {
	try {
		await look();
	} catch {
		// It reads by the same code, so it comes to the same place.
	}
}

/** A file that is followed is looked at as it was when it was opened. */
async function* bytesOf(input: Input): AsyncGenerator<Uint8Array> {
	let left = input.size ?? Number.POSITIVE_INFINITY;
	if (left === 0) return;
	for await (const chunk of lookAt(input)) {
		yield chunk.subarray(0, Math.min(chunk.length, left));
		left -= chunk.length;
		if (left <= 0) return;
	}
}

class Surveyor {
	readonly #records: Records;
	readonly #dates: Dates;
	readonly #places: { readonly place: LinePlace; readonly framing: number; readonly at: number }[] = [];

	constructor(
		readonly kernel: Kernel,
		readonly settings: SurveySettings,
		readonly sources: YearSources,
	) {
		const { formats, framing, forced, maxLine, options, part } = settings;
		this.#records = new Records(kernel, { formats, framing, forced, maxLine, options, input: "" }, { walk: UNKNOWN });
		this.#dates = new Dates(kernel);
		kernel.run.beginSurvey(formats.some(({ tellsYears }) => tellsYears) ? 1 : 0);
		if (part !== undefined) kernel.run.wantBoundary(part);
	}

	push(chunk: Uint8Array): void {
		for (let start = 0; start < chunk.length; start += BLOCK) {
			this.#records.push(chunk.subarray(start, start + BLOCK));
			this.#look();
		}
	}

	end(): void {
		this.#records.end();
		this.#look();
	}

	#look(): void {
		const { run } = this.kernel;
		for (const pause of this.#records.look()) {
			if (pause === "boundary") this.#keepBoundary();
			else this.#dates.add(run.seenPlace.value, run.seenYear.value, run.date.value);
		}
	}

	#keepBoundary(): void {
		const { run } = this.kernel;
		const { place } = this.#records;
		this.#places.push({ place, framing: run.recentFraming.value, at: this.#dates.mark() });
		run.wantBoundary(place.offset + (this.settings.part ?? 0));
	}

	/** How many boundaries were found. */
	get found(): number {
		return this.#places.length;
	}

	/** Where the walk begins, by what was seen so far. */
	get walk(): Walk {
		return this.#dates.begin(this.sources);
	}

	boundary(index: number, begun: Walk): Boundary | undefined {
		const found = this.#places[index];
		if (found === undefined) return undefined;
		const { place, framing, at } = found;
		return { place, framing, walk: this.#dates.walkAt(at, begun) };
	}

	finish(): Survey {
		const { walk } = this;
		return { walk, boundaries: this.#places.flatMap((_, index) => this.boundary(index, walk) ?? []) };
	}
}
