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

/** Decimal digits as a number with all its digits, however many; what is none stays text. */
export function integerJson(text: string): string {
	return /^-?\d+$/.test(text) ? text.replace(/^(-?)0+(?=\d)/, "$1") : quote(text);
}

/** A decimal number as short as it can be; what is none stays text. */
export function numberJson(text: string): string {
	// What Number would write with an exponent or with fewer digits is the same number as it stands.
	if (text.length <= MOST_DIGITS && /^\d+(?:\.\d+)?$/.test(text))
		return text.replace(/^0+(?=\d)/, "").replace(/\.0+$|(?<=\.\d*[1-9])0+$/, "");
	const value = Number(text);
	return Number.isFinite(value) && text !== "" ? String(value) : quote(text);
}

/** Digits, and a point, that a number of JavaScript holds. */
const MOST_DIGITS = 16;
