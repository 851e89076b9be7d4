/**
 * Which keys of an event are written: `--keys` and `--omit`.
 *
 *     --keys time,smtp,envelope.to.address --omit smtp.text
 *
 * A path names all that is below it, an element of an array stands in it without its index, and a key that is named in part
 * keeps its nesting. `schema_version`, `id` and `record` are always written.
 */
import { MailtrailError } from "../errors.js";
import type { Field, Json } from "../format/define.js";
import { spellingDistance } from "../format/spelling.js";
import { schemaOrder } from "./schema-order.js";

export interface Selection {
	/** What it was made of. */
	readonly paths: SelectionPaths;
	/** Whether the value at a path (`envelope.to.0.address`) is written, whole or in part. */
	includes(path: string): boolean;
	/** What is written of a value; undefined when it is nothing. */
	pick(path: string, value: Json): Json | undefined;
	/** A field of a format; one that is computed gives what is written of it. */
	field(field: Field): Field;
}

export interface SelectionPaths {
	/** Paths that are written; all when absent. */
	readonly keys?: readonly string[] | undefined;
	/** Paths that are not written, of those. */
	readonly omit?: readonly string[] | undefined;
}

/** Keys that are written whatever is selected. */
export const ALWAYS: readonly string[] = ["schema_version", "id", "record"];

/** Keys below which any path may be named: their keys are those of the formats. */
const OPEN = "fields";
const MOST_NEAR = 5;

/** @throws MailtrailError `selection.unknown` for a path that no event has */
export function selectionOf({ keys, omit }: SelectionPaths): Selection {
	const chosen = keys === undefined ? WHOLE : treeOf(keys);
	const omitted = omit === undefined ? NOTHING : treeOf(omit);
	const at = (path: string): Part => path.split(".").reduce(below, { chosen, omitted });
	const isAlways = (path: string): boolean => ALWAYS.includes(path);
	const includes = (path: string): boolean => isAlways(path) || isIn(at(path));
	const pick = (path: string, value: Json): Json | undefined => (isAlways(path) ? value : picked(at(path), value));
	return {
		paths: { keys, omit },
		includes,
		pick,
		field(field) {
			if (field.kind !== "derived") return field;
			const part = at(field.path);
			if (!isIn(part)) return { ...field, from: nothing };
			if (isWhole(part)) return field;
			const { from } = field;
			return {
				...field,
				from: (text, lookup) => {
					const value = from(text, lookup);
					return value === undefined ? undefined : picked(part, value);
				},
			};
		},
	};
}

const nothing = (): undefined => undefined;

/** The fields of each slot that are written, or that tell something else of a record. */
export const selectedFields = (fields: readonly (readonly Field[])[], selection: Selection | undefined): readonly (readonly Field[])[] =>
	selection === undefined
		? fields
		: fields.map((all) =>
				all.filter((field) => !("path" in field) || selection.includes(field.path)).map((field) => selection.field(field)),
			);

/** Paths by their keys. `WHOLE` is all that is below, `NOTHING` is no path. */
type Tree = ReadonlyMap<string, Tree> | typeof WHOLE | typeof NOTHING;
const WHOLE = "whole";
const NOTHING = "nothing";

/** What is chosen and what is omitted at a place of the event. */
interface Part {
	readonly chosen: Tree;
	readonly omitted: Tree;
}

const isIn = ({ chosen, omitted }: Part): boolean => chosen !== NOTHING && omitted !== WHOLE;
const isWhole = ({ chosen, omitted }: Part): boolean => chosen === WHOLE && omitted === NOTHING;

function treeOf(paths: readonly string[]): Tree {
	const root = new Map<string, Map<string, unknown> | typeof WHOLE>();
	for (const path of paths) {
		const keys = checked(path);
		let node: Map<string, unknown> = root;
		for (const [i, key] of keys.entries()) {
			const next = node.get(key);
			if (next === WHOLE) break;
			if (i === keys.length - 1) node.set(key, WHOLE);
			else {
				const inner = next instanceof Map ? next : new Map<string, unknown>();
				node.set(key, inner);
				node = inner;
			}
		}
	}
	// Made of nothing but such maps.
	return root as Tree;
}

const below = ({ chosen, omitted }: Part, key: string): Part => ({ chosen: child(chosen, key), omitted: child(omitted, key) });

function child(tree: Tree, key: string): Tree {
	if (tree === WHOLE || tree === NOTHING) return tree;
	return tree.get(key) ?? (/^\d+$/.test(key) ? tree : NOTHING);
}

function picked(part: Part, value: Json): Json | undefined {
	if (!isIn(part)) return undefined;
	if (isWhole(part)) return value;
	if (isList(value)) {
		const elements = value.flatMap((element) => picked(part, element) ?? []);
		return elements.length === 0 ? undefined : elements;
	}
	// What is no object has nothing inside that a path could name.
	if (typeof value !== "object" || value === null) return part.chosen === WHOLE ? value : undefined;
	const entries = Object.entries(value).flatMap(([key, inner]) => {
		const kept = picked(below(part, key), inner);
		return kept === undefined ? [] : [[key, kept] as const];
	});
	return entries.length === 0 ? undefined : Object.fromEntries(entries);
}

const isList = (value: Json): value is readonly Json[] => Array.isArray(value);

/** The keys of a path that an event can have. */
function checked(path: string): readonly string[] {
	const keys = path.split(".");
	const isKnown =
		keys[0] === OPEN ? !keys.includes("") : keys.every((key, i) => schemaOrder().get(keys.slice(0, i).join("."))?.includes(key));
	if (isKnown) return keys;
	const near = nearPaths(path);
	throw new MailtrailError(
		"selection.unknown",
		2,
		`an event has no key '${path}'`,
		`${near.length === 0 ? "" : `Did you mean ${near.join(", ")}? `}schemas/event.schema.json has all keys; below ${OPEN} any may be named.`,
	);
}

/** Paths that are spelt most nearly so, or end so: `queue_id` is `message.queue_id`. */
function nearPaths(path: string): string[] {
	const word = path.toLowerCase();
	const all = [...schemaOrder()].flatMap(([parent, keys]) => keys.map((key) => (parent === "" ? key : `${parent}.${key}`)));
	const rankOf = (known: string): number => (known === word ? 0 : known.endsWith(`.${word}`) ? 1 : 1 + spellingDistance(word, known));
	const least = Math.min(...all.map(rankOf));
	return least > 1 + Math.max(1, Math.floor(word.length / 4)) ? [] : all.filter((known) => rankOf(known) === least).slice(0, MOST_NEAR);
}
