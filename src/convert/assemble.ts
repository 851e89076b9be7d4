import { type Field, FRAME_CAPTURES, type Json } from "../format/define.js";
import { SCHEMA_VERSION } from "../format/event.js";
import { type Format, frameFields, type IndexedEntry } from "../format/format.js";
import { chooseCase, chooseEntry, chooseLevel, type LevelChoice } from "./choose.js";
import type { Clock, RenderedTime } from "./clock.js";
import { type Computation, Deriver, type Result, Results } from "./derive.js";
import type { Kernel } from "./kernel.js";
import { MOST_IN_NUMBER, Plan, recordKey } from "./plan.js";
import type { Reading } from "./reading.js";
import type { Selection } from "./selection.js";
import { capturedValue, makeShape, type Placed, type Shape, type Value } from "./shape.js";
import { Stamps } from "./stamp.js";

/** Fields of records that no format has read: those of the frame. */
const FRAME_ONLY: ReadonlyMap<number, readonly Field[]> = new Map(FRAME_CAPTURES.map((name, slot) => [slot, frameFields(name)]));

/** Which LOG profile a format was read with, as it stands in `fields.log_profile`. */
export interface ProfileNote {
	readonly basis: "given" | "inferred" | "none";
	readonly options: Readonly<Record<string, string>>;
}

/** What the assembler found out about a record. */
export interface Assembled {
	readonly shape: Shape;
	/** The kernel has all that it needs to write the record. For those that it cannot write there are `time` and `computed`. */
	readonly isForKernel: boolean;
	/** Bytes of the computed values. */
	readonly computedSize: number;
	/** Where the time ends in the kernel. */
	readonly timeEnd: number;
	time(): string;
	/** Computed values, by `Value.index`. */
	computed(): readonly (Json | undefined)[];
}

/** Plans and shapes remembered before the memory is given back; real logs have a few hundred. */
const MOST = 4096;
/** Places of plans, by hash: a power of two. */
const PLACES = 1024;
/** Bytes of the kernel's heap that one record may need. */
const MOST_HEAP = 1024 * 1024;

export class Assembler {
	#plans: (Plan[] | undefined)[] = Array.from({ length: PLACES });
	/** By slot of the last capture. */
	#recent: (Plan | undefined)[] = [];
	#remembered = 0;
	readonly #profiles = new Map<string, ProfileNote>();
	readonly #stamps: Stamps;
	readonly #results: Results;
	/** By number of the format. */
	readonly #derivers: (Deriver | undefined)[] = [];
	/** Which computed values are there: bits of a number, or a text of many. */
	#present: number | string = 0;
	/** Tells the year of the record. */
	#hint: number | undefined;
	/** The last time, and what a shape depends on of it. */
	#time: RenderedTime | undefined;
	#timeKey = 0;
	/** What `assemble` returns: one object for all records. */
	readonly #assembled: { -readonly [K in keyof Assembled]: Assembled[K] };
	/** The record, for when the kernel cannot write it after all. */
	#reading: Reading | undefined;
	#plan: Plan | undefined;
	#format: Format | undefined;

	constructor(
		/** Input id, the first part of event ids. */
		readonly input: string,
		clock: Clock,
		readonly kernel: Kernel,
		/** Which keys are written; all when absent. */
		readonly selection?: Selection | undefined,
	) {
		this.#stamps = new Stamps(clock, kernel);
		this.#results = new Results(kernel);
		const shape = makeShape([], input, []);
		this.#assembled = {
			shape,
			isForKernel: false,
			computedSize: 0,
			timeEnd: 0,
			time: () => this.#stamps.written(),
			computed: () => this.#computed(),
		};
	}

	/** Tells which options a format is read with from now on. */
	setProfile(format: string, note: ProfileNote): void {
		this.#profiles.set(format, note);
		this.#forget();
	}

	/** The event of a record; it is good until the next one is asked for. */
	assemble(reading: Reading, format: Format | undefined): Assembled {
		const plan = this.#planOf(reading, format);
		const assembled = this.#assembled;
		this.#plan = plan;
		this.#reading = reading;
		this.#format = format;
		const isForKernel = plan.isForKernel && this.#find(plan, reading, format);
		if (!isForKernel) this.#compute(plan, reading, format);
		const entry = chooseEntry(plan, reading, format);
		const when = entry === undefined || entry.when.length === 0 ? -1 : chooseCase(plan.casesOf(entry), reading);
		const told = plan.levelAt.length === 0 ? undefined : chooseLevel(plan, reading, format);
		const stamps = this.#stamps;
		const time = plan.stamp === undefined ? undefined : stamps.render(reading, plan.stamp, this.#hint);
		if (time !== this.#time) {
			this.#time = time;
			this.#timeKey = time === undefined ? 0 : 1 + YEARS.indexOf(time.year) * ZONES.length + ZONES.indexOf(time.zone);
		}
		const { recent } = plan;
		const isAsBefore =
			recent.entry === entry &&
			recent.when === when &&
			recent.told === told &&
			recent.timeKey === this.#timeKey &&
			recent.present === this.#present;
		if (!isAsBefore || recent.shape === undefined) {
			const key = this.#keyOf(entry, when, told);
			recent.shape = plan.shapes.get(key) ?? this.#remember(plan, key, this.#make(plan, reading, format, entry, when, told, time));
			recent.entry = entry;
			recent.when = when;
			recent.told = told;
			recent.timeKey = this.#timeKey;
			recent.present = this.#present;
		}
		assembled.shape = recent.shape;
		assembled.isForKernel = isForKernel && stamps.timeEnd !== 0;
		assembled.timeEnd = stamps.timeEnd;
		return assembled;
	}

	/** The plan of the record's captures. */
	#planOf(reading: Reading, format: Format | undefined): Plan {
		if (this.kernel.room < MOST_HEAP) this.#forget();
		const { data, length } = reading.log;
		const key = recordKey(reading, format);
		// The capture that ended last names the template: what it was part of last time is most often right.
		const lastSlot = length === 0 ? 0 : (data[length - 3] as number);
		const recent = this.#recent[lastSlot];
		if (recent?.isFor(key, reading) === true) return recent;
		const plan = this.#findPlan(reading, format, key);
		this.#recent[lastSlot] = plan;
		return plan;
	}

	#findPlan(reading: Reading, format: Format | undefined, key: number): Plan {
		const { data, length } = reading.log;
		let hash = key;
		// Within the bounds of the log: `?? 0` would cost as much as the reading.
		for (let i = 0; i < length; i += 3) hash = (Math.imul(hash, 31) + (data[i] as number)) | 0;
		const place = (hash ^ (hash >>> 15)) & (PLACES - 1);
		const plans = this.#plans[place];
		if (plans !== undefined) for (let i = 0; i < plans.length; i++) if (plans[i]?.isFor(key, reading) === true) return plans[i] as Plan;
		if (this.#remembered++ >= MOST) this.#forget();
		const plan = new Plan(key, reading, format, format === undefined ? undefined : this.#deriver(format), this.#results);
		if (plans !== undefined && this.#plans[place] === plans) plans.push(plan);
		else this.#plans[place] = [plan];
		return plan;
	}

	#deriver(format: Format): Deriver {
		this.#derivers[format.number] ??= new Deriver(format, this.selection);
		return this.#derivers[format.number] as Deriver;
	}

	#forget(): void {
		this.#plans = Array.from({ length: PLACES });
		this.#recent = [];
		this.#remembered = 0;
		this.#results.clear();
		this.kernel.clear();
	}

	/** Lets the kernel find the computed values, and computes those that it does not know; false when it cannot have them. */
	#find(plan: Plan, reading: Reading, format: Format | undefined): boolean {
		const { computations, addresses, yearFrom } = plan;
		const { at, run, words } = this.kernel;
		this.#present = 0;
		this.#hint = undefined;
		this.#assembled.computedSize = 0;
		if (format === undefined || computations.length === 0) return true;
		const address = (addresses[0] as number) - 4;
		let left = computations.length;
		for (let missing = run.findResults(address); missing >= 0; missing = run.findResults(address)) {
			const computation = computations[missing] as Computation;
			const result = this.#deriver(format).compute(reading, computation);
			// Two computations of a record may stand in the same place of their table, so that each drives out the other.
			if (left-- === 0 || !this.#results.remember(addresses[missing] as number, computation, reading, result)) return false;
		}
		this.#present = words[at.PRESENT / 4] as number;
		this.#assembled.computedSize = words[at.SIZE / 4] as number;
		if (plan.stamp?.hasYear !== false) return true;
		for (let i = 0; i < yearFrom.length; i++) {
			const year = words[at.YEARS / 4 + (yearFrom[i] as number)] as number;
			if (year === 0) continue;
			this.#hint = year;
			break;
		}
		return true;
	}

	/** Finds out which values are there, and the year, without the kernel. */
	#compute(plan: Plan, reading: Reading, format: Format | undefined): void {
		const results = this.#resultsOf(plan, reading, format);
		const bits = results.flatMap(({ values }) => values.map((value) => (value === undefined ? 0 : 1)));
		this.#present = bits.length > MOST_IN_NUMBER ? bits.join("") : bits.reduce((sum: number, bit) => sum * 2 + bit, 0);
		this.#hint = undefined;
		if (plan.stamp?.hasYear === false) this.#hint = plan.yearFrom.map((index) => results[index]?.year).find((year) => year !== undefined);
	}

	#resultsOf(plan: Plan, reading: Reading, format: Format | undefined): readonly Result[] {
		return format === undefined ? [] : plan.computations.map((one) => this.#deriver(format).compute(reading, one));
	}

	#computed(): readonly (Json | undefined)[] {
		const [plan, reading] = [this.#plan, this.#reading];
		return plan === undefined || reading === undefined ? [] : this.#resultsOf(plan, reading, this.#format).flatMap(({ values }) => values);
	}

	/** All that the shape depends on besides the plan. */
	#keyOf(entry: IndexedEntry | undefined, when: number, told: LevelChoice | undefined): number | string {
		const entryKey = entry === undefined ? 0 : entry.number + 1;
		// Numbers up to 2 ** 53 are exact: 16 + 8 + 5 + 5 bits leave room for as many entries as a catalog can have.
		const key = (((entryKey * 256 + when + 1) * 32 + (told?.key ?? 0)) * 32 + this.#timeKey) * 2 ** MOST_IN_NUMBER;
		return typeof this.#present === "number" ? key + this.#present : `${key} ${this.#present}`;
	}

	#remember(plan: Plan, key: number | string, shape: Shape): Shape {
		if (this.#remembered++ >= MOST) {
			this.#forget();
			plan.shapes.clear();
		}
		plan.shapes.set(key, shape);
		return shape;
	}

	#make(
		plan: Plan,
		reading: Reading,
		format: Format | undefined,
		found: IndexedEntry | undefined,
		whenIndex: number,
		told: LevelChoice | undefined,
		rendered: RenderedTime | undefined,
	): Shape {
		const places: Placed[] = [];
		const { selection } = this;
		const put = (path: string, value: Value): void => {
			if (selection?.includes(path) !== false) places.push({ path, value });
		};
		const constant = (path: string, json: Json | undefined): void => {
			const kept = json === undefined || selection === undefined ? json : selection.pick(path, json);
			if (kept !== undefined) put(path, { kind: "constant", json: kept });
		};
		constant("schema_version", SCHEMA_VERSION);
		put("id", { kind: "id" });
		constant("record", format === undefined ? "unparsed" : "event");
		constant("format", format?.id);
		if (rendered !== undefined) {
			put("time", { kind: "time" });
			constant("time_basis", { year: rendered.year, zone: rendered.zone });
		}
		const when = found?.when[whenIndex];
		const level = told?.level ?? when?.level ?? found?.entry.level;
		constant("level", level);
		if (level !== undefined) constant("level_basis", told?.basis ?? "catalog");
		if (found !== undefined) {
			if (found.entry.uncoded !== true) constant("code", found.entry.code);
			constant("action", when?.action ?? found.entry.action);
			constant("outcome", when?.outcome ?? found.entry.outcome);
		}
		this.#putCaptures(plan, reading, format, put);
		const profile = format === undefined ? undefined : this.#profiles.get(format.id);
		if (profile !== undefined) constant("fields.log_profile", { basis: profile.basis, options: profile.options });
		put("raw", { kind: "raw" });
		if (reading.isLatin1) constant("raw_encoding", "latin1");
		constant("source.file", this.input);
		put("source.line", { kind: "line" });
		put("source.offset", { kind: "offset" });
		put("source.length", { kind: "length" });
		if (reading.lines > 1) put("source.lines", { kind: "lines" });
		if (reading.eol !== "\n") constant("source.eol", reading.eol);
		const order = ["log_profile", ...Object.keys(format?.catalog.fields ?? {})];
		return makeShape(places, this.input, order, reading.isPlain ? this.kernel : undefined);
	}

	/** Which of the computed values are there: a `1` or a `0` for each. */
	#bits(count: number): string {
		return typeof this.#present === "string" ? this.#present : this.#present.toString(2).padStart(count, "0");
	}

	#putCaptures(plan: Plan, reading: Reading, format: Format | undefined, put: (path: string, value: Value) => void): void {
		const lists = new Map<string, { kind: "list"; at: number[]; separator: string | undefined }>();
		let next = 0;
		const present = this.#bits(plan.derivedCount);
		for (let at = 0; at < reading.count; at++) {
			const slot = reading.slot(at);
			const fields = format === undefined ? FRAME_ONLY.get(slot) : format.fields[slot];
			for (const field of fields ?? []) {
				if (field.kind === "derived") {
					if (present[next] === "1") put(field.path, { kind: "derived", index: next });
					next++;
					continue;
				}
				const value = capturedValue(field, at);
				if (value === undefined || !("path" in field)) continue;
				const list = value.kind === "list" ? lists.get(field.path) : undefined;
				if (list !== undefined) list.at.push(at);
				else {
					if (value.kind === "list") {
						const first = { ...value, at: [...value.at] };
						lists.set(field.path, first);
						put(field.path, first);
					} else put(field.path, value);
				}
			}
		}
	}
}

const YEARS = ["line", "session_id", "option", "file", "rollover"];
const ZONES = ["line", "option", "assumed"];
