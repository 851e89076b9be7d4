/** What is computed from texts is the same whether it is remembered or not, and whoever remembered it. */
import { beforeAll, describe, expect, test } from "vitest";
import { derived, list, year } from "../../src/format/define.js";
import { loadFraming } from "../../src/format/load.js";
import type { Settings } from "../../src/index.js";
import { converted } from "../corpus/conversion.js";
import { smallFormat } from "./small-format.js";

const format = smallFormat(
	`record = "made " worse " " better " on " month " " day " " hour ":" minute ":" second ("; " text)?  -- dated
	        | (other "/")? text                                                                         -- both
	 month = letter letter letter
	 day = digit digit
	 hour = digit digit
	 minute = digit digit
	 second = digit digit
	 better = digit+
	 worse = digit+
	 other = "o"*
	 text = any*`,
	{
		// Of two that tell the year, the one that is named first is right.
		better: year(Number),
		worse: year(Number),
		other: list("fields.other"),
		text: derived("fields.text", (text, lookup) => `${text}, ${lookup("other") === undefined ? "alone" : "beside"}`, ["other"]),
	},
);

let settings: Settings;
beforeAll(async () => {
	settings = { formats: [format], framing: await loadFraming(), forced: format, year: 2019 };
});

describe("a text that is not there is no empty one", () => {
	test.each([
		["first without it", ["t", "/t", "t"], ["t, alone", "t, beside", "t, alone"]],
		["first with it", ["/t", "t", "/t"], ["t, beside", "t, alone", "t, beside"]],
	])("%s", async (_, lines, expected) => {
		const { events } = await converted(lines.join("\n"), settings);
		expect(events.map(({ fields }) => fields?.text)).toEqual(expected);
	});
});

describe("of two ids that tell the year, the one that counts more", () => {
	const line = "made 2021 2017 on Nov 21 02:08:09";

	test.each([
		["remembered", line],
		["beside a value too long to remember", `${line}; ${"x".repeat(9000)}`],
	])("%s", async (_, record) => {
		const { events } = await converted(`${record}\n${record}\n`, settings);
		expect(events).toMatchObject(Array(2).fill({ time: "2017-11-21T02:08:09+00:00", time_basis: { year: "session_id" } }));
	});
});
