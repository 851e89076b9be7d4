/** Years and zones from end to end: what the line says, what the user says, what neighbours and files say. */
import fc from "fast-check";
import { beforeAll, describe, expect, test } from "vitest";
import type { Event, Settings } from "../../src/index.js";
import { converted } from "../corpus/conversion.js";
import { type Formats, loadTestFormats } from "../corpus/formats.js";

let known: Formats;
beforeAll(async () => {
	known = await loadTestFormats();
});

const milter = (stamp: string): string => `${stamp} mail milter-manager[1]: [statistics] [sessions][finished] 1(+1) 0`;
const postfix = (stamp: string): string => `${stamp} mail postfix/qmgr[1]: removed`;
const smtpf = (stamp: string, session = ""): string => `${stamp} mx1 smtpf[27461]: ${session}#599 ready`;

const read = async (lines: readonly string[], settings: Partial<Settings> = {}, modified?: string): Promise<readonly Event[]> =>
	(
		await converted(
			lines.map((line) => `${line}\n`).join(""),
			{ ...known, ...settings },
			modified === undefined ? {} : { modified: new Date(modified) },
		)
	).events;
/** `2026-11-21T02:08:27+00:00 file assumed`, or `unknown`. */
const timesOf = (events: readonly Event[]): string[] =>
	events.map(({ time, time_basis }) => (time === undefined ? "unknown" : `${time} ${time_basis?.year} ${time_basis?.zone}`));
const times = async (lines: readonly string[], settings: Partial<Settings> = {}, modified?: string): Promise<string[]> =>
	timesOf(await read(lines, settings, modified));

describe("the year", () => {
	test("is unknown on standard input without an option: then there is no time, and none is invented", async () => {
		const events = await read([milter("Nov 21 02:08:27"), postfix("Nov 21 02:08:27")]);
		expect(timesOf(events)).toEqual(["unknown", "unknown"]);
		for (const event of events) expect(event).not.toHaveProperty("time_basis");
	});

	test("is that of the option, and goes on from it", async () => {
		expect(await times(["Dec 31 23:59:59", "Jan  1 00:00:01", "Dec 31 23:59:58", "Jan  2 00:00:00"].map(milter), { year: 2025 })).toEqual([
			"2025-12-31T23:59:59+00:00 option assumed",
			"2026-01-01T00:00:01+00:00 rollover assumed",
			"2025-12-31T23:59:58+00:00 option assumed",
			"2026-01-02T00:00:00+00:00 rollover assumed",
		]);
	});

	test("is the latest that does not lead beyond the modification of the file", async () => {
		const lines = ["Nov 20 10:00:00", "Dec 31 10:00:00", "Jan  1 10:00:00", "Feb  3 10:00:00"].map(milter);
		expect(await times(lines, {}, "2026-02-03T12:00:00Z")).toEqual([
			"2025-11-20T10:00:00+00:00 file assumed",
			"2025-12-31T10:00:00+00:00 file assumed",
			"2026-01-01T10:00:00+00:00 file assumed",
			"2026-02-03T10:00:00+00:00 file assumed",
		]);
	});

	test("has a day for zones: a record may be some hours after the modification in UTC", async () => {
		expect(await times([milter("Jan  1 08:00:00")], {}, "2025-12-31T23:30:00Z")).toEqual(["2026-01-01T08:00:00+00:00 file assumed"]);
	});

	test("is that of the session id, and tells it to the records around", async () => {
		const lines = [smtpf("Nov 21 02:08:27", "2AK28R274610000200 "), smtpf("Nov 21 02:08:28"), postfix("Nov 21 02:08:29")];
		expect(await times(lines)).toEqual([
			"2026-11-21T02:08:27+00:00 session_id assumed",
			"2026-11-21T02:08:28+00:00 rollover assumed",
			"2026-11-21T02:08:29+00:00 rollover assumed",
		]);
	});

	test("of a session begun before midnight on New Year's Eve is that of its record", async () => {
		// 2BU: the session began on 31 December 2026.
		const lines = [smtpf("Dec 31 23:59:59", "2BUNxx274610000200 "), smtpf("Jan  1 00:00:05", "2BUNxx274610000200 ")];
		expect((await times(lines)).map((time) => time.slice(0, 19))).toEqual(["2026-12-31T23:59:59", "2027-01-01T00:00:05"]);
	});

	test("in the line wins over everything", async () => {
		const lines = [milter("2024-11-21T02:08:27.5+09:00"), smtpf("Nov 21 2023 02:08:27", "2AK28R274610000200 ")];
		expect(await times(lines, { year: 2020, zone: "UTC" }, "2022-01-01T00:00:00Z")).toEqual([
			"2024-11-21T02:08:27.5+09:00 line line",
			"2023-11-21T02:08:27+00:00 line option",
		]);
	});

	test("29 February tells a leap year, and is unknown in a year that has none", async () => {
		expect(await times([milter("Feb 29 10:00:00")], {}, "2026-06-01T00:00:00Z")).toEqual(["2024-02-29T10:00:00+00:00 file assumed"]);
		expect(await times([milter("Feb 29 10:00:00")], { year: 2024 })).toEqual(["2024-02-29T10:00:00+00:00 option assumed"]);
		expect(await times([milter("Feb 29 10:00:00"), milter("Feb 28 10:00:00")], { year: 2026 })).toEqual([
			"unknown",
			"2026-02-28T10:00:00+00:00 option assumed",
		]);
	});

	test("impossible stamps have no time, and the record is an event all the same", async () => {
		for (const stamp of ["Feb 31 10:00:00", "Nov 21 24:00:00", "Nov 21 10:60:00"]) {
			const [event] = await read([milter(stamp)], { year: 2026 });
			expect(event).toMatchObject({ record: "event", format: "milter-manager", raw: milter(stamp) });
			expect(event).not.toHaveProperty("time");
		}
	});

	test("of a 29 February further on is that of the records before it, too", async () => {
		const line = (day: string): string => `${day} 10:00:00 mx1 cron[1]: ready`;
		expect(await times(["Feb 28", "Feb 29", "Mar  1"].map(line), {}, "2026-11-01")).toEqual([
			"2024-02-28T10:00:00+00:00 file assumed",
			"2024-02-29T10:00:00+00:00 file assumed",
			"2024-03-01T10:00:00+00:00 file assumed",
		]);
		expect(await times(["Nov 28", "Jan  1", "Feb 29"].map(line), {}, "2026-11-01")).toEqual([
			"2023-11-28T10:00:00+00:00 file assumed",
			"2024-01-01T10:00:00+00:00 file assumed",
			"2024-02-29T10:00:00+00:00 file assumed",
		]);
	});
});

describe("the zone", () => {
	const summer = milter("Jul  1 12:00:00");

	test("of the option holds for stamps without one", async () => {
		expect(await times([summer], { year: 2026, zone: "Europe/Berlin" })).toEqual(["2026-07-01T12:00:00+02:00 option option"]);
		expect(await times([summer], { year: 2026, zone: "-03:30" })).toEqual(["2026-07-01T12:00:00-03:30 option option"]);
		expect(await times([summer], { year: 2026 })).toEqual(["2026-07-01T12:00:00+00:00 option assumed"]);
	});

	test("of the line wins", async () => {
		expect(await times([milter("2026-07-01T12:00:00Z"), milter("2026-07-01T12:00:00.000001-07:00")], { zone: "Asia/Tokyo" })).toEqual([
			"2026-07-01T12:00:00+00:00 line line",
			"2026-07-01T12:00:00.000001-07:00 line line",
		]);
	});

	test("has its offset in the last quarter of an hour of 1969, too", async () => {
		expect(await times([milter("Dec 31 1969 23:50:00")], { zone: "Europe/Berlin" })).toEqual(["1969-12-31T23:50:00+01:00 line option"]);
	});

	test("changes with daylight saving: a skipped time has the offset from before, a repeated one is the first until the clock steps back", async () => {
		const lines = ["Mar 29 01:59:59", "Mar 29 02:30:00", "Mar 29 03:00:00"].map(milter);
		expect((await times(lines, { year: 2026, zone: "Europe/Berlin" })).map((time) => time.slice(11, 25))).toEqual([
			"01:59:59+01:00",
			"02:30:00+01:00",
			"03:00:00+02:00",
		]);
		const autumn = ["Oct 25 02:10:00", "Oct 25 02:50:00", "Oct 25 02:05:00", "Oct 25 03:00:00"].map(milter);
		expect((await times(autumn, { year: 2026, zone: "Europe/Berlin" })).map((time) => time.slice(11, 25))).toEqual([
			"02:10:00+02:00",
			"02:50:00+02:00",
			"02:05:00+01:00",
			"03:00:00+01:00",
		]);
	});

	test("that does not exist is refused", async () => {
		await expect(read([summer], { zone: "Mars/Olympus" })).rejects.toMatchObject({ code: "option.zone", exit: 2 });
	});
});

describe("the stamp inside a record", () => {
	test("is taken rather than that of the frame: it has a year and fractions", async () => {
		const entry = "19-Jan-1998 19:16:57.64 l            tcp_local    E 1 adam@sesta.com rfc822;marlowe@siroe.com marlowe@siroe.com";
		expect(await times([`Nov 21 02:08:27 store1 imta[12]: ${entry}`], { year: 2026, zone: "+01:00" })).toEqual([
			"1998-01-19T19:16:57.64+01:00 line option",
		]);
	});

	test("is kept at the precision written", async () => {
		const stamps = ["2026-11-21T02:08:27Z", "2026-11-21T02:08:27.0Z", "2026-11-21T02:08:27.123456789Z", "2026-11-21T02:08:27.100000+00:00"];
		expect((await read(stamps.map(milter))).map(({ time }) => time)).toEqual([
			"2026-11-21T02:08:27+00:00",
			"2026-11-21T02:08:27.0+00:00",
			"2026-11-21T02:08:27.123456789+00:00",
			"2026-11-21T02:08:27.100000+00:00",
		]);
	});
});

describe("a time depends on its own stamp alone, whatever stood in the line before", () => {
	// Same and other minutes, as many digits and more, leap seconds, what is no time at all.
	const clock = fc.constantFrom("02:08:09", "02:08:10", "02:08:59", "02:08:60", "02:09:09", "23:59:60", "02:08:7x", "02:08:70");
	const fraction = fc.constantFrom("", ".1", ".2", ".81", ".86", ".123456", ".123457", ".12345x", ".");
	const zone = fc.constantFrom("Z", "+01:00", "-01:00", "+02:00");
	const stamps = {
		postfix: fc.tuple(clock, fraction, zone).map(([time, digits, offset]) => postfix(`2026-11-21T${time}${digits}${offset}`)),
		"sun-mta": fc.tuple(clock, fraction).map(([time, digits]) => `21-Nov-2026 ${time}${digits} 5a37.1.1 tcp_local    +            O`),
		smtpf: clock.map((time) => smtpf(`Nov 21 ${time}`)),
	};
	test.each(Object.entries(stamps))("%s", async (_, line) => {
		await fc.assert(
			fc.asyncProperty(fc.array(line, { minLength: 2, maxLength: 12 }), async (lines) => {
				const alone: string[] = [];
				for (const one of lines) alone.push(...(await times([one], { year: 2026 })));
				expect(await times(lines, { year: 2026 })).toEqual(alone);
			}),
			{ numRuns: 60 },
		);
	});
});
