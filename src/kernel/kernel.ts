/**
 * The path of a record from its bytes to its event, for all that was seen before: line, frame, format, captures, plan, computed
 * values, entry, time, shape, NDJSON. JavaScript is asked for what is new (`Need`), puts it into memory, and lets this go on from
 * where it stood. What lies where is told in memory.ts, who owns it in src/convert/kernel.ts.
 */
import { readCarrierTimes } from "./carrier-times";
import { carriers, frame, framing, isNextPart, isPartial, skipFrame } from "./carriers";
import { choose } from "./choose";
import { writeExcerpt } from "./excerpt";
import { isFramed, Lack, lack } from "./frames";
import { End, findLine, isEnded, lineEnd, maxLine, position } from "./lines";
import { ASKED } from "./memory";
import { findPlan, planned } from "./plan";
import {
	beginText,
	eol,
	GivenUp,
	givenUp,
	isBlank,
	isCut,
	joinLine,
	lines,
	nextText,
	nextTextEnd,
	start,
	takeLine,
	takePiece,
} from "./record";
import { findResults, vacant } from "./results";
import { count, expanding, isOwnEvent, isUndecided, isUnfinished, isUnloaded, NOBODY, read, route, routeTo, rules } from "./route";
import { findShape } from "./shape";
import { findFrame, keepFrame } from "./stamp";
import { Need, Step } from "./steps";
import { endSurvey, isAlike, isSurveying, Look, note, passAlike } from "./survey";
import { noTime, readTime } from "./time";
import { hasRoom, write } from "./write";

export * from "./bytes";
export * from "./carrier-times";
export * from "./carriers";
export * from "./choose";
export * from "./excerpt";
export * from "./frames";
export * from "./json";
export * from "./layers";
export * from "./lines";
export * from "./memory";
export * from "./plan";
export * from "./programs";
export * from "./readers";
export * from "./record";
export * from "./results";
export * from "./route";
export * from "./shape";
export * from "./stamp";
export * from "./steps";
export * from "./survey";
export * from "./time";
export * from "./write";
export * from "./years";
export * from "./zone";

const MOST_LINES: i32 = 1000;

let times: u32 = 0;

function ask(missing: i32): void {
	store<i32>(ASKED, missing);
	store<u32>(ASKED, <u32>vacant, 4);
	store<u32>(ASKED, times++, 8);
}

/** Where the record stands. */
let at: i32 = Step.line;
/** Records stop when they were read. */
let isReading: bool = false;
/** Which events are written: those of formats, and unparsed ones. */
let writesEvents: bool = true;
let writesUnparsed: bool = true;
/** Excerpts are written, and no NDJSON. */
let isExcerpting: bool = false;

/** Records of which neither frame nor format is known. */
export let unknown: f64 = 0;

export function setRun(stopsAtReading: bool, events: bool, unparsed: bool, excerpts: bool): void {
	at = Step.line;
	unknown = 0;
	isReading = stopsAtReading;
	writesEvents = events;
	writesUnparsed = unparsed;
	isExcerpting = excerpts;
	endSurvey();
}

/** A record was begun, so its bytes must stay in the input. */
export function isWithinRecord(): bool {
	return at !== Step.line;
}

/** Reads a piece of the input as a record of its own, whatever line feeds it holds. */
export function runPiece(from: usize, to: usize): i32 {
	takePiece(from, to);
	return goOn(Step.text);
}

/** Goes on at a step of the record. */
export function goOn(step: i32): i32 {
	at = step;
	return run();
}

/** Reads and writes records until JavaScript is needed. */
export function run(): i32 {
	while (true) {
		if (at === Step.line) {
			const need = begin();
			if (need >= 0) return need;
		}
		if (at <= Step.text) {
			const need = text();
			if (need >= 0) return need;
		}
		if (at < Step.plan) {
			const need = captures();
			if (need >= 0) return need;
		}
		if (at < Step.done) {
			const need = event();
			if (need >= 0) return need;
		}
		count();
		if (rules < 0 && framing < 0) unknown += 1;
		at = Step.line;
	}
}

/** Takes the next line; -1 when there is one. */
function begin(): i32 {
	if (isSurveying) {
		const look = passAlike();
		if (look !== Look.read) return look === Look.wait ? Need.input : Need.boundary;
	}
	if (!findLine(position)) return Need.input;
	takeLine();
	at = Step.text;
	return -1;
}

/** What JavaScript has to give before the frame of the record is known. */
function needOf(missing: i32): i32 {
	if (missing === Lack.parser) return Need.parser;
	if (missing === Lack.name) return Need.name;
	return missing === Lack.text ? Need.text : Need.log;
}

/** Frames the record, together with the lines that belong to it; -1 when nothing is needed. */
function text(): i32 {
	while (true) {
		if (!beginText()) return Need.text;
		if (givenUp === GivenUp.frame || isBlank) skipFrame();
		else {
			frame();
			if (lack !== Lack.nothing) return needOf(lack);
		}
		if (givenUp !== GivenUp.nothing || isCut || eol === End.none || lines >= MOST_LINES || !(isPartial || isUnfinished())) break;
		if (!findLine(position)) {
			if (isEnded) break;
			at = Step.join;
			return Need.input;
		}
		if (lineEnd - start > maxLine) break;
		const begin = nextText();
		if (begin === 0) return Need.text;
		const isNext = belongs(begin, begin === position ? lineEnd : nextTextEnd);
		if (lack !== Lack.nothing) return needOf(lack);
		if (!isNext) break;
		joinLine();
	}
	at = Step.text;
	return -1;
}

/** The next line belongs to the record. */
function belongs(start: usize, end: usize): bool {
	return isPartial ? isNextPart(start, end) : !isFramed(start, end);
}

/** Finds who reads the record, and lets it be read. */
function captures(): i32 {
	if (at < Step.routed) {
		// Within a frame without a stamp, nothing tells a date.
		if (isSurveying && (isAlike || ((framing >= 0 || carriers > 0) && !findFrame()))) {
			at = Step.done;
			return -1;
		}
		if (isCut || isBlank || givenUp !== GivenUp.nothing) routeTo(NOBODY);
		else if (!route()) return Need.program;
		at = Step.routed;
	}
	if (at < Step.expanded) {
		if (isUnloaded()) return Need.parser;
		if (isUndecided()) return Need.options;
		read();
		at = Step.expanded;
		if (expanding() !== 0) {
			keepFrame();
			return Need.expansion;
		}
	}
	at = Step.plan;
	return isReading ? Need.reading : -1;
}

/** Makes the event of what was captured. */
function event(): i32 {
	if (at < Step.results) {
		times = 0;
		if (!findPlan()) return Need.plan;
		at = Step.results;
	}
	if (at < Step.choice) {
		if (planned().isForgetful !== 0) return Need.results;
		const missing = findResults();
		if (missing >= 0) {
			ask(missing);
			return Need.result;
		}
		at = Step.choice;
	}
	if (isSurveying) {
		at = Step.done;
		return note(<usize>planned().stamp) ? Need.date : -1;
	}
	if (at < Step.time) {
		if (!choose()) return Need.cases;
		at = Step.time;
	}
	if (at < Step.shape) {
		const stamp = <usize>planned().stamp;
		if (stamp === 0) noTime();
		else if (!readTime(stamp)) return Need.zone;
		readCarrierTimes(planned().carrierStamps);
		at = Step.shape;
	}
	if (!isWritten()) return -1;
	if (!findShape()) return Need.shape;
	if (!hasRoom()) return Need.output;
	if (isExcerpting ? writeExcerpt() : write()) return -1;
	at = Step.plan;
	return event();
}

/** Blank records are none of those that somebody asks for: they are written with all others. */
function isWritten(): bool {
	if (isBlank) return writesEvents && writesUnparsed;
	if (isOwnEvent()) return writesEvents;
	return rules < 0 ? writesUnparsed : writesEvents;
}
