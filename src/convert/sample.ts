/** Options of a logging program, found in a sample of its records. */

import { frameSlot } from "../format/define.js";
import type { Format } from "../format/format.js";
import { Kernel } from "./kernel.js";
import { inferProfile, MOST_PAYLOADS, type ProfileNote } from "./options.js";
import { Records, SAMPLE } from "./records.js";
import type { RouteSettings } from "./route.js";
import { UNKNOWN } from "./walk.js";

const PAYLOAD = frameSlot("payload");

/** What finds the options of a format in the bytes from its first record on. */
export const inferring =
	(settings: RouteSettings & { readonly maxLine?: number | undefined }) =>
	(format: Format, sample: Buffer): ProfileNote => {
		const { profile } = format.definition;
		const nothing: ProfileNote = { basis: "none", options: {} };
		if (profile === undefined) return nothing;
		const kernel = Kernel.take();
		try {
			const payloads = payloadsIn(sample, format, settings, kernel);
			return payloads.length === 0 ? nothing : inferProfile(kernel, format, profile, payloads);
		} finally {
			kernel.giveBack();
		}
	};

/** The payloads of a format: what a frame or a bare line of the format carries. */
function payloadsIn(
	sample: Buffer,
	format: Format,
	{ formats, framing, forced, maxLine }: Parameters<typeof inferring>[0],
	kernel: Kernel,
): string[] {
	const records = new Records(kernel, { formats, framing, forced, maxLine, input: "", isReading: true }, { walk: UNKNOWN });
	const payloads: string[] = [];
	records.push(sample);
	// The last line of a sample is cut.
	if (sample.length < SAMPLE) records.end();
	for (const pause of records.read()) {
		if (pause !== "reading" || records.router.format !== format) continue;
		const at = records.captures.last(PAYLOAD);
		payloads.push(at < 0 ? records.captures.raw() : records.captures.textAt(at));
		if (payloads.length >= MOST_PAYLOADS) break;
	}
	return payloads;
}
