/** How the time of an event is known: the words of `time_basis`. */
import type { TimeBasis } from "../format/event.js";

/** In the order of `YearBasis` and `ZoneBasis` of the kernel. */
const YEARS: readonly NonNullable<TimeBasis["year"]>[] = ["line", "session_id", "option", "file", "rollover"];
const ZONES: readonly NonNullable<TimeBasis["zone"]>[] = ["line", "option", "assumed"];

const BASES: readonly Required<TimeBasis>[] = YEARS.flatMap((year) => ZONES.map((zone) => ({ year, zone })));

/** What the kernel's `timeKey` says, the same object each time; undefined for no time. */
export const timeBasisOf = (key: number): Required<TimeBasis> | undefined => BASES[key - 1];
