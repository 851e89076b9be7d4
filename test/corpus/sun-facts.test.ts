/** The facts about the published Sun entries, made by hand in expected.json, against every key of the events. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { differences } from "../../src/author/cases.js";
import type { GivenOptions } from "../../src/index.js";
import { packageRoot } from "../../src/root.js";
import { converted } from "./conversion.js";
import { type Formats, loadTestFormats } from "./formats.js";

const CORPUS = fileURLToPath(new URL("corpus/", packageRoot));

interface Process {
	readonly raw: string;
	readonly pid: string;
	readonly thread: string | null;
	readonly sequence: number;
}
interface Transport {
	readonly local_ip: string;
	readonly local_port: number;
	readonly remote_ip: string;
	readonly remote_port: number;
}
interface Diagnostics {
	readonly text: string;
	readonly remote_mta: string | null;
	readonly transport: Transport | null;
	readonly banner: string | null;
	readonly smtp_code: number | null;
	readonly enhanced_code: string | null;
	readonly smtp_text: string | null;
}
interface Entry {
	readonly line: number;
	readonly timestamp: string;
	readonly node: string | null;
	readonly process: Process | null;
	readonly code: string;
	readonly username: string | null;
	readonly diagnostics: Diagnostics | null;
}
interface MessageEntry extends Entry {
	readonly kind: "message";
	readonly source_channel: string;
	readonly destination_channel: string | null;
	readonly action: string;
	readonly modifiers: readonly string[];
	readonly size: number;
	readonly from: string;
	readonly original_to_type: string;
	readonly original_to: string;
	readonly to: string;
	readonly notary: number | null;
	readonly filename: string | null;
	readonly file_attempt: number | null;
	readonly envelope_id: string | null;
	readonly message_ids: readonly string[];
	readonly connection: { readonly system: string; readonly rdns: string | null; readonly ip: string | null } | null;
	readonly sensitivity: number | null;
	readonly priority: number | null;
}
interface ConnectionEntry extends Entry {
	readonly kind: "connection";
	readonly channel: string;
	readonly direction: "+" | "-";
	readonly transport: Transport;
	readonly application: {
		readonly text: string;
		readonly service: string;
		readonly initial_host: string | null;
		readonly dns_host: string | null;
		readonly tls: string | null;
	};
	readonly message_note?: string;
}
interface HeaderEntry extends Entry {
	readonly kind: "header";
	readonly header_name: string;
	readonly header_value: string;
}
interface ServiceEntry {
	readonly kind: "service";
	readonly line: number;
	readonly timestamp: string;
	readonly host: string;
	readonly process_name: string;
	readonly pid: number;
	readonly category: string;
	readonly level: string;
	readonly message: string;
}
interface Facts<E> {
	readonly files: Readonly<Record<string, { readonly entries: readonly E[] }>>;
}

/** The facts are data of the corpus; a wrong shape fails the comparison. */
const readFacts = <E>(format: string): Facts<E> =>
	JSON.parse(readFileSync(`${CORPUS}${format}/captures/expected.json`, "utf8")) as Facts<E>;

const mta = readFacts<MessageEntry | ConnectionEntry | HeaderEntry>("sun-mta").files;
const service = readFacts<ServiceEntry>("sun-service").files;

const withoutAngles = (id: string): string => id.replace(/^<(.*)>$/, "$1");

const smtpOf = (diagnostics: Diagnostics | null): object => ({
	code: diagnostics?.smtp_code?.toString(),
	enhanced: diagnostics?.enhanced_code,
	text: diagnostics?.smtp_text,
});

const common = (entry: Entry): object => ({
	record: "event",
	format: "sun-mta",
	time: `${entry.timestamp}+00:00`,
	time_basis: { year: "line", zone: "assumed" },
	process: entry.process && {
		pid: Number.parseInt(entry.process.pid, 16),
		thread: entry.process.thread && Number.parseInt(entry.process.thread, 16),
		sequence: entry.process.sequence,
		raw: entry.process.raw,
	},
	auth: { user: entry.username },
	smtp: smtpOf(entry.diagnostics),
});

/** E, J, V and B come from a client; the other codes are about the system that was connected to. */
const isReceiving = (code: string): boolean => /^[EJVB]/.test(code);

function ofMessage(entry: MessageEntry): object {
	const { connection, diagnostics } = entry;
	const receives = isReceiving(entry.code);
	// The facts keep the words of a failed connection as one text.
	const [, call, error] = /^TCP active open: (.+?) +Error: (.+)$/.exec(diagnostics?.text ?? "") ?? [];
	const remote = { ip: diagnostics?.transport?.remote_ip, port: diagnostics?.transport?.remote_port };
	return {
		...common(entry),
		code: entry.code,
		message: {
			message_ids: entry.message_ids.length === 0 ? null : entry.message_ids.map(withoutAngles),
			envelope_id: entry.envelope_id,
			size_blocks: entry.size,
		},
		envelope: { from: entry.from, to: [{ address: entry.to, original: entry.original_to, type: entry.original_to_type }] },
		client: receives ? { ...remote, helo: connection?.system, host: connection?.rdns, ip: connection?.ip ?? remote.ip } : null,
		server: receives ? null : { ...remote, host: connection?.system ?? diagnostics?.remote_mta, banner: diagnostics?.banner },
		queue: {
			source_channel: entry.source_channel,
			destination_channel: entry.destination_channel,
			file: entry.filename,
			attempt: entry.file_attempt,
		},
		fields: {
			action: entry.action,
			modifiers: entry.modifiers.length === 0 ? null : entry.modifiers,
			node: entry.node,
			notary: entry.notary,
			sensitivity: entry.sensitivity,
			priority: entry.priority,
			diagnostics: diagnostics?.text,
			local_ip: diagnostics?.transport?.local_ip,
			local_port: diagnostics?.transport?.local_port,
			tcp_call: call,
			tcp_error: error,
		},
	};
}

function ofConnection(entry: ConnectionEntry): object {
	const { transport, application } = entry;
	const peer = { ip: transport.remote_ip, port: transport.remote_port };
	const [, bits, cipher] = /^TLS-(\d+)-(.+)$/.exec(application.tls ?? "") ?? [];
	return {
		...common(entry),
		code: entry.code,
		client: entry.direction === "+" ? peer : null,
		server: entry.direction === "-" ? { ...peer, host: application.dns_host } : null,
		queue: { source_channel: entry.channel, direction: entry.direction === "+" ? "in" : "out" },
		tls: { bits: bits === undefined ? null : Number(bits), cipher },
		fields: {
			action: entry.code,
			node: entry.node,
			local_ip: transport.local_ip,
			local_port: transport.local_port,
			application: application.text,
			service: application.service,
			initial_host: application.initial_host,
			dns_host: application.dns_host,
			note: entry.message_note,
			diagnostics: entry.diagnostics?.text,
		},
	};
}

const ofHeader = (entry: HeaderEntry): object => ({
	...common(entry),
	code: ">",
	fields: { action: ">", node: entry.node, header_name: entry.header_name, header_value: entry.header_value },
});

/** Without what is not there, and without objects in which nothing is left. */
const pruned = (value: unknown): unknown => {
	if (typeof value !== "object" || value === null || Array.isArray(value)) return value ?? undefined;
	const kept = Object.entries(value).flatMap(([key, inner]) => (pruned(inner) === undefined ? [] : [[key, pruned(inner)]]));
	return kept.length === 0 ? undefined : Object.fromEntries(kept);
};

const expectedEvent = (entry: MessageEntry | ConnectionEntry | HeaderEntry): unknown =>
	pruned(entry.kind === "message" ? ofMessage(entry) : entry.kind === "connection" ? ofConnection(entry) : ofHeader(entry));

/** What of an event the facts are about: all but what the catalog says of the code, and where the record stood. */
function factual(event: object): unknown {
	const { schema_version, id, raw, source, level, level_basis, action, outcome, ...rest } = { ...event } as Record<string, unknown>;
	const { log_profile, ...fields } = Object(rest.fields);
	expect([schema_version, id, raw, source, log_profile].includes(undefined), "these are in every event").toBe(false);
	expect([level, level_basis, action].includes(undefined) || outcome === null, "the catalog knows every code of the facts").toBe(false);
	return pruned({ ...rest, fields });
}

/** The options each file was written with, for all lines that are not listed apart. */
const OPTIONS: Readonly<Record<string, GivenOptions | Readonly<Record<number, GivenOptions>>>> = {
	"example-21-1.log": { LOG_CONNECTION: "1" },
	"example-21-2.log": { LOG_FILENAME: "1", LOG_MESSAGE_ID: "1" },
	"example-21-3.log": { LOG_FILENAME: "1", LOG_MESSAGE_ID: "1", LOG_CONNECTION: "1" },
	"example-21-4.log": { LOG_FILENAME: "1", LOG_MESSAGE_ID: "1" },
	"example-21-5.log": { LOG_FILENAME: "1", LOG_MESSAGE_ID: "1" },
	"example-21-6.log": { preset: "plain" },
	"example-21-7.log": { LOG_FILENAME: "1", LOG_MESSAGE_ID: "1" },
	"example-21-8.log": { LOG_FILENAME: "1", LOG_MESSAGE_ID: "1" },
	"example-21-9.log": { LOG_CONNECTION: "3", LOG_PROCESS: "1", LOG_MESSAGE_ID: "1", LOG_FILENAME: "1" },
	"example-21-10.log": { LOG_CONNECTION: "3" },
	"field-list-6-2005q4.log": { 1: { preset: "6-2005q4-list" }, 2: { preset: "plain" } },
	"guide-6.3-outgoing.log": { 1: { preset: "plain" }, 2: { LOG_CONNECTION: "1" }, 3: { LOG_CONNECTION: "1" } },
	"guide-6.3-optional-fields.log": { LOG_FILENAME: "1", LOG_MESSAGE_ID: "1", LOG_CONNECTION: "1" },
	"guide-6.3-list.log": { LOG_FILENAME: "1", LOG_MESSAGE_ID: "1", LOG_CONNECTION: "1" },
	"guide-6.3-reject.log": { preset: "plain" },
	"pmdf-and-wiki-basic.log": { preset: "plain" },
	"site-2019.log": { LOG_USERNAME: "1", LOG_CONNECTION: "3", LOG_HEADER: "1" },
	"xml-auth-2014.log": { LOG_FORMAT: "4", LOG_CONNECTION: "130", LOG_PROCESS: "1" },
};

function optionsFor(file: string, line: number): GivenOptions {
	const options: Readonly<Record<string, string | GivenOptions>> = OPTIONS[file] ?? {};
	const own = options[line];
	return typeof own === "object" ? own : (options as GivenOptions);
}

let known: Formats;
beforeAll(async () => {
	known = await loadTestFormats();
});

describe.each(Object.entries(mta).filter(([file]) => file !== "service-logs.log"))("%s", (file, { entries }) => {
	const bytes = readFileSync(`${CORPUS}sun-mta/captures/${file}`);

	test("there is a fact for each line", () => {
		expect(entries.map(({ line }) => line)).toEqual(
			bytes
				.toString()
				.trimEnd()
				.split("\n")
				.map((_, i) => i + 1),
		);
	});

	test.each(entries.map((entry) => ({ ...entry, entry })))("line $line, $code: options inferred", async ({ line, entry }) => {
		const { events } = await converted(bytes, known);
		expect(factual(events[line - 1] ?? {})).toEqual(expectedEvent(entry));
	});

	test.each(entries.map((entry) => ({ ...entry, entry })))("line $line, $code: options given", async ({ line, entry }) => {
		const { events } = await converted(bytes, { ...known, options: optionsFor(file, line) });
		expect(events[line - 1]?.fields?.log_profile).toMatchObject({ basis: "given" });
		expect(factual(events[line - 1] ?? {})).toEqual(expectedEvent(entry));
	});
});

const LEVELS: Readonly<Record<string, string>> = { Information: "info", Notice: "notice", Error: "error" };

describe.each(Object.entries(service))("%s", (file, { entries }) => {
	test.each(entries.map((entry) => ({ ...entry, entry })))("line $line, $message", async ({ line, entry }) => {
		const { events } = await converted(readFileSync(`${CORPUS}sun-service/captures/${file}`), known);
		expect(events).toHaveLength(entries.length);
		const expected = {
			format: "sun-service",
			time: entry.timestamp,
			time_basis: { year: "line", zone: "line" },
			host: entry.host,
			program: entry.process_name,
			pid: entry.pid,
			level: LEVELS[entry.level] ?? "",
			level_basis: "line",
			text: entry.message,
			fields: { category: entry.category },
		};
		expect(differences(expected, JSON.parse(JSON.stringify(events[line - 1])))).toEqual([]);
	});
});
