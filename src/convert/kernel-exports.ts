/** What src/kernel exports: addresses, codes and functions. Each is described there. */

/** A number of the kernel; addresses of regions may be set. */
export interface Global {
	value: number;
}

/** Pieces of memory that can be enlarged. */
export type Region = "INPUT" | "TEXT" | "LOG" | "VALUES" | "KEY" | "OUTPUT" | "ARENA";
type RegionGlobals = Readonly<Record<Region | `${Region}_END`, Global>>;

/** Why the kernel gave way to JavaScript. */
export const NEEDS = [
	"input",
	"output",
	"text",
	"program",
	"options",
	"expansion",
	"reading",
	"plan",
	"result",
	"results",
	"cases",
	"zone",
	"shape",
	"parser",
	"date",
	"boundary",
] as const;
export type Needs = (typeof NEEDS)[number];

/** Where a record stands on its path. */
export const STEPS = ["line", "text", "routed", "expanded", "plan", "results", "choice", "time", "shape", "done"] as const;
export type Steps = (typeof STEPS)[number];

/** What a step of a shape writes. */
export type Writes = "text" | "integer" | "number" | "parts" | "computed" | "raw" | "time" | "line" | "offset" | "length" | "lines";
/** Words of an excerpt. */
export const EXCERPT = ["size", "shape", "offset", "line", "time", "timeEnd", "raw", "rawEnd", "length", "lines", "values"] as const;
export type Excerpts = (typeof EXCERPT)[number];
/** Why a record is given up. */
export type Reasons = "too_large" | "failed";
/** What must be true of a number, or it is left out. */
export type Demands = "nothing" | "number" | "unsigned" | "positive";
/** What a test of a case asks of a capture. */
export type Asks = "present" | "absent" | "is" | "starts_with" | "has";
type Codes = Readonly<
	Record<
		| `Need.${Needs}`
		| `Step.${Steps}`
		| `Write.${Writes}`
		| `Excerpt.${Excerpts}`
		| `Demand.${Demands}`
		| `Asked.${"computation" | "place" | "times"}`
		| `Asks.${Asks}`
		| `Gives.${"values" | "entry" | "level" | "date"}`
		| `Known.${"unknown" | "option" | "file" | "anchor"}`
		| `YearBasis.${"line" | "session_id" | "option" | "file" | "rollover"}`
		| `ZoneBasis.${"line" | "option" | "assumed"}`
		| `Zone.${"none" | "fixed" | "named"}`
		| `GivenUp.${"nothing" | "payload" | "frame"}`
		| `Reason.${Reasons}`
		| `Encoding.${"bytes" | "utf16le" | "utf16be"}`
		| `End.${"feed" | "none" | "carriage_return"}`,
		Global
	>
>;

interface Places {
	readonly REGIONS: Global;
	readonly COUNTS: Global;
	readonly MOST_FRAMINGS: Global;
	readonly MOST_FORMATS: Global;
	readonly ASKED: Global;
	readonly TABLE_SIZE: Global;
	readonly BY_CONTENT: Global;
	readonly QUARTER: Global;
	readonly ONCE: Global;
}

interface Lines {
	readonly position: Global;
	readonly limit: Global;
	readonly isEnded: Global;
	readonly maxLine: Global;
	readonly lineNumber: Global;
	readonly isWithinCutLine: Global;
	beginLines(address: number, line: number, isWithinCutLine: number): void;
	beginAt(address: number, offset: number): void;
	/** Bytes of the input were moved by so many. */
	moved(shift: number): void;
	nextOffset(): number;
	findLineFeed(from: number, end: number): number;
	isUtf8(from: number, end: number): number;
}

interface Record_ {
	readonly start: Global;
	readonly end: Global;
	readonly eol: Global;
	readonly line: Global;
	readonly lines: Global;
	readonly rawStart: Global;
	readonly rawEnd: Global;
	readonly isLatin1: Global;
	readonly encoding: Global;
	readonly isExpanded: Global;
	readonly givenUp: Global;
	readonly reason: Global;
	readonly scratch: Global;
	readonly logEnd: Global;
	readonly frameEnd: Global;
	offset(): number;
	startOffset(): number;
	setEncoding(kind: number): void;
	lastOf(slot: number): number;
	replaceCaptures(behind: number, usedText: number): void;
	giveUp(why: number): void;
	beginEmpty(): void;
}

interface Routing {
	readonly recentFraming: Global;
	readonly unloaded: Global;
	readonly UNLOADED: Global;
	readonly framing: Global;
	readonly rules: Global;
	readonly program: Global;
	setSlots(payload: number, content: number, program: number): void;
	setStampSlots(year: number): void;
	forgetRoutes(): void;
	setForced(index: number): void;
	setRecentFraming(index: number): void;
	addFraming(matcher: number, rules: number, unfinished: number): void;
	addRules(hasBare: number): void;
	loadRules(index: number, record: number, message: number, bare: number, expands: number): void;
	loadFraming(index: number, matcher: number, unfinished: number, weak: number): void;
	setUndecided(index: number, isUndecided: number): void;
	forgetPrograms(): void;
	sizeOfProgram(size: number): number;
	addProgram(at: number, start: number, end: number, rules: number): void;
	routeTo(index: number): void;
}

interface Planning {
	readonly plan: Global;
	readonly entry: Global;
	sizeOfPlan(): number;
	addPlan(at: number, slots: number, computations: number, values: number, isForgetful: number, entry: number, stamp: number): void;
	forgetPlans(): void;
	addCases(at: number): void;
	beginResults(): void;
	setValue(index: number, start: number, end: number): void;
	setNumber(gives: number, number: number): void;
	sizeOfTexts(): number;
	putTexts(to: number): number;
	readonly chosen: Global;
	readonly level: Global;
}

interface Times {
	readonly timeKey: Global;
	readonly known: Global;
	readonly isSettled: Global;
	readonly firstYear: Global;
	readonly year: Global;
	readonly place: Global;
	readonly yearBefore: Global;
	readonly placeBefore: Global;
	readonly contradictions: Global;
	readonly undated: Global;
	readonly earliest: Global;
	readonly latest: Global;
	readonly date: Global;
	readonly isZoneless: Global;
	readonly quarter: Global;
	readonly isRepeated: Global;
	readonly isSecond: Global;
	repeatedAt(): number;
	setRepeated(wall: number, isSecond: number): void;
	forgetStamp(): void;
	setBefore(year: number, place: number): void;
	walk(place: number, date: number): number;
	anchor(year: number, place: number): void;
	yearBehind(date: number, place: number): number;
	setWalk(how: number, isSettled: number, first: number, last: number, at: number): void;
	dateOf(year: number, month: number, day: number): number;
	setZone(kind: number, minutes: number): void;
	putOffsets(first: number, second: number): void;
	step(from: number, to: number): number;
	inYear(month: number, day: number): number;
	isLeap(year: number): number;
}

interface Writing {
	readonly outputEnd: Global;
	sizeOfShape(): number;
	addShape(at: number, constants: number, constantsEnd: number, steps: number, stepsEnd: number, texts: number, number: number): void;
	forgetShapes(): void;
	setOutputEnd(address: number): void;
	neededRoom(): number;
	putInteger(from: number, end: number, to: number): number;
	putNumber(from: number, end: number, to: number): number;
	putQuoted(from: number, end: number, to: number): number;
	putCount(value: number, to: number): number;
}

interface Surveying {
	readonly seenPlace: Global;
	readonly seenYear: Global;
	beginSurvey(samples: number): void;
	wantBoundary(offset: number): void;
}

interface Running {
	setRun(stopsAtReading: number, events: number, unparsed: number, excerpts: number): void;
	isWithinRecord(): number;
	run(): number;
	goOn(step: number): number;
	runPiece(from: number, to: number): number;
}

export type KernelExports = RegionGlobals & Codes & Places & Lines & Record_ & Routing & Planning & Times & Writing & Surveying & Running;

/** The codes of an enumeration, which the kernel exports as `Need.input`. */
export const codesOf = <Name extends string, Kind extends string>(
	run: Readonly<Record<`${Kind}.${Name}`, { readonly value: number }>>,
	names: readonly Name[],
	kind: Kind,
): Readonly<Record<Name, number>> =>
	// Each name has its number.
	Object.fromEntries(names.map((name) => [name, run[`${kind}.${name}`].value])) as Record<Name, number>;
