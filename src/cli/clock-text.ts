/** Clocks, times and spans in words and figures for people. */
import type { ClockOffset } from "../index.js";
import { counted } from "./numbers.js";

/** `mx2 is 37 s ahead of mx1 (± 0.4 s, 105 witnesses)` */
export function clockText({
	from,
	to,
	seconds,
	uncertainty_seconds,
	witnesses,
	zone_seconds,
	drift_seconds_per_day,
	is_pinned,
}: ClockOffset): string {
	const zone = zone_seconds ?? 0;
	const own = Math.round((seconds - zone) * 1000) / 1000;
	const parts = [
		own === 0 ? [] : `${spanText(Math.abs(own))} ${own > 0 ? "ahead of" : "behind"} ${from}`,
		zone === 0 ? [] : `${spanText(Math.abs(zone))} ${zone > 0 ? "ahead" : "behind"} by a mistaken zone`,
	].flat();
	const known = is_pinned === true ? "given" : `± ${rounded(uncertainty_seconds)} s, ${counted(witnesses, "witness", "witnesses")}`;
	const drift = drift_seconds_per_day === undefined ? "" : `, drifting ${rounded(drift_seconds_per_day)} s a day`;
	return `${to} is ${parts.length === 0 ? `with ${from}` : parts.join(", and ")} (${known}${drift})`;
}

/** `9 h`, `2 min 5 s`, `0.4 s` */
export function spanText(seconds: number): string {
	const tenths = Math.round(seconds * 10);
	const [hours, minutes, rest] = [Math.floor(tenths / 36000), Math.floor((tenths % 36000) / 600), (tenths % 600) / 10];
	const parts = [hours === 0 ? [] : `${hours} h`, minutes === 0 ? [] : `${minutes} min`, rest === 0 ? [] : `${rest} s`].flat();
	return parts.length === 0 ? "0 s" : parts.join(" ");
}

/** `-37 s`, `-8:57:55.4` */
export function correctionText(seconds: number): string {
	const tenths = Math.round(Math.abs(seconds) * 10);
	const sign = seconds < 0 ? "-" : "+";
	if (tenths < 600) return `${sign}${tenths / 10} s`;
	const two = (value: number): string => String(value).padStart(2, "0");
	const fraction = tenths % 10 === 0 ? "" : `.${tenths % 10}`;
	return `${sign}${Math.floor(tenths / 36000)}:${two(Math.floor((tenths % 36000) / 600))}:${two(Math.floor((tenths % 600) / 10))}${fraction}`;
}

export const rounded = (value: number): string => String(Math.round(value * 1000) / 1000);

/** As many digits of the second as the log has. */
export function clockTime(time: number, written: string): string {
	const digits = Math.min(3, /\.(\d+)/.exec(written)?.[1]?.length ?? 0);
	const text = new Date(time).toISOString().replace("T", " ");
	return text.slice(0, digits === 0 ? 19 : 20 + digits);
}
