import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Clock, type ClockOptions, monthNumber, type TimeParts } from "../../src/convert/clock.js";

/** `2026-11-21 02:08:09.25+01:00`; year, fraction and zone may be left out: `11-21 02:08:09`. */
function parts(stamp: string): TimeParts {
	const found = /^(?:(\d{4})-)?(\d+)-(\d+) (\d+):(\d+):(\d+)(?:\.(\d+))?(Z|[+-].*)?$/.exec(stamp);
	if (found === null) throw new Error(`the test says ${stamp}`);
	const [, year, month, day, hour, minute, second, fraction, zone] = found;
	return {
		year: year === undefined ? undefined : Number(year),
		month: Number(month),
		day: Number(day),
		hour: Number(hour),
		minute: Number(minute),
		second: Number(second),
		fraction,
		zone,
	};
}

/** Renders the stamps in order; `@2026` behind one is the year of its session id. */
function render(options: ClockOptions, ...stamps: string[]): string[] {
	const clock = new Clock(options);
	return stamps.map((stamp) => {
		const [written = "", hint] = stamp.split("@");
		const rendered = clock.render(parts(written), hint === undefined ? undefined : Number(hint));
		return rendered === undefined ? "no time" : `${rendered.time} ${rendered.year} ${rendered.zone}`;
	});
}

/** Years and their basis only. */
const years = (options: ClockOptions, ...stamps: string[]): string[] =>
	render(options, ...stamps).map((text) => text.replace(/^(\d+)\S* (\S+) \S+$/, "$1 $2"));

const times = (options: ClockOptions, ...stamps: string[]): string[] => render(options, ...stamps).map((text) => text.split(" ")[0] ?? "");

const modified = (iso: string): ClockOptions => ({ modified: new Date(iso) });

describe.each(["Asia/Tokyo", "America/New_York"])("on a machine in %s", (machineZone) => {
	const before = process.env.TZ;
	beforeAll(() => {
		process.env.TZ = machineZone;
		expect(new Date(0).getHours()).toBe(machineZone === "Asia/Tokyo" ? 9 : 19);
	});
	afterAll(() => {
		if (before === undefined) delete process.env.TZ;
		else process.env.TZ = before;
	});

	describe("what the line says", () => {
		it("is kept, the zone as a numeric offset", () => {
			expect(
				render({}, "2026-11-21 02:08:09Z", "2026-11-21 02:08:09+09:00", "2026-11-21 02:08:09-0330", "2026-11-21 02:08:09-00:00"),
			).toEqual([
				"2026-11-21T02:08:09+00:00 line line",
				"2026-11-21T02:08:09+09:00 line line",
				"2026-11-21T02:08:09-03:30 line line",
				"2026-11-21T02:08:09-00:00 line line",
			]);
		});

		it("the fraction is kept as written, also when only it changes", () => {
			const stamps = ["0", "04", "857025", "857025000", "1"].map((fraction) => `2026-11-21 02:08:09.${fraction}Z`);
			expect(times({}, ...stamps, "2026-11-21 02:08:09Z")).toEqual([
				"2026-11-21T02:08:09.0+00:00",
				"2026-11-21T02:08:09.04+00:00",
				"2026-11-21T02:08:09.857025+00:00",
				"2026-11-21T02:08:09.857025000+00:00",
				"2026-11-21T02:08:09.1+00:00",
				"2026-11-21T02:08:09+00:00",
			]);
		});

		it("counts more than the options", () => {
			expect(render({ zone: "Asia/Tokyo", year: 2020 }, "2026-11-21 02:08:09+01:00")).toEqual(["2026-11-21T02:08:09+01:00 line line"]);
		});

		it("must be a real time", () => {
			const unreal = ["2026-02-31", "2026-13-01", "2026-00-10", "2026-04-31", "2026-04-00", "2025-02-29", "1900-02-29"].map(
				(day) => `${day} 01:00:00`,
			);
			const outOfRange = ["2026-11-21 25:00:00", "2026-11-21 24:00:00", "2026-11-21 02:60:09", "2026-11-21 02:08:61"];
			const noZone = ["2026-11-21 02:08:09+24:00", "2026-11-21 02:08:09+09:60", "2026-11-21 02:08:09+9"];
			for (const stamp of [...unreal, ...outOfRange, ...noZone]) expect([stamp, ...render({}, stamp)]).toEqual([stamp, "no time"]);
			expect(new Clock().render({ month: Number.NaN, day: 1, hour: 1, minute: 1, second: 1, year: 2026 })).toBeUndefined();
		});

		it("an unreal time is not taken for the real one before it", () => {
			expect(times({}, "2026-11-21 03:00:00", "2026-11-21 02:60:00", "2026-11-21 03:00:00")).toEqual([
				"2026-11-21T03:00:00+00:00",
				"no",
				"2026-11-21T03:00:00+00:00",
			]);
		});

		it("29 February of leap years is real", () => {
			expect(times({}, "2024-02-29 00:00:00", "2000-02-29 00:00:00")).toEqual(["2024-02-29T00:00:00+00:00", "2000-02-29T00:00:00+00:00"]);
		});
	});

	describe("a leap second", () => {
		it("is kept where it is one: at the end of a day of UTC", () => {
			expect(times({}, "2016-12-31 23:59:60Z", "2017-01-01 08:59:60.5+09:00", "2017-01-01 05:29:60+05:30")).toEqual([
				"2016-12-31T23:59:60+00:00",
				"2017-01-01T08:59:60.5+09:00",
				"2017-01-01T05:29:60+05:30",
			]);
			expect(times({ zone: "Asia/Tokyo" }, "2017-01-01 08:59:60")).toEqual(["2017-01-01T08:59:60+09:00"]);
		});

		it("is no real time elsewhere", () => {
			expect(times({}, "2016-12-31 23:59:60+09:00", "2016-12-31 12:34:60Z")).toEqual(["no", "no"]);
			expect(times({ zone: "Asia/Tokyo" }, "2016-12-31 23:59:60")).toEqual(["no"]);
		});

		it("is kept where it can be one, when the zone is only assumed", () => {
			expect(times({}, "2017-01-01 08:59:60", "2017-01-01 05:29:60", "2017-01-01 05:30:60")).toEqual([
				"2017-01-01T08:59:60+00:00",
				"2017-01-01T05:29:60+00:00",
				"no",
			]);
		});
	});

	describe("the year", () => {
		it("cannot be known without any source", () => {
			expect(years({}, "11-21 02:08:09", "11-21 02:08:10")).toEqual(["no time", "no time"]);
		});

		it("comes from the session id, and neighbours without one follow", () => {
			expect(years({}, "11-21 02:08:08", "11-21 02:08:09@2026", "11-21 02:08:09", "11-21 02:08:10")).toEqual([
				"no time",
				"2026 session_id",
				"2026 rollover",
				"2026 rollover",
			]);
			expect(years({ year: 2020, ...modified("2019-01-01T00:00:00Z") }, "11-21 02:08:09@2026")).toEqual(["2026 session_id"]);
		});

		it("of a session that began on New Year's Eve is that of its start", () => {
			expect(years({}, "12-31 23:59:00@2025", "01-01 00:00:10@2025", "01-01 00:00:20@2026", "12-31 23:59:59@2026")).toEqual([
				"2025 session_id",
				"2026 session_id",
				"2026 session_id",
				"2025 session_id",
			]);
			expect(years({}, "01-05 00:00:10@2025")).toEqual(["2025 session_id"]);
		});

		it("in a session id of a year that has no such day is not believed", () => {
			expect(years({}, "02-29 00:00:00@2025", "02-29 00:00:00@2024")).toEqual(["no time", "2024 session_id"]);
		});

		it("given as option is that of the first record; later ones roll over", () => {
			expect(years({ year: 2025 }, "12-31 23:59:58", "01-01 00:00:03", "06-30 00:00:00", "12-30 00:00:00", "01-02 00:00:00")).toEqual([
				"2025 option",
				"2026 rollover",
				"2026 rollover",
				"2026 rollover",
				"2027 rollover",
			]);
			expect(years({ year: 2025 }, "11-02 00:00:00", "02-01 00:00:00")).toEqual(["2025 option", "2026 rollover"]);
		});

		it("rolls back for records out of order", () => {
			expect(years({ year: 2025 }, "12-31 23:59:58", "01-01 00:00:03", "12-31 23:59:59", "01-01 00:00:04")).toEqual([
				"2025 option",
				"2026 rollover",
				"2025 option",
				"2026 rollover",
			]);
			expect(years({ year: 2026 }, "01-01 00:00:01", "12-31 23:59:59")).toEqual(["2026 option", "2025 rollover"]);
		});

		it("stays when an older file follows in the same input, or the log was quiet", () => {
			expect(years({ year: 2026 }, "08-20 00:00:00", "07-01 00:00:00", "03-01 00:00:00")).toEqual([
				"2026 option",
				"2026 option",
				"2026 option",
			]);
			expect(years({ year: 2026 }, "01-20 00:00:00", "11-01 00:00:00")).toEqual(["2026 option", "2026 option"]);
		});

		it("comes back after the stamps of a machine that booted without its clock", () => {
			expect(years({ year: 2026 }, "08-20 00:00:00", "01-01 00:00:05", "01-01 00:00:06", "08-20 00:01:00")).toEqual([
				"2026 option",
				"2027 rollover",
				"2027 rollover",
				"2026 option",
			]);
		});

		it("follows stamps that have one", () => {
			expect(years({ year: 2020 }, "2026-12-31 23:00:00Z", "12-31 23:30:00", "01-01 00:10:00")).toEqual([
				"2026 line",
				"2026 rollover",
				"2027 rollover",
			]);
		});

		it("of 29 February is a leap year", () => {
			expect(years({ year: 2023 }, "12-31 00:00:00", "02-29 12:00:00", "03-01 00:00:00")).toEqual([
				"2023 option",
				"2024 rollover",
				"2024 rollover",
			]);
			expect(years({ year: 2024 }, "02-28 00:00:00", "02-29 12:00:00")).toEqual(["2024 option", "2024 option"]);
			expect(years(modified("2026-11-21T00:00:00Z"), "02-29 12:00:00", "03-01 00:00:00")).toEqual(["2024 file", "2024 rollover"]);
			expect(years(modified("1903-06-01T00:00:00Z"), "02-29 12:00:00")).toEqual(["1896 file"]);
		});

		it("of 29 February after a wrong guess is put right from there", () => {
			expect(years(modified("2026-11-21T00:00:00Z"), "02-28 12:00:00", "02-29 12:00:00", "03-01 00:00:00")).toEqual([
				"2026 file",
				"2024 file",
				"2024 rollover",
			]);
		});

		it("is not given when the option contradicts 29 February", () => {
			expect(years({ year: 2026 }, "02-29 00:00:00", "03-01 00:00:00", "02-29 00:00:00")).toEqual(["no time", "2026 option", "no time"]);
		});

		it("from the time of modification is the latest that is not after it", () => {
			const file = modified("2027-01-10T08:00:00Z");
			expect(years(file, "11-21 00:00:00", "12-31 23:59:59", "01-01 00:00:00", "01-10 08:00:00")).toEqual([
				"2026 file",
				"2026 file",
				"2027 file",
				"2027 file",
			]);
			expect(years(file, "01-11 07:59:59")).toEqual(["2027 file"]);
			expect(years(file, "01-11 08:00:01")).toEqual(["2026 file"]);
		});

		it("does not jump when records out of order pass the day of modification", () => {
			expect(years(modified("2026-12-10T00:00:00Z"), "12-20 00:00:00", "12-05 00:00:00", "12-21 00:00:00", "01-02 00:00:00")).toEqual([
				"2025 file",
				"2025 rollover",
				"2025 file",
				"2026 file",
			]);
		});

		it("from a session id is believed more than the time of modification, from there on", () => {
			expect(years(modified("2020-06-01T00:00:00Z"), "05-01 00:00:00", "05-01 00:00:01@2019", "05-01 00:00:02", "12-01 00:00:00")).toEqual([
				"2020 file",
				"2019 session_id",
				"2019 rollover",
				"2019 rollover",
			]);
		});

		it("an invalid time of modification is none", () => {
			expect(years({ modified: new Date(Number.NaN) }, "05-01 00:00:00")).toEqual(["no time"]);
		});
	});

	describe("the zone", () => {
		it("is assumed to be UTC, and said to be", () => {
			expect(render({ year: 2026 }, "11-21 02:08:09")).toEqual(["2026-11-21T02:08:09+00:00 option assumed"]);
		});

		it("is an offset or a name", () => {
			for (const [zone, offset] of [
				["+09:00", "+09:00"],
				["-0330", "-03:30"],
				["+05", "+05:00"],
				["UTC", "+00:00"],
				["Asia/Kolkata", "+05:30"],
				["Asia/Kathmandu", "+05:45"],
				["America/St_Johns", "-03:30"],
				["Australia/Lord_Howe", "+11:00"],
				["Pacific/Kiritimati", "+14:00"],
			]) {
				expect([zone, ...render({ zone, year: 2026 }, "11-21 02:08:09")]).toEqual([zone, `2026-11-21T02:08:09${offset} option option`]);
			}
		});

		it("that does not exist is refused", () => {
			for (const zone of ["Europe/Bielefeld", "local", "system", "", "+25:00", "+09:61", "+9:00", "GMT+", "MESZ"]) {
				expect(() => new Clock({ zone })).toThrow(
					`"${zone}" is no time zone\n  Give a name of the IANA database or an offset: Europe/Berlin, Asia/Tokyo, UTC, +09:00, -03:30.`,
				);
			}
		});

		it("has summer and winter", () => {
			expect(times({ zone: "Europe/Berlin" }, "2026-07-01 12:00:00", "2026-12-01 12:00:00", "2026-07-01 12:00:00")).toEqual([
				"2026-07-01T12:00:00+02:00",
				"2026-12-01T12:00:00+01:00",
				"2026-07-01T12:00:00+02:00",
			]);
		});

		it("times that the clocks skipped have the offset from before", () => {
			expect(
				times({ zone: "Europe/Berlin" }, "2026-03-29 01:59:59", "2026-03-29 02:00:00", "2026-03-29 02:59:59", "2026-03-29 03:00:00"),
			).toEqual(["2026-03-29T01:59:59+01:00", "2026-03-29T02:00:00+01:00", "2026-03-29T02:59:59+01:00", "2026-03-29T03:00:00+02:00"]);
		});

		it("times that happened twice are the first, unless the stamps stepped back", () => {
			expect(
				times({ zone: "Europe/Berlin" }, "2026-10-25 01:59:59", "2026-10-25 02:00:00", "2026-10-25 02:59:59", "2026-10-25 03:00:00"),
			).toEqual(["2026-10-25T01:59:59+02:00", "2026-10-25T02:00:00+02:00", "2026-10-25T02:59:59+02:00", "2026-10-25T03:00:00+01:00"]);
			expect(
				times(
					{ zone: "Europe/Berlin" },
					...["02:30:00", "02:29:00", "02:59:59", "02:00:05", "02:50:00", "02:49:00", "03:00:00"].map((clock) => `2026-10-25 ${clock}`),
				),
			).toEqual(
				["02:30:00+02:00", "02:29:00+02:00", "02:59:59+02:00", "02:00:05+01:00", "02:50:00+01:00", "02:49:00+01:00", "03:00:00+01:00"].map(
					(clock) => `2026-10-25T${clock}`,
				),
			);
		});

		it("may change by half an hour, at a quarter to, or by a whole day", () => {
			expect(times({ zone: "Australia/Lord_Howe" }, "2026-04-05 01:29:59", "2026-04-05 01:30:00", "2026-04-05 02:00:00")).toEqual([
				"2026-04-05T01:29:59+11:00",
				"2026-04-05T01:30:00+11:00",
				"2026-04-05T02:00:00+10:30",
			]);
			expect(times({ zone: "Pacific/Chatham" }, "2026-09-27 02:44:59", "2026-09-27 02:45:00", "2026-09-27 03:45:00")).toEqual([
				"2026-09-27T02:44:59+12:45",
				"2026-09-27T02:45:00+12:45",
				"2026-09-27T03:45:00+13:45",
			]);
			expect(times({ zone: "Pacific/Apia" }, "2011-12-29 23:59:59", "2011-12-31 00:00:00")).toEqual([
				"2011-12-29T23:59:59-10:00",
				"2011-12-31T00:00:00+14:00",
			]);
		});
	});
});

describe("the options", () => {
	it("a year no log can have is refused", () => {
		for (const year of [26, 20_26.5, 0, 12_026, Number.NaN]) {
			expect(() => new Clock({ year })).toThrow(
				`${year} is no year a log can have\n  Give the year of the first record with four digits: --year 2026.`,
			);
		}
	});
});

describe("months", () => {
	it("are numbers or English names in any case", () => {
		expect(["Nov", "NOV", "nov", "11", "01", "1"].map(monthNumber)).toEqual([11, 11, 11, 11, 1, 1]);
		expect(["Nux", "13", "00", "", "Nove", "x"].map(monthNumber)).toEqual([
			undefined,
			undefined,
			undefined,
			undefined,
			undefined,
			undefined,
		]);
	});
});
