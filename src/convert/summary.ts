import type { Failures } from "./failures.js";
import type { ProfileNote } from "./options.js";

/** Where records are counted that no format has to read: no id of a format. Most of them are blank. */
export const BLANK = " ";

/** What became of the records. */
export interface Summary {
	records: number;
	unparsed: number;
	/** Unparsed records without a known frame. */
	unknown: number;
	/** Events by format. */
	readonly byFormat: Map<string, number>;
	/** How the options of a format's logging program are known. */
	readonly profiles: Map<string, ProfileNote>;
	/** How years are known that stamps leave out, and the first and the last of them; absent when all stamps tell theirs. */
	years?: { readonly basis: "file" | "option" | "anchor" | "none"; readonly first?: number; readonly last?: number };
	/** How the zone is known: of stamps without one, when there are such. */
	zone?: "option" | "assumed" | "line";
	/** Year of the first record, as it was given; records may prove another one. */
	givenYear?: number;
	/** Records that tell another year than the one that they were dated with. */
	contradictions?: number;
	/** Records at which mailtrail failed; they are unparsed. */
	failures?: Failures;
}

export const emptySummary = (): Summary => ({ records: 0, unparsed: 0, unknown: 0, byFormat: new Map(), profiles: new Map() });
