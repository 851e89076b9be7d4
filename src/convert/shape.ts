/**
 * The shape of an event: its keys in schema order, with the places where values of the record go.
 * Records of the same kind share a shape, so what is constant is made once and copied as bytes.
 */
import type { Field, Json } from "../format/define.js";
import { jsonOf, quote } from "./json.js";
import type { Kernel } from "./kernel.js";
import { schemaOrder } from "./schema-order.js";

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

export interface Shape {
	readonly tree: readonly Branch[];
	/** Where it stands in the kernel, 0 when the kernel cannot write it. */
	readonly address: number;
	/** Bytes of all that does not depend on the length of captures. */
	readonly room: number;
	/** Positions in the log of the captures that are written as they are. */
	readonly captures: readonly number[];
}

/** What the kernel writes for a value: `Write` of src/kernel/kernel.ts. */
const WRITES: Readonly<Partial<Record<Value["kind"], number>>> = {
	text: 0,
	integer: 1,
	number: 2,
	derived: 3,
	raw: 4,
	time: 5,
	line: 6,
	offset: 7,
	length: 8,
	lines: 9,
};

/** Bytes for a count, and for what copies write behind their end. */
const SMALL = 48;

/** Bytes of a shape that the kernel is given. */
const LARGEST = 64 * 1024;

/** A place in the event and its value. */
export interface Placed {
	readonly path: string;
	readonly value: Value;
}

/**
 * Builds a shape; of several values for one path the last wins. `fieldOrder` orders the keys of the open `fields` object.
 * With a kernel the shape is put there, if the kernel can write it.
 */
export function makeShape(places: readonly Placed[], input: string, fieldOrder: readonly string[], kernel?: Kernel): Shape {
	const byPath = new Map(places.map(({ path, value }) => [path, value]));
	const tree = grow(
		[...byPath].map(([path, value]) => ({ keys: path.split("."), value })),
		"",
		new Map([...schemaOrder(), ["fields", fieldOrder]]),
	);
	const pieces: (string | Value)[] = [];
	flatten(tree, false, input, pieces);
	const values = pieces.filter((piece) => typeof piece !== "string");
	const captures = values.flatMap((value) => ("at" in value && typeof value.at === "number" ? [value.at] : []));
	const constants = Buffer.from(`${pieces.filter((piece) => typeof piece === "string").join("")}\n`);
	const address = kernel === undefined ? 0 : placeShape(pieces, constants, kernel);
	return { tree, address, room: constants.length + values.length * SMALL, captures };
}

/** Puts a shape into the kernel, as told in src/kernel/kernel.ts; gives 0 when it cannot be written there. */
function placeShape(pieces: readonly (string | Value)[], constants: Buffer, kernel: Kernel): number {
	const steps: number[] = [];
	let length = 0;
	for (const piece of pieces) {
		if (typeof piece === "string") length += Buffer.byteLength(piece);
		else {
			const write = WRITES[piece.kind];
			if (write === undefined) return 0;
			steps.push(length, write, "at" in piece && typeof piece.at === "number" ? piece.at : "index" in piece ? piece.index : 0);
		}
	}
	const size = (3 + steps.length) * 4;
	if (size + constants.length > LARGEST) return 0;
	const text = kernel.allocate(constants.length);
	constants.copy(kernel.bytes, text);
	const address = kernel.allocate(size);
	kernel.putWords(address, [text, text + constants.length, address + size, ...steps]);
	return address;
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
		else if (value.kind === "list" && value.separator === undefined)
			value.at.forEach((at, k) => {
				pieces.push(k === 0 ? '["' : '","', { kind: "text", at }, k === value.at.length - 1 ? '"]' : "");
			});
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
