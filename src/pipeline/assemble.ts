/** What was captured of a record → the event: chooses the catalog entry, the level and the time, then the shape. */
import type { Entry } from "../format/catalog.js";
import { type Field, FRAME_CAPTURES, type Json } from "../format/define.js";
import { SCHEMA_VERSION } from "../format/event.js";
import { type Format, frameFields, type IndexedEntry } from "../format/format.js";
import { type Bytes, bytesOf } from "./bytes.js";
import { chooseCase, chooseEntry, chooseLevel, type LevelChoice } from "./choose.js";
import type { Clock, RenderedTime } from "./clock.js";
import { type Derived, Deriver, NOTHING } from "./derive.js";
import { type Computed, Plan, recordKey } from "./plan.js";
import type { Reading } from "./reading.js";
import { capturedValue, makeShape, type Placed, type Shape, type Value } from "./shape.js";
import { Stamps } from "./stamp.js";

/** Fields of records that no format has read: those of the frame. */
const FRAME_ONLY: ReadonlyMap<number, readonly Field[]> = new Map(FRAME_CAPTURES.map((name, slot) => [slot, frameFields(name)]));

/** Which LOG profile a format was read with, as it stands in `fields.log_profile`. */
export interface ProfileNote {
	readonly basis: "given" | "inferred" | "none";
	readonly options: Readonly<Record<string, string>>;
}

/** What the assembler found out about a record; values that the shape does not hold. */
export interface Assembled {
	readonly shape: Shape;
	/** Values computed for this record, by `Value.index`. */
	readonly derived: readonly Derived[];
	/** Bytes of their JSON. */
	readonly derivedSize: number;
	readonly time: string;
	/** The same as it is written. */
	readonly timeBytes: Bytes;
	readonly entry: Entry | undefined;
}

/** Plans and shapes remembered before the memory is given back; real logs have a few hundred. */
const MOST = 4096;
/** Places of plans, by hash: a power of two. */
const PLACES = 1024;
/** Derived values of which a number can tell which ones are there, besides all else that it tells. */
const MOST_IN_NUMBER = 16;

export class Assembler {
	#plans: (Plan[] | undefined)[] = Array.from({ length: PLACES });
	#remembered = 0;
	readonly #profiles = new Map<string, ProfileNote>();
	readonly #stamps: Stamps;
	/** By number of the format. */
	readonly #derivers: (Deriver | undefined)[] = [];
	/** Derived values of the record; those that are nothing keep their place. */
	readonly #derived: Derived[] = [];
	/** Which of them are there, as bits. */
	#present = 0;
	#derivedSize = 0;
	/** The last time, and what a shape depends on of it. */
	#time: RenderedTime | undefined;
	#timeKey = 0;
	/** Years told by what is computed, and the one that counts. */
	readonly #years: (number | undefined)[] = [];
	#hint: number | undefined;
	/** What `assemble` returns: one object for all records. */
	readonly #assembled: { -readonly [K in keyof Assembled]: Assembled[K] };

	constructor(
		/** Input id, the first part of event ids. */
		readonly input: string,
		clock: Clock,
	) {
		this.#stamps = new Stamps(clock);
		const shape = makeShape([], input, []);
		this.#assembled = { shape, derived: this.#derived, derivedSize: 0, time: "", timeBytes: bytesOf(""), entry: undefined };
	}

	/** Tells which options a format is read with from now on. */
	setProfile(format: string, note: ProfileNote): void {
		this.#profiles.set(format, note);
		this.#forget();
	}

	/** The event of a record; it is good until the next one is asked for. */
	assemble(reading: Reading, format: Format | undefined): Assembled {
		const plan = this.#planOf(reading, format);
		this.#compute(plan, reading, format);
		const entry = chooseEntry(plan, reading, format);
		const when = entry === undefined || entry.when.length === 0 ? -1 : chooseCase(plan.casesOf(entry), reading);
		const told = plan.levelAt.length === 0 ? undefined : chooseLevel(plan, reading, format);
		const stamps = this.#stamps;
		const time = plan.stamp === undefined ? undefined : stamps.render(reading, plan.stamp, this.#hint);
		const key = this.#keyOf(plan, entry, when, told, time);
		if (plan.recent === undefined || plan.recentKey !== key) {
			plan.recent = plan.shapes.get(key) ?? this.#remember(plan, key, this.#make(reading, format, entry, when, told, time));
			plan.recentKey = key;
		}
		const assembled = this.#assembled;
		assembled.shape = plan.recent;
		assembled.derivedSize = this.#derivedSize;
		assembled.time = time?.time ?? "";
		assembled.timeBytes = stamps.bytes;
		assembled.entry = entry?.entry;
		return assembled;
	}

	/** The plan of the record's captures. */
	#planOf(reading: Reading, format: Format | undefined): Plan {
		const { data, length } = reading.log;
		const key = recordKey(reading, format);
		let hash = key;
		// Within the bounds of the log: `?? 0` would cost as much as the reading.
		for (let i = 0; i < length; i += 3) hash = (Math.imul(hash, 31) + (data[i] as number)) | 0;
		const place = (hash ^ (hash >>> 15)) & (PLACES - 1);
		const plans = this.#plans[place];
		if (plans !== undefined) for (let i = 0; i < plans.length; i++) if (plans[i]?.isFor(hash, key, reading)) return plans[i] as Plan;
		if (this.#remembered++ >= MOST) this.#forget();
		const plan = new Plan(hash, key, reading, format, format === undefined ? undefined : this.#deriver(format));
		if (plans !== undefined && this.#plans[place] === plans) plans.push(plan);
		else this.#plans[place] = [plan];
		return plan;
	}

	#deriver(format: Format): Deriver {
		this.#derivers[format.number] ??= new Deriver(format);
		return this.#derivers[format.number] as Deriver;
	}

	#forget(): void {
		this.#plans = Array.from({ length: PLACES });
		this.#remembered = 0;
	}

	/** Finds the derived values and the year. */
	#compute(plan: Plan, reading: Reading, format: Format | undefined): void {
		this.#present = 0;
		this.#derivedSize = 0;
		this.#hint = undefined;
		const { computed, yearFrom } = plan;
		if (format === undefined || computed.length === 0) return;
		const deriver = this.#deriver(format);
		const derived = this.#derived;
		const wantsYear = plan.stamp?.hasYear === false;
		const years = this.#years;
		let count = 0;
		let present = 0;
		let size = 0;
		for (let i = 0; i < computed.length; i++) {
			const { memory, at, used } = computed[i] as Computed;
			const { values, year } = memory.result(reading, at, used, deriver.lookupIn(reading));
			if (wantsYear) years[i] = year;
			for (let k = 0; k < values.length; k++) {
				const value = values[k] as Derived;
				derived[count++] = value;
				size += value.json.end - value.json.start;
				present = present * 2 + (value === NOTHING ? 0 : 1);
			}
		}
		this.#present = present;
		this.#derivedSize = size;
		for (let i = 0; wantsYear && this.#hint === undefined && i < yearFrom.length; i++) this.#hint = years[yearFrom[i] as number];
	}

	/** All that the shape depends on besides the plan. */
	#keyOf(
		plan: Plan,
		entry: IndexedEntry | undefined,
		when: number,
		told: LevelChoice | undefined,
		time: RenderedTime | undefined,
	): number | string {
		if (time !== this.#time) {
			this.#time = time;
			this.#timeKey = time === undefined ? 0 : 1 + YEARS.indexOf(time.year) * ZONES.length + ZONES.indexOf(time.zone);
		}
		const entryKey = entry === undefined ? 0 : entry.number + 1;
		// Numbers up to 2 ** 53 are exact: 16 + 8 + 5 + 5 bits leave room for as many entries as a catalog can have.
		const key = (((entryKey * 256 + when + 1) * 32 + (told?.key ?? 0)) * 32 + this.#timeKey) * 2 ** MOST_IN_NUMBER;
		if (plan.derivedCount <= MOST_IN_NUMBER) return key + this.#present;
		return `${key} ${this.#derived
			.slice(0, plan.derivedCount)
			.map((value) => (value === NOTHING ? 0 : 1))
			.join("")}`;
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
		reading: Reading,
		format: Format | undefined,
		found: IndexedEntry | undefined,
		whenIndex: number,
		told: LevelChoice | undefined,
		rendered: RenderedTime | undefined,
	): Shape {
		const places: Placed[] = [];
		const put = (path: string, value: Value): void => {
			places.push({ path, value });
		};
		const constant = (path: string, json: Json | undefined): void => {
			if (json !== undefined) put(path, { kind: "constant", json });
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
		this.#putCaptures(reading, format, put);
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
		return makeShape(places, this.input, ["log_profile", ...Object.keys(format?.catalog.fields ?? {})]);
	}

	#putCaptures(reading: Reading, format: Format | undefined, put: (path: string, value: Value) => void): void {
		const lists = new Map<string, { kind: "list"; at: number[]; separator: string | undefined }>();
		let next = 0;
		for (let at = 0; at < reading.count; at++) {
			const slot = reading.slot(at);
			const fields = format === undefined ? FRAME_ONLY.get(slot) : format.fields[slot];
			for (const field of fields ?? []) {
				if (field.kind === "derived") {
					if (this.#derived[next] !== NOTHING) put(field.path, { kind: "derived", index: next });
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
