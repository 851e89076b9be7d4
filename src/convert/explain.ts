/** One record, explained: how it was framed and read, what each part of it became, what the catalog says, and why not. */
import type { Entry } from "../format/catalog.js";
import { sharedGrammars } from "../format/compose.js";
import { type Field, FRAME_CAPTURES, frameSlot, type Json } from "../format/define.js";
import type { Event } from "../format/event.js";
import { type Format, FRAMING, programsOf } from "../format/format.js";
import { CATALOG_LANGUAGE } from "../format/language.js";
import { entryMeaning, type Meaning, repliesIn, termsOf } from "../format/lookup.js";
import { valueAt } from "../format/value-at.js";
import { Translator } from "../format/vocabulary.js";
import type { Captures } from "./captures.js";
import { events, type Settings } from "./convert.js";
import { readEvents } from "./event-input.js";
import type { Input } from "./input.js";
import { Kernel } from "./kernel.js";
import { hasRaw, nothingToExplain, type WithRaw } from "./lacking.js";
import { caseOf, formsOf, type Mismatch, mismatchOf, type Span } from "./mismatch.js";
import type { ProfileNote } from "./options.js";
import { readableBytes } from "./raw-bytes.js";
import { Records } from "./records.js";
import { matchAlone } from "./room.js";
import { UNKNOWN } from "./walk.js";

export interface ExplainSettings extends Settings {
	/** Language of titles and explanations, where the catalogs have it; English by default. */
	readonly language?: string | undefined;
}

/** A value of the event and where in the line it was read. Offsets are UTF-16 units of `line`, `to` is exclusive. */
export interface ExplainedField {
	/** Rule of the grammar, or placeholder of the template. */
	readonly capture: string;
	/** Place in the event, dotted. */
	readonly path: string;
	readonly value: Json;
	/** Absent when the record is encoded, so that the value does not stand in it as it is. */
	readonly from?: number;
	readonly to?: number;
	/** What the catalog says of a key of `fields`. */
	readonly title?: string;
}

export interface Explanation {
	/** The record as it is, without its line end; control characters included. */
	readonly line: string;
	readonly event: Event;
	/** Grammar and rule that read the frame; absent for bare lines. */
	readonly frame?: { readonly grammar: string; readonly rule: string };
	/** Who read the record, and by what it was recognized. */
	readonly reader?: {
		readonly format: string;
		readonly title: string;
		readonly by: "program" | "frame" | "content" | "option";
		readonly grammar: string;
		readonly rule: string;
	};
	/** The catalog's entry for it. */
	readonly message?: Meaning;
	/** The text of the entry that matched, of several. */
	readonly template?: string;
	/** Where the time stands, also when nobody can know its year and `event.time` is absent. */
	readonly stamp?: Span;
	/** In the order of the line. */
	readonly fields: readonly ExplainedField[];
	/** Flags, states and the like that stand in it, and the reply it quotes. */
	readonly terms: readonly Meaning[];
	/** Why the record, or its text, was not understood. */
	readonly mismatch?: Mismatch;
}

/** Explains each record of an input, in order. */
export async function* explain(input: Input, settings: ExplainSettings): AsyncGenerator<Explanation> {
	const explainer = new Explainer(settings);
	for await (const event of events(input, settings)) yield explainer.explain(event);
}

/** Explains the events of a log, or of a file of events, that are asked for. */
export async function* explainEvents(
	input: Input,
	settings: ExplainSettings,
	isAskedFor: (event: Event) => boolean,
): AsyncGenerator<Explanation> {
	const explainer = new Explainer(settings);
	for await (const event of readEvents(input, settings)) {
		if (!isAskedFor(event)) continue;
		if (!hasRaw(event)) throw nothingToExplain(event, input.name);
		yield explainer.explain(event);
	}
}

/** Explains one line (or the first record of several). */
export async function explainLine(line: string, settings: ExplainSettings): Promise<Explanation> {
	const bytes = Buffer.from(`${line}\n`);
	const input: Input = {
		name: "-",
		modified: undefined,
		async *chunks() {
			yield bytes;
		},
	};
	for await (const explanation of explain(input, settings)) return explanation;
	throw new Error("a line end makes a record");
}

const YEAR = frameSlot("year");
const ZONE = frameSlot("zone");
const CONTENT = frameSlot("content");
const PAYLOAD = frameSlot("payload");
const PATHS_OF_FRAME: ReadonlyMap<number, string> = new Map([
	[frameSlot("host"), "host"],
	[frameSlot("program"), "program"],
	[frameSlot("pid"), "pid"],
]);
/** Facility and severity: where the level comes from when nothing better tells it. */
const PRIORITIES = [frameSlot("priority"), frameSlot("severity")];

class Explainer {
	readonly #settings: ExplainSettings;
	readonly #records: Records;
	readonly #translator: Translator;

	constructor(settings: ExplainSettings) {
		const { formats, framing, forced } = settings;
		this.#settings = settings;
		this.#records = new Records(new Kernel(), { formats, framing, forced, input: "", isReading: true }, { walk: UNKNOWN });
		this.#translator = new Translator(settings.language ?? CATALOG_LANGUAGE);
	}

	/** Reads the record of an event once more, for what the event does not hold. */
	explain(event: WithRaw): Explanation {
		const line = event.raw;
		const { captures, router } = this.#records;
		this.#useProfile(event);
		this.#records.readOne(readableBytes(line, event.raw_encoding));
		const { format } = router;
		const frame = this.#frame(line);
		const form = format === undefined ? undefined : matchedForm(captures, format);
		const entry = form?.entry ?? format?.entryOf(event)?.entry;
		const stamp = stampOf(captures);
		const fields = fieldsOf(captures, format, event, stamp);
		const mismatch = mismatchOf(
			{
				line,
				format,
				isFramed: frame !== undefined,
				program: event.program,
				payload: spanOf(captures, PAYLOAD),
				content: spanOf(captures, CONTENT),
				entry,
				hasTemplate: form !== undefined,
			},
			this.#settings.formats,
		);
		return {
			line,
			event,
			...(frame === undefined ? {} : { frame }),
			...(format === undefined ? {} : { reader: this.#readerOf(line, format, frame?.grammar, event.program) }),
			...(entry === undefined || format === undefined ? {} : { message: entryMeaning(format, entry, this.#translator) }),
			...(form?.template === undefined ? {} : { template: form.template }),
			...(stamp === undefined ? {} : { stamp }),
			fields,
			terms: this.#terms(event, format),
			...(mismatch === undefined ? {} : { mismatch }),
		};
	}

	/** The record is read with the options that it was read with before. */
	#useProfile({ format: id, fields }: Event): void {
		const format = this.#settings.formats.find((one) => one.id === id);
		if (format === undefined || fields?.log_profile === undefined) return;
		// An event that is valid, and written by `convert`, tells options in this form.
		const { basis = "none", options = {} } = fields.log_profile as Partial<ProfileNote>;
		this.#records.profiles.use(format, { basis, options });
	}

	#frame(line: string): Explanation["frame"] {
		const found = this.#records.router.framing;
		if (found === undefined || found.grammar !== FRAMING.grammar) return found;
		return { grammar: FRAMING.grammar, rule: caseOf(sharedGrammars(), FRAMING.grammar, FRAMING.start, line) };
	}

	#readerOf(line: string, format: Format, frame: string | undefined, program: string | undefined): NonNullable<Explanation["reader"]> {
		const { definition, record } = format;
		const by = (): NonNullable<Explanation["reader"]>["by"] => {
			if (frame === definition.grammar) return "frame";
			if (frame !== undefined) return program !== undefined && programsOf(definition).test(program) ? "program" : "content";
			const isKnown = definition.bare !== undefined && matchAlone(this.#records.kernel, format, definition.bare, line) !== undefined;
			return isKnown ? "content" : "option";
		};
		return { format: definition.id, title: definition.title, by: by(), grammar: definition.grammar, rule: record };
	}

	#terms(event: WithRaw, format: Format | undefined): Meaning[] {
		const found = Object.entries(format?.definition.words ?? {}).flatMap(([path, kind]) => {
			const value = valueAt(event, path);
			const words = Array.isArray(value) ? value : [value];
			return format === undefined
				? []
				: words.flatMap((word) => (typeof word === "string" ? termsOf(kind, word, format, this.#translator) : []));
		});
		if (event.smtp?.reference !== undefined) return found;
		// Other servers quote the reply of one of ours.
		const at = event.raw.search(/\b[245]\d\d[ -][245]\.\d+\.\d+ /);
		if (at < 0) return found;
		const quoted = this.#settings.formats.flatMap((other) => repliesIn(event.raw.slice(at, at + 1000), other, this.#translator));
		return [...found, ...quoted];
	}
}

/** Where the last capture of a slot stands. */
function spanOf(captures: Captures, slot: number): Span | undefined {
	const at = captures.last(slot);
	return at < 0 ? undefined : captures.spanAt(at);
}

/** The entry whose template matched, and which of its templates. */
function matchedForm(captures: Captures, format: Format): { readonly entry: Entry; readonly template: string | undefined } | undefined {
	for (let at = captures.count - 1; at >= 0; at--) {
		const slot = captures.slot(at);
		const entry = format.entryOfSlot[slot]?.entry;
		if (entry === undefined) continue;
		const first = format.entryOfSlot.findIndex((one) => one?.entry === entry);
		return { entry, template: formsOf(entry)[slot - first]?.template };
	}
	return undefined;
}

function fieldsOf(captures: Captures, format: Format | undefined, event: Event, stamp: Span | undefined): ExplainedField[] {
	const found: ExplainedField[] = [];
	const taken = new Set<string>();
	// From the end: of several captures for one place, the last one counts.
	for (let at = captures.count - 1; at >= 0; at--) {
		const slot = captures.slot(at);
		const capture = format === undefined ? FRAME_CAPTURES[slot] : format.parser.captures[slot];
		if (capture === undefined) continue;
		const span = captures.spanAt(at);
		for (const { path, isList } of placesOf(slot, format, event).reverse()) {
			const whole = valueAt(event, path);
			if (whole === undefined || (!isList && taken.has(path))) continue;
			taken.add(path);
			const title = path.startsWith("fields.") ? format?.catalog.fields[path.slice("fields.".length)]?.title : undefined;
			const value = isList ? captures.textAt(at) : whole;
			found.push({ capture, path, value, ...span, ...(title === undefined ? {} : { title }) });
		}
	}
	if (stamp !== undefined && event.time !== undefined && !taken.has("time"))
		found.push({ capture: "time", path: "time", value: event.time, ...stamp });
	return found.reverse().sort((a, b) => (a.from ?? 0) - (b.from ?? 0) || (b.to ?? 0) - (a.to ?? 0));
}

/** Places in the event that a capture fills. */
function placesOf(slot: number, format: Format | undefined, event: Event): { readonly path: string; readonly isList: boolean }[] {
	if (PRIORITIES.includes(slot)) return event.level_basis === "priority" ? [{ path: "level", isList: false }] : [];
	const fields: readonly Field[] = format?.fields[slot] ?? [];
	if (format === undefined) {
		const path = PATHS_OF_FRAME.get(slot);
		return path === undefined ? [] : [{ path, isList: false }];
	}
	return fields.flatMap((field) => {
		if (field.kind === "level") return field.basis === event.level_basis ? [{ path: "level", isList: false }] : [];
		return field.kind === "year" ? [] : [{ path: field.path, isList: field.kind === "list" && field.separator === undefined }];
	});
}

/** Where the stamp stands: that of the record if it has one, else that of the frame. */
function stampOf(captures: Captures): Span | undefined {
	const within = (first: number, behind: number): Span | undefined => {
		const parts: Span[] = [];
		for (let at = first; at < behind; at++) {
			const slot = captures.slot(at);
			const span = slot >= YEAR && slot <= ZONE ? captures.spanAt(at) : undefined;
			if (span !== undefined) parts.push(span);
		}
		if (parts.length < 2) return undefined;
		return { from: Math.min(...parts.map(({ from }) => from)), to: Math.max(...parts.map(({ to }) => to)) };
	};
	return within(captures.framed, captures.count) ?? within(0, captures.framed);
}
