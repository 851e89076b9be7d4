/** How the time of an event is known: the words of `time_basis`. */
import type { TimeBasis } from "../format/event.js";

/** In the order of `YearBasis` and `ZoneBasis` of the kernel. */
const YEARS: readonly TimeBasis["year"][] = ["line", "session_id", "option", "file", "rollover"];
const ZONES: readonly TimeBasis["zone"][] = ["line", "option", "assumed"];

/** What the kernel's `timeKey` says; undefined for no time. */
export function timeBasisOf(key: number): Required<TimeBasis> | undefined {
	const year = YEARS[Math.floor((key - 1) / ZONES.length)];
	const zone = ZONES[(key - 1) % ZONES.length];
	return key === 0 || year === undefined || zone === undefined ? undefined : { year, zone };
}
