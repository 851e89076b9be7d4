/**
 * What stands around the text of a record: carriers, up to three of them, then a frame. The captures of all layers stand in one log:
 *
 *     carrier_stream carrier_epoch … [carrier] year month … host program pid payload
 *                                    ^ the slot of a marker, behind the captures of its carrier: what it holds
 *
 * Markers are slots of their own, one for each framing that is a carrier; of relays and of programs that run containers they are the slots of
 * their payloads. So the slots alone tell how a record was wrapped.
 */
import { areSame, findLineFeed } from "./bytes";
import {
	Flag,
	flagsOf,
	forgetLack,
	framingBehindProgram,
	innerFraming,
	Lack,
	lack,
	matchFraming,
	outerFraming,
	partBytesOf,
	setLack,
} from "./frames";
import {
	containedSlot,
	containerSlot,
	hasRoomFor,
	lastFrom,
	MARKERS,
	originalSlot,
	partialSlot,
	payloadSlot,
	pointTo,
	programSlot,
	putCapture,
	relayedSlot,
	streamSlot,
} from "./layers";
import { CAPTURE, LOG, PROGRAM_BEGINNINGS } from "./memory";
import { prepare } from "./prepare";
import { formatKnowing, unloaded } from "./readers";
import { endFrame, isPiece, lines, logEnd, scratch, setLogEnd, setScratch, setText, textEnd, textStart } from "./record";

const MOST_CARRIERS: i32 = 3;

/** The framing of the record, the innermost one; -1 for none. */
export let framing: i32 = -1;
/** How many carriers are around it. */
export let carriers: i32 = 0;
/** The outermost carrier says that its text goes on in the next record of the same stream. */
export let isPartial: bool = false;
/** Its framing. */
let partsFraming: i32 = -1;

/** A carrier that was opened: its framing, where its captures begin, and the text that it is. */
@unmanaged
class Opened {
	framing: i32;
	first: u32;
	start: u32;
	end: u32;
}

const OPENED: usize = memory.data(64, 16);

function openedAt(index: i32): Opened {
	return changetype<Opened>(OPENED + <usize>index * offsetof<Opened>());
}

/** Frames the record. What is missing for that, `lack` tells. */
export function frame(): void {
	carriers = 0;
	isPartial = false;
	forgetLack();
	framing = outerFraming(textStart, textEnd);
	if (framing >= 0) {
		const last = logEnd - CAPTURE;
		// Most records have one frame, whose text is what it captured last.
		if (flagsOf(framing) !== 0 || load<i32>(last) !== payloadSlot) unwrap(false);
		else if (mayBeginProgramFrame(load<u32>(last, 4))) readBehindProgram(load<u32>(last, 4), load<u32>(last, 8));
	} else if ((lines > 1 || isPiece) && lack === Lack.nothing) joinParts();
	endFrame();
}

/** Nothing is captured of the record. */
export function skipFrame(): void {
	carriers = 0;
	isPartial = false;
	forgetLack();
	framing = -1;
	endFrame();
}

function mayBeginProgramFrame(at: usize): bool {
	return load<i32>(load<u32>(PROGRAM_BEGINNINGS + ((<usize>load<u8>(at)) << 2))) >= 0;
}

/** What stands behind the name of a program may be wrapped once more: `message repeated 2 times: [ … ]`. */
function readBehindProgram(start: usize, end: usize): void {
	if (start < end) framingBehindProgram(start, end, PROGRAM_BEGINNINGS);
}

/** Opens carriers, one in the other, as far as there are frames in them. */
function unwrap(isPrepared: bool): void {
	let first = LOG;
	while (true) {
		if (!isPrepared && (flagsOf(framing) & Flag.prepared) !== 0 && !prepare(framing, first)) return;
		isPrepared = false;
		if (!isCarrier()) break;
		if (carriers === MOST_CARRIERS) {
			setLogEnd(first);
			settle();
			break;
		}
		const isOwnKind = (flagsOf(framing) & Flag.carrier) !== 0;
		if (!open(first, isOwnKind)) return;
		if (isOwnKind && isInnermost(first)) {
			framing = -1;
			break;
		}
		const behind = logEnd;
		const found = innerFraming(textStart, textEnd, load<i32>(behind - CAPTURE) === relayedSlot);
		if (lack !== Lack.nothing) return;
		if (found < 0) {
			settle();
			break;
		}
		framing = found;
		if ((flagsOf(found) & Flag.event) !== 0) {
			// The daemon itself speaks; nobody has passed that on.
			store<i32>(behind - CAPTURE, payloadSlot);
			closeLast();
			break;
		}
		first = behind;
	}
	if (lack === Lack.nothing) unwrapBehindProgram();
}

function isCarrier(): bool {
	if ((flagsOf(framing) & Flag.carrier) !== 0) return true;
	const slot = load<i32>(logEnd - CAPTURE);
	return slot === relayedSlot || slot === containedSlot;
}

/** The text of the record, if a program is named in front of it. */
function unwrapBehindProgram(): void {
	if (framing >= 0) {
		const capture = lastFrom(LOG, payloadSlot);
		if (capture !== 0 && mayBeginProgramFrame(load<u32>(capture, 4))) readBehindProgram(load<u32>(capture, 4), load<u32>(capture, 8));
	} else if (carriers > 0 && mayBeginProgramFrame(textStart) && lastFrom(LOG, programSlot) !== 0) readBehindProgram(textStart, textEnd);
}

/** The carrier names the program itself, not one that runs others: what it holds is that program's text, whatever it looks like. */
function isInnermost(first: usize): bool {
	return lastFrom(first, programSlot) !== 0 && lastFrom(first, containerSlot) === 0;
}

/** There is no frame in the carrier that was opened last. Those that say too little of themselves are not believed then. */
function settle(): void {
	framing = -1;
	while (carriers > 0) {
		const last = openedAt(carriers - 1);
		if ((flagsOf(last.framing) & Flag.carrier) === 0) {
			// What it holds is its own text.
			store<i32>(logEnd - CAPTURE, payloadSlot);
			framing = last.framing;
			closeLast();
			return;
		}
		if ((flagsOf(last.framing) & Flag.loose) === 0) return;
		if (formatKnowing(textStart, textEnd) >= 0) return;
		if (unloaded >= 0) {
			setLack(Lack.parser);
			return;
		}
		setLogEnd(last.first);
		closeLast();
	}
}

function closeLast(): void {
	carriers--;
	const last = openedAt(carriers);
	setText(last.start, last.end);
}

/** What the carrier holds becomes the text of the record; its marker is put behind its captures. False when something lacks. */
function open(first: usize, isOwnKind: bool): bool {
	const original = isOwnKind ? lastFrom(first, originalSlot) : 0;
	const held = original !== 0 ? original : isOwnKind ? lastFrom(first, payloadSlot) : logEnd - CAPTURE;
	const opened = openedAt(carriers);
	opened.framing = framing;
	opened.first = <u32>first;
	opened.start = <u32>textStart;
	opened.end = <u32>textEnd;
	const start = <usize>load<u32>(held, 4);
	let end = <usize>load<u32>(held, 8);
	if (isOwnKind) {
		if (original !== 0) renameAll(first, payloadSlot, originalSlot);
		if ((flagsOf(framing) & Flag.parts) !== 0 && carriers === 0) notePart(first, start, end);
		end = withoutLineEnd(start, end);
		memory.copy(held, held + CAPTURE, logEnd - held - CAPTURE);
		const marker = logEnd - CAPTURE;
		store<i32>(marker, MARKERS + framing);
		store<u32>(marker, <u32>start, 4);
		store<u32>(marker, <u32>end, 8);
	}
	setText(start, end);
	carriers++;
	return lack === Lack.nothing;
}

/** What another text wins over is no payload. */
function renameAll(first: usize, from: i32, to: i32): void {
	for (let at = first; at < logEnd; at += CAPTURE) if (load<i32>(at) === from) store<i32>(at, to);
}

const LINE_FEED: u8 = 10;
const CARRIAGE_RETURN: u8 = 13;

function withoutLineEnd(start: usize, end: usize): usize {
	if (end > start && load<u8>(end - 1) === LINE_FEED) end--;
	return end > start && load<u8>(end - 1) === CARRIAGE_RETURN ? end - 1 : end;
}

/** Keeps whether the text goes on in the next record: its carrier says so, or it is as long as a part may be, without a line end. */
function notePart(first: usize, start: usize, end: usize): void {
	const bytes = partBytesOf(framing);
	const isCut = bytes !== 0 && end - start >= bytes && load<u8>(end - 1) !== LINE_FEED;
	if (isCut) putCapture(partialSlot, start, start);
	partsFraming = framing;
	isPartial = isCut || lastFrom(first, partialSlot) !== 0;
}

/** The lines of the record are parts of one text, each in the same carrier. */
function joinParts(): void {
	const feed = findLineFeed(textStart, textEnd);
	framing = feed === textEnd ? -1 : outerFraming(textStart, feed);
	if (framing < 0) return;
	const size = textEnd - textStart;
	if ((flagsOf(framing) & Flag.parts) === 0) return giveUpParts();
	// What is joined, and behind it the part at hand.
	if (!prepare(framing, LOG) || !hasRoomFor(4 * size)) return;
	const payload = lastFrom(LOG, payloadSlot);
	const first = logEnd;
	const whole = scratch;
	let behind = appended(payload, whole);
	let isEnd = false;
	for (let at = feed + 1; at <= textEnd; ) {
		const next = findLineFeed(at, textEnd);
		setScratch(whole + 2 * size);
		if (!matchFraming(framing, at, next)) return giveUpParts();
		if (!prepare(framing, first)) return;
		behind = appended(lastFrom(first, payloadSlot), behind);
		isEnd = lastFrom(first, partialSlot) === 0;
		setLogEnd(first);
		at = next + 1;
	}
	pointTo(payload, whole, behind);
	if (isEnd) dropFirst(partialSlot);
	unwrap(true);
}

function giveUpParts(): void {
	setLogEnd(LOG);
	framing = -1;
}

/** Puts the text of a capture behind others; gives where it ends. */
function appended(capture: usize, to: usize): usize {
	const start = <usize>load<u32>(capture, 4);
	const size = <usize>load<u32>(capture, 8) - start;
	memory.copy(to, start, size);
	return to + size;
}

/** Takes the last capture of a slot out of the log. */
function dropFirst(slot: i32): void {
	const capture = lastFrom(LOG, slot);
	if (capture === 0) return;
	memory.copy(capture, capture + CAPTURE, logEnd - capture - CAPTURE);
	setLogEnd(logEnd - CAPTURE);
}

/** A line is the next part of the text of the record: it is in the same carrier, and of the same stream. */
export function isNextPart(start: usize, end: usize): bool {
	const before = logEnd;
	const own = lastFrom(LOG, streamSlot);
	let isNext = matchFraming(partsFraming, start, end);
	if (isNext && own !== 0) {
		const other = lastFrom(before, streamSlot);
		const size = load<u32>(own, 8) - load<u32>(own, 4);
		isNext = other !== 0 && load<u32>(other, 8) - load<u32>(other, 4) === size;
		isNext = isNext && areSame(load<u32>(own, 4), load<u32>(own, 8), load<u32>(other, 4));
	}
	setLogEnd(before);
	return isNext;
}
