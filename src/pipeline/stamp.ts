/** The time of a record: parts that were captured, with the year that other captures tell. */
import { FRAME_CAPTURES } from "../format/define.js";
import { areSame, type Bytes, bytesOf, copyBytes, viewOf } from "./bytes.js";
import { type Clock, monthNumber, type RenderedTime } from "./clock.js";
import type { Reading } from "./reading.js";

const YEAR: number = FRAME_CAPTURES.indexOf("year");
const DAY: number = FRAME_CAPTURES.indexOf("day");
const ZONE: number = FRAME_CAPTURES.indexOf("zone");
const PARTS = ZONE - YEAR + 1;

/** Where the parts of a stamp stand in the log of a record: year, month, day, hour, minute, second, fraction, zone. */
export interface StampPlaces {
	/** -1 for those that are not there. */
	readonly at: readonly number[];
	/** Positions of those that are there. */
	readonly present: readonly number[];
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
	return { at, present, hasYear: at[0] !== -1, key: at.reduce((key, position, part) => key + (position < 0 ? 0 : 1 << part), 0) };
}

/** Bytes of a stamp that is remembered. */
const LONGEST = 64;

export class Stamps {
	/** The last stamp as written, and what became of it: most records share their second with the one before. */
	readonly #written = viewOf(new Uint8Array(LONGEST + 4));
	#writtenLength = -1;
	#key = 0;
	#hint: number | undefined;
	#rendered: RenderedTime | undefined;
	/** The last time that was rendered, as it stands in the event. */
	bytes: Bytes = bytesOf("");

	constructor(readonly clock: Clock) {}

	/** Undefined when the record has no time that is real. */
	render(reading: Reading, places: StampPlaces, hint: number | undefined): RenderedTime | undefined {
		const { data } = reading.log;
		const { present } = places;
		let start = Number.MAX_SAFE_INTEGER;
		let end = 0;
		for (let i = 0; i < present.length; i++) {
			const at = (present[i] as number) * 3;
			start = Math.min(start, data[at + 1] as number);
			end = Math.max(end, data[at + 2] as number);
		}
		const isPlain = reading.isPlain && end - start <= LONGEST;
		const isSame = isPlain && places.key === this.#key && hint === this.#hint && end - start === this.#writtenLength;
		if (isSame && areSame(reading.view, start, end, this.#written, 0)) return this.#rendered;
		const rendered = this.#read(reading, places.at, hint);
		if (rendered !== undefined && rendered.time !== this.#rendered?.time) this.bytes = bytesOf(rendered.time);
		this.#rendered = rendered;
		this.#key = places.key;
		this.#hint = hint;
		this.#writtenLength = isPlain ? end - start : -1;
		if (isPlain) copyBytes(reading.view, start, end, this.#written, 0);
		return rendered;
	}

	#read(reading: Reading, at: readonly number[], hint: number | undefined): RenderedTime | undefined {
		const text = (part: number): string | undefined => {
			const position = at[part] ?? -1;
			return position < 0 ? undefined : reading.textAt(position);
		};
		const [year, month, day, hour, minute, second] = [text(0), text(1), text(2), text(3), text(4), text(5)];
		if (month === undefined || day === undefined || hour === undefined || minute === undefined || second === undefined) return undefined;
		return this.clock.render(
			{
				year: year === undefined ? undefined : Number(year),
				month: monthNumber(month) ?? 0,
				day: Number(day),
				hour: Number(hour),
				minute: Number(minute),
				second: Number(second),
				fraction: text(6),
				zone: text(7),
			},
			hint,
		);
	}
}
