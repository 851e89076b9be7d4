/** Times of excerpts in milliseconds. Most are of the same minute as the one before, so few are read whole. */

/** `2026-11-21T02:08:` stands in front of the seconds, and `+01:00` behind them. */
const SECONDS = 17;
const ZONE = 6;
const SHORTEST = SECONDS + 2 + ZONE;
const ZERO = 48;
const PLUS = 43;
const MINUS = 45;

/** One for each input. */
export class Moments {
	/** The last time that was read, and where it stands. */
	#bytes: Uint8Array | undefined;
	#start = 0;
	#end = 0;
	#time = Number.NaN;
	/** Milliseconds at the beginning of its minute; NaN when that is not known. */
	#minute = Number.NaN;

	/** Milliseconds since 1970 of RFC 3339; NaN for what `Date.parse` does not take, such as leap seconds. */
	of(bytes: Buffer, start: number, end: number): number {
		if (bytes === this.#bytes && start === this.#start) return this.#time;
		const quick = this.#inMinute(bytes, start, end);
		if (Number.isNaN(quick)) {
			const text = bytes.toString("latin1", start, end);
			this.#time = Date.parse(text);
			this.#minute = end - start < SHORTEST ? Number.NaN : Date.parse(`${text.slice(0, SECONDS)}00${text.slice(-ZONE)}`);
		} else this.#time = quick;
		this.#bytes = bytes;
		this.#start = start;
		this.#end = end;
		return this.#time;
	}

	/** The same, of a time in the minute of the last one, with an offset in digits; NaN for others. */
	#inMinute(bytes: Buffer, start: number, end: number): number {
		const last = this.#bytes;
		const length = end - start;
		if (last === undefined || length < SHORTEST || this.#end - this.#start < SHORTEST) return Number.NaN;
		for (let i = 0; i < SECONDS; i++) if (bytes[start + i] !== last[this.#start + i]) return Number.NaN;
		for (let i = 1; i <= ZONE; i++) if (bytes[end - i] !== last[this.#end - i]) return Number.NaN;
		const seconds = digit(bytes, start + SECONDS) * 10 + digit(bytes, start + SECONDS + 1);
		const sign = bytes[end - ZONE];
		// A leap second is none for Date.
		if (seconds > 59 || (sign !== PLUS && sign !== MINUS)) return Number.NaN;
		let milliseconds = 0;
		const fraction = start + SECONDS + 3;
		for (let i = 0, unit = 100; i < 3 && fraction + i < end - ZONE; i++, unit /= 10) milliseconds += digit(bytes, fraction + i) * unit;
		return this.#minute + seconds * 1000 + milliseconds;
	}
}

const digit = (bytes: Buffer, at: number): number => (bytes[at] ?? ZERO) - ZERO;
