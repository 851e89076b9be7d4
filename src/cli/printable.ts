/**
 * Senders choose what stands in a log. Shown on a terminal as it is, a record could move the cursor, recolour or
 * retitle the window, hide text behind bidirectional overrides, or fake a second line of our own output.
 */
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/** Text from a log, safe for a terminal and on one line: control and format characters become `\x1b` or `\u{202e}`. */
export function printable(text: string): string {
	return text.replace(UNPRINTABLE, escaped);
}

/** The same for text of our own that has line ends and may quote a log: those line ends stay. */
export function printableLines(text: string): string {
	return text.split("\n").map(printable).join("\n");
}

/** Lines for standard error, each with our name in front. */
export const told = (lines: readonly string[]): string => lines.map((line) => `mailtrail: ${printable(line)}\n`).join("");

function escaped(character: string): string {
	const code = character.codePointAt(0) ?? 0;
	if (character === "\t") return "\\t";
	if (character === "\n") return "\\n";
	if (character === "\r") return "\\r";
	return code <= 0xff ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u{${code.toString(16)}}`;
}

/** At most `limit` characters, the last one `…` when something was cut. */
export function shortened(text: string, limit: number): string {
	return text.length <= limit ? text : `${text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, "")}…`;
}
