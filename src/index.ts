/** The public API of mailtrail. */

export { MailtrailError, type Place } from "./errors.js";
export type { Action, Envelope, Event, Level, Outcome, Peer, Source, TimeBasis } from "./format/event.js";
export { SCHEMA_VERSION } from "./format/event.js";
export { expandInputs, type Input, openInput } from "./pipeline/input.js";
export { type RestoreOptions, restore } from "./pipeline/restore.js";
export {
	createValidator,
	eventMismatches,
	type Finding,
	isEvent,
	type Tally,
	type UnparsedLimit,
	type ValidateOptions,
	type Validator,
} from "./pipeline/validate.js";
export { version } from "./root.js";
