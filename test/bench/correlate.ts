/** What following mails costs: the events of a real chain of servers, again and again with other ids, times and addresses. */
import { fileURLToPath } from "node:url";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import {
	correlate,
	type Event,
	type EventSource,
	emptyCorrelateSummary,
	events,
	loadFormats,
	loadFraming,
	openInput,
} from "../../src/index.js";
import { packageRoot } from "../../src/root.js";
import { ratio, table, whole } from "./table.js";

const CAPTURES = ["smtpf/captures/chain-a.log", "milter-manager/captures/chain-a.mail.log", "sun-mta/captures/stand-in-chain-a.log"];
/** Of one copy, in milliseconds: a little more than the captures last, so that copies overlap in the queues only. */
const COPY = 75_000;
/** Trails between two looks at the memory. */
const LOOK = 5000;
/** More than the sessions of one copy. */
const SESSIONS = 1000;

/** An event as JSON, cut where a copy has another id: its parts are joined with what tells the copy. */
type Template = readonly string[];

const IDS = ["session_id", "transaction_id", "queue_id", "file", "envelope_id"];

/** Values of the keys that hold ids, wherever they are; the log that an event comes from is no queue file. */
function idsOf(value: unknown, found: Set<string>, key = ""): Set<string> {
	if (typeof value === "string" && IDS.includes(key) && value.length > 4) found.add(value);
	else if (typeof value === "object" && value !== null && key !== "source")
		for (const [name, inner] of Object.entries(value)) idsOf(inner, found, name);
	return found;
}

async function templates(capture: string, ids: Set<string>): Promise<Event[]> {
	const [formats, framing] = [await loadFormats(), await loadFraming()];
	const input = await openInput(fileURLToPath(new URL(`corpus/${capture}`, packageRoot)));
	const found: Event[] = [];
	for await (const event of events(input, { formats, framing, year: 2026, inputId: capture })) {
		idsOf(event, ids);
		found.push(event);
	}
	return found;
}

/** JSON holds no control character as it is. */
const CUT = "\u0001";

/** Cut behind ids, and before "@" in addresses and Message-IDs. */
function cut(event: Event, ids: ReadonlySet<string>): Template {
	const { raw: _, ...rest } = event;
	return JSON.stringify(rest)
		.replace(/[\w./+-]{5,}/g, (word) => (ids.has(word) ? word + CUT : word))
		.replace(/(?<=[\w"])@/g, `${CUT}@`)
		.split(CUT);
}

async function* copies(cuts: readonly Template[], times: readonly number[], copiesOf: number): AsyncGenerator<Event> {
	for (let copy = 0; copy < copiesOf; copy++) {
		const mark = `~${copy.toString(36)}`;
		for (const [index, parts] of cuts.entries()) {
			const event = JSON.parse(parts.join(mark)) as Event;
			event.id += mark;
			const time = times[index];
			if (time !== undefined) event.time = new Date(time + copy * COPY).toISOString();
			// Numbers of sessions go on.
			if (event.session_id !== undefined && /^\d+$/.test(event.session_id))
				event.session_id = String(Number(event.session_id) + copy * SESSIONS);
			if (event.milter?.child_id !== undefined) event.milter.child_id = String(Number(event.milter.child_id) + copy * SESSIONS);
			yield event;
		}
	}
}

/** Collects garbage: what is left is what is needed. */
function collector(): () => void {
	setFlagsFromString("--expose-gc");
	return runInNewContext("gc") as () => void;
}

interface Run {
	readonly events: number;
	readonly seconds: number;
	/** The most that was in use, in bytes. */
	readonly live: number;
	readonly links: number;
	readonly trails: number;
}

async function run(sources: readonly EventSource[]): Promise<Run> {
	const formats = await loadFormats();
	const summary = emptyCorrelateSummary();
	const collect = collector();
	let [live, looking] = [0, 0n];
	const start = process.hrtime.bigint();
	for await (const _ of correlate(sources, { formats }, summary)) {
		if (summary.trails % LOOK !== 0) continue;
		const before = process.hrtime.bigint();
		collect();
		live = Math.max(live, process.memoryUsage().heapUsed);
		looking += process.hrtime.bigint() - before;
	}
	return { ...summary, seconds: Number(process.hrtime.bigint() - start - looking) / 1e9, live };
}

/** Events, and four times as many: the cost of one must stay the same. */
export async function correlation(most: number): Promise<string> {
	const ids = new Set<string>();
	const originals = await Promise.all(CAPTURES.map((capture) => templates(capture, ids)));
	const sources = originals.map((found) => ({
		cuts: found.map((event) => cut(event, ids)),
		times: found.map(({ time }) => (time === undefined ? Number.NaN : Date.parse(time))),
	}));
	const size = originals.reduce((sum, found) => sum + found.length, 0);
	const rows: string[][] = [];
	for (const count of [most, most * 4]) {
		const repeated = Math.ceil(count / size);
		const made = CAPTURES.map(
			(name, index): EventSource => ({
				name,
				events: () => copies(sources[index]?.cuts ?? [], sources[index]?.times ?? [], repeated),
			}),
		);
		const { events: read, seconds, live, links, trails } = await run(made);
		rows.push([String(read), whole(read / seconds), ratio((seconds * 1e6) / read), whole(live / 2 ** 20), String(links), String(trails)]);
	}
	return table(["correlate, events", "events per second", "µs per event", "live heap MB", "links", "trails"], rows);
}
