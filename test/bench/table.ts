/** Figures for people. */
import { aligned } from "../../src/cli/layout.js";

/** The first column is text, the others are numbers. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
	const isNumeric = head.map((_, column) => column > 0);
	return aligned([head, ...rows], isNumeric)
		.map((line) => `${line}\n`)
		.join("");
}

export const median = (values: readonly number[]): number => {
	const sorted = [...values].sort((a, b) => a - b);
	const middle = sorted.length >> 1;
	const upper = sorted[middle] ?? Number.NaN;
	return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
};

export const whole = (value: number): string => (Number.isFinite(value) ? String(Math.round(value)) : "-");
export const ratio = (value: number): string => (Number.isFinite(value) ? value.toFixed(value < 10 ? 2 : 0) : "-");

/** Two columns: a floor or a ceiling, and whether a value keeps it. */
export const atLeast = (value: number, floor: number, shown: (value: number) => string = ratio): string[] => [
	shown(floor),
	value >= floor ? "yes" : "no",
];
export const atMost = (value: number, most: number, shown: (value: number) => string = ratio): string[] => [
	shown(most),
	value <= most ? "yes" : "no",
];
