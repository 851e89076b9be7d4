/** The records of one input: the kernel reads and writes them, and is told here what is new to it. */
import { MailtrailError } from "../errors.js";
import type { Format } from "../format/format.js";
import { wasm } from "../grammar/webassembly.js";
import { Captures, expanded } from "./captures.js";
import { type Kernel, NoRoom } from "./kernel.js";
import { Feed, type LinePlace } from "./lines.js";
import { type GivenOptions, type ProfileNote, switchesOf, withPreset } from "./options.js";
import { type Plan, Planner } from "./plan.js";
import { Results } from "./results.js";
import { Router, type RouteSettings, type Routes } from "./route.js";
import type { Selection } from "./selection.js";
import { useWalk, type Walk, walkOf } from "./walk.js";
import { shapeRecord } from "./write.js";
import { putOffsets, type Repeated, repeatedOf, useZone, type Zone } from "./zone.js";

export interface RecordSettings extends RouteSettings {
	/** Input id, the first part of event ids. */
	readonly input: string;
	readonly zone?: Zone | undefined;
	readonly maxLine?: number | undefined;
	/** Options of the logging program, by name. */
	readonly options?: GivenOptions | undefined;
	/** Finds the options of a format in what follows its first record; without it none are looked for. */
	readonly infer?: ((format: Format, sample: Buffer) => ProfileNote) | undefined;
	/** Which keys of events are written. */
	readonly selection?: Selection | undefined;
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
	readonly repeated?: Repeated | undefined;
	/** Options of logging programs that are known by now, by format. */
	readonly profiles: readonly (readonly [format: string, note: ProfileNote])[];
}

/** Bytes, from the first record of a format with options on, from which they are inferred: the same however the input was cut into blocks. */
export const SAMPLE: number = 256 * 1024;

export class Records {
	readonly captures: Captures;
	readonly router: Router;
	/** How the options of formats are known. */
	readonly profiles: Map<string, ProfileNote>;
	/** Formats whose options are still to be inferred. */
	readonly #undecided = new Set<string>();
	readonly #feed: Feed;
	readonly #planner: Planner;
	readonly #results: Results;
	/** Where a record goes on when more bytes are there. */
	#waitsAt: number | undefined;
	#isEnded = false;

	constructor(
		readonly kernel: Kernel,
		readonly settings: RecordSettings,
		{ place, routes, walk, repeated, profiles }: Partial<RecordState> & { readonly walk: Walk },
	) {
		const { run } = kernel;
		this.captures = new Captures(kernel);
		this.#results = new Results(kernel, this.captures);
		this.#planner = new Planner(kernel, this.captures, this.#results, settings.selection);
		const { events = true, unparsed = true } = settings.written ?? {};
		run.setRun(settings.isReading === true ? 1 : 0, events ? 1 : 0, unparsed ? 1 : 0);
		this.#feed = new Feed(kernel, settings.maxLine, place);
		this.router = new Router(kernel, settings, routes);
		this.profiles = new Map(profiles);
		this.router.onLoad = (format) => this.#switch(format);
		useZone(kernel, settings.zone, repeated);
		useWalk(kernel, walk);
		run.forgetStamp();
		run.setOutputEnd(kernel.start("OUTPUT"));
		this.#useProfiles();
		this.takeCounts();
	}

	get state(): RecordState {
		return {
			version: 1,
			place: this.#feed.place,
			routes: this.router.routes,
			walk: walkOf(this.kernel),
			repeated: repeatedOf(this.kernel),
			profiles: [...this.profiles].filter(([format]) => !this.#undecided.has(format)),
		};
	}

	/**
	 * Goes on in another state, with all that is remembered; bytes come from its place on. False when that cannot be: options are known
	 * otherwise there.
	 */
	goTo({ place, routes, walk, repeated, profiles }: RecordState): boolean {
		const known = JSON.stringify([...this.profiles].filter(([format]) => !this.#undecided.has(format)).sort());
		if (known !== JSON.stringify([...profiles].sort())) return false;
		const { events = true, unparsed = true } = this.settings.written ?? {};
		this.kernel.run.setRun(0, events ? 1 : 0, unparsed ? 1 : 0);
		this.#isEnded = false;
		this.#waitsAt = undefined;
		this.#feed.goTo(place);
		this.router.goOn(routes);
		useZone(this.kernel, this.settings.zone, repeated);
		useWalk(this.kernel, walk);
		this.kernel.run.forgetStamp();
		this.takeCounts();
		return true;
	}

	push(block: Uint8Array): void {
		this.#feed.push(block);
	}

	end(): void {
		this.#feed.end();
		this.#isEnded = true;
	}

	/** Reads what was pushed. Pauses when the output has to be taken, or a record was read that is to be looked at. */
	*read(): Generator<"output" | "reading"> {
		const { need, step } = this.kernel;
		let next = this.#go(this.#waitsAt);
		this.#waitsAt = undefined;
		for (;;) {
			if (next === need.input) return;
			if (next === need.output) {
				if (this.hasOutput) yield "output";
				else this.#enlargeOutput();
				next = this.#go();
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

	/** Records by id of their format since the last call; those that nobody reads are under "". */
	takeCounts(): (readonly [format: string, records: number])[] {
		const { kernel, settings } = this;
		const first = kernel.run.COUNTS.value / 4;
		const found: [string, number][] = [];
		for (let i = 0; i <= settings.formats.length; i++) {
			const count = kernel.words[first + i] ?? 0;
			if (count > 0) found.push([settings.formats[i - 1]?.id ?? "", count]);
			kernel.words[first + i] = 0;
		}
		return found;
	}

	/** Lets the kernel go on, tells it what it needs, and gives what can only be had from outside. */
	#go(step?: number): number {
		const { run } = this.kernel;
		return this.#work(() => (step === undefined ? run.run() : run.goOn(step)));
	}

	/** The same, begun in some way. There may be too little memory: then the record is read anew with more. */
	#work(begin: () => number): number {
		const { need, run, step } = this.kernel;
		for (let start = begin; ; start = () => run.goOn(step.text)) {
			try {
				let next = start();
				for (;;) {
					if (next === need.result) next = run.goOn(this.#serveResult());
					else if (next === need.input || next === need.output || next === need.reading) return next;
					else if (next === need.options && !this.#isSampleThere) return next;
					else next = run.goOn(this.#serve(next));
				}
			} catch (error) {
				this.#makeRoom(error);
			}
		}
	}

	/** Makes room after a trap of the parsers, or where it was missed. A record that is too much for all memory is given up. */
	#makeRoom(error: unknown): void {
		const { kernel } = this;
		if (error instanceof NoRoom) {
			if (kernel.enlarge(error.region, error.size)) return this.#forgetIf(error.region === "HEAP");
		} else {
			const lacking = error instanceof wasm.RuntimeError ? kernel.lack() : undefined;
			if (lacking === undefined) throw error;
			if (kernel.enlarge(lacking, 4 * kernel.size(lacking))) return;
		}
		this.#giveUp();
	}

	#forgetIf(isForgotten: boolean): void {
		if (!isForgotten) return;
		this.#planner.forget();
		this.router.forget();
	}

	#giveUp(): void {
		const { run } = this.kernel;
		if (run.isGivenUp.value !== 0)
			throw new MailtrailError("input.memory", 3, "a record has no room in memory", "Give a smaller --max-line.");
		run.giveUp();
	}

	#enlargeOutput(): void {
		const { kernel } = this;
		if (!kernel.enlarge("OUTPUT", kernel.run.neededRoom() + 64)) this.#giveUp();
		kernel.run.setOutputEnd(kernel.start("OUTPUT"));
	}

	/** Tells the kernel what it needs; gives where the record goes on. */
	#serve(next: number): number {
		const { kernel, captures, router } = this;
		const { need, step, run } = kernel;
		switch (next) {
			case need.text:
				throw new NoRoom("TEXT", 4 * kernel.size("TEXT") + 2 * (run.end.value - run.start.value));
			case need.program:
				router.tellProgram();
				return step.routed;
			case need.parser:
				router.load(run.unloaded.value);
				return step.text;
			case need.options:
				this.#infer();
				return step.text;
			case need.expansion: {
				const replacement = router.format === undefined ? undefined : expanded(captures, router.format);
				if (replacement !== undefined) captures.replace(replacement);
				return step.expanded;
			}
			case need.plan:
				this.#planner.add(router.format);
				return step.plan;
			case need.results:
				this.#results.set(this.#plan.computations, router.format);
				return step.choice;
			case need.cases:
				return this.#serveCases();
			case need.zone:
				putOffsets(kernel, this.settings.zone);
				return step.time;
			default:
				this.#shape();
				return step.shape;
		}
	}

	/** The plan of the record at hand. */
	get #plan(): Plan {
		const plan = this.#planner.of(this.kernel.run.plan.value);
		if (plan === undefined) throw new Error("the kernel has a plan that nobody made");
		return plan;
	}

	#serveResult(): number {
		const { words, asked, step } = this.kernel;
		const plan = this.#planner.of(words[asked.plan] ?? 0);
		const computation = plan?.computations[words[asked.computation] ?? -1];
		const { format } = this.router;
		if (plan === undefined || computation === undefined) throw new Error("the kernel misses a result that nobody computes");
		// Computations of a record may stand in the same places of their table, so that each drives out the other.
		const isAlone = (words[asked.times] ?? 0) <= 2 * plan.computations.length;
		const result = this.#results.compute(computation, format);
		if (isAlone && this.#results.remember(words[asked.place] ?? 0, computation, result)) return step.results;
		this.#results.set(plan.computations, format);
		return step.choice;
	}

	#serveCases(): number {
		const entry = this.router.format?.entries[this.kernel.run.entry.value - 1];
		if (entry === undefined) throw new Error("the kernel has an entry that nobody knows");
		this.#planner.putCases(this.#plan, entry);
		return this.kernel.step.choice;
	}

	#shape(): void {
		const { format } = this.router;
		const profile = format === undefined ? undefined : this.profiles.get(format.id);
		const { input, selection } = this.settings;
		const fields = format === undefined ? undefined : this.#planner.fieldsOf(format);
		shapeRecord(this.#plan, this.captures, { input, format, fields, profile, selection });
	}

	/** Options that are given, or known by now, hold; others wait for the first record of their format. */
	#useProfiles(): void {
		const { formats, options = {}, infer } = this.settings;
		const isGiven = Object.keys(options).length > 0;
		formats.forEach((format, index) => {
			const { profile } = format.definition;
			if (profile === undefined) return;
			const known = this.profiles.get(format.id);
			const isDecided = known !== undefined || isGiven || infer === undefined;
			this.profiles.set(format.id, known ?? { basis: isGiven ? "given" : "none", options: withPreset(profile, options) });
			if (isDecided) return;
			this.#undecided.add(format.id);
			this.kernel.run.setUndecided(index, 1);
		});
	}

	/** Lets a format be read with these options. */
	use(format: Format, note: ProfileNote): void {
		this.profiles.set(format.id, note);
		this.#switch(format);
	}

	/** Turns the switches of a format as its options want it. */
	#switch(format: Format): void {
		const { profile } = format.definition;
		const note = this.profiles.get(format.id);
		if (profile !== undefined) this.kernel.parser(format.parser).setSwitches(switchesOf(profile, note?.options ?? {}));
	}

	/** Enough follows the record at hand to infer the options of its format. */
	get #isSampleThere(): boolean {
		return this.#isEnded || this.#feed.pushed - this.kernel.run.offset() >= SAMPLE;
	}

	#infer(): void {
		const { format } = this.router;
		const { run } = this.kernel;
		if (format === undefined || this.settings.infer === undefined) return;
		this.use(format, this.settings.infer(format, this.#feed.from(run.start.value, SAMPLE)));
		this.#undecided.delete(format.id);
		run.setUndecided(run.rules.value, 0);
	}
}
