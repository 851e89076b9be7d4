/** Whole processes, and what they cost. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { packageRoot } from "../../src/root.js";
import { median } from "./table.js";

export const MAIN: string = fileURLToPath(new URL("dist/src/cli/main.js", packageRoot));

/** Written by the child itself when it ends: nobody else learns how much memory a child has used. */
export const PEAK: string =
	'data:text/javascript,import{writeSync}from"node:fs";process.on("exit",()=>writeSync(3,String(process.resourceUsage().maxRSS)))';

export interface Run {
	readonly seconds: number;
	/** Time on all cores together. */
	readonly cpuSeconds: number;
	/** What the process wrote on descriptor 3, as `PEAK` lets it do. */
	readonly peakMegabytes: number;
}

/** Runs a program with a file as standard input; its output goes nowhere. */
export function run(program: string, args: readonly string[], stdin = "/dev/null", output = "/dev/null"): Run {
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

/** The built command. */
export const mailtrail = (args: readonly string[], output?: string): Run =>
	run(process.execPath, ["--import", PEAK, MAIN, ...args], undefined, output);

/** Medians of programs that run by turns, A, B, A, B: what else the machine does falls on all of them. */
export function byTurns(runs: number, ...programs: readonly (() => Run)[]): Run[] {
	const all = programs.map((): Run[] => []);
	for (let i = 0; i < runs; i++) for (const [k, one] of programs.entries()) all[k]?.push(one());
	const of = (some: readonly Run[], key: keyof Run): number => median(some.map((one) => one[key]));
	return all.map((some) => ({
		seconds: of(some, "seconds"),
		cpuSeconds: of(some, "cpuSeconds"),
		peakMegabytes: of(some, "peakMegabytes"),
	}));
}
