/** The time of a record: parts that were captured, with the year that other captures tell. */
import { frameSlot } from "../format/define.js";
import { type Clock, monthNumber, type RenderedTime } from "./clock.js";
import type { Kernel } from "./kernel.js";
import type { Reading } from "./reading.js";

const YEAR: number = frameSlot("year");
const DAY: number = frameSlot("day");
const ZONE: number = frameSlot("zone");
const PARTS = ZONE - YEAR + 1;
const SECOND = frameSlot("second") - YEAR;

const ZERO = 48;
/** Where the seconds stand in a time as it is written. */
const SECONDS = "2026-11-21T02:08:".length;

/** Where the parts of a stamp stand in the log of a record: year, month, day, hour, minute, second, fraction, zone. */
export interface StampPlaces {
	/** -1 for those that are not there. */
	readonly at: readonly number[];
	/** The first and the last of them: captures that are not nested stand in the order of the line. */
	readonly first: number;
	readonly last: number;
	/** It has no zone, and the second is its last part. */
	readonly endsInSeconds: boolean;
	readonly hasYear: boolean;
	/** Tells stamps of different parts apart. */
	readonly key: number;
}

/** Undefined when the record has no stamp. */
export function stampPlaces(reading: Reading): StampPlaces | undefined {
	const at = Array.from({ length: PARTS }, () => -1);
	const frame = reading.frameLength / 3;
	// A stamp inside the record is more precise than that of the frame: it has a year and fractions.
	let isInside = false;
	for (let i = frame; i < reading.count; i++) isInside ||= reading.slot(i) === DAY;
	const from = isInside ? frame : 0;
	const to = (isInside && frame > 0) || reading.expanded !== undefined || frame === 0 ? reading.count : frame;
	for (let i = from; i < to; i++) {
		const part = reading.slot(i) - YEAR;
		if (part >= 0 && part < PARTS) at[part] = i;
	}
	const present = at.filter((position) => position >= 0);
	if (present.length === 0) return undefined;
	return {
		at,
		first: Math.min(...present),
		last: Math.max(...present),
		endsInSeconds: at[SECOND] === Math.max(...present) && at[ZONE - YEAR] === -1,
		hasYear: at[0] !== -1,
		key: at.reduce((key, position, part) => key + (position < 0 ? 0 : 1 << part), 0),
	};
}

export class Stamps {
	/** The last stamp stands in the kernel, and what became of it: most records share their second with the one before. */
	#stampEnd = -1;
	#key = 0;
	#hint: number | undefined;
	#rendered: RenderedTime | undefined;
	/** The time in the kernel is of another second than `#rendered`. */
	#isPutRight = false;
	/** Where the last time ends in the kernel; 0 when it has no room there. */
	timeEnd: number;
	/** The last month in letters, as a number of its three bytes, and what month it was. */
	#letters = -1;
	#month = 0;

	constructor(
		readonly clock: Clock,
		readonly kernel: Kernel,
	) {
		this.timeEnd = kernel.at.TIME;
	}

	/** Undefined when the record has no time that is real. */
	render(reading: Reading, places: StampPlaces, hint: number | undefined): RenderedTime | undefined {
		const { data } = reading.log;
		const { at, bytes, run } = this.kernel;
		const start = data[places.first * 3 + 1] as number;
		const end = data[places.last * 3 + 2] as number;
		const stampEnd = at.STAMP + end - start;
		const isAtHome = reading.isPlain && stampEnd <= at.STAMP_END;
		const isAlike = isAtHome && places.key === this.#key && hint === this.#hint && stampEnd === this.#stampEnd;
		if (isAlike && run.isSame(start, end, at.STAMP) !== 0) return this.#rendered;
		if (isAlike && places.endsInSeconds && this.#isSameMinute(start, end)) return this.#rendered;
		const rendered = this.#read(reading, places.at, hint);
		if (rendered !== undefined && (rendered !== this.#rendered || this.#isPutRight))
			this.timeEnd = rendered.time.length > at.TIME_END - at.TIME ? 0 : this.kernel.putText(at.TIME, rendered.time);
		this.#isPutRight = false;
		this.#rendered = rendered;
		this.#key = places.key;
		this.#hint = hint;
		this.#stampEnd = isAtHome ? stampEnd : -1;
		if (isAtHome) bytes.copyWithin(at.STAMP, start, end);
		return rendered;
	}

	/** The time that `render` gave last, as it is written. */
	written(): string {
		const { at, bytes } = this.kernel;
		return this.#isPutRight ? bytes.toString("latin1", at.TIME, this.timeEnd) : (this.#rendered?.time ?? "");
	}

	/** Only the second differs from the last stamp, so only the second of the last time has to be put right. */
	#isSameMinute(start: number, end: number): boolean {
		const { at, bytes, run } = this.kernel;
		const tens = bytes[end - 2] as number;
		const ones = bytes[end - 1] as number;
		if (this.#rendered === undefined || tens < ZERO || tens > ZERO + 5 || ones < ZERO || ones > ZERO + 9) return false;
		if (run.isSame(start, end - 2, at.STAMP) === 0) return false;
		const last = at.STAMP + end - start;
		const before = (bytes[last - 2] as number) * 10 + (bytes[last - 1] as number);
		if (!this.clock.move(tens * 10 + ones - before)) return false;
		bytes[last - 2] = tens;
		bytes[last - 1] = ones;
		bytes[at.TIME + SECONDS] = tens;
		bytes[at.TIME + SECONDS + 1] = ones;
		this.#isPutRight = true;
		return true;
	}

	#read(reading: Reading, at: readonly number[], hint: number | undefined): RenderedTime | undefined {
		const [year = -1, month = -1, day = -1, hour = -1, minute = -1, second = -1, fraction = -1, zone = -1] = at;
		if (month < 0 || day < 0 || hour < 0 || minute < 0 || second < 0) return undefined;
		return this.clock.render(
			{
				year: year < 0 ? undefined : numberAt(reading, year),
				month: this.#monthAt(reading, month),
				day: numberAt(reading, day),
				hour: numberAt(reading, hour),
				minute: numberAt(reading, minute),
				second: numberAt(reading, second),
				fraction: fraction < 0 ? undefined : reading.textAt(fraction),
				zone: zone < 0 ? undefined : reading.textAt(zone),
			},
			hint,
		);
	}

	#monthAt(reading: Reading, at: number): number {
		const start = reading.log.data[at * 3 + 1] as number;
		if (!reading.isPlain || (reading.log.data[at * 3 + 2] as number) - start !== 3) return monthNumber(reading.textAt(at)) ?? 0;
		const { bytes } = reading;
		const letters = ((bytes[start] as number) << 16) | ((bytes[start + 1] as number) << 8) | (bytes[start + 2] as number);
		if (letters !== this.#letters) this.#month = monthNumber(reading.textAt(at)) ?? 0;
		this.#letters = letters;
		return this.#month;
	}
}

/** A number of one or two digits without a string; of others with one. */
function numberAt(reading: Reading, at: number): number {
	const { bytes, log } = reading;
	const start = log.data[at * 3 + 1] as number;
	const length = (log.data[at * 3 + 2] as number) - start;
	const first = (bytes[start] as number) - 48;
	const second = length === 2 ? (bytes[start + 1] as number) - 48 : 0;
	const isPlain = reading.isPlain && (length === 1 || length === 2) && first >= 0 && first <= 9 && second >= 0 && second <= 9;
	if (!isPlain) return Number(reading.textAt(at));
	return length === 1 ? first : first * 10 + second;
}
