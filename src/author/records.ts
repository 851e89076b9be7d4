/** Records one by one, as authors look at them: the event, what was captured, and the text that a format has to read. */

import type { Captures } from "../convert/captures.js";
import { events, type Settings } from "../convert/convert.js";
import type { Input } from "../convert/input.js";
import { Kernel } from "../convert/kernel.js";
import type { ProfileNote } from "../convert/options.js";
import { readableBytes } from "../convert/raw-bytes.js";
import { Records } from "../convert/records.js";
import { UNKNOWN } from "../convert/walk.js";
import { frameSlot } from "../format/define.js";
import type { WholeEvent } from "../format/event.js";

export interface SampleRecord {
	readonly event: WholeEvent;
	/** Good until the next record is asked for. */
	readonly captures: Captures;
	/** What the templates of a catalog are tried on; else what the frame carries, else the line. */
	readonly text: string;
}

const TEXTS = [frameSlot("content"), frameSlot("payload")];

/**
 * Every record is read a second time, for what its event does not hold.
 * @param onRead called right before that
 */
export async function* readRecords(input: Input, settings: Settings, onRead?: () => void): AsyncGenerator<SampleRecord> {
	const { formats, framing, forced } = settings;
	const records = new Records(new Kernel(), { formats, framing, forced, input: "", isReading: true }, { walk: UNKNOWN });
	const { captures } = records;
	for await (const event of events(input, settings)) {
		const format = formats.find(({ id }) => id === event.format);
		const profile = event.fields?.log_profile as ProfileNote | undefined;
		// It is read with the options that it was read with before.
		if (format !== undefined && profile !== undefined) records.profiles.use(format, profile);
		onRead?.();
		records.readOne(readableBytes(event.raw, event.raw_encoding));
		const at = TEXTS.map((slot) => captures.last(slot)).find((position) => position >= 0);
		yield { event, captures, text: at === undefined ? event.raw : captures.textAt(at) };
	}
}
