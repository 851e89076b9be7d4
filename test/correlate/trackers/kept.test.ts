/** Trackers copy a part of a record that they look at later: all that they ever look at. */
import { describe, expect, test } from "vitest";
import { BEFORE_ID, FRAME } from "../../../grammars/postfix/words.js";
import { READ } from "../../../grammars/smtpf/transaction.js";
import { type EventView, viewOf } from "../../../src/format/event-view.js";
import { followedLogs } from "./logs.js";

const logs = await followedLogs();

/** A view that notes the paths of all values that it is asked for. */
function watched(view: EventView, asked: Set<string>): EventView {
	const note = (path: string): string => {
		asked.add(path);
		return path;
	};
	return {
		...{ id: view.id, format: view.format, host: view.host, program: view.program, pid: view.pid },
		...{ code: view.code, action: view.action, outcome: view.outcome, file: view.file, line: view.line, time: view.time },
		raw: () => view.raw(),
		whole: () => view.whole(),
		has: (path) => view.has(path),
		text: (path) => view.text(note(path)),
		number: (path) => view.number(note(path)),
		texts: (path) => view.texts(note(path)),
		value: (path) => view.value(note(path)),
	};
}

/** Values of records that a tracker looks at in any record, and that are not in a list. */
function notKept(id: string, paths: readonly string[], isKept: (view: EventView) => boolean): readonly string[] {
	const asked = new Set<string>();
	const views: EventView[] = [];
	for (const { trail, events } of logs.filter((log) => log.format.id === id)) {
		const tracker = trail();
		for (const { event, time } of events) {
			const view = viewOf(event);
			tracker.add(watched(view, asked), time, () => undefined);
			if (isKept(view)) views.push(view);
		}
	}
	expect(views.length).toBeGreaterThan(10);
	const lacking = [...asked].filter((path) => !paths.includes(path));
	return [...new Set(views.flatMap((view) => lacking.filter((path) => view.has(path)).map((path) => `${view.code} ${path}`)))];
}

describe("of what waits for its mail", () => {
	test("postfix keeps all that it reads", () => {
		const isBeforeId = (view: EventView): boolean =>
			view.text("fields.daemon") === "smtpd" && !view.has("message.queue_id") && !FRAME.has(view.code ?? "");
		expect(notKept("postfix", BEFORE_ID, isBeforeId)).toEqual([]);
	});

	test("smtpf keeps all that it reads", () => {
		// A transaction has its id and its client from elsewhere.
		const own = ["session_id", "client.ip", "client.port", "client.host", "client.helo", "fields.messages_forwarded"];
		expect(notKept("smtpf", [...READ, ...own], () => true)).toEqual([]);
	});
});
