import type { Source } from "../convert/case.js";
import type { Summary } from "../convert/summary.js";
import { formatPlace } from "../errors.js";
import { shownName } from "./paths.js";
import { printableLines } from "./printable.js";
import type { Terminal } from "./terminal.js";

/** Tells of records at which mailtrail failed, as soon as it is known: the first of each source. They are unparsed, the others were read. */
export class RecordFailures {
	readonly #told = new Set<Pick<Source, "name">>();

	async tell(summaries: ReadonlyMap<Pick<Source, "name">, Summary>, terminal: Terminal): Promise<void> {
		for (const [source, { failures }] of summaries) {
			if (failures === undefined || this.#told.has(source)) continue;
			this.#told.add(source);
			const { line, offset, format, what, stack } = failures.first;
			const isDebugging = terminal.env.MAILTRAIL_DEBUG !== undefined;
			const reader = format === undefined ? "" : ` as ${format}`;
			const place = formatPlace({ file: shownName(source.name), line, offset });
			const mend = `${isDebugging ? "Report" : "Set MAILTRAIL_DEBUG=1 to see where, and report"} it together with the record.`;
			const text = `${place}: this is a bug: the record cannot be read${reader}, so it is unparsed: ${what}\n  ${mend}`;
			await terminal.stderr.write(`mailtrail: ${printableLines(text)}${isDebugging ? `\n${printableLines(stack ?? "")}` : ""}\n`);
		}
	}
}
