/**
 * What mailtrail costs beside others, on this machine: `npm run bench -- [--lines N] [--runs N] [--only engine,convert,validate,correlate]`.
 * Needs no network and is no test: figures differ from machine to machine, the ratios hardly.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, cpus, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { correlation } from "./correlate.js";
import { engine } from "./engine.js";
import { conversion, validation } from "./programs.js";

const PARTS = ["engine", "convert", "validate", "correlate"];

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
for (const part of parts) if (!PARTS.includes(part)) throw new Error(`--only takes ${PARTS.join(", ")}, not '${part}'`);

const folder = mkdtempSync(join(tmpdir(), "mailtrail-bench-"));
try {
	process.stdout.write(
		`node ${process.version}, ${availableParallelism()} × ${cpus()[0]?.model ?? "unknown processor"}, ${lines} lines, median of ${runs}\n`,
	);
	if (parts.includes("engine")) process.stdout.write(`\n${await engine(lines, runs)}`);
	if (parts.includes("convert")) process.stdout.write(`\n${await conversion(lines, runs, folder)}`);
	if (parts.includes("validate")) process.stdout.write(`\n${await validation(Math.min(lines, 200_000), runs, folder)}`);
	if (parts.includes("correlate")) process.stdout.write(`\n${await correlation(lines)}`);
} finally {
	rmSync(folder, { recursive: true });
}
