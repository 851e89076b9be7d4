/** The text of a record, as an event holds it, as the bytes that it was read from. */
import type { Event } from "../format/event.js";

/** A record as the kernel reads it: its bytes, those of UTF-16 as UTF-8. */
export const readableBytes = (text: string, encoding: Event["raw_encoding"]): Buffer =>
	bytesOf(text, encoding === "latin1" ? encoding : undefined);

/** The bytes of `text`, which is in the encoding of an event's `raw`: UTF-8 without one. */
export function bytesOf(text: string, encoding: Event["raw_encoding"]): Buffer {
	if (encoding === "utf-16be") return Buffer.from(text, "utf-16le").swap16();
	return Buffer.from(text, encoding ?? "utf8");
}
