/** What following mails costs from raw logs, as whole processes: beside `convert`, beside Debian's pflogsumm, and with four times as many lines. */
import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { byTurns, mailtrail, type Run, run } from "./processes.js";
import { SAMPLES, writeLog } from "./samples.js";
import { atMost, ratio, table, whole } from "./table.js";

/** `correlate` costs at most so many times what `convert` of the same log does. */
const OF_CONVERT: Readonly<Record<string, number>> = { smtpf: 3 };
/** And so many times what pflogsumm needs to count the same log. */
const OF_PFLOGSUMM = 2;
/** An event of four times as many costs at most so many times as much. */
const OF_A_QUARTER = 1.1;
const MOST_MEGABYTES = 300;

const correlate = (log: string): Run => mailtrail(["correlate", "--year", "2026", log]);
const convert = (log: string): Run => mailtrail(["convert", "--jobs", "1", "--year", "2026", log]);
const pflogsumm = (log: string): Run => run("pflogsumm", [log]);
const hasPflogsumm = (): boolean => spawnSync("pflogsumm", ["--help"]).error === undefined;

const cpu = (one: Run | undefined): number => one?.cpuSeconds ?? Number.NaN;
const perLine = (one: Run | undefined, lines: number): string => ratio((cpu(one) * 1e6) / lines);

export function logCorrelation(lines: number, runs: number, folder: string): string {
	const isCompared = hasPflogsumm();
	const rows = SAMPLES.map((sample) => {
		const log = join(folder, `${sample.format}.log`);
		writeLog(sample, lines, log);
		const others = isCompared && sample.format === "postfix" ? [() => pflogsumm(log)] : [];
		const [followed, converted, counted] = byTurns(
			runs,
			() => correlate(log),
			() => convert(log),
			...others,
		);
		const [ofConvert, ofOther] = [cpu(followed) / cpu(converted), cpu(followed) / cpu(counted)];
		const most = OF_CONVERT[sample.format];
		return [
			...[sample.title, perLine(followed, lines), perLine(converted, lines), ratio(ofConvert)],
			...(most === undefined ? ["-", "-"] : atMost(ofConvert, most)),
			...[perLine(counted, lines), ratio(ofOther), ...(counted === undefined ? ["-", "-"] : atMost(ofOther, OF_PFLOGSUMM))],
		];
	});
	const head = ["correlate of logs, cpu µs per line", "correlate", "convert", "ratio", "at most", "reached"];
	return `${table([...head, "pflogsumm", "ratio", "at most", "reached"], rows)}\n${growth(lines, runs, folder)}`;
}

/** Lines, and four times as many. */
function growth(lines: number, runs: number, folder: string): string {
	const rows = SAMPLES.map((sample) => {
		const [few, many] = [lines, 4 * lines].map((count) => {
			const log = join(folder, `${sample.format}-${count}.log`);
			writeLog(sample, count, log);
			return log;
		});
		const [once, often] = byTurns(runs, ...[few, many].map((log) => () => correlate(log ?? "")));
		const slower = cpu(often) / 4 / cpu(once);
		const peak = often?.peakMegabytes ?? Number.NaN;
		return [
			...[sample.title, perLine(once, lines), perLine(often, 4 * lines), ratio(slower), ...atMost(slower, OF_A_QUARTER)],
			...[whole(peak), ...atMost(peak, MOST_MEGABYTES, whole)],
		];
	});
	const head = ["correlate of longer logs, cpu µs per line", `${lines} lines`, `${4 * lines} lines`, "ratio", "at most", "reached"];
	return table([...head, "peak MB", "at most", "reached"], rows);
}
