/** All checks of a format: its own agreement, what its corpus proves, and its manners towards the other formats. */
import { MailtrailError } from "../errors.js";
import { checkCases } from "./check-cases.js";
import { checkCuts } from "./check-cuts.js";
import { checkEvents } from "./check-events.js";
import { checkExercised } from "./check-exercised.js";
import { checkGrammar } from "./check-grammar.js";
import { checkNames } from "./check-names.js";
import { checkOthers } from "./check-others.js";
import { checkSources } from "./check-sources.js";
import { checkTracker } from "./check-tracker.js";
import { checkWords } from "./check-words.js";
import { type Evidence, evidenceOf } from "./evidence.js";
import { type Finding, refusal } from "./findings.js";
import type { Workbench } from "./workbench.js";

/** Looks at one thing. */
export type Check = (evidence: Evidence) => readonly Finding[] | Promise<readonly Finding[]>;

/** In the order in which an author would mend what they find. */
export const CHECKS: Readonly<Record<string, Check>> = {
	names: checkNames,
	grammar: checkGrammar,
	cases: checkCases,
	events: checkEvents,
	cuts: checkCuts,
	others: checkOthers,
	words: checkWords,
	sources: checkSources,
	exercised: checkExercised,
	tracker: checkTracker,
};

export interface Checked {
	/** Errors first. */
	readonly findings: readonly Finding[];
	/** Sources that are newer than what the build made of them, or different. */
	readonly outdated: readonly string[];
}

/** Checks a format from its sources. What keeps it from being compiled, or its cases from being read, is the only finding then. */
export async function checkFormat(bench: Workbench): Promise<Checked> {
	let evidence: Evidence;
	try {
		evidence = await evidenceOf(await bench.load());
	} catch (error) {
		return { findings: [refusalOf(error, bench.folder)], outdated: [] };
	}
	const findings: Finding[] = [];
	for (const check of Object.values(CHECKS))
		try {
			findings.push(...(await check(evidence)));
		} catch (error) {
			// A translation, or the corpus of another format, that cannot be read.
			findings.push(refusalOf(error, bench.folder));
		}
	const { outdated } = evidence.specimen;
	return { findings: [...findings.filter(isError), ...findings.filter((finding) => !isError(finding))], outdated };
}

function refusalOf(error: unknown, folder: string): Finding {
	if (error instanceof MailtrailError) return refusal(error, folder);
	throw error;
}

const isError = ({ severity }: Finding): boolean => severity === "error";
