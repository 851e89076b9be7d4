// Generated from schemas/event.schema.json by `npm run types`; do not edit. A test fails when it is stale.
/** One record of a log as a typed event, its parts by name, and the version of the schema they follow. */

/**
 * One log record. Keys that are unknown are absent; an empty string means that the log says "present but empty".
 */
export interface Event {
	/**
	 * Version of this schema.
	 */
	schema_version: "1.0.0";
	/**
	 * <input id>:<byte offset>; stable across runs, unique in a case.
	 */
	id: string;
	/**
	 * `unparsed`: the framing or the format was not recognized, or the record was cut at the length limit.
	 */
	record: "event" | "unparsed";
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
		year: "line" | "session_id" | "option" | "file" | "rollover";
		/**
		 * How the zone is known; `assumed` is UTC.
		 */
		zone: "line" | "option" | "assumed";
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
	raw: string;
	/**
	 * Present when the record is not valid UTF-8: each character of `raw` and of the values is one byte.
	 */
	raw_encoding?: "latin1";
	/**
	 * Where the record stands.
	 */
	source: {
		/**
		 * Input as named by the user, `-` for standard input.
		 */
		file: string;
		/**
		 * Number of the first physical line, from 1.
		 */
		line: number;
		/**
		 * Byte offset in the decompressed stream.
		 */
		offset: number;
		/**
		 * Length in bytes without the last line end.
		 */
		length: number;
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

export type TimeBasis = NonNullable<Event["time_basis"]>;
export type Level = NonNullable<Event["level"]>;
export type Action = NonNullable<Event["action"]>;
export type Outcome = NonNullable<Event["outcome"]>;
export type Envelope = NonNullable<Event["envelope"]>;
export type Peer = NonNullable<Event["client"]>;
export type Source = NonNullable<Event["source"]>;

/** Version of the schema that these types follow. */
export const SCHEMA_VERSION = "1.0.0";
