/** Whether the cases hold. */
import { casesOf } from "./cases.js";
import type { Evidence } from "./evidence.js";
import { type Finding, Gathered } from "./findings.js";
import { tryCase } from "./trial.js";

export async function checkCases({ specimen }: Evidence): Promise<Finding[]> {
	const { corpus } = specimen;
	const found: Finding[] = [];
	const blank = new Gathered();
	const cases = casesOf(corpus);
	if (cases.length === 0)
		found.push({
			severity: "error",
			kind: "case.none",
			what: "there is no case",
			why: "Nothing shows what the format is to make of a line.",
			mend: 'Write a title ("# …"), a line of the log, ==> and the event, into a .txt file.',
			place: { file: corpus.folder },
		});
	for (const one of cases) {
		const { verdict, differences } = await tryCase(one, specimen);
		const place = { file: one.file, line: one.line };
		if (verdict === "fails")
			found.push({
				severity: "error",
				kind: "case.fails",
				what: `the case "${one.title}" does not hold`,
				why: differences[0] ?? "",
				mend: `mailtrail formats test ${specimen.format.id} shows the record and where reading stopped.`,
				place,
			});
		if (verdict === "blank")
			blank.add({
				severity: "hint",
				kind: "case.blank",
				what: `the case "${one.title}" expects nothing yet`,
				why: "It proves nothing.",
				mend: `Write what the event must hold, or let mailtrail formats test ${specimen.format.id} --update do it, and read that.`,
				place,
			});
	}
	return [...found, ...blank.findings];
}
