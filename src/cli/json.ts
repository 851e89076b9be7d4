/** JSON for a terminal: controls that JSON allows in strings, but terminals obey, are escaped too. */
export function safeJson(value: unknown, indent?: string): string {
	const escaped = (character: string): string => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
	return JSON.stringify(value, null, indent).replace(/[\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069]/g, escaped);
}
