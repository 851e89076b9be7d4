/** What the event of a record holds: the places of its captures, computed values and constants, put together as a shape. */
import { type Field, FRAME_CAPTURES, type Json } from "../format/define.js";
import { type Event, SCHEMA_VERSION } from "../format/event.js";
import { type Format, frameFields } from "../format/format.js";
import type { Captures } from "./captures.js";
import type { ExcerptShapes } from "./excerpt-shape.js";
import type { Kernel } from "./kernel.js";
import { levelOf } from "./levels.js";
import type { ProfileNote } from "./options.js";
import type { Plan } from "./plan.js";
import type { Selection } from "./selection.js";
import { addShape, capturedValue, type Placed, treeOf, type Value } from "./shape.js";
import { timeBasisOf } from "./time-basis.js";

/** Fields of records that no format has read: those of the frame. */
const FRAME_ONLY: ReadonlyMap<number, readonly Field[]> = new Map(FRAME_CAPTURES.map((name, slot) => [slot, frameFields(name)]));

const REASONS = ["too_large", "failed"] as const;

/** What the shape of a record follows from besides its captures. */
export interface Known {
	/** Input id, the first part of event ids. */
	readonly input: string;
	readonly format: Format | undefined;
	/** The fields of the format that are written, by slot. */
	readonly fields: readonly (readonly Field[])[] | undefined;
	/** How the options of its program are known. */
	readonly profile: ProfileNote | undefined;
	/** Which keys are written. */
	readonly selection: Selection | undefined;
	/** Those of excerpts, when they are written. */
	readonly shapes: ExcerptShapes | undefined;
}

/** Makes the shape of the record at hand. */
export function shapeRecord(plan: Plan, captures: Captures, { input, format, fields, profile, selection, shapes }: Known): void {
	const { kernel } = captures;
	const places: Placed[] = [];
	const put = (path: string, value: Value): void => {
		if (selection?.includes(path) !== false) places.push({ path, value });
	};
	const constant = (path: string, json: Json | undefined): void => {
		const picked = json === undefined || selection === undefined ? json : selection.pick(path, json);
		if (picked !== undefined) put(path, { kind: "constant", json: picked });
	};
	constant("schema_version", SCHEMA_VERSION);
	put("id", { kind: "id" });
	constant("record", format === undefined ? "unparsed" : "event");
	constant(
		"unparsed_reason",
		REASONS.find((reason) => kernel.run[`Reason.${reason}`].value === kernel.run.reason.value),
	);
	constant("format", format?.id);
	putTime(kernel, put, constant);
	putMeaning(kernel, format, constant);
	putCaptures(plan, captures, fields, put);
	if (profile !== undefined) constant("fields.log_profile", { basis: profile.basis, options: profile.options });
	putSource(kernel, input, put, constant);
	const fieldOrder = ["log_profile", ...Object.keys(format?.catalog.fields ?? {})];
	if (shapes === undefined) addShape(places, input, fieldOrder, kernel);
	else shapes.add(treeOf(places, fieldOrder), input, kernel);
}

type Put = (path: string, value: Value) => void;
type PutConstant = (path: string, json: Json | undefined) => void;

function putTime({ run }: Kernel, put: Put, constant: PutConstant): void {
	const basis = timeBasisOf(run.timeKey.value);
	if (basis === undefined) return;
	put("time", { kind: "time" });
	constant("time_basis", basis);
}

/** What the catalog says of the record, and the level. */
function putMeaning({ run }: Kernel, format: Format | undefined, constant: PutConstant): void {
	const found = format?.entries[run.entry.value - 1];
	const when = found?.when[run.chosen.value - 1];
	const told = levelOf(run.level.value);
	const level = told?.level ?? when?.level ?? found?.entry.level;
	constant("level", level);
	if (level !== undefined) constant("level_basis", told?.basis ?? "catalog");
	if (found === undefined) return;
	if (found.entry.uncoded !== true) constant("code", found.entry.code);
	constant("action", when?.action ?? found.entry.action);
	constant("outcome", when?.outcome ?? found.entry.outcome);
}

function putCaptures(plan: Plan, { kernel }: Captures, slotFields: Known["fields"], put: Put): void {
	const lists = new Map<string, { kind: "list"; at: number[]; separator: string | undefined }>();
	const isPresent = presence(kernel);
	let next = 0;
	plan.slots.forEach((slot, at) => {
		const fields = slotFields === undefined ? FRAME_ONLY.get(slot) : slotFields[slot];
		for (const field of fields ?? []) {
			if (field.kind === "derived") {
				if (isPresent(next)) put(field.path, { kind: "computed", index: next });
				next++;
				continue;
			}
			const value = capturedValue(field, at);
			if (value === undefined || !("path" in field)) continue;
			const list = value.kind === "list" ? lists.get(field.path) : undefined;
			if (list !== undefined) list.at.push(at);
			else if (value.kind === "list") {
				const first = { ...value, at: [...value.at] };
				lists.set(field.path, first);
				put(field.path, first);
			} else put(field.path, value);
		}
	});
}

/** Tells which of the computed values of the record are there. */
function presence(kernel: Kernel): (index: number) => boolean {
	const values = kernel.start("VALUES") / 4;
	return (index) => kernel.words[values + index * 2] !== 0;
}

function encodingOf(run: Kernel["run"]): Event["raw_encoding"] {
	if (run.isLatin1.value !== 0) return "latin1";
	if (run.encoding.value === run["Encoding.utf16le"].value) return "utf-16le";
	return run.encoding.value === run["Encoding.utf16be"].value ? "utf-16be" : undefined;
}

function putSource({ run }: Kernel, input: string, put: Put, constant: PutConstant): void {
	put("raw", { kind: "raw" });
	constant("raw_encoding", encodingOf(run));
	constant("source.file", input);
	put("source.line", { kind: "line" });
	put("source.offset", { kind: "offset" });
	put("source.length", { kind: "length" });
	if (run.lines.value > 1) put("source.lines", { kind: "lines" });
	const eol = run.eol.value;
	if (eol !== run["End.feed"].value) constant("source.eol", eol === run["End.none"].value ? "" : "\r\n");
}
