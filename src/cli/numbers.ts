/** Numbers as users type and read them. */

const UNITS: Readonly<Record<string, number>> = { "": 1, k: 1024, m: 1024 ** 2, g: 1024 ** 3 };

/** `65536`, `64k`, `1M`, `2GiB` → bytes; undefined for what is no size of at least one byte. */
export function parseSize(text: string): number | undefined {
	const [, digits = "", unit = ""] = /^(\d+)\s*([kmg]?)(?:i?b)?$/i.exec(text) ?? [];
	const size = Number(digits) * (UNITS[unit.toLowerCase()] ?? 0);
	return Number.isSafeInteger(size) && size > 0 ? size : undefined;
}

/** `12,345`: the same everywhere, whatever the locale of the machine. */
export function grouped(count: number): string {
	return String(count).replace(/\B(?=(\d{3})+$)/g, ",");
}

/** `1 event`, `12,345 events`. */
export function counted(count: number, noun: string, plural: string = `${noun}s`): string {
	return `${grouped(count)} ${count === 1 ? noun : plural}`;
}

/** A share as people read it: two significant digits, and never 0 or 100 when that is not exact. */
export function percentage(part: number, whole: number): string {
	if (whole === 0 || part === 0) return "0%";
	if (part === whole) return "100%";
	const percent = Math.min((part / whole) * 100, 99.99);
	return percent >= 10 ? `${Math.floor(percent * 100) / 100}%` : `${Number(percent.toPrecision(2))}%`;
}
