/** Runs the cases of a corpus: what each record became, and what of the expectation does not hold. */

import { events, type Settings } from "../convert/convert.js";
import { type Explanation, explain } from "../convert/explain.js";
import type { Input } from "../convert/input.js";
import { emptySummary } from "../convert/summary.js";
import { MailtrailError, type Place } from "../errors.js";
import type { Json } from "../format/define.js";
import type { WholeEvent } from "../format/event.js";
import { type CorpusCase, differences } from "./cases.js";
import { follow } from "./follow.js";
import type { Readers, Specimen } from "./workbench.js";

/** A case and what came of it. */
export interface Trial {
	readonly tried: CorpusCase;
	readonly events: readonly WholeEvent[];
	/** What the expectation is about: the events, or the hops that the tracker makes of them. */
	readonly found: readonly Json[];
	/** `blank` proves nothing yet. */
	readonly verdict: "holds" | "fails" | "blank";
	/** Of the whole case, and of its records. */
	readonly differences: readonly string[];
	/** Records that differ, by their place among the events; for a blank case those that are unparsed. */
	readonly wrong: readonly number[];
}

/** What the options of a case say to convert. Throws MailtrailError for a format that does not exist. */
export function settingsOf({ file, line, options }: CorpusCase, { formats, framing }: Readers): Settings {
	const { format, tz, year, max_line, options: given } = options;
	const forced = formats.find(({ id }) => id === format);
	if (format !== undefined && forced === undefined) {
		const known = formats.map(({ id }) => id).join(", ");
		throw new MailtrailError("case.format", 2, `there is no format "${format}"`, `Formats: ${known}.`, { file, line: line + 1 });
	}
	return { formats, framing, forced, zone: tz, year, maxLine: max_line, options: given };
}

/** The input of a case, as a file of its own. */
export function inputOf({ input, options: { modified } }: CorpusCase): Input {
	return {
		name: "case.log",
		modified: modified === undefined ? undefined : new Date(modified),
		async *chunks() {
			yield input;
		},
	};
}

/** Events of an input; behind the last one MailtrailError with this place when the code of a format has thrown. */
export async function* eventsOf(input: Input, settings: Settings, place: Place): AsyncGenerator<WholeEvent> {
	const summary = emptySummary();
	yield* events(input, settings, summary);
	if (summary.failures !== undefined)
		throw new MailtrailError(
			"format.throws",
			2,
			`the format throws while it reads this: ${summary.failures.first.what}`,
			"Let derived() and expand return undefined for what they cannot read: else the whole record is unparsed, and a bug is told.",
			place,
		);
}

export async function tryCase(tried: CorpusCase, specimen: Trying): Promise<Trial> {
	const found: WholeEvent[] = [];
	const place = { file: tried.file, line: tried.line };
	for await (const event of eventsOf(inputOf(tried), settingsOf(tried, specimen), place)) found.push(event);
	return judge(tried, found, specimen);
}

/** The format that a corpus proves, among all the others. */
export type Trying = Pick<Specimen, "format" | "formats" | "framing">;

/** Compares what became of a case with what it expects. */
export async function judge(tried: CorpusCase, events: readonly WholeEvent[], specimen: Trying): Promise<Trial> {
	const { expected, expects, file, line } = tried;
	const { hops, differences: always } =
		expects === "hops" ? await follow(events, specimen, { file, line }) : { hops: undefined, differences: [] };
	// As they would be written: keys that are undefined are none.
	const found: readonly Json[] = hops ?? JSON.parse(JSON.stringify(events));
	if (expected.length === 0) {
		const wrong = [...events.keys()].filter((at) => events[at]?.record === "unparsed");
		return { tried, events, found, verdict: "blank", differences: always, wrong };
	}
	const noun = hops === undefined ? "record" : "hop";
	const byObject = expected.map((one, at) => differences(one, found[at], `/${at}`));
	const count =
		expected.length === found.length
			? []
			: [`expected an object for each ${noun}: ${plural(found.length, noun)}, ${plural(expected.length, "object")}`];
	const all = [...always, ...count, ...byObject.flat()];
	const wrong = hops === undefined ? [...byObject.keys()].filter((at) => at < events.length && byObject[at]?.length !== 0) : [];
	return { tried, events, found, verdict: all.length === 0 ? "holds" : "fails", differences: all, wrong };
}

const plural = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? "" : "s"}`;

/** Why a record of a case was read as it was. */
export async function explainRecord(tried: CorpusCase, at: number, readers: Readers): Promise<Explanation | undefined> {
	let i = 0;
	for await (const explanation of explain(inputOf(tried), settingsOf(tried, readers))) if (i++ === at) return explanation;
	return undefined;
}
