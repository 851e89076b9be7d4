/** Values as JSON: strings that carry no control characters, numbers that lose no digits. */
import type { Json } from "../format/define.js";

const UNSAFE = /["\\\u0000-\u001f\u007f-\u009f\u2028\u2029\ud800-\udfff]/;

/** A JSON string. C1 controls are escaped too, because some terminals obey them. */
export function quote(text: string): string {
	if (!UNSAFE.test(text)) return `"${text}"`;
	return escapeControls(JSON.stringify(text));
}

const escapeControls = (json: string): string =>
	json.replace(/[\u007f-\u009f\u2028\u2029]/g, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);

/** Any value as JSON, with the same escapes. */
export function jsonOf(value: Json): string {
	if (typeof value === "string") return quote(value);
	// JSON has no infinity.
	return typeof value === "number" && Number.isFinite(value) ? String(value) : escapeControls(JSON.stringify(value));
}

/** Decimal digits as a number; what is none stays text. */
export function integerOf(text: string): number | string {
	return /^-?\d+$/.test(text) ? Number(text) : text;
}

/** The same as JSON, with all digits of a number that is too large for JavaScript. */
export function integerJson(text: string): string {
	return /^-?\d+$/.test(text) ? text.replace(/^(-?)0+(?=\d)/, "$1") : quote(text);
}

/** A decimal number; what is none stays text. */
export function numberOf(text: string): number | string {
	const value = Number(text);
	return Number.isFinite(value) && text !== "" ? value : text;
}
