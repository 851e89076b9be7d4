/** What was assumed of times, in words: for the summary of a conversion, and for timelines. */
import { inputOfId } from "../format/event-place.js";
import type { Event, Source, Summary, TrailAssumption } from "../index.js";
import type { Row } from "./layout.js";
import { grouped } from "./numbers.js";
import { shownName } from "./paths.js";

type Summaries = ReadonlyMap<Pick<Source, "name">, Summary>;
type Basis = NonNullable<Summary["years"]>["basis"];

/** So many sources are named one by one. */
const HANDFUL = 5;

/** How years are known that no stamp tells, and where they come from. */
const YEARS: Readonly<Record<Exclude<Basis, "none">, string>> = {
	file: "year from the date of the file",
	anchor: "year from other records",
	option: "year given",
};

/** Lines for the summary: how year and zone are known, where the lines of a source do not tell them. */
export function assumedLines(summaries: Summaries): string[] {
	const years = (Object.keys(YEARS) as (keyof typeof YEARS)[]).flatMap((basis) => {
		const told = named(summaries, ({ years }) => years?.basis === basis).map(
			([name, { years, givenYear }]) =>
				`${YEARS[basis]}: ${name}${span(years)}${basis !== "anchor" || givenYear === undefined ? "" : `, not the ${givenYear} that was given`}`,
		);
		return counted(told, (more) => `${YEARS[basis]}: ${more}`);
	});
	years.push(...contradictionLines(summaries));
	const isKnown = named(summaries, ({ zone }) => zone !== undefined);
	const isAssumed = named(summaries, ({ zone }) => zone === "assumed").map(([name]) => name);
	if (isAssumed.length === 0) return years;
	const whose = isAssumed.length === isKnown.length ? "" : ` of ${counted(isAssumed, (more) => more).join(", ")}`;
	return [...years, `no zone in the lines${whose}: UTC assumed (--tz)`];
}

/** Sources with records that tell another year than the one that they were dated with. */
const contradictionLines = (summaries: Summaries): string[] =>
	counted(
		named(summaries, ({ contradictions = 0 }) => contradictions > 0).map(
			([name, { contradictions = 0 }]) =>
				`${name}: ids in ${grouped(contradictions)} records tell another year than the records around them`,
		),
		(more) => `${more} with ids that tell another year`,
	);

/** Sources whose records have no time, as nothing tells their year: told also to those who want no summary. */
export const yearlessLines = (summaries: Summaries): string[] =>
	counted(
		named(summaries, isYearless).map(([name]) => `${name}: nothing tells the year, so its records have no time; give it with --year`),
		(more) => `${more} without a year`,
	);

export const isYearless = ({ years }: Summary): boolean => years?.basis === "none";

const named = (summaries: Summaries, test: (summary: Summary) => boolean): [string, Summary][] =>
	[...summaries].flatMap(([{ name }, summary]) => (test(summary) ? [[shownName(name), summary]] : []));

/** ` 2019`, ` 2019 to 2021`, or nothing. */
function span(years: Summary["years"]): string {
	const { first, last = first } = years ?? {};
	return first === undefined ? "" : first === last ? ` ${first}` : ` ${first} to ${last}`;
}

/** A handful, and how many there are more. */
function counted(told: readonly string[], rest: (more: string) => string): string[] {
	const more = told.length - HANDFUL;
	return more <= 0 ? [...told] : [...told.slice(0, HANDFUL), rest(`${grouped(more)} more`)];
}

/** For the head of a timeline: what was assumed of each log, with the mark that stands beside such times, and what was given. */
export function assumedRows(assumed: readonly TrailAssumption[]): Row[] {
	const assumedOf = ({ year, zone }: TrailAssumption): string[] => [
		...(year === "file" ? ["year from the date of the file (y)"] : []),
		...(zone === "assumed" ? ["UTC, as no line tells a zone (z)"] : []),
	];
	const givenOf = ({ year, zone }: TrailAssumption): string[] => [
		...(year === "option" ? ["year"] : []),
		...(zone === "option" ? ["zone"] : []),
	];
	return [...rowsOf("assumed", assumed, assumedOf), ...rowsOf("given", assumed, givenOf)];
}

/** A row for all logs of which the same is told; the first has the label. */
function rowsOf(label: string, assumed: readonly TrailAssumption[], partsOf: (one: TrailAssumption) => readonly string[]): Row[] {
	const sources = new Map<string, string[]>();
	for (const one of assumed) {
		const text = partsOf(one).join("; ");
		if (text !== "") sources.set(text, [...(sources.get(text) ?? []), shownName(one.source)]);
	}
	return [...sources].map(([text, names], i): Row => [i === 0 ? label : "", `${names.join(", ")}: ${text}`]);
}

/** `yz` beside a time whose year and zone were assumed. */
export function assumedMark({ id, time_basis: basis }: Event, assumed: readonly TrailAssumption[]): string {
	const input = inputOfId(id);
	const log = assumed.find(({ source }) => source === input);
	// What rests on a neighbour in a file that is dated by its time of modification is as certain as that.
	const isYearAssumed = basis?.year === "file" || (basis?.year === "rollover" && log?.year === "file");
	return `${isYearAssumed ? "y" : ""}${basis?.zone === "assumed" ? "z" : ""}`;
}
