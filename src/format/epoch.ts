/** Stamps that count seconds → RFC 3339 in UTC, at the precision written; undefined for what is none of this age. */

/** The first second that a stamp of four year digits cannot tell. */
const YEAR_10000 = 253_402_300_800;

/** Seconds since 1970, with or without a fraction: `1795226915.123456`. */
export function fromEpoch(text: string): string | undefined {
	const [, seconds = "", fraction = ""] = /^(\d{1,12})(\.\d+)?$/.exec(text) ?? [];
	return seconds === "" ? undefined : utc(Number(seconds), fraction);
}

/**
 * What daemontools and runit count from: 2^62, and the ten seconds that TAI was ahead of UTC in 1970. Leap seconds since then
 * are not in their labels, as the clocks of machines do not count them.
 */
const TAI64 = 2n ** 62n + 10n;

/** A TAI64N label, `@` and 24 hexadecimal digits: seconds, then nanoseconds. */
export function fromTai64n(label: string): string | undefined {
	const [, seconds = "", nanoseconds = ""] = /^@([0-9a-f]{16})([0-9a-f]{8})$/i.exec(label) ?? [];
	const fraction = Number.parseInt(nanoseconds, 16);
	if (seconds === "" || fraction >= 1e9) return undefined;
	return utc(Number(BigInt(`0x${seconds}`) - TAI64), `.${String(fraction).padStart(9, "0")}`);
}

const DAY = 86_400;
const SIXTY: readonly string[] = Array.from({ length: 60 }, (_, value) => String(value).padStart(2, "0"));

/** The last day that was written: stamps of a log seldom change it, and Date takes ten times as long. */
let lastDay = Number.NaN;
let lastDate = "";

/** Whole seconds since 1970 and a fraction with its point, which may be empty. */
export function utc(seconds: number, fraction: string): string | undefined {
	if (seconds < 0 || seconds >= YEAR_10000) return undefined;
	const day = Math.floor(seconds / DAY);
	if (day !== lastDay) {
		lastDay = day;
		lastDate = new Date(day * DAY * 1000).toISOString().slice(0, 11);
	}
	const second = seconds - day * DAY;
	const hour = Math.floor(second / 3600);
	const minute = Math.floor(second / 60) % 60;
	return `${lastDate}${SIXTY[hour]}:${SIXTY[minute]}:${SIXTY[second % 60]}${fraction}+00:00`;
}
