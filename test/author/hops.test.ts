/** Cases of trackers, as the author of a small format sees them. */
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { testWith } from "../../src/cli/formats-test.js";
import { mailtrail, type Outcome, type Surroundings } from "../cli/fake-terminal.js";
import { loadTestFormats } from "../corpus/formats.js";
import { FRAME, loadReaders, parcel, put, TRACKED } from "./parcel.js";

beforeAll(loadTestFormats);

const verbs = [testWith(loadReaders)];
const TITLE = `# Lost\noptions: { "year": 2026 }\n`;

const tested = (folder: string, options: readonly string[] = [], edits: Surroundings["edits"] = []): Promise<Outcome> =>
	mailtrail(["test", "parcel", "--formats-dir", folder, ...options], { verbs, edits });

const tracked = (cases: string, replaced: Readonly<Record<string, string>> = {}): string =>
	parcel({ ...TRACKED, "corpus/hops.txt": cases, ...replaced });

describe("a case with ==> hops", () => {
	test("holds when each hop has what it states, and nothing that it denies", async () => {
		expect(await tested(parcel(TRACKED))).toMatchObject({ exit: 0, stderr: "mailtrail: parcel: 4 cases: 4 hold\n" });
	});

	test("fails with the place in the hop", async () => {
		const { exit, stdout } = await tested(
			tracked(`${TITLE}${FRAME}11 lost in van\n==> hops\n{ "events": [2], "recipients": null, "handovers": null }\n`),
		);
		expect(exit).toBe(1);
		expect(stdout).toContain(`hops.txt:1: fails: Lost
  /0/events/0: expected 2, found 1
  /0/recipients: expected none, found [{"address":"van","outcome":"bounced","time":"2026-11-21T02:08:35+00:00","event":1}]
`);
	});

	test("fails for a hop too many or too few", async () => {
		const { stdout } = await tested(tracked(`${TITLE}${FRAME}11 lost in van\n${FRAME}11 lost in van\n==> hops\n{ "events": [1] }\n`));
		expect(stdout).toContain("  expected an object for each hop: 2 hops, 1 object\n");
	});

	test("fails when nothing dates the records: a tracker gets only those with a time", async () => {
		const { stdout } = await tested(tracked(`# Lost\n${FRAME}11 lost in van\n==> hops\n{ "events": [1] }\n`));
		expect(stdout).toContain('  line 1 has no time, so nothing follows it: options: { "year": 2026 } dates it\n');
	});

	test("fails when a saved tracker does not go on as if it had never stopped", async () => {
		const forgetful = `export const trail = () => {
  let first;
  return {
    add(event, time) { first ??= [event.id, time]; },
    expire() {},
    end(emit) {
      if (first === undefined) return;
      const lists = { handovers: [], recipients: [], filterings: [], relations: [], missing: [] };
      emit({ ids: {}, start: first[1], end: first[1], events: [first[0]], ...lists });
    },
    save: () => ({}),
  };
};
`;
		const { stdout } = await tested(tracked(`${TITLE}${FRAME}11 lost in van\n==> hops\n{ "events": [1] }\n`, { "trail.js": forgetful }));
		expect(stdout).toContain("  a tracker that is saved and loaded after every record gives other hops\n");
	});

	test("of a format without a tracker is an error, with the way to mend it", async () => {
		const { exit, stderr } = await tested(parcel({ "corpus/hops.txt": TRACKED["corpus/hops.txt"] }));
		expect(exit).toBe(2);
		expect(stderr).toContain(`parcel/corpus/hops.txt:1: a case expects hops, and parcel follows no mails
  Name a tracker in the format file: trail: () => import("./trail.js").
`);
	});

	test("is filled with all that hops say, and with what they do not", async () => {
		const blank = `${TITLE}${FRAME}11 lost in van\n==> hops\n`;
		const folder = tracked(blank);
		expect(await tested(folder, ["--update"])).toMatchObject({ exit: 0 });
		expect(readFileSync(join(folder, "parcel/corpus/hops.txt"), "utf8")).toBe(`${blank}{
  "ids": null,
  "start": "2026-11-21T02:08:35+00:00",
  "end": "2026-11-21T02:08:35+00:00",
  "events": [1],
  "arrival": null,
  "recipients": [{ "address": "van", "outcome": "bounced", "time": "2026-11-21T02:08:35+00:00", "event": 1 }],
  "handovers": null,
  "filterings": null,
  "relations": null,
  "missing": null
}
`);
		expect(await tested(folder)).toMatchObject({ exit: 0 });
	});

	test("is not filled when nothing dates its records", async () => {
		const blank = `# Lost\n${FRAME}11 lost in van\n==> hops\n`;
		const folder = tracked(blank);
		expect(await tested(folder, ["--update"])).toMatchObject({ exit: 1 });
		expect(readFileSync(join(folder, "parcel/corpus/hops.txt"), "utf8")).toBe(blank);
	});
});

/** The built command loads modules by Node.js itself; tests load them otherwise. */
const DEFINITION = resolve("dist/src/format/definition.js");

test.skipIf(!existsSync(DEFINITION))("a tracker that has changed is loaded again with its format", () => {
	const folder = parcel(TRACKED);
	const script = `const [definition, folder] = process.argv.slice(1);
		const { readDefinition, readTrail } = await import(definition);
		const { writeFileSync } = await import("node:fs");
		const kept = async () => JSON.stringify((await readTrail(await readDefinition(folder), folder))().save());
		console.log(await kept());
		writeFileSync(folder + "/trail.js", 'export { trail } from "./other.js";');
		console.log(await kept());
		writeFileSync(folder + "/other.js", "export const trail = () => ({ save: () => 3 });");
		console.log(await kept());`;
	put(folder, "other.js", "export const trail = () => ({ save: () => 2 });");
	const args = ["--input-type=module", "-e", script, DEFINITION, join(folder, "parcel")];
	const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: "utf8" });
	expect(stdout + stderr).toBe("{}\n2\n3\n");
});
