/**
 * A first look at an input, for what depends on all of it: the year in which its stamps begin, and places where a worker may begin.
 * Pipes are read once, so they have none.
 */
import { frameSlot } from "../format/define.js";
import { Dates, type YearSources } from "./dates.js";
import { Ids } from "./ids.js";
import type { Input } from "./input.js";
import { Kernel, NoRoom } from "./kernel.js";
import { Feed, type LinePlace } from "./lines.js";
import { Router, type RouteSettings } from "./route.js";
import type { Walk } from "./walk.js";

export interface SurveySettings extends RouteSettings {
	readonly maxLine?: number | undefined;
	/** Year of the first record. */
	readonly year?: number | undefined;
	/** Bytes of a part that a worker may read alone; none are looked for without it. */
	readonly part?: number | undefined;
}

/** A place where a record begins with a frame, and the dating of stamps up to there. */
export interface Boundary {
	readonly place: LinePlace;
	readonly walk: Walk;
}

export interface Survey {
	/** Where the dating of stamps without a year begins. */
	readonly walk: Walk;
	readonly boundaries: readonly Boundary[];
}

/** Bytes that are given to the kernel at a time. */
const BLOCK = 256 * 1024;
/** Lines at the beginning that are read whole, for ids that tell a year, and then those in each so many bytes. */
const FIRST_LINES = 500;
const SAMPLE_BYTES = 64 * 1024;
const SAMPLE_LINES = 4;

/** Looks at an input; `modified` and `--year` are what else is known of its years. */
export async function survey(input: Input, settings: SurveySettings): Promise<Survey> {
	const kernel = Kernel.take();
	const ids = new Ids(settings);
	try {
		const surveyor = new Surveyor(kernel, settings, ids);
		await lookThrough(input, surveyor);
		surveyor.end();
		return surveyor.finish({ year: settings.year, modified: input.modified });
	} finally {
		kernel.giveBack();
		ids.close();
	}
}

/** A file that is followed is looked at as it was when it was opened. */
async function lookThrough(input: Input, surveyor: Surveyor): Promise<void> {
	const all = (input.look?.() ?? input.chunks())[Symbol.asyncIterator]();
	let left = input.size ?? Number.POSITIVE_INFINITY;
	try {
		while (left > 0) {
			const next = await all.next();
			if (next.done === true) return;
			const chunk = next.value.subarray(0, Math.min(next.value.length, left));
			left -= chunk.length;
			for (let start = 0; start < chunk.length; start += BLOCK) surveyor.push(chunk.subarray(start, start + BLOCK));
		}
	} catch {
		// The conversion tells what is wrong with the input; what could be read counts.
	} finally {
		await all.return?.();
	}
}

class Surveyor {
	readonly #feed: Feed;
	readonly #router: Router;
	readonly #dates: Dates;
	readonly #places: { readonly place: LinePlace; readonly at: number }[] = [];
	#seen = -1;
	/** Offsets from which on lines are read whole, and a boundary is wanted. */
	#sampleFrom = 0;
	#boundaryFrom: number;

	constructor(
		readonly kernel: Kernel,
		readonly settings: SurveySettings,
		readonly ids: Ids,
	) {
		const { run } = kernel;
		this.#feed = new Feed(kernel, settings.maxLine);
		this.#router = new Router(kernel, settings);
		this.#dates = new Dates(kernel);
		this.#boundaryFrom = settings.part ?? Number.POSITIVE_INFINITY;
		run.setRun(0, 0, 0);
		run.beginSurvey(frameSlot("year"), frameSlot("month"), frameSlot("day"));
		run.readWhole(FIRST_LINES);
	}

	push(block: Uint8Array): void {
		const { run } = this.kernel;
		this.#feed.push(block);
		const { offset } = this.#feed.place;
		if (offset >= this.#sampleFrom + SAMPLE_BYTES) {
			this.#sampleFrom = offset;
			run.readWhole(SAMPLE_LINES);
		}
		// An offset in the input is an address there.
		if (this.#feed.pushed > this.#boundaryFrom) run.wantBoundary(Math.max(run.position.value, this.#addressOf(this.#boundaryFrom)));
		this.#look();
	}

	end(): void {
		this.#feed.end();
		this.#look();
	}

	#addressOf(offset: number): number {
		const { run } = this.kernel;
		return run.position.value + offset - run.nextOffset();
	}

	#look(): void {
		const { run } = this.kernel;
		for (let sight = run.survey(); sight !== run["Sight.input"].value; sight = run.survey()) {
			if (sight === run["Sight.parser"].value) this.#router.load(run.unloaded.value);
			else if (sight === run["Sight.text"].value) this.#enlarge();
			else if (sight === run["Sight.boundary"].value) this.#keepBoundary();
			else this.#note(sight === run["Sight.line"].value);
		}
	}

	#enlarge(): void {
		const { run } = this.kernel;
		const size = 2 * (run.end.value - run.start.value) + 64;
		if (!this.kernel.enlarge("TEXT", size)) throw new NoRoom("TEXT", size);
	}

	#note(isWhole: boolean): void {
		const { run } = this.kernel;
		if (run.seen.value !== this.#seen) {
			this.#seen = run.seen.value;
			this.#dates.add(this.#seen);
			// What is new is looked at more closely.
			if (!isWhole) this.#readIds();
		}
		if (isWhole) this.#readIds();
	}

	#readIds(): void {
		const { run } = this.kernel;
		const moment = this.ids.momentIn(this.#feed.from(run.start.value, run.end.value - run.start.value));
		if (moment !== undefined) this.#dates.tell(moment);
	}

	#keepBoundary(): void {
		const { place } = this.#feed;
		this.#places.push({ place, at: this.#dates.mark() });
		this.#boundaryFrom = place.offset + (this.settings.part ?? 0);
	}

	finish(sources: YearSources): Survey {
		const walk = this.#dates.begin(sources);
		return {
			walk,
			boundaries: this.#places.map(({ place, at }) => ({ place, walk: this.#dates.walkAt(at, walk) })),
		};
	}
}
