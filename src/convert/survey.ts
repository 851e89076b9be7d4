/**
 * A first look at an input, for what depends on all of it: the year in which its stamps begin, and places where a worker may begin.
 * Pipes are read once, so they have none.
 */
import { Dates, type YearSources } from "./dates.js";
import type { Input } from "./input.js";
import { Kernel } from "./kernel.js";
import type { LinePlace } from "./lines.js";
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

/** Looks at an input; `modified` and `--year` are what else is known of its years. */
export async function survey(input: Input, settings: SurveySettings): Promise<Survey> {
	const kernel = Kernel.take();
	try {
		const surveyor = new Surveyor(kernel, settings);
		await asFarAsItGoes(async () => {
			for await (const chunk of bytesOf(input)) surveyor.push(chunk);
		});
		await asFarAsItGoes(() => surveyor.end());
		return surveyor.finish({ year: settings.year, modified: input.modified });
	} finally {
		kernel.giveBack();
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
	for await (const chunk of input.look?.() ?? input.chunks()) {
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
	) {
		const { formats, framing, forced, maxLine, options, part } = settings;
		this.#records = new Records(kernel, { formats, framing, forced, maxLine, options, input: "" }, { walk: UNKNOWN });
		this.#dates = new Dates(kernel);
		kernel.run.beginSurvey(formats.some(({ yearSlots }) => yearSlots.length > 0) ? 1 : 0);
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

	finish(sources: YearSources): Survey {
		const walk = this.#dates.begin(sources);
		return {
			walk,
			boundaries: this.#places.map(({ place, framing, at }) => ({ place, framing, walk: this.#dates.walkAt(at, walk) })),
		};
	}
}
