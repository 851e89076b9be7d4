/** What must not get worse: ratios of runs by turns, and figures that hold on any machine of these years. */
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { byTurns, MAIN, mailtrail, PEAK, type Run, run } from "./processes.js";
import { firstLines, SAMPLES, type Sample, writeLog } from "./samples.js";
import { atLeast, atMost, median, ratio, table, whole } from "./table.js";

const WRITER = fileURLToPath(new URL("writer.js", import.meta.url));

const sampleOf = (format: string): Sample => {
	const found = SAMPLES.find((sample) => sample.format === format);
	if (found === undefined) throw new Error(`there is no sample of ${format}`);
	return found;
};

/** One line in so many has a character beyond ASCII. */
const EVERY = 20;

/** The same lines; some have such a character in an address. */
function widened(lines: readonly string[]): string[] {
	let changed = 0;
	const found = lines.map((line, i) => {
		const other = changed * EVERY > i ? line : line.replace(/[a-z](?=[a-z0-9._+]*@)/, "é");
		if (other !== line) changed++;
		return other;
	});
	if (changed < lines.length / EVERY / 2) throw new Error(`only ${changed} of ${lines.length} lines have an address`);
	return found;
}

/** A log, and the same with wide characters. */
export function wide(lines: number, runs: number, folder: string): string {
	const rows = SAMPLES.map((sample) => {
		const written = firstLines(sample, lines);
		const [plain, mixed] = [join(folder, "plain.log"), join(folder, "mixed.log")];
		writeFileSync(plain, `${written.join("\n")}\n`);
		writeFileSync(mixed, `${widened(written).join("\n")}\n`);
		const [without, withSome] = byTurns(runs, ...[plain, mixed].map((log) => () => convert(log)));
		const slower = seconds(withSome) / seconds(without);
		return [sample.title, perLine(without, lines), perLine(withSome, lines), ratio(slower), ...atMost(slower, 1.15)];
	});
	return table(["wide characters, ns per line", "no line", "one in 20", "ratio", "at most", "reached"], rows);
}

const SMALL_FILES = 200;

/** One thread and two. */
export function threads(lines: number, runs: number, folder: string): string {
	const sample = sampleOf("postfix");
	const large = join(folder, "large.log");
	writeLog(sample, lines, large);
	const small = join(folder, "small");
	mkdirSync(small, { recursive: true });
	const all = readFileSync(large, "utf8").trimEnd().split("\n");
	const size = Math.ceil(all.length / SMALL_FILES);
	const files = Array.from({ length: SMALL_FILES }, (_, i) => {
		const file = join(small, `${i}.log`);
		writeFileSync(file, `${all.slice(i * size, (i + 1) * size).join("\n")}\n`);
		return file;
	});
	const rows = [
		{ title: "one large file", inputs: [large] },
		{ title: `${SMALL_FILES} small files`, inputs: files },
	].map(({ title, inputs }) => {
		const [one, two] = byTurns(runs, ...["1", "2"].map((jobs) => () => mailtrail(["convert", "--jobs", jobs, ...inputs])));
		const faster = seconds(one) / seconds(two);
		return [title, perLine(one, lines), perLine(two, lines), ratio(faster), ...atLeast(faster, 1.5)];
	});
	return table(["threads, ns per line", "--jobs 1", "--jobs 2", "ratio", "at least", "reached"], rows);
}

/** Whole events, and those without what can be had from the log. */
export function selection(lines: number, runs: number, folder: string): string {
	const rows = SAMPLES.map((sample) => {
		const log = join(folder, `${sample.format}.log`);
		writeLog(sample, lines, log);
		const [full, part] = byTurns(
			runs,
			() => convert(log),
			() => convert(log, "--omit", "raw,source"),
		);
		const faster = seconds(full) / seconds(part);
		return [sample.title, perLine(full, lines), perLine(part, lines), ratio(faster), ...atLeast(faster, 1.3)];
	});
	return table(["keys, ns per line", "all", "without raw, source", "ratio", "at least", "reached"], rows);
}

/** Processor time of calls that do next to nothing. */
export function start(runs: number, folder: string): string {
	const line = join(folder, "line.log");
	writeLog(sampleOf("smtpf"), 1, line);
	const calls: readonly (readonly [title: string, args: readonly string[], most: number | undefined])[] = [
		["node -e 0", ["-e", "0"], undefined],
		["mailtrail --version", [MAIN, "--version"], 80],
		["mailtrail --help", [MAIN, "--help"], 80],
		["mailtrail explain '#387'", [MAIN, "explain", "#387"], 150],
		["mailtrail convert, one line", [MAIN, "convert", line], 150],
	];
	const found = byTurns(
		runs,
		...calls.map(
			([, args]) =>
				() =>
					run(process.execPath, args),
		),
	);
	const rows = calls.map(([title, , most], i) => {
		const milliseconds = (found[i]?.cpuSeconds ?? Number.NaN) * 1000;
		return [title, whole(milliseconds), ...(most === undefined ? ["", ""] : atMost(milliseconds, most, whole))];
	});
	return table(["start, ms of processor time", "", "at most", "reached"], rows);
}

/** Most memory in use for a log of any length that comes through a pipe: no file of it is needed. */
export function pipe(lines: number, runs: number): string {
	const rows = SAMPLES.map((sample) => {
		const script = 'set -o pipefail; "$1" "$2" "$3" "$4" | "$1" --import "$5" "$6" convert --jobs 1 > /dev/null 2> /dev/null';
		const args = [process.execPath, WRITER, sample.format, String(lines), PEAK, MAIN];
		const peak = median(
			Array.from({ length: runs }, () => {
				const { status, output } = spawnSync("bash", ["-c", script, "bench", ...args], { stdio: ["ignore", "ignore", "inherit", "pipe"] });
				if (status !== 0) throw new Error(`a pipe of ${sample.title} ended with ${status}`);
				return Number(String(output[3])) / 1024;
			}),
		);
		return [sample.title, String(lines), whole(peak), ...atMost(peak, 150, whole)];
	});
	return table(["convert through a pipe", "lines", "peak MB", "at most", "reached"], rows);
}

const convert = (log: string, ...more: readonly string[]): Run => mailtrail(["convert", "--jobs", "1", ...more, log]);
const seconds = (one: Run | undefined): number => one?.seconds ?? Number.NaN;
const perLine = (one: Run | undefined, lines: number): string => whole((seconds(one) * 1e9) / lines);
