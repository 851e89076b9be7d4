/** Every record, cut at every byte as daemons and full disks do: still one record, and one of its format. */
import type { Event } from "../format/event.js";
import { events, type Settings } from "../pipeline/convert.js";
import type { GivenOptions } from "../pipeline/profile.js";
import { eventFindings } from "./check-corpus.js";
import { type OwnReading, optionsIn, type Sighting } from "./evidence.js";
import { type Finding, Gathered } from "./findings.js";
import type { Specimen } from "./workbench.js";

/** Stands behind each cut record, so that none goes on in the next. */
const NEXT = Buffer.from("\nJan  1 00:00:00 host program: text\n");

/** Records longer than this are cut in their first part only. */
const LONGEST = 4096;

/** Looks at one record of each shape. */
export async function checkCuts({ format }: Specimen, seen: readonly Sighting[]): Promise<Finding[]> {
	const gathered = new Gathered();
	const shapes = new Set<string>();
	for (const sighting of seen) {
		const { own, event } = sighting;
		if (own === undefined || event.source.lines !== undefined || shapes.has(own.shape)) continue;
		shapes.add(own.shape);
		for (const finding of await cutFindings(format, sighting, own)) gathered.add(finding);
	}
	return gathered.findings;
}

async function cutFindings(format: Specimen["format"], { file, line, event, settings }: Sighting, own: OwnReading): Promise<Finding[]> {
	const bytes = Buffer.from(event.raw, event.raw_encoding ?? "utf8").subarray(0, LONGEST);
	const frameEnd = Buffer.byteLength(event.raw.slice(0, own.payloadAt), event.raw_encoding ?? "utf8");
	const place = { file, line };
	const cuts = Array.from({ length: Math.max(0, bytes.length - 1) }, (_, i) => bytes.subarray(0, i + 1));
	let found: Event[];
	try {
		found = await converted(Buffer.concat(cuts.flatMap((cut) => [cut, NEXT])), settings, optionsIn(event.fields));
	} catch (error) {
		const reason = error instanceof Error ? error.message : String(error);
		return [
			{
				severity: "error",
				kind: "cut.throws",
				what: `the format throws when this record is cut: ${reason}`,
				why: "One odd line would end the conversion of a whole log.",
				mend: "Let derived() and expand return undefined for what they cannot read.",
				place,
			},
		];
	}
	const at = (i: number): Event | undefined => found[i * 2];
	const lost = cuts.findIndex((_, i) => at(i)?.source.line !== i * 2 + 1 || at(i)?.source.lines !== undefined);
	if (lost >= 0)
		return [
			{
				severity: "error",
				kind: "cut.lost",
				what: `cut behind byte ${lost + 1}, this line is not one record`,
				why: "It is joined with the framed line behind it, or falls apart.",
				mend: "Let the rule for unfinished records match framed ones only.",
				place,
			},
		];
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
	for (const i of cuts.keys()) {
		const cut = at(i);
		if (cut?.format !== format.id) continue;
		for (const finding of eventFindings(format, cut, own.isExpanded, place))
			findings.push({ ...finding, what: `cut behind byte ${i + 1}: ${finding.what}` });
		if (findings.length > 0) break;
	}
	return findings;
}

async function converted(bytes: Buffer, settings: Settings, options: GivenOptions): Promise<Event[]> {
	const input = {
		name: "cut.log",
		modified: undefined,
		async *chunks() {
			yield bytes;
		},
	};
	const given = Object.keys(options).length === 0 ? settings.options : options;
	const found: Event[] = [];
	for await (const event of events(input, { ...settings, options: given, isLive: true })) found.push(event);
	return found;
}
