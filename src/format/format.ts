/** A format that can read records: definition, catalog and parser, indexed by slot. */
import { join } from "node:path";
import type { Parser } from "../grammar/parser.js";
import { type CaptureTest, type Catalog, type Entry, formsOf, readTranslation, type Translation, type When } from "./catalog.js";
import { type Field, type FormatDefinition, integer, list, number, text } from "./define.js";
import type { Event } from "./event.js";
import { valueAt } from "./value-at.js";

/** Grammar of the framings that all formats share, and its start rule. */
export const FRAMING = { grammar: "Framing", start: "frame" } as const;

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

export class Format {
	readonly id: string;
	/** Slot → fields of the event. */
	readonly fields: readonly (readonly Field[])[];
	readonly slots: ReadonlyMap<string, number>;
	/** Slot of the case label of a template → its catalog entry. */
	readonly entryOfSlot: readonly (IndexedEntry | undefined)[];
	/** Slots from here on are those of templates. */
	readonly firstEntrySlot: number;
	/** In the order of the catalog. */
	readonly entries: readonly IndexedEntry[];
	readonly entryOfCode: ReadonlyMap<string, IndexedEntry>;
	/** Slot of the capture that selects an entry when no template does; -1 for none. */
	readonly lookupSlot: number;
	/** 1 for slots that may tell the level. */
	readonly levelSlots: Uint8Array;
	/** Slots that may tell the year. */
	readonly yearSlots: readonly number[];
	/** Slots of case labels that `expand` rereads. */
	readonly expandSlots: ReadonlyMap<number, string>;

	constructor(
		readonly definition: FormatDefinition,
		readonly catalog: Catalog,
		readonly parser: Parser,
		readonly folder: string,
	) {
		this.id = definition.id;
		this.slots = new Map(parser.captures.map((name, slot) => [name, slot]));
		this.fields = parser.captures.map((name) => fieldsOf(name, definition, catalog));
		const having = (kind: Field["kind"]): Uint8Array =>
			Uint8Array.from(this.fields, (fields) => (fields.some((field) => field.kind === kind) ? 1 : 0));
		this.levelSlots = having("level");
		this.yearSlots = [...having("year")].flatMap((has, slot) => (has === 1 ? [slot] : []));
		this.entries = catalog.entries.map((entry, number) => this.#index(entry, number));
		this.entryOfCode = new Map(this.entries.map((one) => [one.entry.code, one]));
		const forms = this.entries.flatMap((one) => formsOf(one.entry).map(() => one));
		const first = this.slots.get("message_t0") ?? parser.captures.length;
		this.firstEntrySlot = first;
		this.entryOfSlot = parser.captures.map((_, slot) => (slot < first ? undefined : forms[slot - first]));
		this.lookupSlot = definition.lookup === undefined ? -1 : this.slot(definition.lookup);
		this.expandSlots = new Map(Object.keys(definition.expand ?? {}).map((label) => [this.slot(label), label]));
	}

	slot(capture: string): number {
		return this.slots.get(capture) ?? -1;
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

	#index(entry: Entry, number: number): IndexedEntry {
		const when = (entry.when ?? []).map(({ if: tests, ...then }) => ({
			...then,
			tests: Object.entries(tests).map(([capture, test]) => ({ slot: this.slot(capture), test })),
		}));
		return { entry, number, when };
	}
}

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
