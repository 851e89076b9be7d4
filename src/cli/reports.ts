import { safeJson } from "../escapes.js";
import type { Finding, Tally } from "../index.js";
import { counted, percentage } from "./numbers.js";
import { printable } from "./printable.js";

/** How findings are written; each part is text for standard output, as it becomes known. */
export interface Report {
	readonly begin: string;
	readonly finding: (finding: Finding, isFirst: boolean) => string;
	/** `isComplete` is false when the input could not be read to its end. */
	readonly end: (tally: Tally, isComplete: boolean) => string;
}

export const REPORTS = ["text", "json", "github"] as const;
export type ReportName = (typeof REPORTS)[number];

export const reports: Readonly<Record<ReportName, Report>> = {
	/** `file:line: /pointer: expected …, found …`: editors and people follow it. */
	text: {
		begin: "",
		finding: (finding) => `${printable([place(finding), ...pointer(finding), sentence(finding)].join(": "))}\n`,
		end: () => "",
	},
	/** One JSON document, written as it grows, so that it is whole also when there are millions of findings. */
	json: {
		begin: '{"findings":[',
		finding: (finding, isFirst) => `${isFirst ? "\n" : ",\n"}${safeJson(ordered(finding))}`,
		end: (tally, isComplete) => `\n],"summary":${safeJson({ ...tally, complete: isComplete })}}\n`,
	},
	/** Workflow commands that GitHub shows as annotations beside the lines. */
	github: {
		begin: "",
		finding: (finding) => {
			const { file, line } = finding;
			const where = line === undefined ? `file=${property(file)}` : `file=${property(file)},line=${line}`;
			const text = data(printable([...pointer(finding), sentence(finding)].join(": ")));
			return `::error ${where},title=${property("invalid event")}::${text}\n`;
		},
		end: () => "",
	},
};

/** What was seen, in one line for standard error. */
export function summary({ events, invalid, findings, unparsed, foreign }: Tally): string {
	const parts = [
		`${counted(events, "event")} checked`,
		findings === 0 ? "no findings" : `${counted(findings, "finding")}${invalid === 0 ? "" : `, ${counted(invalid, "invalid event")}`}`,
		`${counted(unparsed, "unparsed record")} (${percentage(unparsed, events)})`,
		...(foreign === 0 ? [] : [`${counted(foreign, "event")} of another schema version`]),
	];
	return `mailtrail: ${parts.join(", ")}\n`;
}

const place = ({ file, line }: Finding): string => (line === undefined ? file : `${file}:${line}`);

const pointer = (finding: Finding): readonly string[] => (finding.pointer === "" ? [] : [finding.pointer]);

const sentence = ({ expected, found }: Finding): string => `expected ${expected}, ${found === undefined ? "found none" : `found ${found}`}`;

/** Keys of the JSON report, always in this order. */
const ordered = ({ file, line, pointer, expected, found }: Finding): Finding => ({
	file,
	...(line === undefined ? {} : { line }),
	pointer,
	expected,
	...(found === undefined ? {} : { found }),
});

/** Escapes of workflow commands: without them a value could end the command and begin another. */
const data = (text: string): string => text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
const property = (text: string): string => data(printable(text)).replaceAll(":", "%3A").replaceAll(",", "%2C");
