/** Records at which mailtrail, or a format, failed: that is a bug, which costs these records alone, and is told. */
import type { Format } from "../format/format.js";
import type { Kernel } from "./kernel.js";

/** Plain data: it goes from thread to thread. */
export interface Failures {
	readonly records: number;
	/** The first of them. */
	readonly first: {
		readonly line: number;
		readonly offset: number;
		/** Who read it. */
		readonly format: string | undefined;
		/** What was thrown, and where in the code. */
		readonly what: string;
		readonly stack: string | undefined;
	};
}

/** A failure at the record that the kernel stands at. */
export function failureAt({ run }: Kernel, format: Format | undefined, error: unknown): Failures {
	const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
	const stack = error instanceof Error ? error.stack : undefined;
	return { records: 1, first: { line: run.line.value, offset: run.offset(), format: format?.id, what, stack } };
}

/** The failures of what was read first, then those of what came behind it. */
export function joined(before: Failures | undefined, after: Failures | undefined): Failures | undefined {
	if (before === undefined || after === undefined) return before ?? after;
	return { records: before.records + after.records, first: before.first };
}
