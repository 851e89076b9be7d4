/** Archives and folders: their files are inputs of their own. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { expandInputs, openInput } from "../../src/convert/input.js";
import { packedFile } from "./packed-log.js";
import { tarOf } from "./tar-of.js";

let folder = "";
beforeAll(() => {
	folder = realpathSync(mkdtempSync(join(tmpdir(), "mailtrail-archive-")));
});
afterAll(() => rmSync(folder, { recursive: true }));

function file(name: string, bytes: Buffer | string): string {
	const path = join(folder, name);
	writeFileSync(path, bytes);
	return path;
}

async function textOf(name: string): Promise<string> {
	const input = await openInput(name);
	const parts: Buffer[] = [];
	for await (const chunk of input.chunks()) parts.push(Buffer.from(chunk));
	return Buffer.concat(parts).toString();
}

/** Each input: its name within the archive, the day of its modification, its text. */
async function contentOf(path: string): Promise<(readonly [string, string | undefined, string])[]> {
	const found: (readonly [string, string | undefined, string])[] = [];
	for (const name of await expandInputs([path])) {
		const { modified } = await openInput(name);
		found.push([name.slice(path.length), modified?.toISOString().slice(0, 10), await textOf(name)]);
	}
	return found;
}

const line = (text: string): string => `Nov 21 02:08:09 mx1 smtpf[27461]: #599 ${text}\n`;
const LONG = "d".repeat(110);
const SHORT = [
	["!var/log/mail.log", "2019-11-22", line("ready")],
	["!var/log/mail.log.1.gz", "2018-11-22", line("old")],
];

describe("a tar archive", () => {
	test.each([
		["v7", []],
		["ustar", []],
		["gnu", [[`!${LONG}/mäil.log`, "2017-11-22", line("long")]]],
		["pax", [[`!${LONG}/mäil.log`, "2017-11-22", line("long")]]],
	] as const)("of the form %s has its files, with their own times, also packed ones", async (form, more) => {
		const packed = file(`${form}.tgz`, packedFile(`${form}.tar.gz`));
		expect(await contentOf(packed)).toEqual([...more, ...SHORT]);
		const plain = file(`${form}.tar`, gunzipSync(packedFile(`${form}.tar.gz`)));
		expect(await contentOf(plain)).toEqual([...more, ...SHORT]);
	});

	test("may be read from behind, and twice", async () => {
		const path = file("backwards.tgz", packedFile("gnu.tar.gz"));
		const names = (await expandInputs([path])).reverse();
		const texts = [...names, ...names].map((name) => textOf(name));
		expect(await Promise.all(texts)).toEqual([line("old"), line("ready"), line("long"), line("old"), line("ready"), line("long")]);
	});

	test("with two files of one name has both", async () => {
		const tar = gunzipSync(packedFile("v7.tar.gz"));
		// Without the zeros at the end, another archive may follow.
		const end = 512 * (1 + tar.subarray(0, tar.length).reduce((last, byte, at) => (byte === 0 ? last : Math.floor(at / 512)), 0));
		const path = file("twice.tar", Buffer.concat([tar.subarray(0, end), tar]));
		expect((await contentOf(path)).map(([name]) => name)).toEqual([
			...SHORT.map(([name]) => name),
			"!var/log/mail.log#2",
			"!var/log/mail.log.1.gz#2",
		]);
	});

	test("that was cut in a file gives what there is of it; behind a file, the archive tells", async () => {
		const tar = gunzipSync(packedFile("v7.tar.gz"));
		const at = tar.indexOf(line("ready"));
		const cut = file("cut.tar", tar.subarray(0, at + 10));
		const [name = "", ...others] = await expandInputs([cut]);
		expect(others).toEqual([]);
		await expect(textOf(name)).rejects.toMatchObject({ code: "input.truncated", place: { file: name, offset: 10 } });
		const between = file("between.tar", tar.subarray(0, at + 512));
		const names = await expandInputs([between]);
		expect(names).toEqual([`${between}!var/log/mail.log`, `${between}!`]);
		expect(await textOf(names[0] ?? "")).toBe(line("ready"));
		await expect(textOf(names[1] ?? "")).rejects.toMatchObject({ code: "input.truncated", place: { file: between } });
	});

	test("with a damaged head gives the files before it, and tells", async () => {
		const tar = gunzipSync(packedFile("v7.tar.gz"));
		tar[tar.indexOf("./var/log/mail.log.1.gz")] = 0x78;
		const path = file("head.tar", tar);
		const names = await expandInputs([path]);
		expect(names).toEqual([`${path}!var/log/mail.log`, `${path}!`]);
		await expect(textOf(`${path}!`)).rejects.toMatchObject({ code: "input.corrupt" });
	});

	test("within another is read, one within that is not opened", async () => {
		const inner = packedFile("v7.tar.gz");
		const outer = file("outer.tar", tarOf("case/in.tgz", inner));
		expect((await contentOf(outer)).map(([name, , text]) => [name, text])).toEqual(
			SHORT.map(([name, , text]) => [`!case/in.tgz${name}`, text]),
		);
		const third = file("third.tar", tarOf("out.tar", tarOf("case/in.tgz", inner)));
		expect((await expandInputs([third])).map((name) => name.slice(third.length))).toEqual(["!out.tar!case/in.tgz"]);
	});
});

describe("a zip archive", () => {
	test("has its files, with their own times, also packed ones", async () => {
		const path = file("case.zip", packedFile("case.zip"));
		const found = await contentOf(path);
		const long = [`!${LONG}/mäil.log`, "2017-11-22", line("long")];
		// Info-ZIP writes what a link leads to.
		const link = ["!var/log/link", "2019-11-22", line("ready")];
		expect([...found].sort()).toEqual([long, link, ...SHORT].sort());
	});

	test("that was written to a pipe has its sizes behind its files", async () => {
		const path = file("streamed.zip", packedFile("streamed.zip"));
		expect((await contentOf(path)).map(([name, , text]) => [name, text])).toEqual([["!-", line("ready")]]);
	});

	test("with a changed byte tells so", async () => {
		const bytes = packedFile("streamed.zip");
		const at = 30 + bytes.readUInt16LE(26) + bytes.readUInt16LE(28) + 8;
		bytes[at] = (bytes[at] ?? 0) ^ 4;
		const path = file("changed.zip", bytes);
		await expect(textOf(`${path}!-`)).rejects.toMatchObject({ code: expect.stringMatching(/^input\.(corrupt|truncated)$/) });
	});
});

test("a name of an archive with the name of a member is that member; a file of that name goes before", async () => {
	const path = file("named.tgz", packedFile("gnu.tar.gz"));
	expect(await expandInputs([`${path}!var/log/mail.log`])).toEqual([`${path}!var/log/mail.log`]);
	expect(await textOf(`${path}!var/log/mail.log`)).toBe(line("ready"));
	await expect(openInput(`${path}!var/log/none`)).rejects.toThrow(
		`${path}: there is no var/log/none in the archive\n  It holds ${LONG}/mäil.log, var/log/mail.log, var/log/mail.log.1.gz.`,
	);
	const odd = file("odd!name.log", "own\n");
	expect([await expandInputs([odd]), await textOf(odd)]).toEqual([[odd], "own\n"]);
});

test("a folder stands for the files in it and below, links that lead in a circle are passed", async () => {
	const base = join(folder, "logs");
	mkdirSync(join(base, "b", "c"), { recursive: true });
	for (const name of ["b/mail.log", "b/c/old.log.gz", "a.log"]) writeFileSync(join(base, name), gzipSync(line(name)));
	utimesSync(join(base, "a.log"), new Date(0), new Date(0));
	writeFileSync(join(base, "z.tar"), gunzipSync(packedFile("v7.tar.gz")));
	symlinkSync("..", join(base, "b", "up"));
	symlinkSync("a.log", join(base, "link.log"));
	expect((await expandInputs([base])).map((name) => name.slice(base.length + 1))).toEqual([
		"a.log",
		"b/c/old.log.gz",
		"b/mail.log",
		"z.tar!var/log/mail.log",
		"z.tar!var/log/mail.log.1.gz",
	]);
	expect((await expandInputs([`${base}/**/*.log`])).map((name) => name.slice(base.length + 1))).toEqual(["a.log", "b/mail.log"]);
});
