/** Where the captures come from: each is named in SOURCES.md. */
import { existsSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import type { Evidence } from "./evidence.js";
import type { Finding } from "./findings.js";

export function checkSources({ specimen: { corpus } }: Evidence): Finding[] {
	const found: Finding[] = [];
	if (corpus.captures.length === 0)
		found.push({
			severity: "hint",
			kind: "capture.none",
			what: "there is no capture",
			why: "Cases show what their author thought of; a real log shows the rest.",
			mend: "Put a log into captures/, and tell in captures/SOURCES.md where it comes from.",
			place: { file: join(corpus.folder, "captures") },
		});
	const sources = existsSync(corpus.sources) ? readFileSync(corpus.sources, "utf8") : "";
	const unnamed = corpus.captures.map((file) => basename(file)).filter((name) => !sources.includes(name));
	if (unnamed.length > 0)
		found.push({
			severity: "error",
			kind: "provenance.missing",
			what: `SOURCES.md does not name ${unnamed.length === 1 ? "a capture" : `${unnamed.length} captures`}`,
			why: "Nobody can judge what a log proves, nor publish it, without knowing where it comes from.",
			mend: "Tell which program in which version wrote it, how, and what was changed since.",
			place: { file: corpus.sources, line: 1 },
			list: unnamed,
		});
	return found;
}
