/** Where the record of an event stands. The id tells input and offset, too: events may be written without `source`. */
import type { Event } from "./event.js";

type Placed = Pick<Event, "id" | "source">;

const OFFSET = /^\d+$/;

/** `mail.log:4711` → `mail.log`; undefined for ids of another form. */
export function inputOfId(id: string): string | undefined {
	const at = id.lastIndexOf(":");
	return at >= 0 && OFFSET.test(id.slice(at + 1)) ? id.slice(0, at) : undefined;
}

/** The input, as the user named it; undefined when the event does not tell it. */
export const fileOf = ({ id, source }: Placed): string | undefined => source?.file ?? inputOfId(id);

/** Byte offset in the input; undefined when the event does not tell it. */
export function offsetOf({ id, source }: Placed): number | undefined {
	const input = source?.offset === undefined ? inputOfId(id) : undefined;
	return input === undefined ? source?.offset : Number(id.slice(input.length + 1));
}
