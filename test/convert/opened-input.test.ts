import { spawnSync } from "node:child_process";
import {
	chmodSync,
	createWriteStream,
	existsSync,
	mkdirSync,
	mkdtempSync,
	readdirSync,
	readlinkSync,
	realpathSync,
	rmSync,
	utimesSync,
	writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, test } from "vitest";
import { expandInputs, openInput } from "../../src/convert/input.js";
import { MailtrailError } from "../../src/errors.js";

let folder = "";
beforeAll(() => {
	folder = realpathSync(mkdtempSync(join(tmpdir(), "mailtrail-input-")));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: Buffer | string): string {
	const path = join(folder, name);
	writeFileSync(path, bytes);
	return path;
}

/** Text as a log has it: compressible, but not to nothing. */
function logText(lines: number): Buffer {
	let seed = 7;
	const line = (_: unknown, i: number): string => {
		seed = (seed * 48271) % 2147483647;
		return `Nov 21 02:08:09 mx1 smtpf[27461]: #${seed % 1000} record ${i} ${seed.toString(36)}\n`;
	};
	return Buffer.from(Array.from({ length: lines }, line).join(""));
}

interface Reading {
	readonly bytes: Buffer;
	readonly error: MailtrailError | undefined;
}

async function readAll(path: string): Promise<Reading> {
	const parts: Buffer[] = [];
	try {
		const input = await openInput(path);
		for await (const chunk of input.chunks()) {
			expect(chunk.length).toBeGreaterThan(0);
			expect(chunk.length).toBeLessThanOrEqual(1024 * 1024);
			parts.push(Buffer.from(chunk));
		}
	} catch (error) {
		if (!(error instanceof MailtrailError)) throw error;
		return { bytes: Buffer.concat(parts), error };
	}
	return { bytes: Buffer.concat(parts), error: undefined };
}

async function readWhole(path: string): Promise<Buffer> {
	const { bytes, error } = await readAll(path);
	expect(error).toBeUndefined();
	return bytes;
}

describe("a file", () => {
	it("is read as it is, any bytes", async () => {
		const bytes = Buffer.concat([logText(20_000), Buffer.from([0, 255, 13, 10, 0x1f, 0x8b])]);
		expect((await readWhole(file("plain.log", bytes))).equals(bytes)).toBe(true);
	});

	it("may be empty, or have a single byte, even the first of a compressed file", async () => {
		expect(await readWhole(file("empty.log", ""))).toHaveLength(0);
		expect(await readWhole(file("one.log", Buffer.from([0x1f])))).toHaveLength(1);
	});

	it("has its name as given and its time of modification, and may be read twice", async () => {
		const path = file("named.log", "a line\n");
		utimesSync(path, new Date(0), new Date("2026-11-21T02:08:09Z"));
		const input = await openInput(path);
		expect([input.name, input.modified?.toISOString()]).toEqual([path, "2026-11-21T02:08:09.000Z"]);
		for (let time = 0; time < 2; time++) for await (const chunk of input.chunks()) expect(chunk.toString()).toBe("a line\n");
	});

	it.skipIf(!existsSync("/proc/self/fd"))("is closed when reading stops early", async () => {
		const path = file("early.log", logText(20_000));
		const isOpen = (): boolean => readdirSync("/proc/self/fd").some((number) => opened(number) === path);
		const opened = (number: string): string | undefined => {
			try {
				return readlinkSync(`/proc/self/fd/${number}`);
			} catch {
				// The descriptor of the listing itself is gone by now.
				return undefined;
			}
		};
		for await (const chunk of (await openInput(path)).chunks()) {
			expect([chunk.length, isOpen()]).toEqual([256 * 1024, true]);
			break;
		}
		expect(isOpen()).toBe(false);
	});

	it("may be a named pipe, which has no time of modification", async () => {
		const path = join(folder, "pipe");
		expect(spawnSync("mkfifo", [path]).status).toBe(0);
		const input = await openInput(path);
		expect(input.modified).toBeUndefined();
		const bytes = logText(5000);
		const writer = createWriteStream(path);
		// The first byte alone: too little to recognize compression by.
		writer.write(bytes.subarray(0, 1), () => setImmediate(() => writer.end(bytes.subarray(1))));
		const parts: Buffer[] = [];
		for await (const chunk of input.chunks()) parts.push(Buffer.from(chunk));
		expect(Buffer.concat(parts).equals(bytes)).toBe(true);
	});
});

describe("a compressed file", () => {
	const bytes = logText(12_000);

	it("is recognized by its first bytes, not by its name", async () => {
		expect((await readWhole(file("rotated.log", gzipSync(bytes)))).equals(bytes)).toBe(true);
		expect((await readWhole(file("not-really.gz", bytes))).equals(bytes)).toBe(true);
	});

	it("may have several members, empty ones too, and zeros behind", async () => {
		const members = [bytes.subarray(0, 5), Buffer.alloc(0), bytes.subarray(5, 300_000), bytes.subarray(300_000)].map((part) =>
			gzipSync(part),
		);
		expect((await readWhole(file("members.gz", Buffer.concat(members)))).equals(bytes)).toBe(true);
		expect((await readWhole(file("padded.gz", Buffer.concat([...members, Buffer.alloc(40_000)])))).equals(bytes)).toBe(true);
	});

	it("gives many more bytes than it has in pieces of bounded size", async () => {
		const zeros = Buffer.alloc(20_000_000);
		expect(await readWhole(file("bomb.gz", gzipSync(zeros)))).toHaveLength(zeros.length);
	});

	it("that was cut gives all that could be decompressed, then says where it ends", async () => {
		const whole = gzipSync(bytes);
		const { bytes: got, error } = await readAll(file("cut.gz", whole.subarray(0, whole.length - 1000)));
		expect(got.length).toBeGreaterThan(bytes.length * 0.98);
		expect(got.equals(bytes.subarray(0, got.length))).toBe(true);
		expect([error?.code, error?.exit, error?.place]).toEqual(["input.truncated", 3, { file: join(folder, "cut.gz"), offset: got.length }]);
		expect(error?.message).toBe(
			`${join(folder, "cut.gz")} (offset ${got.length}): the compressed data end too early, the file was cut\n` +
				"  What came before was read. Copy the file again, whole, to get the rest.",
		);
	});

	it("that lacks only its check sum has all its bytes, and still counts as cut", async () => {
		const { bytes: got, error } = await readAll(file("no-sum.gz", gzipSync(bytes).subarray(0, -4)));
		expect([got.equals(bytes), error?.code]).toEqual([true, "input.truncated"]);
	});

	it("cut anywhere gives a beginning of its bytes, and an error", async () => {
		const small = bytes.subarray(0, 3000);
		const members = Buffer.concat([gzipSync(small.subarray(0, 1000)), gzipSync(small.subarray(1000))]);
		const firstMember = gzipSync(small.subarray(0, 1000)).length;
		await fc.assert(
			fc.asyncProperty(fc.integer({ min: 2, max: members.length - 1 }), async (length) => {
				const { bytes: got, error } = await readAll(file("anywhere.gz", members.subarray(0, length)));
				expect(got.equals(small.subarray(0, got.length))).toBe(true);
				expect(error?.code).toBe(length === firstMember ? undefined : "input.truncated");
			}),
			{ seed: 3, numRuns: 60 },
		);
	});

	it("that is damaged gives everything before the damage, then says so", async () => {
		// Fits into one slice: without the second reading all of it would be lost.
		const small = bytes.subarray(0, 20_000);
		const whole = gzipSync(small);
		const wrongSum = Buffer.from(whole);
		wrongSum.writeUInt32LE(0, whole.length - 8);
		const sum = await readAll(file("wrong-sum.gz", wrongSum));
		expect([sum.bytes.equals(small), sum.error?.code, sum.error?.exit]).toEqual([true, "input.corrupt", 3]);

		const followed = await readAll(file("followed.gz", Buffer.concat([whole, Buffer.from("Nov 21 02:08:09 a plain line\n")])));
		expect([followed.bytes.equals(small), followed.error?.code]).toEqual([true, "input.corrupt"]);

		const garbled = Buffer.from(whole).fill(0xff, whole.length / 2, whole.length / 2 + 64);
		const middle = await readAll(file("garbled.gz", garbled));
		expect(middle.error?.code).toBe("input.corrupt");
		expect(middle.error?.place?.offset).toBe(middle.bytes.length);
		expect(middle.bytes.length).toBeGreaterThan(small.length * 0.4);
		const sound = Math.floor(small.length * 0.4);
		expect(middle.bytes.subarray(0, sound).equals(small.subarray(0, sound))).toBe(true);
	});
});

describe("what cannot be read", () => {
	const messageOf = async (path: string): Promise<string> => {
		const { error } = await readAll(path);
		expect(error?.exit).toBe(3);
		return `${error?.code} ${error?.message}`;
	};

	it("a missing file", async () => {
		const path = join(folder, "nowhere.log");
		expect(await messageOf(path)).toBe(
			`input.missing ${path}: there is no such file\n  Check the spelling and the folder the command runs in.`,
		);
		expect(await messageOf(join(file("flat", "x"), "below"))).toContain("input.missing");
	});

	it("a directory", async () => {
		expect(await messageOf(folder)).toBe(
			`input.directory ${folder}: this is a directory, not a log\n  Name the files in it, for example "${join(folder, "*.log")}".`,
		);
	});

	it("a file of somebody else", async () => {
		const path = file("secret.log", "x");
		chmodSync(folder, 0o755);
		chmodSync(path, 0o000);
		const isRoot = process.geteuid?.() === 0;
		// Root may read everything, so become somebody else for a moment.
		if (isRoot) process.seteuid?.(65534);
		try {
			expect(await messageOf(path)).toBe(
				`input.permission ${path}: this user may not read the file\n` +
					"  Run the command as a user who may (often a member of the group adm), or copy the file.",
			);
		} finally {
			if (isRoot) process.seteuid?.(0);
		}
	});
});

describe("globs", () => {
	beforeAll(() => {
		mkdirSync(join(folder, "logs/old"), { recursive: true });
		for (const name of ["mail.log", "mail.log.1", "mail.log.10.gz", "mail.log.2.gz", "mail[1].log", "mail1.log", "old/mail.log"])
			file(`logs/${name}`, name);
	});

	it("match files, sorted by name", async () => {
		expect(await expandInputs(["mail.log*"], join(folder, "logs"))).toEqual(
			["mail.log", "mail.log.1", "mail.log.10.gz", "mail.log.2.gz"].map((name) => join(folder, "logs", name)),
		);
		expect(await expandInputs([join(folder, "logs/**/mail.log")])).toEqual([
			join(folder, "logs/mail.log"),
			join(folder, "logs/old/mail.log"),
		]);
	});

	it("absolute ones mean the same whatever they would be relative to", async () => {
		expect(await expandInputs([join(folder, "logs/mail.log.*")], join(folder, "logs/old"))).toEqual(
			["mail.log.1", "mail.log.10.gz", "mail.log.2.gz"].map((name) => join(folder, "logs", name)),
		);
	});

	it("relative ones are named as they were written", async () => {
		expect(await expandInputs(["package.js*n", "./src/error*.ts"])).toEqual(["package.json", "src/errors.ts"]);
	});

	it("a name that exists is no glob", async () => {
		expect(await expandInputs(["mail[1].log"], join(folder, "logs"))).toEqual([join(folder, "logs/mail[1].log")]);
	});

	it("order is kept, a file named twice is read once, standard input stays", async () => {
		expect(await expandInputs(["mail.log.1", "-", "mail.log*", "nowhere.log"], join(folder, "logs"))).toEqual(
			[join(folder, "logs/mail.log.1"), "-"].concat(
				["mail.log", "mail.log.10.gz", "mail.log.2.gz", "nowhere.log"].map((name) => join(folder, "logs", name)),
			),
		);
	});

	it("without a match are an error", async () => {
		await expect(expandInputs(["*.nothing"], folder)).rejects.toThrow(
			`no file matches "*.nothing" in ${folder}\n  Check the folder and the spelling; * stands for a part of one name, ** for folders.`,
		);
	});
});

test("so many inputs at once that not all can be held open are read all the same", async () => {
	const bytes = Buffer.alloc(600_000, "Nov 21 02:08:09 mx1 smtpf[27461]: #1 record\n");
	const path = file("many-times.log", bytes);
	const readers = await Promise.all(Array.from({ length: 40 }, async () => (await openInput(path)).chunks()[Symbol.asyncIterator]()));
	for (const reader of readers) await reader.next();
	const descriptors = existsSync("/proc/self/fd") ? readdirSync("/proc/self/fd").filter((name) => isOpen(name, path)) : [];
	expect(descriptors.length).toBeLessThan(30);
	for (const reader of readers) {
		let length = 256 * 1024;
		for (let next = await reader.next(); next.done !== true; next = await reader.next()) length += next.value.length;
		expect(length).toBe(bytes.length);
	}
});

function isOpen(descriptor: string, path: string): boolean {
	try {
		return readlinkSync(`/proc/self/fd/${descriptor}`) === path;
	} catch {
		return false;
	}
}
