/** All checks of a format: its own agreement, what its corpus proves, and its manners towards the other formats. */
import { MailtrailError } from "../errors.js";
import { checkEvents, checkExercised, checkFiles } from "./check-corpus.js";
import { checkCuts } from "./check-cuts.js";
import { checkGrammar } from "./check-grammar.js";
import { checkNames } from "./check-names.js";
import { checkOthers } from "./check-others.js";
import { checkWords } from "./check-words.js";
import { type Sighting, sightings } from "./evidence.js";
import { type Finding, Places, refusal } from "./findings.js";
import type { Specimen, Workbench } from "./workbench.js";

export interface Checked {
	/** Errors first. */
	readonly findings: readonly Finding[];
	/** What the build has in an older version than the sources. */
	readonly outdated: readonly string[];
}

/** Checks a format from its sources. What keeps it from being compiled is the only finding then. */
export async function checkFormat(bench: Workbench): Promise<Checked> {
	let specimen: Specimen;
	try {
		specimen = await bench.load();
	} catch (error) {
		return { findings: [refusalOf(error, bench.folder)], outdated: [] };
	}
	const places = new Places();
	const findings = [...checkGrammar(specimen, places), ...checkNames(specimen, places), ...checkWords(specimen, places)];
	try {
		const seen: Sighting[] = [];
		for await (const sighting of sightings(specimen.corpus, specimen.format, specimen)) seen.push(sighting);
		findings.push(
			...(await checkFiles(specimen)),
			...checkEvents(specimen, seen, specimen.corpus.captures),
			...(await checkCuts(specimen, seen)),
			...(await checkOthers(specimen, seen, places)),
			...checkExercised(specimen, seen, places),
		);
	} catch (error) {
		findings.push(refusalOf(error, specimen.corpus.folder));
	}
	const rank = ({ severity }: Finding): number => (severity === "error" ? 0 : 1);
	return { findings: findings.sort((a, b) => rank(a) - rank(b)), outdated: specimen.outdated };
}

function refusalOf(error: unknown, folder: string): Finding {
	if (error instanceof MailtrailError) return refusal(error, folder);
	throw error;
}
