/** Exim 4: what its grammar and its catalog cannot say. Facts: the sources of releases 4.96 to 4.100, and real logs. */
import {
	dayOf,
	defineFormat,
	derived,
	type FormatDefinition,
	integer,
	type Json,
	list,
	type Moment,
	text,
	utc,
	year,
} from "../../src/format/define.js";

/** Digits of message ids, for 62. */
const BASE_62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/** Characters of an id that hold its seconds. */
const SECONDS = 6;

/** When the message came, in UTC to the second: seconds since 1970 in base 62. Cygwin and Darwin write base 36, which gives a time of long ago. */
function arrivalTime(id: string): string | undefined {
	const seconds = [...id.slice(0, SECONDS)].reduce((sum, digit) => sum * BASE_62.length + BASE_62.indexOf(digit), 0);
	return seconds > EARLIEST ? utc(seconds, "") : undefined;
}

/** Exim 4 is of 2002. */
const EARLIEST = 1_000_000_000;

/** The day on which a message came that comes now, in UTC. */
function arrivalDay(id: string): Moment | undefined {
	const time = arrivalTime(id);
	return time === undefined ? undefined : dayOf(time);
}

const UNITS: Readonly<Record<string, number>> = { w: 604_800, d: 86_400, h: 3600, m: 60, s: 1 };

/** `1h2m3s`, `0.060s` → seconds. */
function seconds(duration: string): number {
	const parts = [...duration.matchAll(/([\d.]+)([wdhms])/g)];
	return parts.reduce((sum, [, count, unit]) => sum + Number(count) * (UNITS[unit ?? ""] ?? 0), 0);
}

/** Addresses between blanks; a blank in quotes belongs to its address. */
const LISTED = /(?:"(?:[^"\\]|\\.)*"|[^\s"])+/g;

const listed = (addresses: string): Json => (addresses.match(LISTED) ?? []).map((address) => ({ address }));

/** `<a@b>`, each in a line. */
const refused = (lines: string): Json => Array.from(lines.matchAll(/<(.*)>/g), ([, address]) => ({ address: address ?? "" }));

/** What Exim says of a DKIM signature → result of RFC 8601. */
const DKIM_RESULTS: readonly (readonly [words: string, result: string])[] = [
	["verification succeeded", "pass"],
	["verification failed", "fail"],
	["invalid - public key record (currently?) unavailable", "temperror"],
	["invalid", "permerror"],
	["failed key import", "permerror"],
];

const dkimResult = (said: string): string | undefined => DKIM_RESULTS.find(([words]) => said.startsWith(words))?.[1];

const format: FormatDefinition = defineFormat({
	id: "exim",
	title: "Exim",
	grammar: "Exim",
	programs: ["exim", "exim4", "exim-*", "exim4-*"],
	frames: ["own_frame"],
	weakFrame: "weak_frame",
	unfinished: "unfinished",
	told: ["OK id={id}"],
	trail: () => import("./trail.js"),
	captures: {
		part: integer("fields.part"),
		part_end: text("fields.part_end"),
		parts: integer("fields.parts"),
		text: text("text"),
		message_id: text("message.queue_id"),
		arrival_id: [text("message.queue_id"), year(arrivalDay), derived("fields.arrival_time", arrivalTime)],
		arrived_message_id: list("message.message_ids"),
		mail_id: list("message.message_ids"),
		size_bytes: integer("message.size_bytes"),
		subject: text("message.subject"),
		sender: text("envelope.from", "<>"),
		recipient: text("envelope.to.0.address"),
		original_recipient: text("envelope.to.0.original"),
		recipients: derived("envelope.to", listed),
		refused_recipients: derived("envelope.to", refused),
		client_host: text("client.host"),
		helo: text("client.helo"),
		client_ip: text("client.ip"),
		client_port: integer("client.port"),
		local_server_ip: text("server.ip"),
		local_server_port: integer("server.port"),
		server_host: text("server.host"),
		server_ip: text("server.ip"),
		server_port: integer("server.port"),
		local_client_ip: text("client.ip"),
		local_client_port: integer("client.port"),
		smtp_code: text("smtp.code"),
		smtp_enhanced: text("smtp.enhanced"),
		smtp_text: text("smtp.text"),
		user: text("auth.user"),
		tls_protocol: text("tls.protocol"),
		cipher: text("tls.cipher"),
		tls_bits: integer("tls.bits"),
		file: text("mailbox"),
		local_part: text("mailbox"),
		delay: derived("delay_seconds", seconds),
		delivery_time: derived("fields.delivery_seconds", seconds),
		receive_time: derived("fields.receive_seconds", seconds),
		dkim_domain: text("authentication.0.domain"),
		dkim_selector: text("authentication.0.selector"),
		dkim_said: [derived("authentication.0.method", () => "dkim"), derived("authentication.0.result", dkimResult), text("fields.reason")],
		remainder: text("remainder"),
	},
});

export default format;
