import { defineFormat, derived, type FormatDefinition, integer, level, list, text } from "../../src/format/define.js";

/** `H:MM:SS`, hours beyond a day included. */
const seconds = (duration: string): number => duration.split(":").reduce((sum, part) => sum * 60 + Number(part), 0);

const format: FormatDefinition = defineFormat({
	id: "sun-service",
	title: "Sun Java System Messaging Server, store and service logs (imap, pop, http, admin, MMP)",
	grammar: "SunService",
	frames: ["service_frame"],
	bare: "bare",
	captures: {
		level_word: level({ Critical: "critical", Error: "error", Warning: "warning", Notice: "notice", Information: "info", Debug: "debug" }),
		message_text: text("text"),
		auth_user: text("auth.user"),
		mechanism: text("auth.mechanism"),
		client_ip: text("client.ip"),
		client_port: integer("client.port"),
		session_duration: derived("fields.session_seconds", seconds),
		size_bytes: integer("message.size_bytes"),
		message_id: list("message.message_ids"),
		remainder: text("remainder"),
	},
});

export default format;
