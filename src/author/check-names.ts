/** Names of captures, fields and labels: what the grammar, the format file and the catalog call alike. */
import { join } from "node:path";
import { formsOf } from "../format/catalog.js";
import { type Field, FRAME_CAPTURES } from "../format/define.js";
import { definitionFile } from "../format/folders.js";
import type { Format } from "../format/format.js";
import { grammarNamed } from "../grammar/ohm.js";
import { parseTemplate } from "../grammar/templates.js";
import type { Evidence } from "./evidence.js";
import type { Finding } from "./findings.js";
import type { Specimen } from "./workbench.js";

export function checkNames(evidence: Evidence): Finding[] {
	const subject = subjectOf(evidence);
	return [checkCaptures, checkFields, checkLookup, checkExpand, checkCases, checkKinds].flatMap((check) => check(subject));
}

/** What the checks look at. */
interface Subject {
	readonly format: Format;
	readonly places: Evidence["places"];
	/** The files that tell names. */
	readonly code: string;
	readonly json: string;
	/** Rules of the grammar. */
	readonly rules: ReadonlySet<string>;
	/** All that rules and placeholders are captured as. */
	readonly made: ReadonlySet<string>;
	/** What `expand` makes of captures can have any name. */
	readonly isOpen: boolean;
	readonly isCaptured: (name: string) => boolean;
}

function subjectOf({ specimen, places }: Evidence): Subject {
	const { format } = specimen;
	const { definition, folder } = format;
	const { rules, made } = namesOf(specimen);
	const isOpen = definition.expand !== undefined;
	const isCaptured = (name: string): boolean => made.has(name) || (isOpen && format.slot(name) >= 0);
	return { format, places, code: definitionFile(folder) ?? folder, json: join(folder, "catalog.json"), rules, made, isOpen, isCaptured };
}

function checkCaptures({ format, places, code, made, isOpen }: Subject): Finding[] {
	const unknown = Object.keys(format.definition.captures).filter((name) => !made.has(name) && !isOpen);
	return unknown.map((name) => ({
		severity: "error",
		kind: "capture.unknown",
		what: `nothing is captured as "${name}"`,
		why: "The grammar has no rule of this name, and no template of the catalog a placeholder.",
		mend: "Name the rule that reads it, or remove it from `captures`.",
		place: places.key(code, name),
	}));
}

/** Fields that are filled and declared: each must be both. */
function checkFields({ format, places, code, json, isCaptured }: Subject): Finding[] {
	const declared = format.catalog.fields;
	const filled = fieldsOf(format);
	const fields = new Set(filled.map(({ field }) => field));
	const undeclared = filled.filter(({ field }) => !Object.hasOwn(declared, field));
	const unfilled = Object.keys(declared).filter((name) => !fields.has(name) && !isCaptured(name));
	return [
		...undeclared.map(
			({ name, field }): Finding => ({
				severity: "error",
				kind: "field.undeclared",
				what: `"${name}" fills fields.${field}, which the catalog does not declare`,
				why: "Readers of the events learn from the catalog what a field is.",
				mend: `Add "${field}": { "type": …, "title": … } to \`fields\` of catalog.json.`,
				place: places.key(code, name),
			}),
		),
		...unfilled.map(
			(name): Finding => ({
				severity: "error",
				kind: "field.unfilled",
				what: `nothing fills the field "${name}"`,
				why: "No rule of the grammar has this name, no template a placeholder, and no capture goes there.",
				mend: "Remove it from `fields` of catalog.json, or correct its name.",
				place: places.json(json, `/fields/${name}`),
			}),
		),
	];
}

function checkLookup({ format, places, code }: Subject): Finding[] {
	const { lookup } = format.definition;
	if (lookup === undefined || format.lookupSlot >= 0) return [];
	return [
		{
			severity: "error",
			kind: "lookup.unknown",
			what: `the entries are looked up by "${lookup}", which is no capture`,
			why: "A rule captures when `captures` or `fields` of the catalog name it.",
			mend: `Add it to \`captures\`, mostly as ${lookup}: text("code").`,
			place: places.key(code, "lookup"),
		},
	];
}

function checkExpand({ format, places, code, rules }: Subject): Finding[] {
	const unknown = Object.keys(format.definition.expand ?? {}).filter((label) => !rules.has(label));
	return unknown.map((label) => ({
		severity: "error",
		kind: "expand.unknown",
		what: `\`expand\` names "${label}", which is no alternative of the grammar`,
		why: "Its records are never reread.",
		mend: "Write rule_label for the alternative `-- label` of a rule.",
		place: places.key(code, label),
	}));
}

/** Captures that the cases of entries ask for. */
function checkCases({ format, places, json, isCaptured }: Subject): Finding[] {
	const asked = format.catalog.entries.flatMap(({ code: entry, when = [] }, i) =>
		when.flatMap(({ if: tests }, k) => Object.keys(tests).map((name) => ({ entry, name, pointer: `/entries/${i}/when/${k}/if/${name}` }))),
	);
	const unknown = asked.filter(({ name }) => !isCaptured(name) || format.slot(name) < 0);
	return unknown.map(({ entry, name, pointer }) => ({
		severity: "error",
		kind: "when.unknown",
		what: `a case of "${entry}" asks for "${name}", which is no capture`,
		why: "So the case never holds, or always when it asks for an absent one.",
		mend: "Name a key of `captures` or of `fields` that a rule or a placeholder reads.",
		place: places.json(json, pointer),
	}));
}

/** Kinds of terms that the definition names. */
function checkKinds({ format: { definition, catalog }, places, code }: Subject): Finding[] {
	const { words = {}, modifiers, replies } = definition;
	const named = [...Object.entries(words), ["modifiers", modifiers], ["replies", replies?.kind]] as const;
	const kinds = new Set(catalog.terms?.map(({ kind }) => kind));
	return named.flatMap(([key, kind]): Finding[] => {
		if (kind === undefined || kinds.has(kind)) return [];
		return [
			{
				severity: "error",
				kind: "words.unknown",
				what: `"${key}" is said to be terms of the kind "${kind}", and the catalog has none`,
				why: "So `mailtrail explain` tells nothing of them.",
				mend: "Add them to `terms` of catalog.json, or correct the kind.",
				place: places.key(code, key),
			},
		];
	});
}

/** Rules of the grammar, and all that is captured under a name. */
function namesOf({ format, composed }: Specimen): { readonly rules: ReadonlySet<string>; readonly made: ReadonlySet<string> } {
	const { definition, catalog } = format;
	const rules = new Set<string>(FRAME_CAPTURES);
	for (const name in grammarNamed(composed.grammars, definition.grammar, definition.id).rules) rules.add(name);
	const placeholders = catalog.entries.flatMap((entry) =>
		formsOf(entry).flatMap(({ template = "" }) =>
			parseTemplate(template, entry.code).flatMap((part) => ("name" in part ? [part.name] : [])),
		),
	);
	return { rules, made: new Set([...[...rules].flatMap((name) => [name, name.split("__", 1)[0] ?? name]), ...placeholders]) };
}

/** Keys of `fields` in the event, and the captures that fill them. */
function fieldsOf(format: Format): { readonly name: string; readonly field: string }[] {
	return Object.entries(format.definition.captures).flatMap(([name, own]) =>
		[own].flat().flatMap((field: Field) => {
			const [first, key] = "path" in field ? field.path.split(".") : [];
			return first === "fields" && key !== undefined ? [{ name, field: key }] : [];
		}),
	);
}
