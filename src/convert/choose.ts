/** What a record means: its catalog entry, the case of that entry, and the level. */
import { frameSlot, type Level } from "../format/define.js";
import type { Format, IndexedEntry } from "../format/format.js";
import { BASES, LEVELS, type LevelBasis, levelOfPriority, levelOfSeverity } from "./levels.js";
import type { PlacedWhen, Plan } from "./plan.js";
import type { Reading } from "./reading.js";

const PRIORITY: number = frameSlot("priority");
const SEVERITY: number = frameSlot("severity");

/** The entry whose template matched, else that of the code in the record. */
export function chooseEntry(plan: Plan, reading: Reading, format: Format | undefined): IndexedEntry | undefined {
	return plan.lookupAt < 0 ? plan.entry : format?.entryOfCode.get(reading.textAt(plan.lookupAt));
}

/** The first case whose tests hold, -1 for none. */
export function chooseCase(cases: readonly PlacedWhen[], reading: Reading): number {
	for (let i = 0; i < cases.length; i++) if (holds(cases[i] as PlacedWhen, reading)) return i;
	return -1;
}

/** All tests of a case hold for the last captures of their names. */
function holds(tests: PlacedWhen, reading: Reading): boolean {
	for (const { at, test } of tests) {
		if (at < 0 || test.present === false) {
			if (at < 0 && test.present === false) continue;
			return false;
		}
		if (test.starts_with !== undefined && !reading.startsWith(at, test.starts_with)) return false;
		if (test.is !== undefined && !isOneOf(test.is, at, reading)) return false;
		if (test.has !== undefined && !reading.hasWord(at, test.has)) return false;
	}
	return true;
}

function isOneOf(texts: readonly string[], at: number, reading: Reading): boolean {
	for (const text of texts) if (reading.is(at, text)) return true;
	return false;
}

/** A level and how it is known. */
export interface LevelChoice {
	readonly level: Level;
	readonly basis: LevelBasis;
	/** Tells the choices apart, from 1. */
	readonly key: number;
}

const CHOICES: readonly (readonly LevelChoice[])[] = LEVELS.map((level, i) =>
	BASES.map((basis, k) => ({ level, basis, key: 1 + i * BASES.length + k })),
);

const choice = (level: Level, basis: LevelBasis): LevelChoice | undefined => CHOICES[LEVELS.indexOf(level)]?.[BASES.indexOf(basis)];

/** The level that the record itself tells; undefined when the catalog has to. */
export function chooseLevel(plan: Plan, reading: Reading, format: Format | undefined): LevelChoice | undefined {
	let colour: Level | undefined;
	let priority: Level | undefined;
	for (const at of plan.levelAt) {
		const slot = reading.slot(at);
		if (slot === PRIORITY) priority = levelOfPriority(reading.textAt(at));
		else if (slot === SEVERITY) priority ??= levelOfSeverity(reading.textAt(at));
		else
			for (const field of format?.fields[slot] ?? []) {
				if (field.kind !== "level") continue;
				const level = field.words[reading.textAt(at)];
				if (level === undefined) continue;
				if (field.basis === "line") return choice(level, "line");
				colour = level;
			}
	}
	if (priority !== undefined) return choice(priority, "priority");
	return colour === undefined ? undefined : choice(colour, "colour");
}
