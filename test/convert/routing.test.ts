/** Which record is read by which format, and what becomes of those that nobody reads. */
import { beforeAll, describe, expect, test } from "vitest";
import { text } from "../../src/format/define.js";
import { Format } from "../../src/format/format.js";
import type { Event, Settings } from "../../src/index.js";
import { converted } from "../corpus/conversion.js";
import { type Formats, loadTestFormats } from "../corpus/formats.js";
import { smallFormat } from "../kernel/small-format.js";

let known: Formats;
beforeAll(async () => {
	known = await loadTestFormats();
});

const MILTER = "Nov 21 02:13:07 mail milter-manager[29886]: [statistics] [session][end][end-of-message][pass][0.005307](1)";
const SMTPF = "Nov 21 02:08:27 mx1 smtpf[27461]: 2AK28R274610000200 #599 ready";
const POSTFIX = "Nov 21 02:15:20 mail postfix/smtpd[31952]: connect from localhost[127.0.0.1]";
const NOBODY = "Nov 21 02:15:20 mail mmdf[31952]: Start queue run: pid=31952";
const SUN = "19-Jan-1998 19:16:57.64 l            tcp_local    E 1 adam@sesta.com rfc822;marlowe@siroe.com marlowe@siroe.com";
const SERVICE = "[29/May/2019:10:44:56 +0200] hosttr14 imapd[17849]: General Information: Log created (1559119496)";
const BARE_MILTER = "[milter-manager][start]";

const read = async (lines: readonly string[], settings: Partial<Settings> = {}): Promise<readonly Event[]> =>
	(await converted(lines.map((line) => `${line}\n`).join(""), { ...known, year: 2026, ...settings })).events;
const formatsOf = (events: readonly Event[]): (string | undefined)[] => events.map(({ format }) => format);
const forced = (id: string): Partial<Settings> => ({ forced: known.formats.find((format) => format.id === id) });

describe("several programs in one file", () => {
	test("each record goes to its own format, in whatever order", async () => {
		const lines = [POSTFIX, MILTER, SUN, SMTPF, NOBODY, SERVICE, MILTER, POSTFIX, SUN];
		const formats = ["postfix", "milter-manager", "sun-mta", "smtpf", undefined, "sun-service", "milter-manager", "postfix", "sun-mta"];
		expect(formatsOf(await read(lines))).toEqual(formats);
		expect(formatsOf(await read(lines.toReversed()))).toEqual(formats.toReversed());
	});

	test("the summary counts records, unparsed ones, and events by format", async () => {
		const { summary } = await converted([NOBODY, MILTER, MILTER, SMTPF, ""].join("\n"), known);
		expect({ ...summary, profiles: undefined, byFormat: Object.fromEntries(summary.byFormat) }).toEqual({
			records: 4,
			unparsed: 1,
			unknown: 0,
			byFormat: { "milter-manager": 2, smtpf: 1 },
			profiles: undefined,
			years: { basis: "anchor", first: 2026, last: 2026 },
			zone: "assumed",
		});
	});

	test("a program nobody knows is unparsed, with all that its frame says", async () => {
		const [event] = await read(["<19>Nov 21 02:15:20 mail.example.org dovecot/imap/login[31952]: no auth attempts"]);
		expect(event).toEqual({
			schema_version: "1.1.0",
			id: "case.log:0",
			record: "unparsed",
			time: "2026-11-21T02:15:20+00:00",
			time_basis: { year: "option", zone: "assumed" },
			host: "mail.example.org",
			program: "dovecot/imap/login",
			pid: 31952,
			level: "error",
			level_basis: "priority",
			raw: "<19>Nov 21 02:15:20 mail.example.org dovecot/imap/login[31952]: no auth attempts",
			source: { file: "case.log", line: 1, offset: 0, length: 80 },
		});
	});

	test("a program that calls itself by its path is known by its name; a name with a slash is no path", async () => {
		const lines = [SMTPF.replace("smtpf[", "/usr/sbin/smtpf["), SMTPF.replace("smtpf[", "/usr/sbin/cron[").replace(/2AK\S+ #599 /, "")];
		expect(formatsOf(await read(lines))).toEqual(["smtpf", undefined]);
		// Text that tells nothing of who wrote it.
		const plain = (program: string): string => `Nov 21 02:08:27 mx1 ${program}[27461]: hello`;
		expect(formatsOf(await read([plain("/usr/sbin/smtpf"), plain("/usr/sbin/cron")]))).toEqual(["smtpf", undefined]);
		expect(formatsOf(await read([SMTPF.replace("smtpf[", "x/smtpf[").replace(/2AK\S+ #599 /, "")]))).toEqual([undefined]);
	});

	test("names of programs may be patterns: instances of a program that the site names", async () => {
		const milter = known.formats.find(({ id }) => id === "milter-manager");
		if (milter === undefined) throw new Error("no milter manager");
		const { definition, catalog, parser, folder } = milter;
		const formats = [new Format({ ...definition, programs: ["filter-*/main", "*.milter"] }, () => catalog, parser, folder)];
		const own = (program: string): string => `Nov 21 02:13:07 mail ${program}[1]: ready`;
		const programs = [
			"filter-in/main",
			"filter-/main",
			"filter/main",
			"filter-in/main2",
			"a.milter",
			"amilter",
			"/opt/a.milter",
			"milter-manager",
		];
		const found = await read(programs.map(own), { formats });
		expect(programs.filter((_, i) => found[i]?.format !== undefined)).toEqual([
			"filter-in/main",
			"filter-/main",
			"a.milter",
			"/opt/a.milter",
		]);
	});

	test("a byte order mark in front of the first record belongs to it, and hides nothing", async () => {
		const [first, second] = await read([`\ufeff${SMTPF}`, SMTPF]);
		expect([first?.format, first?.code, first?.raw, second?.format]).toEqual(["smtpf", "599", `\ufeff${SMTPF}`, "smtpf"]);
	});

	test("a program that writes records of a format is one of it from its first certain record on", async () => {
		const own = (text: string): string => `Nov 21 02:13:07 mail my-filter[1]: ${text}`;
		const events = await read([own("ready"), own(MILTER.slice(MILTER.indexOf("[stat"))), own("ready"), NOBODY]);
		expect(formatsOf(events)).toEqual([undefined, "milter-manager", "milter-manager", undefined]);
	});

	test("programs are remembered up to a number, so that forged names cost no memory", async () => {
		const own = (program: string, text: string): string => `Nov 21 02:13:07 mail ${program}[1]: ${text}`;
		const flood = Array.from({ length: 10_050 }, (_, i) => own(`p${i}`, "[statistics] [sessions][finished] 1(+1) 0"));
		const found = await read([...flood, own("p0", "ready"), own("p10040", "ready")]);
		expect(formatsOf(found.slice(-3))).toEqual(["milter-manager", "milter-manager", undefined]);
	});

	test("text of one format in the frame of another program stays that program's", async () => {
		const [event] = await read([`Nov 21 02:13:07 mail smtpf[1]: ${MILTER.slice(MILTER.indexOf("[stat"))}`]);
		expect(event).toMatchObject({ format: "smtpf", text: "[statistics] [session][end][end-of-message][pass][0.005307](1)" });
		expect(event).not.toHaveProperty("tags");
	});

	test("a frame without a text is nobody's record, but for one that says all by itself; blank lines are none", async () => {
		const events = await read(["Nov 21 02:13:07 mail last message repeated 3 times", "Nov 21 02:13:07 mail -- MARK --", "", " "]);
		expect(events.map(({ record, host, format }) => [record, host, format])).toEqual([
			["event", "mail", undefined],
			["unparsed", "mail", undefined],
			["blank", undefined, undefined],
			["blank", undefined, undefined],
		]);
	});
});

describe("lines without a frame", () => {
	test("belong to the format that knows them by their content", async () => {
		expect(formatsOf(await read(["2AK28R274610000200 #599 ready", SUN, "hello"]))).toEqual(["smtpf", "sun-mta", undefined]);
	});

	test("belong to the format that is forced, when no other knows them", async () => {
		const lines = ["connection refused", SMTPF, SUN, NOBODY];
		expect(formatsOf(await read(lines))).toEqual([undefined, "smtpf", "sun-mta", undefined]);
		const events = await read(lines, forced("smtpf"));
		expect(formatsOf(events)).toEqual(["smtpf", "smtpf", "sun-mta", undefined]);
		expect(events[0]).toMatchObject({ record: "event", text: "connection refused" });
	});

	test("a forced format changes nothing for lines that have a frame", async () => {
		expect(await read([MILTER, NOBODY, SMTPF], forced("milter-manager"))).toEqual(await read([MILTER, NOBODY, SMTPF]));
		expect(formatsOf(await read([BARE_MILTER, "what now?"], forced("milter-manager")))).toEqual(["milter-manager", "milter-manager"]);
	});

	test("keep as remainder what even the forced format does not understand", async () => {
		const [event] = await read(["hello world"], forced("sun-mta"));
		expect(event).toMatchObject({ record: "event", format: "sun-mta", remainder: "hello world" });
		expect(event).not.toHaveProperty("code");
	});
});

describe("the level of a record", () => {
	const levelOf = async (line: string, settings: Partial<Settings> = {}): Promise<(string | undefined)[]> => {
		const [event] = await read([line], settings);
		return [event?.level, event?.level_basis];
	};
	const text = "[server][error][connect] x";

	test("is that of the word in the line, before anything else", async () => {
		expect(await levelOf("<27>Nov 21 02:08:27 mail milter-manager[1]: [statistics] [sessions][finished] 1(+1) 0")).toEqual([
			"notice",
			"line",
		]);
		expect(await levelOf("[info][2026-11-21T02:10:43.602436Z]: \u001b[01;37m\u001b[41m[client][listen][start] <x>\u001b[00m")).toEqual([
			"info",
			"line",
		]);
	});

	test("is that of the priority, as a number or as words", async () => {
		expect(await levelOf(`<18>Nov 21 02:08:27 mail milter-manager[1]: ${text}`)).toEqual(["critical", "priority"]);
		expect(await levelOf(`<20>Nov 21 02:08:27 mail milter-manager[1]: ${text}`)).toEqual(["warning", "priority"]);
		expect(await levelOf(`mail.info Nov 21 02:08:27 mail milter-manager[1]: ${text}`)).toEqual(["info", "priority"]);
		// Of both the number counts, as daemons send it; the word is what a template made of it.
		expect(await levelOf(`mail.err<22> Nov 21 02:08:27 mail milter-manager[1]: ${text}`)).toEqual(["info", "priority"]);
		expect(await levelOf(`<22>1 2026-11-21T02:08:27Z mail milter-manager 1 - - ${text}`)).toEqual(["info", "priority"]);
	});

	test("is that of the colour", async () => {
		expect(await levelOf("\u001b[01;37m\u001b[41m[client][listen][start] <x>\u001b[00m")).toEqual(["error", "colour"]);
	});

	test("is that of the catalog, when the line shows none", async () => {
		expect(await levelOf(`Nov 21 02:08:27 mail milter-manager[1]: ${text}`)).toEqual(["error", "catalog"]);
		expect(await levelOf(SMTPF)).toEqual(["info", "catalog"]);
	});

	test("is unknown, when nothing tells", async () => {
		expect(await levelOf(NOBODY)).toEqual([undefined, undefined]);
	});
});

describe("formats of users", () => {
	const small = (id: string, mark: string): Format =>
		smallFormat(
			`record = word\n word = letter*\n own = "${mark}" payload\n payload = any*`,
			{ word: text("text") },
			{ id, frames: ["own"] },
		);

	test("with grammars and frames of the same names are read by their own", async () => {
		const lines = ["a:x", "b:x", "a:x"];
		expect(formatsOf(await read(lines, { formats: [small("first", "a:"), small("second", "b:")] }))).toEqual(["first", "second", "first"]);
	});

	test("are refused when they are too many", async () => {
		const one = small("one", "a:");
		const refused = { code: "formats.many", message: expect.stringContaining("There may be 255 formats with 255 frames") };
		await expect(read(["a:x"], { formats: Array(256).fill(one) })).rejects.toMatchObject(refused);
		const framed = smallFormat("record = any*\n own = any*", {}, { frames: Array(16).fill("own") });
		await expect(read(["a:x"], { formats: Array(16).fill(framed) })).rejects.toMatchObject(refused);
		expect(formatsOf(await read(["a:x"], { formats: Array(255).fill(one) }))).toEqual(["one"]);
	});
});
