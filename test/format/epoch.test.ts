import { describe, expect, test } from "vitest";
import { fromEpoch, fromTai64n } from "../../src/format/epoch.js";

describe("seconds since 1970", () => {
	test.each([
		["0", "1970-01-01T00:00:00+00:00"],
		["1795226915", "2026-11-21T02:08:35+00:00"],
		["1795226915.120", "2026-11-21T02:08:35.120+00:00"],
		["253402300799", "9999-12-31T23:59:59+00:00"],
		["253402300800", undefined],
		["-1", undefined],
		["", undefined],
		["1.", undefined],
	])("%s", (text, time) => {
		expect(fromEpoch(text)).toBe(time);
	});
});

describe("TAI64N labels", () => {
	test.each([
		// The manual of tai64nlocal shows 04:03:43: the clock of that machine counted the 22 leap seconds since 1972.
		["@4000000037c219bf2ef02e94", "1999-08-24T04:04:05.787492500+00:00"],
		["@400000000000000a00000000", "1970-01-01T00:00:00.000000000+00:00"],
		["@400000006B00FD2E1DCD6500", "2026-11-21T02:08:36.500000000+00:00"],
		["@400000000000000900000000", undefined],
		["@400000006b00fd2e3b9aca00", undefined],
		["@400000006b00fd2e", undefined],
		["400000006b00fd2e1dcd6500", undefined],
	])("%s", (label, time) => {
		expect(fromTai64n(label)).toBe(time);
	});
});
