/**
 * What mailtrail costs beside others, on this machine: `npm run bench -- [--lines N] [--runs N] [--only PART,…]`.
 * Needs no network and is no test: figures differ from machine to machine, the ratios hardly. What must not get worse has a floor.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { correlation } from "./correlate.js";
import { logCorrelation } from "./correlate-logs.js";
import { crowds } from "./crowds.js";
import { engine } from "./engine.js";
import { pipe, selection, start, threads, wide } from "./floors.js";
import { conversion, validation } from "./programs.js";

const PARTS = ["engine", "convert", "wide", "threads", "selection", "start", "pipe", "validate", "correlate", "crowds"] as const;

const { values } = parseArgs({
	options: {
		lines: { type: "string", default: "1000000" },
		runs: { type: "string", default: "3" },
		only: { type: "string", default: PARTS.join(",") },
	},
});
const count = (name: "lines" | "runs"): number => {
	const value = Number(values[name]);
	if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} must be a number of at least 1, not '${values[name]}'`);
	return value;
};
const lines = count("lines");
const runs = count("runs");
const parts = values.only.split(",");
for (const part of parts) if (!PARTS.some((known) => known === part)) throw new Error(`--only takes ${PARTS.join(", ")}, not '${part}'`);

const MEASURED: Readonly<Record<(typeof PARTS)[number], () => string | Promise<string>>> = {
	engine: () => engine(lines, runs),
	convert: () => conversion(lines, runs, folder),
	wide: () => wide(Math.min(lines, 500_000), runs, folder),
	threads: () => threads(Math.min(lines, 500_000), runs, folder),
	selection: () => selection(Math.min(lines, 500_000), runs, folder),
	start: () => start(runs, folder),
	pipe: () => pipe(lines, runs),
	validate: () => validation(Math.min(lines, 200_000), runs, folder),
	correlate: async () => `${logCorrelation(Math.min(lines, 200_000), runs, folder)}\n${await correlation(lines)}`,
	crowds: () => crowds(Math.min(lines, 20_000)),
};

const folder = mkdtempSync(join(tmpdir(), "mailtrail-bench-"));
try {
	process.stdout.write(
		`node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? "unknown processor"}, ${lines} lines, median of ${runs}\n`,
	);
	for (const part of PARTS) if (parts.includes(part)) process.stdout.write(`\n${await MEASURED[part]()}`);
} finally {
	rmSync(folder, { recursive: true });
}
