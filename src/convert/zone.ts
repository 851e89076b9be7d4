/** The zone of stamps that have none: an offset, or a name of the IANA database, whose offsets the kernel asks for by quarters of an hour. */
import { createRequire } from "node:module";
import type { IANAZone } from "luxon";
import { MailtrailError } from "../errors.js";
import type { Kernel } from "./kernel.js";

/** A zone that was given; undefined stands for none. */
export type Zone = { readonly minutes: number } | { readonly named: IANAZone };

/** The last stamp lay in an hour that happens twice: its local time in seconds, and whether it was the second time. */
export interface Repeated {
	readonly wall: number;
	readonly isSecond: boolean;
}

/** `Europe/Berlin`, `+09:00`, `+0900`, `+09`. Throws MailtrailError `option.zone`. */
export function readZone(name: string): Zone {
	const [, sign, hours, minutes = "00"] = /^([+-])(\d\d)(?::?(\d\d))?$/.exec(name) ?? [];
	if (sign !== undefined && Number(hours) <= 23 && Number(minutes) <= 59) {
		const size = Number(hours) * 60 + Number(minutes);
		return { minutes: sign === "-" ? -size : size };
	}
	// Loaded for names only: most zones are offsets, and loading takes 10 ms.
	const require = createRequire(import.meta.url);
	const { IANAZone } = require("luxon") as typeof import("luxon");
	const named = IANAZone.create(name);
	if (/^[+-]/.test(name) || !named.isValid)
		throw new MailtrailError(
			"option.zone",
			2,
			`"${name}" is no time zone`,
			"Give a name of the IANA database or an offset: Europe/Berlin, Asia/Tokyo, UTC, +09:00, -03:30.",
		);
	return { named };
}

/** Lets the kernel work in a zone; `repeated` is where its stamps stand. */
export function useZone({ run }: Kernel, zone: Zone | undefined, repeated?: Repeated): void {
	if (zone === undefined) run.setZone(run["Zone.none"].value, 0);
	else if ("minutes" in zone) run.setZone(run["Zone.fixed"].value, zone.minutes);
	else run.setZone(run["Zone.named"].value, 0);
	if (repeated !== undefined) run.setRepeated(repeated.wall, repeated.isSecond ? 1 : 0);
}

export const repeatedOf = ({ run }: Kernel): Repeated | undefined =>
	run.isRepeated.value === 0 ? undefined : { wall: run.repeatedAt(), isSecond: run.isSecond.value !== 0 };

/** Tells the kernel the offsets of the quarter of an hour that it asks for. */
export function putOffsets({ run }: Kernel, zone: Zone | undefined): void {
	if (zone === undefined || "minutes" in zone) return;
	const wall = run.quarter.value * run.QUARTER.value;
	const offsetAt = (seconds: number): number => zone.named.offset(seconds * 1000);
	// A day before and after is beyond any offset, so a change near this local time lies between them.
	const before = offsetAt(wall - 86_400);
	const after = offsetAt(wall + 86_400);
	const fitsBefore = offsetAt(wall - before * 60) === before;
	const fitsAfter = offsetAt(wall - after * 60) === after;
	const isTwice = fitsBefore && fitsAfter && before !== after;
	run.putOffsets(Math.round(fitsBefore || !fitsAfter ? before : after), isTwice ? Math.round(after) : run.ONCE.value);
}
