/** What the tracker of a format can say of a mail, and no case shows. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { definitionFile } from "../format/folders.js";
import type { Filtering, Handover, RecipientOutcome, Relation } from "../format/trail.js";
import { type CorpusCase, casesOf } from "./cases.js";
import type { Evidence } from "./evidence.js";
import type { Finding } from "./findings.js";

/** All words of a closed list; the compiler refuses a list that lacks one. */
const words = <Word extends string>(all: Readonly<Record<Word, true>>): ReadonlySet<string> => new Set(Object.keys(all));

/** Key of a hop → the words that may stand there. */
const WORDS: Readonly<Record<string, ReadonlySet<string>>> = {
	outcome: words<RecipientOutcome>({
		delivered: true,
		relayed: true,
		handed_on: true,
		rejected: true,
		deferred: true,
		bounced: true,
		discarded: true,
		quarantined: true,
		expired: true,
		aborted: true,
		unknown: true,
	}),
	result: words<Handover["result"]>({ accepted: true, rejected: true, deferred: true, unknown: true }),
	verdict: words<NonNullable<Filtering["verdict"]>>({
		accept: true,
		reject: true,
		temporary_failure: true,
		discard: true,
		quarantine: true,
		abort: true,
	}),
	kind: words<Relation["kind"]>({ notification: true, forward: true, reinjection: true, resubmission: true }),
};

const ALL: ReadonlySet<string> = new Set(Object.values(WORDS).flatMap((some) => [...some]));

export function checkTracker({ specimen: { format, corpus } }: Evidence): Finding[] {
	const { id, definition, folder } = format;
	if (definition.trail === undefined) return [];
	const place = { file: corpus.folder };
	const cases = casesOf(corpus).filter(({ expects, expected }) => expects === "hops" && expected.length > 0);
	if (cases.length === 0)
		return [
			{
				severity: "hint",
				kind: "hops.none",
				what: "no case shows what the tracker makes of a log",
				why: "Nobody knows whether it follows mails as it should.",
				mend: `Write a title ("# …"), lines of a log and ==> hops; mailtrail formats test ${id} --update fills in the hops.`,
				place,
			},
		];
	const [named, seen] = [namedIn(folder), expectedIn(cases)];
	const silent = [...named].filter((word) => !seen.has(word)).sort();
	if (silent.length === 0) return [];
	return [
		{
			severity: "hint",
			kind: "hops.unexercised",
			what: `no case expects ${silent.length} of ${named.size} words that the tracker has for what became of a mail`,
			why: "Nobody knows whether it says them when it should.",
			mend: "Write a case with ==> hops for each, or remove what cannot be.",
			place,
			list: silent,
		},
	];
}

/** Words of the lists that stand as texts in the code of a format. */
function namedIn(folder: string): ReadonlySet<string> {
	const definition = basename(definitionFile(folder) ?? "format.ts");
	const files = readdirSync(folder).filter((name) => /\.(?:[cm]?js|ts)$/.test(name) && name !== definition);
	const texts = files.flatMap((name) => readFileSync(join(folder, name), "utf8").match(/(?<=")\w+(?=")|(?<=')\w+(?=')/g) ?? []);
	return new Set(texts.filter((text) => ALL.has(text)));
}

/** Words that cases expect in their places. */
function expectedIn(cases: readonly CorpusCase[]): ReadonlySet<string> {
	const found = new Set<string>();
	const visit = (value: unknown): void => {
		if (typeof value !== "object" || value === null) return;
		for (const [key, inner] of Object.entries(value)) {
			if (typeof inner === "string" && WORDS[key]?.has(inner) === true) found.add(inner);
			visit(inner);
		}
	};
	for (const { expected } of cases) for (const hop of expected) visit(hop);
	return found;
}
