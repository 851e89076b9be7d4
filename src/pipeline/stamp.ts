/** The time of a record: parts that were captured, with the year that other captures tell. */
import { FRAME_CAPTURES } from "../format/define.js";
import type { Format } from "../format/format.js";
import { type Clock, monthNumber, type RenderedTime } from "./clock.js";
import type { Reading } from "./reading.js";

const YEAR: number = FRAME_CAPTURES.indexOf("year");
const DAY: number = FRAME_CAPTURES.indexOf("day");
const ZONE: number = FRAME_CAPTURES.indexOf("zone");
const PARTS = ZONE - YEAR + 1;

export class Stamps {
	/** Position in the log of each part of the current stamp, -1 for none. */
	readonly #at = new Int32Array(PARTS);
	/** The last stamp as written, and what became of it: most records share their second with the one before. */
	#written = Buffer.alloc(64);
	#writtenLength = -1;
	#parts = 0;
	#hint: number | undefined;
	#rendered: RenderedTime | undefined;

	constructor(readonly clock: Clock) {}

	/** Undefined when the record has no time, or none that is real. */
	render(reading: Reading, format: Format | undefined): RenderedTime | undefined {
		const at = this.#at.fill(-1);
		const { data, length } = reading.log;
		const { frameLength } = reading;
		// A stamp inside the record is more precise than that of the frame: it has a year and fractions.
		let from = 0;
		for (let i = frameLength; i < length; i += 3) if (data[i] === DAY) from = frameLength;
		const to = from > 0 || reading.expanded !== undefined ? length : frameLength === 0 ? length : frameLength;
		let parts = 0;
		let start = Number.MAX_SAFE_INTEGER;
		let end = 0;
		for (let i = from; i < to; i += 3) {
			const slot = data[i] ?? 0;
			if (slot < YEAR || slot > ZONE) continue;
			at[slot - YEAR] = i / 3;
			parts |= 1 << (slot - YEAR);
			start = Math.min(start, data[i + 1] ?? 0);
			end = Math.max(end, data[i + 2] ?? 0);
		}
		if (parts === 0) return undefined;
		const hint = (parts & 1) === 0 && format !== undefined ? yearHint(reading, format) : undefined;
		const isPlain = reading.isPlain && end - start <= this.#written.length;
		if (isPlain && parts === this.#parts && hint === this.#hint && this.#isSame(reading, start, end)) return this.#rendered;
		this.#rendered = this.#read(reading, hint);
		this.#parts = parts;
		this.#hint = hint;
		this.#writtenLength = isPlain ? end - start : -1;
		if (isPlain) reading.bytes.copy(this.#written, 0, start, end);
		return this.#rendered;
	}

	#isSame(reading: Reading, start: number, end: number): boolean {
		const { bytes } = reading;
		const written = this.#written;
		if (end - start !== this.#writtenLength) return false;
		// The seconds differ first.
		for (let i = end - start - 1; i >= 0; i--) if (bytes[start + i] !== written[i]) return false;
		return true;
	}

	#read(reading: Reading, hint: number | undefined): RenderedTime | undefined {
		const text = (part: number): string | undefined => {
			const at = this.#at[part] ?? -1;
			return at < 0 ? undefined : reading.textAt(at);
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

/** What a format knows of the year from other captures, such as a session id. */
function yearHint(reading: Reading, format: Format): number | undefined {
	for (const slot of format.yearSlots) {
		const at = reading.last(slot);
		if (at < 0) continue;
		for (const field of format.fields[slot] ?? []) {
			const year = field.kind === "year" ? field.from(reading.textAt(at)) : undefined;
			if (year !== undefined) return year;
		}
	}
	return undefined;
}
