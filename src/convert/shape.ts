/**
 * Makes the shape of events: their keys in schema order, with the places where values of the record go; see src/kernel/shape.ts.
 * Records of the same kind share a shape, so what is constant is made once.
 */

import { safeJson } from "../escapes.js";
import type { Around, Field, Json } from "../format/define.js";
import type { Kernel } from "./kernel.js";
import type { Demands, Writes } from "./kernel-exports.js";
import { type NumberPlace, numberPlace, schemaOrder } from "./schema-order.js";

/** Where a value comes from. `at` counts captures of the record's log, `index` the values computed from them. */
export type Value =
	| { readonly kind: "constant"; readonly json: Json }
	| { readonly kind: "integer" | "number"; readonly at: number; readonly demand: Demands }
	| { readonly kind: "text"; readonly at: number; readonly around: Around }
	| { readonly kind: "list"; readonly at: readonly number[]; readonly separator: string | undefined; readonly around: Around }
	| { readonly kind: "computed" | "carrier_time"; readonly index: number }
	| { readonly kind: "id" | "time" | "raw" | "line" | "offset" | "length" | "lines" };

/** A place in the event and its value. */
export interface Placed {
	/** Dotted: `envelope.to.0.address`. */
	readonly path: string;
	readonly value: Value;
}

/** What the kernel writes between constant pieces: `Write` of the kernel, and what it asks for. */
export interface Step {
	readonly write: Writes;
	readonly at: number;
	readonly separator?: string;
	readonly around?: Around;
	readonly demand?: Demands;
}

export interface Branch {
	readonly key: string;
	readonly children: readonly Branch[];
	readonly value: Value | undefined;
	/** The children are the elements of an array. */
	readonly isArray: boolean;
}

/**
 * Puts the shape of the record at hand into the kernel; of several values for one path the last wins.
 * @param fieldOrder orders the keys of the open `fields` object
 */
export function addShape(places: readonly Placed[], input: string, fieldOrder: readonly string[], kernel: Kernel): void {
	const pieces: (string | Step)[] = [];
	flatten(treeOf(places, fieldOrder), false, input, pieces);
	pieces.push("\n");
	putShape(pieces, kernel);
}

/** The keys of an event in their order, with what stands there. */
export function treeOf(places: readonly Placed[], fieldOrder: readonly string[]): readonly Branch[] {
	const byPath = new Map(places.map(({ path, value }) => [path, value]));
	const entries = [...byPath].map(([path, value]) => ({ keys: path.split("."), value }));
	return grow(entries, "", new Map([...schemaOrder(), ["fields", fieldOrder]]));
}

/** Bytes of a step. */
const STEP = 24;

/** @param number of the shape, for excerpts */
export function putShape(pieces: readonly (string | Step)[], kernel: Kernel, number = 0): void {
	const { run } = kernel;
	const constants = pieces.filter((piece) => typeof piece === "string").join("");
	const steps = pieces.filter((piece) => typeof piece !== "string");
	const separators = steps.reduce((sum, { separator }) => sum + (separator === undefined ? 0 : kernel.sizeOfText(separator)), 0);
	kernel.reserve(kernel.sizeOfText(constants) + steps.length * STEP + separators + run.sizeOfShape() + 64);
	const words: number[] = [];
	let length = 0;
	for (const piece of pieces) {
		if (typeof piece === "string") length += Buffer.byteLength(piece);
		else {
			const separator = piece.separator === undefined ? [0, 0] : kernel.allocateText(piece.separator);
			const last = piece.demand === undefined ? aroundCode(piece.around) : run[`Demand.${piece.demand}`].value;
			words.push(length, run[`Write.${piece.write}`].value, piece.at, ...separator, last);
		}
	}
	const [start, end] = kernel.allocateText(constants);
	const address = kernel.allocateWords(words);
	const isOfText = ({ write }: Step): boolean => ["text", "integer", "number", "parts"].includes(write);
	const at = kernel.allocate(run.sizeOfShape());
	run.addShape(at, start, end, address, address + words.length * 4, steps.filter(isOfText).length, number);
}

/** Two ASCII signs as one number, 0 for none. */
const aroundCode = (around: Around): number => (around === undefined ? 0 : around.charCodeAt(0) + around.charCodeAt(1) * 256);

function grow(
	entries: readonly { readonly keys: readonly string[]; readonly value: Value }[],
	path: string,
	ranks: ReadonlyMap<string, readonly string[]>,
): Branch[] {
	const groups = new Map<string, { keys: readonly string[]; value: Value }[]>();
	for (const { keys, value } of entries) {
		const [key = "", ...rest] = keys;
		const group = groups.get(key) ?? [];
		group.push({ keys: rest, value });
		groups.set(key, group);
	}
	const known = ranks.get(path) ?? [];
	const rank = (key: string): number => {
		const index = known.indexOf(key);
		return index < 0 ? known.length : index;
	};
	return [...groups]
		.sort(([a], [b]) => rank(a) - rank(b) || (a < b ? -1 : 1))
		.map(([key, group]) => {
			const leaf = group.findLast((one) => one.keys.length === 0);
			// Elements of an array stand in the schema without their index.
			const below = /^\d+$/.test(key) ? path : path === "" ? key : `${path}.${key}`;
			const children = leaf === undefined ? grow(group, below, ranks) : [];
			return { key, children, value: leaf?.value, isArray: children.length > 0 && children.every((child) => /^\d+$/.test(child.key)) };
		});
}

/** Values that are always strings: their quotes are constant. */
const QUOTED: ReadonlySet<Value["kind"]> = new Set(["text", "raw", "time"]);

function flatten(tree: readonly Branch[], isArray: boolean, input: string, pieces: (string | Step)[]): void {
	pieces.push(isArray ? "[" : "{");
	tree.forEach(({ key, value, children, isArray: holdsArray }, i) => {
		pieces.push(`${i === 0 ? "" : ","}${isArray ? "" : `${JSON.stringify(key)}:`}`);
		if (value === undefined) flatten(children, holdsArray, input, pieces);
		else for (const piece of piecesOf(value, input)) pieces.push(piece);
	});
	pieces.push(isArray ? "]" : "}");
}

function piecesOf(value: Value, input: string): readonly (string | Step)[] {
	switch (value.kind) {
		case "constant":
			return [safeJson(value.json)];
		case "id":
			// Of an event id only the offset changes.
			return [safeJson(`${input}:`).slice(0, -1), { write: "offset", at: 0 }, '"'];
		case "list":
			return listPieces(value);
		case "carrier_time":
			return ['"', { write: "carrier_time", at: value.index }, '"'];
		case "computed":
			return [{ write: "computed", at: value.index }];
		case "integer":
		case "number":
			return [{ write: value.kind, at: value.at, demand: value.demand }];
		default: {
			const step: Step = { write: value.kind, at: "at" in value ? value.at : 0, around: "around" in value ? value.around : undefined };
			return QUOTED.has(value.kind) ? ['"', step, '"'] : [step];
		}
	}
}

function listPieces({ at, separator, around }: Value & { readonly kind: "list" }): readonly (string | Step)[] {
	if (separator !== undefined) return ["[", ...at.map((one): Step => ({ write: "parts", at: one, separator, around })), "]"];
	const last = at.length - 1;
	return at.flatMap((one, i): (string | Step)[] => [i === 0 ? '["' : '","', { write: "text", at: one, around }, i === last ? '"]' : ""]);
}

/** What the schema wants of a number. */
function demandOf(place: NumberPlace | undefined): Demands {
	if (place === undefined) return "nothing";
	const { minimum = Number.NEGATIVE_INFINITY } = place;
	return minimum > 0 ? "positive" : minimum === 0 ? "unsigned" : "number";
}

/** The value of a field whose capture stands at `at` in the log; undefined for what is computed. */
export function capturedValue(field: Field, at: number): Value | undefined {
	if (field.kind === "integer" || field.kind === "number") {
		const place = numberPlace(field.path);
		return { kind: place?.kind ?? field.kind, at, demand: demandOf(place) };
	}
	if (field.kind === "text") return { kind: "text", at, around: field.around };
	if (field.kind === "list") return { kind: "list", at: [at], separator: field.separator, around: field.around };
	return undefined;
}
