/** What became of the records of an input, or of a part of it. */

import { type Failures, joined } from "./failures.js";
import type { ProfileNote } from "./options.js";
import type { Records } from "./records.js";
import { BLANK, type Summary } from "./summary.js";
import { howKnown, type Walk } from "./walk.js";

export interface Report {
	/** Records by id of their format; those that nobody reads under "", blank ones under BLANK. */
	readonly counts: readonly (readonly [format: string, records: number])[];
	/** Records of which neither frame nor format is known. */
	readonly unknown: number;
	/** How the options of formats are known, and those of which that is decided. */
	readonly profiles: readonly (readonly [format: string, note: ProfileNote])[];
	readonly decided: readonly string[];
	readonly known: Walk["known"];
	/** Stamps without a year that could not be dated, and the first and last year of those that could; 0 for none. */
	readonly undated: number;
	readonly earliest: number;
	readonly latest: number;
	readonly isZoneless: boolean;
	readonly isZoneGiven: boolean;
	/** Records that tell another year than the one that they were dated with. */
	readonly contradictions: number;
	readonly failures: Failures | undefined;
}

/** What became of the records since they began to be read. */
export function reportOf(records: Records): Report {
	const { run } = records.kernel;
	return {
		counts: records.takeCounts(),
		unknown: run.unknown.value,
		profiles: [...records.profiles.known],
		decided: records.profiles.decided.map(([format]) => format),
		known: howKnown(run),
		undated: run.undated.value,
		earliest: run.earliest.value,
		latest: run.latest.value,
		isZoneless: run.isZoneless.value !== 0,
		isZoneGiven: records.settings.zone !== undefined,
		contradictions: run.contradictions.value,
		failures: records.takeFailures(),
	};
}

/** Adds records to a summary. */
export function addCounts(summary: Summary, counts: Report["counts"]): void {
	for (const [format, count] of counts) {
		summary.records += count;
		if (format === BLANK) continue;
		if (format === "") summary.unparsed += count;
		else summary.byFormat.set(format, (summary.byFormat.get(format) ?? 0) + count);
	}
}

/** Adds failures to a summary. */
export function addFailures(summary: Summary, failures: Failures | undefined): void {
	const all = joined(summary.failures, failures);
	if (all !== undefined) summary.failures = all;
}

/** Adds a report to a summary. */
export function addReport(summary: Summary, report: Report): void {
	addCounts(summary, report.counts);
	addFailures(summary, report.failures);
	summary.unknown += report.unknown;
	// A part that holds no record of a format may not know what another part has found.
	for (const [format, note] of report.profiles)
		if (report.decided.includes(format) || !summary.profiles.has(format)) summary.profiles.set(format, note);
	if (report.contradictions > 0) summary.contradictions = (summary.contradictions ?? 0) + report.contradictions;
	if (report.isZoneless) summary.zone = report.isZoneGiven ? "option" : "assumed";
	addYears(summary, report);
}

function addYears(summary: Summary, { known, undated, earliest, latest }: Report): void {
	const before = summary.years;
	if (earliest === 0) {
		if (undated > 0) summary.years ??= { basis: "none" };
		return;
	}
	summary.years = {
		basis: known === "unknown" ? "none" : known,
		first: Math.min(earliest, before?.first ?? earliest),
		last: Math.max(latest, before?.last ?? latest),
	};
}
