/**
 * `mailtrail/format`: all that the code of a format may use. A `format.ts` that ships imports `define.ts` alone, because what follows mails
 * is loaded only when they are followed.
 */
export * from "./define.js";
export { type EventPart, type EventView, keep, viewOf } from "./event-view.js";
export {
	CLOSED_EARLY,
	completed,
	type DraftState,
	endpoint,
	HopDraft,
	isLoopback,
	MOST_OPEN,
	MOST_RECORDS,
	placeOf,
	reply,
} from "./hop.js";
export { asItIs, OpenTable, type TableState } from "./open-table.js";
export { type StateKind, stateKind, type TrackerState } from "./tracker-state.js";
export type * from "./trail.js";
