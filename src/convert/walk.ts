/** Where the dating of stamps without a year stands, as src/kernel/years.ts has it. */
import { MailtrailError } from "../errors.js";
import type { Kernel } from "./kernel.js";

/** A place in the walk from stamp to stamp. */
export interface Walk {
	/** How the first year is known. */
	readonly known: "unknown" | "option" | "file" | "anchor";
	/** The whole input was looked at, so that no id dates it anew. */
	readonly isSettled: boolean;
	/** The year in which the walk began. */
	readonly firstYear: number;
	/** The last stamp: its year, and the days from 1 January of a year that has them all; -1 when there was none. */
	readonly year: number;
	readonly place: number;
	/** The same for where it stood before its last stamp leaped away. */
	readonly before?: { readonly year: number; readonly place: number } | undefined;
}

const HOW = ["unknown", "option", "file", "anchor"] as const;

/** The walk begins with the next stamp, in a year that is known. */
export const UNKNOWN: Walk = { known: "unknown", isSettled: false, firstYear: 0, year: 0, place: -1 };

/** The walk begins in a year that was given. */
export const givenWalk = (year: number | undefined): Walk =>
	year === undefined ? UNKNOWN : { known: "option", isSettled: false, firstYear: year, year, place: -1 };

export function useWalk({ run }: Kernel, { known, isSettled, firstYear, year, place, before }: Walk): void {
	run.setWalk(run[`Known.${known}`].value, isSettled ? 1 : 0, firstYear, year, place);
	if (before !== undefined) run.setBefore(before.year, before.place);
}

export function walkOf({ run }: Kernel): Walk {
	const [isSettled, firstYear] = [run.isSettled.value !== 0, run.firstYear.value];
	const walk = { known: howKnown(run), isSettled, firstYear, year: run.year.value, place: run.place.value };
	return run.placeBefore.value < 0 ? walk : { ...walk, before: { year: run.yearBefore.value, place: run.placeBefore.value } };
}

/** How the first year is known at this moment. */
export const howKnown = (run: Kernel["run"]): Walk["known"] => HOW[run.known.value] ?? "unknown";

/** Throws MailtrailError `option.year` for a year that no log can have. */
export function checkYear(year: number | undefined): void {
	if (year === undefined || (Number.isInteger(year) && year >= 1970 && year <= 9999)) return;
	throw new MailtrailError(
		"option.year",
		2,
		`${year} is no year a log can have`,
		"Give the year of the first record with four digits: --year 2026.",
	);
}
