/**
 * smtpf, sold as BarricadeMX: an SMTP proxy with filters. Its log has numbered messages, session ids that hold their
 * own time, and five summary lines per session.
 */
import { defineFormat, derived, type FormatDefinition, integer, level, list, type Moment, text, year } from "../../src/format/define.js";

const BASE_62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Character code → value of the base-62 digit, -1 for none. */
const DIGITS: readonly number[] = Array.from({ length: 128 }, (_, code) => BASE_62.indexOf(String.fromCharCode(code)));

/** Value of the base-62 digit at a place of an id. */
const digit = (id: string, at: number): number => DIGITS[id.charCodeAt(at)] ?? -1;

/** The year digit counts from 1900 modulo 62; smtpf is a program of this century. */
function yearOf(id: string): number | undefined {
	const value = digit(id, 0);
	return value < 0 ? undefined : value < 38 ? 2024 + value : 1962 + value;
}

const TWO: readonly string[] = Array.from({ length: 62 }, (_, value) => String(value).padStart(2, "0"));

/** What the first six digits of an id tell, the day and the clock of the server; nothing when one is out of its range. */
function momentOf(id: string): { readonly year: number; readonly month: number; readonly day: number } | undefined {
	const year = yearOf(id);
	const month = digit(id, 1);
	const day = digit(id, 2);
	const hour = digit(id, 3);
	const minute = digit(id, 4);
	const second = digit(id, 5);
	if (year === undefined || Math.min(month, day, hour, minute, second) < 0) return undefined;
	if (month > 11 || day > 30 || hour > 23 || minute > 59 || second > 60) return undefined;
	return { year, month: month + 1, day: day + 1 };
}

const two = (id: string, at: number): string => TWO[digit(id, at)] ?? "";

/** Local time of the server, no zone: "2026-11-21T02:08:27" from 2AK28R. */
function timeOf(id: string): string | undefined {
	const moment = momentOf(id);
	if (moment === undefined) return undefined;
	const { year, month, day } = moment;
	return `${year}-${TWO[month]}-${TWO[day]}T${two(id, 3)}:${two(id, 4)}:${two(id, 5)}`;
}

/** The day on which a session began; of an id that tells no moment, the year alone. */
const dateOf = (id: string): Moment | undefined => momentOf(id) ?? yearOf(id);

/**
 * Process id and connection counter, each at least five digits wide. Eleven digits can be split in two ways: then
 * the pid of the frame decides, and without it nothing is claimed.
 */
function numbersOf(digits: string, framePid: string | undefined): { readonly pid: number; readonly counter: number } | undefined {
	if (digits.length < 10) return undefined;
	const pid = digits.length === 10 ? digits.slice(0, 5) : (framePid ?? "").padStart(5, "0");
	if (!digits.startsWith(pid) || digits.length - pid.length < 5) return undefined;
	const counter = Number(digits.slice(pid.length));
	return Number.isInteger(counter) && Number.isInteger(Number(pid)) ? { pid: Number(pid), counter } : undefined;
}

/** The digits of an id of any kind: between the time and the last two characters. */
const digitsOf = (id: string): string => id.slice(6, -2);

/** The raw Message-ID header: `<>` when there was none, empty when it was folded behind the colon. */
function messageIds(header: string): readonly string[] | undefined {
	const id = header.trim();
	if (id === "" || id === "<>") return undefined;
	const isOneId = id.startsWith("<") && id.indexOf(">") === id.length - 1;
	return [isOneId ? id.slice(1, -1) : id];
}

/** The first word is empty when `ipv6` is the only one: the program writes it as ",ipv6". */
function flagWords(words: string): readonly string[] | undefined {
	const flags = words.split(",").filter((word) => word !== "");
	return flags.length === 0 ? undefined : flags;
}

/**
 * `grey:IP,SENDER,RCPT` → its parts. The sender may hold commas, the address in front and the recipient behind do not;
 * a sender of `@` is the null sender.
 */
function greyTuple(key: string): readonly string[] | undefined {
	if (!key.startsWith("grey:")) return undefined;
	const parts = key.slice("grey:".length).split(",");
	const [first] = parts;
	const last = parts.at(-1);
	return parts.length < 3 || first === undefined || last === undefined ? parts : [first, parts.slice(1, -1).join(","), last];
}

const smtpf: FormatDefinition = defineFormat({
	id: "smtpf",
	title: "smtpf (BarricadeMX) SMTP filter proxy",
	grammar: "Smtpf",
	programs: ["smtpf"],
	frames: ["foreground_frame"],
	record: "record",
	bare: "bare_record",
	prefix: "{code} ",
	lookup: "number",
	captures: {
		level_word: level({
			PANIC: "critical",
			ALERT: "critical",
			FATAL: "critical",
			ERROR: "error",
			WARN: "warning",
			NOTICE: "notice",
			INFO: "info",
			DEBUG: "debug",
		}),
		session: text("session_id"),
		session_moment: [derived("fields.session_time", timeOf), year(dateOf)],
		session_pid: integer("fields.session_pid"),
		session_counter: integer("fields.session_counter"),
		session_digits: [
			derived("fields.session_pid", (digits, lookup) => numbersOf(digits, lookup("pid"))?.pid, ["pid"]),
			derived("fields.session_counter", (digits, lookup) => numbersOf(digits, lookup("pid"))?.counter, ["pid"]),
		],
		number: text("code"),
		text: text("text"),
		transaction_id: text("message.transaction_id"),
		transaction_moment: derived("fields.transaction_time", timeOf),
		transaction_pid: integer("fields.transaction_pid"),
		transaction_counter: integer("fields.transaction_counter"),
		transaction_other: [
			derived("fields.transaction_time", (id) => (id.length < 17 ? undefined : timeOf(id))),
			derived("fields.transaction_pid", (id, lookup) => numbersOf(digitsOf(id), lookup("pid"))?.pid, ["pid"]),
			derived("fields.transaction_counter", (id, lookup) => numbersOf(digitsOf(id), lookup("pid"))?.counter, ["pid"]),
		],
		client_host: text("client.host"),
		client_name: text("client.host"),
		client_ip: text("client.ip"),
		client_port: integer("client.port"),
		client_helo: text("client.helo"),
		server_host: text("server.host"),
		server_ip: text("server.ip"),
		server_port: integer("server.port"),
		flag_words: derived("flags", flagWords),
		sender_path: text("envelope.from"),
		recipient_path: text("envelope.to.0.address"),
		sender_argument: text("envelope.from", "<>"),
		recipient_argument: text("envelope.to.0.address", "<>"),
		sender_address: text("envelope.from", "<>"),
		recipient_address: text("envelope.to.0.address", "<>"),
		message_id: list("message.message_ids"),
		message_header: derived("message.message_ids", messageIds),
		subject: text("message.subject"),
		size_bytes: integer("message.size_bytes"),
		smtp_code: text("smtp.code"),
		smtp_enhanced: text("smtp.enhanced"),
		smtp_text: text("smtp.text"),
		smtp_reference: text("smtp.reference"),
		grey_key: [text("fields.grey_key"), derived("fields.grey_tuple", greyTuple)],
		remainder: text("remainder"),
	},
	words: { "smtp.reference": "reply", flags: "flag" },
	replies: { kind: "reply", number: /#(\d{3,4})(?!\d)/, tail: / #\d+ \(?\{\w+\}\)?$/ },
	told: ["message {id} accepted #554"],
	trail: () => import("./trail.js"),
});

export default smtpf;
