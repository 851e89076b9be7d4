/** What was captured of a record → the event: chooses the catalog entry, the level and the time, then the shape. */
import type { Entry } from "../format/catalog.js";
import { type Field, FRAME_CAPTURES, type Json, type Level } from "../format/define.js";
import type { Format, IndexedEntry, IndexedWhen } from "../format/format.js";
import type { Clock, RenderedTime } from "./clock.js";
import { type Derived, Deriver } from "./derive.js";
import { BASES, LEVELS, type LevelBasis, levelOfPriority, levelOfSeverity } from "./levels.js";
import type { Reading } from "./reading.js";
import { capturedValue, makeShape, type Placed, type Shape, type Value } from "./shape.js";
import { Stamps } from "./stamp.js";

export const SCHEMA_VERSION = "1.0.0";

const frameSlot = (name: (typeof FRAME_CAPTURES)[number]): number => FRAME_CAPTURES.indexOf(name);
const SLOT = {
	host: frameSlot("host"),
	program: frameSlot("program"),
	pid: frameSlot("pid"),
	priority: frameSlot("priority"),
	severity: frameSlot("severity"),
} as const;

/** Fields of records that no format has read: those of the frame. */
const FRAME_ONLY: ReadonlyMap<number, readonly Field[]> = new Map([
	[SLOT.host, [{ kind: "text", path: "host" }]],
	[SLOT.program, [{ kind: "text", path: "program" }]],
	[SLOT.pid, [{ kind: "integer", path: "pid" }]],
]);

/** Which LOG profile a format was read with, as it stands in `fields.log_profile`. */
export interface ProfileNote {
	readonly basis: "given" | "inferred" | "none";
	readonly options: Readonly<Record<string, string>>;
}

/** What the assembler found out about a record; values that the shape does not hold. */
export interface Assembled {
	readonly shape: Shape;
	/** Values computed for this record, by `Value.index`. */
	readonly derived: readonly (Derived | undefined)[];
	readonly time: string;
	readonly entry: Entry | undefined;
}

interface Known {
	readonly signature: Int32Array;
	readonly shape: Shape;
	readonly entry: Entry | undefined;
}

/** Shapes remembered before the memory is given back; real logs have a few hundred. */
const MOST_SHAPES = 4096;

export class Assembler {
	readonly #shapes = new Map<number, Known[]>();
	#shapeCount = 0;
	readonly #profiles = new Map<string, ProfileNote>();
	readonly #stamps: Stamps;
	/** What decides the shape of the current record, and how much of it there is. */
	#signature = new Int32Array(256);
	#size = 0;
	/** Derived values of the record; those that are nothing keep their place. */
	readonly #derived: (Derived | undefined)[] = [];
	#derivedCount = 0;
	/** By number of the format. */
	readonly #derivers: (Deriver | undefined)[] = [];

	constructor(
		/** Input id, the first part of event ids. */
		readonly input: string,
		clock: Clock,
	) {
		this.#stamps = new Stamps(clock);
	}

	/** Tells which options a format is read with from now on. */
	setProfile(format: string, note: ProfileNote): void {
		this.#profiles.set(format, note);
		this.#shapes.clear();
	}

	assemble(reading: Reading, format: Format | undefined): Assembled {
		const found = format === undefined ? undefined : chooseEntry(reading, format);
		const when = found === undefined ? -1 : chooseCase(found.when, reading);
		const { level, basis } = chooseLevel(reading, format, found, when);
		const rendered = this.#stamps.render(reading, format);
		this.#derivedCount = format === undefined ? 0 : this.#deriver(format).compute(reading, this.#derived);
		this.#sign(reading, format, found, when, level, basis, rendered);
		const known = this.#find();
		const shape = known?.shape ?? this.#make(reading, format, found, when, level, basis, rendered);
		if (known === undefined) this.#remember(shape, found?.entry);
		return { shape, derived: this.#derived, time: rendered?.time ?? "", entry: found?.entry };
	}

	#deriver(format: Format): Deriver {
		const known = this.#derivers[format.number];
		if (known !== undefined) return known;
		const deriver = new Deriver(format);
		this.#derivers[format.number] = deriver;
		return deriver;
	}

	/** Everything that the constant parts of an event depend on, in numbers. */
	#sign(
		reading: Reading,
		format: Format | undefined,
		found: IndexedEntry | undefined,
		when: number,
		level: Level | undefined,
		basis: LevelBasis,
		rendered: RenderedTime | undefined,
	): void {
		const { data, length } = reading.log;
		const derived = this.#derived;
		const count = this.#derivedCount;
		const size = length / 3 + count + 6;
		if (size > this.#signature.length) this.#signature = new Int32Array(size * 2);
		const signature = this.#signature;
		let w = 0;
		for (let i = 0; i < length; i += 3) signature[w++] = data[i] ?? 0;
		for (let i = 0; i < count; i++) signature[w++] = derived[i]?.value === undefined ? -1 : -2;
		signature[w++] = format === undefined ? -1 : format.number;
		signature[w++] = found === undefined ? -1 : found.number;
		signature[w++] = when;
		signature[w++] = level === undefined ? -1 : LEVELS.indexOf(level) * 8 + BASES.indexOf(basis);
		signature[w++] = rendered === undefined ? -1 : YEARS.indexOf(rendered.year) * 8 + ZONES.indexOf(rendered.zone);
		const end = reading.eol === "\n" ? 0 : reading.eol === "" ? 8 : 16;
		signature[w++] = (reading.isLatin1 ? 1 : 0) + (reading.lines > 1 ? 2 : 0) + end;
		this.#size = w;
	}

	#find(): Known | undefined {
		const signature = this.#signature;
		const size = this.#size;
		const candidates = this.#shapes.get(hash(signature, size));
		if (candidates === undefined) return undefined;
		for (const known of candidates) if (isEqual(known.signature, signature, size)) return known;
		return undefined;
	}

	#remember(shape: Shape, entry: Entry | undefined): void {
		if (++this.#shapeCount > MOST_SHAPES) {
			this.#shapes.clear();
			this.#shapeCount = 1;
		}
		const signature = this.#signature.slice(0, this.#size);
		const key = hash(signature, signature.length);
		const known: Known = { signature, shape, entry };
		const candidates = this.#shapes.get(key);
		if (candidates === undefined) this.#shapes.set(key, [known]);
		else candidates.push(known);
	}

	#make(
		reading: Reading,
		format: Format | undefined,
		found: IndexedEntry | undefined,
		whenIndex: number,
		level: Level | undefined,
		basis: LevelBasis,
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
		constant("level", level);
		if (level !== undefined) constant("level_basis", basis);
		const when = found?.when[whenIndex];
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
					if (this.#derived[next]?.value !== undefined) put(field.path, { kind: "derived", index: next });
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

function isEqual(known: Int32Array, signature: Int32Array, size: number): boolean {
	if (known.length !== size) return false;
	for (let i = 0; i < size; i++) if (known[i] !== signature[i]) return false;
	return true;
}

function hash(signature: Int32Array, size: number): number {
	let value = size;
	for (let i = 0; i < size; i++) value = (Math.imul(value, 31) + (signature[i] ?? 0)) | 0;
	return value;
}

function chooseEntry(reading: Reading, format: Format): IndexedEntry | undefined {
	const { entryOfSlot, firstEntrySlot } = format;
	const { data, length } = reading.log;
	for (let i = length - 3; i >= 0; i -= 3) {
		const slot = data[i] ?? 0;
		if (slot >= firstEntrySlot) return entryOfSlot[slot];
	}
	const at = format.lookupSlot < 0 ? -1 : reading.last(format.lookupSlot);
	return at < 0 ? undefined : format.entryOfCode.get(reading.textAt(at));
}

/** The first case whose tests hold, -1 for none. */
function chooseCase(cases: readonly IndexedWhen[], reading: Reading): number {
	for (let i = 0; i < cases.length; i++) if (holds(cases[i], reading)) return i;
	return -1;
}

/** All tests of a case hold for the last captures of their names. */
function holds(when: IndexedWhen | undefined, reading: Reading): boolean {
	for (const { slot, test } of when?.tests ?? []) {
		const at = reading.last(slot);
		if (at < 0 || test.present === false) {
			if (at < 0 && test.present === false) continue;
			return false;
		}
		if (test.is === undefined && test.starts_with === undefined && test.has === undefined) continue;
		const text = reading.textAt(at);
		if (test.is !== undefined && !test.is.includes(text)) return false;
		if (test.starts_with !== undefined && !text.startsWith(test.starts_with)) return false;
		if (test.has !== undefined && !text.split(",").includes(test.has)) return false;
	}
	return true;
}

function chooseLevel(
	reading: Reading,
	format: Format | undefined,
	found: IndexedEntry | undefined,
	when: number,
): { level: Level | undefined; basis: LevelBasis } {
	let colour: Level | undefined;
	let priority: Level | undefined;
	const levelSlots = format?.levelSlots;
	const { data, length } = reading.log;
	for (let i = 0; i < length; i += 3) {
		const slot = data[i] ?? 0;
		const at = i / 3;
		if (slot === SLOT.priority) priority = levelOfPriority(reading.textAt(at));
		else if (slot === SLOT.severity) priority ??= levelOfSeverity(reading.textAt(at));
		else if (levelSlots?.[slot] === 1)
			for (const field of format?.fields[slot] ?? []) {
				if (field.kind !== "level") continue;
				const level = field.words[reading.textAt(at)];
				if (level === undefined) continue;
				if (field.basis === "line") return { level, basis: "line" };
				colour = level;
			}
	}
	if (priority !== undefined) return { level: priority, basis: "priority" };
	if (colour !== undefined) return { level: colour, basis: "colour" };
	return { level: found?.when[when]?.level ?? found?.entry.level, basis: "catalog" };
}
