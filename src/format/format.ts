/** A format that can read records: definition, catalog and parser, indexed by slot. */
import { join } from "node:path";
import type { Parser } from "../grammar/parser.js";
import { type CaptureTest, type Catalog, type Entry, formsOf, readTranslation, type Translation, type When } from "./catalog.js";
import { type Field, type FormatDefinition, integer, list, number, text } from "./define.js";
import type { Event } from "./event.js";
import { valueAt } from "./value-at.js";

/** A case of `when` with slots in place of names. */
export interface IndexedWhen extends Omit<When, "if"> {
	readonly tests: readonly { readonly slot: number; readonly test: CaptureTest }[];
}

export interface IndexedEntry {
	readonly entry: Entry;
	/** Position in the catalog. */
	readonly number: number;
	readonly when: readonly IndexedWhen[];
}

/** Places of the frame captures that every format shares. */
const FRAME_FIELDS: Readonly<Record<string, Field>> = {
	host: text("host"),
	program: text("program"),
	pid: integer("pid"),
	// What counts when nothing better tells it.
	carrier_program: text("program"),
	carrier_pid: integer("pid"),
	repeat: integer("repeat"),
};

/** The fields that every format has for a capture of the frame. */
export function frameFields(name: string): readonly Field[] {
	const field = FRAME_FIELDS[name];
	return field === undefined ? [] : [field];
}

/** The program names of a format as one expression. */
export function programsOf({ programs = [] }: FormatDefinition): RegExp {
	const names = programs.map((name) => name.replace(/[^\w*]/g, "\\$&").replaceAll("*", ".*"));
	return new RegExp(`^(?:${names.join("|")})$`);
}

/** What follows from catalog and parser. */
interface Index {
	readonly fields: readonly (readonly Field[])[];
	readonly slots: ReadonlyMap<string, number>;
	readonly entryOfSlot: readonly (IndexedEntry | undefined)[];
	readonly firstEntrySlot: number;
	readonly entries: readonly IndexedEntry[];
	readonly entryOfCode: ReadonlyMap<string, IndexedEntry>;
	readonly lookupSlot: number;
	readonly levelSlots: Uint8Array;
	readonly yearSlots: readonly number[];
	readonly expandSlots: ReadonlyMap<number, string>;
}

const NO_SLOTS: ReadonlyMap<number, string> = new Map();

export class Format {
	readonly id: string;
	readonly #readCatalog: () => Catalog;
	// Read and made when the first record of the format is met: most logs are of one format or two.
	#catalog: Catalog | undefined;
	#index: Index | undefined;

	constructor(
		readonly definition: FormatDefinition,
		readCatalog: () => Catalog,
		readonly parser: Parser,
		readonly folder: string,
	) {
		this.id = definition.id;
		this.#readCatalog = readCatalog;
	}

	get catalog(): Catalog {
		this.#catalog ??= this.#readCatalog();
		return this.#catalog;
	}

	get #indexed(): Index {
		this.#index ??= indexOf(this);
		return this.#index;
	}

	/** Slot → fields of the event. */
	get fields(): readonly (readonly Field[])[] {
		return this.#indexed.fields;
	}

	/** Slot of the case label of a template → its catalog entry. */
	get entryOfSlot(): readonly (IndexedEntry | undefined)[] {
		return this.#indexed.entryOfSlot;
	}

	/** Slots from here on are those of templates. */
	get firstEntrySlot(): number {
		return this.#indexed.firstEntrySlot;
	}

	/** In the order of the catalog. */
	get entries(): readonly IndexedEntry[] {
		return this.#indexed.entries;
	}

	get entryOfCode(): ReadonlyMap<string, IndexedEntry> {
		return this.#indexed.entryOfCode;
	}

	/** Slot of the capture that selects an entry when no template does; -1 for none. */
	get lookupSlot(): number {
		return this.#indexed.lookupSlot;
	}

	/** 1 for slots that may tell the level. */
	get levelSlots(): Uint8Array {
		return this.#indexed.levelSlots;
	}

	/** Its records may tell a year. */
	get tellsYears(): boolean {
		return Object.values(this.definition.captures)
			.flat()
			.some(({ kind }) => kind === "year");
	}

	/** Slots that may tell the year. */
	get yearSlots(): readonly number[] {
		return this.#indexed.yearSlots;
	}

	/** Slots of case labels that `expand` rereads. */
	get expandSlots(): ReadonlyMap<number, string> {
		return this.definition.expand === undefined ? NO_SLOTS : this.#indexed.expandSlots;
	}

	slot(capture: string): number {
		return this.#indexed.slots.get(capture) ?? -1;
	}

	/** The entry of an event: that of its code, or of the part of it that the format looks up. */
	entryOf(event: Event): IndexedEntry | undefined {
		if (event.code === undefined) return undefined;
		const entry = this.entryOfCode.get(event.code);
		if (entry !== undefined) return entry;
		const path = this.fields[this.lookupSlot]?.flatMap((field) => ("path" in field ? field.path : []))[0];
		const part = path === undefined ? undefined : valueAt(event, path);
		return typeof part === "string" ? this.entryOfCode.get(part) : undefined;
	}

	get record(): string {
		return this.definition.record ?? "record";
	}

	/** The words of the catalog in another language. */
	translation(language: string): Translation | undefined {
		return readTranslation(join(this.folder, `catalog.${language}.json`));
	}
}

function indexOf({ definition, catalog, parser: { captures } }: Format): Index {
	const slots = new Map(captures.map((name, slot) => [name, slot]));
	const slot = (capture: string): number => slots.get(capture) ?? -1;
	const fields = captures.map((name) => fieldsOf(name, definition, catalog));
	const having = (kind: Field["kind"]): Uint8Array =>
		Uint8Array.from(fields, (fields) => (fields.some((field) => field.kind === kind) ? 1 : 0));
	const entries = catalog.entries.map((entry, number) => ({ entry, number, when: casesOf(entry, slot) }));
	const forms = entries.flatMap((one) => formsOf(one.entry).map(() => one));
	const firstEntrySlot = slots.get("message_t0") ?? captures.length;
	return {
		fields,
		slots,
		entries,
		firstEntrySlot,
		entryOfCode: new Map(entries.map((one) => [one.entry.code, one])),
		entryOfSlot: captures.map((_, slot) => (slot < firstEntrySlot ? undefined : forms[slot - firstEntrySlot])),
		lookupSlot: definition.lookup === undefined ? -1 : slot(definition.lookup),
		levelSlots: having("level"),
		yearSlots: [...having("year")].flatMap((has, slot) => (has === 1 ? [slot] : [])),
		expandSlots: new Map(Object.keys(definition.expand ?? {}).map((label) => [slot(label), label])),
	};
}

const casesOf = (entry: Entry, slot: (capture: string) => number): IndexedWhen[] =>
	(entry.when ?? []).map(({ if: tests, ...then }) => ({
		...then,
		tests: Object.entries(tests).map(([capture, test]) => ({ slot: slot(capture), test })),
	}));

function fieldsOf(name: string, definition: FormatDefinition, catalog: Catalog): readonly Field[] {
	const own = definition.captures[name];
	if (own !== undefined) return Array.isArray(own) ? own : [own as Field];
	const declared = catalog.fields[name]?.type;
	if (declared !== undefined) {
		const path = `fields.${name}`;
		return [declared === "integer" ? integer(path) : declared === "number" ? number(path) : declared === "list" ? list(path) : text(path)];
	}
	if (name === "remainder") return [text("remainder")];
	return frameFields(name);
}
