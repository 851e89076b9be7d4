/** LOG_* options: which switches of the grammar each value turns, shipped sets, and what entries prove about them. */
import type { Captured, Profile } from "../../src/format/define.js";
import { withoutCounts } from "./encodings.js";

type Match = (switches: readonly string[], payload: string) => Captured | undefined;
type Option = Profile["options"][string];

const isOn = (value: string): boolean => /^[1-9]\d*$/.test(value);
const isOff = (value: string): boolean => value === "0";

/**
 * An option that is on or off; a value that is no number is none that it can have. A profile that names any option is taken
 * as whole: what it leaves out is off, so free text is not kept back for a field that might be there.
 */
const onOff = (title: string, on: readonly string[] = [], off: readonly string[] = []): Option => ({
	title,
	switches: (value) => (isOn(value) ? ["is_profiled", ...on] : isOff(value) ? ["is_profiled", ...off] : []),
});

/** What is written beside options that a profile leaves open. */
const OPEN = "unknown";

/** LOG_CONNECTION is a sum of bits; these three add fields to message entries. */
const connectionSwitches = (value: string): readonly string[] => {
	if (!isOn(value) && !isOff(value)) return [];
	const bits = Number(value);
	return [
		"is_profiled",
		(bits & 1) === 0 ? "no_system" : "has_system",
		...((bits & 32) === 0 ? [] : ["has_transport", "has_trailing"]),
		...((bits & 64) === 0 ? [] : ["has_application", "has_trailing"]),
	];
};

const options: Profile["options"] = {
	LOG_NODE: onOff("Node name before the process or channel", ["has_node"], ["no_node"]),
	LOG_PROCESS: onOff("Process, thread and sequence before the channel", [], ["no_process"]),
	LOG_NOTARY: onOff("Recipient flags after the recipient", ["has_notary"], ["no_notary"]),
	LOG_FILENAME: onOff("Queue file", ["has_filename"], ["no_filename"]),
	LOG_ENVELOPE_ID: onOff("Envelope id", ["has_envelope_id"], ["no_envelope_id"]),
	LOG_MESSAGE_ID: onOff("Message id", ["has_message_id"], ["no_message_id"]),
	LOG_USERNAME: {
		title: "Account or authenticated user",
		switches: (value) =>
			value === OPEN
				? ["is_user_open"]
				: isOn(value)
					? ["is_profiled", "has_username"]
					: isOff(value)
						? ["is_profiled", "no_username"]
						: [],
	},
	LOG_CONNECTION: {
		title: "Sum of bits: source system, connection entries, transport, application, authentication",
		switches: connectionSwitches,
	},
	LOG_SENSITIVITY: onOff("Sensitivity", ["has_sensitivity"]),
	LOG_PRIORITY: onOff("Priority", ["has_priority"]),
	LOG_INTERMEDIATE: onOff("Intermediate and initial address", ["has_intermediate"]),
	LOG_FILTER: onOff("Result of the filters, in apostrophes", ["has_filter"]),
	LOG_REASON: onOff("Reason in R and K entries", ["has_reason"]),
	LOG_DIAGNOSTICS: onOff("Diagnostics", [], ["no_diagnostics"]),
	LOG_REMOTE_MTA: onOff("Remote system behind the diagnostics", ["has_remote_mta", "has_trailing"]),
	LOG_QUEUE_TIME: onOff("Seconds in the queue, at the end", ["has_queue_time", "has_trailing"]),
	// Shapes tell these apart.
	LOG_FORMAT: {
		title: "1 text, 2 empty addresses as <>, 3 counted, 4 XML, 5 and 6 JSON",
		switches: (value) => (/^[1-6]$/.test(value) ? ["is_profiled", ...(Number(value) > 3 ? ["is_delimited"] : [])] : []),
	},
	LOG_HEADER: onOff("Header entries"),
	// These add no field whose place in text entries is known.
	LOG_HEADERS_MAXCHARS: onOff("Length of logged headers"),
	LOG_LOCAL: onOff("Local domain appended to bare addresses"),
	LOG_AUTH: onOff("Authentication fields (XML and JSON)"),
	LOG_IMAP_FLAGS: onOff("IMAP flags (XML and JSON)"),
	LOG_DELIVERY_FLAGS: onOff("Delivery flags (XML and JSON)"),
	LOG_SNDOPR: onOff("Messages to the operator"),
	LOG_MESSAGES_SYSLOG: {
		title: "Entries to syslog: facility and priority, negative for syslog only",
		switches: (value) => (/^-?\d+$/.test(value) ? ["is_profiled"] : []),
	},
	SEPARATE_CONNECTION_LOG: onOff("Connection entries in a file of their own"),
};

const switches: readonly string[] = [
	...["is_profiled", "is_user_open"],
	...["has_node", "no_node", "no_process", "has_notary", "no_notary", "has_filename", "no_filename", "has_envelope_id", "no_envelope_id"],
	...["has_message_id", "no_message_id", "has_username", "no_username", "has_system", "no_system", "has_sensitivity", "has_priority"],
	...["has_intermediate", "has_filter", "has_reason", "no_diagnostics"],
	...["has_trailing", "is_delimited", "has_remote_mta", "has_transport", "has_application", "has_queue_time"],
];

const off = (...names: readonly string[]): Readonly<Record<string, string>> => Object.fromEntries(names.map((name) => [name, "0"]));
const on = (...names: readonly string[]): Readonly<Record<string, string>> => Object.fromEntries(names.map((name) => [name, "1"]));

const SINCE_8 = ["LOG_REMOTE_MTA"];
const SINCE_6_3 = ["LOG_REASON", "LOG_QUEUE_TIME", ...SINCE_8];
const SINCE_6 = ["LOG_ENVELOPE_ID", "LOG_SENSITIVITY", "LOG_PRIORITY", "LOG_FILTER", ...SINCE_6_3];
const ALWAYS = [
	"LOG_NODE",
	"LOG_PROCESS",
	"LOG_NOTARY",
	"LOG_FILENAME",
	"LOG_MESSAGE_ID",
	"LOG_USERNAME",
	"LOG_CONNECTION",
	"LOG_INTERMEDIATE",
];

const presets: Profile["presets"] = {
	// A version preset rules out the fields that the version does not have; the others stay open.
	"pmdf-6": { ...off(...SINCE_6), LOG_USERNAME: OPEN },
	"6-2005q4": { ...off(...SINCE_6_3), LOG_USERNAME: OPEN },
	"6.3": { ...off(...SINCE_8), LOG_USERNAME: OPEN },
	"7": { ...off(...SINCE_8), LOG_USERNAME: OPEN },
	// No optional field at all: the state of a fresh installation.
	plain: off(...ALWAYS, ...SINCE_6),
	// Every option of the guide's own list of fields.
	"6-2005q4-list": {
		...off(...SINCE_6, "LOG_INTERMEDIATE"),
		...on("LOG_NODE", "LOG_PROCESS", "LOG_NOTARY", "LOG_FILENAME", "LOG_MESSAGE_ID", "LOG_USERNAME", "LOG_CONNECTION"),
	},
	"format-4": { LOG_FORMAT: "4" },
};

const settingsOf = (found: Readonly<Record<string, string>>): readonly string[] =>
	Object.entries(found).flatMap(([name, value]) => options[name]?.switches(value) ?? []);

/** Entries of one reading of the payloads, by kind. */
interface Reading {
	readonly message: readonly Captured[];
	readonly enqueued: readonly Captured[];
	readonly connection: readonly Captured[];
}

function read(payloads: readonly string[], found: Readonly<Record<string, string>>, match: Match): Reading {
	const on = settingsOf(found);
	const all = payloads.map((payload) => match(on, payload)).filter((captured) => captured !== undefined);
	const message = all.filter((captured) => captured.size_blocks !== undefined && captured.mailserv_times === undefined);
	return {
		message,
		enqueued: message.filter((captured) => captured.action?.[0] === "E"),
		connection: all.filter((captured) => captured.queue_direction !== undefined),
	};
}

const has = (name: string) => (captured: Captured) => captured[name] !== undefined;
const restOf = (captured: Captured): string => captured.remainder?.at(-1) ?? "";

function infer(payloads: readonly string[], match: Match): Readonly<Record<string, string>> {
	const found: Record<string, string> = {};
	const lines = payloads.filter((payload) => !payload.startsWith("<") && !payload.startsWith("{"));
	let isCounted = false;
	const text = lines.map((payload) => {
		const counted = match([], payload)?.counted_text?.[0];
		const plain = counted === undefined ? undefined : withoutCounts(payload, counted);
		isCounted ||= plain !== undefined;
		return plain ?? payload;
	});
	if (text.length === 0) {
		const first = payloads[0];
		return first === undefined
			? {}
			: { LOG_FORMAT: first.startsWith("<") ? "4" : first.startsWith('{"en"') || first.startsWith('{"co"') ? "5" : "6" };
	}
	const first = read(text, found, match);
	inferOwner(first, found);
	if (isCounted) found.LOG_FORMAT = "3";
	else if (text.some((payload) => / <> [\w-]+;/.test(payload))) found.LOG_FORMAT = "2";
	// Only E entries tell what is off: they have every field, and no free text behind them.
	if (first.enqueued.length > 0) {
		inferRecipientFields(first.enqueued, found);
		inferUser(read(text, found, match).enqueued, found);
	}
	inferConnection(read(text, found, match), found);
	inferNumbers(read(text, found, match), found);
	if (Object.keys(found).length > 0) found.LOG_USERNAME ??= OPEN;
	return found;
}

/** Node and process. A missing node is proved by E entries (with two words where the others have one) or beside a process. */
function inferOwner({ message, enqueued, connection }: Reading, found: Record<string, string>): void {
	const all = [...message, ...connection];
	if (all.length === 0) return;
	const withProcess = all.filter(has("process"));
	found.LOG_PROCESS = withProcess.length > 0 ? "1" : "0";
	const telling = [...enqueued, ...withProcess];
	if (telling.length > 0) found.LOG_NODE = telling.some(has("node")) ? "1" : "0";
}

function inferRecipientFields(enqueued: readonly Captured[], found: Record<string, string>): void {
	const flags = enqueued.map((captured) => captured.notary?.[0] ?? /^\d+(?= |$)/.exec(restOf(captured))?.[0]);
	if (flags.every((value) => value === undefined)) found.LOG_NOTARY = "0";
	// A lone small number might be a priority.
	else if (flags.every((value) => value !== undefined) && (enqueued.some(has("notary")) || flags.some((value) => Number(value) > 9)))
		found.LOG_NOTARY = "1";
	const rest = enqueued.map(restOf);
	if (enqueued.some(has("file"))) found.LOG_FILENAME = "1";
	else if (!rest.some((words) => /[/\\\]]/.test(words))) found.LOG_FILENAME = "0";
	if (enqueued.some(has("envelope_id"))) found.LOG_ENVELOPE_ID = "1";
	if (enqueued.some(has("message_id"))) found.LOG_MESSAGE_ID = "1";
	else if (!rest.some((words) => /[<@$]/.test(words))) Object.assign(found, { LOG_MESSAGE_ID: "0", LOG_ENVELOPE_ID: "0" });
}

/** The account stands in every E entry, and is mostly the same one. */
function inferUser(enqueued: readonly Captured[], found: Record<string, string>): void {
	if (enqueued.some(has("auth_user"))) {
		found.LOG_USERNAME = "1";
		return;
	}
	const words = enqueued.map((captured) => /^[^ ]*/.exec(restOf(captured))?.[0] ?? "");
	if (words.every((word) => /^(?:\d+|'.*|)$/.test(word))) {
		found.LOG_USERNAME = "0";
		return;
	}
	const counts = new Map<string, number>();
	for (const word of words) if (/^[A-Za-z_][\w-]*$/.test(word)) counts.set(word, (counts.get(word) ?? 0) + 1);
	const most = Math.max(0, ...counts.values());
	if (most >= 2 && most >= 0.8 * words.length) found.LOG_USERNAME = "1";
}

/** Bit 0 by systems in message entries, bits 5 and 6 by what follows them, bit 1 by connection entries, bit 7 by authentication entries. */
function inferConnection({ message, enqueued, connection }: Reading, found: Record<string, string>): void {
	const withSystem = message.some((captured) => has("client_ip")(captured) || has("server_host")(captured));
	// Mail that came in through SMTP has a system; notifications that a channel makes itself have none.
	const without = enqueued.some(
		(captured) =>
			captured.source_channel?.[0]?.startsWith("tcp_") === true && captured.envelope_from?.[0] !== "" && restOf(captured) === "",
	);
	if (!withSystem && !without) return;
	const isAuth = (captured: Captured): boolean => captured.action?.[0] === "U";
	const withTransport = message.some(has("client_port"));
	const withApplication = message.some(has("application"));
	const bits =
		(withSystem ? 1 : 0) +
		(withTransport ? 32 : 0) +
		(withApplication ? 64 : 0) +
		(connection.some((captured) => !isAuth(captured)) ? 2 : 0) +
		(connection.some(isAuth) ? 128 : 0);
	found.LOG_CONNECTION = String(bits);
}

/** Numbers behind the system: two before the filter, or three in a row, leave no choice; one does. */
function inferNumbers({ message, enqueued }: Reading, found: Record<string, string>): void {
	if (message.some(has("filter"))) found.LOG_FILTER = "1";
	const rest = enqueued.map(restOf);
	const every = (pattern: RegExp): boolean => rest.length > 0 && rest.every((words) => pattern.test(words));
	if (every(/^\d+ \d+ '/)) Object.assign(found, { LOG_SENSITIVITY: "1", LOG_PRIORITY: "1", LOG_FILTER: "1" });
	if (every(/^\d+ \d+ \d+$/)) Object.assign(found, { LOG_SENSITIVITY: "1", LOG_PRIORITY: "1", LOG_QUEUE_TIME: "1" });
	if (every(/' \d+$/)) found.LOG_QUEUE_TIME = "1";
}

export const profile: Profile = { options, switches, presets, infer };
