/** A small whole format in a folder of its own, and the same with parts of it replaced by broken ones. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { onTestFinished } from "vitest";
import type { LoadReaders } from "../../src/author/workbench.js";
import { BUILT_IN } from "../../src/format/folders.js";
import { loadFormat } from "../../src/format/load.js";
import { loadTestFormats } from "../corpus/formats.js";

export const GRAMMAR = `Parcel <: Shared {
  record = number " " content  -- numbered
         | remainder           -- cut
  content = any*
  remainder = any*
  number = digit digit
  bare = "parcel " number " " any*
  place = "shelf " letter  -- shelf
        | "van"            -- van
}
`;

export const FORMAT: string = `export default {
  id: "parcel",
  title: "Parcel service",
  grammar: "Parcel",
  programs: ["parceld"],
  bare: "bare",
  lookup: "number",
  captures: {
    number: { kind: "text", path: "code" },
    place: { kind: "text", path: "fields.place" },
    remainder: { kind: "text", path: "remainder" },
  },
};
`;

export const CATALOG = `{
  "format": "parcel",
  "fields": {
    "place": { "type": "text", "title": "Where it is" },
    "weight": { "type": "integer", "title": "Weight in grams" }
  },
  "entries": [
    {
      "code": "10",
      "level": "info",
      "template": "came, {weight} g, to {place}",
      "title": "Parcel came",
      "explanation": "It was put there."
    },
    {
      "code": "11",
      "level": "error",
      "template": "lost in {place}",
      "title": "Parcel lost"
    }
  ]
}
`;

export const FRAME: string = "Nov 21 02:08:35 hub parceld[7]: ";

export const CASES: string = `# A parcel comes
${FRAME}10 came, 500 g, to shelf B
==>
{ "code": "10", "fields": { "weight": 500, "place": "shelf B" } }

# A parcel is lost
${FRAME}11 lost in van
==>
{ "code": "11", "level": "error", "fields": { "place": "van" } }

# A record that was cut
${FRAME}1
==>
{ "record": "event", "remainder": "1" }
`;

/** In the place of the whole format's: each parcel that is lost is a hop, where it says what became of it. */
export const TRACKED: Readonly<Record<string, string>> = {
	"format.js": FORMAT.replace('  bare: "bare",', '  bare: "bare",\n  trail: () => import("./trail.js"),'),
	"trail.js": `export const trail = () => ({
  add(event, time, emit) {
    if (event.code !== "11") return;
    const recipient = { address: event.text("fields.place"), became: [], outcome: "bounced", time, event: event.id };
    const lists = { handovers: [], filterings: [], relations: [], missing: [] };
    emit({ ids: { queue_id: [] }, start: time, end: time, events: [event.id], arrival: undefined, recipients: [recipient], ...lists });
  },
  expire() {},
  end() {},
  save: () => ({}),
});
`,
	"corpus/hops.txt": `# Lost parcels
options: { "year": 2026 }
${FRAME}11 lost in van
==> hops
{ "events": [1], "arrival": null, "recipients": [{ "address": "van", "outcome": "bounced" }] }
`,
};

const WHOLE: Readonly<Record<string, string>> = {
	"parcel.ohm": GRAMMAR,
	"format.js": FORMAT,
	"catalog.json": CATALOG,
	"corpus/cases.txt": CASES,
	"corpus/captures/hub.log": `${FRAME}10 came, 20 g, to van\n`,
	"corpus/captures/SOURCES.md": "`hub.log` is invented.\n",
};

/** Writes the format with these files in place of its own, undefined for none; gives the folder around it. */
export function parcel(replaced: Readonly<Record<string, string | undefined>> = {}): string {
	const folder = mkdtempSync(join(tmpdir(), "mailtrail-"));
	onTestFinished(() => rmSync(folder, { recursive: true }));
	for (const [name, text] of Object.entries({ ...WHOLE, ...replaced })) if (text !== undefined) put(folder, name, text);
	return folder;
}

/** Writes one file of the format. */
export function put(folder: string, name: string, text: string): void {
	const file = join(folder, "parcel", name);
	mkdirSync(dirname(file), { recursive: true });
	writeFileSync(file, text);
}

/** The formats that ship, compiled once for all tests. */
export const loadReaders: LoadReaders = async (folders) => {
	const known = await loadTestFormats();
	const own = folders.filter((folder) => !folder.startsWith(BUILT_IN));
	const shipped = known.formats.filter((format) => folders.includes(format.folder));
	return { formats: [...shipped, ...(await Promise.all(own.map(loadFormat)))], framing: known.framing };
};
