/** Which trails `--trace` keeps. */
import { expect, test } from "vitest";
import { Tracer, viewOf } from "../../src/index.js";
import { sampleEvent, sampleHop, sampleTrail } from "./sample-trails.js";

const EVENT = sampleEvent("mx.log", 1, "mx", {
	session_id: "S1",
	message: { transaction_id: "T1", queue_id: "4jWcQ41DfQzJvYf", message_ids: ["m1@example.org"], envelope_id: "E1@store.example.net" },
	envelope: { from: "ann@example.org", to: [{ address: "bob@example.net", original: "info@example.net" }] },
	client: { ip: "2001:db8::7" },
	server: { ip: "192.0.2.2" },
	smtp: { code: "250", text: "2.0.0 Ok: queued as 9F9A" },
	queue: { file: "/queue/ims-ms/009/ZZf01.00" },
});
const TRAIL = sampleTrail({ hops: [sampleHop({ format: "mx", host: "mx1", events: ["mx.log:1"] })] });
const OTHER = sampleTrail({ hops: [sampleHop({ format: "mx", host: "mx1", events: ["mx.log:2"] })] });

function traced(...words: readonly string[]): { readonly touched: boolean; readonly missing: readonly string[] } {
	const tracer = new Tracer(words);
	tracer.see(viewOf(EVENT));
	expect(tracer.touches(OTHER)).toBe(false);
	return { touched: tracer.touches(TRAIL), missing: tracer.missing };
}

test.each([
	["a session", "S1"],
	["a transaction", "T1"],
	["a queue id", "4jWcQ41DfQzJvYf"],
	["an envelope id", "E1@store.example.net"],
	["a Message-ID", "m1@example.org"],
	["a Message-ID in brackets, as a header has it", "<m1@example.org>"],
	["a sender, whatever its case", "Ann@Example.ORG"],
	["a recipient", "bob@example.net"],
	["what the recipient was before", "info@example.net"],
	["the address of a client", "2001:DB8::7"],
	["the address of a server", "192.0.2.2"],
	["an address as logs write it", "[192.0.2.2]"],
	["an address as HELO writes it", "[IPv6:2001:db8::7]"],
	["a queue id of the next server, which its reply quotes", "9F9A"],
	["the id of the trail", TRAIL.trail_id],
	["a queue file", "/queue/ims-ms/009/ZZf01.00"],
	["the name of a queue file", "ZZf01.00"],
])("%s touches a trail", (_, word) => {
	expect(traced(word)).toEqual({ touched: true, missing: [] });
});

test.each([
	["250", "2.0.0 OK id=1tE3xY-0003Ab-CD", "1tE3xY-0003Ab-CD"],
	["250", "2.6.0 <m1@example.org> [InternalId=4711, Hostname=EX1.example.net] Queued mail for delivery", "4711"],
	["250", "2.5.0 Ok, envelope id 0LYX00WC001J6000@Store1.example.net.", "0LYX00WC001J6000@store1.example.net"],
])("a reply that takes the mail touches a trail by any of its words: %s %s", (code, text, word) => {
	const tracer = new Tracer([word]);
	tracer.see(viewOf({ ...EVENT, smtp: { code, text } }));
	expect(tracer.touches(TRAIL)).toBe(true);
});

test("a refusal does not: it names other people, too", () => {
	const tracer = new Tracer(["postmaster@example.com"]);
	tracer.see(viewOf({ ...EVENT, smtp: { code: "550", text: "5.7.1 blocked, write to postmaster@example.com" } }));
	expect(tracer.touches(TRAIL)).toBe(false);
});

test.each([
	["a queue id in other letters, which is another one", "4jwcq41dfqzjvyf"],
	["a part of an address", "example.org"],
	["nothing", ""],
])("not: %s", (_, word) => {
	expect(traced(word)).toEqual({ touched: false, missing: [word] });
});

test("one of several words is enough; those that stand nowhere are told as they were given", () => {
	expect(traced("<nobody@example.org>", "S1")).toEqual({ touched: true, missing: ["<nobody@example.org>"] });
});

test("what only the trail tells touches it too", () => {
	const tracer = new Tracer(["list@example.net"]);
	expect(tracer.touches({ ...TRAIL, recipients: [{ address: "list@example.net", outcome: "delivered" }] })).toBe(true);
});
