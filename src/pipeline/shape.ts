/**
 * The shape of an event: its keys in schema order, with the places where values of the record go.
 * Records of the same kind share a shape, so what is constant is made once and copied as bytes.
 */
import type { Field, Json } from "../format/define.js";
import { readShipped } from "../root.js";
import { type Bytes, bytesOf } from "./bytes.js";
import { jsonOf, quote } from "./json.js";

/** Where a value comes from. `at` counts captures of the record's log, `index` the values derived from them. */
export type Value =
	| { readonly kind: "constant"; readonly json: Json }
	| { readonly kind: "text" | "integer" | "number"; readonly at: number }
	| { readonly kind: "list"; readonly at: readonly number[]; readonly separator: string | undefined }
	| { readonly kind: "derived"; readonly index: number }
	| { readonly kind: "id" | "time" | "raw" | "line" | "offset" | "length" | "lines" };

export interface Branch {
	readonly key: string;
	readonly children: readonly Branch[];
	readonly value: Value | undefined;
	/** The children are the elements of an array. */
	readonly isArray: boolean;
}

/** What the writer does for a value; those of `OTHER` are rare. */
export const WRITE = { text: 0, integer: 1, derived: 2, raw: 3, time: 4, line: 5, offset: 6, length: 7, other: 8 } as const;

/** Numbers of `Shape.steps` for each value. */
export const STEP = 3;

export interface Shape {
	readonly tree: readonly Branch[];
	/** All constant pieces of JSON, one behind the other; the last one ends with the line feed. */
	readonly constants: Bytes;
	/**
	 * How a record is written, as numbers. For each value: where the constant piece before it ends, what to write (`WRITE`), and
	 * of which capture, derived value, or value of `others`.
	 */
	readonly steps: Int32Array;
	readonly others: readonly Value[];
	/** Bytes of all that does not depend on the length of captures. */
	readonly room: number;
}

/** Bytes for a count, an integer of few digits and the like. */
const SMALL = 48;

/** A place in the event and its value. */
export interface Placed {
	readonly path: string;
	readonly value: Value;
}

interface SchemaObject {
	readonly properties?: Readonly<Record<string, SchemaObject>>;
	readonly items?: SchemaObject;
}

/** Path → keys in the order of the schema. */
function schemaOrder(): ReadonlyMap<string, readonly string[]> {
	const order = new Map<string, readonly string[]>();
	const visit = (path: string, schema: SchemaObject): void => {
		if (schema.items !== undefined) visit(path, schema.items);
		if (schema.properties === undefined) return;
		order.set(path, Object.keys(schema.properties));
		for (const [key, child] of Object.entries(schema.properties)) visit(path === "" ? key : `${path}.${key}`, child);
	};
	visit("", readShipped<SchemaObject>("schemas/event.schema.json"));
	return order;
}

let order: ReadonlyMap<string, readonly string[]> | undefined;

/** Builds a shape; of several values for one path the last wins. `fieldOrder` orders the keys of the open `fields` object. */
export function makeShape(places: readonly Placed[], input: string, fieldOrder: readonly string[]): Shape {
	order ??= schemaOrder();
	const byPath = new Map(places.map(({ path, value }) => [path, value]));
	const tree = grow(
		[...byPath].map(([path, value]) => ({ keys: path.split("."), value })),
		"",
		new Map([...order, ["fields", fieldOrder]]),
	);
	const pieces: (string | Value)[] = [];
	flatten(tree, false, input, pieces);
	const steps: number[] = [];
	const others: Value[] = [];
	let json = "";
	let length = 0;
	for (const piece of [...pieces, "\n"]) {
		if (typeof piece === "string") {
			json += piece;
			length += Buffer.byteLength(piece);
		} else steps.push(length, ...stepOf(piece, others));
	}
	return { tree, constants: bytesOf(json), steps: Int32Array.from(steps), others, room: length + (steps.length / STEP) * SMALL };
}

/** What to write, and of what. */
function stepOf(value: Value, others: Value[]): [write: number, at: number] {
	switch (value.kind) {
		case "text":
		case "integer":
			return [WRITE[value.kind], value.at];
		case "derived":
			return [WRITE.derived, value.index];
		case "raw":
		case "time":
		case "line":
		case "offset":
		case "length":
			return [WRITE[value.kind], 0];
		default:
			return [WRITE.other, others.push(value) - 1];
	}
}

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

function flatten(tree: readonly Branch[], isArray: boolean, input: string, pieces: (string | Value)[]): void {
	pieces.push(isArray ? "[" : "{");
	tree.forEach((branch, i) => {
		const { value } = branch;
		pieces.push(`${i === 0 ? "" : ","}${isArray ? "" : `${JSON.stringify(branch.key)}:`}`);
		if (value === undefined) flatten(branch.children, branch.isArray, input, pieces);
		else if (value.kind === "constant") pieces.push(jsonOf(value.json));
		// Of an event id only the offset changes.
		else if (value.kind === "id") pieces.push(quote(`${input}:`).slice(0, -1), { kind: "offset" }, '"');
		else if (QUOTED.has(value.kind)) pieces.push('"', value, '"');
		else pieces.push(value);
	});
	pieces.push(isArray ? "]" : "}");
}

/** The value of a field whose capture stands at `at` in the log; undefined for what is computed. */
export function capturedValue(field: Field, at: number): Value | undefined {
	if (field.kind === "text" || field.kind === "integer" || field.kind === "number") return { kind: field.kind, at };
	if (field.kind === "list") return { kind: "list", at: [at], separator: field.separator };
	return undefined;
}
