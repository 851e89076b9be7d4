import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { integer, year } from "../../src/format/define.js";
import { loadFraming } from "../../src/format/load.js";
import { convert, type Event, emptySummary, events } from "../../src/index.js";
import { inputOf } from "../corpus/conversion.js";
import { smallFormat } from "../kernel/small-format.js";

/** Stamps as these tests write them: `2026-11-21 02:08:09.25+01:00`; year, fraction and zone may be left out; `@2026` is an id that tells the year. */
const format = smallFormat(
	`record = (year "-")? month "-" day " " hour ":" minute ":" second ("." fraction)? zone? ("@" id)?
	 year = digit digit digit digit
	 month = alnum+
	 day = digit+
	 hour = digit+
	 minute = digit+
	 second = digit+
	 fraction = digit+
	 zone = "Z"                       -- utc
	      | ("+" | "-") (digit | ":")+  -- offset
	 id = digit+`,
	{ id: [integer("fields.id"), year(Number)] },
);

interface Options {
	readonly zone?: string | undefined;
	readonly year?: number;
	readonly modified?: Date;
}

async function read({ modified, ...options }: Options, stamps: readonly string[]): Promise<Event[]> {
	const found: Event[] = [];
	const settings = { formats: [format], framing: await loadFraming(), forced: format, ...options };
	const input = inputOf(stamps.map((stamp) => `${stamp}\n`).join(""), [65_536], "log", modified);
	for await (const event of events(input, settings)) found.push(event);
	return found;
}

/** Renders the stamps in order. */
const render = async (options: Options, ...stamps: string[]): Promise<string[]> =>
	(await read(options, stamps)).map(({ time, time_basis }) =>
		time === undefined ? "no time" : `${time} ${time_basis?.year} ${time_basis?.zone}`,
	);

/** Years and their basis only. */
const years = async (options: Options, ...stamps: string[]): Promise<string[]> =>
	(await render(options, ...stamps)).map((text) => text.replace(/^(\d+)\S* (\S+) \S+$/, "$1 $2"));

const times = async (options: Options, ...stamps: string[]): Promise<string[]> =>
	(await render(options, ...stamps)).map((text) => text.split(" ")[0] ?? "");

/** What is wrong with options is told before anything is read. */
const refused = (options: Options): (() => unknown) => {
	const settings = { formats: [format], framing: [], ...options };
	return () => convert(inputOf(""), settings, emptySummary());
};

const modified = (iso: string): Options => ({ modified: new Date(iso) });

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
		it("is kept, the zone as a numeric offset", async () => {
			expect(
				await render({}, "2026-11-21 02:08:09Z", "2026-11-21 02:08:09+09:00", "2026-11-21 02:08:09-0330", "2026-11-21 02:08:09-00:00"),
			).toEqual([
				"2026-11-21T02:08:09+00:00 line line",
				"2026-11-21T02:08:09+09:00 line line",
				"2026-11-21T02:08:09-03:30 line line",
				"2026-11-21T02:08:09-00:00 line line",
			]);
		});

		it("the fraction is kept as written, also when only it changes", async () => {
			const stamps = ["0", "04", "857025", "857025000", "1"].map((fraction) => `2026-11-21 02:08:09.${fraction}Z`);
			expect(await times({}, ...stamps, "2026-11-21 02:08:09Z")).toEqual([
				"2026-11-21T02:08:09.0+00:00",
				"2026-11-21T02:08:09.04+00:00",
				"2026-11-21T02:08:09.857025+00:00",
				"2026-11-21T02:08:09.857025000+00:00",
				"2026-11-21T02:08:09.1+00:00",
				"2026-11-21T02:08:09+00:00",
			]);
		});

		it("counts more than the options", async () => {
			expect(await render({ zone: "Asia/Tokyo", year: 2020 }, "2026-11-21 02:08:09+01:00")).toEqual([
				"2026-11-21T02:08:09+01:00 line line",
			]);
		});

		it("must be a real time", async () => {
			const unreal = ["2026-02-31", "2026-13-01", "2026-00-10", "2026-04-31", "2026-04-00", "2025-02-29", "1900-02-29"].map(
				(day) => `${day} 01:00:00`,
			);
			const outOfRange = ["2026-11-21 25:00:00", "2026-11-21 24:00:00", "2026-11-21 02:60:09", "2026-11-21 02:08:61"];
			const noZone = ["2026-11-21 02:08:09+24:00", "2026-11-21 02:08:09+09:60", "2026-11-21 02:08:09+9"];
			for (const stamp of [...unreal, ...outOfRange, ...noZone]) expect([stamp, ...(await render({}, stamp))]).toEqual([stamp, "no time"]);
		});

		it("an unreal time is not taken for the real one before it", async () => {
			expect(await times({}, "2026-11-21 03:00:00", "2026-11-21 02:60:00", "2026-11-21 03:00:00")).toEqual([
				"2026-11-21T03:00:00+00:00",
				"no",
				"2026-11-21T03:00:00+00:00",
			]);
		});

		it("29 February of leap years is real", async () => {
			expect(await times({}, "2024-02-29 00:00:00", "2000-02-29 00:00:00")).toEqual([
				"2024-02-29T00:00:00+00:00",
				"2000-02-29T00:00:00+00:00",
			]);
		});
	});

	describe("a leap second", () => {
		it("is kept where it is one: at the end of a day of UTC", async () => {
			expect(await times({}, "2016-12-31 23:59:60Z", "2017-01-01 08:59:60.5+09:00", "2017-01-01 05:29:60+05:30")).toEqual([
				"2016-12-31T23:59:60+00:00",
				"2017-01-01T08:59:60.5+09:00",
				"2017-01-01T05:29:60+05:30",
			]);
			expect(await times({ zone: "Asia/Tokyo" }, "2017-01-01 08:59:60")).toEqual(["2017-01-01T08:59:60+09:00"]);
		});

		it("is no real time elsewhere", async () => {
			expect(await times({}, "2016-12-31 23:59:60+09:00", "2016-12-31 12:34:60Z")).toEqual(["no", "no"]);
			expect(await times({ zone: "Asia/Tokyo" }, "2016-12-31 23:59:60")).toEqual(["no"]);
		});

		it("is kept where it can be one, when the zone is only assumed", async () => {
			expect(await times({}, "2017-01-01 08:59:60", "2017-01-01 05:29:60", "2017-01-01 05:30:60")).toEqual([
				"2017-01-01T08:59:60+00:00",
				"2017-01-01T05:29:60+00:00",
				"no",
			]);
		});
	});

	describe("the year", () => {
		it("cannot be known without any source", async () => {
			expect(await years({}, "11-21 02:08:09", "11-21 02:08:10")).toEqual(["no time", "no time"]);
		});

		it("comes from the session id, and neighbours without one follow", async () => {
			expect(await years({}, "11-21 02:08:08", "11-21 02:08:09@2026", "11-21 02:08:09", "11-21 02:08:10")).toEqual([
				"no time",
				"2026 session_id",
				"2026 rollover",
				"2026 rollover",
			]);
			expect(await years({ year: 2020, ...modified("2019-01-01T00:00:00Z") }, "11-21 02:08:09@2026")).toEqual(["2026 session_id"]);
			expect(await years({ year: 2020 }, "11-21 02:08:09@2026")).toEqual(["2026 session_id"]);
		});

		it("of a session that began on New Year's Eve is that of its start", async () => {
			expect(await years({}, "12-31 23:59:00@2025", "01-01 00:00:10@2025", "01-01 00:00:20@2026", "12-31 23:59:59@2026")).toEqual([
				"2025 session_id",
				"2026 session_id",
				"2026 session_id",
				"2025 session_id",
			]);
			expect(await years({}, "01-05 00:00:10@2025")).toEqual(["2025 session_id"]);
		});

		it("in a session id of a year that has no such day is not believed", async () => {
			expect(await years({}, "02-29 00:00:00@2025", "02-29 00:00:00@2024")).toEqual(["no time", "2024 session_id"]);
		});

		it("given as option is that of the first record; later ones roll over", async () => {
			expect(await years({ year: 2025 }, "12-31 23:59:58", "01-01 00:00:03", "06-30 00:00:00", "12-30 00:00:00", "01-02 00:00:00")).toEqual(
				["2025 option", "2026 rollover", "2026 rollover", "2026 rollover", "2027 rollover"],
			);
			expect(await years({ year: 2025 }, "11-02 00:00:00", "02-01 00:00:00")).toEqual(["2025 option", "2026 rollover"]);
		});

		it("rolls back for records out of order", async () => {
			expect(await years({ year: 2025 }, "12-31 23:59:58", "01-01 00:00:03", "12-31 23:59:59", "01-01 00:00:04")).toEqual([
				"2025 option",
				"2026 rollover",
				"2025 option",
				"2026 rollover",
			]);
			expect(await years({ year: 2026 }, "01-01 00:00:01", "12-31 23:59:59")).toEqual(["2026 option", "2025 rollover"]);
		});

		it("stays for up to 31 days back, and when the log was quiet", async () => {
			expect(await years({ year: 2026 }, "08-20 00:00:00", "07-20 00:00:00", "06-19 00:00:00")).toEqual([
				"2026 option",
				"2026 option",
				"2026 option",
			]);
			expect(await years({ year: 2026 }, "08-20 00:00:00", "07-19 00:00:00")).toEqual(["2026 option", "2027 rollover"]);
			expect(await years({ year: 2026 }, "01-20 00:00:00", "11-01 00:00:00")).toEqual(["2026 option", "2026 option"]);
		});

		it("comes back after the stamps of a machine that booted without its clock, or far ahead", async () => {
			expect(await years({ year: 2026 }, "08-20 00:00:00", "01-01 00:00:05", "01-01 00:00:06", "08-20 00:01:00")).toEqual([
				"2026 option",
				"2027 rollover",
				"2027 rollover",
				"2026 option",
			]);
			expect(await years(modified("2026-11-22T00:00:00Z"), "11-21 00:00:00", "12-30 00:00:05", "11-21 00:00:06", "11-22 00:01:00")).toEqual(
				["2026 file", "2026 file", "2026 file", "2026 file"],
			);
		});

		it("goes on when the log was quiet, also when it comes by the same day a year later", async () => {
			expect(await years({ year: 2025 }, "11-21 00:00:00", "02-03 00:00:00", "02-04 00:00:00", "11-21 00:00:00")).toEqual([
				"2025 option",
				"2026 rollover",
				"2026 rollover",
				"2026 rollover",
			]);
		});

		it("follows stamps that have one", async () => {
			expect(await years({ year: 2020 }, "2026-12-31 23:00:00Z", "12-31 23:30:00", "01-01 00:10:00")).toEqual([
				"2026 line",
				"2026 rollover",
				"2027 rollover",
			]);
		});

		it("of 29 February is a leap year", async () => {
			expect(await years({ year: 2023 }, "12-31 00:00:00", "02-29 12:00:00", "03-01 00:00:00")).toEqual([
				"2023 option",
				"2024 rollover",
				"2024 rollover",
			]);
			expect(await years({ year: 2024 }, "02-28 00:00:00", "02-29 12:00:00")).toEqual(["2024 option", "2024 option"]);
			expect(await years(modified("2026-11-21T00:00:00Z"), "02-29 12:00:00", "03-01 00:00:00")).toEqual(["2024 file", "2024 file"]);
			expect(await years(modified("1903-06-01T00:00:00Z"), "02-29 12:00:00")).toEqual(["1896 file"]);
		});

		it("of 29 February is that of the records before and behind it, too", async () => {
			expect(await years(modified("2026-11-21T00:00:00Z"), "02-28 12:00:00", "02-29 12:00:00", "03-01 00:00:00")).toEqual([
				"2024 file",
				"2024 file",
				"2024 file",
			]);
		});

		it("is not given when the option contradicts 29 February", async () => {
			expect(await years({ year: 2026 }, "02-29 00:00:00", "03-01 00:00:00", "02-29 00:00:00")).toEqual([
				"no time",
				"2026 option",
				"no time",
			]);
		});

		it("from the time of modification is the latest that is not after it", async () => {
			const file = modified("2027-01-10T08:00:00Z");
			expect(await years(file, "11-21 00:00:00", "12-31 23:59:59", "01-01 00:00:00", "01-10 08:00:00")).toEqual([
				"2026 file",
				"2026 file",
				"2027 file",
				"2027 file",
			]);
			expect(await years(file, "01-11 07:59:59")).toEqual(["2027 file"]);
			expect(await years(file, "01-12 00:00:00")).toEqual(["2026 file"]);
		});

		it("does not jump when records out of order pass the day of modification", async () => {
			expect(await years(modified("2026-12-10T00:00:00Z"), "12-20 00:00:00", "12-05 00:00:00", "12-21 00:00:00", "01-02 00:00:00")).toEqual(
				["2025 file", "2025 file", "2025 file", "2026 file"],
			);
		});

		it("from a session id is believed more than the time of modification, by all records", async () => {
			expect(
				await years(modified("2020-06-01T00:00:00Z"), "05-01 00:00:00", "05-01 00:00:01@2019", "05-01 00:00:02", "12-01 00:00:00"),
			).toEqual(["2019 rollover", "2019 session_id", "2019 rollover", "2019 rollover"]);
		});

		it("an invalid time of modification is none", async () => {
			expect(await years({ modified: new Date(Number.NaN) }, "05-01 00:00:00")).toEqual(["no time"]);
		});
	});

	describe("the zone", () => {
		it("is assumed to be UTC, and said to be", async () => {
			expect(await render({ year: 2026 }, "11-21 02:08:09")).toEqual(["2026-11-21T02:08:09+00:00 option assumed"]);
		});

		it("is an offset or a name", async () => {
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
				expect([zone, ...(await render({ zone, year: 2026 }, "11-21 02:08:09"))]).toEqual([
					zone,
					`2026-11-21T02:08:09${offset} option option`,
				]);
			}
		});

		it("that does not exist is refused", async () => {
			for (const zone of ["Europe/Bielefeld", "local", "system", "", "+25:00", "+09:61", "+9:00", "GMT+", "MESZ"]) {
				expect(refused({ zone })).toThrow(
					`"${zone}" is no time zone\n  Give a name of the IANA database or an offset: Europe/Berlin, Asia/Tokyo, UTC, +09:00, -03:30.`,
				);
			}
		});

		it("has summer and winter", async () => {
			expect(await times({ zone: "Europe/Berlin" }, "2026-07-01 12:00:00", "2026-12-01 12:00:00", "2026-07-01 12:00:00")).toEqual([
				"2026-07-01T12:00:00+02:00",
				"2026-12-01T12:00:00+01:00",
				"2026-07-01T12:00:00+02:00",
			]);
		});

		it("times that the clocks skipped have the offset from before", async () => {
			expect(
				await times({ zone: "Europe/Berlin" }, "2026-03-29 01:59:59", "2026-03-29 02:00:00", "2026-03-29 02:59:59", "2026-03-29 03:00:00"),
			).toEqual(["2026-03-29T01:59:59+01:00", "2026-03-29T02:00:00+01:00", "2026-03-29T02:59:59+01:00", "2026-03-29T03:00:00+02:00"]);
		});

		it("times that happened twice are the first, unless the stamps stepped back", async () => {
			expect(
				await times({ zone: "Europe/Berlin" }, "2026-10-25 01:59:59", "2026-10-25 02:00:00", "2026-10-25 02:59:59", "2026-10-25 03:00:00"),
			).toEqual(["2026-10-25T01:59:59+02:00", "2026-10-25T02:00:00+02:00", "2026-10-25T02:59:59+02:00", "2026-10-25T03:00:00+01:00"]);
			expect(
				await times(
					{ zone: "Europe/Berlin" },
					...["02:30:00", "02:29:00", "02:59:59", "02:00:05", "02:50:00", "02:49:00", "03:00:00"].map((clock) => `2026-10-25 ${clock}`),
				),
			).toEqual(
				["02:30:00+02:00", "02:29:00+02:00", "02:59:59+02:00", "02:00:05+01:00", "02:50:00+01:00", "02:49:00+01:00", "03:00:00+01:00"].map(
					(clock) => `2026-10-25T${clock}`,
				),
			);
		});

		it("stamps that are up to half an hour out of order did not step back", async () => {
			expect(
				await times({ zone: "Europe/Berlin" }, "2026-10-25 02:50:00", "2026-10-25 02:20:00", "2026-10-25 02:50:00", "2026-10-25 02:19:59"),
			).toEqual(["2026-10-25T02:50:00+02:00", "2026-10-25T02:20:00+02:00", "2026-10-25T02:50:00+02:00", "2026-10-25T02:19:59+01:00"]);
		});

		it("may change by half an hour, at a quarter to, or by a whole day", async () => {
			expect(await times({ zone: "Australia/Lord_Howe" }, "2026-04-05 01:29:59", "2026-04-05 01:30:00", "2026-04-05 02:00:00")).toEqual([
				"2026-04-05T01:29:59+11:00",
				"2026-04-05T01:30:00+11:00",
				"2026-04-05T02:00:00+10:30",
			]);
			expect(await times({ zone: "Pacific/Chatham" }, "2026-09-27 02:44:59", "2026-09-27 02:45:00", "2026-09-27 03:45:00")).toEqual([
				"2026-09-27T02:44:59+12:45",
				"2026-09-27T02:45:00+12:45",
				"2026-09-27T03:45:00+13:45",
			]);
			expect(await times({ zone: "Pacific/Apia" }, "2011-12-29 23:59:59", "2011-12-31 00:00:00")).toEqual([
				"2011-12-29T23:59:59-10:00",
				"2011-12-31T00:00:00+14:00",
			]);
		});
	});
});

describe("the options", () => {
	it("a year no log can have is refused", async () => {
		for (const year of [26, 20_26.5, 0, 12_026, Number.NaN]) {
			expect(refused({ year })).toThrow(
				`${year} is no year a log can have\n  Give the year of the first record with four digits: --year 2026.`,
			);
		}
	});
});

describe("months", () => {
	it("are numbers or English names in any case", async () => {
		const months = ["Nov", "NOV", "nov", "11", "01", "1", "Nux", "13", "00", "Nove", "x"];
		const found = await times({ year: 2026 }, ...months.map((month) => `${month}-21 02:08:09`));
		expect(found.map((time) => time.slice(5, 7))).toEqual([...Array(4).fill("11"), "01", "01", ...Array(5).fill("")]);
	});
});
