/** The catalog of a format: every message as data for the parser and words for people. */
import { existsSync, readFileSync } from "node:fs";
import { MailtrailError } from "../errors.js";
import { requireSchema } from "./ajv.js";
import type { Level } from "./define.js";
import type { Event } from "./event.js";
import { faultInJson, placeInJson } from "./json-place.js";

export type Action = NonNullable<Event["action"]>;
export type Outcome = NonNullable<Event["outcome"]>;

/** What a case of `when` asks of a capture. */
export interface CaptureTest {
	readonly is?: readonly string[];
	readonly starts_with?: string;
	/** A word of a comma list. */
	readonly has?: string;
	readonly present?: boolean;
}

export interface When {
	readonly if: Readonly<Record<string, CaptureTest>>;
	readonly action?: Action;
	readonly outcome?: Outcome;
	readonly level?: Level;
}

export interface Variant {
	readonly template: string;
	readonly rule?: string;
	readonly since?: string;
	readonly until?: string;
	readonly title?: string;
}

export interface Entry {
	readonly code: string;
	readonly level?: Level;
	readonly template?: string;
	readonly rule?: string;
	readonly variants?: readonly Variant[];
	readonly uncoded?: true;
	readonly title: string;
	readonly explanation?: string;
	readonly action?: Action;
	readonly outcome?: Outcome;
	readonly when?: readonly When[];
	readonly since?: string;
	readonly until?: string;
	readonly documented?: boolean;
	readonly see?: string;
}

export interface Term {
	readonly kind: string;
	readonly code: string;
	readonly template?: string;
	readonly title: string;
	readonly explanation?: string;
	readonly smtp_code?: string;
	readonly enhanced?: string;
	readonly value?: number;
	readonly since?: string;
	readonly until?: string;
}

export interface FieldDeclaration {
	readonly type: "text" | "integer" | "number" | "list" | "boolean" | "object";
	readonly title: string;
}

export interface Catalog {
	readonly format: string;
	readonly fields: Readonly<Record<string, FieldDeclaration>>;
	readonly entries: readonly Entry[];
	readonly terms?: readonly Term[];
}

/** Words of a catalog in another language, by code, and by `kind:code` for terms. */
export interface Translation {
	readonly format: string;
	readonly language: string;
	readonly entries: Readonly<Record<string, { readonly title: string; readonly explanation?: string }>>;
	readonly terms?: Readonly<Record<string, { readonly title: string; readonly explanation?: string }>>;
}

/** The texts of an entry, each with a case label of its own, in their order: the main one, then its variants. */
export const formsOf = (entry: Entry): readonly Partial<Variant>[] => [
	...(entry.template === undefined && entry.rule === undefined ? [] : [entry]),
	...(entry.variants ?? []),
];

/**
 * Reads and checks `catalog.json`. Throws MailtrailError that names the file and the JSON pointer.
 * One that the build has checked needs no second check, which would take 100 ms whenever the command starts.
 */
export function readCatalog(file: string, isChecked = false): Catalog {
	const { value: catalog, text } = readJson(file, "Every format has a catalog.json, at least with empty `fields` and `entries`.");
	if (isChecked) return catalog as Catalog;
	requireSchema(catalog, "catalog.schema.json", {
		code: "catalog.invalid",
		whole: "the catalog",
		mend: "See schemas/catalog.schema.json for what a catalog may hold.",
		file,
		text,
	});
	const known = catalog as Catalog;
	const codes = new Set<string>();
	for (const [i, entry] of known.entries.entries()) {
		if (codes.has(entry.code))
			throw new MailtrailError(
				"catalog.duplicate",
				2,
				`the code "${entry.code}" stands twice in the catalog`,
				"Make one entry of them, with `variants`.",
				placeInJson(file, text, `/entries/${i}/code`),
			);
		codes.add(entry.code);
	}
	return known;
}

/** Reads `catalog.<language>.json`, undefined when there is none. */
export function readTranslation(file: string): Translation | undefined {
	return existsSync(file) ? (readJson(file, "Remove the file or repair it.").value as Translation) : undefined;
}

function readJson(file: string, mend: string): { readonly value: unknown; readonly text: string } {
	let text: string;
	try {
		text = readFileSync(file, "utf8");
	} catch (error) {
		throw new MailtrailError(
			"catalog.missing",
			2,
			`the catalog cannot be read: ${error instanceof Error ? error.message : String(error)}`,
			mend,
			{ file },
		);
	}
	try {
		return { value: JSON.parse(text), text };
	} catch (error) {
		const { reason, place } = faultInJson(file, text, error);
		throw new MailtrailError("catalog.json", 2, `this is not JSON: ${reason}`, "Repair the file.", place);
	}
}
