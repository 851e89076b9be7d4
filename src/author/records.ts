/** Records one by one, as authors look at them: the event, what was captured, and the text that a format has to read. */

import { events, type Settings } from "../convert/convert.js";
import type { Input } from "../convert/input.js";
import { bytesOf } from "../convert/raw-bytes.js";
import { Reader } from "../convert/read.js";
import { Reading } from "../convert/reading.js";
import { frameSlot } from "../format/define.js";
import type { WholeEvent } from "../format/event.js";

export interface SampleRecord {
	readonly event: WholeEvent;
	/** Good until the next record is asked for. */
	readonly reading: Reading;
	/** What the templates of a catalog are tried on; else what the frame carries, else the line. */
	readonly text: string;
}

const TEXTS = [frameSlot("content"), frameSlot("payload")];

/**
 * Every record is read a second time, for what its event does not hold.
 * @param onRead called right before that
 */
export async function* readRecords(input: Input, settings: Settings, onRead?: () => void): AsyncGenerator<SampleRecord> {
	const reader = new Reader(settings.formats, settings.framing, { forced: settings.forced });
	const reading = new Reading();
	for await (const event of events(input, settings)) {
		const bytes = bytesOf(event.raw, event.raw_encoding);
		reading.begin(bytes, 0, bytes.length, false);
		onRead?.();
		reader.read(reading);
		const at = TEXTS.map((slot) => reading.last(slot)).find((position) => position >= 0);
		yield { event, reading, text: at === undefined ? event.raw : reading.textAt(at) };
	}
}
