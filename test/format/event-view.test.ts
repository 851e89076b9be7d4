/** What trackers see of an event, whatever stands behind it. */
import { describe, expect, test } from "vitest";
import { type EventPart, keep, viewOf } from "../../src/format/event-view.js";
import { sampleEvent } from "../correlate/sample-trails.js";

const EVENT = sampleEvent("mail.log", 7, "postfix", {
	host: "mx1",
	program: "postfix/smtp",
	pid: 12,
	code: "delivery/sent",
	action: "message.relay",
	outcome: "success",
	raw: "Nov 21 …",
	message: { queue_id: "4AB1", message_ids: ["1@example.org", "2@example.org"], size_bytes: 512 },
	envelope: { from: "", to: [{ address: "ben@example.net" }] },
	smtp: { code: "250" },
	fields: { delays: { queue: 0.5 }, recipient_count: 2, command_counts: { rcpt: { accepted: 0, total: 2 } }, mixed: ["a", 1] },
});

describe("a view of a parsed event", () => {
	const view = viewOf(EVENT);

	test("names what every event may have", () => {
		const { id, format, host, program, pid, code, action, outcome, file, line } = view;
		expect([id, format, host, program, pid, code, action, outcome, file, line, view.raw()]).toEqual([
			...["mail.log:7", "postfix", "mx1", "postfix/smtp", 12, "delivery/sent", "message.relay", "success", "mail.log", 7, "Nov 21 …"],
		]);
	});

	test("gives text, with what is present but empty", () => {
		expect(view.text("message.queue_id")).toBe("4AB1");
		expect(view.text("envelope.from")).toBe("");
		expect(view.text("envelope.to.0.address")).toBe("ben@example.net");
		expect(view.text("session_id")).toBeUndefined();
	});

	test("gives numbers, also those inside a value that is computed", () => {
		expect(view.number("message.size_bytes")).toBe(512);
		expect(view.number("fields.delays.queue")).toBe(0.5);
		expect(view.number("fields.command_counts.rcpt.accepted")).toBe(0);
	});

	test("gives lists of texts", () => {
		expect(view.texts("message.message_ids")).toEqual(["1@example.org", "2@example.org"]);
		expect(view.text("message.message_ids.1")).toBe("2@example.org");
	});

	test("gives nothing of another kind", () => {
		expect([view.text("message.size_bytes"), view.number("message.queue_id"), view.text("smtp"), view.number("fields.delays")]).toEqual([
			undefined,
			undefined,
			undefined,
			undefined,
		]);
		expect([view.texts("message.queue_id"), view.texts("flags"), view.texts("fields.mixed")]).toEqual([[], [], []]);
	});

	test("gives what is computed as it is", () => {
		expect(view.value("fields.command_counts")).toEqual({ rcpt: { accepted: 0, total: 2 } });
	});

	test("tells whether anything stands at a path or below it", () => {
		expect(
			["smtp", "smtp.code", "smtp.text", "server", "envelope.to.0", "envelope.to.1", "message.queue_id.x"].map((path) => view.has(path)),
		).toEqual([true, true, false, false, true, false, false]);
	});

	test("of an event without its record and source tells neither", () => {
		const { raw: _, source: __, ...rest } = EVENT;
		const bare = viewOf(rest);
		expect([bare.raw(), bare.file, bare.line, bare.id]).toEqual([undefined, undefined, undefined, "mail.log:7"]);
	});
});

describe("what is kept of a view", () => {
	const PATHS = ["message.queue_id", "envelope.from", "envelope.to.0.address", "fields.delays.queue", "fields.command_counts", "flags"];

	test("is plain data with the same answers", () => {
		const kept = keep(viewOf(EVENT), PATHS);
		const view = viewOf(JSON.parse(JSON.stringify(kept)) as EventPart);
		const { id, format, host, program, pid, code, action, outcome } = view;
		expect({ id, format, host, program, pid, code, action, outcome }).toEqual({
			...{ id: "mail.log:7", format: "postfix", host: "mx1", program: "postfix/smtp", pid: 12 },
			...{ code: "delivery/sent", action: "message.relay", outcome: "success" },
		});
		expect(PATHS.map((path) => view.value(path))).toEqual(PATHS.map((path) => viewOf(EVENT).value(path)));
		expect(view.text("envelope.to.0.address")).toBe("ben@example.net");
	});

	test("is nothing else", () => {
		const view = viewOf(keep(viewOf(EVENT), PATHS));
		expect([view.raw(), view.line, view.has("smtp"), view.has("message.size_bytes"), view.has("flags")]).toEqual([
			...[undefined, undefined, false, false, false],
		]);
	});
});
