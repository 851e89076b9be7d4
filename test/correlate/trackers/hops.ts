/** Small logs in, hops out: in short words, with numbers of lines in place of event ids. */
import { expect } from "vitest";
import { type Quotes, quotesOf } from "../../../src/correlate/quotes.js";
import { type Endpoint, type Handover, type Hop, type HopRecipient, viewOf } from "../../../src/format/api.js";
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
const loadedFormats = (): Promise<Formats> => {
	formats ??= loadTestFormats();
	return formats;
};

/** Reads a log as one format and follows its mails to the end of the log. */
export async function hopsOf(id: string, log: string, settings: Partial<Settings> = {}): Promise<readonly Hop[]> {
	const known = await loadedFormats();
	const forced = known.formats.find((format) => format.id === id);
	const followed = await forced?.definition.trail?.();
	if (followed === undefined) throw new Error(`${id} has no tracker`);
	const { trail } = followed;
	const hops: Hop[] = [];
	const tracker = trail((hop) => hops.push(hop));
	const resumed: Hop[] = [];
	const resume = (hop: Hop): void => void resumed.push(hop);
	let stopping = trail(resume);
	const lines = log.replace(/^\n/, "").replaceAll(/^\t+/gm, "");
	for await (const event of events(inputOf(lines), { ...known, forced, year: 2026, inputId: "log", ...settings })) {
		if (event.time === undefined) throw new Error(`no time: ${event.raw}`);
		const [view, time] = [viewOf({ ...event, id: String(event.source.line) }), Date.parse(event.time)];
		tracker.add(view, time);
		stopping.add(view, time);
		stopping = trail(resume, JSON.parse(JSON.stringify(stopping.save())));
	}
	tracker.end();
	stopping.end();
	expect(resumed, "the hops of a tracker that is saved and loaded after every event").toEqual(hops);
	return hops;
}

/** The same in short words, in the order in which they begin. */
export async function told(id: string, log: string, settings: Partial<Settings> = {}): Promise<readonly ToldHop[]> {
	const hops = await hopsOf(id, log, settings);
	const quotes = quotesOf((await loadedFormats()).formats.map(({ definition }) => definition));
	return hops.map((hop) => inShort(hop, quotes)).toSorted((left, right) => (left.lines[0] ?? 0) - (right.lines[0] ?? 0));
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

const handover = ({ time, to, server, client, reply, result }: Handover, quotes: Quotes): string => {
	const { code, text, quoted = quotes(text) } = reply;
	return [
		clock(time),
		result,
		to.join(" "),
		end(server) && `by ${end(server)}`,
		end(client) && `from ${end(client)}`,
		code,
		quoted.length > 0 && `quotes ${quoted}`,
	]
		.filter(Boolean)
		.join(" ");
};

const inShort = ({ ids, events: lines, arrival, recipients, handovers, filterings, relations, missing }: Hop, quotes: Quotes): ToldHop => ({
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
	handovers: handovers.map((one) => handover(one, quotes)),
	filterings: filterings.map(({ side, series, k, begin, end: last, verdict, stage, words }) =>
		[`${side} ${series} ${k}`, `${clock(begin)}-${clock(last)}`, verdict ?? "?", stage ?? "?", ...words].join(" "),
	),
	relations: relations.map(({ kind, id, event }) => `${kind} ${id} (${event})`),
	missing,
});
