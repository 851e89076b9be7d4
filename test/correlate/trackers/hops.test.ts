/** The cases of all trackers, without all that the other cases of the corpus are tried on. */
import { describe, expect, test } from "vitest";
import { casesOf, corpusOf } from "../../../src/author/cases.js";
import { tryCase } from "../../../src/author/trial.js";
import { loadTestFormats } from "../../corpus/formats.js";

const known = await loadTestFormats();

const proved = known.formats.map((format) => ({ format, cases: casesOf(corpusOf(format)).filter(({ expects }) => expects === "hops") }));

describe.each(proved.filter(({ cases }) => cases.length > 0))("$format.id", ({ format, cases }) => {
	test.each(cases.map((one) => [one.title, one] as const))("%s", async (_, one) => {
		expect(await tryCase(one, { ...known, format })).toMatchObject({ verdict: "holds", differences: [] });
	});
});
