import type { ClockOffset } from "./trail.js";

/** The same offset, told from the host that comes first by name: trails may tell a pair either way round. */
export function oriented(offset: ClockOffset): ClockOffset {
	if (offset.from <= offset.to) return offset;
	const { from, to, seconds, zone_seconds, drift_seconds_per_day, ...rest } = offset;
	return {
		...rest,
		from: to,
		to: from,
		seconds: -seconds,
		...(zone_seconds === undefined ? {} : { zone_seconds: -zone_seconds }),
		...(drift_seconds_per_day === undefined ? {} : { drift_seconds_per_day: -drift_seconds_per_day }),
	};
}
