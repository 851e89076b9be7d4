/** Events that were written without keys that somebody needs now: by `--keys` or `--omit`, or by another program. */
import { MailtrailError, type Place } from "../errors.js";
import type { Event } from "../format/event.js";

/** An event that holds its record. */
export type WithRaw = Event & { readonly raw: string };

export const hasRaw = (event: Event): event is WithRaw => event.raw !== undefined;

/** There is no record to explain. */
export const nothingToExplain = (event: Event, file: string): MailtrailError =>
	new MailtrailError(
		"explain.incomplete",
		1,
		`event ${event.id} was written without raw, so there is no record to explain`,
		"Name the log itself with --in, or convert it again with raw.",
		{ file },
	);

/** The bytes of a record are not all there. `missing` are the keys, of those that restoring needs. */
export const nothingToRestore = (id: string, missing: readonly string[], place: Place): MailtrailError =>
	new MailtrailError(
		"restore.incomplete",
		1,
		`event ${id} was written without ${missing.join(" and ")}, so its record cannot be restored`,
		"Convert the log again with raw, raw_encoding and source: leave them out of --omit, or name them in --keys.",
		place,
	);
