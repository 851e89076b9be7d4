/** The built command writes, says and returns the same on several threads as on one. */
import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ENTRIES, folded, learned, postfix, untold } from "../convert/dependent-logs.js";
import { tarOf } from "../convert/tar-of.js";

const MAIN = "dist/src/cli/main.js";
/** Reading it fails, though it can be opened. */
const UNREADABLE = "/proc/self/mem";

let folder = "";
const inFolder = (name: string): string => join(folder, name);

beforeAll(() => {
	folder = mkdtempSync(join(tmpdir(), "mailtrail-jobs-"));
	const write = (name: string, bytes: Buffer | string, modified = "2027-01-03T00:00:00Z"): void => {
		writeFileSync(inFolder(name), bytes);
		utimesSync(inFolder(name), new Date(modified), new Date(modified));
	};
	const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join("");
	const hour = (stamp: string): string[] => Array.from({ length: 3600 }, (_, i) => postfix(`${stamp}:${two(i / 60)}:${two(i % 60)}`));
	const days = ["Oct 25 01", "Oct 25 02", "Oct 25 02", "Oct 25 03", "Dec 31 23", "Jan  1 00", "Feb 28 12", "Mar  1 00"];
	// More than eight parts of a megabyte.
	const year = lines(days.flatMap(hour));
	write("year.log", year.repeat(6));
	const others = lines(hour("Nov 21 02"));
	const at = "Nov 21 02:00:00";
	const mixed = lines([untold("otherd", at), learned("otherd", at, 1), folded(3), "a line of nobody", `${postfix(at)} \u00fc`]);
	write(
		"mixed.log",
		others.repeat(8) + lines(ENTRIES).repeat(40) + mixed.repeat(500) + others.repeat(8) + lines(ENTRIES).repeat(3000) + mixed,
	);
	write(
		"ids.log",
		lines(
			Array.from({ length: 60_000 }, (_, i) =>
				learned("smtpf", i < 50_000 ? at : "Nov 22 02:00:00", i).replace("2AK", i % 7 ? "2AK" : "1AK"),
			),
		),
	);
	write("packed.log.gz", gzipSync(year));
	write("cut.log.gz", gzipSync(year).subarray(0, 2000));
	write("short.log", "no line end");
	write("case.tgz", gzipSync(tarOf("var/year.log", Buffer.from(year))));
	mkdirSync(inFolder("empty"));
});
afterAll(() => rmSync(folder, { recursive: true }));

const two = (value: number): string => String(Math.floor(value)).padStart(2, "0");

/** Runs it with so many threads; the events go to a file. */
function run(
	jobs: number,
	args: readonly string[],
	stdin = "",
): { readonly status: number | null; readonly stderr: string; readonly output: string } {
	const path = inFolder(`${jobs}.ndjson`);
	const argv = [MAIN, "convert", ...args, "--jobs", String(jobs), "-o", path];
	const { status, stderr } = spawnSync(process.execPath, argv, { encoding: "utf8", input: stdin });
	return { status, stderr, output: existsSync(path) ? readFileSync(path, "latin1") : "" };
}

function expectSame(args: readonly string[], stdin?: string): ReturnType<typeof run> {
	const one = run(1, args, stdin);
	const { output, ...told } = run(3, args, stdin);
	expect(told).toEqual({ status: one.status, stderr: one.stderr });
	// Not compared by `expect`, which would print megabytes.
	expect(output.length).toBe(one.output.length);
	expect(output === one.output).toBe(true);
	return one;
}

describe("several threads", () => {
	test("several files, one packed, with and without options", () => {
		const names = ["year.log", "packed.log.gz", "mixed.log", "ids.log", "short.log"].map(inFolder);
		const { status, stderr } = expectSame([...names, "--tz", "Europe/Berlin"]);
		expect(status).toBe(0);
		expect(stderr).toContain("options inferred: ");
		expect(stderr).toMatch(/ids\.log: ids in [\d,]+ records tell another year/);
		const some = ["year.log", "mixed.log"].map(inFolder);
		expectSame([...some, "--year", "2020", "--max-line", "90", "--unparsed", "only", "--strict"]);
		expectSame([...some, "-f", "smtpf", "--keys", "time,code,message", "--option", "LOG_FILENAME=1"]);
	});

	test("files of an archive beside others", () => {
		expect(expectSame([inFolder("case.tgz"), inFolder("year.log")]).status).toBe(0);
	});

	test("inputs that fail in the middle", () => {
		const failing = ["cut.log.gz", ...(existsSync(UNREADABLE) ? [UNREADABLE] : [])].map((name) =>
			name === UNREADABLE ? name : inFolder(name),
		);
		const { status, stderr } = expectSame([inFolder("short.log"), ...failing, inFolder("year.log")]);
		expect(status).toBe(3);
		expect(stderr).toMatch(/cut\.log\.gz \(offset \d+\): the compressed data end too early/);
	});

	test("an input that is not there, or a folder without files", () => {
		expect(expectSame([inFolder("year.log"), inFolder("absent.log"), inFolder("short.log")]).status).toBe(3);
		expect(expectSame([inFolder("year.log"), inFolder("empty")]).status).toBe(3);
	});

	test("standard input among files", () => {
		expect(expectSame([inFolder("year.log"), "-", inFolder("short.log")], "Nov 21 02:00:00 mx1 a: b\n").status).toBe(0);
	});
});
