/** What correlate misses in events that were written without some of their keys. */
import type { CorrelateSummary, Source, Summary } from "../index.js";
import { isYearless, yearlessLines } from "./assumed.js";
import { shownName } from "./paths.js";

type Lack = CorrelateSummary["lacking"][number];

/** Key → what is not known without it. */
const MISSED: Readonly<Record<Lack["keys"][number], string>> = {
	format: "events without format, which nothing can be said of; convert its log again with format",
	time: "no record has a time, so its mails cannot be followed; --year tells the year of a log, and events need the key time",
	code: "no event has a code, so hops miss most of what they are made of; convert its log again with code",
	action: "no event has an action, so hops miss most of what they are made of; convert its log again with action",
	source: "events without source, so filter sessions are told apart by time alone, not by the lines of the log",
	raw: "events without raw, so nobody sees whether the log was sorted by its text, or is given twice",
};

const textOf = (name: string, key: Lack["keys"][number]): string => `${shownName(name)}: ${MISSED[key]}`;

/** Lines for the summary. */
export const lackingLines = (lacking: readonly Lack[]): string[] =>
	lacking.flatMap(({ name, keys }) => keys.filter((key) => key !== "time").map((key) => textOf(name, key)));

/** What keeps all mails of a source from being followed: told also to those who want no summary. */
export function timelessLines(lacking: readonly Lack[], summaries: ReadonlyMap<Pick<Source, "name">, Summary>): string[] {
	const yearless = new Set([...summaries].filter(([, summary]) => isYearless(summary)).map(([{ name }]) => name));
	const others = lacking.filter(({ name, keys }) => keys.includes("time") && !yearless.has(name));
	return [...yearlessLines(summaries), ...others.map(({ name }) => textOf(name, "time"))];
}
