/** What the kernel is told when it needs something for the record at hand; see `Need` of src/kernel/kernel.ts. */
import { type Captures, expanded } from "./captures.js";
import type { ExcerptShapes } from "./excerpt-shape.js";
import type { Kernel } from "./kernel.js";
import { type Plan, Planner } from "./plan.js";
import type { Profiles } from "./profiles.js";
import { NoRoom } from "./regions.js";
import { Results } from "./results.js";
import type { Router } from "./route.js";
import type { Selection } from "./selection.js";
import { shapeRecord } from "./write.js";
import { putOffsets, type Zone } from "./zone.js";

export interface NeedSettings {
	/** Input id, the first part of event ids. */
	readonly input: string;
	readonly zone?: Zone | undefined;
	/** Which keys of events are written. */
	readonly selection?: Selection | undefined;
	/** Excerpts are written, and no NDJSON: their shapes. */
	readonly shapes?: ExcerptShapes | undefined;
}

export class Needs {
	readonly #kernel: Kernel;
	readonly #planner: Planner;
	readonly #results: Results;

	constructor(
		readonly captures: Captures,
		readonly router: Router,
		readonly profiles: Profiles,
		readonly settings: NeedSettings,
	) {
		this.#kernel = captures.kernel;
		this.#results = new Results(this.#kernel, captures);
		this.#planner = new Planner(this.#kernel, captures, this.#results, settings.selection);
	}

	/** The heap was cleared. */
	forget(): void {
		this.#planner.forget();
		this.router.forget();
		this.settings.shapes?.forget();
	}

	/** Serves a need; gives the step at which the record goes on. */
	serve(need: number): number {
		const { captures, router } = this;
		const { need: needs, step, run } = this.#kernel;
		switch (need) {
			case needs.result:
				return this.#serveResult();
			case needs.text:
				throw new NoRoom("TEXT", 4 * this.#kernel.size("TEXT") + 2 * (run.end.value - run.start.value));
			case needs.program:
				router.tellProgram();
				return step.routed;
			case needs.log:
				throw new NoRoom("LOG", 2 * this.#kernel.size("LOG"));
			case needs.name:
				router.tellName();
				return step.text;
			case needs.parser:
				router.load();
				return step.text;
			case needs.expansion: {
				const replacement = router.format === undefined ? undefined : expanded(captures, router.format);
				if (replacement !== undefined) captures.replace(replacement);
				return step.expanded;
			}
			case needs.plan:
				this.#planner.add(router.format);
				return step.plan;
			case needs.results:
				this.#results.set(this.#plan.computations, router.format);
				return step.choice;
			case needs.cases:
				return this.#serveCases();
			case needs.zone:
				putOffsets(this.#kernel, this.settings.zone);
				return step.time;
			case needs.shape:
				this.#shape();
				return step.shape;
			default:
				throw new Error(`the kernel needs something that nobody knows: ${need}`);
		}
	}

	/** The plan of the record at hand. */
	get #plan(): Plan {
		const plan = this.#planner.of(this.#kernel.run.plan.value);
		if (plan === undefined) throw new Error("the kernel has a plan that nobody made");
		return plan;
	}

	#serveResult(): number {
		const { words, asked, step } = this.#kernel;
		const { computations } = this.#plan;
		const computation = computations[words[asked.computation] ?? -1];
		const { format } = this.router;
		if (computation === undefined) throw new Error("the kernel misses a result that nobody computes");
		// Computations of a record may stand in the same places of their table, so that each drives out the other.
		const isAlone = (words[asked.times] ?? 0) <= 2 * computations.length;
		const result = this.#results.compute(computation, format);
		if (isAlone && this.#results.remember(words[asked.place] ?? 0, result)) return step.results;
		this.#results.set(computations, format);
		return step.choice;
	}

	#serveCases(): number {
		const entry = this.router.format?.entries[this.#kernel.run.entry.value - 1];
		if (entry === undefined) throw new Error("the kernel has an entry that nobody knows");
		this.#planner.putCases(this.#plan, entry);
		return this.#kernel.step.choice;
	}

	#shape(): void {
		const { format } = this.router;
		const profile = format === undefined ? undefined : this.profiles.known.get(format.id);
		const { input, selection, shapes } = this.settings;
		const fields = format === undefined ? undefined : this.#planner.fieldsOf(format);
		shapeRecord(this.#plan, this.captures, { input, format, fields, profile, selection, shapes, carriers: this.router.carriers });
	}
}
