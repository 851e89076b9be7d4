/** Postfix: what its grammar and its catalog cannot say. Facts: the sources of releases 2.0 to 3.11. */
import {
	dayOf,
	defineFormat,
	derived,
	type Field,
	type FormatDefinition,
	integer,
	type Json,
	type Lookup,
	level,
	list,
	type Moment,
	number,
	text,
	utc,
	year,
} from "../../src/format/define.js";

/** `mx-in/submission/smtpd` → instance, service and daemon; a daemon that has not read main.cf yet has only its own name. */
const nameParts = (program: string): readonly string[] => (program.startsWith("/") ? program.split("/").slice(-1) : program.split("/"));
const daemon = (program: string): string | undefined => nameParts(program).at(-1);
const instance = (program: string): string | undefined =>
	program.includes("/") && !program.startsWith("/") ? nameParts(program)[0] : undefined;
const service = (program: string): string | undefined => nameParts(program).slice(1, -1).join("/") || undefined;

/** Digits of long queue ids, for 52 and 51. */
const SAFE = "0123456789BCDFGHJKLMNPQRSTVWXYZbcdfghjklmnpqrstvwxyz";

/** Value of a digit by its code. */
const SAFE_VALUES: readonly number[] = Array.from({ length: 128 }, (_, code) => SAFE.indexOf(String.fromCharCode(code)));

function safeNumber(id: string, from: number, end: number): number {
	let number = 0;
	for (let at = from; at < end; at++) number = number * SAFE.length + (SAFE_VALUES[id.charCodeAt(at)] ?? -1);
	return number;
}

interface QueueTime {
	/** Since 1970. */
	readonly seconds: number;
	readonly microseconds: number;
}

/** The time in a long queue id: the last `z` ends its microseconds, the inode behind it has none. */
function longTime(id: string): QueueTime | undefined {
	const end = id.lastIndexOf("z");
	// Hexadecimal digits only: a short one.
	if (end < 10) return undefined;
	const seconds = safeNumber(id, 0, end - 4);
	const microseconds = safeNumber(id, end - 4, end);
	// Years of four digits.
	return seconds < 253_402_300_800 && microseconds < 1_000_000 ? { seconds, microseconds } : undefined;
}

const SHORT_MICROSECONDS = 5;

/** When the mail came, in UTC to the microsecond: only long ids tell. */
function queueTime(id: string): string | undefined {
	const time = longTime(id);
	return time === undefined ? undefined : utc(time.seconds, `.${String(time.microseconds).padStart(6, "0")}`);
}

/** Microseconds of the second in which the mail came. */
function queueMicroseconds(id: string): number | undefined {
	if (id.includes("z")) return longTime(id)?.microseconds;
	const microseconds = Number.parseInt(id.slice(0, SHORT_MICROSECONDS), 16);
	return microseconds < 1_000_000 ? microseconds : undefined;
}

/** The day on which a mail came that comes now, in UTC. */
function arrivalDay(id: string): Moment | undefined {
	const time = queueTime(id);
	return time === undefined ? undefined : dayOf(time);
}

/** `ehlo=1 rcpt=0/2` → what was accepted, and how often it was tried. */
function commandCounts(words: string): Json | undefined {
	const counts = words.split(" ").flatMap((word): [string, Json][] => {
		const [, name, accepted, total] = /^(\w+)=(\d+)(?:\/(\d+))?$/.exec(word) ?? [];
		return name === undefined ? [] : [[name, { accepted: Number(accepted), total: Number(total ?? accepted) }]];
	});
	return counts.length === 0 ? undefined : Object.fromEntries(counts);
}

/** xtext of RFC 3461: `+3D` is `=`. It stands for ASCII; anything else is left as it is. */
const decodeXtext = (text: string): string =>
	text.replace(/\+([0-7][0-9A-F])/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 16)));

/** The address that the reply repeats is that of the sender or of the recipient; else all three are forged. */
const isEcho = (lookup: Lookup): boolean => [lookup("contested_sender"), lookup("contested_recipient")].includes(lookup("echo"));
const ECHO = ["echo", "contested_sender", "contested_recipient"];

/**
 * Cleanup writes client and addresses behind a header. The programs that send log the header alone: what looks like that end is the
 * sender's text there.
 */
const CHECKED = ["program", "checked_origin", "checked_helo"];
const SENDING: ReadonlySet<string> = new Set(["smtp", "lmtp"]);
const isForged = (lookup: Lookup): boolean =>
	(lookup("checked_origin") ?? lookup("checked_helo")) !== undefined && SENDING.has(daemon(lookup("program") ?? "") ?? "");
const ofCheck = (value: string, lookup: Lookup): string | undefined => (isForged(lookup) ? undefined : value);
const checked = (path: string): Field => derived(path, ofCheck, CHECKED);
const checkedNumber = (digits: string, lookup: Lookup): number | undefined => (isForged(lookup) ? undefined : Number(digits));
const checkedSubject = (value: string, lookup: Lookup): string | undefined =>
	lookup("header_name")?.toLowerCase() === "subject" ? ofCheck(value, lookup) : undefined;

const DAEMONS =
	"anvil bounce cleanup defer discard dnsblog error flush local nqmgr oqmgr pickup pipe postdrop postfix-script postlog postlogd postqueue " +
	"postscreen postsuper proxymap qmgr qmqpd scache showq smtp smtpd spawn tlsmgr tlsproxy trace trivial-rewrite verify virtual";

/** Under these names alone: commands, and daemons that have not read main.cf yet. */
const COMMANDS =
	"postalias postcat postconf postdrop postfix postfix-script postkick postlock postlog postmap postmulti postqueue postscreen postsuper local pipe";

const format: FormatDefinition = defineFormat({
	id: "postfix",
	title: "Postfix",
	grammar: "Postfix",
	programs: [
		"postfix/*",
		"postfix*/*",
		...COMMANDS.split(" "),
		// The site names its instances. Not */master and */lmtp, which Cyrus has too: those are known by what they write.
		...DAEMONS.split(" ").map((name) => `*/${name}`),
	],
	frames: ["console_frame"],
	bare: "bare_record",
	told: ["queued as {id}"],
	lookup: "severity_word",
	trail: () => import("./trail.js"),
	captures: {
		program: [text("program"), derived("fields.daemon", daemon), derived("fields.instance", instance), derived("fields.service", service)],
		severity_word: level({ warning: "warning", error: "error", fatal: "critical", panic: "critical" }),
		text: text("text"),
		queue_id: [text("message.queue_id"), derived("fields.queue_time", queueTime), derived("fields.queue_microseconds", queueMicroseconds)],
		arrival_id: [
			text("message.queue_id"),
			year(arrivalDay),
			derived("fields.queue_time", queueTime),
			derived("fields.queue_microseconds", queueMicroseconds),
		],
		message_id: list("message.message_ids"),
		delay_seconds: number("delay_seconds"),
		dsn: text("dsn"),
		unknown_item: list("fields.other"),
		size_bytes: integer("message.size_bytes"),
		sender: text("envelope.from"),
		odd_sender: text("envelope.from"),
		recipient: text("envelope.to.0.address"),
		original_recipient: text("envelope.to.0.original"),
		echo: [],
		contested_sender: derived("envelope.from", (address, lookup) => (isEcho(lookup) ? address : undefined), ECHO),
		contested_recipient: derived("envelope.to.0.address", (address, lookup) => (isEcho(lookup) ? address : undefined), ECHO),
		anvil_service: text("fields.service"),
		client_host: text("client.host"),
		client_ip: text("client.ip"),
		client_port: integer("client.port"),
		helo: text("client.helo"),
		server_host: text("server.host"),
		server_ip: text("server.ip"),
		server_port: integer("server.port"),
		server_socket: text("fields.socket"),
		smtp_code: text("smtp.code"),
		smtp_enhanced: text("smtp.enhanced"),
		smtp_text: text("smtp.text"),
		user: text("auth.user"),
		mechanism: text("auth.mechanism"),
		sasl_sender: derived("fields.sasl_sender", decodeXtext),
		tls_protocol: text("tls.protocol"),
		cipher: text("tls.cipher"),
		cipher_bits: integer("tls.bits"),
		milter_name: text("milter.name"),
		// Of a milter's decision: what it answered.
		milter_response: text("milter.response"),
		relay_none: [],
		relay_service: [],
		before_queue: number("fields.delays.before_queue"),
		in_queue: number("fields.delays.queue"),
		connection: number("fields.delays.connection"),
		transmission: number("fields.delays.transmission"),
		header_value: [checked("fields.header_value"), derived("message.subject", checkedSubject, ["header_name", ...CHECKED])],
		body_line: checked("fields.body_line"),
		checked_sender: checked("envelope.from"),
		checked_recipient: checked("envelope.to.0.address"),
		checked_host: checked("client.host"),
		checked_ip: checked("client.ip"),
		checked_origin: [],
		checked_port: derived("client.port", checkedNumber, CHECKED),
		checked_helo: checked("client.helo"),
		checked_proto: checked("fields.proto"),
		checked_reason: checked("fields.reason"),
		replacement: checked("fields.replacement"),
		command_counts: derived("fields.command_counts", commandCounts),
		remainder: text("remainder"),
	},
});

export default format;
