/** The records of one input: the kernel reads and writes them, and is told here what is new to it. */
import { MailtrailError } from "../errors.js";
import { Captures } from "./captures.js";
import { type Failures, failureAt, joined } from "./failures.js";
import type { Kernel } from "./kernel.js";
import type { Reasons } from "./kernel-exports.js";
import { Feed, type LinePlace } from "./lines.js";
import { type NeedSettings, Needs } from "./needs.js";
import { type DecidedProfiles, type ProfileSettings, Profiles } from "./profiles.js";
import { lackOf } from "./room.js";
import { Router, type RouteSettings, type Routes } from "./route.js";
import { BLANK } from "./summary.js";
import { useWalk, type Walk, walkOf } from "./walk.js";
import { type Repeated, repeatedOf, useZone } from "./zone.js";

export interface RecordSettings extends RouteSettings, ProfileSettings, NeedSettings {
	readonly maxLine?: number | undefined;
	/** Which records are written. */
	readonly written?: { readonly events: boolean; readonly unparsed: boolean } | undefined;
	/** Records stop when they were read; nothing is written. */
	readonly isReading?: boolean | undefined;
}

/** All that the reading of a record depends on besides its bytes: plain data, so that another process can go on. */
export interface RecordState {
	readonly version: 1;
	readonly place: LinePlace;
	readonly routes: Routes;
	readonly walk: Walk;
	/** Which of an hour that happens twice is read. */
	readonly repeated?: Repeated | undefined;
	/** Options of logging programs that are known by now. */
	readonly profiles: DecidedProfiles;
}

/** Bytes, from the first record of a format with options on, from which they are inferred: the same however the input was cut into blocks. */
export const SAMPLE: number = 256 * 1024;
/** Bytes that are read before what became of them is given away. */
const BLOCK = 128 * 1024;

export class Records {
	readonly captures: Captures;
	readonly router: Router;
	readonly profiles: Profiles;
	readonly #feed: Feed;
	readonly #needs: Needs;
	/** Where a record goes on when more bytes are there. */
	#waitsAt: number | undefined;
	#isEnded = false;
	#failures: Failures | undefined;

	constructor(
		readonly kernel: Kernel,
		readonly settings: RecordSettings,
		{ place, routes, walk, repeated, profiles }: Partial<RecordState> & { readonly walk: Walk },
	) {
		this.captures = new Captures(kernel);
		this.#setRun();
		this.#feed = new Feed(kernel, settings.maxLine, place);
		this.router = new Router(kernel, settings, routes);
		this.profiles = new Profiles(kernel, settings, profiles);
		this.router.onLoad = (format) => this.profiles.switch(format);
		this.#needs = new Needs(this.captures, this.router, this.profiles, settings);
		kernel.run.setOutputEnd(kernel.start("OUTPUT"));
		this.#dateFrom(walk, repeated);
		this.takeCounts();
	}

	/** Where the next record begins. */
	get place(): LinePlace {
		return this.#feed.place;
	}

	get state(): RecordState {
		return {
			version: 1,
			place: this.place,
			routes: this.router.routes,
			walk: walkOf(this.kernel),
			repeated: repeatedOf(this.kernel),
			profiles: this.profiles.decided,
		};
	}

	/** Goes on in another state, with all that is remembered; bytes come from its place on. False when options are known otherwise there. */
	goTo({ place, routes, walk, repeated, profiles }: RecordState): boolean {
		if (JSON.stringify([...this.profiles.decided].sort()) !== JSON.stringify([...profiles].sort())) return false;
		this.#isEnded = false;
		this.#waitsAt = undefined;
		this.#setRun();
		this.#feed.goTo(place);
		this.router.goOn(routes);
		this.#dateFrom(walk, repeated);
		this.takeCounts();
		return true;
	}

	#setRun(): void {
		const { written: { events, unparsed } = { events: true, unparsed: true }, isReading, shapes } = this.settings;
		this.kernel.run.setRun(isReading === true ? 1 : 0, events ? 1 : 0, unparsed ? 1 : 0, shapes === undefined ? 0 : 1);
	}

	#dateFrom(walk: Walk, repeated: Repeated | undefined): void {
		useZone(this.kernel, this.settings.zone, repeated);
		useWalk(this.kernel, walk);
		this.kernel.run.forgetStamp();
	}

	push(block: Uint8Array): void {
		this.#feed.push(block);
	}

	end(): void {
		this.#feed.end();
		this.#isEnded = true;
	}

	/** Converts bytes; gives what is written by then, in blocks that are good until the next one is asked for. */
	*convert(chunk: Uint8Array): Generator<Buffer> {
		for (let start = 0; start < chunk.length; start += BLOCK) {
			this.push(chunk.subarray(start, start + BLOCK));
			yield* this.#written();
		}
	}

	/** Converts what is left when no more bytes come. */
	*convertRest(): Generator<Buffer> {
		this.end();
		do yield* this.#written();
		while (this.#feed.beginOdd());
	}

	/** Converts what is left of a file before another one follows. */
	*convertBreak(): Generator<Buffer> {
		yield* this.convertRest();
		this.#isEnded = false;
		this.#feed.goOn();
	}

	*#written(): Generator<Buffer> {
		for (const _ of this.read()) yield this.takeOutput();
		if (this.hasOutput) yield this.takeOutput();
	}

	/** Looks at what was pushed, for a survey. Pauses at another date, and where a record begins that was asked for. */
	*look(): Generator<"date" | "boundary"> {
		const { need, step } = this.kernel;
		for (let next = this.#go(); next !== need.input; ) {
			yield next === need.boundary ? "boundary" : "date";
			next = next === need.boundary ? this.#go() : this.#go(step.done);
		}
	}

	/** Reads what was pushed. Pauses when the output has to be taken, or a record was read that is to be looked at. */
	*read(): Generator<"output" | "reading"> {
		const { need, step } = this.kernel;
		let next = this.#go(this.#waitsAt);
		this.#waitsAt = undefined;
		for (;;) {
			if (next === need.input) return;
			if (next === need.output) {
				if (this.hasOutput) {
					yield "output";
					next = this.#go();
				} else next = this.#go(this.#enlargeOutput());
			} else if (next === need.reading) {
				yield "reading";
				next = this.#go(step.done);
			} else {
				this.#waitsAt = step.text;
				return;
			}
		}
	}

	/** Reads bytes as one record, whatever line feeds they hold; then it stands there to be looked at. */
	readOne(bytes: Uint8Array): void {
		const { run } = this.kernel;
		const [start, end] = this.#feed.replace(bytes);
		this.#work(() => run.runPiece(start, end));
	}

	get hasOutput(): boolean {
		return this.kernel.run.outputEnd.value > this.kernel.start("OUTPUT");
	}

	/** The events that were written; nothing is left then. They are good until the kernel goes on. */
	takeOutput(): Buffer {
		const { kernel } = this;
		const start = kernel.start("OUTPUT");
		const taken = kernel.bytes.subarray(start, kernel.run.outputEnd.value);
		kernel.run.setOutputEnd(start);
		return taken;
	}

	/** Records by id of their format since the last call; those that nobody reads are under "", blank ones under BLANK. */
	takeCounts(): (readonly [format: string, records: number])[] {
		const { kernel, settings } = this;
		const first = kernel.run.COUNTS.value / 4;
		const found: [string, number][] = [];
		for (let i = 0; i <= settings.formats.length; i++) {
			const count = kernel.words[first + i] ?? 0;
			if (count > 0) found.push([settings.formats[i - 1]?.id ?? "", count]);
			kernel.words[first + i] = 0;
		}
		const blanks = kernel.run.blanks.value;
		if (blanks > 0) found.push([BLANK, blanks]);
		kernel.run.forgetBlanks();
		return found;
	}

	/** What went wrong since the last call at records that could have been read. */
	takeFailures(): Failures | undefined {
		const failures = this.#failures;
		this.#failures = undefined;
		return failures;
	}

	/** Lets the kernel go on, tells it what it needs, and gives what can only be had from outside. */
	#go(step?: number): number {
		const { run } = this.kernel;
		return this.#work(() => (step === undefined ? run.run() : run.goOn(step)));
	}

	/** The same, begun in some way. What goes wrong at a record is its own affair: it is read anew, with more memory, or less of it. */
	#work(begin: () => number): number {
		const { need, run, step } = this.kernel;
		for (let start = begin; ; start = () => run.goOn(step.text)) {
			try {
				let next = start();
				for (;;) {
					if (this.#isPause(next)) return next;
					if (next !== need.options) next = run.goOn(this.#needs.serve(next));
					else if (this.#isSampleThere) next = run.goOn(this.#infer());
					else return next;
				}
			} catch (error) {
				this.#recover(error);
			}
		}
	}

	/** Lets the record be read anew after an error; throws it again when no record is to blame for it. */
	#recover(error: unknown): void {
		const { kernel } = this;
		if (error instanceof MailtrailError || kernel.run.isWithinRecord() === 0) throw error;
		const lack = lackOf(kernel, error);
		if (lack === undefined) this.#giveUp("failed", error);
		else if (!kernel.enlarge(lack.region, lack.size)) this.#giveUp("too_large", error);
		else if (lack.region === "HEAP") this.#needs.forget();
	}

	#isPause(next: number): boolean {
		const { input, output, reading, date, boundary } = this.kernel.need;
		return next === input || next === output || next === reading || next === date || next === boundary;
	}

	/** The bytes of the record are kept, but less is captured of it: its frame first, then nothing. */
	#giveUp(reason: Reasons, error?: unknown): void {
		const { run } = this.kernel;
		if (run.givenUp.value === run["GivenUp.frame"].value) {
			if (reason === "failed") throw error;
			throw new MailtrailError("input.memory", 3, "a record has no room in memory", "Give a smaller --max-line.");
		}
		if (reason === "failed" && run.givenUp.value === run["GivenUp.nothing"].value) this.#keepFailure(error);
		run.giveUp(run[`Reason.${reason}`].value);
	}

	#keepFailure(error: unknown): void {
		this.#failures = joined(this.#failures, failureAt(this.kernel, this.router.format, error));
	}

	/** Gives the step at which the record goes on; undefined for the one where it stands. */
	#enlargeOutput(): number | undefined {
		const { kernel } = this;
		const isThere = kernel.enlarge("OUTPUT", kernel.run.neededRoom() + 64);
		kernel.run.setOutputEnd(kernel.start("OUTPUT"));
		if (isThere) return undefined;
		this.#giveUp("too_large");
		return kernel.step.text;
	}

	/** Enough follows the record at hand to infer the options of its format. */
	get #isSampleThere(): boolean {
		return this.#isEnded || this.#feed.pushed - this.kernel.run.startOffset() >= SAMPLE;
	}

	/** Gives the step at which the record goes on. */
	#infer(): number {
		const { format } = this.router;
		try {
			if (format !== undefined) this.profiles.infer(format, this.#feed.from(this.kernel.run.start.value, SAMPLE));
		} catch (error) {
			if (error instanceof MailtrailError) throw error;
			this.#keepFailure(error);
		}
		return this.kernel.step.text;
	}
}
