/** Every record, cut at every byte as daemons and full disks do: still a record of its format, with a valid event. */

import type { Settings } from "../convert/convert.js";
import type { GivenOptions } from "../convert/options.js";
import { readableBytes } from "../convert/raw-bytes.js";
import { MailtrailError, type Place } from "../errors.js";
import type { WholeEvent } from "../format/event.js";
import { type EventJudge, eventJudge } from "./check-events.js";
import { type Evidence, type OwnReading, optionsIn, type Sighting } from "./evidence.js";
import { type Finding, Gathered, refusal } from "./findings.js";
import { eventsOf } from "./trial.js";
import type { Specimen } from "./workbench.js";

/** Stands behind each cut record. */
const NEXT = Buffer.from("\n");
/** The same for formats with records of several lines, so that none goes on in the next. */
const FRAMED_NEXT = Buffer.from("\nJan  1 00:00:00 host program: text\n");

/** Records longer than this are cut in their first part only. */
const LONGEST = 4096;

/** Looks at one record of each shape. */
export async function checkCuts({ specimen: { format }, seen }: Evidence): Promise<Finding[]> {
	const gathered = new Gathered();
	const shapes = new Set<string>();
	const judge = eventJudge(format);
	for (const sighting of seen) {
		const { own, event } = sighting;
		if (own === undefined || event.source.lines !== undefined || shapes.has(own.shape)) continue;
		shapes.add(own.shape);
		for (const finding of await cutFindings(format, judge, sighting, own)) gathered.add(finding);
	}
	return gathered.findings;
}

async function cutFindings(
	format: Specimen["format"],
	judge: EventJudge,
	{ file, line, event, settings }: Sighting,
	own: OwnReading,
): Promise<Finding[]> {
	const bytes = readableBytes(event.raw, event.raw_encoding).subarray(0, LONGEST);
	const frameEnd = readableBytes(event.raw.slice(0, own.payloadAt), event.raw_encoding).length;
	const place = { file, line };
	const cuts = Array.from({ length: Math.max(0, bytes.length - 1) }, (_, i) => bytes.subarray(0, i + 1));
	const [next, lines] = format.definition.unfinished === undefined ? [NEXT, 1] : [FRAMED_NEXT, 2];
	let found: WholeEvent[];
	try {
		found = await converted(Buffer.concat(cuts.flatMap((cut) => [cut, next])), settings, optionsIn(event.fields), place);
	} catch (error) {
		if (!(error instanceof MailtrailError)) throw error;
		return [{ ...refusal(error, file), kind: "cut.throws", what: `where this record is cut, ${error.what}` }];
	}
	const at = (i: number): WholeEvent | undefined => found[i * lines];
	const findings: Finding[] = [];
	const unread = cuts.findIndex((_, i) => own.isRouted && i + 1 > frameEnd && at(i)?.format !== format.id);
	if (unread >= 0)
		findings.push({
			severity: "error",
			kind: "cut.unread",
			what: `cut behind byte ${unread + 1}, this record is unparsed: ${JSON.stringify(cuts[unread]?.subarray(frameEnd).toString())}`,
			why: "Its frame names a program of the format, so the rule for records must accept any text.",
			mend: "End that rule with an alternative that takes the rest: remainder = any*.",
			place,
		});
	// What is wrong with the whole is told already.
	if (judge(event, own.isExpanded, place).length > 0) return findings;
	for (const i of cuts.keys()) {
		const cut = at(i);
		if (cut?.format !== format.id) continue;
		for (const finding of judge(cut, own.isExpanded, place))
			findings.push({ ...finding, what: `cut behind byte ${i + 1}: ${finding.what}` });
		if (findings.length > 0) break;
	}
	return findings;
}

async function converted(bytes: Buffer, settings: Settings, options: GivenOptions, place: Place): Promise<WholeEvent[]> {
	const input = {
		name: "cut.log",
		modified: undefined,
		async *chunks() {
			yield bytes;
		},
	};
	const given = Object.keys(options).length === 0 ? settings.options : options;
	const found: WholeEvent[] = [];
	for await (const event of eventsOf(input, { ...settings, options: given, isLive: true }, place)) found.push(event);
	return found;
}
