/** What trackers read of an event in the same places. */
import { describe, expect, test } from "vitest";
import { completed, endpoint, viewOf } from "../../src/format/api.js";

describe("one end of a connection", () => {
	const client = (host: string | undefined): unknown =>
		endpoint(viewOf({ id: "log:1", client: { ip: "192.0.2.1", ...(host === undefined ? {} : { host }) } }), "client").host;

	test.each([
		["a name", "mx1.example.net", "mx1.example.net"],
		["no name", undefined, undefined],
		["a name that the log left empty", "", undefined],
		["a name that nobody knows", "unknown", undefined],
	])("with %s", (_, host, expected) => {
		expect(client(host)).toBe(expected);
	});

	test("that an event does not tell is empty", () => {
		expect(endpoint(viewOf({ id: "log:1" }), "server")).toEqual({});
	});

	test("is completed from elsewhere, unless that has another address", () => {
		const known = { ip: "192.0.2.1", port: 4711 };
		expect(completed(known, { ip: "192.0.2.1", host: "mx1.example.net", port: 25 })).toEqual({ ...known, host: "mx1.example.net" });
		expect(completed(known, { ip: "192.0.2.2", host: "mx1.example.net" })).toEqual(known);
	});
});
