/** The records of a corpus as a format reads them: what the checks look at. */
import { readFileSync } from "node:fs";
import type { Settings } from "../convert/convert.js";
import type { Input } from "../convert/input.js";
import { type GivenOptions, switchesOf } from "../convert/options.js";
import { frameSlot } from "../format/define.js";
import type { Event, WholeEvent } from "../format/event.js";
import type { Format } from "../format/format.js";
import { FRAME_RULE, type Framing, ownRule } from "../format/frame.js";
import { type Corpus, casesOf } from "./cases.js";
import { Places } from "./findings.js";
import { type Match, matchOf } from "./matching.js";
import { eventsOf, inputOf, settingsOf } from "./trial.js";
import type { Readers, Specimen } from "./workbench.js";

/** A format, and what the checks look at besides. */
export interface Evidence {
	readonly specimen: Specimen;
	/** All records of its corpus. */
	readonly seen: readonly Sighting[];
	readonly places: Places;
}

/** Reads the corpus of a format. Throws MailtrailError for case files that cannot be read. */
export async function evidenceOf(specimen: Specimen): Promise<Evidence> {
	const seen: Sighting[] = [];
	for await (const sighting of sightings(specimen.corpus, specimen.format, specimen)) seen.push(sighting);
	return { specimen, seen, places: new Places() };
}

/** A record of the corpus. */
export interface Sighting {
	readonly file: string;
	readonly line: number;
	readonly event: WholeEvent;
	/** What its input was read with. */
	readonly settings: Settings;
	/** What the format itself read in it; absent when another format did, or none. */
	readonly own?: OwnReading;
}

export interface OwnReading {
	/** What its rule for records read, and where that begins in `event.raw`, in UTF-16 units. */
	readonly payload: string;
	readonly payloadAt: number;
	/** What its templates were tried on; absent when the record has none. */
	readonly content?: string;
	/** Label of the template that matched: `message_t12`. */
	readonly message?: string;
	/** Captures were replaced by `expand`: decoded values need not stand in the line. */
	readonly isExpanded: boolean;
	/** A shared frame named one of its programs: it is this format's whatever its text. */
	readonly isRouted: boolean;
	/** Switch rules that were on. */
	readonly switches: readonly string[];
	/** The same for records that are captured alike. */
	readonly shape: string;
}

const PAYLOAD = frameSlot("payload");
const CONTENT = frameSlot("content");
const PROGRAM = frameSlot("program");

/** Reads all cases and captures of a corpus. */
export async function* sightings(corpus: Corpus, format: Format, readers: Readers): AsyncGenerator<Sighting> {
	for (const one of casesOf(corpus)) yield* sightingsIn(one.file, inputOf(one), settingsOf(one, readers), format, one.inputLine - 1);
	for (const file of corpus.captures) yield* sightingsIn(file, wholeFile(file), { ...readers }, format, 0);
}

/** A file as it was when it was read; captures are small, and have no time of modification that says anything. */
const wholeFile = (file: string): Input => ({
	name: file,
	modified: undefined,
	async *chunks() {
		yield readFileSync(file);
	},
});

async function* sightingsIn(file: string, input: Input, settings: Settings, format: Format, before: number): AsyncGenerator<Sighting> {
	for await (const event of eventsOf(input, settings, { file, line: before + 1 })) {
		const own = event.format === format.id ? readAgain(event, format, settings.framing) : undefined;
		yield { file, line: event.source.line + before, event, settings, ...(own === undefined ? {} : { own }) };
	}
}

/** Reads the record of an event once more, for what the event does not hold. */
function readAgain({ raw, fields, carrier }: WholeEvent, format: Format, framing: Framing): OwnReading | undefined {
	// What a carrier wraps may stand in other words there.
	if (carrier !== undefined) return undefined;
	const { definition, parser } = format;
	const switches = definition.profile === undefined ? [] : switchesOf(definition.profile, optionsIn(fields));
	const shared = firstMatch(framing, raw);
	const own = (definition.frames ?? []).map((one) => matchOf(parser, ownRule(one), raw)).find((found) => found !== undefined);
	const frame = shared ?? own;
	const { from, to } = frame?.last(PAYLOAD) ?? { from: raw.startsWith("\ufeff") ? 1 : 0, to: raw.length };
	const payload = raw.slice(from, to);
	const record = matchOf(parser, format.record, payload, switches);
	if (record === undefined) return undefined;
	const place = record.last(CONTENT);
	const content = place === undefined ? undefined : payload.slice(place.from, place.to);
	const message = content === undefined ? undefined : matchOf(parser, "message", content, switches);
	const program = shared?.last(PROGRAM);
	const template = message?.slots.findLast((slot) => slot >= format.firstEntrySlot);
	return {
		payload,
		payloadAt: from,
		...(content === undefined ? {} : { content }),
		...(template === undefined ? {} : { message: parser.captures[template] ?? "" }),
		isExpanded: record.slots.some((slot) => format.expandSlots.has(slot)),
		isRouted: program !== undefined && definition.programs?.includes(raw.slice(program.from, program.to)) === true,
		switches,
		shape: [frame?.slots, record.slots, message?.slots].join(" "),
	};
}

/** The frame around a record that is no carrier. */
function firstMatch(framing: Framing, raw: string): Match | undefined {
	for (const { definition, parser } of framing) {
		const { carrier, within, namesProgram } = definition;
		const found = (carrier ?? within ?? namesProgram) ? undefined : matchOf(parser, FRAME_RULE, raw);
		if (found !== undefined) return found;
	}
	return undefined;
}

/** `fields.log_profile`, which the engine writes. */
export const optionsIn = (fields: Event["fields"]): GivenOptions =>
	(fields?.log_profile as { readonly options?: GivenOptions } | undefined)?.options ?? {};
