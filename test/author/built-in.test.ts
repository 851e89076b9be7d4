/** The formats that ship pass each of the checks that `formats check` makes. */
import { basename } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { CHECKS } from "../../src/author/check.js";
import { type Evidence, evidenceOf } from "../../src/author/evidence.js";
import { Workbench } from "../../src/author/workbench.js";
import { BUILT_IN, formatFolders } from "../../src/format/folders.js";
import { loadReaders } from "./parcel.js";

describe.each(formatFolders(BUILT_IN).map((folder) => basename(folder)))("%s", (id) => {
	let evidence: Evidence;
	beforeAll(async () => {
		evidence = await evidenceOf(await new Workbench(id, [], loadReaders).load());
	});

	test.each(Object.entries(CHECKS))("%s: no errors", async (_, check) => {
		const found = await check(evidence);
		expect(found.filter(({ severity }) => severity === "error")).toEqual([]);
	});
});
