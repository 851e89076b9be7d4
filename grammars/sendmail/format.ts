/** sendmail: what its grammar and its catalog cannot say. Facts: the sources of releases 8.17 and 8.18, and real logs. */
import {
	dayOf,
	defineFormat,
	derived,
	type FormatDefinition,
	integer,
	type Json,
	type Lookup,
	list,
	type Moment,
	text,
	utc,
	year,
} from "../../src/format/define.js";

/** Digits of queue ids, for 60. */
const SIXTY = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwx";
/** The first of the sixty years that the sign of the year stands for: sendmail had no such ids before. */
const FIRST_YEAR = 1990;
const YEARS = 60;
const SECONDS = 1000;

/** When the id was made, by the UTC clock of the host; ids before 8.10 tell the hour alone. */
function queueTime(id: string): string | undefined {
	if (!/^.{7,8}\d{5}/.test(id)) return undefined;
	const [years = -1, month = -1, day = -1, hour = -1, minute = -1, second = -1] = Array.from(id.slice(0, 6), (sign) => SIXTY.indexOf(sign));
	const since1900 = FIRST_YEAR + ((years - (FIRST_YEAR - 1900) + 2 * YEARS) % YEARS);
	const milliseconds = Date.UTC(since1900, month, day, hour, minute, second);
	const date = new Date(milliseconds);
	// Other letters and digits in front of a number: no date.
	const isDate = years >= 0 && date.getUTCMonth() === month && date.getUTCDate() === day && date.getUTCHours() === hour && minute < 60;
	return isDate ? utc(milliseconds / SECONDS, "") : undefined;
}

function queueDay(id: string): Moment | undefined {
	const time = queueTime(id);
	return time === undefined ? undefined : dayOf(time);
}

/** `1+02:03:04` → seconds. */
function seconds(interval: string): number | undefined {
	const [, days = "0", hours, minutes, rest] = /^(?:(\d+)\+)?(\d+):(\d+):(\d+)$/.exec(interval) ?? [];
	return rest === undefined ? undefined : ((Number(days) * 24 + Number(hours)) * 60 + Number(minutes)) * 60 + Number(rest);
}

/** One element for each address of the list; quotes and angles may hold commas. Programs and files are recipients, too. */
function recipients(addresses: string, lookup: Lookup): Json {
	const found = addresses.match(/(?:"(?:\\.|[^"\\])*"|<(?:"(?:\\.|[^"\\])*"|[^">])*>|\\.|[^,"<\\])+/g) ?? [];
	const owner = lookup("owner");
	return found.map(bare).map((address) => (owner !== undefined && isLocalTarget(address) ? { address, original: owner } : { address }));
}

/** Programs and files come of an alias or a forward: `ctladdr` names it. */
const isLocalTarget = (address: string): boolean => /^(?:[|/]|:include:)/.test(address);

/** `"|program args"` stands in quotes as a whole, an address with a quoted local part does not. */
function bare(address: string): string {
	if (address.startsWith("<") && address.endsWith(">")) return address.slice(1, -1);
	const [, quoted] = /^"((?:[|/]|:include:)(?:\\.|[^"\\])*)"$/.exec(address) ?? [];
	return quoted ?? address;
}

const format: FormatDefinition = defineFormat({
	id: "sendmail",
	title: "sendmail",
	grammar: "Sendmail",
	programs: ["sendmail", "sm-mta", "sm-msp-queue", "sm-msp", "sm-que", "sendmail-in", "sendmail-out", "sendmail-client", "smrsh"],
	told: ["{id} Message accepted for delivery"],
	trail: () => import("./trail.js"),
	captures: {
		text: text("text"),
		queue_id: [text("message.queue_id"), year(queueDay), derived("fields.queue_time", queueTime)],
		other_queue_id: text("fields.other_queue_id"),
		sender: text("envelope.from"),
		local_sender: text("envelope.from"),
		recipient: text("envelope.to.0.address"),
		recipients: derived("envelope.to", recipients, ["owner"]),
		size_bytes: integer("message.size_bytes"),
		message_id: list("message.message_ids"),
		client_ip: text("client.ip"),
		client_host: text("client.host"),
		client_helo: text("client.helo"),
		server_ip: text("server.ip"),
		server_host: text("server.host"),
		smtp_code: text("smtp.code"),
		smtp_enhanced: text("smtp.enhanced"),
		smtp_text: text("smtp.text"),
		dsn: text("dsn"),
		delay: derived("delay_seconds", seconds),
		xdelay: derived("fields.attempt_seconds", seconds),
		user: text("auth.user"),
		mechanism: text("auth.mechanism"),
		tls_protocol: text("tls.protocol"),
		cipher: text("tls.cipher"),
		cipher_bits: integer("tls.bits"),
		milter_name: text("milter.name"),
		milter_stage: text("milter.state"),
		discarded: [],
		rejected: [],
		client_given: [],
		tempfailing: [],
		forged: derived("fields.is_name_forged", () => true),
		remainder: text("remainder"),
	},
});

export default format;
