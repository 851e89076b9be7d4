/** Whole processes: the built command, and Debian's lognormalizer (package liblognorm-utils) with the rulebase in this folder. */
import { spawnSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../../src/root.js";
import { SAMPLES, type Sample, writeLog } from "./samples.js";
import { median, ratio, table, whole } from "./table.js";

const MAIN = fileURLToPath(new URL("dist/src/cli/main.js", packageRoot));
const RULEBASE = fileURLToPath(new URL("test/bench/mail.rulebase", packageRoot));

/** Written by the child itself when it ends: nobody else learns how much memory a child has used. */
const PEAK =
	'data:text/javascript,import{writeSync}from"node:fs";process.on("exit",()=>writeSync(3,String(process.resourceUsage().maxRSS)))';

export interface Run {
	readonly seconds: number;
	/** Time on all cores together. */
	readonly cpuSeconds: number;
	readonly peakMegabytes: number;
}

/** Runs a program with a file as standard input; its output goes nowhere. */
function run(program: string, args: readonly string[], stdin: string, output = "/dev/null"): Run {
	// bash measures wall and processor time the same way for each program.
	const script = 'TIMEFORMAT="%R %U %S"; time "$@" < "$IN" > "$OUT" 2> /dev/null';
	const {
		status,
		stderr,
		output: all,
	} = spawnSync("bash", ["-c", script, "bench", program, ...args], {
		encoding: "utf8",
		env: { ...process.env, IN: stdin, OUT: output, LC_ALL: "C" },
		stdio: ["ignore", "ignore", "pipe", "pipe"],
	});
	if (status !== 0) throw new Error(`${program} ${args.join(" ")} ended with ${status}: ${stderr}`);
	const [seconds = Number.NaN, user = Number.NaN, system = Number.NaN] = stderr.trim().split("\n").at(-1)?.split(" ").map(Number) ?? [];
	return { seconds, cpuSeconds: user + system, peakMegabytes: Number(all[3] ?? "") / 1024 };
}

const mailtrail = (args: readonly string[], output?: string): Run =>
	run(process.execPath, ["--import", PEAK, MAIN, ...args], "/dev/null", output);
const lognormalizer = (log: string): Run => run("lognormalizer", ["-r", RULEBASE, "-e", "json"], log);

export const hasLognormalizer = (): boolean => spawnSync("lognormalizer", ["-V"]).error === undefined;

export async function conversion(lines: number, runs: number, folder: string): Promise<string> {
	const isCompared = hasLognormalizer();
	const rows: string[][] = [];
	const nothing = join(folder, "empty.log");
	writeLog(SAMPLES[0] as Sample, 0, nothing);
	const start = median(Array.from({ length: runs }, () => mailtrail(["convert", nothing]).seconds));
	for (const sample of SAMPLES) {
		const log = join(folder, `${sample.format}.log`);
		const bytes = writeLog(sample, lines, log);
		const own: Run[] = [];
		const other: Run[] = [];
		// A, B, A, B: what else the machine does falls on both.
		for (let i = 0; i < runs; i++) {
			own.push(mailtrail(["convert", log]));
			if (isCompared) other.push(lognormalizer(log));
		}
		const of = (all: readonly Run[], key: keyof Run): number => median(all.map((one) => one[key]));
		const perLine = (seconds: number): string => whole((seconds * 1e9) / lines);
		const wall = [of(own, "seconds"), of(other, "seconds")] as const;
		const cpu = [of(own, "cpuSeconds"), of(other, "cpuSeconds")] as const;
		rows.push([
			sample.title,
			whole(bytes / lines),
			perLine(wall[0]),
			perLine(wall[1]),
			ratio(wall[1] / wall[0]),
			perLine(cpu[0]),
			perLine(cpu[1]),
			ratio(cpu[1] / cpu[0]),
			whole(of(own, "peakMegabytes")),
			isCompared ? unparsedBy(log) : "-",
		]);
	}
	const head = [
		"whole process, ns per line",
		"bytes",
		"convert",
		"lognormalizer",
		"ratio",
		"cpu",
		"cpu",
		"ratio",
		"peak MB",
		"unparsed by it",
	];
	const notes = [
		`A ratio above 1 says that mailtrail is faster. Of its time, ${whole(start * 1000)} ms are start-up.`,
		...(isCompared ? [] : ["lognormalizer is not installed, so nothing is compared (Debian: apt-get install liblognorm-utils)."]),
	];
	return `${table(head, rows)}${notes.map((note) => `${note}\n`).join("")}`;
}

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

export async function validation(lines: number, runs: number, folder: string): Promise<string> {
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
