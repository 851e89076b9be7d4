import { defineFormat, derived, type FormatDefinition, integer, type Lookup, list, text } from "../../src/format/define.js";
import { expandCounted, expandCountedConnection, expandJson, expandXml, REREAD } from "./encodings.js";
import { profile } from "./profile.js";

const hexadecimal = (digits: string): number | undefined => {
	const value = Number.parseInt(digits, 16);
	return Number.isSafeInteger(value) ? value : undefined;
};

/** Decimal digits; nothing for more of them than a number holds. */
const decimal = (digits: string): number | undefined => {
	const value = /^\d+$/.test(digits) ? Number(digits) : Number.NaN;
	return Number.isSafeInteger(value) ? value : undefined;
};

/** `ZZ` in front of the file name = never tried; each failed attempt lowers the second letter. */
const attempt = (letter: string): number => 1 + "Z".charCodeAt(0) - letter.charCodeAt(0);

/** The peer is a client in entries of the receiving side, a server in those of a delivering channel. */
const isReceiving = (lookup: Lookup): boolean => (lookup("queue_direction") ?? "-") === "+" || "EJVB".includes(lookup("action") ?? "?");
/** What decides it. */
const SIDE: readonly string[] = ["queue_direction", "action"];
const ofClient = (value: string, lookup: Lookup): string | undefined => (isReceiving(lookup) ? value : undefined);
const ofServer = (value: string, lookup: Lookup): string | undefined => (isReceiving(lookup) ? undefined : value);

const format: FormatDefinition = defineFormat({
	id: "sun-mta",
	title: "Sun Java System Messaging Server, MTA transaction log (PMDF, iPlanet, Oracle)",
	grammar: "SunMta",
	bare: "bare",
	lookup: "action",
	captures: {
		code: text("code"),
		modifier: list("fields.modifiers"),
		process: text("process.raw"),
		process_pid: derived("process.pid", hexadecimal),
		process_thread: derived("process.thread", hexadecimal),
		process_sequence: integer("process.sequence"),
		source_channel: text("queue.source_channel"),
		destination_channel: text("queue.destination_channel"),
		queue_direction: derived("queue.direction", (sign) => (sign === "+" ? "in" : "out")),
		file: text("queue.file"),
		attempt_letter: derived("queue.attempt", attempt),
		size_blocks: integer("message.size_blocks"),
		envelope_from: text("envelope.from"),
		original_type: text("envelope.to.0.type"),
		envelope_original: text("envelope.to.0.original"),
		envelope_to: text("envelope.to.0.address"),
		envelope_id: text("message.envelope_id"),
		message_id: list("message.message_ids"),
		auth_user: text("auth.user"),
		mail_priority: integer("fields.priority"),
		// The priority of a syslog header has the name of our field, but is not the priority of the message.
		priority: [],
		client_helo: text("client.helo"),
		client_host: text("client.host"),
		client_ip: text("client.ip"),
		client_port: integer("client.port"),
		server_host: text("server.host"),
		server_ip: text("server.ip"),
		server_port: integer("server.port"),
		server_banner: text("server.banner"),
		// A logged source system is the name connected to; `dns;` repeats it.
		dns_host: derived("server.host", (host, lookup) => (lookup("server_host") === undefined ? host : undefined), ["server_host"]),
		// With LOG_REMOTE_MTA the name stands there alone.
		remote_mta: [
			text("fields.remote_mta"),
			derived(
				"server.host",
				(host, lookup) => (lookup("server_host") === undefined && lookup("dns_host") === undefined ? host : undefined),
				["server_host", "dns_host"],
			),
		],
		peer_ip: [derived("client.ip", ofClient, SIDE), derived("server.ip", ofServer, SIDE)],
		peer_port: [
			derived("client.port", (port, lookup) => (isReceiving(lookup) ? decimal(port) : undefined), SIDE),
			derived("server.port", (port, lookup) => (isReceiving(lookup) ? undefined : decimal(port)), SIDE),
		],
		mx_host: [text("fields.dns_host"), derived("server.host", ofServer, SIDE)],
		smtp_code: text("smtp.code"),
		smtp_enhanced: text("smtp.enhanced"),
		smtp_text: text("smtp.text"),
		tls_bits: integer("tls.bits"),
		tls_cipher: text("tls.cipher"),
		remainder: derived("remainder", (rest, lookup) => [lookup("remainder_head"), rest].filter((part) => part !== undefined).join(" ")),
		// Two words before the code that may be node and channel or two channels.
		remainder_head: derived("remainder", (words, lookup) => (lookup("remainder") === undefined ? words : undefined)),
		// Left when an encoded record could not be decoded.
		counted_text: text("remainder"),
		json_text: text("remainder"),
		xml_kind: derived("fields.attributes", () => undefined),
		xml_name: derived("fields.attributes", () => undefined),
		xml_value: derived("fields.attributes", () => undefined),
		unknown_attributes: derived("fields.attributes", (pairs) => JSON.parse(pairs)),
	},
	expand: {
		message_body_counted: expandCounted,
		connection_body_counted: expandCountedConnection,
		record_xml: expandXml,
		record_json: expandJson,
	},
	reread: REREAD,
	profile,
	words: { "fields.modifiers": "modifier" },
	modifiers: "modifier",
	told: ["envelope id {id}"],
	trail: () => import("./trail.js"),
});

export default format;
