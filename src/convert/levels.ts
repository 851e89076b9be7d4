/** The severity of a record: from the line, its priority, its colour, else from the catalog. */
import { type Field, frameSlot, type Level } from "../format/define.js";

const LEVELS: readonly Level[] = ["critical", "error", "warning", "notice", "info", "debug"];

/** Syslog severities 0 to 7 (RFC 5424, 6.2.1) in our words. */
const BY_SEVERITY: readonly Level[] = ["critical", "critical", "critical", "error", "warning", "notice", "info", "debug"];

const BY_WORD: Readonly<Record<string, Level>> = {
	emerg: "critical",
	panic: "critical",
	alert: "critical",
	crit: "critical",
	critical: "critical",
	err: "error",
	error: "error",
	warning: "warning",
	warn: "warning",
	notice: "notice",
	info: "info",
	debug: "debug",
};

export type LevelBasis = "line" | "priority" | "colour" | "catalog";

/** The more trusted first. */
const BASES: readonly LevelBasis[] = ["line", "priority", "colour", "catalog"];

const PRIORITY: number = frameSlot("priority");
const SEVERITY: number = frameSlot("severity");

/** Level of a PRI value such as `22`: facility × 8 + severity. */
const ofPriority = (digits: string): Level | undefined => BY_SEVERITY[Number(digits) & 7];

/** A capture that may tell the level. */
interface Told {
	readonly slot: number;
	readonly text: string;
}

/** The level that a record itself tells and how, in a number from 1; 0 when the catalog has to tell it. */
export function levelKeyOf(told: readonly Told[], fieldsOf: (slot: number) => readonly Field[]): number {
	let colour: Level | undefined;
	let priority: Level | undefined;
	for (const { slot, text } of told) {
		if (slot === PRIORITY) priority = ofPriority(text);
		else if (slot === SEVERITY) priority ??= BY_WORD[text.toLowerCase()];
		else
			for (const field of fieldsOf(slot)) {
				const level = field.kind === "level" ? field.words[text] : undefined;
				if (field.kind !== "level" || level === undefined) continue;
				if (field.basis === "line") return keyOf(level, "line");
				colour = level;
			}
	}
	if (priority !== undefined) return keyOf(priority, "priority");
	return colour === undefined ? 0 : keyOf(colour, "colour");
}

const keyOf = (level: Level, basis: LevelBasis): number => 1 + LEVELS.indexOf(level) * BASES.length + BASES.indexOf(basis);

/** What such a number says. */
export function levelOf(key: number): { readonly level: Level; readonly basis: LevelBasis } | undefined {
	const level = LEVELS[Math.floor((key - 1) / BASES.length)];
	const basis = BASES[(key - 1) % BASES.length];
	return key === 0 || level === undefined || basis === undefined ? undefined : { level, basis };
}
