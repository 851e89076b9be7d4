/** Where the record of an event stands. The id tells input and offset, too: events may be written without `source`. */
import type { Event } from "./event.js";

type Placed = Pick<Event, "id" | "source">;

const ID = /^([^]*):(\d+)$/;

/** The input, as the user named it; undefined when the event does not tell it. */
export const fileOf = ({ id, source }: Placed): string | undefined => source?.file ?? ID.exec(id)?.[1];

/** Byte offset in the input; undefined when the event does not tell it. */
export function offsetOf({ id, source }: Placed): number | undefined {
	if (source?.offset !== undefined) return source.offset;
	const offset = ID.exec(id)?.[2];
	return offset === undefined ? undefined : Number(offset);
}
