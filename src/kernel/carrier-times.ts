/** The times of carriers whose stamps are not that of the record. */
import { CARRIER_TIME, CARRIER_TIMES } from "./memory";
import { putTime, readOffset, setOffset } from "./offset";
import { day, endOfPart, month, readParts, second, stampPlace, stampYear, startOfPart } from "./stamp";
import { isLeapSecond, timeKey, timeOffset, timeZone, wallOfStamp } from "./time";
import { daysOf, Known, known, yearOf } from "./years";
import { ZoneBasis } from "./zone";

/** Carriers whose time was read, a bit for each. */
export let carrierTimes: i32 = 0;

/** Bytes of the places of a stamp. */
export const SIZE_OF_PLACES: usize = 52;
/** A time of a carrier may need so many bytes: copies go beyond what they copy. */
const CARRIER_TIME_ROOM: usize = CARRIER_TIME - 4;

/** Reads the times of carriers whose stamps are not that of the record, at a number of places; 0 for none. */
export function readCarrierTimes(stamps: usize): void {
	carrierTimes = 0;
	if (stamps === 0) return;
	const count = load<i32>(stamps);
	for (let i = 0; i < count; i++) {
		const at = CARRIER_TIMES + <usize>i * CARRIER_TIME;
		const behind = putCarrierTime(stamps + 4 + <usize>i * SIZE_OF_PLACES, at);
		if (behind === 0) continue;
		store<u32>(at, <u32>behind, CARRIER_TIME_ROOM);
		carrierTimes |= 1 << i;
	}
}

export function endOfCarrierTime(index: i32): usize {
	return load<u32>(CARRIER_TIMES + <usize>index * CARRIER_TIME, CARRIER_TIME_ROOM);
}

/** A year that the carrier leaves out is near that of the record; a zone that it leaves out is told only when that of the record is no better known. */
function putCarrierTime(places: usize, at: usize): usize {
	if (!readParts(places) || (stampYear < 0 && known === Known.unknown)) return 0;
	const ofYear = stampYear < 0 ? yearOf(stampPlace) : stampYear;
	if (ofYear < 0 || ofYear > 9999 || day > daysOf(ofYear, month)) return 0;
	if (load<i32>(places + 28) >= 0) {
		if (!readOffset(startOfPart(places, 7), endOfPart(places, 7))) return 0;
	} else {
		if (timeKey === 0 || timeZone === ZoneBasis.line) return 0;
		setOffset(timeOffset);
	}
	if (second === 60 && !isLeapSecond(wallOfStamp(ofYear))) return 0;
	return putTime(ofYear, places, at, at + CARRIER_TIME_ROOM);
}
