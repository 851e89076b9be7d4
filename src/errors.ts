/**
 * Every error that stops a command, in one place: what, where, why, and what to do.
 * `code` is stable; `exit` is the exit code of the command line (1 findings, 2 usage, 3 input or output).
 */

export interface Place {
	readonly file: string;
	readonly line?: number;
	readonly column?: number;
	/** Byte offset, where there are no lines. */
	readonly offset?: number;
}

export class MailtrailError extends Error {
	constructor(
		readonly code: string,
		readonly exit: 1 | 2 | 3,
		/** What went wrong and why, one sentence without a full stop. */
		readonly what: string,
		/** How to mend it. */
		readonly mend: string,
		readonly place?: Place | undefined,
		/** The source line that `place` points into; shown with a caret under its column. */
		readonly excerpt?: string | undefined,
	) {
		super(formatError(what, mend, place, excerpt));
		this.name = "MailtrailError";
	}
}

function formatError(what: string, mend: string, place: Place | undefined, excerpt: string | undefined): string {
	const at = place === undefined ? "" : `${formatPlace(place)}: `;
	const caret = excerpt === undefined ? "" : `\n${markedExcerpt(excerpt, place)}`;
	return `${at}${what}${caret}\n  ${mend}`;
}

/** A source line with a caret under the column of a place. */
export function markedExcerpt(excerpt: string, place: Place | undefined): string {
	// Tabs stay, so that the caret stands below its column whatever their width.
	const indent = excerpt.slice(0, Math.max(0, (place?.column ?? 1) - 1)).replace(/[^\t]/g, " ");
	return `  ${excerpt}\n  ${indent}^`;
}

export function formatPlace(place: Place): string {
	const parts: (string | number)[] = [place.file];
	if (place.line !== undefined) parts.push(place.line);
	if (place.line !== undefined && place.column !== undefined) parts.push(place.column);
	return place.offset === undefined ? parts.join(":") : `${parts.join(":")} (offset ${place.offset})`;
}
