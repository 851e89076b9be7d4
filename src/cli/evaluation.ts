/** An evaluation of trails as tables. */
import type { Evaluation } from "../index.js";
import type { Colours } from "./colours.js";
import { aligned } from "./layout.js";
import { percentage } from "./numbers.js";
import { printable } from "./printable.js";

export function evaluationText({ boundaries, recipients, clocks, confidence }: Evaluation, { bold }: Colours): string {
	const table = (rows: readonly (readonly string[])[]): string => {
		const [head = "", ...lines] = aligned(
			rows.map((row) => row.map(printable)),
			rows[0]?.map((_, i) => i > 0),
		);
		return [bold(head), ...lines].map((line) => `${line}\n`).join("");
	};
	return [
		table([
			["BOUNDARY", "TRUTH", "FOUND", "RECALL", "LINKS", "RIGHT", "PRECISION"],
			...withTotal(boundaries, ["truth", "found", "links", "right"]).map(({ truth, found, links, right }, i) => [
				boundaries[i]?.boundary ?? "all",
				...[String(truth), String(found), share(found, truth)],
				...[String(links), String(right), share(right, links)],
			]),
		]),
		table([
			["RECIPIENTS", "TRUTH", "OUTCOME RIGHT", "", "DECIDER RIGHT", "", "REPLIES", "RIGHT", ""],
			...withTotal(recipients, ["truth", "right", "decided", "replies", "right_replies"]).map((row, i) => [
				recipients[i]?.outcome ?? "all",
				String(row.truth),
				...[row.right, row.decided].flatMap((count) => [String(count), share(count, row.truth)]),
				...[String(row.replies), String(row.right_replies), share(row.right_replies, row.replies)],
			]),
		]),
		table([
			["CLOCKS", "TRUTH", "FOUND", "WORST ERROR", "UNCERTAINTY", "ZONE", "ZONE RIGHT", "TRAILS"],
			...clocks.map((one) => [
				`${one.from} - ${one.to}`,
				...[one.truth, one.found, one.worst_error, one.uncertainty].map(seconds),
				...[seconds(one.truth_zone), share(one.right_zone, one.trails), String(one.trails)],
			]),
		]),
		table([
			["CONFIDENCE", "LINKS", "RIGHT", "SHARE"],
			...confidence.map(({ from, to, links, right }) => [`${from} to ${to}`, String(links), String(right), share(right, links)]),
		]),
	].join("\n");
}

/** The rows, and one with their sums behind them. */
function withTotal<Key extends string>(
	rows: readonly Readonly<Record<Key, number>>[],
	keys: readonly Key[],
): Readonly<Record<Key, number>>[] {
	const sums = keys.map((key) => [key, rows.reduce((sum, row) => sum + row[key], 0)]);
	// One number for each key.
	return [...rows, Object.fromEntries(sums) as Record<Key, number>];
}

const share = (part: number, whole: number): string => (whole === 0 ? "-" : percentage(part, whole));
const seconds = (value: number): string => `${Math.round(value * 100) / 100} s`;
