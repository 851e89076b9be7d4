/** The ids that replies quote: each format says in which words its program tells a client under which id it has the mail. */
import type { FormatDefinition } from "../format/define.js";

/** Ids that a text quotes, in its order. */
export type Quotes = (text: string | undefined) => readonly string[];

/** Up to a blank or a bracket, without a stop at its end. */
const ID = "<?([^\\s<>()]+[^\\s<>().,;])";

/** `queued as {id}` → an expression with the id as its group. */
function expressionOf(template: string): string {
	const [before = "", behind = ""] = template.split("{id}").map((part) => part.replace(/[^\w\s]/g, "\\$&").replace(/\s+/g, "\\s+"));
	// An id in front is tried where a word begins only: else each of its letters would be read again and again.
	return `${before === "" ? "(?<![^\\s<])" : before}${ID}${behind}`;
}

/** Finds what the formats tell, whatever the case of their words. */
export function quotesOf(definitions: readonly Pick<FormatDefinition, "told">[]): Quotes {
	const templates = new Set(definitions.flatMap(({ told = [] }) => told));
	if (templates.size === 0) return () => [];
	const expression = new RegExp([...templates].map(expressionOf).join("|"), "gi");
	return (text = "") => [...text.matchAll(expression)].flatMap(([, ...groups]) => groups.filter((id) => id !== undefined));
}
