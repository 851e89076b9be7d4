/** A trail as text for people: what happened when, by one clock, how it is known to belong together, what became of it. */
import { fileOf, offsetOf } from "../format/event-place.js";
import type { Event, Evidence, Trail, TrailHop, TrailIds, TrailRecipient } from "../index.js";
import { assumedMark, assumedRows } from "./assumed.js";
import { clockText, clockTime, correctionText, rounded } from "./clock-text.js";
import type { Colours } from "./colours.js";
import { aligned, columnsOf, type Row, sheet, wrapped } from "./layout.js";
import { counted } from "./numbers.js";
import { printable, shortened } from "./printable.js";

/** What a timeline needs beside the trail. */
export interface Surroundings {
	/** By id. */
	readonly events: ReadonlyMap<string, Event>;
	/** What the catalog calls the message of an event. */
	titleOf(event: Event): string | undefined;
	/** Columns to write in, or infinity: then no line is broken. */
	readonly width: number;
	readonly colours: Colours;
}

export function trailText(written: Trail, around: Surroundings): string {
	const { width, colours } = around;
	const trail = withShortHosts(written);
	const section = (title: string, rows: readonly Row[]): string =>
		rows.length === 0 ? "" : `\n  ${colours.bold(title)}\n${sheet(rows.map(safe), width, "  ", colours.cyan)}`;
	return [
		`${colours.bold(printable(headingOf(trail)))}\n`,
		sheet(factsOf(trail).map(safe), width, "  ", colours.dim),
		"\n",
		timeline(trail, around),
		section(
			"How it is known",
			trail.links.flatMap((link) => linkRows(link)),
		),
		section(
			"What became of it",
			trail.recipients.flatMap((recipient): Row[] => [
				[recipient.address, outcomeText(recipient)],
				...(recipient.expanded ?? []).map((one): Row => [`→ ${one.address}`, outcomeText(one)]),
			]),
		),
		section(
			"What may belong to it; nothing proves it",
			trail.candidates.flatMap(({ hop, direction, format, host, ids, event, evidence, confidence }): Row[] => [
				[`${direction === "previous" ? "before" : "after"} ${hop + 1}`, `${format} on ${host}: ${idsText(ids)} ${idText(event)}`],
				["", `confidence ${rounded(confidence)}: ${evidence.map(evidenceText).join("; ")}`],
			]),
		),
		section(
			"What is missing",
			trail.hops.flatMap(({ missing }, i): Row[] => (missing.length === 0 ? [] : [[String(i + 1), missing.join(", ")]])),
		),
	].join("");
}

/** A log that names no host is told by its file. */
function withShortHosts(trail: Trail): Trail {
	const hosts = new Set([...trail.hops, ...trail.candidates].map(({ host }) => host));
	const short = (host: string): string => shortPath(host, hosts);
	const recipient = (one: TrailRecipient): TrailRecipient => ({
		...one,
		...(one.host === undefined ? {} : { host: short(one.host) }),
		...(one.expanded === undefined ? {} : { expanded: one.expanded.map(recipient) }),
	});
	return {
		...trail,
		hops: trail.hops.map((hop) => ({ ...hop, host: short(hop.host) })),
		candidates: trail.candidates.map((candidate) => ({ ...candidate, host: short(candidate.host) })),
		recipients: trail.recipients.map(recipient),
		clock_offsets: trail.clock_offsets.map((offset) => ({ ...offset, from: short(offset.from), to: short(offset.to) })),
	};
}

/** The name of a file; when two of all have the same name, the path. */
const shortPath = (path: string, all: ReadonlySet<string>): string =>
	[...all].filter((other) => lastPart(other) === lastPart(path)).length < 2 ? lastPart(path) : path;

const lastPart = (path: string): string => path.slice(path.lastIndexOf("/") + 1);

const safe = ([label, text]: Row): Row => [printable(label), printable(text)];

const headingOf = ({ message_ids }: Trail): string =>
	message_ids.length === 0 ? "Mail without a known Message-ID" : `Mail ${message_ids.map((id) => `<${id}>`).join(", ")}`;

/** The trail, its hops with their numbers, and the clocks. */
function factsOf({ trail_id, hops, clock_offsets, assumed = [] }: Trail): Row[] {
	const logs = new Set(assumed.map(({ source }) => source));
	return [
		["trail", trail_id],
		...hops.map((hop, i): Row => [`hop ${i + 1}`, `${hop.format} on ${hop.host}: ${idsText(hop.ids)}`]),
		...clock_offsets.map((offset, i): Row => [i === 0 ? "clocks" : "", clockText(offset)]),
		...assumedRows(assumed.map((one) => ({ ...one, source: shortPath(one.source, logs) }))),
		["times", `UTC, by the clock of ${hops[0]?.host ?? "nobody"}; the correction stands beside them`],
	];
}

const ID_NAMES: readonly (readonly [key: keyof TrailIds, name: string])[] = [
	["session_id", "session"],
	["transaction_id", "transaction"],
	["queue_id", "queue id"],
	["file", "file"],
];

function idsText(ids: TrailIds): string {
	const parts = ID_NAMES.flatMap(([key, name]) => (ids[key].length === 0 ? [] : `${name} ${ids[key].join(", ")}`));
	return parts.length === 0 ? "no id of its own" : parts.join(", ");
}

interface Entry {
	/** Indexes: a connection may be part of several hops. */
	readonly hops: readonly number[];
	readonly event: Event;
	/** Milliseconds by the clock of the first hop; undefined when the event has no time. */
	readonly time: number | undefined;
	/** What it is sorted by. */
	readonly at: number;
	/** Seconds that were added to the time of the log. */
	readonly correction: number;
	/** What was assumed of its time. */
	readonly mark: string;
}

/** With fewer columns beside time and host, what happened stands below them. */
const LEAST_WORDS = 30;
/** Columns in front of what stands below. */
const BELOW = 6;

/** A line for each event: time, correction, hop, layer, what happened. */
function timeline(trail: Trail, { events, titleOf, width, colours }: Surroundings): string {
	const entries = entriesOf(trail, events);
	const heads = aligned(
		entries.map(({ hops, event, time, correction, mark }) => [
			time === undefined ? "time unknown" : `${clockTime(time, event.time ?? "")} ${mark}`.trimEnd(),
			correction === 0 ? "" : correctionText(correction),
			hops.map((hop) => hop + 1).join(","),
			nameOf(trail.hops[hops[0] ?? 0]),
			"",
		]),
	);
	const column = Math.max(0, ...heads.map(columnsOf)) + 2;
	const isBeside = width - column - 2 >= LEAST_WORDS;
	const indent = isBeside ? column + 2 : BELOW;
	return entries
		.flatMap(({ event }, i) => {
			const lines = wrapped(printable(happened(event, titleOf(event))), width - indent);
			const words = lines.map((line) => toned(event, line, colours));
			const head = heads[i] ?? "";
			const [first = "", ...rest] = words;
			const label = `  ${colours.cyan(head)}`;
			const below = (isBeside ? rest : words).map((line) => " ".repeat(indent) + line);
			return [isBeside ? label + " ".repeat(column - columnsOf(head)) + first : label, ...below];
		})
		.map((line) => `${line.trimEnd()}\n`)
		.join("");
}

const nameOf = (hop: TrailHop | undefined): string => printable(`${hop?.format ?? ""} ${hop?.host ?? ""}`);

/** By time; an event without one stays behind that before it in its hop. */
function entriesOf(trail: Trail, events: ReadonlyMap<string, Event>): Entry[] {
	const ahead = secondsAhead(trail);
	const hopsOf = new Map<string, number[]>();
	for (const [i, hop] of trail.hops.entries()) for (const id of hop.events) hopsOf.set(id, [...(hopsOf.get(id) ?? []), i]);
	const entries = trail.hops.flatMap((hop, i) => {
		const correction = -(ahead.get(hop.host) ?? 0);
		let at = Number.NEGATIVE_INFINITY;
		return hop.events.flatMap((id): Entry[] => {
			const event = events.get(id);
			const hops = hopsOf.get(id) ?? [];
			if (event === undefined || hops[0] !== i) return [];
			const time = event.time === undefined ? undefined : Date.parse(event.time) + correction * 1000;
			at = time ?? at;
			return [{ hops, event, time, at, correction, mark: assumedMark(event, trail.assumed ?? []) }];
		});
	});
	const files = [...new Set(entries.map(({ event }) => fileOf(event)))];
	const place = ({ event }: Entry): number => files.indexOf(fileOf(event));
	// Stamps of whole seconds say less than the order in which a log was written.
	return entries.sort((a, b) => a.at - b.at || place(a) - place(b) || (offsetOf(a.event) ?? 0) - (offsetOf(b.event) ?? 0));
}

function toned({ outcome }: Event, text: string, { red, yellow }: Colours): string {
	return outcome === "failure" ? red(text) : outcome === "temporary_failure" ? yellow(text) : text;
}

/** Host → seconds that its clock is ahead of that of the first hop, as far as offsets lead there. */
function secondsAhead({ hops, clock_offsets }: Trail): Map<string, number> {
	const first = hops[0]?.host ?? "";
	const ahead = new Map([[first, 0]]);
	for (const host of ahead.keys())
		for (const { from, to, seconds } of clock_offsets) {
			if (from === host && !ahead.has(to)) ahead.set(to, (ahead.get(from) ?? 0) + seconds);
			if (to === host && !ahead.has(from)) ahead.set(from, (ahead.get(to) ?? 0) - seconds);
		}
	return ahead;
}

/** Longer texts than this are in the log. */
const LONGEST_TEXT = 300;

/** The last part of the path is enough for `explain --event`. */
const idText = (id: string): string => `[${lastPart(id)}]`;

/** Values of `fields` that say why, where there is no reply. */
const REASONS = ["reason", "diagnostics"];

/** What the catalog calls it, and whom it is about. */
function happened(event: Event, title: string | undefined): string {
	const { envelope, client, server, message, smtp, milter, text, action, raw, fields } = event;
	const reply = [smtp?.code, smtp?.enhanced, smtp?.text].filter((part) => part !== undefined && part !== "").join(" ");
	const details = [
		peerText("client", client),
		peerText("server", server),
		envelope?.from === undefined ? [] : `from <${envelope.from}>`,
		...(envelope?.to ?? []).map(({ address, original }) =>
			address === undefined
				? []
				: `to <${address}>${original === undefined || original === "" || original === address ? "" : ` (was <${original}>)`}`,
		),
		...(message?.message_ids ?? []).map((id) => `<${id}>`),
		message?.size_bytes === undefined ? [] : `${message.size_bytes} bytes`,
		milter?.name === undefined ? [] : `filter ${milter.name}`,
		milter?.status === undefined ? [] : milter.status,
		reply === "" ? REASONS.flatMap((name) => fields?.[name] ?? []).filter((why) => typeof why === "string") : `"${reply}"`,
	].flat();
	const what = title ?? action ?? (text === undefined ? (raw ?? "") : "");
	const rest = title === undefined && text !== undefined ? [text] : details;
	return `${shortened([what, rest.join(", ")].filter((part) => part !== "").join(": "), LONGEST_TEXT)} ${idText(event.id)}`;
}

function peerText(name: string, peer: Event["client"]): string | [] {
	if (peer?.ip === undefined && peer?.host === undefined) return [];
	const address = peer.ip === undefined ? "" : `[${peer.ip}]${peer.port === undefined ? "" : `:${peer.port}`}`;
	return `${name} ${peer.host ?? ""}${address}`;
}

function linkRows({ from, to, kind, evidence, confidence }: Trail["links"][number]): Row[] {
	return [
		[`${from + 1} → ${to + 1}`, `${kind}, confidence ${rounded(confidence)}`],
		...evidence.map((one): Row => ["", evidenceText(one)]),
	];
}

/** `quoted id: A1B2 (+9.2)`, `time: 0.4 s apart (+2.1)` */
function evidenceText({ kind, values: { value, from, to, seconds, begin, end, growth, lines, ...rest }, weight }: Evidence): string {
	const text = (one: string | number | readonly string[] | undefined): string =>
		typeof one === "object" ? one.join(", ") : String(one ?? "nothing");
	const parts = [
		value === undefined ? [] : text(value),
		from === undefined && to === undefined ? [] : `${text(from)} / ${text(to)}`,
		seconds === undefined ? [] : `${rounded(seconds)} s apart`,
		begin === undefined ? [] : `beginnings ${rounded(begin)} s apart`,
		end === undefined ? [] : `ends ${rounded(end)} s apart`,
		lines === undefined ? [] : `ends ${counted(lines, "line")} apart`,
		growth === undefined ? [] : `grown by ${rounded(growth)} bytes`,
		...Object.entries(rest).map(([name, address]) => `${name.replaceAll("_", " ")} ${address}`),
	].flat();
	return `${kind.replaceAll("_", " ")}: ${shortened(parts.join(", "), LONGEST_TEXT)} (${weight < 0 ? "" : "+"}${rounded(weight)})`;
}

function outcomeText({ outcome, mailbox, decided_by, host, smtp, event, expanded = [] }: Trail["recipients"][number]): string {
	const reply = [smtp?.code, smtp?.enhanced, smtp?.text].filter((part) => part !== undefined).join(" ");
	if (expanded.length > 0) return [...new Set(expanded.map((one) => one.outcome))].join(" and ");
	return [
		outcome,
		mailbox === undefined ? "" : ` to ${shortened(mailbox, LONGEST_TEXT)}`,
		decided_by === undefined && host === undefined
			? ""
			: `, decided by ${[decided_by, host].filter((part) => part !== undefined).join(" on ")}`,
		reply === "" ? "" : `: ${shortened(reply, LONGEST_TEXT)}`,
		event === undefined ? "" : ` ${idText(event)}`,
	].join("");
}
