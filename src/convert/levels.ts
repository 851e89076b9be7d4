/** The severity of a record: from the line, its priority, its colour, else from the catalog. */
import type { Level } from "../format/define.js";

export const LEVELS: readonly Level[] = ["critical", "error", "warning", "notice", "info", "debug"];

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

/** Level of a PRI value such as `22`: facility × 8 + severity. */
export const levelOfPriority = (digits: string): Level | undefined => BY_SEVERITY[Number(digits) & 7];

/** Level of a severity word such as `notice`. */
export const levelOfSeverity = (word: string): Level | undefined => BY_WORD[word.toLowerCase()];

export type LevelBasis = "line" | "priority" | "colour" | "catalog";

/** The more trusted first. */
export const BASES: readonly LevelBasis[] = ["line", "priority", "colour", "catalog"];
