// Generated from schemas/event.schema.json by `npm run types`; do not edit. A test fails when it is stale.
/** One record of a log as a typed event, its parts by name, and the version of the schema they follow. */

/**
 * What it is. `docker_json`: a file of Docker's json-file driver; `docker_time`: `docker logs -t`; `dockerd`: a line that the Docker daemon logged for a container; `compose`, `kubectl`: their prefix; `cri`: a file of a Kubernetes node; `journal_json`, `journal_export`, `journal_short`: output of journalctl; `relay`: a second syslog header; `octet_count`: RFC 6587; `rsyslog_json`, `vector_json`, `fluent_json`, `gelf`, `elastic_json`: an object of that program; `logcli`: output of Loki's client; `csv`: a row of a table; `grep`: file name or line number in front; `quoted`, `indented`: as in mails and tickets; `coloured`: escape sequences of a terminal; `other`: one that a format or a frame of your own declares.
 */
export type CarrierKind =
	| "docker_json"
	| "docker_time"
	| "dockerd"
	| "compose"
	| "cri"
	| "kubectl"
	| "journal_json"
	| "journal_export"
	| "journal_short"
	| "relay"
	| "octet_count"
	| "rsyslog_json"
	| "vector_json"
	| "fluent_json"
	| "gelf"
	| "elastic_json"
	| "logcli"
	| "csv"
	| "grep"
	| "quoted"
	| "indented"
	| "coloured"
	| "other";

/**
 * One log record. Keys that are unknown are absent; an empty string means that the log says "present but empty".
 */
export interface Event {
	/**
	 * Version of this schema that the event follows. Events of 1.0.0 stay valid.
	 */
	schema_version: "1.0.0" | "1.1.0";
	/**
	 * <input id>:<byte offset>; stable across runs, unique in a case.
	 */
	id: string;
	/**
	 * `unparsed`: the framing or the format was not recognized, or the record was cut at the length limit; `blank`: the line holds nothing but blanks.
	 */
	record: "event" | "unparsed" | "blank";
	/**
	 * Why a record is unparsed that a format would have read. `too_large`: it needs more memory than there may be; `failed`: mailtrail, or the format, failed at it, which is a bug.
	 */
	unparsed_reason?: "too_large" | "failed";
	/**
	 * Id of the format whose grammar read the record.
	 */
	format?: string;
	/**
	 * RFC 3339 with numeric offset, at the precision written. Absent when the record has no time.
	 */
	time?: string;
	/**
	 * How the parts of `time` that a log may leave out are known.
	 */
	time_basis?: {
		/**
		 * How the year is known.
		 */
		year?: "line" | "session_id" | "option" | "file" | "rollover";
		/**
		 * How the zone is known; `assumed` is UTC.
		 */
		zone?: "line" | "option" | "assumed";
	};
	/**
	 * Host name of the frame.
	 */
	host?: string;
	/**
	 * Program name of the frame, with slashes.
	 */
	program?: string;
	/**
	 * Process id of the frame.
	 */
	pid?: number;
	/**
	 * What wrapped the record, when it was no syslog frame: that nearest to the record.
	 */
	carrier?: {
		kind?: CarrierKind;
		/**
		 * RFC 3339 with numeric offset, at the precision written: the stamp of the carrier, where the record has one of its own.
		 */
		time?: string;
		/**
		 * Host name of the carrier, where the record has one of its own.
		 */
		host?: string;
		/**
		 * Program name of the carrier, where the record has one of its own.
		 */
		program?: string;
		/**
		 * Process id of the carrier, where the record has one of its own.
		 */
		pid?: number;
		/**
		 * Unit of systemd.
		 */
		unit?: string;
		/**
		 * Kubernetes namespace.
		 */
		namespace?: string;
		/**
		 * Kubernetes pod.
		 */
		pod?: string;
		/**
		 * Name or id of the container.
		 */
		container?: string;
		/**
		 * Stream of the container or the service.
		 */
		stream?: "stdout" | "stderr";
		/**
		 * Tag of the log driver or the collector.
		 */
		tag?: string;
		/**
		 * File that the record was taken from.
		 */
		file?: string;
		/**
		 * Number of its line in that file, from 1.
		 */
		line?: number;
		/**
		 * The text goes on in another record, which did not follow.
		 */
		partial?: true;
		/**
		 * What wrapped that, from the nearest outwards.
		 *
		 * @maxItems 2
		 */
		outer?: OuterCarrier[];
	};
	/**
	 * How many records this one stands for, as in `message repeated 3 times: [ … ]`. Absent for 1.
	 */
	repeat?: number;
	/**
	 * Severity.
	 */
	level?: "critical" | "error" | "warning" | "notice" | "info" | "debug";
	/**
	 * Where `level` was read.
	 */
	level_basis?: "line" | "priority" | "colour" | "catalog";
	/**
	 * Catalog key of the message.
	 */
	code?: string;
	/**
	 * What happened, in words shared by all formats.
	 */
	action?:
		| "connection.open"
		| "connection.close"
		| "connection.reject"
		| "connection.fail"
		| "session.start"
		| "session.end"
		| "session.disconnect"
		| "command.reject"
		| "auth.success"
		| "auth.failure"
		| "sender.accept"
		| "sender.reject"
		| "sender.defer"
		| "recipient.accept"
		| "recipient.reject"
		| "recipient.defer"
		| "recipient.discard"
		| "recipient.probe"
		| "message.accept"
		| "message.reject"
		| "message.defer"
		| "message.discard"
		| "message.quarantine"
		| "message.duplicate"
		| "message.modify"
		| "message.enqueue"
		| "message.dequeue"
		| "message.deliver"
		| "message.relay"
		| "message.bounce"
		| "message.delay"
		| "message.expire"
		| "message.abort"
		| "filter.start"
		| "filter.result"
		| "filter.error"
		| "filter.timeout"
		| "list.match"
		| "service.start"
		| "service.stop"
		| "service.reload"
		| "service.error"
		| "config.error"
		| "statistics"
		| "header"
		| "log";
	/**
	 * How it ended.
	 */
	outcome?: "success" | "failure" | "temporary_failure" | "unknown";
	/**
	 * Session id of the layer, as written.
	 */
	session_id?: string;
	/**
	 * The mail.
	 */
	message?: {
		/**
		 * Message-ID values without angle brackets.
		 */
		message_ids?: string[];
		/**
		 * Queue id.
		 */
		queue_id?: string;
		/**
		 * Transaction id.
		 */
		transaction_id?: string;
		/**
		 * Envelope id (ENVID) without angle brackets.
		 */
		envelope_id?: string;
		/**
		 * Size in bytes.
		 */
		size_bytes?: number;
		/**
		 * Size in blocks of the MTA (BLOCK_SIZE, 1024 bytes by default).
		 */
		size_blocks?: number;
		/**
		 * Subject as logged, perhaps cut by the program.
		 */
		subject?: string;
	};
	/**
	 * The SMTP envelope.
	 */
	envelope?: {
		/**
		 * Envelope sender without angle brackets; empty for the null sender.
		 */
		from?: string;
		/**
		 * Envelope recipients.
		 *
		 * Items: A recipient.
		 */
		to?: {
			/**
			 * Recipient without angle brackets.
			 */
			address?: string;
			/**
			 * Recipient before alias and list expansion.
			 */
			original?: string;
			/**
			 * Address type of the original recipient, such as rfc822.
			 */
			type?: string;
		}[];
	};
	/**
	 * The peer that connected.
	 */
	client?: {
		/**
		 * IP address as written, without brackets.
		 */
		ip?: string;
		/**
		 * TCP port.
		 */
		port?: number;
		/**
		 * Host name as logged; empty when the log says there is none.
		 */
		host?: string;
		/**
		 * HELO, EHLO or LHLO argument as logged.
		 */
		helo?: string;
		/**
		 * Greeting of the server, as logged.
		 */
		banner?: string;
	};
	/**
	 * The peer that was connected to.
	 */
	server?: {
		/**
		 * IP address as written, without brackets.
		 */
		ip?: string;
		/**
		 * TCP port.
		 */
		port?: number;
		/**
		 * Host name as logged; empty when the log says there is none.
		 */
		host?: string;
		/**
		 * HELO, EHLO or LHLO argument as logged.
		 */
		helo?: string;
		/**
		 * Greeting of the server, as logged.
		 */
		banner?: string;
	};
	/**
	 * An SMTP reply.
	 */
	smtp?: {
		/**
		 * Reply code.
		 */
		code?: string;
		/**
		 * Enhanced status code (RFC 3463).
		 */
		enhanced?: string;
		/**
		 * Text of the reply after its codes.
		 */
		text?: string;
		/**
		 * Message number inside the reply.
		 */
		reference?: string;
	};
	/**
	 * Enhanced status code (RFC 3463) that the agent itself gives the recipient; that of a reply is `smtp.enhanced`.
	 */
	dsn?: string;
	/**
	 * Time in the system until this record, in seconds, where the log tells it.
	 */
	delay_seconds?: number;
	/**
	 * Queue of the MTA.
	 */
	queue?: {
		/**
		 * Channel the entry belongs to or comes from.
		 */
		source_channel?: string;
		/**
		 * Channel the mail goes to.
		 */
		destination_channel?: string;
		/**
		 * Queue file.
		 */
		file?: string;
		/**
		 * Delivery attempt, counted from 1.
		 */
		attempt?: number;
		/**
		 * `in`: into this server.
		 */
		direction?: "in" | "out";
	};
	/**
	 * Process field inside the record.
	 */
	process?: {
		/**
		 * Process id, decoded from hexadecimal.
		 */
		pid?: number;
		/**
		 * Thread, decoded from hexadecimal.
		 */
		thread?: number;
		/**
		 * Count of log operations of the process.
		 */
		sequence?: number;
		/**
		 * The field as written.
		 */
		raw?: string;
	};
	/**
	 * A mail filter and what it said.
	 */
	milter?: {
		/**
		 * Name of the mail filter.
		 */
		name?: string;
		/**
		 * Protocol state.
		 */
		state?: string;
		/**
		 * Status word.
		 */
		status?: string;
		/**
		 * Duration in seconds.
		 */
		elapsed_seconds?: number;
		/**
		 * Id of the filter's own connection.
		 */
		child_id?: string;
		/**
		 * Response word of the milter protocol.
		 */
		response?: string;
		/**
		 * Header added or changed.
		 */
		header?: {
			/**
			 * Header name.
			 */
			name?: string;
			/**
			 * Header value, unfolded only if the log did so.
			 */
			value?: string;
		};
	};
	/**
	 * Verdict of a filter on the mail.
	 */
	filter?: {
		/**
		 * Name of the filter.
		 */
		name?: string;
		/**
		 * What it decided, as written: `reject`, `add header`, `Passed CLEAN`.
		 */
		verdict?: string;
		/**
		 * Score of the mail.
		 */
		score?: number;
		/**
		 * Score from which on the mail is what the filter looks for.
		 */
		required_score?: number;
		/**
		 * Names of the rules that matched, as written, in order.
		 */
		symbols?: string[];
		/**
		 * Name of the virus.
		 */
		virus?: string;
	};
	/**
	 * Tags as written, in order.
	 */
	tags?: string[];
	/**
	 * Flag words as written, in order.
	 */
	flags?: string[];
	/**
	 * SMTP authentication.
	 */
	auth?: {
		/**
		 * User name.
		 */
		user?: string;
		/**
		 * SASL mechanism.
		 */
		mechanism?: string;
	};
	/**
	 * Authentication of the mail: one element for each result.
	 *
	 * Items: One result.
	 */
	authentication?: {
		/**
		 * Method.
		 */
		method?: "spf" | "dkim" | "dmarc" | "arc";
		/**
		 * Result (RFC 8601).
		 */
		result?: "none" | "pass" | "fail" | "softfail" | "policy" | "neutral" | "temperror" | "permerror";
		/**
		 * Domain that was checked.
		 */
		domain?: string;
		/**
		 * DKIM selector.
		 */
		selector?: string;
	}[];
	/**
	 * Transport security.
	 */
	tls?: {
		/**
		 * TLS protocol version.
		 */
		protocol?: string;
		/**
		 * Cipher suite.
		 */
		cipher?: string;
		/**
		 * Key bits.
		 */
		bits?: number;
	};
	/**
	 * Where a store put the mail.
	 */
	mailbox?: string;
	/**
	 * Message text after ids, tags and numbers.
	 */
	text?: string;
	/**
	 * Whatever else the message names; the keys are declared in the catalog of the format.
	 */
	fields?: {
		[k: string]: unknown;
	};
	/**
	 * Text that was not understood.
	 */
	remainder?: string;
	/**
	 * The record exactly as in the input, without its line end.
	 */
	raw?: string;
	/**
	 * Encoding of the record and its line end, when that is not UTF-8. `latin1`: it is not valid UTF-8, and each character of `raw` and of the values is one byte.
	 */
	raw_encoding?: "latin1" | "utf-16le" | "utf-16be";
	/**
	 * Where the record stands.
	 */
	source?: {
		/**
		 * Input as named by the user, `-` for standard input.
		 */
		file?: string;
		/**
		 * Number of the first physical line, from 1.
		 */
		line?: number;
		/**
		 * Byte offset in the decompressed stream.
		 */
		offset?: number;
		/**
		 * Length in bytes without the last line end.
		 */
		length?: number;
		/**
		 * Physical lines of the record, when more than 1.
		 */
		lines?: number;
		/**
		 * Line end when it is not a line feed; empty when the input ended or the record was cut.
		 */
		eol?: "\r\n" | "";
	};
}
/**
 * A carrier around another one.
 */
export interface OuterCarrier {
	kind?: CarrierKind;
	/**
	 * RFC 3339 with numeric offset, at the precision written: the stamp of the carrier, where the record has one of its own.
	 */
	time?: string;
	/**
	 * Host name of the carrier, where the record has one of its own.
	 */
	host?: string;
	/**
	 * Program name of the carrier, where the record has one of its own.
	 */
	program?: string;
	/**
	 * Process id of the carrier, where the record has one of its own.
	 */
	pid?: number;
	/**
	 * Unit of systemd.
	 */
	unit?: string;
	/**
	 * Kubernetes namespace.
	 */
	namespace?: string;
	/**
	 * Kubernetes pod.
	 */
	pod?: string;
	/**
	 * Name or id of the container.
	 */
	container?: string;
	/**
	 * Stream of the container or the service.
	 */
	stream?: "stdout" | "stderr";
	/**
	 * Tag of the log driver or the collector.
	 */
	tag?: string;
	/**
	 * File that the record was taken from.
	 */
	file?: string;
	/**
	 * Number of its line in that file, from 1.
	 */
	line?: number;
	/**
	 * The text goes on in another record, which did not follow.
	 */
	partial?: true;
}

export type TimeBasis = NonNullable<Event["time_basis"]>;
export type Level = NonNullable<Event["level"]>;
export type Action = NonNullable<Event["action"]>;
export type Outcome = NonNullable<Event["outcome"]>;
export type Envelope = NonNullable<Event["envelope"]>;
export type Peer = NonNullable<Event["client"]>;
export type Carrier = NonNullable<Event["carrier"]>;
export type Source = NonNullable<Event["source"]>;
export type WholeEvent = Event & { raw: string; source: Source & Required<Pick<Source, "file" | "line" | "offset" | "length">>; time_basis?: Required<TimeBasis> };

/** Version of the schema that these types follow. */
export const SCHEMA_VERSION = "1.1.0";

/** This version, and those before it that are still valid by the schema. */
export const SCHEMA_VERSIONS: readonly string[] = ["1.0.0","1.1.0"];
