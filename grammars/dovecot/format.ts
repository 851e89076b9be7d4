/** Dovecot: what its grammar and its catalog cannot say. Facts: the sources of releases 2.3 and 2.4 with Pigeonhole. */
import { defineFormat, derived, type FormatDefinition, integer, type Lookup, level, list, text } from "../../src/format/define.js";

/** Part of Dovecot that a process belongs to: texts that the catalog does not know are grouped by it. */
const PARTS: Readonly<Record<string, string>> = {
	auth: "auth",
	"auth-worker": "auth",
	"imap-login": "login",
	"pop3-login": "login",
	"managesieve-login": "login",
	"submission-login": "login",
	"sieve-login": "login",
	"imap-urlauth-login": "login",
	imap: "imap",
	"imap-hibernate": "imap",
	"imap-urlauth": "imap",
	"imap-urlauth-worker": "imap",
	pop3: "pop3",
	managesieve: "managesieve",
	sieve: "managesieve",
	submission: "submission",
	lmtp: "delivery",
	lda: "delivery",
	"dovecot-lda": "delivery",
	deliver: "delivery",
	master: "master",
	stats: "stats",
	"old-stats": "stats",
	indexer: "indexer",
	"indexer-worker": "indexer",
};

const LEVEL_OF_WORD = { Debug: "debug", Info: "info", Warning: "warning", Error: "error", Fatal: "critical", Panic: "critical" } as const;

const groupOf = (process: string, lookup: Lookup): string => {
	const word = lookup("level_word") ?? "Info";
	return `${PARTS[process] ?? "service"}/${word in LEVEL_OF_WORD ? LEVEL_OF_WORD[word as keyof typeof LEVEL_OF_WORD] : "info"}`;
};

const format: FormatDefinition = defineFormat({
	id: "dovecot",
	title: "Dovecot",
	grammar: "Dovecot",
	programs: ["dovecot", "dovecot-*"],
	frames: ["file_frame"],
	lookup: "process_name",
	lookupCode: { from: groupOf, uses: ["level_word"] },
	// The LMTP reply to each recipient: `250 2.0.0 <anna@example.net> XXaXC54zDmtDPQAAHe364Q Saved`.
	told: ["> {id} saved"],
	trail: () => import("./trail.js"),
	captures: {
		level_word: level(LEVEL_OF_WORD),
		process_name: text("fields.process"),
		text: text("text"),
		session: text("session_id"),
		user: text("auth.user"),
		tls_protocol: text("tls.protocol"),
		cipher: text("tls.cipher"),
		cipher_bits: integer("tls.bits"),
		mechanism: derived("auth.mechanism", (name) => name.toUpperCase()),
		client_ip: text("client.ip"),
		client_port: integer("client.port"),
		server_ip: text("server.ip"),
		server_port: integer("server.port"),
		message_id: list("message.message_ids"),
		size_bytes: integer("message.size_bytes"),
		subject: text("message.subject"),
		mailbox: text("mailbox"),
		sender: text("envelope.from"),
		recipient: text("envelope.to.0.address"),
		smtp_code: text("smtp.code"),
		smtp_enhanced: text("smtp.enhanced"),
		smtp_text: text("smtp.text"),
		remainder: text("remainder"),
	},
});

export default format;
