/** The built command beside Debian's lognormalizer (package liblognorm-utils) with the rulebase in this folder. */
import { spawnSync } from "node:child_process";
import { readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../../src/root.js";
import { byTurns, mailtrail, type Run, run } from "./processes.js";
import { SAMPLES, writeLog } from "./samples.js";
import { atLeast, median, ratio, table, whole } from "./table.js";

const RULEBASE = fileURLToPath(new URL("test/bench/mail.rulebase", packageRoot));

const lognormalizer = (log: string): Run => run("lognormalizer", ["-r", RULEBASE, "-e", "json"], log);

const hasLognormalizer = (): boolean => spawnSync("lognormalizer", ["-V"]).error === undefined;

/** How many times as fast as lognormalizer `convert` is to be, by format. */
const floorOf = (format: string): number => (format === "smtpf" ? 2 : 1.3);

export function conversion(lines: number, runs: number, folder: string): string {
	const isCompared = hasLognormalizer();
	const nothing = join(folder, "empty.log");
	writeFileSync(nothing, "");
	const [start] = byTurns(runs, () => mailtrail(["convert", nothing]));
	const rows = SAMPLES.map((sample) => {
		const log = join(folder, `${sample.format}.log`);
		const bytes = writeLog(sample, lines, log);
		const [own, other] = byTurns(runs, () => mailtrail(["convert", "--jobs", "1", log]), ...(isCompared ? [() => lognormalizer(log)] : []));
		const columns = (["seconds", "cpuSeconds"] as const).map((key) => {
			const [ours, theirs] = [own?.[key] ?? Number.NaN, other?.[key] ?? Number.NaN];
			return { figures: [perLine(ours, lines), perLine(theirs, lines)], faster: theirs / ours };
		});
		const [wall, cpu] = columns.map(({ figures, faster }) => [...figures, ratio(faster)]);
		const faster = columns[0]?.faster ?? Number.NaN;
		return [
			...[sample.title, whole(bytes / lines)],
			...[...(wall ?? []), ...(isCompared ? atLeast(faster, floorOf(sample.format)) : ["-", "-"])],
			...[...(cpu ?? []), whole(own?.peakMegabytes ?? Number.NaN), isCompared ? unparsedBy(log) : "-"],
		];
	});
	const head = [
		"whole process, ns per line",
		"bytes",
		"convert",
		"lognormalizer",
		"ratio",
		"at least",
		"reached",
		"cpu",
		"cpu",
		"ratio",
		"peak MB",
		"unparsed by it",
	];
	const notes = [
		`A ratio above 1 says that mailtrail is faster. Of its time, ${whole((start?.seconds ?? Number.NaN) * 1000)} ms are start-up.`,
		...(isCompared ? [] : ["lognormalizer is not installed, so nothing is compared (Debian: apt-get install liblognorm-utils)."]),
	];
	return `${table(head, rows)}${notes.map((note) => `${note}\n`).join("")}`;
}

const perLine = (seconds: number, lines: number): string => whole((seconds * 1e9) / lines);

/** Records that the rulebase does not know, as a share. */
function unparsedBy(log: string): string {
	const { stderr, stdout } = spawnSync(
		"bash",
		["-c", 'head -n 20000 "$1" | lognormalizer -r "$2" -P -e raw | wc -l', "bench", log, RULEBASE],
		{
			encoding: "utf8",
		},
	);
	if (stdout === "") throw new Error(stderr);
	return `${((Number(stdout) / Math.min(20_000, lineCount(log))) * 100).toFixed(1)}%`;
}

const lineCount = (log: string): number => (statSync(log).size > 5_000_000 ? 20_000 : readFileSync(log, "utf8").split("\n").length - 1);

export function validation(lines: number, runs: number, folder: string): string {
	const rows = SAMPLES.map((sample) => {
		const log = join(folder, `${sample.format}.log`);
		const events = join(folder, `${sample.format}.ndjson`);
		writeLog(sample, lines, log);
		mailtrail(["convert", log], events);
		const all = Array.from({ length: runs }, () => mailtrail(["validate", events]));
		const seconds = median(all.map((one) => one.seconds));
		return [sample.title, whole(lines / seconds), whole(median(all.map((one) => one.peakMegabytes)))];
	});
	return table(["validate", "events per second", "peak MB"], rows);
}
