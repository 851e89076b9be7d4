/** amavis: what its grammar and its catalog cannot say. Facts: amavis 2.13, and real logs. */
import { defineFormat, derived, type FormatDefinition, integer, type Json, list, number, text } from "../../src/format/define.js";

const NAME = "amavis";

/** `<a@b>,<"c,d"@e>` → one element for each. */
const recipients = (addresses: string): Json =>
	(addresses.match(/<(?:"(?:\\.|[^"\\])*"|\\.|[^">\\])*>/g) ?? []).map((address) => ({ address: address.slice(1, -1) }));

/** `s1:example.org s2:example.net`: selector and domain of each signature that was found. */
const signatures = (each: string): Json | undefined => {
	const found = Array.from(each.matchAll(/([^ :,]+):([^ :,]+)/g), ([, selector = "", domain = ""]) => ({
		method: "dkim",
		result: "pass",
		domain,
		selector,
	}));
	return found.length === 0 ? undefined : found;
};

const format: FormatDefinition = defineFormat({
	id: "amavis",
	title: "amavis (amavisd-new)",
	grammar: "Amavis",
	programs: ["amavis", "amavisd", "amavisd-new"],
	told: ["queued as {id}"],
	captures: {
		text: text("text"),
		task_id: text("session_id"),
		verdict: [derived("filter.name", () => NAME), text("filter.verdict")],
		score: number("filter.score"),
		tests: derived("filter.symbols", (each) => each.split(",").map((one) => one.replace(/=.*$/, ""))),
		client_ip: text("client.ip"),
		client_port: integer("client.port"),
		sender: text("envelope.from"),
		recipients: derived("envelope.to", recipients),
		queue_id: text("message.queue_id"),
		message_id: list("message.message_ids"),
		size_bytes: integer("message.size_bytes"),
		subject: text("message.subject"),
		dkim_signatures: derived("authentication", signatures),
	},
});

export default format;
