/** Ids that replies quote, in the words that formats declare. */
import { describe, expect, test } from "vitest";
import { quotesOf } from "../../src/correlate/quotes.js";

const quotes = quotesOf([
	{ told: ["queued as {id}", "{id} message accepted for delivery"] },
	{ told: ["envelope id {id}", "queued as {id}"] },
	{ told: ["message {id} accepted #554"] },
	{},
]);

describe("a reply quotes", () => {
	test.each([
		["an id at its end", "2.0.0 Ok: queued as 4jWcQ41DfQzJvYf", ["4jWcQ41DfQzJvYf"]],
		["an id that a stop or a bracket follows", "Ok: queued as <4AB1>. Bye (queued as 4AB2)", ["4AB1", "4AB2"]],
		["in either case, with any blanks", "Ok, Envelope  ID\t0LYX00WC001J6000@store.example", ["0LYX00WC001J6000@store.example"]],
		["an id between words", "message 2AK28R274610000200 accepted #554 2AK28R274610000100", ["2AK28R274610000200"]],
		["an id in front", "2.0.0 4AB1 Message accepted for delivery", ["4AB1"]],
		["several ids, in their order", "envelope id A1 queued as B2", ["A1", "B2"]],
		["nothing in other words", "OK id=1tE3xY-0003Ab-CD", []],
		["nothing in half of its words", "message 2AK28R274610000200 accepted", []],
		["nothing without a text", undefined, []],
	])("%s", (_, text, expected) => {
		expect(quotes(text)).toEqual(expected);
	});

	test("nothing when no format says how", () => {
		expect(quotesOf([{}])("queued as 4AB1")).toEqual([]);
	});
});

test("a long hostile reply takes no longer than it is long: with the square of that, this would never end", () => {
	expect(["a".repeat(1_000_000), "<".repeat(1_000_000), "queued as ".repeat(100_000)].map((text) => quotes(text).length)).toEqual([
		0, 0, 50_000,
	]);
});
