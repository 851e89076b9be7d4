/** milter manager: what its grammar and its catalog cannot say. Facts: the reference of version 2.3.2 and logs of 2009. */
import { defineFormat, derived, type FormatDefinition, integer, type Level, level, list, number, text } from "../../src/format/define.js";

/** `message` and `statistics` are notices in syslog too; `trace` and `profile` have no severity of their own. */
const LEVELS: Readonly<Record<string, Level>> = {
	critical: "critical",
	error: "error",
	warning: "warning",
	message: "notice",
	statistics: "notice",
	info: "info",
	debug: "debug",
	trace: "debug",
	profile: "debug",
};

/** Foreground and background that the console logger puts around a message. */
const COLOURS: Readonly<Record<string, string>> = {
	"\u001b[01;33m\u001b[41m": "critical",
	"\u001b[01;37m\u001b[41m": "error",
	"\u001b[01;37m\u001b[01;43m": "warning",
	"\u001b[01;37m\u001b[01;42m": "message",
	"\u001b[01;37m\u001b[01;46m": "info",
	"\u001b[01;37m\u001b[01;44m": "debug",
	"\u001b[01;37m\u001b[01;45m": "trace",
	"\u001b[01;34m\u001b[01;47m": "statistics",
	"\u001b[01;32m\u001b[40m": "profile",
};

const LEVEL_OF_COLOUR: Readonly<Record<string, Level>> = Object.fromEntries(
	Object.entries(COLOURS).flatMap(([colour, word]) => {
		const severity = LEVELS[word];
		return severity === undefined ? [] : [[colour, severity]];
	}),
);

/** The word itself, where `level` has a coarser one for it. */
const finerLevel = (word: string | undefined): string | undefined => (word === undefined || LEVELS[word] === word ? undefined : word);

const withoutAngles = (address: string): string => (address.startsWith("<") && address.endsWith(">") ? address.slice(1, -1) : address);

/** `inet:2525@[192.0.2.7]`, `inet6:25@[2001:db8::1]`; a UNIX socket has neither address nor port. */
const internet = (spec: string): { readonly ip: string; readonly port: number } | undefined => {
	const found = /^inet6?:(\d{1,5})@\[([0-9A-Fa-f:.]+)\]$/.exec(spec);
	const port = Number(found?.[1]);
	return found?.[2] === undefined || port > 65535 ? undefined : { ip: found[2], port };
};

/** A macro of a dump such as `{"i" => "4jWcQF1GtrzJvh5", ...}`: the only place where the queue id of the MTA is logged. */
const queueId = (macros: string): string | undefined => /"\{?i\}?" ?=> ?"([^"]+)"/.exec(macros)?.[1];

const format: FormatDefinition = defineFormat({
	id: "milter-manager",
	title: "milter manager",
	grammar: "MilterManager",
	programs: ["milter-manager", "milter-manager-process-launcher"],
	frames: ["console_frame"],
	bare: "bare_record",
	unfinished: "unfinished",
	// Texts differ by version and locale, lines are cut: the tags alone still name the message.
	lookup: "tag_list",
	captures: {
		level_word: [level(LEVELS), derived("fields.level", finerLevel)],
		statistics: level(LEVELS),
		colour: [level(LEVEL_OF_COLOUR, "colour"), derived("fields.level", (sequences) => finerLevel(COLOURS[sequences]))],
		session_id: text("session_id"),
		tag_list: list("tags", "][", "[]"),
		text: text("text"),
		remainder: text("remainder"),
		// A child's id stands in the brackets after the tags, or in the parentheses of [milter] records.
		child_id: text("milter.child_id"),
		milter_name: text("milter.name"),
		state: text("milter.state"),
		status: text("milter.status"),
		// What the manager assumed in place of the answer that did not come.
		fallback_status: [text("milter.status"), text("fields.fallback_status")],
		response: text("milter.response"),
		elapsed: number("milter.elapsed_seconds"),
		header_name: text("milter.header.name"),
		header_value: text("milter.header.value"),
		sender: text("envelope.from", "<>"),
		recipient: text("envelope.to.0.address", "<>"),
		helo: text("client.helo"),
		client_host: text("client.host"),
		client_spec: [
			text("fields.client_spec"),
			derived("client.ip", (spec) => internet(spec)?.ip),
			derived("client.port", (spec) => internet(spec)?.port),
		],
		macros: [text("fields.macros"), derived("message.queue_id", queueId)],
		mail_header_value: [
			text("fields.mail_header_value"),
			derived("message.message_ids", (value, lookup) =>
				lookup("mail_header_name")?.toLowerCase() === "message-id" ? [withoutAngles(value.trim())] : undefined,
			),
			derived("message.subject", (value, lookup) => (lookup("mail_header_name")?.toLowerCase() === "subject" ? value.trim() : undefined)),
		],
		stop: derived("fields.stop", (word) => word === "true"),
		need_flush: derived("fields.need_flush", (word) => word === "true"),
		launched_pid: integer("fields.launched_pid"),
	},
	words: { "milter.state": "state", "milter.status": "status", "milter.response": "response" },
	trail: () => import("./trail.js"),
});

export default format;
