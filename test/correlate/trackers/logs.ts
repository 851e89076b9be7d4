/** The events of the real logs of the corpus, as trackers get them: those of one format and one host, with their times. */
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { corpusOf } from "../../../src/author/cases.js";
import { push } from "../../../src/correlate/lists.js";
import type { TrailModule } from "../../../src/format/define.js";
import { BUILT_IN, formatFolders } from "../../../src/format/folders.js";
import type { Format } from "../../../src/format/format.js";
import { type Event, events } from "../../../src/index.js";
import { inputOf } from "../../corpus/conversion.js";
import { loadTestFormats } from "../../corpus/formats.js";

export interface Log {
	readonly name: string;
	readonly format: Format;
	readonly trail: TrailModule["trail"];
	readonly events: readonly { readonly event: Event; readonly time: number }[];
}

/** One log for each capture, host, and format that follows mails. */
export async function followedLogs(): Promise<readonly Log[]> {
	const known = await loadTestFormats();
	const logs: Log[] = [];
	for (const folder of formatFolders(BUILT_IN)) {
		for (const file of corpusOf({ id: basename(folder), folder }).captures) {
			const parts = new Map<string, { event: Event; time: number }[]>();
			for await (const event of events(inputOf(readFileSync(file)), { ...known, year: 2026, inputId: basename(file) })) {
				if (event.time === undefined) continue;
				const key = `${event.format} ${event.host}`;
				push(parts, key, { event, time: Date.parse(event.time) });
			}
			for (const [key, part] of parts) {
				const format = known.formats.find(({ id }) => id === part[0]?.event.format);
				const followed = await format?.definition.trail?.();
				if (format !== undefined && followed !== undefined)
					logs.push({ name: `${basename(file)} ${key}`, format, trail: followed.trail, events: part });
			}
		}
	}
	return logs;
}
