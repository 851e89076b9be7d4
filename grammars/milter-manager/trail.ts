/** The sessions of milter manager: a connection of the MTA is one hop, with the records of its filters. */
import { type Event, type Filtering, type Hop, HopDraft, OpenTable, type Tracker } from "../../src/format/define.js";
import { Children, LONGEST } from "./children.js";

type Emit = (hop: Hop) => void;
/** With its place in the log. */
type Timed = readonly [event: Event, time: number, place: number];

/** Milliseconds in which late records of filters come after the end of a session. */
const GRACE = 60_000;

/** Said when the order of ids is all that ties a filter to its session. */
const BY_ORDER = "what proves that the filters are its own: the order of ids says so";

/** A process of the manager: ids begin with 1 in each. */
interface Process {
	readonly pid: string;
	readonly children: Children;
	/** Records by an id that may be that of a filter. */
	readonly others: OpenTable<number, Timed[]>;
}

interface Session {
	readonly process: Process;
	readonly id: number;
	readonly records: Timed[];
	begin: number | undefined;
	end: Timed | undefined;
	isQuarantined: boolean;
}

/** Words of a session that are kept: filters may copy what senders wrote. */
const WORDS = 200;

const STAGES: Readonly<Record<string, string>> = {
	connect: "connect",
	helo: "helo",
	"envelope-from": "mail",
	"envelope-recipient": "rcpt",
	data: "data",
	header: "data",
	"end-of-header": "data",
	body: "data",
	"end-of-message": "eom",
};

const VERDICTS: Readonly<Record<string, Filtering["verdict"]>> = {
	pass: "accept",
	accept: "accept",
	reject: "reject",
	"temporary-failure": "temporary_failure",
	discard: "discard",
	quarantine: "quarantine",
	abort: "abort",
};

/** Records of these kinds have the id of a session, others may have that of a filter. */
const OF_SESSION = new Set(["session", "children", "reply"]);

class MilterManagerTracker implements Tracker {
	readonly #processes = new OpenTable<string, Process>();
	readonly #sessions = new OpenTable<string, Session>();
	readonly #ended = new OpenTable<Session, Session>();
	#place = 0;
	#emit: Emit = () => undefined;

	add(event: Event, time: number, emit: Emit): void {
		this.#emit = emit;
		for (const session of this.#ended.expired(time - GRACE)) this.#finish(session);
		const id = Number(event.session_id);
		const [kind = "", word] = event.tags ?? [];
		// The launcher writes the id of a process there.
		if (event.session_id === undefined || !Number.isSafeInteger(id) || kind === "launcher") return;
		const process = this.#process(event, time);
		const record: Timed = [event, time, this.#place++];
		if (!OF_SESSION.has(kind)) {
			process.children.add(id, event, time);
			for (const _ of process.others.expired(time - LONGEST));
			const said = process.others.get(id) ?? [];
			said.push(record);
			return process.others.set(id, said, time);
		}
		process.children.addSession(id, event, time);
		const session = this.#session(process, id, time);
		session.records.push(record);
		if (kind === "reply" && event.action === "message.quarantine") session.isQuarantined = true;
		if (kind === "session" && word === "start") session.begin = time;
		if (kind === "session" && (word === "end" || word === "disconnected")) {
			session.end = record;
			this.#ended.set(session, session, time);
		}
	}

	expire(before: number, emit: Emit): void {
		this.#emit = emit;
		for (const session of this.#ended.expired(before)) this.#finish(session);
		for (const session of this.#sessions.expired(before)) this.#finish(session);
		for (const _ of this.#processes.expired(before));
	}

	end(emit: Emit): void {
		this.expire(Number.POSITIVE_INFINITY, emit);
	}

	#process(event: Event, time: number): Process {
		const pid = String(event.pid ?? "");
		const process = this.#processes.get(pid) ?? { pid, children: new Children(), others: new OpenTable<number, Timed[]>() };
		this.#processes.set(pid, process, time);
		return process;
	}

	#session(process: Process, id: number, time: number): Session {
		const key = `${process.pid} ${id}`;
		const session: Session = this.#sessions.get(key) ?? {
			process,
			id,
			records: [],
			begin: undefined,
			end: undefined,
			isQuarantined: false,
		};
		this.#sessions.set(key, session, time);
		return session;
	}

	#finish(session: Session): void {
		const { process, id, records, end, begin, isQuarantined } = session;
		const draft = new HopDraft();
		draft.identify("session_id", [String(id)]);
		const own = [...records, ...(process.others.delete(id) ?? [])];
		const children = process.children.of(id, (child) => process.others.get(child) !== undefined);
		for (const child of children.own) {
			const said = process.others.delete(child) ?? [];
			draft.identify("session_id", [String(child)]);
			own.push(...said);
		}
		// Records of a filter stand between those of its session.
		own.sort(([, , left], [, , right]) => left - right);
		for (const [event, time] of own) {
			draft.note(event, time);
			draft.identify("message_id", event.message?.message_ids);
		}
		const [last, time] = end ?? [];
		const elapsed = last?.milter?.elapsed_seconds;
		draft.filterings.push({
			side: "filter",
			begin: time !== undefined && elapsed !== undefined ? time - elapsed * 1000 : begin,
			end: time,
			series: process.pid,
			k: id,
			end_line: last?.source,
			verdict: isQuarantined ? "quarantine" : verdictOf(last),
			stage: STAGES[last?.milter?.state ?? ""],
			words: wordsOf(own),
		});
		if (end === undefined) draft.missing.push("its end");
		if (!children.isProven) draft.missing.push(BY_ORDER);
		this.#sessions.delete(`${process.pid} ${id}`);
		this.#emit(draft.hop());
	}
}

function verdictOf(end: Event | undefined): Filtering["verdict"] {
	// The client was gone when the manager looked.
	return end?.tags?.[1] === "disconnected" ? "abort" : VERDICTS[end?.milter?.status ?? ""];
}

/** What may be an id in headers that filters added, in their reasons, and in macros: words with a digit. */
function wordsOf(records: readonly Timed[]): readonly string[] {
	const texts = records.flatMap(([event]) => [event.milter?.header?.value ?? "", event.message?.queue_id ?? ""]);
	const words = texts.flatMap((text) => text.match(/[A-Za-z0-9][A-Za-z0-9@._+-]{4,}/g) ?? []).filter((word) => /\d/.test(word));
	return [...new Set(words)].slice(0, WORDS);
}

export const trail = (): Tracker => new MilterManagerTracker();
