/** Makes the plan of records that are captured alike: all that follows from the names of their captures; see src/kernel/plan.ts. */
import { type Field, frameSlot } from "../format/define.js";
import type { Format, IndexedEntry, IndexedWhen } from "../format/format.js";
import type { Captures } from "./captures.js";
import type { Kernel } from "./kernel.js";
import type { Asks } from "./kernel-exports.js";
import { Layers } from "./layers.js";
import { levelKeyOf } from "./levels.js";
import { NoRoom } from "./regions.js";
import { type Computation, type Computer, computersOf, type Results, type SlotComputer } from "./results.js";
import { type Selection, selectedFields } from "./selection.js";
import { carrierPlaces, stampPlaces } from "./stamp-places.js";

const PRIORITIES: readonly number[] = [frameSlot("priority"), frameSlot("severity")];

/** Plans that are remembered before all are forgotten; real logs have a few hundred. */
const MOST_PLANS = 4096;

/** A plan as JavaScript keeps it. */
export interface Plan {
	readonly slots: readonly number[];
	readonly computations: readonly Computation[];
	readonly layers: Layers;
}

/** Makes the plans of one stream. */
export class Planner {
	/** By format. */
	readonly #computers = new Map<Format, readonly (SlotComputer | undefined)[]>();
	readonly #lookups = new Map<Format, Computer>();
	readonly #levels = new Map<Format | undefined, Map<string, Computer>>();
	/** By address. */
	readonly #plans = new Map<number, Plan>();

	readonly #fields = new Map<Format, readonly (readonly Field[])[]>();

	constructor(
		readonly kernel: Kernel,
		readonly captures: Captures,
		readonly results: Results,
		readonly selection: Selection | undefined,
	) {}

	/** The fields of a format that are written, by slot. */
	fieldsOf(format: Format): readonly (readonly Field[])[] {
		const known = this.#fields.get(format) ?? selectedFields(format.fields, this.selection);
		this.#fields.set(format, known);
		return known;
	}

	/** The heap was cleared. */
	forget(): void {
		this.#plans.clear();
		this.results.forget();
	}

	/** The plan that the kernel has found. */
	of(address: number): Plan | undefined {
		return this.#plans.get(address);
	}

	/** What is computed from the captures of the record. */
	#computations(slots: readonly number[], layers: Layers, format: Format | undefined): readonly Computation[] {
		const { run } = this.kernel;
		const found: Computation[] = [];
		if (format !== undefined) {
			const computers = this.#computersOf(format);
			slots.forEach((slot, at) => {
				const made = computers[slot];
				if (made === undefined || !layers.isOwn(at)) return;
				found.push({ ...made, at: [at, ...(made.computer.uses ?? []).map((used) => slots.lastIndexOf(used))] });
			});
			const lookup = this.#entryOfTemplate(slots, format) === undefined ? slots.lastIndexOf(format.lookupSlot) : -1;
			if (lookup >= 0) {
				const computer = this.#lookupOf(format);
				const used = (computer.uses ?? []).map((slot) => slots.lastIndexOf(slot));
				found.push({ computer, gives: run["Gives.entry"].value, at: [lookup, ...used] });
			}
		}
		const levels = slots.flatMap((slot, at) =>
			layers.isOwn(at) && (PRIORITIES.includes(slot) || format?.levelSlots[slot] === 1) ? [at] : [],
		);
		if (levels.length > 0) found.push({ computer: this.#levelOf(format, slots, levels), gives: run["Gives.level"].value, at: levels });
		return found;
	}

	/** Adds the plan of the record. */
	add(format: Format | undefined): void {
		const { kernel, captures, results } = this;
		const { run } = kernel;
		const slots = captures.slots();
		const layers = new Layers(slots, captures.framed, run);
		const computations = this.#computations(slots, layers, format);
		if (this.#plans.size >= MOST_PLANS) throw new NoRoom("HEAP", 0);
		kernel.reserve(slots.length * 4 + 1024 + results.roomFor(computations));
		const values = computations.reduce((sum, { computer }) => sum + computer.values, 0);
		if (values * 8 > kernel.size("VALUES")) throw new NoRoom("VALUES", values * 8);
		if (values / 8 + 64 > kernel.size("KEY")) throw new NoRoom("KEY", values / 8 + 64);
		const entry = format === undefined ? undefined : this.#entryOfTemplate(slots, format);
		const isForgetful = computations.some(({ computer }) => computer.uses === undefined);
		const places = stampPlaces(layers, run.isExpanded.value !== 0);
		const outer = carrierPlaces(layers);
		const placed = computations.length === 0 ? 0 : results.place(computations);
		const stamp = places === undefined ? 0 : kernel.allocateWords(places);
		const carrierStamps = outer.length === 0 ? 0 : kernel.allocateWords([outer.length, ...outer.flat()]);
		const slotsAt = kernel.allocateWords(slots);
		const address = kernel.allocate(run.sizeOfPlan());
		run.addPlan(address, slotsAt, placed, values, isForgetful ? 1 : 0, entry === undefined ? 0 : entry.number + 1, stamp, carrierStamps);
		this.#plans.set(address, { slots, computations, layers });
	}

	/** The entry of the template that matched. */
	#entryOfTemplate(slots: readonly number[], format: Format): IndexedEntry | undefined {
		const template = slots.findLast((slot) => slot >= format.firstEntrySlot);
		return template === undefined ? undefined : format.entryOfSlot[template];
	}

	#computersOf(format: Format): readonly (SlotComputer | undefined)[] {
		const known = this.#computers.get(format) ?? computersOf(format, this.fieldsOf(format), this.kernel);
		this.#computers.set(format, known);
		return known;
	}

	/** Looks up the entry of a code. */
	#lookupOf(format: Format): Computer {
		const { from, uses = [] } = format.definition.lookupCode ?? {};
		const compute: Computer["compute"] = (text, lookup) => {
			const code = from === undefined ? text : from(text, lookup);
			return { number: (format.entryOfCode.get(code)?.number ?? -1) + 1, values: [] };
		};
		const known = this.#lookups.get(format) ?? { values: 0, uses: uses.map((name) => format.slot(name)), compute };
		this.#lookups.set(format, known);
		return known;
	}

	/** Reads the level from the captures at these positions. */
	#levelOf(format: Format | undefined, slots: readonly number[], levels: readonly number[]): Computer {
		const { captures } = this;
		const read = levels.map((at) => slots[at] ?? -1);
		const key = read.join();
		const all = this.#levels.get(format) ?? new Map<string, Computer>();
		this.#levels.set(format, all);
		const fieldsOf = (slot: number) => format?.fields[slot] ?? [];
		const compute: Computer["compute"] = () => ({
			// Of a slot that was captured several times, the positions are those of this record.
			number: levelKeyOf(levelTexts(captures, read), fieldsOf),
			values: [],
		});
		const known = all.get(key) ?? { values: 0, uses: [], compute };
		all.set(key, known);
		return known;
	}

	/** Puts the cases of an entry into the heap, as told in src/kernel/choose.ts. */
	putCases(plan: Plan, entry: IndexedEntry): void {
		const { kernel } = this;
		const { run } = kernel;
		kernel.reserve(64 + JSON.stringify(entry.when).length * 16);
		const words = entry.when.map(({ tests }) => {
			const each = tests.flatMap((test) => testWords(plan.slots.lastIndexOf(test.slot), test.test, kernel));
			const body = each.flatMap((one) => [(one.length + 1) * 4, ...one]);
			return [(body.length + 2) * 4, each.length, ...body];
		});
		run.addCases(kernel.allocateWords([0, entry.number + 1, entry.when.length, ...words.flat()]));
	}
}

/** The texts of the captures of these slots, in the order of the log. */
function levelTexts(captures: Captures, slots: readonly number[]): readonly { readonly slot: number; readonly text: string }[] {
	const wanted = new Set(slots);
	const found: { slot: number; text: string }[] = [];
	for (let at = 0; at < captures.count; at++) {
		const slot = captures.slot(at);
		if (wanted.has(slot)) found.push({ slot, text: captures.textAt(at) });
	}
	return found;
}

type Test = IndexedWhen["tests"][number]["test"];

/** What a test asks, one list of numbers for each question: position, what is asked, number of texts, and the texts. */
function testWords(position: number, test: Test, kernel: Kernel): number[][] {
	const { run } = kernel;
	const asked = (code: Asks, texts: readonly string[]): number[] => [
		position,
		run[`Asks.${code}`].value,
		texts.length,
		...texts.flatMap((text) => kernel.allocateText(text)),
	];
	if (test.present === false) return [asked("absent", [])];
	const found = [asked("present", [])];
	if (test.starts_with !== undefined) found.push(asked("starts_with", [test.starts_with]));
	if (test.is !== undefined) found.push(asked("is", test.is));
	if (test.has !== undefined) found.push(asked("has", [test.has]));
	return found;
}
