/** Small logs in, hops out: in short words, with numbers of lines in place of event ids. */
import type { Endpoint, Handover, Hop, HopRecipient, Tracker } from "../../../src/format/define.js";
import { events, type Settings } from "../../../src/index.js";
import { inputOf } from "../../corpus/conversion.js";
import { type Formats, loadTestFormats } from "../../corpus/formats.js";

export interface ToldHop {
	readonly ids: string;
	readonly lines: readonly number[];
	readonly arrival: string;
	readonly recipients: readonly string[];
	readonly handovers: readonly string[];
	readonly filterings: readonly string[];
	readonly relations: readonly string[];
	readonly missing: readonly string[];
}

let formats: Promise<Formats> | undefined;

/** Reads a log as one format and follows its mails to the end of the log. */
export async function hopsOf(id: string, log: string, settings: Partial<Settings> = {}): Promise<readonly Hop[]> {
	formats ??= loadTestFormats();
	const known = await formats;
	const forced = known.formats.find((format) => format.id === id);
	const tracker: Tracker | undefined = forced?.definition.trail?.();
	if (tracker === undefined) throw new Error(`${id} has no tracker`);
	const hops: Hop[] = [];
	const lines = log.replace(/^\n/, "").replaceAll(/^\t+/gm, "");
	for await (const event of events(inputOf(lines), { ...known, forced, year: 2026, inputId: "log", ...settings })) {
		if (event.time === undefined) throw new Error(`no time: ${event.raw}`);
		tracker.add({ ...event, id: String(event.source.line) }, Date.parse(event.time), (hop) => hops.push(hop));
	}
	tracker.end((hop) => hops.push(hop));
	return hops;
}

/** The same in short words, in the order in which they begin. */
export async function told(id: string, log: string, settings: Partial<Settings> = {}): Promise<readonly ToldHop[]> {
	const hops = (await hopsOf(id, log, settings)).map(inShort);
	return hops.toSorted((left, right) => (left.lines[0] ?? 0) - (right.lines[0] ?? 0));
}

/** `10:00:01`, with hundredths where the log has them. */
const clock = (time: number | undefined): string =>
	time === undefined ? "?" : new Date(time).toISOString().slice(11, 22).replace(/\.00$/, "");

const end = ({ ip, port, host, helo }: Endpoint): string =>
	[host, ip && `[${ip}]`, port && `:${port}`, helo && ` helo ${helo}`].filter((part) => part !== undefined && part !== "").join("");

const recipient = ({ address, became, outcome, repeats, smtp, event }: HopRecipient): string =>
	[[address, ...became].join(" → "), outcome, repeats && `as the ${repeats} said`, smtp?.code, smtp?.enhanced, `(${event})`]
		.filter(Boolean)
		.join(" ");

const handover = ({ time, to, server, client, reply, result }: Handover): string =>
	[
		clock(time),
		result,
		to.join(" "),
		end(server) && `by ${end(server)}`,
		end(client) && `from ${end(client)}`,
		reply.code,
		reply.quoted.length > 0 && `quotes ${reply.quoted}`,
	]
		.filter(Boolean)
		.join(" ");

const inShort = ({ ids, events: lines, arrival, recipients, handovers, filterings, relations, missing }: Hop): ToldHop => ({
	ids: Object.entries(ids)
		.filter(([, list]) => list.length > 0)
		.map(([kind, list]) => `${kind} ${list.join(" ")}`)
		.join(", "),
	lines: lines.map(Number),
	arrival:
		arrival === undefined
			? "none"
			: [
					`${clock(arrival.time)} from ${end(arrival.client) || "?"}`,
					arrival.from === undefined ? "" : `<${arrival.from}>`,
					arrival.size_bytes === undefined ? "" : `${arrival.size_bytes} bytes`,
					arrival.isAccepted ? ["accepted", ...arrival.told].join(" ") : "not accepted",
				]
					.filter((part) => part !== "")
					.join(", "),
	recipients: recipients.map(recipient),
	handovers: handovers.map(handover),
	filterings: filterings.map(({ side, series, k, begin, end: last, verdict, stage, words }) =>
		[`${side} ${series} ${k}`, `${clock(begin)}-${clock(last)}`, verdict ?? "?", stage ?? "?", ...words].join(" "),
	),
	relations: relations.map(({ kind, id, event }) => `${kind} ${id} (${event})`),
	missing,
});
