/** What was captured of a record → the event: chooses the catalog entry, the level and the time, then the shape. */
import type { Entry } from "../format/catalog.js";
import { type Field, FRAME_CAPTURES, type Json, type Level } from "../format/define.js";
import type { Format, IndexedEntry, IndexedWhen } from "../format/format.js";
import { type Clock, monthNumber, type RenderedTime } from "./clock.js";
import { BASES, LEVELS, type LevelBasis, levelOfPriority, levelOfSeverity } from "./levels.js";
import type { Reading } from "./reading.js";
import { capturedValue, makeShape, type Placed, type Shape, type Value } from "./shape.js";

export const SCHEMA_VERSION = "1.0.0";

const frameSlot = (name: (typeof FRAME_CAPTURES)[number]): number => FRAME_CAPTURES.indexOf(name);
const SLOT = {
	host: frameSlot("host"),
	program: frameSlot("program"),
	pid: frameSlot("pid"),
	priority: frameSlot("priority"),
	severity: frameSlot("severity"),
	year: frameSlot("year"),
	day: frameSlot("day"),
	zone: frameSlot("zone"),
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
	readonly dynamic: readonly Json[];
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
	readonly #signature: number[] = [];
	readonly #dynamic: Json[] = [];
	/** For each dynamic value: position in the log and index of the field. */
	readonly #dynamicPlaces: { at: number; field: Field }[] = [];

	constructor(
		/** Input id, the first part of event ids. */
		readonly input: string,
		readonly clock: Clock,
	) {}

	/** Tells which options a format is read with from now on. */
	setProfile(format: string, note: ProfileNote): void {
		this.#profiles.set(format, note);
		this.#shapes.clear();
	}

	assemble(reading: Reading, format: Format | undefined): Assembled {
		const found = format === undefined ? undefined : chooseEntry(reading, format);
		const when = found === undefined ? -1 : found.when.findIndex((one) => holds(one, reading));
		const { level, basis } = chooseLevel(reading, format, found, when);
		const rendered = this.#time(reading, format);
		this.#compute(reading, format);
		const signature = this.#signature;
		signature.length = 0;
		const { data, length } = reading.log;
		for (let i = 0; i < length; i += 3) signature.push(data[i] ?? 0);
		for (const value of this.#dynamic) signature.push(value === undefined ? -1 : -2);
		signature.push(
			format === undefined ? -1 : format.number,
			found === undefined ? -1 : found.number,
			when,
			level === undefined ? -1 : LEVELS.indexOf(level) * 8 + BASES.indexOf(basis),
			rendered === undefined ? -1 : YEARS.indexOf(rendered.year) * 8 + ZONES.indexOf(rendered.zone),
			(reading.isLatin1 ? 1 : 0) +
				(reading.lines > 1 ? 2 : 0) +
				(reading.isCut ? 4 : 0) +
				(reading.eol === "\n" ? 0 : reading.eol === "" ? 8 : 16),
		);
		const known = this.#find(signature);
		const shape = known?.shape ?? this.#make(reading, format, found, when, level, basis, rendered);
		if (known === undefined) this.#remember(signature, shape, found?.entry);
		return { shape, dynamic: this.#dynamic.filter((value) => value !== undefined), time: rendered?.time ?? "", entry: found?.entry };
	}

	#time(reading: Reading, format: Format | undefined): RenderedTime | undefined {
		// A stamp inside the record is more precise than that of the frame: it has a year and fractions.
		const start = reading.expanded === undefined ? reading.frameLength / 3 : 0;
		let from = 0;
		for (let at = reading.count - 1; at >= start; at--)
			if (reading.slot(at) === SLOT.day) {
				from = start;
				break;
			}
		const parts: (string | undefined)[] = [];
		for (let at = from; at < reading.count; at++) {
			const slot = reading.slot(at);
			if (slot >= SLOT.year && slot <= SLOT.zone && (from === start || at < start || reading.expanded !== undefined))
				parts[slot - SLOT.year] = reading.textAt(at);
		}
		const [year, month, day, hour, minute, second, fraction, zone] = parts;
		if (month === undefined || day === undefined || hour === undefined || minute === undefined || second === undefined) return undefined;
		const hint = year === undefined && format !== undefined ? yearHint(reading, format) : undefined;
		return this.clock.render(
			{
				...(year === undefined ? {} : { year: Number(year) }),
				month: monthNumber(month) ?? 0,
				day: Number(day),
				hour: Number(hour),
				minute: Number(minute),
				second: Number(second),
				...(fraction === undefined ? {} : { fraction }),
				...(zone === undefined ? {} : { zone }),
			},
			hint,
		);
	}

	/** Computes the derived values, in the order of the log. */
	#compute(reading: Reading, format: Format | undefined): void {
		this.#dynamic.length = 0;
		this.#dynamicPlaces.length = 0;
		if (format === undefined) return;
		const { derivedSlots } = format;
		const { data, length } = reading.log;
		for (let i = 0; i < length; i += 3) {
			const slot = data[i] ?? 0;
			if (derivedSlots[slot] !== 1) continue;
			const lookup = (capture: string): string | undefined => {
				const at = reading.last(format.slot(capture));
				return at < 0 ? undefined : reading.textAt(at);
			};
			for (const field of format.fields[slot] ?? []) {
				if (field.kind !== "derived") continue;
				// `undefined` keeps its place, so that the signature tells which values are there.
				this.#dynamic.push(field.from(reading.textAt(i / 3), lookup) as Json);
				this.#dynamicPlaces.push({ at: i / 3, field });
			}
		}
	}

	#find(signature: readonly number[]): Known | undefined {
		const candidates = this.#shapes.get(hash(signature));
		return candidates?.find(
			(one) => one.signature.length === signature.length && one.signature.every((value, i) => value === signature[i]),
		);
	}

	#remember(signature: readonly number[], shape: Shape, entry: Entry | undefined): void {
		if (++this.#shapeCount > MOST_SHAPES) {
			this.#shapes.clear();
			this.#shapeCount = 1;
		}
		const key = hash(signature);
		const known: Known = { signature: Int32Array.from(signature), shape, entry };
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
		return makeShape(places, ["log_profile", ...Object.keys(format?.catalog.fields ?? {})]);
	}

	#putCaptures(reading: Reading, format: Format | undefined, put: (path: string, value: Value) => void): void {
		const lists = new Map<string, { kind: "list"; at: number[]; separator: string | undefined }>();
		let dynamic = 0;
		let next = 0;
		for (let at = 0; at < reading.count; at++) {
			const slot = reading.slot(at);
			const fields = format === undefined ? FRAME_ONLY.get(slot) : format.fields[slot];
			for (const field of fields ?? []) {
				if (field.kind === "derived") {
					if (this.#dynamic[next++] !== undefined) put(field.path, { kind: "dynamic", index: dynamic++ });
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

function hash(signature: readonly number[]): number {
	let value = signature.length;
	for (const part of signature) value = (Math.imul(value, 31) + part) | 0;
	return value;
}

function chooseEntry(reading: Reading, format: Format): IndexedEntry | undefined {
	const { entryOfSlot } = format;
	for (let at = reading.count - 1; at >= 0; at--) {
		const entry = entryOfSlot[reading.slot(at)];
		if (entry !== undefined) return entry;
	}
	const at = format.lookupSlot < 0 ? -1 : reading.last(format.lookupSlot);
	return at < 0 ? undefined : format.entryOfCode.get(reading.textAt(at));
}

/** All tests of a case hold for the last captures of their names. */
function holds(when: IndexedWhen, reading: Reading): boolean {
	return when.tests.every(({ slot, test }) => {
		const at = reading.last(slot);
		if (at < 0) return test.present === false;
		if (test.present === false) return false;
		const text = reading.textAt(at);
		if (test.is !== undefined && !test.is.includes(text)) return false;
		if (test.starts_with !== undefined && !text.startsWith(test.starts_with)) return false;
		return test.has === undefined || text.split(",").includes(test.has);
	});
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
	for (let at = 0; at < reading.count; at++) {
		const slot = reading.slot(at);
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

function yearHint(reading: Reading, format: Format): number | undefined {
	for (const slot of format.yearSlots) {
		const at = reading.last(slot);
		if (at < 0) continue;
		for (const field of format.fields[slot] ?? []) {
			const year = field.kind === "year" ? field.from(reading.textAt(at)) : undefined;
			if (year !== undefined) return year;
		}
	}
	return undefined;
}
