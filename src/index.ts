/** The public API of mailtrail. */

export { type Case, readCase, type Source } from "./convert/case.js";
export { convert, emptySummary, events, type Settings, type Summary, type UnparsedPolicy } from "./convert/convert.js";
export { readBatches, readEvents } from "./convert/event-input.js";
export { type ExplainedField, type ExplainSettings, type Explanation, explain, explainEvents, explainLine } from "./convert/explain.js";
export { followInput } from "./convert/follow.js";
export { expandInputs, type Input, openInput } from "./convert/input.js";
export { convertAll, type Job, type JobOutcome } from "./convert/jobs.js";
export type { Mismatch } from "./convert/mismatch.js";
export type { GivenOptions } from "./convert/options.js";
export { type RestoreOptions, restore } from "./convert/restore.js";
export { type Selection, type SelectionPaths, selectionOf } from "./convert/selection.js";
export {
	createValidator,
	eventMismatches,
	type Finding,
	isEvent,
	type Tally,
	type UnparsedLimit,
	type ValidateOptions,
	type Validator,
} from "./convert/validate.js";
export { oriented } from "./correlate/clock-offset.js";
export { type CorrelateSettings, Correlator, type CorrelatorState } from "./correlate/correlator.js";
export { Evaluator } from "./correlate/evaluate.js";
export type { BoundaryScore, ClockScore, ConfidenceScore, Evaluation, Mistake, RecipientScore } from "./correlate/evaluation.js";
export { correlate } from "./correlate/index.js";
export type { EventSource, Stamped } from "./correlate/source.js";
export { type CorrelateSummary, emptyCorrelateSummary } from "./correlate/summary.js";
export { Tracer } from "./correlate/trace.js";
export type {
	ClockOffset,
	Evidence,
	EvidenceKind,
	LinkKind,
	Trail,
	TrailAssumption,
	TrailCandidate,
	TrailHop,
	TrailIds,
	TrailLink,
	TrailOutcome,
	TrailRecipient,
} from "./correlate/trail.js";
export { readTruth, type Truth, type TruthRecipient, type TruthTrail } from "./correlate/truth.js";
export { MailtrailError, type Place } from "./errors.js";
export type { Action, Carrier, Envelope, Event, Level, Outcome, Peer, TimeBasis, WholeEvent } from "./format/event.js";
export { SCHEMA_VERSION } from "./format/event.js";
export { type EventBatch, type EventView, type ReadView, viewOf } from "./format/event-view.js";
export type { Format } from "./format/format.js";
export { CATALOG_LANGUAGE } from "./format/language.js";
export { loadFormat, loadFormats, loadFraming } from "./format/load.js";
export { type Meaning, meaningsOf, nearMeanings } from "./format/lookup.js";
export {
	describeFormat,
	type FormatDescription,
	type FormatOverview,
	languagesOf,
	overviewOf,
	readVocabularies,
	Translator,
	type Vocabulary,
	type Words,
} from "./format/vocabulary.js";
export { version } from "./root.js";
